"""A homework of an instructor's own, by hand in NumPy: gray, convolution, max pooling.

It is graded by `imgrec grade SUBMISSIONS --out REPORT --exercises benchmarks/grading_parts/numpy_exercises.py`.
"""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

WEIGHTS = np.array([0.299, 0.587, 0.114])
SIDES = ((4, 4, 2, 2), (5, 6, 2, 3), (3, 3, 3, 3), (7, 4, 3, 1), (1, 8, 1, 3), (6, 6, 1, 1))


@function(
    "hw1.to_gray",
    dtype="float",
    absolute=1e-3,
    hints=(
        "Which of the three colours looks brightest to your eye, and which number says so?",
        "Weigh each plane with its own number, in floats, and add the three up.",
        "`rgb[..., 0]` is the red plane, height × width: multiply it with 0.299, and the other two in the same way.",
    ),
    praise="Each plane counts as much as the eye sees of it, in floats that never wrap around.",
)
def to_gray(rgb: np.ndarray) -> np.ndarray:
    """The gray image, height × width, of a uint8 RGB image: 0.299 R + 0.587 G + 0.114 B, as floats."""
    return 0.299 * rgb[:, :, 0] + 0.587 * rgb[:, :, 1] + 0.114 * rgb[:, :, 2]


@to_gray.cases
def _colours(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    yield (np.full((2, 3, 3), 100, dtype="uint8"),)
    yield (np.full((1, 1, 3), 255, dtype="uint8"),)
    for size in ((8, 9), (3, 3), (1, 7), (6, 2)):
        yield (generator.integers(0, 256, (*size, 3), dtype="uint8"),)


to_gray.misconception(
    "You calculated in uint8, where numbers beyond 255 begin again at 0: multiply with floats, or convert first.",
    lambda rgb: (30 * rgb[..., 0] + 59 * rgb[..., 1] + 11 * rgb[..., 2]) // 100,
    lambda rgb: (rgb[..., 0] + rgb[..., 1] + rgb[..., 2]) / 3,
    lambda rgb: (rgb[..., 0] + rgb[..., 1] + rgb[..., 2]) // 3,
)
to_gray.misconception(
    "You took the mean of the three planes: the eye sees green far brighter than blue, so each plane has its weight.",
    lambda rgb: rgb.mean(axis=2),
)
to_gray.misconception(
    "You gave the weights to blue, green and red: this image is RGB, so 0.299 belongs to channel 0.",
    lambda rgb: rgb @ WEIGHTS[::-1],
)
to_gray.misconception(
    "The decimals are gone: the gray image holds floats here, so leave it as the sum comes.",
    lambda rgb: (rgb @ WEIGHTS).astype("uint8"),
    lambda rgb: np.round(rgb @ WEIGHTS).astype("uint8"),
    lambda rgb: np.round(rgb @ WEIGHTS),
)


def _slid(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


@function(
    "hw1.convolve",
    absolute=1e-3,
    hints=(
        "At how many places can the kernel stand from top to bottom, and at how many from left to right?",
        "Begin with zeros of that size. Two loops over its places cut out a window each and weigh it.",
        "`image[i:i + kernel.shape[0], j:j + kernel.shape[1]]` is the window at row i and column j.",
    ),
    praise="Cut out, multiply, add, move on: the result is smaller by kernel − 1 on each axis.",
)
def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The weighted sum at each place where the kernel fits into the image, the kernel laid on as it is written."""
    height, width = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
            output[row, column] = (window * kernel).sum()
    return output


@convolve.cases
def _kernels(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """No kernel's numbers are alike, so that a turned one gives another result."""
    yield np.arange(16.0).reshape(4, 4), np.ones((2, 2))
    for place, (height, width, rows, columns) in enumerate(SIDES):
        image = generator.uniform(0, 9, (height, width))
        numbers = generator.permutation(np.arange(1.0, rows * columns + 1))
        yield np.round(image * 28).astype("uint8") if place % 3 == 2 else image, numbers.reshape(rows, columns) - 2.5


convolve.misconception(
    "You turned the kernel by 180° before laying it on, as mathematicians do: here it is laid on as it is written.",
    lambda image, kernel: _slid(image, kernel[::-1, ::-1]),
)


@convolve.misconception(
    "Your result is as large as the image: the kernel must lie inside, so there are fewer places than pixels."
)
def _at_each_pixel(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    output = np.zeros(image.shape)
    for row, column in np.ndindex(image.shape):
        window = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
        output[row, column] = np.sum(window * kernel)
    return output


@convolve.misconception(
    "Your result is as large as the image: the kernel must lie inside, so there are fewer places than pixels."
)
def _padded(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    frame = [((side - 1) // 2, side // 2) for side in kernel.shape]
    return _slid(np.pad(image, frame), kernel)


convolve.misconception(
    "The negative answers are gone: a feature map has both signs.",
    lambda image, kernel: np.maximum(_slid(image, kernel), 0),
    lambda image, kernel: abs(_slid(image, kernel)),
)


@function(
    "hw1.max_pool",
    hints=(
        "How many whole blocks of size × size fit from top to bottom, and how many from left to right?",
        "`//` counts whole blocks. Two loops over them cut out a block each and take its largest number.",
        "The block at row i and column j begins at row i · size and column j · size of the image.",
    ),
    praise="Only the strongest answer of each block stays, and the ragged edge is dropped.",
)
def max_pool(image: np.ndarray, size: int) -> np.ndarray:
    """The largest number of each block of size × size; rows and columns that fill no block are dropped."""
    height, width = image.shape[0] // size, image.shape[1] // size
    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            block = image[row * size : (row + 1) * size, column * size : (column + 1) * size]
            output[row, column] = block.max()
    return output


@max_pool.cases
def _maps(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, int]]:
    yield np.arange(16.0).reshape(4, 4), 2
    for height, width, size in ((5, 7, 3), (6, 4, 2), (3, 9, 3), (4, 5, 1), (8, 8, 4), (1, 1, 1)):
        yield generator.normal(-1, 5, (height, width)), size


def _windows(image: np.ndarray, size: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(image, (size, size))


max_pool.misconception(
    "Your blocks overlap: each begins where the one before ends, so move on by `size`.",
    lambda image, size: _windows(image, size).max(axis=(2, 3)),
)
max_pool.misconception(
    "You took the mean of each block: only its largest number stays.",
    lambda image, size: _windows(image, size)[::size, ::size].mean(axis=(2, 3)),
)


@max_pool.misconception("You kept the ragged edge: rows and columns that fill no whole block are dropped.")
def _ragged(image: np.ndarray, size: int) -> np.ndarray:
    rows, columns = range(0, image.shape[0], size), range(0, image.shape[1], size)
    return np.array([[image[i : i + size, j : j + size].max() for j in columns] for i in rows])


EXERCISES = (to_gray, convolve, max_pool)
