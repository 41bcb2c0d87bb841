"""More misconceptions of the exercise on convolution: about loops, indices, and what happens in one window."""

import itertools

import numpy as np

from imgrec_lib.exercises.lesson_02 import slips
from imgrec_lib.exercises.lesson_02.sliding import convolve
from imgrec_lib.exercises.lesson_02.slips import at_each_place, windows, with_slips
from imgrec_lib.filters import convolve as slide

EXCHANGED = (
    "Rows and columns are exchanged somewhere: in image, kernel and result the first index counts rows, downwards."
)


def _kernel_read_across(image, kernel):
    def weigh(window, kernel):
        places = np.ndindex(kernel.shape)
        return sum(window[row, column] * kernel[column, row] for row, column in places)

    return at_each_place(weigh)(image, kernel)


def _image_read_across(image, kernel):
    def weigh(row, column):
        return sum(image[column + j, row + i] * kernel[i, j] for i, j in np.ndindex(kernel.shape))

    return np.array([[weigh(*place) for place in row] for row in _places(image, kernel)])


def _places(image, kernel):
    height, width = (image.shape[axis] - kernel.shape[axis] + 1 for axis in (0, 1))
    return [[(row, column) for column in range(width)] for row in range(height)]


convolve.misconception(
    EXCHANGED,
    lambda image, kernel: slide(image, kernel.T),
    lambda image, kernel: slide(image, np.rot90(kernel)),
    lambda image, kernel: slide(image, np.rot90(kernel, -1)),
    *with_slips(at_each_place(lambda window, kernel: (window * kernel.T).sum()), slips.as_int),
    _kernel_read_across,
    *with_slips(lambda image, kernel: slide(image, kernel).T, slips.as_int),
    lambda image, kernel: slide(image.T, kernel),
    _image_read_across,
)


def _result_shape_exchanged(image, kernel):
    height, width = (image.shape[axis] - kernel.shape[axis] + 1 for axis in (0, 1))
    output = np.zeros((width, height))
    for row, column in np.ndindex(height, width):
        window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
        output[row, column] = (window * kernel).sum()
    return output


def _kernel_sides_exchanged(image, kernel):
    height, width = image.shape[0] - kernel.shape[1] + 1, image.shape[1] - kernel.shape[0] + 1
    output = np.zeros((height, width))
    for row, column in np.ndindex(height, width):
        window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
        output[row, column] = (window * kernel).sum()
    return output


for _answer in (_result_shape_exchanged, _kernel_sides_exchanged):
    convolve.misconception(EXCHANGED, _answer)


def _square(image_axes, kernel_axes, window_axes=(0, 1)):
    """Loops that take height and width of the result, or of the window, from the wrong axes."""

    def answer(image, kernel):
        height, width = (image.shape[i] - kernel.shape[k] + 1 for i, k in zip(image_axes, kernel_axes))
        output = np.zeros((height, width))
        for row, column in np.ndindex(height, width):
            window = image[row : row + kernel.shape[window_axes[0]], column : column + kernel.shape[window_axes[1]]]
            output[row, column] = (window * kernel).sum()
        return output

    return answer


AXES = ((0, 1), (1, 0))
convolve.misconception(
    EXCHANGED, *(_square(*axes) for axes in itertools.product(AXES, AXES, AXES) if axes != ((0, 1),) * 3)
)


def _square_loops(axis):
    """Loops within the window that take both sides of the kernel from one axis."""

    def weigh(window, kernel):
        side = kernel.shape[axis]
        return sum(window[row, column] * kernel[row, column] for row, column in np.ndindex(side, side))

    return at_each_place(weigh)


convolve.misconception(
    "Height and width come from the same axis here: not everything is square, so ask for shape[0] and for shape[1].",
    _square((0, 0), (0, 1)),
    _square((1, 1), (0, 1)),
    *(_square(image_axes, (axis, axis)) for axis in (0, 1) for image_axes in ((0, 1), (axis, axis))),
    *(_square(image_axes, (axis, axis), (axis, axis)) for axis in (0, 1) for image_axes in ((0, 1), (axis, axis))),
    _square_loops(0),
    _square_loops(1),
)


def _three(result, window, loops):
    """Answers with a size of 3 typed in: for the result, for the window, or for both; with loops within, or slices."""

    def answer(image, kernel):
        rows, columns = (3, 3) if result else kernel.shape
        height, width = (3, 3) if window else kernel.shape
        output = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
        for row, column in np.ndindex(output.shape):
            part = image[row : row + height, column : column + width]
            if loops:
                places = np.ndindex(height, width)
                output[row, column] = sum(image[row + i, column + j] * kernel[i, j] for i, j in places)
            else:
                output[row, column] = (part * kernel).sum()
        return output

    return answer


