"""Exercises on channels: taken alone, and exchanged."""

import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function


@function(
    "01.only_red",
    hints=(
        "Which channel holds the red, and what must stand in the two others so that they give no light?",
        "Begin with a picture of the same shape that is black all over, and put the red plane into it.",
        "`np.zeros_like(image)` is that black picture. Set its plane `[:, :, 0]` to the same plane of `image`.",
    ),
    praise="A picture in red light keeps its three channels: two of them are black, and the shape stays the same.",
)
def only_red(image: np.ndarray) -> np.ndarray:
    """The picture in its red light alone: the green and the blue channel are 0."""
    result = np.zeros_like(image)
    result[:, :, 0] = image[:, :, 0]
    return result


def _with(image, numbers, *places):
    """A copy of the picture with `numbers` at each of the places."""
    result = image.copy()
    for place in places:
        result[place] = numbers
    return result


def _channel(*channels):
    return tuple(np.s_[:, :, channel] for channel in channels)


only_red.cases(drawing.cases)
only_red.misconception(
    "You gave back the red plane alone, which is a grey picture: the answer has three channels, two of them black.",
    lambda image: image[:, :, 0],
    lambda image: image[:, :, :1],
    lambda image: image[..., 0].astype(float),
)
only_red.misconception(
    "The red numbers stand in all three channels, which looks grey: in the other two there must be 0.",
    lambda image: np.stack([image[:, :, 0]] * 3, axis=2),
)
only_red.misconception(
    "You kept another colour: these pictures are RGB, so red is channel 0.",
    lambda image: _with(image, 0, *_channel(0, 1)),
    lambda image: _with(image, 0, *_channel(0, 2)),
)
only_red.misconception(
    "The red numbers stand in another channel now: they stay where they were, in channel 0.",
    lambda image: _with(image, 0, *_channel(1, 2))[:, :, [1, 0, 2]],
    lambda image: _with(image, 0, *_channel(1, 2))[:, :, [1, 2, 0]],
)
only_red.misconception(
    "You made the red black and kept the others: it is the other way round, red stays and the others become 0.",
    lambda image: _with(image, 0, *_channel(0)),
)
only_red.misconception(
    "One colour too many is left: green and blue both become 0, so two planes must be set.",
    lambda image: _with(image, 0, *_channel(1)),
    lambda image: _with(image, 0, *_channel(2)),
)
only_red.misconception(
    "You blackened rows or columns: the colours are the third axis, so put `:` for rows and for columns before it.",
    lambda image: _with(image, 0, np.s_[1:]),
    lambda image: _with(image, 0, np.s_[:, 1:]),
    lambda image: _with(image, 0, np.s_[1:3]),
    lambda image: _with(image, 0, np.s_[:, 1:3]),
    lambda image: _with(image, 0, 1, 2),
    lambda image: _with(image, 0, np.s_[:, 1], np.s_[:, 2]),
    lambda image: _with(image, 0, np.s_[1, :], np.s_[2, :]),
)
only_red.misconception(
    "You set the other two to 255, which is full light: black is 0.",
    lambda image: _with(image, 255, *_channel(1, 2)),
)
only_red.misconception(
    "You set red to its maximum everywhere: the red numbers stay as they are, and the others change.",
    lambda image: _with(image, 255, *_channel(0)),
    lambda image: _with(_with(image, 255, *_channel(0)), 0, *_channel(1, 2)),
    lambda image: _with(_with(image, image[:, :, 0].max(), *_channel(0)), 0, *_channel(1, 2)),
)
only_red.misconception(
    "You chose among the pixels: every pixel keeps its own red, however much green and blue it has.",
    lambda image: np.where((image.argmax(axis=2) == 0)[:, :, np.newaxis], image, 0),
    lambda image: np.where(((image[..., 0] > image[..., 1]) & (image[..., 0] > image[..., 2]))[..., None], image, 0),
    lambda image: np.where((image[..., 0] > 127)[..., None], image, 0),
    lambda image: np.where((image.argmax(axis=2) == 0)[..., None], image * np.array([1, 0, 0]), 0),
)
only_red.misconception(
    "The picture came back as it was: set the green and the blue plane of a copy, and give that copy back.",
    lambda image: image,
)


