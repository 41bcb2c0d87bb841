"""Uploads: the button with which learners hand a lesson a photograph of their own, and what it gives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from imgrec_lib.images.sources import ImageError

if TYPE_CHECKING:
    from ipywidgets import FileUpload


def button() -> FileUpload:
    """A button to choose one photograph with; its `.value` goes to `images.uploaded`."""
    from ipywidgets import FileUpload

    class UploadButton(FileUpload):
        # The inherited text shows the empty value, which ipywidgets 7 and 8 write differently.
        def __repr__(self) -> str:
            return "a button to choose a photograph with"

    return UploadButton(accept="image/*", multiple=False, description="Choose")


def uploaded(value: Any) -> dict[str, bytes]:
    """The bytes of each file in the value of an ipywidgets FileUpload, by file name, in versions 7 and 8 alike."""
    entries = value.items() if isinstance(value, Mapping) else value
    if not isinstance(value, Mapping | tuple | list):
        raise ImageError.of(f"An object of type {type(value).__name__}", "is not an upload", "give upload.value")
    files: dict[str, bytes] = {}
    for entry in entries:
        name, content = _uploaded_file(entry)
        files[_free_name(name, files)] = content
    return files


def _uploaded_file(entry: Any) -> tuple[str, bytes]:
    """The name and bytes of one upload: version 8 gives a mapping, version 7 a pair of name and mapping or bytes."""
    try:
        name, content = (entry["name"], entry) if isinstance(entry, Mapping) else entry
        content = content["content"] if isinstance(content, Mapping) else content
        return str(name), bytes(memoryview(content))
    except (KeyError, TypeError, ValueError) as error:
        raise ImageError("The value is not that of a FileUpload; give upload.value.") from error


def _free_name(name: str, taken: Mapping[str, bytes]) -> str:
    stem, ending = os.path.splitext(name)
    number = 2
    while name in taken:
        name, number = f"{stem} ({number}){ending}", number + 1
    return name
