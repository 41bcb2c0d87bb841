"""Listed photographs to small RGB images: each file is decoded once, and each object is cut out of it."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imgrec_lib import images
from imgrec_lib.collecting.list_rows import is_url
from imgrec_lib.collecting.records import Listed, Listing
from imgrec_lib.images.sources import shown
from imgrec_lib.progress import Report

LARGEST_FILE = 50_000_000
# Photographs are kept up to this side until the side of all is known, smaller ones as they are.
LARGEST_SIDE, SMALL_SIDE, SMALL_MEDIAN = 160, 96, 64
MOST_AT_LARGEST_SIDE = 12_000
SMALLEST_OBJECT = 4
_THREADS, _DOWNLOADS = 2, 8
# Programs round the edges of a box; what sticks out by less than this share of the picture is cut off without a word.
_TOLERANCE = 0.01


@dataclass(frozen=True, eq=False)
class Opened:
    """One photograph: uint8, height × width × 3, its height and width before, and its digest."""

    listed: Listed
    image: np.ndarray
    size: tuple[int, int]
    digest: str


def digest_of(image: np.ndarray) -> str:
    """The first 16 hex digits of the SHA-256 of a decoded photograph's pixels."""
    return hashlib.sha256(np.ascontiguousarray(image)).hexdigest()[:16]


def open_all(listing: Listing, side: int | None, report: Report) -> list[Opened]:
    """The photographs that can be opened, in their order; what is wrong with the others goes into the listing.

    They are squares of `side`, or where it is None, as they are up to 160 × 160.
    """
    by_source = _by_source(listing.photographs)
    groups = list(by_source.values())
    wants_network = any(isinstance(group[0].source, str) and is_url(group[0].source) for group in groups)
    found: dict[int, Opened] = {}
    executor = ThreadPoolExecutor(_DOWNLOADS if wants_network else _THREADS)
    try:
        results = executor.map(lambda group: list(_open_group(group, side)), groups)
        for number, (group, outcome) in enumerate(zip(groups, results, strict=True), 1):
            report(f"Reading photograph {number:,} of {len(groups):,}.", number / len(groups))
            for listed, one in zip(group, outcome, strict=True):
                if isinstance(one, Opened):
                    found[id(listed)] = one
                else:
                    listing.wrong(listed.name, *one)
    finally:
        executor.shutdown(cancel_futures=True)
    return [found[id(listed)] for listed in listing.photographs if id(listed) in found]


def squares(opened: Sequence[Opened], side: int) -> np.ndarray:
    """All photographs stretched to one size, uint8, count × side × side × 3."""
    stacked = np.empty((len(opened), side, side, 3), "uint8")
    for place, one in enumerate(opened):
        same = one.image.shape[:2] == (side, side)
        stacked[place] = one.image if same else images.load(one.image, side)
    return stacked


def chosen_side(opened: Sequence[Opened]) -> int:
    """96 for photographs of which half are up to 64 pixels at their shorter side, or for very many, else 160."""
    if not opened or len(opened) > MOST_AT_LARGEST_SIDE:
        return SMALL_SIDE
    median = np.median([min(one.size) for one in opened])
    return SMALL_SIDE if median <= SMALL_MEDIAN else LARGEST_SIDE


def _by_source(photographs: Sequence[Listed]) -> dict[Any, list[Listed]]:
    groups: dict[Any, list[Listed]] = {}
    for listed in photographs:
        groups.setdefault(source_key(listed), []).append(listed)
    return groups


def source_key(listed: Listed) -> Any:
    """What tells whether two objects come from one photograph: its file or address, or for pixels themselves."""
    return str(listed.source) if isinstance(listed.source, str | os.PathLike) else id(listed.source)


def _open_group(group: list[Listed], side: int | None) -> Iterator[Opened | tuple[str, str]]:
    """Each object of one photograph, or the kind and the sentence of what is wrong."""
    try:
        image = _image(group[0])
    except images.ImageError as error:
        for _ in group:
            yield "unreadable", _with_name(str(error), group[0])
        return
    for listed in group:
        try:
            cut = cut_out(image, listed)
        except ValueError as error:
            yield "box", f"The box of {listed.name} {error}."
            continue
        yield Opened(listed, _small(cut, side), cut.shape[:2], digest_of(cut))


def _image(listed: Listed) -> np.ndarray:
    if isinstance(listed.source, Path):
        size = listed.source.stat().st_size if listed.source.is_file() else 0
        if size > LARGEST_FILE:
            raise images.ImageError.of(
                shown(str(listed.source)),
                f"holds {size:,} bytes, more than the {LARGEST_FILE:,} that are read",
                "save it smaller",
            )
    return images.load(listed.source)


def _small(image: np.ndarray, side: int | None) -> np.ndarray:
    if side is not None:
        return images.load(image, side)
    if image.shape[0] * image.shape[1] <= LARGEST_SIDE**2:
        return np.ascontiguousarray(image)
    return images.load(image, LARGEST_SIDE)


def cut_out(image: np.ndarray, listed: Listed) -> np.ndarray:
    """The part of a photograph, height × width × 3, within the box of one object; the whole where it has no box.

    A box that is empty, lies outside, or was drawn on a photograph of another size raises a ValueError whose text
    goes behind the name.
    """
    if listed.box is None:
        return image
    height, width = image.shape[:2]
    if listed.stated_size not in (None, (height, width)):
        stated = " × ".join(map(str, listed.stated_size))
        raise ValueError(f"was drawn on {stated} pixels, but the photograph has {height} × {width}; draw it again")
    scale = np.array([width, height] * 2) if listed.box_unit == "shares" else np.ones(4)
    left, top, right, bottom = np.array(listed.box) * scale
    if right <= left or bottom <= top:
        raise ValueError("is empty; draw it again")
    over_x, over_y = 1 + _TOLERANCE * width, 1 + _TOLERANCE * height
    if left < -over_x or top < -over_y or right > width + over_x or bottom > height + over_y:
        raise ValueError(f"reaches out of the photograph of {height} × {width} pixels; draw it again")
    first_row, last_row = max(0, int(np.floor(top))), min(height, int(np.ceil(bottom)))
    first_column, last_column = max(0, int(np.floor(left))), min(width, int(np.ceil(right)))
    if last_row - first_row < SMALLEST_OBJECT or last_column - first_column < SMALLEST_OBJECT:
        raise ValueError(f"is smaller than {SMALLEST_OBJECT} × {SMALLEST_OBJECT} pixels; leave it out")
    return image[first_row:last_row, first_column:last_column]


def _with_name(sentence: str, listed: Listed) -> str:
    """The sentence with the photograph's name in place of its long path."""
    path = shown(str(listed.source)) if isinstance(listed.source, Path) else ""
    return listed.name + sentence[len(path) :] if path and sentence.startswith(path) else sentence