def _cropped_for_three(image, kernel):
    import cv2

    return cv2.filter2D(image.astype(float), -1, kernel.astype(float))[1:-1, 1:-1]


convolve.misconception(
    "A kernel of 3 × 3 is built in: take its height and width from `kernel.shape`, since others come too.",
    *(_three(*typed, loops) for loops in (True, False) for typed in ((True, True), (True, False), (False, True))),
    _cropped_for_three,
    at_each_place(lambda window, kernel: (window[:3, :3] * kernel[:3, :3]).sum()),
    lambda image, kernel: slide(image, kernel)[: max(0, image.shape[0] - 2), : max(0, image.shape[1] - 2)],
    lambda image, kernel: slide(image, kernel[:3, :3])[: max(0, image.shape[0] - 2), : max(0, image.shape[1] - 2)],
)
convolve.misconception(
    "Your window jumps: it moves on by one pixel each time, so that windows overlap.",
    lambda image, kernel: slide(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]],
    lambda image, kernel: slide(image, kernel)[:: kernel.shape[0], :: kernel.shape[0]],
    lambda image, kernel: slide(image, kernel)[::2, ::2],
    lambda image, kernel: slide(image, kernel)[::3, ::3],
)
convolve.misconception(
    "The total goes on from window to window: set it to 0 at each new place.",
    *with_slips(
        lambda image, kernel: np.cumsum(slide(image, kernel)).reshape(slide(image, kernel).shape), slips.as_int
    ),
    lambda image, kernel: np.cumsum(slide(image, kernel), axis=1),
)


def _filled(rows, columns):
    """Only a part of the result is ever written."""

    def answer(image, kernel):
        result = slide(image, kernel)
        part = np.zeros(result.shape)
        part[rows, columns] = result[rows, columns]
        return part

    return answer


convolve.misconception(
    "Your function comes back too early: `return` in a loop ends it at once, so put it after both loops, further left.",
    _filled(slice(1), slice(1)),
    _filled(slice(1), slice(None)),
    lambda image, kernel: slide(image, kernel)[0, 0],
    lambda image, kernel: slide(image, kernel)[0],
    lambda image, kernel: slide(image, kernel)[:1],
)
convolve.misconception(
    "You weighed one window, or added all of them up: the result has a number for each place.",
    lambda image, kernel: slide(image, kernel)[-1, -1],
    lambda image, kernel: slide(image, kernel).sum(),
    lambda image, kernel: slide(image, kernel).mean(),
)
convolve.misconception(
    "Your window does not cover its own pixels: they begin at [row, column], so add these to the places within it.",
    lambda image, kernel: np.full_like(slide(image, kernel), slide(image, kernel)[0, 0]),
    lambda image, kernel: slide(image, kernel)[:, :1] + 0 * slide(image, kernel),
    lambda image, kernel: windows(image, *kernel.shape)[:, :, 0, 0] * kernel.sum(),
    lambda image, kernel: slide(image, kernel)[:1] + 0 * slide(image, kernel),
)
convolve.misconception(
    "`@` is the matrix product, rows times columns: each pixel meets only the number that lies on it, so use `*`.",
    at_each_place(lambda window, kernel: (window @ kernel).sum()),
    lambda image, kernel: slide(image @ kernel, kernel),
    lambda image, kernel: image @ kernel,
)
convolve.misconception(
    "In each window, multiply pixel and kernel, and add all products: something else happens to them here.",
    at_each_place(lambda window, kernel: (window + kernel).sum()),
    at_each_place(lambda window, kernel: (window - kernel).sum()),
    at_each_place(lambda window, kernel: (window * kernel).max()),
    at_each_place(lambda window, kernel: np.prod(window * kernel)),
    at_each_place(lambda window, kernel: window[-1, -1] * kernel[-1, -1]),
    at_each_place(lambda window, kernel: window[0, 0] * kernel[0, 0]),
    at_each_place(lambda window, kernel: (window[-1] * kernel[-1]).sum()),
    at_each_place(lambda window, kernel: window.sum() * kernel.sum()),
    lambda image, kernel: windows(image, *kernel.shape).sum(axis=(2, 3)),
    lambda image, kernel: windows(image, *kernel.shape).mean(axis=(2, 3)),
    lambda image, kernel: windows(image, *kernel.shape).sum(axis=(2, 3)) % (256 if image.dtype == "uint8" else np.inf),
    lambda image, kernel: windows(image, *kernel.shape) * kernel,
    lambda image, kernel: (windows(image, *kernel.shape) * kernel).sum(axis=3),
    lambda image, kernel: (windows(image, *kernel.shape) * kernel).sum(axis=2),
    lambda image, kernel: (windows(image, *kernel.shape) * kernel).sum(axis=(0, 1)),
)
