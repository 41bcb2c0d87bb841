"""The exercise on numbers from 0 to 1."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function


@function(
    "01.normalise",
    dtype="float32",
    hints=(
        "Which number must become 1, whether it occurs in the picture or not?",
        "Change the kind of number to float32, and divide all of them by the largest that a byte can hold.",
        '`image.astype("float32")` has the right kind already. Which single division is left?',
    ),
    praise="All pictures are divided by the same 255, so a dark one stays dark and two of them can be compared.",
)
def normalise(image: np.ndarray) -> np.ndarray:
    """The numbers of a uint8 picture divided by 255, as float32."""
    return image.astype("float32") / 255


@normalise.cases
def _also_dull(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """Pictures of the whole range, then some that reach neither 0 nor 255, and grey ones."""
    yield (np.array([[51, 102], [153, 204]], dtype="uint8"),)
    yield from drawing.cases(generator)
    for low, high in ((40, 200), (0, 90), (130, 256)):
        yield (generator.integers(low, high, (4, 5, 3), dtype="uint8"),)
    yield (generator.integers(5, 250, (6, 3), dtype="uint8"),)


def _of_floats(values):
    """One wrong thought with floats, whatever the picture holds."""
    return lambda image: np.asarray(values(image.astype(float)))


def _finite(values):
    """The same, with 0 for what has no value."""
    return lambda image: np.nan_to_num(_of_floats(values)(image), posinf=0)


def _spread(image):
    return image.max() - image.min()


normalise.misconception(
    "You stretched each picture to its own darkest and brightest number: divide by 255, the most that a byte holds, so "
    "that a dark picture stays dark.",
    _of_floats(lambda image: (image - image.min()) / _spread(image)),
    _finite(lambda image: (image - image.min()) / _spread(image)),
    _of_floats(lambda image: (image - image.min()) / (_spread(image) + 1e-8)),
    _of_floats(lambda image: (image - image.min()) / image.max()),
    _of_floats(lambda image: image / _spread(image)),
    _of_floats(lambda image: (image - image.min()) / 255),
    _of_floats(lambda image: (image - image.min((0, 1))) / (image.max((0, 1)) - image.min((0, 1)))),
)
normalise.misconception(
    "You divided by the largest number of this picture: divide by 255, which is the same for all pictures.",
    _of_floats(lambda image: image / image.max()),
    _finite(lambda image: image / image.max()),
    _of_floats(lambda image: image / image.max((0, 1))),
)
normalise.misconception(
    "You standardised: here nothing is subtracted, and the numbers are divided by 255 alone.",
    _of_floats(lambda image: (image - image.mean()) / image.std()),
    _of_floats(lambda image: (image - image.mean()) / (image.std() + 1e-7)),
    _finite(lambda image: (image - image.mean()) / image.std()),
    _of_floats(lambda image: (image - image.mean((0, 1))) / image.std((0, 1))),
    _of_floats(lambda image: (image - image.mean()) / 255),
)
normalise.misconception(
    "You divided by 256, the count of the numbers: the largest of them is 255, and it has to become 1.",
    _of_floats(lambda image: image / 256),
)
normalise.misconception(
    "You divided by another number than 255, the largest that a byte holds.",
    _of_floats(lambda image: image / 100),
    _of_floats(lambda image: image / 254),
    _of_floats(lambda image: image / 127.5),
    _of_floats(lambda image: image / 127),
    _of_floats(lambda image: image / 128),
    _of_floats(lambda image: image / 10),
    _of_floats(lambda image: image / 1000),
)
normalise.misconception(
    "You rounded after the division: keep all decimals, or neighbouring shades become one.",
    _of_floats(lambda image: np.round(image / 255, 1)),
    _of_floats(lambda image: np.round(image / 255, 2)),
    _of_floats(lambda image: np.round(image / 255, 3)),
)
normalise.misconception(
    "The decimals are gone: `//` and whole kinds of number keep 0 and 1 only, so divide with `/` and keep floats.",
    _of_floats(lambda image: image // 255),
    _of_floats(lambda image: np.round(image / 255)),
    lambda image: (image / 255).astype("uint8"),
)
normalise.misconception(
    "Your numbers run from −1 to 1: here they run from 0 to 1, so nothing is subtracted.",
    _of_floats(lambda image: image / 127.5 - 1),
    _of_floats(lambda image: (image - 128) / 128),
    _of_floats(lambda image: (image - 127) / 128),
    _of_floats(lambda image: image / 255 - 0.5),
)
normalise.misconception(
    "Only the kind of number has changed: the numbers have to be divided as well.",
    lambda image: image.astype("float32"),
    lambda image: image,
)
normalise.misconception(
    "You multiplied, or divided the wrong way round: 255 has to become 1.",
    _of_floats(lambda image: image * 255),
    lambda image: image * np.uint8(255),
    _of_floats(lambda image: 255 / image),
)
normalise.misconception(
    "What is above 1 was cut down to 1, and the picture with it: divide first.",
    _of_floats(lambda image: np.clip(image, 0, 1)),
)
normalise.misconception(
    "You divided by the sum or the mean: each number is divided by 255.",
    _of_floats(lambda image: image / image.sum()),
    _of_floats(lambda image: image / image.mean()),
    _of_floats(lambda image: image / np.linalg.norm(image)),
    _of_floats(lambda image: image / image.size),
)
normalise.misconception(
    "The division is right and the kind of number is another one: float32 is asked for, half the memory of float64.",
    lambda image: image / 255,
    lambda image: (image / 255).astype("float16"),
)
normalise.misconception(
    "You turned light into dark: 0 stays 0, and 255 becomes 1.",
    _of_floats(lambda image: 1 - image / 255),
    _of_floats(lambda image: (255 - image) / 256),
    _of_floats(lambda image: 255 - image),
)
normalise.misconception(
    "The numbers lie in one long row: the result keeps the shape of the picture.",
    lambda image: (image / 255).ravel().astype("float32"),
    lambda image: (image / 255).ravel().tolist(),
    lambda image: (image / 255).reshape(1, -1),
)
normalise.misconception(drawing.COLOURS_ONLY, *drawing.colours_only(normalise.reference))
normalise.misconception(drawing.EARLY, *drawing.early(normalise.reference))
