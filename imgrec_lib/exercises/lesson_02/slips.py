"""Second slips that come along with a first one, and windows for the wrong answers of this lesson."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Answer = Callable[..., Any]


def slipped(answer: Answer, *slips: Callable[[Any], Any]) -> Iterator[Answer]:
    """The answer once with each slip made on its result."""
    for slip in slips:
        yield lambda *arguments, slip=slip: slip(answer(*arguments))


def with_slips(answer: Answer, *slips: Callable[[Any], Any]) -> Iterator[Answer]:
    """The answer as it is, and once with each slip."""
    yield answer
    yield from slipped(answer, *slips)


def as_int(values: np.ndarray) -> np.ndarray:
    """The numbers with their decimals cut off."""
    return np.asarray(values).astype(int)


def rounded(values: np.ndarray) -> np.ndarray:
    """The numbers rounded to whole ones."""
    return np.round(values).astype(int)


def clipped(values: np.ndarray) -> np.ndarray:
    """The numbers cut to what a picture may hold."""
    return np.clip(values, 0, 255)


def wrapped(values: np.ndarray) -> np.ndarray:
    """The numbers in uint8, where 256 is 0 again."""
    return np.asarray(values).astype("int64").astype("uint8")


def cast(values: np.ndarray) -> np.ndarray:
    """The numbers in uint8 as `astype` alone makes them, without its warning."""
    with np.errstate(all="ignore"):
        return np.asarray(values).astype("uint8")


def windows(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """All windows of an image as floats: places down × places across (× channels) × height × width."""
    return np.lib.stride_tricks.sliding_window_view(image.astype(float), (height, width), axis=(0, 1))


def slide(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The right feature map, for answers that go wrong elsewhere."""
    return (windows(image, *kernel.shape) * kernel).sum(axis=(2, 3))


def at_each_place(weigh: Answer) -> Answer:
    """The answer that slides rightly and gives what `weigh(window, kernel)` says of each window."""

    def answer(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        return np.array([[float(weigh(one, kernel)) for one in row] for row in windows(image, *kernel.shape)])

    return answer


def padded(image: np.ndarray, kernel: np.ndarray, mode: str = "constant", after: bool = True) -> np.ndarray:
    """An image, height × width (× channels), with a frame that keeps its size when a kernel slides over it.

    An even kernel leaves the two ends of the frame unequal: the larger one comes `after` the image, or before it.
    """
    before = [(side - after) // 2 for side in kernel.shape[:2]]
    frame = [(start, side - 1 - start) for start, side in zip(before, kernel.shape)]
    return np.pad(image, frame + [(0, 0)] * (image.ndim - 2), mode=mode)


def in_corner(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    """A result laid into the upper left corner of zeros as large as the image."""
    result = np.zeros(image.shape[:2] + values.shape[2:])
    result[: values.shape[0], : values.shape[1]] = values
    return result


def in_middle(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    """A result laid into the middle of zeros as large as the image."""
    result = np.zeros(image.shape[:2] + values.shape[2:])
    top, left = (image.shape[0] - values.shape[0]) // 2, (image.shape[1] - values.shape[1]) // 2
    result[top : top + values.shape[0], left : left + values.shape[1]] = values
    return result
