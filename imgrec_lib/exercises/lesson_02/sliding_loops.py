"""More misconceptions of the exercise on convolution: about loops written by hand, and the shape of the result."""

import numpy as np

from imgrec_lib.exercises.lesson_02 import slips
from imgrec_lib.exercises.lesson_02.sliding_slips import EXCHANGED, convolve
from imgrec_lib.exercises.lesson_02.slips import at_each_place
from imgrec_lib.filters import convolve as slide

convolve.misconception(
    "Your numbers lie in one long row: the result has rows and columns, as the places of the window have.",
    lambda image, kernel: slide(image, kernel).ravel(),
    lambda image, kernel: slide(image, kernel).ravel().tolist(),
    lambda image, kernel: slide(image, kernel).reshape(1, -1),
)


def _slices(image, kernel, height, width, exchanged=False):
    """Windows of this size cut out by slices, at [row, column] or at [column, row]."""
    output = np.zeros([side - kernel_side + 1 for side, kernel_side in zip(image.shape, kernel.shape)])
    for row, column in np.ndindex(output.shape):
        top, left = (column, row) if exchanged else (row, column)
        output[row, column] = (image[top : top + height, left : left + width] * kernel).sum()
    return output


convolve.misconception(EXCHANGED, lambda image, kernel: _slices(image, kernel, *kernel.shape, exchanged=True))
convolve.misconception(
    "Your window is one row and one column too small or too large: a slice ends before its last number.",
    *(
        lambda image, kernel, more=more: _slices(image, kernel, kernel.shape[0] + more[0], kernel.shape[1] + more[1])
        for more in ((-1, -1), (1, 1), (-1, 0), (0, -1), (1, 0), (0, 1))
    ),
)


def _square(axis):
    """Four loops that take one side of the kernel for both."""

    def answer(image, kernel):
        side = kernel.shape[axis]
        output = np.zeros((image.shape[0] - side + 1, image.shape[1] - side + 1))
        for row, column, i, j in np.ndindex(*output.shape, side, side):
            output[row, column] += image[row + i, column + j] * kernel[i, j]
        return output

    return answer


convolve.misconception(
    "Height and width come from the same axis here: not everything is square, so ask for shape[0] and for shape[1].",
    _square(0),
    _square(1),
)
convolve.misconception(
    "You cut the result to 0 … 255: a feature map is no picture, so large sums and negative ones stay as they are.",
    lambda image, kernel: slips.clipped(slide(image, kernel)).astype(image.dtype),
)
convolve.misconception(
    "`@` is the matrix product, rows times columns: each pixel meets only the number that lies on it, so use `*`.",
    at_each_place(lambda window, kernel: (window @ kernel.T).sum()),
)
convolve.misconception(
    "uint8 ends at 255, and sums beyond it or below 0 start again at the other end: make the result of floats first.",
    lambda image, kernel: slide(image, slips.cast(kernel) if image.dtype == "uint8" else kernel),
)
