"""The learner's copy of an instructor's notebook: solutions become stubs, and nothing else of them remains.

Solutions are marked by lines (`marks`), by the tag "solution" on a cell, or by nbgrader's metadata. Hidden tests and
cells with the tag "instructor" are left out.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imgrec_lib.files import write_whole
from imgrec_lib.grading import stored
from imgrec_lib.grading.marks import MarkError, marks, regions
from imgrec_lib.grading.publishing import digest
from imgrec_lib.grading.stored import StoredCell, StoredNotebook
from imgrec_lib.grading.stubs import outline, stubbed

SOLUTION, INSTRUCTOR = "solution", "instructor"
TEXT_STUB = "Write your answer here."
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
HOW_TO_MARK = "put `### BEGIN SOLUTION` and `### END SOLUTION` around one, or give its cell the tag “solution”"


def release(source: Path, out: Path) -> None:
    """Write the learner's copy of `source` to `out`, whole or not at all; a ValueError names the cell at fault."""
    source, out = Path(source), Path(out)
    notebook = stored.read(source)
    if out.exists() and os.path.samefile(source, out):
        raise ValueError(f"{out} is the source itself, which would be lost; give another name to --out.")
    cells = list(_released(notebook, str(source)))
    ids = _ids([cell for cell, _ in cells])
    content = {
        "cells": [_saved(cell, made, name) for (cell, made), name in zip(cells, ids)],
        "metadata": _notebook_metadata(notebook.metadata),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    _write(out, json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def _released(notebook: StoredNotebook, name: str) -> Iterator[tuple[StoredCell, str]]:
    """The cells that learners get, each with the source that they get."""
    is_marked = False
    for cell in notebook.cells:
        if INSTRUCTOR in cell.tags:
            continue
        try:
            made = _source(cell)
        except MarkError as error:
            raise ValueError(f"{cell.full_name} of {name} {error}.") from None
        is_marked = is_marked or made != cell.source or _is_solution(cell)
        if made.strip() or not cell.source.strip():
            yield cell, made
    if not is_marked:
        raise ValueError(f"{name} has no marked solution: {HOW_TO_MARK}.")


def _is_solution(cell: StoredCell) -> bool:
    """Whether a cell is a solution as a whole, by its tag or, where it has no marks, by nbgrader's metadata."""
    nbgrader = cell.metadata.get("nbgrader")
    by_nbgrader = isinstance(nbgrader, dict) and nbgrader.get("solution") is True
    return SOLUTION in cell.tags or by_nbgrader and not list(marks(cell.source))


def _source(cell: StoredCell) -> str:
    """What learners get of a cell; nothing where the whole cell was hidden tests."""
    if cell.kind == "code":
        text = cell.source.replace("\r\n", "\n").replace("\r", "\n")
        if _is_solution(cell):
            return outline(text)
        return stubbed(text) if regions(text) else cell.source
    if _is_solution(cell):
        return TEXT_STUB
    if list(marks(cell.source)):
        raise MarkError(f"is a {cell.kind} cell, where marks mean nothing: move them into a code cell, or tag this one")
    return cell.source


def _is_stub(cell: StoredCell) -> bool:
    return _is_solution(cell) or any(region.is_solution for region in regions(cell.source))


def _ids(cells: list[StoredCell]) -> list[str]:
    """An id for each cell: its own where that is valid and not taken, else one from its number in the source."""
    own = {cell.id: cell for cell in reversed(cells) if cell.id and CELL_ID.fullmatch(cell.id)}
    names = []
    for cell in cells:
        name = cell.id if own.get(cell.id) is cell else f"cell-{cell.number}"
        while own.setdefault(name, cell) is not cell:
            name += "-"
        names.append(name)
    return names


def _saved(cell: StoredCell, made: str, name: str) -> dict[str, Any]:
    """The cell as the file holds it."""
    what = "stub" if _is_stub(cell) else "published"
    metadata: dict[str, Any] = {"imgrec": {what: digest(made)}}
    if tags := [tag for tag in cell.tags if tag != SOLUTION]:
        metadata["tags"] = tags
    content = {"cell_type": cell.kind, "id": name, "metadata": metadata, "source": made.splitlines(keepends=True)}
    if cell.kind == "code":
        return content | {"execution_count": None, "outputs": []}
    shown = {name: value for name, value in cell.attachments.items() if f"attachment:{name}" in made}
    return content | ({"attachments": shown} if shown else {})


def _notebook_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The kernel and the language, and nothing else."""
    kept = {"kernelspec": ("display_name", "language", "name"), "language_info": ("name",)}
    chosen: dict[str, Any] = {}
    for part, names in kept.items():
        values = metadata.get(part)
        if isinstance(values, dict):
            chosen[part] = {name: values[name] for name in names if isinstance(values.get(name), str)}
    return chosen


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"{path} cannot be written: it is a folder, or its folder is missing; give a file's path.")
    write_whole(path, text)
