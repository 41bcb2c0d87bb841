"""Exercises on channels: exchanged, taken alone, and mixed to grey."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function

WEIGHTS = np.array([0.299, 0.587, 0.114])


@function(
    "01.swap_channels",
    dtype="uint8",
    hints=(
        "What is the order of the three numbers of a pixel before, and what is it afterwards?",
        "Rows and columns stay as they are; only the third axis is turned round.",
        "A slice `::-1` reads an axis from its end. Write a plain `:` for each axis before it.",
    ),
    praise="BGR and RGB hold the same numbers in the opposite order, so the same function leads back, too.",
)
def swap_channels(image: np.ndarray) -> np.ndarray:
    """The picture with its channels in the opposite order: BGR becomes RGB."""
    return image[:, :, ::-1]


@swap_channels.cases
def _pictures(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    for image in drawing.images(generator):
        yield (image,)


swap_channels.misconception(
    "You turned the picture upside down: the first axis holds the rows, and the channels are the third.",
    lambda image: image[::-1],
)
swap_channels.misconception(
    "You exchanged left and right: the second axis holds the columns, and the channels are the third.",
    lambda image: image[:, ::-1],
)
swap_channels.misconception(
    "You turned all three axes round: a picture stays where it is, so put `:` for rows and for columns.",
    lambda image: image[::-1, ::-1, ::-1],
)
swap_channels.misconception(
    "You moved each channel on by one place: red and blue change places, and green stays in the middle.",
    lambda image: np.roll(image, 1, axis=2),
    lambda image: np.roll(image, -1, axis=2),
)


@swap_channels.misconception(
    "Red was overwritten before it was kept: after the first exchange both channels hold the same, so copy first."
)
def _red_lost(image):
    result = image.copy()
    result[:, :, 0] = result[:, :, 2]
    result[:, :, 2] = result[:, :, 0]
    return result


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
    height, width = image.shape[:2]
    gray = np.zeros((height, width), dtype="uint8")
    for row in range(height):
        for column in range(width):
            red, green, blue = (float(value) for value in image[row, column])
            gray[row, column] = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return gray


@to_gray.cases
def _no_halves(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """Pictures without a pixel whose grey lies so near a half that honest ways of rounding disagree."""
    for image in drawing.images(generator):
        image[abs(image @ WEIGHTS % 1 - 0.5) < 0.05] = (10, 200, 30)
        yield (image,)


def _as_bytes(gray):
    return np.round(gray).astype("uint8")


to_gray.misconception(
    "You took the mean of the three planes: the eye sees green far brighter than blue, so each plane has its weight.",
    lambda image: _as_bytes(image.mean(axis=2)),
    lambda image: image.mean(axis=2).astype("uint8"),
    lambda image: image.mean(axis=2),
)
to_gray.misconception(
    "The decimals were cut off: `astype` does not round, so round first.",
    lambda image: (image @ WEIGHTS).astype("uint8"),
)
to_gray.misconception(
    "You gave the weights to blue, green and red: this picture is RGB, so 0.299 belongs to channel 0.",
    lambda image: _as_bytes(image @ WEIGHTS[::-1]),
    lambda image: (image @ WEIGHTS[::-1]).astype("uint8"),
)
to_gray.misconception(
    "You added the planes up without weights: the sum goes beyond 255 and starts again from 0.",
    lambda image: image.sum(axis=2).astype("uint8"),
    lambda image: image.sum(axis=2),
)
to_gray.misconception(
    "The numbers are right and still floats: a picture holds uint8, so round and convert at the end.",
    lambda image: image @ WEIGHTS,
    lambda image: np.round(image @ WEIGHTS),
)
to_gray.misconception(
    "You took one plane alone: all three belong to the grey, each with its weight.",
    lambda image: image[:, :, 0],
    lambda image: image[:, :, 1],
    lambda image: image[:, :, 2],
)
