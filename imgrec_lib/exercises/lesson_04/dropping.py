"""An exercise on dropout by hand, judged by what many calls do together, for no two right answers draw one mask."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import each_call
from imgrec_lib.exercises.making import function

CALLS = 50
MANY = 500
FEW = 4
CALLS_ON_FEW = 1000
REPEATED = 0.05  # A number that so many places share did not come there by chance


def _kind(result: Any, values: np.ndarray) -> str:
    if isinstance(result, list | tuple):
        return "a list"
    array = np.asarray(result)
    if array.dtype.kind not in "iufb":
        return "no numbers"
    if array.ndim == 0:
        return "one number"
    return "an array of the same shape" if array.shape == values.shape else "an array of another shape"


def _alike_along(zeros: np.ndarray, asked: np.ndarray, axis: int | tuple[int, ...]) -> bool:
    """Whether zeros are the same all along an axis, among the numbers that were not 0 to begin with."""
    lowest = np.where(asked, zeros, True).min(axis=axis)
    highest = np.where(asked, zeros, False).max(axis=axis)
    return bool((lowest >= highest).all())


def _where_zeros_fall(zeros: np.ndarray, asked: np.ndarray) -> str:
    """How the zeros of many calls (calls × the shape of the values) hang together."""
    if not zeros[asked].any():
        return "nowhere"
    if zeros[asked].all():
        return "everywhere"
    if _alike_along(zeros, asked, 0):
        return "at the same places in every call"
    if _alike_along(zeros, asked, tuple(range(1, zeros.ndim))):
        return "on all numbers at once, or on none"
    if any(zeros.shape[axis] > 1 and _alike_along(zeros, asked, axis) for axis in range(1, zeros.ndim)):
        return "on whole rows, columns or channels"
    return "on each number by itself"


def _how_many(zeros: np.ndarray) -> str:
    """How the number of zeros varies over calls (calls × places), beside what independent places would do."""
    if (zeros == zeros[0]).all():
        return "the same ones in every call"
    share = zeros.mean()
    ratio = zeros.sum(axis=1).var() / (zeros.shape[1] * share * (1 - share))
    if ratio < 0.5:
        return "as many in every call"
    return "as chance has it" if ratio < 1.5 else "often all or none"


def _instead(results: np.ndarray, rate: float) -> str:
    """What became of the dropped numbers where none became 0."""
    if np.isclose(results, -rate, rtol=1e-4).mean() > REPEATED:
        return "minus the rate"
    counts = np.unique(results.round(6), return_counts=True)[1]
    return "one and the same number" if counts.max() > REPEATED * results.size else "nothing of the kind"


def _nearly_one(numbers: np.ndarray) -> bool:
    return bool(np.isclose(numbers.min(), numbers.max(), rtol=1e-3, atol=1e-6))


def _factor(values: np.ndarray, results: np.ndarray, kept: np.ndarray) -> float | str:
    """What the kept numbers were multiplied by, or in words why that is no single number."""
    if not kept.any():
        return "nothing is kept"
    if not np.isfinite(results[kept]).all():
        return "not a number"
    if _nearly_one(results[kept]):
        return "they all became the same"
    factors = (results / np.where(values == 0, 1, values))[kept]
    if _nearly_one(factors):
        return float(factors.mean())
    added = (results - values)[kept]
    if _nearly_one(added):
        return "none, a number is added" if added.mean() > 0 else "none, a number is taken off"
    each_call = [one[use] for one, use in zip(results / np.where(values == 0, 1, values), kept) if use.any()]
    return "another factor in each call" if all(map(_nearly_one, each_call)) else "another one for each number"


def _same_chance(answer: Callable, values: np.ndarray, rate: float) -> str:
    first, second = (answer(values.copy(), rate, np.random.default_rng(7)) for _ in range(2))
    return "the same zeros" if np.array_equal(np.asarray(first) == 0, np.asarray(second) == 0) else "other zeros"


def behaviour(answer: Callable, values: np.ndarray, rate: float) -> Any:
    """What an answer does with the values, in facts that chance does not blur: of many calls where there are many."""
    original = values.copy()
    first = answer(values, rate, np.random.default_rng(0))
    if first is None or first is ...:
        return first
    facts = {"what comes back": _kind(first, original)}
    if facts["what comes back"] == "an array of the same shape":
        if values.size >= MANY:
            facts |= _many_calls(answer, original, rate)
        elif values.size <= FEW:
            facts["how many become 0"] = _how_many(np.nan_to_num(_results(answer, original, rate, CALLS_ON_FEW)) == 0)
    return facts


def _results(answer: Callable, values: np.ndarray, rate: float, calls: int) -> np.ndarray:
    """What comes of many calls with one generator: calls × places."""
    generator = np.random.default_rng(1)
    results = each_call(answer, [(values.copy(), rate, generator) for _ in range(calls)])
    return np.stack([np.asarray(result, float).ravel() for result in results])


def _many_calls(answer: Callable, values: np.ndarray, rate: float) -> dict[str, str | float]:
    results = _results(answer, values, rate, CALLS).reshape(CALLS, *values.shape)
    asked = np.broadcast_to(values != 0, results.shape)
    zeros = asked & (results == 0)
    facts = {"where zeros fall": _where_zeros_fall(zeros, asked)}
    if rate and facts["where zeros fall"] == "nowhere":
        facts["dropped numbers become"] = _instead(results[asked], rate)
    if rate and facts["where zeros fall"] != "on each number by itself":
        return facts
    facts["share of zeros"] = float(zeros.sum() / asked.sum())
    facts["what kept numbers are multiplied by"] = factor = _factor(values, results, asked & ~zeros)
    facts["numbers that were 0 before"] = "stay 0" if (results[~asked] == 0).all() else "change"
    if not isinstance(factor, str) and np.isclose(factor, 1 / (1 - rate), rtol=1e-3):
        facts["two generators of one seed give"] = _same_chance(answer, values, rate)
    return facts


@function(
    "04.dropout",
    relative=0,
    absolute=0.02,
    observe_with=behaviour,
    hints=(
        "How would you decide, for one single number, whether it is dropped, if you had a coin that shows heads with "
        "the probability `rate`?",
        "`generator.random(values.shape)` gives a number between 0 and 1 for each place. Compare them all with the "
        "rate; that is a mask of True and False. What is kept must then be made larger.",
        "`values * mask` keeps where the mask is True. A random number reaches the rate with the probability "
        "1 - rate, and that is the share to divide by.",
    ),
    praise="Each number is dropped by itself, anew in each call, and dividing by the share kept leaves the average "
    "as it was. So nothing needs to change at prediction.",
)
def dropout(values: np.ndarray, rate: float, generator: np.random.Generator) -> np.ndarray:
    """The values with a random share `rate` of them set to 0 and the others divided by 1 - rate."""
    kept = generator.random(values.shape) >= rate
    return values * kept / (1 - rate)


@dropout.cases
def _values(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, float]]:
    for shape in ((2, 3), (8,), (5,), (1, 7), (6, 1)):
        yield generator.uniform(0.5, 4, shape), 0.5
    for shape, rate in (((3,), 0.37), ((2, 2), 0.25), ((1, 1), 0.37)):
        yield generator.uniform(0.5, 4, shape), rate
    sides = generator.integers(0, 4, 3)
    yield generator.uniform(0.5, 4, (25 + sides[0], 41)), 0.2
    yield generator.normal(0, 2, (40, 23 + sides[1])), 0.7
    yield generator.uniform(0.5, 4, (20, 30 + sides[1])), 0.25
    yield generator.normal(0, 2, (700 + sides[1],)), 0.37
    zeros = generator.integers(0, 2, (12, 12, 8 + sides[2]))
    yield (zeros * generator.uniform(-3, 3, zeros.shape)).astype("float32"), 0.4
    yield generator.uniform(-5, -1, 900 + sides[0]).astype("float32"), 0.9
    yield generator.uniform(-2, 2, (30, 30)), 0.0
