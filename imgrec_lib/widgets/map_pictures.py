"""Feature maps as pictures: one map, all maps of a layer side by side, units as squares."""

from collections.abc import Sequence

import numpy as np


def squares(units: np.ndarray) -> np.ndarray:
    """Units as squares, rows × squares: one row of up to 16, or about a square of them, filled up with NaN."""
    columns = len(units) if len(units) <= 16 else int(np.ceil(np.sqrt(len(units))))
    rows = -(-len(units) // columns)
    padding = np.full(rows * columns - len(units), np.nan)
    return np.concatenate([units, padding]).reshape(rows, columns).astype("float32")


def across(count: int) -> int:
    """How many of a layer's maps stand in a row."""
    return min(count, 8 if count <= 64 else 16)


def mosaic(maps: np.ndarray) -> np.ndarray:
    """All maps of height × width × channels in one picture, 8 or 16 in a row, one square of NaN between them."""
    height, width, count = maps.shape
    columns = across(count)
    rows = -(-count // columns)
    picture = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan, dtype="float32")
    for unit in range(count):
        top, left = unit // columns * (height + 1), unit % columns * (width + 1)
        picture[top : top + height, left : left + width] = maps[:, :, unit]
    return picture


def seen(image: np.ndarray) -> np.ndarray:
    """The image as uint8 for the eye, height × width × 1 or 3; floats outside 0 to 1 are stretched to their range."""
    array = np.asarray(image)
    array = array[:, :, np.newaxis] if array.ndim == 2 else array
    if array.dtype != np.uint8:
        array = np.nan_to_num(array.astype("float64"))
        low, high = (0.0, 1.0) if array.min() >= 0 and array.max() <= 1 else (array.min(), array.max())
        array = np.round((array - low) / ((high - low) or 1) * 255).astype("uint8")
    return array if array.shape[2] == 3 else array[:, :, :1]


def size(shape: Sequence[int]) -> str:
    """A shape in words, such as "26 × 26 × 32" or "64 units"."""
    return " × ".join(map(str, shape)) if len(shape) == 3 else f"{shape[0]} units"
