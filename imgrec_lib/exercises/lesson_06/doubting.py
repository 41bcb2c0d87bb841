"""The exercise on the threshold below which the answer is "none of these"."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

# How many photographs there are, how many of the answers are wrong, and which share of the right ones must be kept.
TESTS = ((6, 2, 0.5), (12, 2, 0.85), (23, 5, 0.95), (40, 7, 0.9), (60, 1, 0.7), (9, 0, 0.99))


@function(
    "06.choose_threshold",
    hints=(
        "Which photographs may not fall below the threshold, and how many of them may?",
        "Keep the probabilities of the right answers. Try each of them as threshold: which share of them stays?",
        "`largest[right]` are the right answers' own, and `np.mean(sure >= candidate)` is the share that is kept.",
    ),
    praise="The threshold is chosen from answers that were right, on photographs that nothing was learned from.",
)
def choose_threshold(largest: np.ndarray, right: np.ndarray, kept: float) -> float:
    """The largest probability in `largest` at or above which at least the share `kept` of the right answers lies."""
    sure = largest[right]
    return max(candidate for candidate in sure if np.mean(sure >= candidate) >= kept)


@choose_threshold.cases
def _validations(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """Right answers are surer than wrong ones, with some overlap; no two photographs are equally sure."""
    for count, wrong, kept in TESTS:
        right = np.arange(count) >= wrong
        largest = np.where(right, generator.uniform(0.45, 1, count), generator.uniform(0.35, 0.8, count))
        largest[np.argmin(largest)] = 0.3  # The least sure answer is a wrong one, where there are any.
        order = generator.permutation(count)
        if wrong:
            low = np.flatnonzero(~right)[0]
            place = np.argmin(largest)
            largest[[low, place]] = largest[[place, low]]
        yield largest[order], right[order], kept


def _threshold(sure, kept):
    """The plain rule on any list of probabilities."""
    sure = np.sort(sure)
    return float(max([one for one in sure if np.mean(sure >= one) >= kept], default=sure[0]))


choose_threshold.misconception(
    "All answers are counted in yours: a wrong answer may fall below the threshold, so look at the right ones only.",
    lambda largest, right, kept: _threshold(largest, kept),
    lambda largest, right, kept: float(np.quantile(largest, 1 - kept)),
    lambda largest, right, kept: float(np.sort(largest)[int((1 - kept) * len(largest))]),
)
choose_threshold.misconception(
    "You looked at the wrong answers: the threshold must keep the right ones.",
    lambda largest, right, kept: _threshold(largest[~right], kept) if (~right).any() else float("nan"),
    lambda largest, right, kept: float(largest[~right].max()) if (~right).any() else float("nan"),
)
choose_threshold.misconception(
    "That threshold keeps the other share: `kept` is the share of right answers that stays, not the one that is lost.",
    lambda largest, right, kept: _threshold(largest[right], 1 - kept),
    lambda largest, right, kept: float(np.quantile(largest[right], kept)),
    lambda largest, right, kept: float(np.sort(largest[right])[int(kept * right.sum())]),
)
choose_threshold.misconception(
    "Too few right answers are kept: the next smaller probability is the largest that keeps enough.",
    lambda largest, right, kept: _next(largest[right], kept, 1),
)
choose_threshold.misconception(
    "More right answers are kept than needed: a larger threshold still keeps the share asked for.",
    lambda largest, right, kept: float(largest[right].min()),
    lambda largest, right, kept: float(largest.min()),
    lambda largest, right, kept: _next(largest[right], kept, -1),
)
choose_threshold.misconception(
    "`quantile` chooses a number between two photographs: give the probability of one of them, as the largest that "
    "keeps enough.",
    lambda largest, right, kept: float(np.quantile(largest[right], 1 - kept)),
    lambda largest, right, kept: float(np.percentile(largest[right], 100 - 100 * kept)),
)
choose_threshold.misconception(
    "You gave `kept` itself or a share: the threshold is one of the probabilities in `largest`.",
    lambda largest, right, kept: kept,
    lambda largest, right, kept: 1 - kept,
    lambda largest, right, kept: float(np.mean(largest[right] >= kept)),
    lambda largest, right, kept: kept * float(largest[right].max()),
)
choose_threshold.misconception(
    "That is a place or a count: give the probability that stands there.",
    lambda largest, right, kept: int((1 - kept) * right.sum()),
    lambda largest, right, kept: int(np.flatnonzero(largest == _threshold(largest[right], kept))[0]),
)
choose_threshold.misconception(
    "The probabilities are not sorted when you count them off: sort those of the right answers first.",
    lambda largest, right, kept: float(largest[right][int((1 - kept) * right.sum())]),
)
choose_threshold.misconception(
    "A mean or a middle says nothing about how many are kept: try each probability of a right answer as threshold.",
    lambda largest, right, kept: float(largest[right].mean()),
    lambda largest, right, kept: float(np.median(largest[right])),
    lambda largest, right, kept: float(largest.mean()),
    lambda largest, right, kept: kept * float(largest[right].mean()),
)


def _next(sure, kept, step):
    """The right answer one place above the threshold, or below it."""
    sure = np.sort(sure)
    place = int(np.searchsorted(sure, _threshold(sure, kept))) + step
    return float(sure[min(max(place, 0), len(sure) - 1)])