@function(
    "01.swap_channels",
    hints=(
        "What is the order of the three numbers of a pixel before, and what is it afterwards?",
        "Rows and columns stay as they are; only along the third axis do two planes change places.",
        "Begin with a copy, and fill its plane 0 from plane 2 of `image`, and its plane 2 from plane 0 of `image`.",
    ),
    praise="BGR and RGB hold the same numbers in the opposite order, so the same function leads back, too.",
)
def swap_channels(image: np.ndarray) -> np.ndarray:
    """The picture with its channels in the opposite order: BGR becomes RGB."""
    return image[:, :, ::-1]


swap_channels.cases(drawing.cases)
swap_channels.misconception(
    "You turned the picture upside down: the first axis holds the rows, and the channels are the third.",
    lambda image: image[::-1],
)
swap_channels.misconception(
    "You exchanged left and right: the second axis holds the columns, and the channels are the third.",
    lambda image: image[:, ::-1],
)
swap_channels.misconception(
    "You turned several axes round: a picture stays where it is, so put `:` for rows and for columns.",
    lambda image: image[::-1, ::-1, ::-1],
    lambda image: image[::-1, ::-1],
    lambda image: image[:, ::-1, ::-1],
    lambda image: image[::-1, :, ::-1],
)
swap_channels.misconception(
    "You moved each channel on by one place: red and blue change places, and green stays in the middle.",
    lambda image: np.roll(image, 1, axis=2),
    lambda image: np.roll(image, -1, axis=2),
)
swap_channels.misconception(
    "You exchanged green with another colour: green stays in the middle, and the two outer planes change places.",
    lambda image: image[:, :, [1, 0, 2]],
    lambda image: image[:, :, [0, 2, 1]],
)
swap_channels.misconception(
    "You exchanged axes and not planes: the shape stays height × width × channels, and only the order of the colours "
    "changes.",
    lambda image: image.transpose(2, 0, 1),
    lambda image: image.transpose(1, 0, 2),
    lambda image: image.T,
    lambda image: image.transpose(0, 2, 1),
    lambda image: image[:, :, ::-1].transpose(2, 0, 1),
    lambda image: image.reshape(3, *image.shape[:2]),
    lambda image: np.stack([image[..., 2], image[..., 1], image[..., 0]]),
)
swap_channels.misconception(
    "The picture came back as it was: exchanging twice, or writing what is there already, changes nothing.",
    lambda image: image,
)
swap_channels.misconception(
    "The planes lie side by side, or one below the other: they have to lie on top of each other, along the third axis.",
    lambda image: np.concatenate([image[:, :, channel] for channel in (2, 1, 0)], axis=1),
    lambda image: np.concatenate([image[:, :, channel] for channel in (2, 1, 0)], axis=0),
    lambda image: np.stack([image[:, :, channel] for channel in (2, 1, 0)], axis=1),
)
swap_channels.misconception(
    "Green is lost: it keeps its place in the middle, so carry all three planes over.",
    lambda image: image[:, :, [2, 0]],
    lambda image: image[:, :, ::-2],
    lambda image: _with(image[:, :, ::-1], 0, *_channel(1)),
)


def _overwritten(image, first, second):
    result = image.copy()
    result[:, :, first] = result[:, :, second]
    result[:, :, second] = result[:, :, first]
    return result


swap_channels.misconception(
    "One colour was overwritten before it was kept, so two planes now hold the same: read both from the old picture.",
    lambda image: _overwritten(image, 0, 2),
    lambda image: _overwritten(image, 2, 0),
)
swap_channels.misconception(
    "These are three planes apart: one picture is asked for, in which they lie on top of each other, along the third "
    "axis.",
    lambda image: tuple(image[:, :, channel] for channel in (2, 1, 0)),
    lambda image: [image[:, :, channel] for channel in (2, 1, 0)],
)
only_red.misconception(drawing.EARLY, *drawing.early(only_red.reference))
swap_channels.misconception(
    drawing.EARLY,
    *drawing.early(swap_channels.reference),
    lambda image: image[:, :, ::-1] * np.array([1, 0, 0], dtype="uint8"),
)
