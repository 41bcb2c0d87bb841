"""An exercise on softmax: from scores to probabilities, for any number of pictures at once."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

SHAPES = ((3,), (2, 3), (3, 2), (4, 4), (2, 3, 4), (1, 5), (4, 1))


@function(
    "03.softmax",
    relative=2e-5,
    absolute=1e-6,
    hints=(
        "Which numbers must add up to 1: those of one picture, or those of all pictures together?",
        "Work along the last axis, `axis=-1`, twice: for the largest logit of each picture, and for the sum.",
        "Subtract each row's own maximum before `np.exp`. `keepdims=True` keeps the axis, so that rows fit rows.",
    ),
    praise="Only differences between the logits of a picture matter, so taking its largest one away is free, and safe.",
)
def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, in the shape of the logits, that add up to 1 along the last axis."""
    positive = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return positive / positive.sum(axis=-1, keepdims=True)


@softmax.cases
def _logits(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    for shape in SHAPES:
        yield (_quarters(generator, shape),)
    yield (_quarters(generator, (2, 5)).astype("float32"),)
    yield (_quarters(generator, (3,)) + 1000,)
    yield (_quarters(generator, (2, 3)) - 1000,)
    yield (_quarters(generator, (3, 4)) + np.array([[1000], [0], [-1000]]),)
    yield (_quarters(generator, (2, 3)) + np.array([[1000, -1000, -1000], [-1000, 1000, -1000]]),)


def _quarters(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Logits that float32 holds exactly, so that all honest ways agree; no two neighbours are equal."""
    steps = np.cumsum(generator.integers(1, 7, shape), axis=-1)
    return generator.permuted(steps, axis=-1) / 4 - 2


def _shares(axis, keep=True, largest="row", power=np.exp, keep_largest=None):
    """A softmax with slips: the axis of its sum, and which maximum is taken away, if any."""

    def answer(logits):
        if largest == "row":
            kept = keep if keep_largest is None else keep_largest
            logits = logits - logits.max(axis=axis, keepdims=kept)
        elif largest == "all":
            logits = logits - logits.max()
        positive = power(logits)
        return positive / positive.sum(axis=axis, keepdims=keep)

    return answer


def _powers(logits):
    return np.exp(logits - logits.max(axis=-1, keepdims=True))


def _classes(logits):
    return logits.shape[-1]


softmax.misconception(
    "Large logits break it, for `np.exp(1000)` is too large a number: take each picture's largest logit away first.",
    _shares(-1, largest=None),
    *(lambda logits, one=one: np.nan_to_num(_shares(-1, largest=None)(logits), nan=one) for one in (0, 1)),
    lambda logits: np.nan_to_num(_shares(-1, largest=None)(logits), nan=1 / logits.shape[-1]),
)
softmax.misconception(
    "You took the mean or the smallest away: the largest can lie far above it, and `np.exp` still breaks there.",
    lambda logits: _shares(-1, largest=None)(logits - logits.mean(axis=-1, keepdims=True)),
    lambda logits: _shares(-1, largest=None)(logits - logits.min(axis=-1, keepdims=True)),
    lambda logits: _shares(-1, largest=None)(logits - np.median(logits, axis=-1, keepdims=True)),
    lambda logits: _shares(-1, largest=None)(logits - logits.mean()),
    lambda logits: _shares(-1, largest=None)(logits - logits.min()),
)
softmax.misconception(
    "Your loop takes the first axis for the pictures: there may be one axis or three, so work along `axis=-1`.",
    lambda logits: np.stack([_shares(None, largest=None)(row) for row in logits]),
    lambda logits: np.stack([_shares(None)(row) for row in logits]),
    lambda logits: np.stack([_shares(None, largest=None)(row - logits.max()) for row in logits]),
)
softmax.misconception(
    "You took the largest of all logits away: next to it, another picture's scores shrink to 0. Each row has its own.",
    _shares(-1, largest="all"),
)
softmax.misconception(
    "All the numbers together add up to 1: each picture needs its own sum, along the last axis.",
    _shares(None),
    _shares(None, largest=None),
    lambda logits: _shares(-1)(logits.ravel()).reshape(logits.shape),
    lambda logits: _shares(-1)(logits.ravel()),
)
softmax.misconception(
    "You add up down the first axis, across pictures: the classes of one picture lie along the last axis.",
    _shares(0),
    _shares(0, largest=None),
    _shares(0, largest="all"),
    lambda logits: _shares(0)(logits.T).T if logits.ndim == 3 else _shares(0)(logits),
)
softmax.misconception(
    "Your axis is 1, and that is the last one only where there are two axes: count from the end, with -1.",
    _shares(1),
    _shares(1, largest=None),
    _shares(1, largest="all"),
    _shares(1, keep=False),
    _shares(1, keep=False, largest=None),
    _shares(1, keep=False, largest="all"),
)
softmax.misconception(
    "The sum has lost its axis, so it no longer stands beside its own row: `keepdims=True` keeps it.",
    _shares(-1, keep=False),
    _shares(-1, keep=False, largest=None),
    _shares(-1, keep=False, largest="all"),
    _shares(-1, keep=False, keep_largest=True),
    _shares(-1, keep=True, keep_largest=False),
)
softmax.misconception(
    "You divided the scores themselves: make them positive first, with `np.exp`, for scores can be negative.",
    _shares(-1, largest=None, power=np.array),
    _shares(-1, power=np.array),
    _shares(None, largest=None, power=np.array),
    _shares(-1, largest=None, power=np.abs),
    lambda logits: (logits - logits.min(-1, keepdims=True)) / np.ptp(logits, axis=-1, keepdims=True),
    _shares(-1, largest=None, power=lambda logits: logits - logits.min(axis=-1, keepdims=True)),
    _shares(-1, largest=None, power=lambda logits: np.maximum(logits, 0)),
    lambda logits: np.nan_to_num(_shares(-1, largest=None, power=lambda scores: np.maximum(scores, 0))(logits)),
)
softmax.misconception(
    "The division by the sum is missing: positive numbers become probabilities by dividing each by its row's sum.",
    lambda logits: np.exp(logits),
    lambda logits: np.exp(logits - logits.max(axis=-1, keepdims=True)),
    lambda logits: np.exp(logits - logits.max()),
)
softmax.misconception(
    "That is the sigmoid, which looks at one score alone: softmax weighs the classes of a picture against each other.",
    lambda logits: 1 / (1 + np.exp(-logits)),
    lambda logits: np.exp(logits) / (1 + np.exp(logits)),
)
softmax.misconception(
    "You chose the winner: softmax gives each class a share, and only then does `argmax` choose.",
    lambda logits: logits.argmax(axis=-1),
    lambda logits: (logits == logits.max(axis=-1, keepdims=True)).astype(float),
)
softmax.misconception(
    "Those are the logarithms: leave the last `np.log` away, since probabilities are asked for.",
    lambda logits: np.log(_shares(-1)(logits)),
    lambda logits: np.log(_shares(-1, largest=None)(logits)),
    lambda logits: -np.log(_shares(-1)(logits)),
    lambda logits: (s := logits - logits.max(-1, keepdims=True)) - np.log(np.exp(s).sum(-1, keepdims=True)),
)
softmax.misconception(
    "Another number than *e* was taken to the power: `np.exp` knows *e* with all its digits, 2.718 is rounded.",
    _shares(-1, power=lambda logits: 2.718**logits),
    _shares(-1, largest=None, power=lambda logits: 2.718**logits),
    _shares(-1, power=np.exp2),
    _shares(-1, largest=None, power=np.exp2),
    _shares(-1, power=lambda logits: 10.0**logits),
    _shares(-1, largest=None, power=lambda logits: 10.0**logits),
    _shares(-1, power=lambda logits: 2.72**logits),
    _shares(-1, power=lambda logits: 2.7**logits),
)
softmax.misconception(
    "A fixed limit, or a fixed number taken away, fits some logits only: each row's own largest one always fits.",
    *(lambda logits, end=end: _shares(-1)(np.clip(logits, -end, end)) for end in (50, 100, 500, 700)),
    *(lambda logits, end=end: _shares(-1)(np.minimum(logits, end)) for end in (50, 100, 500, 700)),
    *(lambda logits, less=less: _shares(-1, largest=None)(logits - less) for less in (100, 1000)),
    lambda logits: _shares(-1, largest=None)(logits / 1000),
)
softmax.misconception(
    "You divided by another number: shares that add up to 1 come from dividing each row by its own sum.",
    lambda logits: np.exp(logits) / np.exp(logits).max(axis=-1, keepdims=True),
    lambda logits: np.exp(logits) / logits.shape[-1],
    lambda logits: np.exp(logits) / len(logits),
    *(lambda logits, number=one: _powers(logits) / number(logits) for one in (len, np.size, _classes)),
    lambda logits: _powers(logits) / _powers(logits).mean(axis=-1, keepdims=True),
    lambda logits: _powers(logits) / logits.sum(axis=-1, keepdims=True),
    lambda logits: np.exp(logits) / logits.sum(axis=-1, keepdims=True),
    lambda logits: np.exp(logits) / np.exp(logits).mean(axis=-1, keepdims=True),
)
softmax.misconception(
    "The signs are turned round: the largest score must get the largest share.",
    _shares(-1, power=lambda logits: np.exp(-logits)),
    _shares(-1, largest=None, power=lambda logits: np.exp(-logits)),
    lambda logits: _shares(-1)(-logits),
)
