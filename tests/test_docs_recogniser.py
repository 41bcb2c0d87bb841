"""docs/recogniser.md tells the truth: its examples are read as it says, and its numbers are the program's."""

import argparse
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgrec_lib import cli
from imgrec_lib.collecting import opening, problems
from imgrec_lib.collecting.sources import listing_of
from imgrec_lib.recognising import fine_tuning
from imgrec_lib.serving import app
from imgrec_lib.serving.limits import Limits

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "recogniser.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())


def example(language: str) -> str:
    """The only block of this language on the page."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.S | re.M)
    return block


def photograph(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(map(ord, path.name))
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (60, 80, 3), "uint8")).save(path)


def yolo(folder: Path) -> None:
    (folder / "one.txt").write_text(example("yolo"))
    (folder / "classes.txt").write_text("cat\ndog\n")


WRITERS: dict[str, Callable[[Path], object]] = {
    "csv": lambda folder: (folder / "list.csv").write_text(example("csv")),
    "json": lambda folder: (folder / "list.json").write_text(example("json")),
    "xml": lambda folder: (folder / "one.xml").write_text(example("xml")),
    "yolo": yolo,
}


@pytest.mark.parametrize("language", WRITERS)
def test_the_examples_of_labels_are_read(language: str, tmp_path: Path) -> None:
    photograph(tmp_path / "one.jpg")
    if language in ("csv", "json"):
        photograph(tmp_path / "more" / "two.jpg")
    WRITERS[language](tmp_path)
    listing = listing_of(tmp_path)
    assert [one.label for one in listing.photographs] == (["cat", "dog"] if language in ("csv", "json") else ["cat"])
    opened = opening.open_all(listing, 32, lambda words, share: None)
    assert len(opened) == len(listing.photographs) and listing.problems == []
    if language in ("xml", "yolo"):
        assert opened[0].size < (60, 80)


def test_the_folder_of_the_page_is_read(tmp_path: Path) -> None:
    for line in re.findall(r"^    (pets/\S+\.jpg)$", PAGE, flags=re.M):
        photograph(tmp_path / line)
    assert [one.label for one in listing_of(tmp_path / "pets").photographs] == ["cat", "cat", "dog"]


def test_every_kind_of_problem_is_explained() -> None:
    rows = re.findall(r"^\| ([a-z, -]+) \|", PAGE, flags=re.M)
    assert set(problems._MEANINGS) == {kind for row in rows for kind in row.split(", ")} - {"kind", "address"}
    assert f"fewer than {problems.FEW} is named" in PROSE and f"under {problems.SMALL} pixels" in PROSE
    assert f"fewer than {problems.FEWEST_PER_CLASS} different photographs" in PROSE
    assert f"each class has {fine_tuning.FEWEST_PER_CLASS} photographs or more to learn from" in PROSE
    assert opening.LARGEST_FILE == 50_000_000 and "up to 50 MB a file" in PROSE


def test_commands_and_options_are_those_of_the_program() -> None:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser)
    commands = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction)).choices
    shown = [shlex.split(line) for line in re.findall(r"^    imgrec (.+)$", PAGE, flags=re.M)]
    assert {words[0] for words in shown} == {"train", "predict", "serve", "export"}
    for words in shown:
        commands[words[0]].parse_args(words[1:])
    known = {option for command in commands.values() for one in command._actions for option in one.option_strings}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE)) <= known | {"--form"}


def test_the_limits_of_the_server_are_its_own() -> None:
    limits = Limits()
    assert f"may hold {limits.pictures} pictures and {limits.request_bytes // 10**6} MB" in PROSE
    assert f"a picture {limits.pixels // 10**6} million pixels" in PROSE
    addresses = set(re.findall(r"^\| `(?:POST |GET )?(/[a-z]*)`", PAGE, flags=re.M))
    assert {"/", "/predict", "/model", "/health", "/docs"} == addresses and "/" in app.PAGE_FILES
