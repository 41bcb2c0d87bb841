"""The JSON in a recogniser's file: the description, and which arrays follow, checked before any is read."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from imgrec_lib.recognising import document, networks
from imgrec_lib.recognising.document import Description, RecogniserError, shown

FORMAT, VERSION = "imgrec recogniser", 1
WORDS, NUMBERS = "recogniser.json", "weights.bin"
LARGEST_JSON, MOST_PARTS, MOST_ARRAYS, MOST_BYTES = 4_000_000, 100_000, 2_000, 1_000_000_000
MOST_AXES, LONGEST_NAME = 6, 200
DTYPE = np.dtype("<f4")


@dataclass(frozen=True)
class Table:
    """What the JSON says: the description, the shapes of all arrays by name, and the SHA-256 of their bytes."""

    description: Description
    shapes: dict[str, tuple[int, ...]]
    digest: str

    @property
    def size(self) -> int:
        """The number of bytes of all arrays."""
        return DTYPE.itemsize * sum(math.prod(shape) for shape in self.shapes.values())


def from_text(text: bytes) -> Table:
    """The table out of the JSON of a file; raises RecogniserError, whose sentence begins with "it" or "its"."""
    return _checked_table(_json(text))


def to_text(table: Table) -> bytes:
    """The JSON of a file."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "description": document.as_json(table.description),
        "weights": {"sha256": table.digest, "arrays": [[name, list(shape)] for name, shape in table.shapes.items()]},
    }
    text = json.dumps(value, allow_nan=False).encode()
    if len(text) > LARGEST_JSON:
        raise RecogniserError(f"its description has {len(text):,} bytes, more than {LARGEST_JSON:,}")
    return text


def _json(text: bytes) -> dict[str, Any]:
    if text.count(b"[") + text.count(b"{") > MOST_PARTS:
        raise RecogniserError(f"its {WORDS} has more than {MOST_PARTS:,} parts")
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except RecogniserError:
        raise
    except (ValueError, RecursionError, MemoryError):
        raise RecogniserError(f"its {WORDS} is no JSON") from None
    document.check_tree(value)
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise RecogniserError(f"its {WORDS} says something twice")
    return found


def _no_number(word: str) -> None:
    raise RecogniserError(f"its {WORDS} holds {word}, which is no number")


def _checked_table(value: Any) -> Table:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise RecogniserError(f'its {WORDS} does not say that it is of the format "{FORMAT}"')
    if type(value.get("version")) is not int or value["version"] != VERSION:
        raise RecogniserError(
            f"it is of version {shown(value.get('version'))}, and this course reads {VERSION}; update the course"
        )
    weights = value.get("weights")
    if set(value) != {"format", "version", "description", "weights"} or not isinstance(weights, dict):
        raise RecogniserError(f"its {WORDS} lacks the description or the weights, or holds more than them")
    if set(weights) != {"sha256", "arrays"} or not isinstance(weights["sha256"], str):
        raise RecogniserError("its weights have no SHA-256 or no list of arrays")
    description = document.from_json(value["description"])
    shapes = checked_shapes(description, weights["arrays"])
    return Table(description, shapes, weights["sha256"])


def checked_shapes(description: Description, rows: Any) -> dict[str, tuple[int, ...]]:
    """Shapes by name out of rows of [name, shape]; raises RecogniserError where they are not the network's."""
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ARRAYS or not all(map(_is_row, rows)):
        raise RecogniserError(f"its arrays are not 1 to {MOST_ARRAYS:,} names, each with its shape")
    shapes = {name: tuple(shape) for name, shape in rows}
    if len(shapes) < len(rows):
        raise RecogniserError("it has two arrays of one name")
    if (total := DTYPE.itemsize * sum(map(math.prod, shapes.values()))) > MOST_BYTES:
        raise RecogniserError(f"its arrays have {total:,} bytes, more than the {MOST_BYTES:,} that are read")
    networks.check_side(description.network, description.side)
    if networks.is_own(description.network):
        _compare(shapes, networks.expected(description), description.network)
    return shapes


def _is_row(row: Any) -> bool:
    if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str) or not isinstance(row[1], list):
        return False
    name, shape = row
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and len(shape) <= MOST_AXES
        and all(type(side) is int and 0 < side <= MOST_BYTES for side in shape)
    )


def _compare(shapes: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]], network: str) -> None:
    if list(shapes) != list(expected):
        odd = sorted(set(shapes) ^ set(expected)) or ["their order"]
        raise RecogniserError(f"its arrays are not those of the network {network}, beginning with {shown(odd[0])}")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise RecogniserError(f"its array {name} has the shape {shown(shapes[name])}, and {network} needs {shape}")
