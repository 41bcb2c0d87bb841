"""The cells of one notebook file that nobody vouches for; what cannot be read is said in one sentence.

It is read as plain JSON, with no schema, so that every front end's way of saving is taken; outputs are passed over.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST_FILE = 64 * 1024 * 1024
MOST_PARTS = 3_000_000  # Lists, dictionaries and their items; more of them take gigabytes once read
KINDS = ("code", "markdown", "raw")
SAVE_AGAIN = "open it in Jupyter, clear all outputs, save it and hand that in"


class NotebookError(ValueError):
    """A notebook that cannot be read: the sentence says why and what to do."""


@dataclass(frozen=True)
class Cell:
    """A cell: its place from 1 among all cells, its id or "", "code", "markdown" or "raw", and what it holds."""

    number: int
    id: str
    kind: str
    source: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


def read_cells(data: bytes) -> list[Cell]:
    """The cells of a notebook file's bytes; entries that are no cells are left out, and so are all outputs."""
    notebook = _json(data)
    if not isinstance(notebook, dict):
        raise NotebookError("The file holds no notebook: hand in the .ipynb file that Jupyter saved.")
    cells = notebook.get("cells")
    _check_format(notebook.get("nbformat"), isinstance(cells, list), "worksheets" in notebook)
    found = (_cell(number, entry) for number, entry in enumerate(cells, start=1))
    return [cell for cell in found if cell is not None]


def read_file(path: Path, root: Path) -> bytes:
    """The bytes of a file in the folder `root`; nothing else is opened, neither what a link leads out to nor a pipe."""
    try:
        real = Path(os.path.realpath(path, strict=True))
        if not real.is_relative_to(os.path.realpath(root)):
            raise NotebookError(f"{path.name} is a link that leads out of the folder: hand in the notebook itself.")
        _check_file(path, os.stat(real))
        return _bytes(path, real)
    except OSError as error:
        said = error.strerror or "it is not there"
        raise NotebookError(f"{path.name} could not be opened ({said}): hand the notebook in again.") from None


def _bytes(path: Path, real: Path) -> bytes:
    flags = ("O_RDONLY", "O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")
    opened = os.open(real, sum(getattr(os, flag, 0) for flag in flags))
    with open(opened, "rb") as file:
        _check_file(path, os.fstat(opened))
        data = file.read(LARGEST_FILE + 1)
    _check_size(path.name, len(data))
    return data


def _check_file(path: Path, information: os.stat_result) -> None:
    if not stat.S_ISREG(information.st_mode):
        raise NotebookError(f"{path.name} is no file but a folder, a pipe or a device: hand in the notebook itself.")
    _check_size(path.name, information.st_size)


def _check_size(name: str, size: int) -> None:
    if size > LARGEST_FILE:
        most = LARGEST_FILE // 1024**2
        raise NotebookError(f"{name} has {size / 1024**2:,.0f} MB and {most} MB are read: {SAVE_AGAIN}.")


def _json(data: bytes) -> Any:
    _check_size("The notebook", len(data))
    if not data.strip():
        raise NotebookError("The file is empty: save the notebook in Jupyter and hand it in again.")
    if len(data) > MOST_PARTS and _has_too_many_parts(data):
        raise NotebookError(f"The notebook has more than {MOST_PARTS:,} parts: {SAVE_AGAIN}.")
    try:
        # Whole numbers are read as floats, since Python refuses whole ones of thousands of digits.
        return json.loads(data, strict=False, parse_int=float)
    except UnicodeDecodeError:
        raise NotebookError(f"The file is not UTF-8 text, as a notebook must be: {SAVE_AGAIN}.") from None
    except (RecursionError, MemoryError):
        raise NotebookError(f"The file nests its parts too deep for a notebook: {SAVE_AGAIN}.") from None
    except ValueError as error:
        said = str(error).split(":")[0]
        raise NotebookError(f"The file is not JSON, as a notebook must be ({said}): {SAVE_AGAIN}.") from None


def _has_too_many_parts(data: bytes) -> bool:
    """Whether JSON, read, would take gigabytes; what stands in its texts does not count."""
    if _parts(data) <= MOST_PARTS:
        return False
    if data.count(b'"') > 2 * MOST_PARTS:
        return True
    outside = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    return sum(map(_parts, outside)) > MOST_PARTS


def _parts(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def _check_format(version: Any, has_cells: bool, has_worksheets: bool) -> None:
    number = version if isinstance(version, float) and version == version else None
    if has_worksheets and not has_cells or number is not None and number < 4:
        said = "3 or older" if number is None else f"{number:g}"
        raise NotebookError(f"The notebook is of format {said} and 4 is read: open it in Jupyter and save it.")
    if number is not None and number >= 5:
        raise NotebookError(f"The notebook is of format {number:g} and 4 is read: save it in JupyterLab as format 4.")
    if not has_cells:
        raise NotebookError("The file has no list of cells, so it is no notebook: hand in what Jupyter saved.")


def _cell(number: int, entry: Any) -> Cell | None:
    if not isinstance(entry, dict) or entry.get("cell_type") not in KINDS:
        return None
    metadata = entry.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    names = [name for name in (entry.get("id"), metadata.get("id")) if isinstance(name, str)]
    return Cell(number, whole(names[0]) if names else "", entry["cell_type"], _source(entry.get("source")), metadata)


def _source(source: Any) -> str:
    lines = source if isinstance(source, list) else [source]
    return whole("".join(line for line in lines if isinstance(line, str)))


def whole(text: str) -> str:
    """The text with a replacement character for each half of a character, which no file and no pipe takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
