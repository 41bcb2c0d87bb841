"""The exercise on how far to trust a share of right answers: Wilson's interval, from a count of test photographs."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

Z = 1.96


@function(
    "06.share_with_interval",
    hints=(
        "Which two numbers does the recipe need before the ends: the middle, and how far the ends lie from it?",
        "Write the recipe line by line: `z`, the middle, the half width. The ends are middle minus half, plus half.",
        "A square root is `** 0.5`. The half width is `z / (count + z**2)`, times the root of a sum of two parts.",
    ),
    praise="Even with all answers right, the lower end stays below 1: few photographs prove little, and this says how "
    "little.",
)
def share_with_interval(right: int, count: int) -> tuple[float, float, float]:
    """The share of right answers and its 95 % interval after Wilson (1927): share, lower end, upper end."""
    z = 1.96
    middle = (right + z**2 / 2) / (count + z**2)
    half = z / (count + z**2) * (right * (count - right) / count + z**2 / 4) ** 0.5
    return right / count, middle - half, middle + half


@share_with_interval.cases
def _tests(generator: np.random.Generator) -> Iterator[tuple[int, int]]:
    yield 9, 10
    for count in (12, 40, 60, 500):
        yield int(generator.integers(count // 4, count // 2 - 1)), count
        yield int(generator.integers(count * 2 // 3, count)), count
    yield 20, 20
    yield 0, 5
    yield 1, 1


def _parts(right, count, z=Z):
    middle = (right + z**2 / 2) / (count + z**2)
    return middle, z / (count + z**2) * (right * (count - right) / count + z**2 / 4) ** 0.5


def _around(share, middle, half):
    return share, middle - half, middle + half


def _plain(right, count, z=Z):
    """The half width of the textbook's first interval, after Wald."""
    share = right / count
    return z * (share * (1 - share) / count) ** 0.5


def _with(half, middle=lambda right, count: _parts(right, count)[0]):
    """The answer with another half width, and perhaps another middle."""
    return lambda right, count: _around(right / count, middle(right, count), half(right, count))


share_with_interval.misconception(
    "That interval has no width where all answers are right, as if nothing could go wrong any more: take the recipe's "
    "middle and half width.",
    _with(_plain, lambda right, count: right / count),
    _with(lambda right, count: _plain(right, count, 2), lambda right, count: right / count),
    _with(_plain),
)
share_with_interval.misconception(
    "The half width is right, and it belongs around the recipe's middle, not around the share.",
    _with(lambda right, count: _parts(right, count)[1], lambda right, count: right / count),
)
share_with_interval.misconception(
    "The first number is the share itself, right answers divided by all: the middle serves the two ends only.",
    lambda right, count: _around(_parts(right, count)[0], *_parts(right, count)),
)
share_with_interval.misconception(
    "The square root is missing in the half width.",
    _with(lambda right, count: Z / (count + Z**2) * (right * (count - right) / count + Z**2 / 4)),
)
share_with_interval.misconception(
    "The ends come from another z: take 1.96, which stands for 95 %.",
    *(
        lambda right, count, z=z: _around(right / count, *_parts(right, count, z))
        for z in (2, 1, 1.645, 2.576, 1.96**2)
    ),
)
share_with_interval.misconception(
    "Half of the two parts under the root is missing: both the answers' own spread and z²/4 belong there.",
    _with(lambda right, count: Z / (count + Z**2) * (right * (count - right) / count) ** 0.5),
    _with(lambda right, count: Z / (count + Z**2) * Z / 2),
)
share_with_interval.misconception(
    "The middle is not the recipe's: add half of z² to the right answers, and the whole of it to the count.",
    _with(lambda right, count: _parts(right, count)[1], lambda right, count: (right + Z**2) / (count + Z**2)),
    _with(lambda right, count: _parts(right, count)[1], lambda right, count: (right + Z**2 / 2) / count),
    _with(lambda right, count: _parts(right, count)[1], lambda right, count: right / (count + Z**2)),
    _with(lambda right, count: _parts(right, count)[1], lambda right, count: right + Z**2 / 2 / count + Z**2),
)
share_with_interval.misconception(
    "The factor before the root is not the recipe's: z divided by the sum of `count` and z².",
    _with(lambda right, count: (right * (count - right) / count + Z**2 / 4) ** 0.5),
    _with(lambda right, count: _parts(right, count)[1] * Z),
    _with(lambda right, count: _parts(right, count)[1] / Z),
    _with(lambda right, count: Z / count * (right * (count - right) / count + Z**2 / 4) ** 0.5),
    _with(lambda right, count: (Z / count + Z**2) * (right * (count - right) / count + Z**2 / 4) ** 0.5),
)
share_with_interval.misconception(
    "The order is another: the share, then the lower end, then the upper one.",
    lambda right, count: (right / count, *_around(0, *_parts(right, count))[:0:-1]),
    lambda right, count: (_around(0, *_parts(right, count))[1], right / count, sum(_parts(right, count))),
    lambda right, count: (*_around(0, *_parts(right, count))[1:], right / count),
)
share_with_interval.misconception(
    "Give the two ends, middle minus half and middle plus half, and not the parts that they are made of.",
    lambda right, count: (right / count, *_parts(right, count)),
    lambda right, count: (right / count, _parts(right, count)[1], _parts(right, count)[1]),
    lambda right, count: (right / count, -_parts(right, count)[1], _parts(right, count)[1]),
)
share_with_interval.misconception(
    "Three numbers are asked for: the share, the lower end and the upper end.",
    lambda right, count: right / count,
    lambda right, count: _around(0, *_parts(right, count))[1:],
    lambda right, count: (right / count, _parts(right, count)[1]),
)
share_with_interval.misconception(
    "Those are percents or rounded numbers: give shares between 0 and 1 with all their decimals.",
    lambda right, count: tuple(100 * one for one in _around(right / count, *_parts(right, count))),
    *(
        lambda right, count, d=d: tuple(round(one, d) for one in _around(right / count, *_parts(right, count)))
        for d in (0, 1, 2, 3)
    ),
)
share_with_interval.misconception(
    "Those are wrong answers counted as right ones: the share is `right` divided by `count`.",
    lambda right, count: _around((count - right) / count, *_parts(count - right, count)),
    lambda right, count: _around(1 - right / count, *_parts(right, count)),
)
