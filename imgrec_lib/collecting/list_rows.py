"""What the rows of CSV and JSON lists share: the names of columns, where a photograph lies, and its box."""

import math
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from imgrec_lib.collecting.records import Listing, shortened
from imgrec_lib.collecting.trees import Tree
from imgrec_lib.datasets.places import PART_NAMES

# The usual names of a column, the surest first.
COLUMNS = {
    "photo": (
        "photo", "photograph", "image", "picture", "file", "filename", "file_name", "filepath", "path", "image_path",
        "image_id", "url", "img",
    ),
    "label": ("label", "class", "category", "class_name", "classname", "species", "target", "name"),
    "part": ("part", "split", "set", "subset", "partition"),
    "left": ("left", "xmin", "x_min", "x1"),
    "top": ("top", "ymin", "y_min", "y1"),
    "right": ("right", "xmax", "x_max", "x2"),
    "bottom": ("bottom", "ymax", "y_max", "y2"),
    "x": ("x",),
    "y": ("y",),
    "width": ("width", "w"),
    "height": ("height", "h"),
}  # fmt: skip
Box = tuple[float, float, float, float]


class RowError(ValueError):
    """A row that cannot be used: what is wrong and what to do, to go behind the number of its line, and its kind."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def is_url(place: str) -> bool:
    """Whether a photograph is named by an address of any kind instead of a file."""
    from imgrec_lib.images import download  # Loads urllib and http, which few sources need.

    return download.is_address(place)


def columns(names: list[str]) -> dict[str, int]:
    """The place of each column that is known, by what it holds; of two names for one thing, the usual one."""
    tidy = [re.sub(r"[\s-]+", "_", name.strip().strip("\"'").lower()) for name in names]
    found = {}
    for kind, usual in COLUMNS.items():
        place = next((tidy.index(name) for name in usual if name in tidy), None)
        if place is not None:
            found[kind] = place
    return found


class Rows:
    """Adds rows to a listing: each names a photograph below the folder of the list, or by a URL, and a class."""

    def __init__(self, tree: Tree, listing: Listing, folder: str, list_name: str) -> None:
        self.tree, self.listing, self.folder, self.list_name = tree, listing, folder, list_name
        self.used: set[str] = set()
        self._seen: set[tuple] = set()

    def add(self, line: int | str, row: Mapping[str, Any]) -> None:
        """Add the photograph of a row (texts by the names in COLUMNS, or `box` as four numbers), or its problem."""
        where = f"line {line}" if isinstance(line, int) else line
        try:
            self._add(where, row)
        except RowError as error:
            self.wrong(where, error.kind, str(error))

    def wrong(self, where: str, kind: str, message: str) -> None:
        """Add a problem of one line of the list."""
        self.listing.wrong(f"{self.list_name}, {where}", kind, f"{where.capitalize()} of {self.list_name} {message}.")

    def _add(self, where: str, row: Mapping[str, Any]) -> None:
        photo, label = _text(row.get("photo")), _text(row.get("label"))
        if not photo:
            raise RowError("no picture", "names no photograph; write its file")
        source, name = (photo, photo.split("?")[0]) if is_url(photo) else self._file(photo)
        if not label:
            raise RowError("no label", f"gives {shortened(photo)} no class; write one")
        box = row["box"] if "box" in row else box_of(row)
        part = part_of(_text(row.get("part")))
        if (source, label, box) in self._seen:
            raise RowError("list", f"names {shortened(photo)} a second time; remove the line")
        self._seen.add((source, label, box))
        more = {"box": box, "box_unit": "shares" if box and max(box) <= 1 else "pixels"}
        size = row.get("stated_size")
        self.listing.add(
            source, name, label, f"{where.capitalize()} of {self.list_name}", part=part, **more, stated_size=size
        )

    def _file(self, photo: str) -> tuple[Any, str]:
        place = photo.replace("\\", "/").removeprefix("./")
        place = place.removeprefix(f"{self.tree.root.resolve().as_posix()}/")
        if place.startswith("/") or re.match(r"[A-Za-z]:", place) or ".." in place.split("/"):
            name = posixpath.normpath(posixpath.join(self.folder, place))
            if name.startswith(("/", "..")) or name[1:2] == ":":
                raise RowError("outside", f"names {shortened(photo)}, which lies outside its folder; copy it there")
        found = find(self.tree, self.folder, place)
        if found is None:
            raise RowError("no picture", f"names {shortened(photo)}, which is not there; check its name")
        self.used.add(found)
        return self.tree.files[found], found


def find(tree: Tree, folder: str, place: str) -> str | None:
    """The name in the tree of a file that a list in `folder` names: seen from the list, the root, or their images/."""
    bases = (folder, posixpath.join(folder, "images"), "", "images")
    for base in bases:
        name = posixpath.normpath(posixpath.join(base, place))
        if name in tree.files:
            return name
    if "/" in place:
        return None
    same = tree.pictures_by_last_part.get(place) or tree.pictures_by_stem.get(place.lower(), [])
    return same[0] if len(same) == 1 else None


def part_of(text: str) -> str:
    """The part that a word names; "" for an empty one."""
    if not text:
        return ""
    if text.lower() in ("training", "testing"):
        text = text[:-3] if text.lower() == "testing" else text[:5]
    if text.lower() not in PART_NAMES:
        raise RowError("list", f"names the part {shortened(text)}; write train, validation or test")
    return PART_NAMES[text.lower()]


def box_of(row: Mapping[str, Any]) -> Box | None:
    """Left, top, right and bottom of a row, or None where it has no box."""
    corners = [row.get(name) for name in ("left", "top", "right", "bottom")]
    sides = [row.get(name) for name in ("x", "y", "width", "height")]
    if any(_text(value) for value in corners):
        return numbers(corners)
    if any(_text(value) for value in sides[:2]):
        left, top, width, height = numbers(sides)
        return left, top, left + width, top + height
    return None


def numbers(values: Any) -> Box:
    """Four numbers; RowError where there are more or fewer, or one is none."""
    try:
        given = tuple(float(value) for value in values if not isinstance(value, bool))
    except (TypeError, ValueError, OverflowError):
        given = ()
    if len(given) != 4 or not all(math.isfinite(value) for value in given):
        raise RowError("box", f"has a box that is not four numbers ({shortened(str(values))}); draw it again")
    return given


def _text(value: Any) -> str:
    """A cell as text; numbers are taken as they are written, as a class may be called 7."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""
