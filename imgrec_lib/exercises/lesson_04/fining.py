"""An exercise on L2: the fine of a whole network, whose weights lie in arrays of different shapes."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

SHAPES = (
    ((2,), (3,)),
    ((1, 1),),
    ((2, 3), (3,), (3, 1)),
    ((3, 3, 1, 4), (4,), (36, 5), (5,)),
    ((5,),),
    ((2, 2), (2, 2)),
    ((3, 4),),
)
STRENGTHS = (0.1, 0.01, 0.02, 0.001, 0.5, 1.5, 0.03)


@function(
    "04.l2_penalty",
    relative=1e-4,
    absolute=1e-7,
    hints=(
        "The lesson's `l2_fine` takes one array. What must happen with the fines of several arrays?",
        "The arrays have different shapes, so go through the list, and add up what each array's squares give.",
        "Start a total at 0. In a loop over the arrays add `np.sum(array**2)` to it; the strength comes at the end.",
    ),
    praise="Whatever the shape of a layer, each of its weights is fined by its own square. Keras adds the same to "
    "the loss.",
)
def l2_penalty(weights: list[np.ndarray], strength: float) -> float:
    """The strength times the sum of the squares of all numbers in all arrays."""
    total = 0.0
    for array in weights:
        for weight in array.ravel():
            total += weight**2
    return strength * total


@l2_penalty.cases
def _layers(generator: np.random.Generator) -> Iterator[tuple[list[np.ndarray], float]]:
    for number, shapes in enumerate(SHAPES):
        arrays = [generator.normal(0.4, 1.5, shape) for shape in shapes]
        if number == 3:
            arrays = [array.astype("float32") for array in arrays]
        yield arrays, STRENGTHS[number]


def _squares(weights):
    return float(sum(np.sum(array**2) for array in weights))


def _all(weights):
    return np.concatenate([array.ravel() for array in weights])


l2_penalty.misconception(
    "You took the mean of the squares: add them all up, so that every weight adds to the fine.",
    lambda weights, strength: strength * float(np.mean(_all(weights) ** 2)),
    lambda weights, strength: strength * float(sum(np.mean(array**2) for array in weights)),
    lambda weights, strength: strength * float(np.mean([np.mean(array**2) for array in weights])),
    lambda weights, strength: strength * float(np.mean([np.sum(array**2) for array in weights])),
    lambda weights, strength: float(np.mean(_all(weights) ** 2)),
)
l2_penalty.misconception(
    "The strength is missing: multiply the sum of the squares by it.",
    lambda weights, strength: _squares(weights),
)
l2_penalty.misconception(
    "The strength was added or divided by: multiply the sum of the squares by it.",
    lambda weights, strength: strength + _squares(weights),
    lambda weights, strength: _squares(weights) / strength,
)
l2_penalty.misconception(
    "The strength is counted more than once: multiply by it one single time.",
    lambda weights, strength: strength**2 * _squares(weights),
    lambda weights, strength: strength ** len(weights) * _squares(weights),
    lambda weights, strength: strength * len(weights) * _squares(weights),
)
l2_penalty.misconception(
    "You added up sizes without their signs, which is called L1: L2 squares each weight.",
    lambda weights, strength: strength * float(np.sum(abs(_all(weights)))),
    lambda weights, strength: float(np.sum(abs(_all(weights)))),
    lambda weights, strength: strength * float(np.mean(abs(_all(weights)))),
)
l2_penalty.misconception(
    "The weights are not squared: positive and negative ones cancel out, so square each before you add.",
    lambda weights, strength: strength * float(np.sum(_all(weights))),
    lambda weights, strength: float(np.sum(_all(weights))),
)
l2_penalty.misconception(
    "The weights are doubled: two stars, `**`, make a square, and one star only multiplies.",
    lambda weights, strength: strength * float(np.sum(_all(weights) * 2)),
)
l2_penalty.misconception(
    "You squared the sum: square each weight first, then add.",
    lambda weights, strength: strength * float(np.sum(_all(weights)) ** 2),
    lambda weights, strength: strength * float(sum(np.sum(array) ** 2 for array in weights)),
    lambda weights, strength: float(np.sum(_all(weights)) ** 2),
)
l2_penalty.misconception(
    "You took a square root, which gives a length: the fine is the sum of the squares itself.",
    lambda weights, strength: strength * _squares(weights) ** 0.5,
    lambda weights, strength: (strength * _squares(weights)) ** 0.5,
    lambda weights, strength: _squares(weights) ** 0.5,
    lambda weights, strength: strength * float(sum(np.sum(array**2) ** 0.5 for array in weights)),
)
l2_penalty.misconception(
    "You halved the fine, as some books do: here it is the full strength times the squares.",
    lambda weights, strength: strength / 2 * _squares(weights),
    lambda weights, strength: _squares(weights) / 2,
)
l2_penalty.misconception(
    "One array alone is counted: add up the squares of all arrays in the list.",
    lambda weights, strength: strength * float(np.sum(weights[0] ** 2)),
    lambda weights, strength: strength * float(np.sum(weights[-1] ** 2)),
    lambda weights, strength: strength * float(np.sum(weights[1] ** 2)),
    lambda weights, strength: strength * max(float(np.sum(array**2)) for array in weights),
    lambda weights, strength: float(np.sum(weights[0] ** 2)),
    lambda weights, strength: strength * _squares(weights[:-1]),
    lambda weights, strength: strength * _squares(weights[1:]),
)
l2_penalty.misconception(
    "Arrays with one axis are left out: here each number of each array adds its square, the biases' too.",
    lambda weights, strength: strength * _squares([array for array in weights if array.ndim > 1]),
    lambda weights, strength: strength * _squares(weights[::2]),
    lambda weights, strength: _squares([array for array in weights if array.ndim > 1]),
)


def _along_the_first_axis(weights):
    total = 0
    for array in weights:
        total += sum(array**2)
    return total


l2_penalty.misconception(
    "Python's `sum` adds along the first axis alone, so rows stay: use `np.sum`, which adds up all numbers.",
    lambda weights, strength: strength * sum(sum(array**2) for array in weights),
    lambda weights, strength: strength * _along_the_first_axis(weights),
    lambda weights, strength: sum(sum(array**2) for array in weights),
)
l2_penalty.misconception(
    "Each array's fine came back by itself: add them up to one number.",
    lambda weights, strength: [strength * float(np.sum(array**2)) for array in weights],
    lambda weights, strength: np.array([strength * float(np.sum(array**2)) for array in weights]),
    lambda weights, strength: [float(np.sum(array**2)) for array in weights],
)
l2_penalty.misconception(
    "The squares came back and not their sum: add them up to one number.",
    lambda weights, strength: [strength * array**2 for array in weights],
    lambda weights, strength: strength * _all(weights) ** 2,
    lambda weights, strength: [array**2 for array in weights],
)
l2_penalty.misconception(
    "The list was treated as one array: its arrays have different shapes, so go through them one by one.",
    lambda weights, strength: strength * float(np.sum(np.array(weights) ** 2)),
    lambda weights, strength: strength * float(np.sum(np.array(weights, dtype=object) ** 2)),
)
