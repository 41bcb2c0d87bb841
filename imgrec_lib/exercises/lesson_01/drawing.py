"""Pictures drawn by lot, for the cases of the exercises, and the ways in which one thought may end."""

from collections.abc import Callable, Iterator

import numpy as np

SIZES = ((2, 3), (5, 4), (1, 1), (1, 7), (6, 1), (7, 7))
Answer = Callable[..., np.ndarray]


def images(generator: np.random.Generator, channels: int = 3) -> Iterator[np.ndarray]:
    """RGB pictures, uint8, height × width × 3, of odd, even, flat and tall sizes; the last two are black and white."""
    for height, width in SIZES:
        yield generator.integers(0, 256, (height, width, channels), dtype="uint8")
    for level in (0, 255):
        yield np.full((3, 4, channels), level, dtype="uint8")


def cases(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """The same pictures, each as the only argument of an answer."""
    for image in images(generator):
        yield (image,)


def roundings(values: Answer) -> tuple[Answer, ...]:
    """One wrong thought, ended in three ways: rounded to uint8, cut to uint8, and left as it is."""
    return (
        lambda *arguments: np.round(values(*arguments)).astype(int).astype("uint8"),
        lambda *arguments: np.asarray(values(*arguments)).astype(int).astype("uint8"),
        values,
    )
