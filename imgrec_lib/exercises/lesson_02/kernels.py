"""Exercises on kernels that are judged by what they answer: one for an edge, one that moves a picture."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from imgrec_lib import filters
from imgrec_lib.exercises.making import value

FALLING = "light above and dark below"
STANDING = "dark on the left and light on the right"
Pictures = tuple[np.ndarray, ...]


def _sign(answers: np.ndarray, kernel: np.ndarray) -> str:
    """What a feature map answers, in a word or three."""
    small = 1e-6 * 255 * np.abs(kernel).max()
    if not np.isfinite(answers).all():
        return "no number"
    words = ["positive"] * bool((answers > small).any()) + ["negative"] * bool((answers < -small).any())
    return " and ".join(words) or "0"


def _shape(kernel: np.ndarray) -> str:
    return " × ".join(map(str, kernel.shape)) or "one number"


def _edge_answers(answer: Any, *pictures: np.ndarray) -> dict[str, str]:
    kernel = np.asarray(answer, dtype=float)
    facts = {"the shape of your kernel": _shape(kernel)}
    if kernel.shape == (3, 3):
        for name, picture in zip(("an even wall", FALLING, STANDING), pictures):
            facts[f"its answer to {name}"] = _sign(filters.convolve(picture, kernel), kernel)
    return facts


edge_kernel = value(
    "02.edge_kernel",
    [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    observe_with=_edge_answers,
    hints=(
        "Which two sides of the window must be compared, and which of them must count as plus?",
        "On the even wall plus and minus must cancel; beside a standing border they must cancel within each column.",
        "Put the same positive number in each place of one row, and its negative in each place of another row.",
    ),
    praise="Plus lies on the light side, minus on the dark one. They cancel in each column, so others stay silent.",
)


@edge_kernel.cases
def _walls(generator: np.random.Generator) -> Iterator[Pictures]:
    for _ in range(2):
        dark, light = int(generator.integers(10, 60)), int(generator.integers(170, 250))
        falling = np.full((6, 6), light)
        falling[3:] = dark
        yield np.full((6, 6), light), falling, falling[::-1].T.copy()


edge_kernel.misconception(
    "Your nine numbers do not add up to 0, so the kernel answers even where nothing ends: let plus and minus cancel.",
    [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    [[-5, -5, -5], [0, 0, 0], [6, 6, 6]],
    [[6, 0, -5], [6, 0, -5], [6, 0, -5]],
    [[1, -5, -10], [6, 0, -5], [12, 6, 1]],
    [[-1, -1, -1], [-1, -1, -1], [-1, -1, -1]],
    [[5, 5, 5], [0, 0, 0], [-6, -6, -6]],
    [[-6, 0, 5], [-6, 0, 5], [-6, 0, 5]],
    [[-1, 5, 10], [-6, 0, 5], [-12, -6, -1]],
)
edge_kernel.misconception(
    "Your kernel asks the opposite question and answers with minus here: the plus belongs on the light side, above.",
    [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
)
edge_kernel.misconception(
    "Your kernel compares left with right, and this border lies: compare the upper row with the lower one.",
    [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
)
edge_kernel.misconception(
    "Your kernel answers to standing borders as well: let plus and minus cancel within each column.",
    [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
    [[2, 1, 0], [1, 0, -1], [0, -1, -2]],
    [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]],
    [[0, -1, -2], [1, 0, -1], [2, 1, 0]],
    [[1, 2, 1], [-1, -2, -1], [-1, 2, -1]],
    [[0, 3, 0], [1, -2, 1], [-2, 1, -2]],
    [[-1, 2, -1], [0, 0, 0], [-1, 2, -1]],
    [[-1, -1, -1], [-1, 2, -1], [1, 1, 1]],
)
edge_kernel.misconception(
    "Your kernel says plus on one side of the border and minus on the other: compare the row above with the row below.",
    [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    [[1, 1, 1], [-2, -2, -2], [1, 1, 1]],
    [[1, 1, 2], [-2, -3, -2], [1, 1, 1]],
    [[2, 1, 1], [-2, -3, -2], [1, 1, 1]],
)
edge_kernel.misconception(
    "Your kernel never answers: above and below must count differently, one as plus and the other as minus.",
    [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
)
edge_kernel.misconception(
    "A kernel of this lesson has three rows of three numbers each, written as a list of three lists.",
    *(np.ones(shape).tolist() for shape in ((9,), (3,), (3, 1), (1, 3), (2, 1), (2, 2), (2, 3), (3, 2), (5, 5))),
)


def _moved(answer: Any, picture: np.ndarray) -> dict[str, Any]:
    kernel = np.asarray(answer, dtype=float)
    facts = {"the shape of your kernel": _shape(kernel)}
    return facts | {"the moved picture": filters.convolve(picture, kernel)} if kernel.shape == (3, 3) else facts


shift_kernel = value(
    "02.shift_kernel",
    [[0, 0, 0], [0, 0, 1], [0, 0, 0]],
    absolute=1e-3,
    observe_with=_moved,
    hints=(
        "When the picture moves to the left, from where does each place of the result take its pixel?",
        "The kernel that changes nothing has its 1 in the middle: each place takes the pixel that lies under it.",
        "One number is 1 and eight are 0. The 1 lies on the neighbour that comes to this place.",
    ),
    praise="The 1 lies on the right: each place fetches its right neighbour, and so the picture moves to the left.",
)


@shift_kernel.cases
def _photographs(generator: np.random.Generator) -> Iterator[Pictures]:
    for size in ((5, 6), (7, 4), (3, 3)):
        yield (generator.integers(0, 256, size),)


def _one_at(row: int, column: int, number: float = 1) -> list[list[float]]:
    kernel = np.zeros((3, 3))
    kernel[row, column] = number
    return kernel.tolist()


shift_kernel.misconception(
    "Your picture moves to the right: each place fetches the pixel under the 1, so look from where it must come.",
    *(_one_at(1, 0, number) for number in (1, -1, 9)),
)
shift_kernel.misconception(
    "Your picture moves up or down: rows come first, so the middle row is the one in which the 1 must lie.",
    _one_at(0, 1),
    _one_at(2, 1),
)
shift_kernel.misconception(
    "Your picture moves aslant: it may change its column and must keep its row, so the 1 lies in the middle row.",
    *(_one_at(row, column) for row in (0, 2) for column in (0, 2)),
)
shift_kernel.misconception(
    "With the 1 in the middle each pixel comes back unchanged: which neighbour must come here instead?",
    _one_at(1, 1),
)
shift_kernel.misconception(
    "Several pixels are mixed here: a picture that only moves takes a single pixel for each place.",
    [[0, 0, 1], [0, 0, 1], [0, 0, 1]],
    [[1, 0, 0], [1, 0, 0], [1, 0, 0]],
    [[0, 0, 1 / 3]] * 3,
    [[0, 0, 0], [0, 1, 1], [0, 0, 0]],
    [[0, 0, 0], [1, 1, 0], [0, 0, 0]],
    [[0, 0, 0], [0, 0.5, 0.5], [0, 0, 0]],
    [[0, 0, 0], [1, 0, 1], [0, 0, 0]],
    [[0, 0, 0], [1, 1, 1], [0, 0, 0]],
    [[1, 1, 1]] * 3,
    [[1 / 9] * 3] * 3,
    [[1, 0, 1]] * 3,
    [[1, 1, 0]] * 3,
    [[0, 1, 1]] * 3,
)
shift_kernel.misconception(
    "Minus one makes differences: nothing is compared here, so one pixel counts as 1 and all the others as 0.",
    [[-1, 0, 1]] * 3,
    [[1, 0, -1]] * 3,
    [[-1, 0, 0]] * 3,
    [[0, 0, -1]] * 3,
    [[0, 0, 0], [-1, 0, 1], [0, 0, 0]],
    [[0, 0, 0], [1, 0, -1], [0, 0, 0]],
    [[0, 0, 0], [0, -1, 1], [0, 0, 0]],
    [[0, 0, 0], [0, 1, -1], [0, 0, 0]],
    [[0, 0, 0], [-1, 1, 0], [0, 0, 0]],
    [[0, 0, 0], [-1, 1, 1], [0, 0, 0]],
    [[0, 0, 0], [-1, 2, 0], [0, 0, 0]],
    _one_at(1, 2, -1),
    [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
)
shift_kernel.misconception(
    "The pixel comes from the right side, and its brightness changes: the picture keeps it if the number is 1.",
    *(_one_at(1, 2, number) for number in (0.5, 2, 3, 9, 1 / 3, 1 / 9, 255)),
)
shift_kernel.misconception(
    "With nine zeros the picture goes black: one of them must be 1.",
    np.zeros((3, 3)).tolist(),
)
shift_kernel.misconception(
    "A kernel of this lesson has three rows of three numbers each, written as a list of three lists.",
    *(np.ones(shape).tolist() for shape in ((9,), (3,), (3, 1), (1, 3), (2, 2), (2, 3), (3, 2), (5, 5))),
)
shift_kernel.misconception(
    "These are the numbers of the moved picture: the kernel says how much each of nine neighbours counts.",
    [[2, 3, 0], [5, 6, 0], [8, 9, 0]],
    [[2, 3, 3], [5, 6, 6], [8, 9, 9]],
    [[2, 3, 1], [5, 6, 4], [8, 9, 7]],
    [[0, 1, 2], [0, 4, 5], [0, 7, 8]],
    [[3, 1, 2], [6, 4, 5], [9, 7, 8]],
    [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
)
