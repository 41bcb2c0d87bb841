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
    """The numbers in uint8 as `astype` alone makes them."""
    return np.asarray(values).astype("uint8")


def windows(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """All windows of an image as floats: places down × places across (× channels) × height × width."""
    return np.lib.stride_tricks.sliding_window_view(image.astype(float), (height, width), axis=(0, 1))


def at_each_place(weigh: Answer) -> Answer:
    """The answer that slides rightly and gives what `weigh(window, kernel)` says of each window."""

    def answer(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        return np.array([[float(weigh(one, kernel)) for one in row] for row in windows(image, *kernel.shape)])

    return answer


STARTS: tuple[Callable[[int], int], ...] = (
    lambda side: (side - 1) // 2,
    lambda side: side // 2,
    lambda side: 0,
    lambda side: side - 1,
)


def _framed(answer: Answer, mode: str, start: Callable[[int], int]) -> Answer:
    """The answer for the image in a frame that makes up for what the kernel loses."""

    def framed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        frame = [(start(side), side - 1 - start(side)) for side in kernel.shape[:2]]
        return answer(np.pad(image, frame + [(0, 0)] * (image.ndim - 2), mode=mode), kernel)

    return framed


def _laid(answer: Answer, keeps_image: bool, start: Callable[[int], int]) -> Answer:
    """The answer laid into zeros as large as the image, or into a copy of the image."""

    def laid(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        values = answer(image, kernel)
        result = np.zeros(image.shape[:2] + values.shape[2:])
        if keeps_image and result.shape == image.shape:
            result[:] = image
        top, left = (start(side) for side in kernel.shape[:2])
        result[top : top + values.shape[0], left : left + values.shape[1]] = values
        return result

    return laid


def same_size(answer: Answer) -> Iterator[Answer]:
    """The answer as large as the image, in the ways that people and libraries have: frames, and zeros filled up."""
    yield from (_framed(answer, "constant", start) for start in STARTS)
    yield from (_framed(answer, mode, start) for mode in ("symmetric", "reflect", "edge") for start in STARTS[:2])
    yield from (_laid(answer, keeps_image, start) for keeps_image in (False, True) for start in STARTS)
