"""The bytes of one picture, wherever they are: in memory, in a file, or behind a URL."""

from __future__ import annotations

import difflib
import errno
import itertools
import os
import stat
from typing import Any

MAX_FILE_BYTES = 400_000_000
_NAME_LETTERS = 70


class ImageError(ValueError):
    """A picture that cannot be read; its one sentence names the picture, what is wrong, and what to do."""

    @classmethod
    def of(cls, name: str, problem: str, advice: str) -> ImageError:
        """The error whose sentence joins the three parts."""
        return cls(f"{name} {problem}; {advice}.")


def shown(text: str) -> str:
    """The text as a sentence can hold it: printable, and no longer than about 70 letters."""
    letters = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return letters if len(letters) <= _NAME_LETTERS else "…" + letters[-_NAME_LETTERS:]


def read(source: Any) -> tuple[str, bytes]:
    """The name that messages use for a path or for bytes, and the picture's bytes."""
    if isinstance(source, bytes | bytearray | memoryview):
        return _from_memory(source)
    if isinstance(source, str | os.PathLike):
        return _from_file(os.fsdecode(source))
    raise _unreadable_kind(source)


def _from_memory(source: bytes | bytearray | memoryview) -> tuple[str, bytes]:
    size = source.nbytes if isinstance(source, memoryview) else len(source)
    name = f"The picture of {size:,} bytes"
    if size > MAX_FILE_BYTES:
        raise _too_large(name, size)
    return name, bytes(source)


def _too_large(name: str, size: int) -> ImageError:
    problem = f"holds {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read"
    return ImageError.of(name, problem, "save it smaller, or as JPEG")


def _from_file(given: str) -> tuple[str, bytes]:
    name = shown(given)
    if not given.strip():
        raise ImageError("The file's name is empty; give the path of a picture, such as photos/cat.jpg.")
    path = os.path.expanduser(given)
    try:
        status = os.stat(path)
        # Pipes and devices would wait or flow for ever, so they are refused before they are opened.
        if stat.S_ISDIR(status.st_mode):
            raise ImageError.of(name, "is a folder", "give one picture inside it")
        if not stat.S_ISREG(status.st_mode):
            raise ImageError.of(name, "is a device or a pipe, not a file", "give a picture that is stored in a file")
        if status.st_size > MAX_FILE_BYTES:
            raise _too_large(name, status.st_size)
        with open(path, "rb") as file:
            return name, file.read(MAX_FILE_BYTES)
    except OSError as error:
        raise _unopened(name, path, error) from error
    except ValueError as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError.of(name, "is a name that no file can have", "check it for odd characters") from error


def _unopened(name: str, path: str, error: OSError) -> ImageError:
    if os.path.islink(path) and not os.path.exists(path):
        return ImageError.of(name, "is a link to a file that is gone", "copy the picture itself to this place")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return ImageError.of(name, "does not exist", _near_name(path))
    if isinstance(error, PermissionError):
        return ImageError.of(name, "may not be read by you", "change its permissions or copy it to your own folder")
    if error.errno == errno.ENAMETOOLONG:
        return ImageError.of(name, "is a name too long for a file", "check it, or rename the file")
    reason = shown(error.strerror or "for an unknown reason")
    return ImageError.of(name, f"could not be read ({reason})", "copy it elsewhere and try again")


def _near_name(path: str) -> str:
    """What to do about a name that does not exist: the nearest name in its folder, if one is near."""
    folder, wanted = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            there = {entry.name.lower(): entry.name for entry in itertools.islice(entries, 1000)}
    except (OSError, ValueError):
        return "check the name of its folder"
    near = difflib.get_close_matches(wanted.lower(), there, n=1, cutoff=0.75)
    return f"perhaps {shown(there[near[0]])} is meant" if near else "check its name and its folder"


def _unreadable_kind(source: Any) -> ImageError:
    if source is None:
        return ImageError("None is not a picture; cv2.imread gives None for a file that it could not read.")
    advice = "give a path, a URL, the bytes of a picture, or an array of uint8"
    if hasattr(type(source), "read"):
        advice = "give its bytes, with .read()"
    elif isinstance(source, list | tuple) or hasattr(source, "__array_interface__") or hasattr(source, "__array__"):
        advice = "make it an array of uint8 with numpy.array first"
    return ImageError.of(f"An object of type {shown(type(source).__name__)}", "is not a picture", advice)
