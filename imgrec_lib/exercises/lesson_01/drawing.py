"""Pictures drawn by lot, for the cases of the exercises."""

from collections.abc import Iterator

import numpy as np

SIZES = ((2, 3), (5, 4), (1, 1), (1, 7), (6, 1), (7, 7))


def images(generator: np.random.Generator, channels: int = 3) -> Iterator[np.ndarray]:
    """RGB pictures, uint8, height × width × 3, of odd, even, flat and tall sizes; the last two are black and white."""
    for height, width in SIZES:
        yield generator.integers(0, 256, (height, width, channels), dtype="uint8")
    for level in (0, 255):
        yield np.full((3, 4, channels), level, dtype="uint8")
