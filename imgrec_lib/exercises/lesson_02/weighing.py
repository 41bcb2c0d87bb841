"""The exercise on one window: multiply and add."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_02.slips import cast, with_slips
from imgrec_lib.exercises.making import function

SHAPES = ((3, 3), (3, 3), (2, 3), (4, 2), (1, 1), (5, 5))


@function(
    "02.weigh",
    absolute=1e-3,
    hints=(
        "On paper you had nine products and then one number: how did the nine become one?",
        "Begin with 0 before the loops, and let each place add its product to what you have so far.",
        "The inner line adds `window[row, column]` times its partner in the kernel. `return` stands after both loops.",
    ),
    praise="Multiply each pair, then add all up: nothing else ever happens inside a convolution.",
)
def weigh(window: np.ndarray, kernel: np.ndarray) -> float:
    """The sum of all products of a window's number and the kernel's number at the same place."""
    total = 0
    for row in range(kernel.shape[0]):
        for column in range(kernel.shape[1]):
            total = total + window[row, column] * kernel[row, column]
    return total


@weigh.cases
def _windows(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for place, shape in enumerate(SHAPES):
        whole = place % 2 == 0
        window = generator.integers(1, 256, shape, dtype="uint8") if whole else generator.uniform(1, 9, shape)
        kernel = generator.integers(1, 9, shape) * generator.choice([-1, 1], shape)
        yield window, kernel if place % 3 else kernel + 0.25


def _sum_of(change):
    return lambda window, kernel: (window.astype(float) * change(kernel)).sum()


def _part(rows, columns):
    """The sum over some rows and columns only."""
    return lambda window, kernel: (window.astype(float) * kernel)[rows, columns].sum()


ALL = slice(None)
weigh.misconception(
    "You have the products and did not add them up: a window gives one number, so put them into one total.",
    lambda window, kernel: window * kernel,
    lambda window, kernel: (window * kernel).sum(axis=0),
    lambda window, kernel: (window * kernel).sum(axis=1),
    lambda window, kernel: (window * kernel).ravel(),
    lambda window, kernel: list((window * kernel).ravel()),
    lambda window, kernel: (window * kernel).tolist(),
)
weigh.misconception(
    "You added window and kernel: first multiply the two numbers of each place, then add the products.",
    lambda window, kernel: (window.astype(float) + kernel).sum(),
    lambda window, kernel: window.astype(float) + kernel,
    lambda window, kernel: float(window.sum()) * kernel.sum(),
    lambda window, kernel: np.prod(window.astype(float) + kernel),
)
weigh.misconception(
    "The kernel never came in, or the window did not: each product takes one number of both.",
    lambda window, kernel: window.sum(),
    lambda window, kernel: kernel.sum(),
    lambda window, kernel: window.astype(float).mean(),
)
weigh.misconception(
    "You took the mean of the products: a convolution adds up and divides by nothing.",
    lambda window, kernel: (window * kernel).mean(),
    lambda window, kernel: (window * kernel).sum() / 9,
    lambda window, kernel: (window * kernel).sum() / (kernel.sum() or 1),
    lambda window, kernel: (window * kernel).sum() / abs(kernel).sum(),
    lambda window, kernel: (window * kernel).sum() // kernel.size,
)
weigh.misconception(
    "`@` is the matrix product, rows times columns: here each number meets its partner at the same place, so use `*`.",
    lambda window, kernel: (window @ kernel).sum(),
    lambda window, kernel: window @ kernel,
    lambda window, kernel: (window @ kernel).mean(),
)
weigh.misconception(
    "Your function comes back too early: `return` in a loop ends it at once, so put it after both loops, further left.",
    _part(slice(1), slice(1)),
    _part(slice(1), ALL),
)
weigh.misconception(
    "Your total forgets what it had: each round must add to it, and a total set to 0 inside a loop begins anew.",
    _part(slice(-1, None), slice(-1, None)),
    _part(slice(-1, None), ALL),
)
weigh.misconception(
    "Some places are left out: `range(n)` goes from 0 to n − 1 by itself, and begins at the first row and column.",
    _part(slice(-1), slice(-1)),
    _part(slice(-1), ALL),
    _part(ALL, slice(-1)),
    _part(slice(1, None), slice(1, None)),
    _part(slice(1, None), ALL),
    _part(ALL, slice(1, None)),
    lambda window, kernel: sum(window[i, i] * kernel[i, i] for i in range(min(kernel.shape))),
    lambda window, kernel: sum(window[i, i] * kernel[i, i] for i in range(len(kernel))),
)
weigh.misconception(
    "You turned the kernel round before laying it on: here it is laid on as it is written.",
    _sum_of(lambda kernel: kernel[::-1, ::-1]),
    _sum_of(lambda kernel: kernel[::-1]),
    _sum_of(lambda kernel: kernel[:, ::-1]),
)


@weigh.misconception("Rows and columns are exchanged in one of the two: both are asked at the same [row, column].")
def _exchanged(window, kernel):
    rows, columns = kernel.shape
    return sum(window[row, column] * kernel[column, row] for row in range(rows) for column in range(columns))


def _loops(rows, columns):
    """Loops that take their numbers of rows and columns from these functions of the kernel's shape."""

    def answer(window, kernel):
        places = np.ndindex(rows(kernel.shape), columns(kernel.shape))
        return sum(window[row, column] * kernel[row, column] for row, column in places)

    return answer


weigh.misconception(
    "You typed in a size, or took one side for both: take rows and columns from `kernel.shape`, one each.",
    _loops(lambda shape: 3, lambda shape: 3),
    _loops(lambda shape: shape[0], lambda shape: shape[0]),
    _loops(lambda shape: shape[1], lambda shape: shape[1]),
    _loops(lambda shape: shape[1], lambda shape: shape[0]),
    _part(slice(3), slice(3)),
)
weigh.misconception(
    "Your total does not begin with 0, or it multiplies where it should add: begin with 0, and add each product.",
    lambda window, kernel: (window * kernel).sum() + 1,
    lambda window, kernel: np.prod(window.astype(float) * kernel),
    lambda window, kernel: 0 * kernel[0, 0],
    lambda window, kernel: (window * kernel).sum() + window[0, 0] * kernel[0, 0],
)
weigh.misconception(
    "The result lost its sign or its decimals: give the sum back as it is, negative and with decimals.",
    *with_slips(lambda window, kernel: abs((window * kernel).sum()), int),
    lambda window, kernel: int((window * kernel).sum()),
    lambda window, kernel: max(0, (window * kernel).sum()),
    lambda window, kernel: round(float((window * kernel).sum())),
    lambda window, kernel: abs(window * kernel).sum(),
    lambda window, kernel: min(255, max(0, (window * kernel).sum())),
    lambda window, kernel: -(window * kernel).sum(),
)
weigh.misconception(
    "You kept one product, the largest or the smallest: all of them go into the total.",
    lambda window, kernel: (window * kernel).max(),
    lambda window, kernel: (window * kernel).min(),
)
weigh.misconception(
    "A byte has no room for the products, which go past 255 and below 0: keep them and their sum as they are.",
    lambda window, kernel: cast(window * kernel).sum(),
    lambda window, kernel: cast(window * kernel).sum(dtype="uint8"),
    lambda window, kernel: cast((window * kernel).sum()),
    lambda window, kernel: (window * cast(kernel)).sum(),
    lambda window, kernel: int((window * kernel).sum()) % 256,
)
