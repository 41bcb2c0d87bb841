"""Pictures drawn by lot, for the cases of the exercises, and the ways in which one thought may end."""

from collections.abc import Callable, Iterator

import numpy as np

SIZES = ((2, 3), (5, 4), (1, 1), (1, 7), (6, 1), (7, 7))
Answer = Callable[..., np.ndarray]
EARLY = (
    "Your function comes back too early: `return` in a loop ends it at once, so put it after all loops, further left."
)
COLOURS_ONLY = (
    "Your function needs a third axis, and a grey picture has none: take height and width alone, and leave the rest to "
    "NumPy."
)


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


def early(answer: Answer) -> Iterator[Answer]:
    """The answer that comes back after its first pixel, row or column; the rest is black, or as in the picture."""
    for part in (np.s_[:1, :1], np.s_[:1], np.s_[:, :1]):
        for keeps in (False, True):
            yield lambda image, *rest, part=part, keeps=keeps: _begun(answer(image, *rest), image, part, keeps)


def _begun(values: np.ndarray, image: np.ndarray, part: tuple[slice, ...], keeps: bool) -> np.ndarray:
    result = image.astype(values.dtype) if keeps and image.shape == values.shape else np.zeros_like(values)
    result[part] = values[part]
    return result


def colours_only(answer: Answer) -> tuple[Answer, ...]:
    """The answer that fails with a grey picture: where it asks for three sides, and where it asks for a channel."""

    def three_sides(image: np.ndarray, *rest: int) -> np.ndarray:
        _, _, _ = image.shape
        return answer(image, *rest)

    return three_sides, lambda image, *rest: answer(image[:, :, :], *rest)
