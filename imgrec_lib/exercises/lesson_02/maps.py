"""Exercises on feature maps: ReLU and max pooling."""

from collections.abc import Callable, Iterator

import numpy as np

from imgrec_lib.exercises.lesson_02.slips import as_int, with_slips
from imgrec_lib.exercises.making import function


@function(
    "02.relu",
    hints=(
        "Which numbers change, which stay, and may the shape change?",
        "Compare each number with 0, and keep the larger of the two.",
        "NumPy compares two tables place by place in a function whose name begins with `max` and goes on.",
    ),
    praise="Every number decides for itself: a yes stays as strong as it was, and a no becomes 0.",
)
def relu(values: np.ndarray) -> np.ndarray:
    """The same shape with 0 in place of each negative number."""
    return np.maximum(values, 0)


@relu.cases
def _tables(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    yield (np.array([[3, -2], [0, -5]]),)
    for shape in ((3, 4), (5, 3), (1, 1), (6, 1), (1, 7)):
        signs = generator.choice([-1, 1], shape)
        signs.flat[0], signs.flat[-1] = -1, 1
        yield (signs * generator.uniform(1.2, 9, shape),)
    yield (generator.integers(260, 400, (5, 4)) * np.array([1, -1, 1, -1]),)
    yield (generator.uniform(-900, -300, (2, 3)),)
    yield (generator.uniform(0.2, 0.8, (3, 2)) * np.array([1, -1]),)


relu.misconception(
    "A strong no became a strong yes: ReLU puts 0 in place of a negative number, and not its opposite.",
    *with_slips(np.abs, as_int),
    lambda values: values * np.sign(values),
    lambda values: values**2,
)
relu.misconception(
    "The wrong side was kept: numbers above 0 stay, and those below become 0.",
    lambda values: np.minimum(values, 0),
    lambda values: np.maximum(-values, 0),
    lambda values: -np.maximum(values, 0),
    lambda values: np.where(values > 0, 0, 1),
    lambda values: -values,
)
relu.misconception(
    "That says only whether a number is positive: ReLU keeps how strong it is.",
    lambda values: values > 0,
    lambda values: values >= 0,
    lambda values: (values > 0).astype(float),
    lambda values: (values > 0).astype(int),
    lambda values: (values >= 0).astype(float),
    lambda values: np.sign(values),
    lambda values: np.where(values < 0, 0, 1),
    lambda values: np.clip(np.sign(values), 0, 1),
)
relu.misconception(
    "The negative numbers were thrown out, and with them the shape: put a 0 in their place, so that all others stay.",
    lambda values: values[values > 0],
    lambda values: values[values >= 0],
    lambda values: [value for value in values.ravel() if value > 0],
    lambda values: [value for value in values.ravel() if value >= 0],
    lambda values: np.array([value for value in values.ravel() if value > 0]),
    lambda values: values.ravel()[values.ravel() > 0].tolist(),
)
relu.misconception(
    "Your zeros came out in one long row: the result keeps the shape of `values`.",
    lambda values: np.maximum(values, 0).ravel(),
    lambda values: [max(value, 0) for value in values.ravel()],
    lambda values: np.maximum(values, 0).reshape(1, -1),
)


@relu.misconception("Python's `max` and `if` decide once, for a single number: here each number decides for itself.")
def _one_decision(values):
    return max(0, values)


def _one_if(values):
    return values if values > 0 else 0


relu.misconception(
    "Python's `max` and `if` decide once, for a single number: here each number decides for itself.",
    _one_if,
    lambda values: np.array([max(0, value) for value in values]),
    lambda values: np.array([value if value > 0 else 0 for value in values]),
)
relu.misconception(
    "You looked for one largest number: `np.max` picks it out of the table, and `np.maximum` compares place by place.",
    lambda values: np.max(values, 0),
    lambda values: max(0, np.max(values)),
    lambda values: np.max(values),
    lambda values: np.maximum(values.max(), 0) * np.ones(values.shape),
    lambda values: np.maximum(values.max(axis=0), 0),
    lambda values: np.maximum(values, values.max()),
)
relu.misconception(
    "You moved all numbers: ReLU leaves the positive ones as they are, and compares each with 0 and nothing else.",
    lambda values: values - values.min(),
    lambda values: (values - values.min()) / (np.ptp(values) or 1),
    lambda values: np.maximum(values - values.mean(), 0),
    lambda values: np.maximum(values, values.mean()),
    lambda values: values + abs(values.min()),
    lambda values: np.maximum(values, 0) / (np.max(values) or 1),
    lambda values: 1 / (1 + np.exp(-values)),
    lambda values: np.tanh(values),
)
relu.misconception(
    "Large answers were cut off: ReLU has a floor, which is 0, and no ceiling.",
    lambda values: np.clip(values, 0, 1),
    lambda values: np.clip(values, 0, 6),
    lambda values: np.clip(values, 0, 255),
    lambda values: np.clip(values, 0, 255).astype("uint8"),
)
relu.misconception(
    "A little of the negative numbers is left: here they become exactly 0.",
    lambda values: np.where(values > 0, values, 0.01 * values),
    lambda values: np.where(values > 0, values, 0.1 * values),
    lambda values: np.where(values > 0, values, 0.2 * values),
    lambda values: np.where(values > 0, values, values / 2),
)
relu.misconception(
    "The border lies elsewhere: it is 0, and every number above it stays, small ones too.",
    lambda values: np.maximum(values, 1),
    lambda values: np.where(values > 1, values, 0),
    lambda values: np.where(values >= 1, values, 0),
    lambda values: np.maximum(values, -1),
    lambda values: np.where(values < 0, 1, values),
)
relu.misconception(
    "The decimals were lost: ReLU changes negative numbers only.",
    lambda values: np.maximum(values, 0).astype(int),
    lambda values: np.round(np.maximum(values, 0)),
    lambda values: np.maximum(values.astype(int), 0),
    lambda values: np.maximum(values, 0).astype("int64").astype("uint8"),
)
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
