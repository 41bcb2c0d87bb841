"""An exercise on the two numbers that stand for several runs: their mean and their spread."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

COUNTS = (3, 2, 5, 8, 30)


@function(
    "04.mean_and_spread",
    hints=(
        "How far does each score lie from the mean, and what becomes of the signs when you square that?",
        "Add up the squared distances, divide by one less than the number of scores, and take the square root at the "
        "end.",
        "NumPy has `mean` and `std`; `std` divides by the full number, unless `ddof=1` takes one away.",
    ),
    praise="A few runs look closer together than many would, for their mean lies in their own middle. Dividing by "
    "one less makes up for that.",
)
def mean_and_spread(scores: np.ndarray) -> tuple[float, float]:
    """The mean of some scores, and their sample standard deviation."""
    mean = sum(scores) / len(scores)
    squares = [(score - mean) ** 2 for score in scores]
    return mean, (sum(squares) / (len(scores) - 1)) ** 0.5


@mean_and_spread.cases
def _scores(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    for count in COUNTS:
        steps = np.cumsum(generator.uniform(0.005, 0.02, count) * np.arange(1, count + 1))
        yield (generator.permutation(0.3 + 0.6 * steps / (steps[-1] + 0.1)),)
    yield (generator.uniform(-5, 5, 4) * [1, 2, 3, 4] + [0, 9, 0, 0],)


def _mean(scores):
    return float(np.mean(scores))


def _sample(scores):
    return float(np.std(scores, ddof=1))


def _pair(spread, middle=_mean):
    """An answer with another spread, and perhaps another mean; two forms, for the mean that n - 1 spoils too."""
    return lambda scores: (middle(scores), spread(scores))


mean_and_spread.misconception(
    "You divided by the number of scores: for a sample of a few runs, divide the squares by one less.",
    _pair(lambda scores: float(np.std(scores))),
)
mean_and_spread.misconception(
    "The square root is missing: what you have is the variance, and the spread is its root.",
    _pair(lambda scores: float(np.var(scores, ddof=1))),
    _pair(lambda scores: float(np.var(scores))),
)
mean_and_spread.misconception(
    "The two numbers changed places: first the mean, then the spread.",
    lambda scores: (_sample(scores), _mean(scores)),
    lambda scores: (float(np.std(scores)), _mean(scores)),
    lambda scores: (float(np.var(scores, ddof=1)), _mean(scores)),
)
mean_and_spread.misconception(
    "You averaged the plain distances from the mean: square them first, and take the root at the end.",
    _pair(lambda scores: float(np.mean(abs(scores - scores.mean())))),
    _pair(lambda scores: float(np.sum(abs(scores - scores.mean())) / (len(scores) - 1))),
    _pair(lambda scores: float(np.median(abs(scores - scores.mean())))),
)
mean_and_spread.misconception(
    "The distances add up to 0, for those above and those below the mean cancel out: square each before you add.",
    _pair(lambda scores: 0.0),
    _pair(lambda scores: float(np.sum(scores - scores.mean()) / (len(scores) - 1))),
)
mean_and_spread.misconception(
    "You took the distance from the lowest to the highest score: every score counts in the spread.",
    _pair(lambda scores: float(np.ptp(scores))),
    _pair(lambda scores: float(np.ptp(scores) / 2)),
    _pair(lambda scores: float(np.max(abs(scores - scores.mean())))),
    _pair(lambda scores: float(np.max(scores) - np.mean(scores))),
)
mean_and_spread.misconception(
    "You gave the standard error, which says how sure the mean is: the spread is not divided by a root of the count.",
    _pair(lambda scores: _sample(scores) / len(scores) ** 0.5),
    _pair(lambda scores: float(np.std(scores)) / len(scores) ** 0.5),
)
mean_and_spread.misconception(
    "The squares are added up and not yet divided: divide by one less than the number of scores, before the root.",
    _pair(lambda scores: float(np.sum((scores - scores.mean()) ** 2) ** 0.5)),
    _pair(lambda scores: float(np.sum((scores - scores.mean()) ** 2))),
)
mean_and_spread.misconception(
    "You divided after the root: divide the sum of squares first, and take the root of that.",
    _pair(lambda scores: float(np.sum((scores - scores.mean()) ** 2) ** 0.5 / (len(scores) - 1))),
)
mean_and_spread.misconception(
    "You squared the scores themselves: square how far each lies from the mean.",
    _pair(lambda scores: float((np.sum(scores**2) / (len(scores) - 1)) ** 0.5)),
    _pair(lambda scores: float(np.mean(scores**2) ** 0.5)),
)
mean_and_spread.misconception(
    "You took the middle score: the mean is the sum of all scores, divided by their number.",
    *[
        _pair(spread, lambda scores: float(np.median(scores)))
        for spread in (_sample, lambda scores: float(np.std(scores)))
    ],
)
mean_and_spread.misconception(
    "The mean is divided by the wrong number: only the squares are divided by one less, the sum of scores by all.",
    *[
        _pair(spread, lambda scores: float(np.sum(scores) / (len(scores) - 1)))
        for spread in (
            _sample,
            lambda scores: float(np.std(scores)),
            lambda scores: float(
                (np.sum((scores - np.sum(scores) / (len(scores) - 1)) ** 2) / (len(scores) - 1)) ** 0.5
            ),
        )
    ],
)
mean_and_spread.misconception(
    "The mean is still a sum: divide it by the number of scores.",
    *[
        _pair(spread, lambda scores: float(np.sum(scores)))
        for spread in (_sample, lambda scores: float(np.std(scores)))
    ],
)
mean_and_spread.misconception(
    "You rounded: give back both numbers as they are, and round only where you print them.",
    *[
        lambda scores, digits=digits: (round(_mean(scores), digits), round(_sample(scores), digits))
        for digits in (1, 2, 3)
    ],
)
mean_and_spread.misconception(
    "One number came back, and two are asked for: the mean, and then the spread.",
    _mean,
    _sample,
    lambda scores: float(np.std(scores)),
)
