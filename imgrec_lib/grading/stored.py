"""A stored notebook, read with suspicion: whatever is not of a notebook's form is refused in one sentence."""

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imgrec_lib.exercises.comparing import shortened
from imgrec_lib.grading.notebook_files import MOST_PARTS

LARGEST_FILE = 100_000_000
LONGEST_NAME = 60
KINDS = ("code", "markdown", "raw")
OUTPUTS = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict},
    "execute_result": {"data": dict},
    "error": {"ename": str, "evalue": str},
}


@dataclass(frozen=True)
class StoredCell:
    """A cell: its place among all cells, counted from 1, and what the file holds of it."""

    number: int
    kind: str
    source: str
    id: str | None = None
    count: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[Mapping[str, Any], ...] = ()
    attachments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a sentence calls the cell: its number and its id, or how it begins where it has none."""
        return f"Cell {self.number} ({printable(self.id, LONGEST_NAME) if self.id else self.beginning})"

    @property
    def full_name(self) -> str:
        """The cell's number, its id and how it begins."""
        return f"{self.name[:-1]}, {self.beginning})" if self.id else self.name

    @property
    def beginning(self) -> str:
        """The first line that is not blank."""
        first = next((line.strip() for line in self.source.splitlines() if line.strip()), "")
        return f"`{printable(first, LONGEST_NAME)}`" if first else "empty"

    @property
    def runs(self) -> bool:
        """Whether there is code in it."""
        return self.kind == "code" and bool(self.source.strip())

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        tags = self.metadata.get("tags")
        return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


@dataclass(frozen=True)
class StoredNotebook:
    """A notebook: its metadata and its cells."""

    metadata: Mapping[str, Any]
    cells: tuple[StoredCell, ...]


def printable(text: str, length: int) -> str:
    """The text as one line of a sentence can hold it."""
    beginning = text[: length + 1]
    return shortened("".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in beginning), length)


def read(path: Path) -> StoredNotebook:
    """The notebook of a file, nbformat 4; a ValueError or OSError in one sentence where it is something else."""
    name = printable(str(path), 200)
    data = _bytes(path, name)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError):
        raise ValueError(f"{name} is not a notebook: it does not hold JSON; give a file that Jupyter saved.") from None
    try:
        return _notebook(content)
    except ValueError as error:
        raise ValueError(f"{name} is not a notebook of nbformat 4: {error}; save it again with Jupyter.") from None


def _bytes(path: Path, name: str) -> bytes:
    """What the file holds, if it is a plain file of a size that can be read."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise OSError(f"{name} cannot be read: {reason}; check the path.") from None
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{name} is not a file; give the path of a notebook.")
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(f"{name} has more than {LARGEST_FILE:,} bytes; clear its outputs, then run and save it again.")
    if data.count(b"{") + data.count(b"[") > MOST_PARTS:
        raise ValueError(f"{name} is not a notebook: it has more than {MOST_PARTS:,} parts; give what Jupyter saved.")
    return data


def _notebook(content: Any) -> StoredNotebook:
    if not isinstance(content, dict) or "cells" not in content and "nbformat" not in content:
        raise ValueError("it has no cells")
    if content.get("nbformat") != 4:
        raise ValueError(f"it says nbformat {printable(repr(content.get('nbformat')), 20)}")
    cells = _typed(content, "cells", list, "the notebook")
    return StoredNotebook(
        _typed(content, "metadata", dict, "the notebook", {}),
        tuple(_cell(cell, number) for number, cell in enumerate(cells, start=1)),
    )


def _cell(cell: Any, number: int) -> StoredCell:
    who = f"cell {number}"
    if not isinstance(cell, dict) or cell.get("cell_type") not in KINDS:
        raise ValueError(f"{who} is neither code nor text")
    count = cell.get("execution_count")
    if count is not None and type(count) is not int:
        raise ValueError(f"{who} has a wrong execution_count")
    metadata = _typed(cell, "metadata", dict, who, {})
    names = [name for name in (_typed(cell, "id", str, who, ""), metadata.get("id")) if name and isinstance(name, str)]
    outputs = _typed(cell, "outputs", list, who, []) if cell["cell_type"] == "code" else []
    return StoredCell(
        number,
        cell["cell_type"],
        _text(cell.get("source"), "source", who),
        _text(names[0], "id", who) if names else None,
        count,
        metadata,
        tuple(checked_output(output, who) for output in outputs),
        _typed(cell, "attachments", dict, who, {}),
    )


def checked_output(output: Any, who: str) -> dict[str, Any]:
    """An output of a cell with what a comparison needs of it; a ValueError where it has another form."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if not isinstance(kind, str) or kind not in OUTPUTS:
        raise ValueError(f"{who} has an output of an unknown kind")
    parts: dict[str, Any] = {"output_type": kind}
    for key, wanted in OUTPUTS[kind].items():
        value = output.get(key)
        parts[key] = _text(value, key, who) if wanted is str else _data(value, who)
    return parts


def _data(value: Any, who: str) -> dict[str, str]:
    """What an output shows, by mime type, each a text; what is no text is given as JSON."""
    if not isinstance(value, dict):
        raise ValueError(f"{who} has wrong data")
    try:
        texts = {name: one if _is_text(one) else json.dumps(one, sort_keys=True) for name, one in value.items()}
    except RecursionError:
        raise ValueError(f"{who} has data that is nested too deeply") from None
    return {name: _text(one, name, who) for name, one in texts.items()}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or isinstance(value, list) and all(isinstance(line, str) for line in value)


def _typed(owner: Mapping[str, Any], key: str, wanted: type, who: str, default: Any = None) -> Any:
    value = owner.get(key, default)
    if not isinstance(value, wanted):
        raise ValueError(f"{who} has a wrong {key}")
    return value


def _text(value: Any, key: str, who: str) -> str:
    """A text, which a file may hold as a list of lines; what no file can hold is replaced in it."""
    if not _is_text(value):
        raise ValueError(f"{who} has a wrong {key}")
    return "".join(value).encode("utf-8", "replace").decode()
