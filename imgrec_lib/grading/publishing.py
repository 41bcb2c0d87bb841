"""What a released notebook says of its own cells, so that the grader knows which ones the learner left as they were.

`release` writes the digest of a cell's source into its metadata, under "published" where the cell is the instructor's
own and under "stub" where the learner is to write. A learner can write there too, and gains nothing by it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any


def digest(source: str) -> str:
    """The SHA-256 of a cell's source, whatever its line ends and the white space after it, which front ends change."""
    text = source.replace("\r\n", "\n").rstrip()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_published(cell: Any) -> bool:
    """Whether a cell, of any form, is as the instructor released it and is no stub."""
    return _holds(cell, "published")


def is_stub(cell: Any) -> bool:
    """Whether a cell, of any form, is a stub that nobody has touched."""
    return _holds(cell, "stub")


def _holds(cell: Any, name: str) -> bool:
    value = cell
    for key in ("metadata", "imgrec", name):
        value = value.get(key) if isinstance(value, Mapping) else None
    return isinstance(value, str) and value == digest(_source(cell.get("source")))


def _source(source: Any) -> str:
    """The source of a cell, which a file holds as one text or as a list of lines."""
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))
