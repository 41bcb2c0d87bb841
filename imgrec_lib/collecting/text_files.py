"""The text of a list or a label file, within a limit of size."""

import stat
from pathlib import Path

LARGEST_LIST = 50_000_000
LARGEST_LABEL_FILE = 1_000_000


class TextError(ValueError):
    """A text file that cannot be used; the message goes behind its name."""


def read_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes; TextError for a larger one, a device, or none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise TextError("is not a file; give a text file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise TextError(f"cannot be read ({error.strerror or 'no reason given'}); check its permissions") from error
    if len(data) > limit:
        raise TextError(f"is larger than the {limit:,} bytes that are read; split it")
    return data


def read_text(path: Path, limit: int = LARGEST_LABEL_FILE) -> str:
    """The text of a file in UTF-8 or UTF-16 with or without its mark, else in the letters of Windows."""
    data = read_bytes(path, limit)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise TextError("is not text; save it as text in UTF-8")
    return text
