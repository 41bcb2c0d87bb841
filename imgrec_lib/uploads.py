"""The button with which learners hand a lesson a photograph of their own."""
from __future__ import annotations

from typing import TYPE_CHECKING

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
