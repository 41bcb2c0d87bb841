"""What goes from reader to reader: photographs that are named, what is wrong with them, and all of them opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from imgrec_lib.datasets import DatasetError

LONGEST_CLASS_NAME = 100
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Problem:
    """One row of what is wrong: a file or class (relative, POSIX), the kind of fault, and a sentence about it."""

    name: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class Listed:
    """A photograph as it is named somewhere, not yet opened: anything that `images.load` takes, and its class.

    box: left, top, right, bottom of an object to cut out, in pixels or as shares of the photograph (`box_unit`).
    stated_size: height and width of the photograph that the box was drawn on, where the source states them.
    """

    source: Any
    name: str
    label: str
    part: str = ""
    box: tuple[float, float, float, float] | None = None
    box_unit: str = "pixels"
    stated_size: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Collection:
    """Photographs with labels, all opened and of one size, and what was wrong with the others.

    images: uint8, count × side × side × 3. labels and groups: int64; near-duplicates, and objects cut from one
    photograph, share a group. sizes: int64, count × 2, height and width before. digests: 16 hex digits of the SHA-256
    of the decoded pixels. parts: the part that the source lays down, or nothing.
    """

    name: str
    class_names: list[str]
    images: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    parts: list[str]
    names: list[str]
    sizes: np.ndarray
    digests: list[str]
    problems: list[Problem]
    side: int

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        size = f"{self.side} × {self.side}"
        classes = f"{len(self.class_names)} classes"
        return f"Collection {self.name}: {len(self):,} photographs, {size}, of {classes}, {len(self.problems)} problems"


@dataclass
class Listing:
    """What a reader finds: photographs with labels, and problems, both in the order of the source."""

    name: str
    photographs: list[Listed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, name: str, kind: str, sentence: str) -> None:
        """Add a problem; what cannot be shown in its name and its sentence is replaced."""
        self.problems.append(Problem(printable(name), kind, printable(sentence)))

    def add(self, source: Any, name: str, label: str, where: str = "", **more: Any) -> None:
        """Add a photograph, or a problem where its class has no usable name; `where` says which line names it."""
        tidy = " ".join(label[: 10 * LONGEST_CLASS_NAME].split())
        if fault := _fault_of_class(tidy):
            self.wrong(name, "class", f"{where or name} {fault}.")
        else:
            self.photographs.append(Listed(source, printable(name), tidy, **more))


def printable(text: str) -> str:
    """The text in one line, with a replacement sign for each letter that no terminal or file could show."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def shortened(text: str, letters: int = 60) -> str:
    """The printable text, cut after so many letters, as a sentence can quote it."""
    return printable(text if len(text) <= letters else text[:letters] + "…")


def _fault_of_class(name: str) -> str:
    if not name:
        return "names no class; give each photograph a class"
    if not name.isprintable():
        return "has a class whose name cannot be shown; use letters and numbers"
    if len(name) > LONGEST_CLASS_NAME:
        return f"has a class whose name is longer than {LONGEST_CLASS_NAME} letters; shorten it"
    return ""


def of_mapping(photographs: Mapping[str, Any], name: str = "photographs") -> Listing:
    """The listing of a dict from class names to lists of photographs, each anything that `images.load` takes."""
    listing = Listing(name)
    for label, some in photographs.items():
        if not isinstance(label, str) or isinstance(some, str | bytes) or not hasattr(some, "__iter__"):
            raise DatasetError("photographs in memory are given as a dict: the name of a class, then a list of them")
        for number, photograph in enumerate(some, 1):
            known = isinstance(photograph, str | Path)
            listing.add(photograph, str(photograph) if known else f"{label} {number}", label)
    return listing
