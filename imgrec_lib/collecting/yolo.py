"""Objects labelled in the text files of YOLO, as LabelImg and CVAT write them (Redmon et al. 2016).

A line is `class x y width height`: a number, then centre and size as shares of the picture. A line with more pairs is
an outline, of which the box around it is taken.
"""

import math
import posixpath
import re

from imgrec_lib.collecting import yolo_names
from imgrec_lib.collecting.list_rows import RowError
from imgrec_lib.collecting.records import Listing, shortened
from imgrec_lib.collecting.text_files import TextError, read_text
from imgrec_lib.collecting.trees import Tree, stem
from imgrec_lib.datasets.places import PART_NAMES

_PARTS = {**PART_NAMES, **{f"obj_{name}_data": part for name, part in PART_NAMES.items()}}
_NOT_LABELS = {"classes", "predefined_classes", "train", "val", "valid", "validation", "test", "readme", "requirements"}
_PLACES_FOR_PICTURES = {"labels": ("images", "JPEGImages", "photos"), "labelTxt": ("images",)}
_LINE = re.compile(r"\s*\d+(\.0*)?(\s+[-+.\deE]+){4,}\s*")


def label_files(tree: Tree) -> list[str]:
    """The text files that may label pictures: all but the lists and notes with known names."""
    return [name for name in tree.with_suffix(".txt") if stem(name) not in _NOT_LABELS and not _is_set_list(name)]


def looks_like_labels(tree: Tree, name: str) -> bool:
    """Whether the first line of a text file that is not empty is one of numbers as YOLO writes it."""
    try:
        lines = read_text(tree.files[name]).splitlines()
    except TextError:
        return False
    return any(_LINE.fullmatch(line) for line in lines[:3])


def read(tree: Tree, listing: Listing) -> None:
    """Add each object of each label file as a photograph of its class, cut out by its box."""
    names = yolo_names.class_names(tree)
    used = set()
    for name in label_files(tree):
        picture = _picture(tree, name)
        if picture is None:
            listing.wrong(name, "no picture", f"{name} labels no picture of that name; add the picture, or remove it.")
            continue
        used.add(picture)
        try:
            lines = read_text(tree.files[name]).splitlines()
        except TextError as error:
            listing.wrong(name, "list", f"{name} {error}.")
            continue
        _add_objects(tree, listing, name, lines, names, picture)
    tree.report_unlabelled(listing, used, "draw and name its objects")


def _add_objects(tree: Tree, listing: Listing, name: str, lines: list[str], names: dict[int, str], picture: str):
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        listing.wrong(picture, "no label", f"{picture} has no object in {name}; draw and name one.")
    part = next((_PARTS[piece] for piece in picture.lower().split("/")[:-1] if piece in _PARTS), "")
    for number, line in numbered:
        where = f"Line {number} of {name}"
        try:
            label, box = _object(line, names)
        except RowError as error:
            listing.wrong(name, error.kind, f"{where} {error}.")
            continue
        shown = f"{picture} #{number}" if len(numbered) > 1 else picture
        listing.add(tree.files[picture], shown, label, where, part=part, box=box, box_unit="shares")


def _object(line: str, names: dict[int, str]) -> tuple[str, tuple[float, float, float, float]]:
    """The class and the box, as shares, of one line."""
    try:
        first, *rest = (float(word) for word in line.split()[:2000])
    except ValueError:
        rest = []
    if len(rest) < 4 or not all(map(math.isfinite, (first, *rest))):
        raise RowError("box", f"reads {shortened(line)!r}; write a class number and four numbers from 0 to 1")
    if first not in names:
        raise RowError("list", f"has the class number {first:g}, which no name stands for; add it to the names")
    if len(rest) >= 6 and len(rest) % 2 == 0:
        return names[int(first)], (min(rest[::2]), min(rest[1::2]), max(rest[::2]), max(rest[1::2]))
    x, y, width, height = rest[:4]
    return names[int(first)], (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _picture(tree: Tree, name: str) -> str | None:
    """The picture that a label file belongs to: beside it, in images/ instead of labels/, or the only one so named."""
    same = tree.pictures_by_stem.get(stem(name), [])
    folder = posixpath.dirname(name)
    places = [folder]
    pieces = folder.split("/")
    for place in reversed(range(len(pieces))):
        others = _PLACES_FOR_PICTURES.get(pieces[place], ())
        places += ["/".join([*pieces[:place], other, *pieces[place + 1 :]]) for other in others]
    for place in places:
        if near := [picture for picture in same if posixpath.dirname(picture) == place]:
            return near[0]
    return same[0] if len(same) == 1 else None


def _is_set_list(name: str) -> bool:
    return "imagesets" in name.lower().split("/")
