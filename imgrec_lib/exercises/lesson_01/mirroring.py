"""The exercise on left and right exchanged."""

import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function


@function(
    "01.flip_left_right",
    hints=(
        "A mirror exchanges left and right: which axis of the picture runs from left to right?",
        "Each row keeps its place and its pixels, and the pixels stand in the opposite order.",
        "A step of −1 reads an axis from its end. Leave the first axis whole with a `:`, and step along the second.",
    ),
    praise="Columns are the second axis, so mirroring leaves rows and colours as they are.",
)
def flip_left_right(image: np.ndarray) -> np.ndarray:
    """The picture as a mirror shows it: left and right exchanged."""
    return image[:, ::-1]


def _by_column(image, source):
    """A new picture whose column number `column` is the old one's number `source(column, width)`."""
    width = image.shape[1]
    return image[:, [source(column, width) for column in range(width)]]


def _empty_edge(image):
    """Mirrored one column too far to the right, with nothing in column 0."""
    result = np.zeros_like(image)
    result[:, 1:] = image[:, :0:-1]
    return result


flip_left_right.cases(drawing.cases)
flip_left_right.misconception(
    "You turned the picture upside down: rows are the first axis, and left and right lie along the second.",
    lambda image: image[::-1],
)
flip_left_right.misconception(
    "You exchanged the colours: the third axis holds the channels, and left and right lie along the second.",
    lambda image: image[:, :, ::-1],
)
flip_left_right.misconception(
    "You turned more than one axis round: only left and right change places, so leave the other axes whole.",
    lambda image: image[::-1, ::-1],
    lambda image: image[::-1, ::-1, ::-1],
    lambda image: image[:, ::-1, ::-1],
    lambda image: image[::-1, :, ::-1],
)
flip_left_right.misconception(
    "You exchanged rows with columns, which turns the picture on its side: the shape has to stay as it is.",
    lambda image: image.transpose(1, 0, 2),
    np.rot90,
    lambda image: np.rot90(image, -1),
    lambda image: image.T,
    lambda image: image.transpose(1, 0, 2)[::-1, ::-1],
)
flip_left_right.misconception(
    "Half of the picture is lost: it was overwritten before it was read, so read from the old picture and write into "
    "a new one.",
    lambda image: _by_column(image, lambda column, width: max(column, width - 1 - column)),
    lambda image: _by_column(image, lambda column, width: min(column, width - 1 - column)),
)
flip_left_right.misconception(
    "You are one column off: columns count from 0, so the last one is `width - 1`, and that belongs to column 0.",
    lambda image: _by_column(image, lambda column, width: -column),
    lambda image: _by_column(image, lambda column, width: width - 2 - column),
    lambda image: image[:, :0:-1],
    lambda image: image[:, -2::-1],
    _empty_edge,
)
flip_left_right.misconception(
    "You shifted the columns: their order has to turn round, so that the last one comes first and the first one last.",
    lambda image: np.roll(image, 1, axis=1),
    lambda image: np.roll(image, -1, axis=1),
    lambda image: np.roll(image, image.shape[1] // 2, axis=1),
    lambda image: np.roll(image, -(image.shape[1] // 2), axis=1),
)
flip_left_right.misconception(
    "You sorted the numbers: mirroring keeps each pixel as it is and only reads them from the other end.",
    lambda image: np.sort(image, axis=1)[:, ::-1],
    lambda image: np.sort(image, axis=1),
    lambda image: -np.sort(-image.astype(int), axis=1),
)
flip_left_right.misconception(
    "The mirrored columns are there and the picture no longer runs from 0 to 255: only their order changes.",
    lambda image: image[:, ::-1] / 255,
    lambda image: 255 - image[:, ::-1],
)
flip_left_right.misconception(
    "The picture came back as it was: reading it backwards twice, or with a step of 1, changes nothing.",
    lambda image: image,
)
flip_left_right.misconception(drawing.EARLY, *drawing.early(flip_left_right.reference))
