"""The file of a recogniser, `.imgrec`: a zip of `recogniser.json` and `weights.bin`, both stored uncompressed.

The JSON has the description and, for `weights.bin`, its SHA-256 and the name and shape of each array, float32, little
endian, one after the other. No code is in it, and none is run. The sizes are compared with the file's own before
anything is read, so a file takes no more memory than it has bytes.
"""

import hashlib
import os
import stat
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from imgrec_lib.files import write_whole
from imgrec_lib.recognising import document, framing, table
from imgrec_lib.recognising.document import Description, RecogniserError, shown
from imgrec_lib.recognising.table import DTYPE, NUMBERS, WORDS, Table

AGAIN = "get it again where you got it, or train it again"


def read(path: str | os.PathLike) -> tuple[Description, dict[str, np.ndarray]]:
    """The description and the arrays, float32, of a file; raises RecogniserError in one sentence."""
    path = Path(path)
    name = shown(str(path), 200)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise RecogniserError(f"{name} is not a file; give the path of a recogniser, such as pets.imgrec")
        with path.open("rb") as file:
            return _read(file, status.st_size)
    except RecogniserError as error:
        raise error if str(error).startswith(name) else RecogniserError(f"{name} {error}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise RecogniserError(f"{name} cannot be read: {reason}; check the path") from None


def _read(file: BinaryIO, size: int) -> tuple[Description, dict[str, np.ndarray]]:
    start = file.read(framing.header_size(WORDS))
    if start[:4] != b"PK\3\4"[: len(start)] or not start:
        raise RecogniserError(f"is not a recogniser: it begins with {start[:4]!r}; give a file that `train` wrote")
    length = framing.stored_size(start) if len(start) == framing.header_size(WORDS) else 0
    if not start.endswith(WORDS.encode()) or not 0 < length <= min(table.LARGEST_JSON, size):
        raise _damaged(file, size)
    text = file.read(length)
    words = framing.Entry(WORDS, length, zlib.crc32(text))
    if start != words.header():
        raise _damaged(file, size)
    found = _table(text)
    front = len(start) + length + framing.header_size(NUMBERS)
    if front + found.size + len(framing.ending([words, framing.Entry(NUMBERS, 0, 0)])) != size:
        raise _damaged(file, size)
    header = file.read(framing.header_size(NUMBERS))
    arrays, crc = _arrays(file, found)
    numbers = framing.Entry(NUMBERS, found.size, crc)
    if header != numbers.header() or file.read() != framing.ending([words, numbers]):
        raise _damaged(file, size)
    return found.description, arrays


def _damaged(file: BinaryIO, size: int) -> RecogniserError:
    file.seek(size - framing.tail_size(size))
    return RecogniserError(f"is damaged: it {framing.fault(file.read(), size, (WORDS, NUMBERS))}; {AGAIN}")


def _table(text: bytes) -> Table:
    try:
        return table.from_text(text)
    except RecogniserError as error:
        raise RecogniserError(f"cannot be opened: {error}; {AGAIN}") from None


def _arrays(file: BinaryIO, wanted: Table) -> tuple[dict[str, np.ndarray], int]:
    """The arrays, all finite, and the CRC-32 of their bytes."""
    found, digest, crc = {}, hashlib.sha256(), 0
    for name, shape in wanted.shapes.items():
        array = np.empty(shape, DTYPE)
        content = array.reshape(-1).view("uint8").data
        if file.readinto(content) != array.nbytes:
            raise RecogniserError(f"is damaged: it ends within its numbers; {AGAIN}")
        digest.update(content)
        crc = zlib.crc32(content, crc)
        found[name] = array
    if digest.hexdigest() != wanted.digest:
        raise RecogniserError(f"is damaged: its numbers are not those that it was written with; {AGAIN}")
    try:
        check_numbers(found)
    except RecogniserError as error:
        raise RecogniserError(f"cannot be used: {error}; {AGAIN}") from None
    return found, crc


def check_numbers(weights: Mapping[str, np.ndarray]) -> None:
    """Raises RecogniserError where a weight is not finite, or a variance is below 0."""
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise RecogniserError(f"its array {shown(name)} holds what is no finite number")
        if name.endswith("/moving_variance") and array.min(initial=0) < 0:
            raise RecogniserError(f"its array {shown(name)} holds a variance below 0")


def write(path: str | os.PathLike, description: Description, weights: Mapping[str, np.ndarray]) -> None:
    """Write a file, whole or not at all; raises RecogniserError where `read` would refuse it."""
    path = Path(path)
    try:
        document.check(description)
        table.checked_shapes(description, [[name, list(np.shape(array))] for name, array in weights.items()])
        check_numbers(weights)
        text, entries = _words(description, weights)
    except RecogniserError as error:
        raise RecogniserError(f"{shown(str(path), 200)} cannot be written: {error}; train it again") from None
    numbers = map(_content, weights.values())
    write_whole(path, b"".join([entries[0].header(), text, entries[1].header(), *numbers, framing.ending(entries)]))


def _words(
    description: Description, weights: Mapping[str, np.ndarray]
) -> tuple[bytes, tuple[framing.Entry, framing.Entry]]:
    digest, crc = hashlib.sha256(), 0
    for array in weights.values():
        content = _content(array)
        digest.update(content)
        crc = zlib.crc32(content, crc)
    whole = Table(description, {name: np.shape(array) for name, array in weights.items()}, digest.hexdigest())
    text = table.to_text(whole)
    return text, (framing.Entry(WORDS, len(text), zlib.crc32(text)), framing.Entry(NUMBERS, whole.size, crc))


def _content(array: np.ndarray) -> memoryview:
    return np.ascontiguousarray(array, DTYPE).reshape(-1).view("uint8").data
