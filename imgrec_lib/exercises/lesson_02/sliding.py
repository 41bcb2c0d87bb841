"""The exercise on convolution: one kernel over a grey picture."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_02 import slips
from imgrec_lib.exercises.lesson_02.slips import at_each_place, same_size, slipped, with_slips
from imgrec_lib.exercises.making import function
from imgrec_lib.filters import convolve as slide

SHAPES = (
    ((4, 5), (3, 3)),
    ((6, 4), (2, 3)),
    ((5, 8), (3, 3)),
    ((7, 6), (4, 2)),
    ((8, 7), (4, 4)),
    ((3, 3), (3, 3)),
    ((1, 7), (1, 3)),
    ((6, 1), (2, 1)),
    ((3, 4), (1, 1)),
    ((9, 8), (5, 3)),
)


@function(
    "02.convolve",
    dtype="float",
    absolute=1e-3,
    hints=(
        "At how many places can the window stand from top to bottom, and at how many from left to right?",
        "Begin with zeros of that size, as floats. Two loops over its places cut out a window each and weigh it.",
        "At [row, column] the window begins there and is as large as the kernel: write one slice for each axis.",
    ),
    praise="Cut out, multiply, add, move on: the result is smaller by kernel − 1, and holds floats of either sign.",
)
def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map, height × width: the weighted sum at each place where the kernel fits into the image."""
    kernel_height, kernel_width = kernel.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            window = image[row : row + kernel_height, column : column + kernel_width]
            output[row, column] = (window * kernel).sum()
    return output


