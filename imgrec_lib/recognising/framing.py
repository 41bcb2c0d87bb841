"""The bytes of a zip file around two stored entries, as one exact form.

A reader that knows every byte that may stand there sees each changed bit, and has no choices for a stranger to play
with: no compression, no second name, no link, no comment, nothing between the entries. `zipfile` passes over many of
these fields when it reads, so the form is made here; what it makes, `zipfile` and `unzip` open.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_VERSION, _FROM_UNIX, _MADE = 20, 3 << 8, (0, 0x21)  # Zip 2.0; midnight of 1 January 1980, the first that zip can say
_PLAIN_FILE = 0o100644 << 16
_TAIL = 8_192  # Bytes at the end in which to look for the list of entries


@dataclass(frozen=True)
class Entry:
    """A stored entry: its name in ASCII, its size in bytes and the CRC-32 of its content."""

    name: str
    size: int
    crc: int

    def header(self) -> bytes:
        """The bytes before its content."""
        return _LOCAL.pack(b"PK\3\4", _VERSION, 0, 0, *_MADE, *self._sums(), len(self.name), 0) + self.name.encode()

    def listing(self, place: int) -> bytes:
        """Its row in the list at the end of the file; `place` is where its header begins."""
        versions = _FROM_UNIX | _VERSION, _VERSION
        row = (b"PK\1\2", *versions, 0, 0, *_MADE, *self._sums(), len(self.name), 0, 0, 0, 0, _PLAIN_FILE, place)
        return _CENTRAL.pack(*row) + self.name.encode()

    def _sums(self) -> tuple[int, int, int]:
        return self.crc, self.size, self.size


def header_size(name: str) -> int:
    """How many bytes stand before the content of an entry of this name."""
    return _LOCAL.size + len(name)


def stored_size(header: bytes) -> int:
    """The size in bytes that the header of an entry states; nothing else of it is looked at."""
    return _LOCAL.unpack_from(header)[7]


def ending(entries: Sequence[Entry]) -> bytes:
    """What stands after the last content: a row for each entry, and the end of the file."""
    rows, place = b"", 0
    for entry in entries:
        rows += entry.listing(place)
        place += header_size(entry.name) + entry.size
    return rows + _END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(rows), place, 0)


def fault(tail: bytes, size: int, names: Sequence[str]) -> str:
    """What is wrong with a zip file of other bytes, in words after "it", from its last bytes and its size.

    At most a handful of entries are looked at, whatever the file says there are.
    """
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) - end < _END.size:
        return "ends too early: its list of contents is missing"
    _, _, _, _, count, length, place, _ = _END.unpack_from(tail, end)
    begin = end - length
    if count != len(names) or begin < 0 or place + length > size:
        return f"states {count} entries, and it has to hold {' and '.join(names)} alone"
    seen = set()
    for _ in range(count):
        if begin + _CENTRAL.size > end or tail[begin : begin + 4] != b"PK\1\2":
            return "has a list of contents that is none"
        row = _CENTRAL.unpack_from(tail, begin)
        begin += _CENTRAL.size
        name = tail[begin : begin + row[10]].decode("utf-8", "replace")
        begin += row[10] + row[11] + row[12]
        if found := _fault_of_row(row, name, names, seen):
            return found
        seen.add(name)
    return "differs from what the course writes"


def _fault_of_row(row: tuple, name: str, names: Sequence[str], seen: set[str]) -> str:
    quoted = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name[:60])
    if name in seen:
        return f"holds {quoted} twice"
    if name not in names:
        return f"holds {quoted}, which does not belong there"
    if row[4] != 0:
        return f"holds {quoted} compressed"
    if row[15] >> 28 not in (0, 8):
        return f"holds {quoted} as a link or a device"
    return ""


def tail_size(size: int) -> int:
    """How many bytes at the end of a file of so many bytes `fault` wants to see."""
    return min(size, _TAIL)
