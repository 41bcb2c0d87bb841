"""Exercises on the range of a byte: past its ends, up to its ends, and brought to 0 … 1."""

from collections.abc import Callable, Iterator
from itertools import product

import cv2
import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function, value

after_overflow = value(
    "01.after_overflow",
    (4, 246, 144),
    hints=(
        "Which number comes after 255, and which one comes before 0?",
        "There are 256 numbers in the round: add or subtract 256 until you are between 0 and 255 again.",
        "Calculate as usual first: 260, −10 and 400. Then take 256 away from the first, and so on.",
    ),
    praise="The numbers run in a ring of 256, in both directions, and a uint8 gives no warning on its way round.",
)
after_overflow.misconception(
    "You stopped at the ends, which is clipping: a uint8 does not stop, it goes round.",
    *(answer for answer in product((4, 255), (246, 0, -10, 10, 245, 255), (144, 255)) if 255 in answer),
)
after_overflow.misconception(
    "These are the true results, and there is no room for them: a uint8 holds 0 to 255 only.",
    *(answer for answer in product((4, 260), (246, -10, 10, 0, 245), (144, 400)) if 260 in answer or 400 in answer),
)
after_overflow.misconception(
    "Below 0 the numbers go round as well: before 0 comes 255.",
    (4, -10, 144),
    (4, 0, 144),
    (4, 10, 144),
    (4, -246, 144),
    (4, -266, 144),
)
after_overflow.misconception(
    "You are one step off: 0 is a number too, so the ring has 256 of them and not 255.",
    (5, 245, 145),
    (3, 247, 143),
    (5, 246, 145),
    (4, 245, 144),
    (4, 247, 144),
    (5, 246, 144),
    (4, 246, 145),
    (3, 245, 143),
    (5, 247, 145),
    (4, 246, 143),
    (3, 246, 143),
)
after_overflow.misconception(
    "The numbers do not stay at the start of the next round: count on from there, by all that is left over.",
    *((0, second, third) for second in (255, 246) for third in (0, 144)),
    (4, 255, 0),
    (4, 246, 0),
)
after_overflow.misconception(
    "You counted with a range from −128 to 127: that is the signed byte, and uint8 is never negative.",
    (4, -10, -112),
    (4, 246, -112),
    (-124, 118, 16),
)
after_overflow.misconception(
    "The three are in another order than asked: first 250 + 10, then 10 − 20, then 2 × 200.",
    (4, 144, 246),
    (246, 4, 144),
    (246, 144, 4),
    (144, 4, 246),
    (144, 246, 4),
)


def _tops_off(image, amount):
    return np.minimum(image.astype(int) + amount, 255)


def _bottoms_off(image, amount):
    return np.maximum(image.astype(int) + amount, 0)


@function(
    "01.brighten",
    dtype="uint8",
    hints=(
        "In which kind of number is there room for 255 + 100, and for 5 − 100?",
        "Change to that kind first, then add, then push what is outside 0 … 255 to the nearer end, then change back.",
        "`image.astype(int)` has room. After the sum, np.clip with the ends 0 and 255; at last `.astype(np.uint8)`.",
    ),
    praise="Room first, then the sum, then the ends: in this order nothing can go round.",
)
def brighten(image: np.ndarray, amount: int) -> np.ndarray:
    """The picture with `amount` added to each number, what is above 255 or below 0 pushed to that end."""
    roomy = image.astype(int) + amount
    return np.clip(roomy, 0, 255).astype("uint8")


@brighten.cases
def _amounts(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, int]]:
    yield np.array([[10, 90], [200, 255]], dtype="uint8"), 100
    yield np.array([[10, 90], [200, 255]], dtype="uint8"), -100
    yield from zip(drawing.images(generator), (70, -70, 128, -130, 255, -255, -1, 1))
    yield generator.integers(0, 256, (3, 4), dtype="uint8"), 0
    yield np.array([[[0, 1, 254], [255, 127, 128]]], dtype="uint8"), 1
    yield np.array([[[0, 1, 254], [255, 127, 128]]], dtype="uint8"), -1


def _kinds(values: Callable[..., np.ndarray]) -> tuple[Callable[..., np.ndarray], ...]:
    """One wrong thought, ended as uint8, and with room for any whole number."""
    return (
        lambda image, amount: values(image, amount).astype(int).astype("uint8"),
        lambda image, amount: values(image, amount).astype(int),
    )


