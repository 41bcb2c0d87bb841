"""The exercise on ReLU."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_02.slips import as_int, cast, with_slips
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
    for shape in ((3, 4), (5, 3), (1, 2), (6, 1), (1, 7)):
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
    lambda values: [max(value, 0) for value in values],
    lambda values: [value if value > 0 else 0 for value in values],
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


def _stretched(values):
    return (values - values.min()) / np.ptp(values)


relu.misconception(
    "You moved all numbers: ReLU leaves the positive ones as they are, and compares each with 0 and nothing else.",
    lambda values: values - values.min(),
    lambda values: (values - values.min()) / (np.ptp(values) or 1),
    _stretched,
    lambda values: np.maximum(values - values.mean(), 0),
    lambda values: np.maximum(values, values.mean()),
    lambda values: values + abs(values.min()),
    lambda values: np.maximum(values, 0) / (np.max(values) or 1),
    lambda values: (1 + np.tanh(values / 2)) / 2,  # The sigmoid, without the overflow of `exp`
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
    lambda values: np.where(values > 0, values, 0.05 * values),
    lambda values: np.where(values > 0, values, 0.3 * values),
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
relu.misconception(
    "The numbers came back as they were: those below 0 become 0.",
    lambda values: values,
    lambda values: np.where(values > 0, values, values),
)
relu.misconception(
    "A byte has no room below 0, so negative numbers went round to large ones: keep the kind of number that comes in.",
    cast,
    lambda values: np.maximum(cast(values), 0),
    lambda values: values.astype(int).astype("uint8"),
)
