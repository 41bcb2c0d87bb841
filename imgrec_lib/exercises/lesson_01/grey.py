"""The exercise on mixing three planes to one grey picture."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function

WEIGHTS = np.array([0.299, 0.587, 0.114])
OTHER_STANDARD = np.array([0.2126, 0.7152, 0.0722])


@function(
    "01.to_gray",
    dtype="uint8",
    hints=(
        "Which of the three colours looks brightest to your eye, and which number says so?",
        "Multiply each plane by its own weight and add the three up, in floats; whole numbers come last.",
        'Round with np.round before `.astype("uint8")`, because astype alone cuts the decimals off.',
    ),
    praise="Each plane counts as much as the eye sees of it, and rounding comes before the conversion.",
)
def to_gray(image: np.ndarray) -> np.ndarray:
    """The grey picture, height × width, of an RGB picture: weights 0.299, 0.587 and 0.114, rounded to uint8."""
    red, green, blue = image[:, :, 0], image[:, :, 1], image[:, :, 2]
    gray = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.round(gray).astype("uint8")


@to_gray.cases
def _no_halves(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """Pictures without a pixel whose grey lies so near a half that honest ways of rounding disagree."""
    for image in drawing.images(generator):
        image[abs(image @ WEIGHTS % 1 - 0.5) < 0.05] = (10, 200, 30)
        yield (image,)


def _right(image):
    return np.round(image @ WEIGHTS).astype("uint8")


def _sum(image):
    return image.astype(int).sum(axis=2)


def _uint8_sum(image):
    return image[:, :, 0] + image[:, :, 1] + image[:, :, 2]


to_gray.misconception(
    "You took the mean of the three planes: the eye sees green far brighter than blue, so each plane has its weight.",
    *drawing.roundings(lambda image: image.mean(axis=2)),
    lambda image: (image // 3).sum(axis=2),
    lambda image: np.round(image / 3).sum(axis=2),
)
to_gray.misconception(
    "You added the planes while they were uint8, so the sum went past 255 and began again at 0: turn each plane into "
    "floats by multiplying it with its weight first.",
    *drawing.roundings(lambda image: _uint8_sum(image) / 3),
    lambda image: _uint8_sum(image) // 3,
)
to_gray.misconception(
    "You added the planes up without weights: each has to count with its own weight, so that white stays 255.",
    _uint8_sum,
    _sum,
    lambda image: np.clip(_sum(image), 0, 255).astype("uint8"),
    lambda image: _sum(image).astype(float),
)
to_gray.misconception(
    "You added or averaged over rows or columns: each pixel keeps its place, only its own three numbers become one.",
    *drawing.roundings(lambda image: image.mean(axis=0)),
    *drawing.roundings(lambda image: image.mean(axis=1)),
    *drawing.roundings(lambda image: (image * WEIGHTS).sum(axis=0)),
    *drawing.roundings(lambda image: (image * WEIGHTS).sum(axis=1)),
    lambda image: image.sum(axis=0),
    lambda image: image.sum(axis=1),
    lambda image: image.mean(axis=(0, 1)),
    lambda image: image.mean(),
    lambda image: (image @ WEIGHTS).mean(),
)
to_gray.misconception(
    "The three weighted planes still lie side by side: add them up, so that one number is left for each pixel.",
    *drawing.roundings(lambda image: image * WEIGHTS),
)
to_gray.misconception(
    "The decimals were cut off: `astype` does not round, so round first.",
    lambda image: (image @ WEIGHTS).astype("uint8"),
    lambda image: np.floor(image @ WEIGHTS),
    lambda image: (image @ np.array([0.2989, 0.587, 0.114])).astype("uint8"),
)
to_gray.misconception(
    "Each product was made a whole number before the sum, and three small errors add up: add first, round at the end.",
    lambda image: (image * WEIGHTS).astype("uint8").sum(axis=2).astype("uint8"),
    lambda image: np.round(image * WEIGHTS).sum(axis=2).astype("uint8"),
    lambda image: image // np.round(1 / WEIGHTS).astype(int) @ np.ones(3),
)
to_gray.misconception(
    "You rounded up or added a half too many: round to the nearest whole number, once.",
    lambda image: np.ceil(image @ WEIGHTS).astype("uint8"),
    lambda image: np.round(image @ WEIGHTS + 0.5).astype(int).astype("uint8"),
    lambda image: (image @ WEIGHTS + 1).astype(int).astype("uint8"),
)
to_gray.misconception(
    "You gave the weights to blue, green and red: this picture is RGB, so 0.299 belongs to channel 0.",
    *drawing.roundings(lambda image: image @ WEIGHTS[::-1]),
)
to_gray.misconception(
    "Two weights have changed places: 0.299 is for red, 0.587 for green and 0.114 for blue.",
    *drawing.roundings(lambda image: image @ WEIGHTS[[1, 0, 2]]),
    *drawing.roundings(lambda image: image @ WEIGHTS[[0, 2, 1]]),
    *drawing.roundings(lambda image: image @ WEIGHTS[[1, 2, 0]]),
    *drawing.roundings(lambda image: image @ WEIGHTS[[2, 0, 1]]),
)
to_gray.misconception(
    "These are the weights of another standard: here red counts 0.299, green 0.587 and blue 0.114.",
    *drawing.roundings(lambda image: image @ OTHER_STANDARD),
    lambda image: image @ OTHER_STANDARD / 255,
    *drawing.roundings(lambda image: image @ np.array([0.3, 0.6, 0.1])),
    *drawing.roundings(lambda image: image @ np.array([0.3, 0.59, 0.11])),
    *drawing.roundings(lambda image: image @ np.array([0.33, 0.33, 0.33])),
)
to_gray.misconception(
    "The weighted sum is divided once more: the weights together make 1 already, so white stays 255 without it.",
    *drawing.roundings(lambda image: image @ WEIGHTS / 3),
    *drawing.roundings(lambda image: (image * WEIGHTS).mean(axis=2).round()),
)
to_gray.misconception(
    "The numbers are right and of another kind: a picture holds uint8, so round and convert at the end.",
    lambda image: image @ WEIGHTS,
    lambda image: np.round(image @ WEIGHTS),
    lambda image: np.round(image @ WEIGHTS).astype(int),
)
to_gray.misconception(
    "Your picture runs from 0 to 1: here grey stays between 0 and 255, so nothing is divided by 255.",
    *drawing.roundings(lambda image: image @ WEIGHTS / 255),
)
to_gray.misconception(
    "The grey is right and has a third axis: a grey picture is height × width, one number for each pixel.",
    lambda image: np.stack([_right(image)] * 3, axis=2),
    lambda image: _right(image)[:, :, np.newaxis],
    lambda image: np.stack([image @ WEIGHTS] * 3, axis=2),
)
to_gray.misconception(
    "You took one number of each pixel, the largest, smallest or middle one: all three belong to the grey, each with "
    "its weight.",
    lambda image: image.max(axis=2),
    lambda image: image.min(axis=2),
    lambda image: np.median(image, axis=2),
    *drawing.roundings(lambda image: image.max(axis=2) / 2 + image.min(axis=2) / 2),
)
to_gray.misconception(
    "You took one plane alone: all three belong to the grey, each with its weight.",
    lambda image: image[:, :, 0],
    lambda image: image[:, :, 1],
    lambda image: image[:, :, 2],
    *(
        ending
        for channel in range(3)
        for ending in drawing.roundings(lambda image, channel=channel: image[:, :, channel] * WEIGHTS[channel])
    ),
)


def _rows_for_planes(image):
    return 0.299 * image[0] + 0.587 * image[1] + 0.114 * image[2]


def _columns_for_planes(image):
    return 0.299 * image[:, 0] + 0.587 * image[:, 1] + 0.114 * image[:, 2]


def _asked_across(image):
    height, width = image.shape[:2]
    return np.array([[image[column, row] @ WEIGHTS for column in range(width)] for row in range(height)])


to_gray.misconception(
    "You took rows or columns for planes: the colours are the third axis, so put `:` for both before the channel.",
    *drawing.roundings(_rows_for_planes),
    *drawing.roundings(_columns_for_planes),
)
to_gray.misconception(
    "Rows and columns are exchanged: the first index counts rows, and the shape is height × width.",
    *drawing.roundings(lambda image: (image @ WEIGHTS).T),
    *drawing.roundings(_asked_across),
)
to_gray.misconception(
    "All came out as 0: the weights lie below 1, and whole kinds of number cut them to 0, so weigh in floats.",
    lambda image: np.zeros(image.shape[:2], dtype="uint8"),
)
to_gray.misconception(drawing.EARLY, *drawing.early(_right))
