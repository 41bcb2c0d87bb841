"""The exercise on max pooling."""

from collections.abc import Callable, Iterator

import numpy as np

from imgrec_lib.exercises.lesson_02.slips import as_int, with_slips
from imgrec_lib.exercises.making import function

Pick = Callable[..., float]


@function(
    "02.max_pool",
    hints=(
        "How many whole blocks fit from top to bottom, and in which row does the second one begin?",
        "Blocks lie side by side and never overlap. `//` gives how many fit, and drops the rest that fills no block.",
        "Block `row` begins at row × size and ends before (row + 1) × size; columns likewise. Keep its `.max()`.",
    ),
    praise="Side by side, only whole blocks, and of each the largest: even where all of them are negative.",
)
def max_pool(image: np.ndarray, size: int) -> np.ndarray:
    """The largest number of each size × size block; what fills no block is dropped."""
    rows, columns = image.shape[0] // size, image.shape[1] // size
    pooled = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            block = image[row * size : (row + 1) * size, column * size : (column + 1) * size]
            pooled[row, column] = block.max()
    return pooled


@max_pool.cases
def _maps(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, int]]:
    shapes = ((4, 4), (6, 4), (5, 7), (7, 10), (9, 5), (8, 12), (3, 3), (2, 9), (3, 1))
    for shape, size in zip(shapes, (2, 2, 2, 3, 2, 4, 3, 2, 1)):
        numbers = generator.permutation(np.arange(shape[0] * shape[1])) + 1
        yield numbers.reshape(shape) * generator.choice([-1, 1], shape), size
    yield generator.uniform(-9, -1, (6, 9)), 3
    yield generator.uniform(-1, 1, (7, 5)), 2
    yield generator.permutation(np.arange(100, 142, dtype="uint8")).reshape(7, 6), 2


def pooled(
    image: np.ndarray, size: int, pick: Pick = np.max, step: int | None = None, whole: bool = True
) -> np.ndarray:
    """What `pick` says of each block; blocks begin every `step` pixels and, unless `whole`, may stick out."""
    step = step or size
    last = [side - size if whole else side - 1 for side in image.shape]
    starts = [range(0, end + 1, step) for end in last]
    return np.array([[float(pick(image[r : r + size, c : c + size])) for c in starts[1]] for r in starts[0]])


max_pool.misconception(
    "Your blocks overlap: the next one begins where the last one ended, so move on by `size`.",
    lambda image, size: pooled(image, size, step=1),
    lambda image, size: pooled(image, size, step=1, whole=False),
    lambda image, size: pooled(image, size, step=max(1, size - 1)),
    lambda image, size: pooled(image, size, step=1)[: image.shape[0] // size, : image.shape[1] // size],
    lambda image, size: pooled(image, size + 1, step=size, whole=False)[
        : image.shape[0] // size, : image.shape[1] // size
    ],
    lambda image, size: pooled(image, size, step=1)[:-1, :-1],
    lambda image, size: pooled(image, size, step=1)[::size, : image.shape[1] // size],
    lambda image, size: pooled(image, size, step=1)[: image.shape[0] // size, ::size],
)
max_pool.misconception(
    "You took the mean or the sum of each block: here only its largest number stays.",
    *with_slips(lambda image, size: pooled(image, size, np.mean), as_int, np.round),
    lambda image, size: pooled(image, size, np.sum),
    lambda image, size: pooled(image, size, np.mean, whole=False),
    lambda image, size: pooled(image, size, np.mean, step=1),
    lambda image, size: pooled(image, size, np.median),
)
max_pool.misconception(
    "You kept the smallest number of each block: max pooling keeps the largest.",
    lambda image, size: pooled(image, size, np.min),
    lambda image, size: pooled(image, size, np.min, whole=False),
)
max_pool.misconception(
    "You compared without the signs: −9 is smaller than 1, however strong it is.",
    lambda image, size: pooled(image.astype(float), size, lambda block: np.abs(block).max()),
    lambda image, size: pooled(image, size, lambda block: block.flat[np.abs(block.astype(float)).argmax()]),
)


def _padded_up(image, size, number):
    frame = [(0, -side % size) for side in image.shape]
    return pooled(np.pad(image.astype(float), frame, constant_values=number), size)


max_pool.misconception(
    "You kept the ragged edge: rows and columns that no longer fill a whole block are dropped.",
    lambda image, size: pooled(image, size, whole=False),
    lambda image, size: _padded_up(image, size, 0),
    lambda image, size: _padded_up(image, size, -np.inf),
)


@max_pool.misconception("Rows and columns that fill no whole block are left over here: cut them off before reshaping.")
def _not_cut(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image.reshape(rows, size, columns, size).max(axis=(1, 3))


@max_pool.misconception("Rows and columns that fill no whole block are left over here: cut them off before reshaping.")
def _cut_only_rows(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size].reshape(rows, size, columns, size).max(axis=(1, 3))