@convolve.cases
def _pictures(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each kernel's numbers are far from each other, so that no turned or exchanged one looks the same."""
    for place, (size, shape) in enumerate(SHAPES):
        picture = generator.integers(0, 256, size, dtype="uint8") if place % 2 else generator.uniform(0, 9, size)
        kernel = generator.permutation(np.arange(shape[0] * shape[1])) + 1
        kernel = kernel * generator.choice([-1, 1], shape[0] * shape[1])
        yield picture, kernel.reshape(shape) if place % 3 else kernel.reshape(shape) / 4
    yield np.full((4, 4), 255, dtype="uint8"), np.ones((3, 3))
    yield np.full((5, 4), 200, dtype="uint8"), np.array([[-1, 0, 1]] * 3)


def _raw_windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


def _flipped(image, kernel):
    return slide(image, kernel[::-1, ::-1])


def _everywhere(image, kernel):
    """As far as the kernel touches the image at all."""
    rows, columns = kernel.shape
    return slide(np.pad(image, ((rows - 1, rows - 1), (columns - 1, columns - 1))), kernel)


def _opencv(image, kernel):
    import cv2

    return cv2.filter2D(image.astype(float), -1, kernel.astype(float))


def _opencv_as_it_comes(image, kernel):
    import cv2

    return cv2.filter2D(image, -1, kernel)


def _by_sum(image, kernel):
    return slide(image, kernel) / kernel.sum()


convolve.misconception(
    "You turned the kernel by 180° before laying it on, as mathematicians do: here it is laid on as it is written.",
    *with_slips(_flipped, slips.as_int, slips.clipped, slips.wrapped, np.abs),
    lambda image, kernel: _everywhere(image, kernel[::-1, ::-1]),
    *same_size(_flipped),
    lambda image, kernel: _flipped(image, kernel)[:-1, :-1],
)
convolve.misconception(
    "You turned one axis of the kernel round: it is laid on as it is written, from its first row and first column.",
    *with_slips(lambda image, kernel: slide(image, kernel[::-1]), slips.as_int),
    *with_slips(lambda image, kernel: slide(image, kernel[:, ::-1]), slips.as_int),
)
convolve.misconception(
    "Your result is as large as the picture, or larger: the window must lie inside, so pad nothing, fill nothing up.",
    *same_size(slide),
    *(each for answer in same_size(slide) for each in slipped(answer, slips.as_int, slips.wrapped)),
    lambda image, kernel: slide(np.pad(image, [(side // 2, side // 2) for side in kernel.shape]), kernel),
    lambda image, kernel: slide(np.pad(image, kernel.shape[0] // 2), kernel),
    lambda image, kernel: slide(np.pad(image, 1), kernel),
    *with_slips(_opencv, slips.as_int, slips.clipped),
    _opencv_as_it_comes,
    lambda image, kernel: _opencv_as_it_comes(image, kernel.astype(float)),
    *with_slips(_everywhere, slips.as_int),
)


def _zero_at(place):
    """The first or the last row and column left at 0."""

    def answer(image, kernel):
        result = slide(image, kernel)
        result[place], result[:, place] = 0, 0
        return result

    return answer


def _half_on_each_side(image, kernel):
    """Right for odd kernels only."""
    rows, columns = (image.shape[axis] - 2 * (kernel.shape[axis] // 2) for axis in (0, 1))
    return slide(image, kernel)[:rows, :columns]


convolve.misconception(
    "Some places are missing at the end of rows or columns: 5 pixels hold a window of 3 at 3 places, and not at 2.",
    *with_slips(lambda image, kernel: slide(image, kernel)[:-1, :-1], slips.as_int),
    lambda image, kernel: slide(image, kernel)[:-1],
    lambda image, kernel: slide(image, kernel)[:, :-1],
    lambda image, kernel: slide(image, kernel)[1:, 1:],
    lambda image, kernel: slide(image, kernel)[1:-1, 1:-1],
    *with_slips(_zero_at(-1), slips.as_int),
    _zero_at(0),
    lambda image, kernel: np.array(slide(image, kernel)[:-1, :-1].tolist()),
    _half_on_each_side,
)
convolve.misconception(
    "Your result holds whole numbers, and a kernel of fractions gives decimals: let it hold floats, whatever comes in.",
    *slipped(slide, slips.as_int, slips.rounded, np.round, np.floor),
    lambda image, kernel: (_raw_windows(image, kernel) * kernel).sum(axis=(2, 3)),
    lambda image, kernel: slide(image, kernel).astype(kernel.dtype),
    lambda image, kernel: slide(image, kernel.astype(int)),
    lambda image, kernel: slide(image.astype(int), kernel),
    lambda image, kernel: slide(image.astype(int), kernel.astype(int)),
)


def _products_as_bytes(image, kernel):
    return (_raw_windows(image, kernel) * kernel).astype("uint8").sum(axis=(2, 3)).astype(float)


def _kernel_as_bytes(image, kernel):
    return (_raw_windows(image, kernel) * kernel.astype("uint8")).sum(axis=(2, 3)).astype(float)


def _as_the_image(image, kernel):
    return slips.wrapped(slide(image, kernel)) if image.dtype == np.uint8 else slide(image, kernel)


convolve.misconception(
    "uint8 ends at 255, and sums beyond it or below 0 start again at the other end: make the result of floats first.",
    *slipped(slide, slips.wrapped, slips.cast),
    _as_the_image,
    _products_as_bytes,
    _kernel_as_bytes,
)
convolve.misconception(
    "You cut the result to 0 … 255: a feature map is no picture, so large sums and negative ones stay as they are.",
    *with_slips(lambda image, kernel: slips.clipped(slide(image, kernel)), slips.as_int, slips.wrapped, np.round),
    lambda image, kernel: np.clip(slide(image, kernel), 0, 1),
    lambda image, kernel: np.minimum(slide(image, kernel), 255),
)
convolve.misconception(
    "The negative answers are gone: minus says that it gets darker, and ReLU comes in a step of its own, later.",
    *with_slips(lambda image, kernel: np.abs(slide(image, kernel)), slips.as_int),
    *with_slips(lambda image, kernel: np.maximum(slide(image, kernel), 0), slips.as_int),
    at_each_place(lambda window, kernel: abs(window * kernel).sum()),
    lambda image, kernel: slide(image, abs(kernel)),
)
convolve.misconception(
    "You divided the sums, as a mean does: a convolution only adds up, and a blur has its ninth in the kernel already.",
    *with_slips(lambda image, kernel: slide(image, kernel) / kernel.size, slips.as_int),
    lambda image, kernel: slide(image, kernel) / 9,
    lambda image, kernel: slide(image, kernel) / (kernel.sum() or 1),
    _by_sum,
    lambda image, kernel: slide(image, kernel) / abs(kernel).sum(),
)
