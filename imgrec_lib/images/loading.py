"""One photograph, from a file, a URL, bytes or an array, to an RGB matrix."""

from __future__ import annotations

import operator
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.images.sources import ImageError, shown

if TYPE_CHECKING:
    from PIL import Image

_KINDS_OF_SHAPE = "height × width × 3 (RGB), height × width × 4 (with alpha) or height × width (grey)"


def load(
    source: str | os.PathLike | bytes | bytearray | memoryview | np.ndarray,
    size: int | tuple[int, int] | None = None,
    max_pixels: float = 50_000_000,
) -> np.ndarray:
    """An RGB image, uint8, height × width × 3, of a path, an http(s) URL, a file's bytes, or an array.

    The picture is turned upright as its EXIF says, laid on white where it is transparent, converted to 8-bit sRGB,
    and if it is animated, its first frame is taken. Size is `(height, width)`, or one number for a square: the picture
    is stretched to it, each new pixel being the mean of the area that it covers (Pillow's BOX filter), or where it has
    to grow, a blend of the nearest pixels (BILINEAR). A picture that states more than max_pixels is refused before
    it is decoded. Whatever cannot be read raises ImageError.
    """
    limit = _pixel_limit(max_pixels)
    shape = _height_and_width(size, limit)
    picture = _picture(source, limit)
    if shape is not None:
        picture = _resized(picture, *shape)
    return np.array(picture)


def _pixel_limit(max_pixels: float) -> float:
    try:
        if not isinstance(max_pixels, bool | str) and max_pixels >= 1:
            return float(max_pixels)
    except (TypeError, ValueError):
        pass
    name = f"max_pixels={shown(repr(max_pixels))}"
    raise ImageError.of(name, "is not a number of pixels", "give one such as 50_000_000")


def _height_and_width(size: Any, limit: float) -> tuple[int, int] | None:
    """The size asked for as two positive integers, or None where none is asked for."""
    if size is None:
        return None
    try:
        pair = size if isinstance(size, tuple | list | np.ndarray) and np.ndim(size) else (size, size)
        height, width = (operator.index(side) for side in pair if not isinstance(side, bool))
        valid = height >= 1 and width >= 1
    except (TypeError, ValueError):
        valid = False
    if not valid:
        advice = "give (height, width) in whole pixels, or one number for a square"
        raise ImageError.of(f"size={shown(repr(size))}", "is not a size", advice)
    if height * width > limit:
        advice = "give a smaller size, or raise max_pixels"
        raise ImageError.of(f"size={shown(repr(size))}", f"is more than {limit:,.0f} pixels", advice)
    return height, width


def _picture(source: Any, limit: float) -> Image.Image:
    """The source as a Pillow image in mode RGB."""
    # Loaded here so that importing this module stays fast; decoding needs Pillow, and only a URL needs urllib.
    from imgrec_lib.images import decoding, download, sources

    if isinstance(source, np.ndarray):
        return _picture_of_array(source, limit)
    name, data = download.read(source) if download.is_address(source) else sources.read(source)
    return decoding.decode(name, data, limit)


def _picture_of_array(array: np.ndarray, limit: float) -> Image.Image:
    """A Pillow image in mode RGB of a uint8 array."""
    from PIL import Image

    from imgrec_lib.images import colours

    _check_array(array, limit)
    return colours.rgb(Image.fromarray(np.ascontiguousarray(array[..., 0] if array.shape[2:] == (1,) else array)))


def _check_array(array: np.ndarray, limit: float) -> None:
    name = f"The array of {array.dtype}, {' × '.join(map(str, array.shape)) or 'one number'}"
    if array.dtype != np.uint8:
        advice = "scale it to 0…255 and give array.astype('uint8')"
        raise ImageError.of(shown(name), "does not hold the whole numbers 0 to 255 of an image", advice)
    if array.ndim == 4:
        raise ImageError.of(name, "holds several images", "give one of them, such as array[0]")
    if array.ndim == 3 and array.shape[0] in (1, 3, 4) and array.shape[2] not in (1, 3, 4):
        raise ImageError.of(name, "has its channels first", "give array.transpose(1, 2, 0)")
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (1,), (3,), (4,)):
        raise ImageError.of(name, "is not an image", f"give {_KINDS_OF_SHAPE}")
    if array.size == 0:
        raise ImageError.of(name, "has no pixels", "check how it was cut out")
    if array.shape[0] * array.shape[1] > limit:
        raise ImageError.of(name, f"is more than {limit:,.0f} pixels", "make it smaller first, or raise max_pixels")


def _resized(picture: Image.Image, height: int, width: int) -> Image.Image:
    """The picture stretched to height × width, with each new pixel made from all the area that it covers."""
    from PIL.Image import Resampling

    shrinks = height <= picture.height and width <= picture.width
    return picture.resize((width, height), Resampling.BOX if shrinks else Resampling.BILINEAR)
