"""One photograph, from a file, a URL, an upload or an array, to an RGB matrix."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


class ImageError(ValueError):
    """A picture that cannot be read; the one sentence says which, why, and what to do."""


def load(source: Any, size: int | tuple[int, int] | None = None, max_pixels: float = 50_000_000) -> np.ndarray:
    """An RGB image, uint8, height × width × 3, of a path, bytes, an http(s) URL or an array."""
    from PIL import Image, ImageOps
    import io
    import urllib.request

    if isinstance(source, np.ndarray):
        image = Image.fromarray(source)
    else:
        if isinstance(source, (bytes, bytearray, memoryview)):
            data = bytes(source)
        elif isinstance(source, str) and source.startswith(("http://", "https://")):
            data = urllib.request.urlopen(source, timeout=20).read()
        else:
            try:
                with open(os.fspath(source), "rb") as file:
                    data = file.read()
            except (OSError, TypeError) as error:
                raise ImageError(f"{source} cannot be read; check the name.") from error
        try:
            image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        except Exception as error:
            raise ImageError(f"{source} is not a picture that can be read; save it as PNG or JPEG.") from error
    image = image.convert("RGB")
    if size is not None:
        height, width = (size, size) if isinstance(size, int) else size
        image = image.resize((width, height), Image.Resampling.BOX)
    return np.array(image)


def uploaded(value: Any) -> dict[str, bytes]:
    """The contents of an ipywidgets FileUpload's value by file name, in versions 7 and 8 alike."""
    if isinstance(value, dict):
        return {name: bytes(entry["content"]) for name, entry in value.items()}
    return {entry["name"]: bytes(entry["content"]) for entry in value}
