"""Exercises on many channels and many kernels: what they compute, and how much work that is."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_02 import slips
from imgrec_lib.exercises.lesson_02.slips import windows, with_slips
from imgrec_lib.exercises.making import function, value
from imgrec_lib.filters import convolve_channels as maps_of

multiplications = value(
    "02.multiplications",
    198 * 298 * 32 * 27,
    source="198 * 298 * 32 * 27",
    relative=0,
    absolute=0.5,
    hints=(
        "How many multiplications does a single number of the result need?",
        "A kernel, laid on once, multiplies all its 3 · 3 · 3 numbers. At how many places, and for how many kernels?",
        "Places down, times places across, times kernels, times the numbers in one kernel: let Python multiply.",
    ),
    praise="Fifty-one million, for one picture and one layer: few numbers to store, and much work to do with them.",
)
PLACES, PIXELS = 198 * 298, 200 * 300
multiplications.misconception(
    "You counted one kernel: there are 32 of them, and each goes over the whole picture.",
    PLACES * 27,
    PIXELS * 27,
    PLACES * 9,
    PIXELS * 9,
)
multiplications.misconception(
    "You counted nine numbers a kernel: it is as deep as the picture, and so it has nine for each colour.",
    PLACES * 32 * 9,
    PIXELS * 32 * 9,
)
multiplications.misconception(
    "That is how many numbers the kernels hold, laid on once: they are laid on at every place.",
    *(27 * 32, 27, 9 * 32, 9, 27 * 32 + 32, 3 * 32),
)
multiplications.misconception(
    "You counted the pixels of the picture: without padding a window of 3 × 3 finds two places fewer on each axis.",
    *(PIXELS * 32 * 27, PIXELS * 3 * 32 * 27, PIXELS * 3 * 32, PIXELS * 3 * 9 * 27),
)
multiplications.misconception(
    "The places are miscounted: 5 pixels in a row hold a window of 3 at 3 places, so how many do 200 and 300 hold?",
    *(199 * 299 * 32 * 27, 197 * 297 * 32 * 27, 196 * 296 * 32 * 27, 199 * 299 * 27, 197 * 297 * 27),
    *(197 * 298 * 32 * 27, 198 * 297 * 32 * 27, 198 * 300 * 32 * 27, 200 * 298 * 32 * 27, 66 * 100 * 32 * 27),
)
multiplications.misconception(
    "You counted the numbers of the result or of the picture: each number of the result takes many multiplications.",
    *(PLACES * 32, PLACES, PIXELS * 32, PIXELS * 3, PIXELS, PLACES * 3, PLACES * 3 * 32),
)
multiplications.misconception(
    "You counted the additions too: only the multiplications are asked for.",
    *(PLACES * 32 * 53, PLACES * 32 * 54, PLACES * 32 * 26, PLACES * 32 * 28, PLACES * 32 * 27 + 32),
    PLACES * 32 * 55,
)
multiplications.misconception(
    "The depth was counted twice: all three colours are in the 27 numbers of a kernel already.",
    *(PLACES * 32 * 27 * 3, PLACES * 32 * 27 * 9, PLACES * 32 * 81),
)
SHAPES = (
    ((3, 4, 3), (2, 2, 3, 2)),
    ((5, 4, 3), (3, 3, 3, 4)),
    ((6, 7, 2), (2, 3, 2, 5)),
    ((4, 6, 1), (3, 1, 1, 3)),
    ((3, 5, 4), (1, 1, 4, 1)),
    ((7, 5, 3), (4, 2, 3, 3)),
    ((3, 3, 3), (3, 3, 3, 3)),
)


@function(
    "02.convolve_channels",
    absolute=1e-3,
    hints=(
        "For one place and one kernel: which shape has the window, and how many numbers come of it?",
        "It is `convolve` once more: the window keeps all its channels, and a third loop goes over the kernels.",
        "Kernel n is `kernels[:, :, :, n]`, as deep as the window. Multiply, and let `.sum()` take all three axes.",
    ),
    praise="All channels go into one sum, each kernel gives one map, and the maps lie behind one another, last.",
)
def convolve_channels(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """The feature maps of all kernels, height × width × out, with every channel in each sum."""
    kernel_height, kernel_width, depth, count = kernels.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    maps = np.zeros((height, width, count))
    for row in range(height):
        for column in range(width):
            window = image[row : row + kernel_height, column : column + kernel_width]
            for number in range(count):
                maps[row, column, number] = (window * kernels[:, :, :, number]).sum()
    return maps


@convolve_channels.cases
def _pictures(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each kernel's numbers are far from each other, so that no turned or exchanged one looks the same."""
    for place, (size, shape) in enumerate(SHAPES):
        picture = generator.integers(0, 256, size, dtype="uint8") if place % 2 else generator.uniform(0, 9, size)
        numbers = generator.permutation(np.arange(np.prod(shape))) + 1
        kernels = (numbers * generator.choice([-1, 1], numbers.size)).reshape(shape)
        yield picture, kernels if place % 3 == 1 else kernels / 8


def _apart(image, kernels):
    """Places down × places across × channels × kernels: the channels not yet added up."""
    return np.einsum("hwcij,ijco->hwco", windows(image, *kernels.shape[:2]), kernels)


def _side_by_side(image, kernels):
    apart = _apart(image, kernels)
    return apart.reshape(*apart.shape[:2], -1)


convolve_channels.misconception(
    "The channels are not added up: a kernel gives one map, so the products of all channels go into one sum.",
    *with_slips(_apart, slips.as_int, lambda maps: maps.transpose(0, 1, 3, 2)),
    lambda image, kernels: _apart(image, kernels).sum(axis=3),
    _side_by_side,
    lambda image, kernels: _apart(image, kernels)[:, :, :, 0],
    lambda image, kernels: _apart(image, kernels)[:, :, :, -1],
    lambda image, kernels: _apart(image, kernels).transpose(0, 1, 3, 2).reshape(*_side_by_side(image, kernels).shape),
    lambda image, kernels: np.moveaxis(_apart(image, kernels), 2, 0),
)
convolve_channels.misconception(
    "Only one channel came into the sums: a kernel has a layer of weights for each channel, and all of them count.",
    *(lambda image, kernels, c=c: maps_of(image[:, :, [c]], kernels[:, :, [c]]) for c in (0, -1)),
    lambda image, kernels: maps_of(image[:, :, [1]], kernels[:, :, [1]]),
    lambda image, kernels: np.stack(
        [_apart(image, kernels)[:, :, n % image.shape[2], n] for n in range(kernels.shape[3])], axis=-1
    ),
    lambda image, kernels: np.stack([_apart(image, kernels)[:, :, n, n] for n in range(kernels.shape[3])], axis=-1),
    lambda image, kernels: np.stack([_apart(image, kernels)[:, :, n, n] for n in range(image.shape[2])], axis=-1),
)
convolve_channels.misconception(
    "You divided by the number of channels, or by more: the channels are added up, and no mean is taken.",
    *with_slips(lambda image, kernels: _apart(image, kernels).mean(axis=2), slips.as_int),
    lambda image, kernels: maps_of(image, kernels) / kernels[:, :, :, 0].size,
    lambda image, kernels: maps_of(image, kernels) / kernels[:, :, 0, 0].size,
    lambda image, kernels: maps_of(image, kernels) / 3,
    lambda image, kernels: maps_of(image, kernels) / kernels.size,
)
convolve_channels.misconception(
    "You kept the strongest or the weakest channel: the products of all channels go into one sum.",
    lambda image, kernels: _apart(image, kernels).max(axis=2),
    lambda image, kernels: _apart(image, kernels).min(axis=2),
)
