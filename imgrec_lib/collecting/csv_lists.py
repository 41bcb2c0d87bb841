"""Lists in CSV: a line for each photograph, with its class, and a part or a box where there is one."""

import csv
import io
import posixpath

from imgrec_lib.collecting.list_rows import Rows, columns, is_url
from imgrec_lib.collecting.records import Listing, shortened
from imgrec_lib.collecting.text_files import LARGEST_LIST, TextError, read_text
from imgrec_lib.collecting.trees import PICTURE_SUFFIXES, Tree, suffix
from imgrec_lib.datasets import DatasetError

_EXPECTED = "name one column photo (or file, image, path, url) and one label (or class, category)"


def fits(tree: Tree, name: str) -> bool:
    """Whether a CSV file of the tree is a list of photographs."""
    try:
        text = read_text(tree.files[name], LARGEST_LIST)
        _layout(text, name)
    except (TextError, DatasetError):
        return False
    return True


def read(tree: Tree, listing: Listing, name: str, part: str = "") -> set[str]:
    """Add the rows of a CSV list, and give the names of the pictures that they use; `part` where a row has none."""
    try:
        text = read_text(tree.files[name], LARGEST_LIST)
    except TextError as error:
        raise DatasetError(f"the list {name} {error}") from error
    delimiter, places, header = _layout(text, name)
    rows = Rows(tree, listing, posixpath.dirname(name), name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows.used
        except csv.Error:
            rows.wrong(f"line {start}", "list", "is not a line of a table; check its quotation marks")
            start = reader.line_num + 1
            continue
        line, start = start, reader.line_num + 1
        if any(cell.strip() for cell in cells) and not (header and line == header):
            _add(rows, line, start - 1, cells, places, part)


def _add(rows: Rows, line: int, end: int, cells: list[str], places: dict[str, int], part: str) -> None:
    if end > line:
        rows.wrong(f"line {line}", "list", f"goes on to line {end}; check its quotation marks")
        return
    row = {kind: cells[place] for kind, place in places.items() if place < len(cells)}
    rows.add(line, {**row, "part": row.get("part") or part})


def _layout(text: str, name: str) -> tuple[str, dict[str, int], int]:
    """The delimiter, the places of the columns, and the number of the header's line, 0 where there is none."""
    number, first = next(((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()), (0, ""))
    if not first:
        raise DatasetError(f"the list {name} is empty; {_EXPECTED}")
    rows = {delimiter: _cells(first, delimiter) for delimiter in ",;\t"}
    for delimiter, cells in rows.items():
        places = columns(cells)
        if "photo" in places and "label" in places:
            return delimiter, places, number
    for delimiter, cells in rows.items():
        if len(cells) == 2 and any(_names_photograph(cell) for cell in cells):
            photo = 0 if _names_photograph(cells[0]) else 1
            return delimiter, {"photo": photo, "label": 1 - photo}, 0
    raise DatasetError(f"the list {name} begins with {shortened(first)!r}; {_EXPECTED}")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _names_photograph(cell: str) -> bool:
    return suffix(cell.strip()) in PICTURE_SUFFIXES or is_url(cell.strip())