brighten.misconception(
    "The sum went past the end and round: a uint8 has no room for it, so change the kind of number first, and clip "
    "before you change back.",
    lambda image, amount: (image.astype(int) + amount).astype("uint8"),
    lambda image, amount: image + amount,
    lambda image, amount: image.astype("int8") + np.int8(amount % 128),
)
brighten.misconception(
    "Nothing is cut at the ends: what is above 255 has to become 255, and what is below 0 has to become 0.",
    lambda image, amount: image.astype(int) + amount,
)
brighten.misconception(
    "You clipped too late: the numbers had gone round already, so make room before the sum.",
    lambda image, amount: np.clip((image.astype(int) + amount).astype("uint8"), 0, 255).astype(int),
    lambda image, amount: np.clip(image.astype("int8") + np.int8(np.clip(amount, -128, 127)), 0, 127).astype("uint8"),
)
brighten.misconception(
    "Only the upper end is cut: `amount` may be negative, and what falls below 0 has to become 0.",
    *_kinds(_tops_off),
    lambda image, amount: _tops_off(image, amount).astype(float),
)
brighten.misconception(
    "Only the lower end is cut: what rises above 255 has to become 255.",
    *_kinds(_bottoms_off),
    lambda image, amount: _bottoms_off(image, amount).astype(float),
)
brighten.misconception(
    "The ends are not the right ones: the smallest number of a picture is 0 and the largest 255.",
    *(
        ending
        for low, high in ((0, 256), (1, 255), (0, 254), (1, 256), (1, 254), (-1, 255), (0, 1), (0, 100))
        for ending in _kinds(lambda image, amount, low=low, high=high: np.clip(image.astype(int) + amount, low, high))
    ),
)
brighten.misconception(
    "What is outside is put at 0 or left out, whichever end it passed: above 255 it becomes 255, below 0 it becomes 0.",
    *_kinds(lambda image, amount: np.where((s := image.astype(int) + amount) > 255, 0, np.maximum(s, 0)))[1:],
    *_kinds(lambda image, amount: np.where((s := image.astype(int) + amount) < 0, 255, np.minimum(s, 255)))[1:],
    *_kinds(lambda image, amount: np.where((s := image.astype(int) + amount) > 255, image, np.where(s < 0, image, s))),
    lambda image, amount: np.where((s := image.astype(int) + amount) > 255, image, s).astype("uint8"),
)
brighten.misconception(
    "You multiplied: the amount is added to each number.",
    lambda image, amount: np.clip(image.astype(int) * amount, 0, 255),
    *drawing.roundings(lambda image, amount: np.clip(image * (1 + amount / 255), 0, 255)),
    lambda image, amount: np.clip(image * (1 + amount / 100), 0, 255).astype("uint8"),
    lambda image, amount: (image.astype(int) * amount).astype("uint8"),
)
brighten.misconception(
    "Negative amounts came out as positive ones: −100 makes the picture darker, so keep the sign.",
    lambda image, amount: np.clip(abs(image.astype(int) + amount), 0, 255).astype("uint8"),
    lambda image, amount: np.clip(image.astype(int) + abs(amount), 0, 255).astype("uint8"),
    lambda image, amount: cv2.convertScaleAbs(image, alpha=1, beta=amount),
)
brighten.misconception(
    "You subtracted the amount: it is added, and where it is negative the sum becomes smaller by itself.",
    lambda image, amount: np.clip(image.astype(int) - amount, 0, 255),
    lambda image, amount: (image.astype(int) - amount).astype("uint8"),
    lambda image, amount: image - amount,
)
brighten.misconception(
    "Negative amounts change nothing: they make the picture darker, in the same way.",
    lambda image, amount: np.clip(image.astype(int) + max(amount, 0), 0, 255),
)
brighten.misconception(
    "You squeezed the whole range to fit: only what is outside 0 … 255 is changed, the other sums stay as they are.",
    *drawing.roundings(lambda image, amount: _squeezed(image.astype(float) + amount)),
    lambda image, amount: _squeezed(image.astype(float) + amount, 1e-9).astype("uint8"),
    *drawing.roundings(lambda image, amount: (s := image.astype(float) + amount) * 255 / max(s.max(), 255)),
)
brighten.misconception(
    "Your picture runs from 0 to 1: this one stays between 0 and 255, so nothing is divided by 255.",
    lambda image, amount: np.clip((image.astype(float) + amount) / 255, 0, 1),
    lambda image, amount: np.clip(image / 255 + amount, 0, 1),
)
brighten.misconception(
    "The numbers are right and of another kind: change back to uint8 at the end.",
    lambda image, amount: np.clip(image.astype(int) + amount, 0, 255),
    lambda image, amount: np.clip(image.astype(float) + amount, 0, 255),
)


def _squeezed(values, extra=0.0):
    return (values - values.min()) * 255 / max(1e-9, np.ptp(values) + extra)


def _first_channel(image, amount):
    result = image.copy()
    part = result if image.ndim == 2 else result[:, :, 0]
    part[...] = np.clip(part.astype(int) + amount, 0, 255)
    return result


brighten.misconception(
    "Only one channel has changed: the amount is added to every number, in all three colours.",
    _first_channel,
    lambda image, amount: _first_channel(image[:, :, ::-1], amount)[:, :, ::-1],
)
brighten.misconception(
    "`%` lets a number begin again at the other end: it has to stay at the end that it has passed.",
    *_kinds(lambda image, amount: (image.astype(int) + amount) % 255),
    lambda image, amount: np.clip((image.astype(int) + amount) % 255, 0, 255),
)
brighten.misconception(drawing.COLOURS_ONLY, *drawing.colours_only(brighten.reference))
brighten.misconception(drawing.EARLY, *drawing.early(brighten.reference))
