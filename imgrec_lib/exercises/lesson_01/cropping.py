"""The exercise on the middle part of a picture."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from imgrec_lib.exercises.making import function
from imgrec_lib.exercises.observing import plain


def middle(image: np.ndarray, height: int, width: int) -> tuple[int, int]:
    """Row and column at which the middle part begins."""
    return (image.shape[0] - height) // 2, (image.shape[1] - width) // 2


def _either_middle(answer: Any, image: np.ndarray, height: int, width: int) -> Any:
    """What an answer gives back; where the rest is odd, the crop one row or column further counts as the same one."""
    crop = plain(answer(image, height, width))
    top, left = middle(image, height, width)
    down, right = (image.shape[0] - height) % 2, (image.shape[1] - width) % 2
    starts = [(row, column) for row in range(top, top + down + 1) for column in range(left, left + right + 1)]
    parts = [image[row : row + height, column : column + width] for row, column in starts]
    if isinstance(crop, np.ndarray) and any(np.array_equal(crop, part) for part in parts):
        return parts[0]
    return crop


@function(
    "01.crop_center",
    observe_with=_either_middle,
    hints=(
        "How many rows are cut away in all, and how many of them above the middle part?",
        "Half of the rows that are too many lie above; the part begins there, and ends `height` rows further down.",
        "`top` is half of `image.shape[0] - height`, made whole with `//`; the rows end `height` further down. The "
        "columns go the same way, with `image.shape[1]` and `width`.",
    ),
    praise="Half of what is too much lies before the part, and its end is its start plus its size.",
)
def crop_center(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The middle of a picture, `height` rows and `width` columns of it."""
    top = (image.shape[0] - height) // 2
    left = (image.shape[1] - width) // 2
    return image[top : top + height, left : left + width]


CROPS = (
    ((4, 6, 3), 2, 2),
    ((5, 7, 3), 3, 1),
    ((9, 12, 3), 3, 8),
    ((12, 9, 3), 8, 3),
    ((8, 6), 2, 4),
    ((6, 6, 3), 6, 6),
    ((6, 5, 3), 3, 2),
    ((1, 1, 3), 1, 1),
    ((9, 9), 1, 1),
    ((7, 3, 3), 3, 3),
)


@crop_center.cases
def _parts(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, int, int]]:
    for shape, height, width in CROPS:
        yield generator.integers(0, 256, shape, dtype="uint8"), height, width


def cut(starts: Callable[..., tuple[int, int]], ends: Callable[..., tuple[int, int]]) -> Callable[..., np.ndarray]:
    """A wrong crop; both functions get (size, length) of one axis, and each is asked for rows and for columns."""

    def crop(image, height, width):
        rows, columns = image.shape[:2]
        from_row, from_column = starts(rows, height), starts(columns, width)
        return image[from_row : ends(rows, height, from_row), from_column : ends(columns, width, from_column)]

    return crop


def start_of(size: int, length: int) -> int:
    """Where the middle part begins on one axis."""
    return (size - length) // 2


def end_of(size: int, length: int, start: int) -> int:
    """Where it ends on one axis."""
    return start + length


def _centred(image, height, width):
    top, left = image.shape[0] // 2 - height // 2, image.shape[1] // 2 - width // 2
    return image[top : top + height, left : left + width]


def _sides_exchanged(image, height, width):
    top, left = middle(image, height, width)
    return image[top : top + width, left : left + height]


crop_center.misconception(
    "You cut out the upper left corner: leave half of the rows that are too many above the part, and likewise for "
    "columns.",
    cut(lambda size, length: 0, end_of),
)
crop_center.misconception(
    "Your part lies at the lower right edge: only half of what is too much belongs before it.",
    cut(lambda size, length: size - length, end_of),
)
crop_center.misconception(
    "Your part begins in the middle of the picture: it has to reach as far above the middle as below it.",
    cut(lambda size, length: size // 2, end_of),
    cut(lambda size, length: (size - 1) // 2, end_of),
    cut(lambda size, length: size // 2, lambda size, length, start: size),
)
crop_center.misconception(
    "Height and width are exchanged: the first slice cuts rows and takes the height, the second cuts columns.",
    lambda image, height, width: crop_center.reference(image, width, height),
    _sides_exchanged,
    lambda image, height, width: _centred(image, width, height),
    lambda image, height, width: image[
        (image.shape[1] - width) // 2 : (image.shape[1] - width) // 2 + width,
        (image.shape[0] - height) // 2 : (image.shape[0] - height) // 2 + height,
    ],
)


@crop_center.misconception(
    "The two starts are exchanged: rows begin at half of the rows that are too many, and `shape[0]` counts rows."
)
def _starts_exchanged(image, height, width):
    top, left = (image.shape[1] - width) // 2, (image.shape[0] - height) // 2
    return image[top : top + height, left : left + width]


def _one_start(image, height, width, axis):
    start = middle(image, height, width)[axis]
    return image[start : start + height, start : start + width]


crop_center.misconception(
    "Rows and columns begin at the same number: each has a start of its own, for a picture is seldom square.",
    lambda image, height, width: _one_start(image, height, width, 0),
    lambda image, height, width: _one_start(image, height, width, 1),
)


@crop_center.misconception(
    "The two starts are exchanged: rows begin at half of the rows that are too many, and `shape[0]` counts rows."
)
def _sizes_exchanged(image, height, width):
    columns, rows = image.shape[:2]
    top, left = max(0, (rows - height) // 2), max(0, (columns - width) // 2)
    return image[top : top + height, left : left + width]


crop_center.misconception(
    "Your slices end at the size itself: an end is counted from the edge of the picture, so add the size to the start.",
    cut(start_of, lambda size, length, start: length),
    cut(lambda size, length: size // 2 - length // 2, lambda size, length, start: length),
)
crop_center.misconception(
    "You went the whole size to each side of the middle: half of it belongs above, and half below.",
    cut(lambda size, length: size // 2 - length, lambda size, length, start: size // 2 + length),
    cut(lambda size, length: max(0, size // 2 - length), lambda size, length, start: size // 2 + length),
)
