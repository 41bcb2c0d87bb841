"""More misconceptions of the exercise on the middle part: margins, ends and axes."""

import cv2
import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.lesson_01.cropping import crop_center, cut, end_of, middle, start_of

crop_center.misconception(
    "You kept a fixed share of the picture: `height` and `width` say how many rows and columns remain.",
    cut(lambda size, length: size // 4, lambda size, length, start: size * 3 // 4),
    cut(lambda size, length: size // 4, lambda size, length, start: size - size // 4),
    cut(lambda size, length: size // 3, lambda size, length, start: size * 2 // 3),
)
crop_center.misconception(
    "Your part begins at another share of what is too much: exactly half of it lies before the part.",
    cut(lambda size, length: (size - length) // 4, end_of),
    cut(lambda size, length: (size - length) // 3, end_of),
    cut(lambda size, length: size // 4, end_of),
)
crop_center.misconception(
    "You cut the given size away from the sides: it is the size of what remains.",
    cut(lambda size, length: length, lambda size, length, start: size - length),
    cut(lambda size, length: length, lambda size, length, start: -length),
    cut(lambda size, length: length // 2, lambda size, length, start: size - length // 2),
    cut(lambda size, length: length // 2, lambda size, length, start: -(length // 2)),
)
crop_center.misconception(
    "You took the same margin off both ends, which fails where the rest is odd or nothing is cut off: count the end "
    "from the start.",
    cut(start_of, lambda size, length, start: -start),
    cut(start_of, lambda size, length, start: size - start),
    cut(lambda size, length: (size - length + 1) // 2, lambda size, length, start: size - start),
    cut(lambda size, length: (size - length + 1) // 2, lambda size, length, start: -start),
)
crop_center.misconception(
    "Half of an odd size was cut down twice, so a row or column is lost: count the end from the start, `start + size`.",
    cut(lambda size, length: size // 2 - length // 2, lambda size, length, start: size // 2 + length // 2),
    cut(lambda size, length: (size - 1) // 2 - length // 2, lambda size, length, start: (size - 1) // 2 + length // 2),
)
crop_center.misconception(
    "Your part is one row or column too large or too small: a slice keeps its end minus its start.",
    cut(start_of, lambda size, length, start: start + length + 1),
    cut(start_of, lambda size, length, start: start + length - 1),
    cut(lambda size, length: size // 2 - length // 2, lambda size, length, start: size // 2 + length // 2 + 1),
)
crop_center.misconception(
    "Your part has the right size and lies one row and column too far: halve what is too much, and add nothing.",
    cut(lambda size, length: start_of(size, length) + 1, end_of),
    cut(lambda size, length: max(0, start_of(size, length) - 1), end_of),
)
crop_center.misconception(
    "Only one axis is cut: rows and columns both lose what is too much.",
    lambda image, height, width: crop_center.reference(image, height, image.shape[1]),
    lambda image, height, width: crop_center.reference(image, image.shape[0], width),
)
crop_center.misconception(
    "You made the whole picture smaller: to crop is to cut out a part, and its pixels stay as they are.",
    lambda image, height, width: cv2.resize(image, (width, height)),
    lambda image, height, width: cv2.resize(image, (height, width)),
    lambda image, height, width: cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA),
    lambda image, height, width: cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST),
    lambda image, height, width: cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC),
    lambda image, height, width: np.resize(image, (height, width, *image.shape[2:])),
    lambda image, height, width: image[:: image.shape[0] // height, :: image.shape[1] // width][:height, :width],
)
crop_center.misconception(
    "You blackened what lies around the part: cut it off, so that the answer is `height` × `width`.",
    lambda image, height, width: _blackened(image, height, width),
)


def _blackened(image, height, width):
    top, left = middle(image, height, width)
    result = np.zeros_like(image)
    result[top : top + height, left : left + width] = image[top : top + height, left : left + width]
    return result


crop_center.misconception(
    "Your part ends in the middle of the picture: it has to reach as far below the middle as above it.",
    cut(lambda size, length: max(0, size // 2 - length), lambda size, length, start: size // 2),
    cut(lambda size, length: size // 2 - length, lambda size, length, start: size // 2),
    cut(lambda size, length: 0, lambda size, length, start: size // 2),
)
crop_center.misconception(
    "Your part reaches half its size before the middle and a whole one after it: count the end from the start.",
    cut(lambda size, length: size // 2 - length // 2, lambda size, length, start: size // 2 + length),
)
crop_center.misconception(
    "Only one axis is centred: rows and columns both lose as much before the part as after it.",
    lambda image, height, width: crop_center.reference(image, height, image.shape[1])[:, :width],
    lambda image, height, width: crop_center.reference(image, image.shape[0], width)[:height],
)
crop_center.misconception(drawing.COLOURS_ONLY, *drawing.colours_only(crop_center.reference))
