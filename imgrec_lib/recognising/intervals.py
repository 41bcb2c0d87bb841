"""How far to trust a share that was counted on a few pictures: 95 % intervals, and the sentence that says them."""

import math
from dataclasses import dataclass

import numpy as np

from imgrec_lib import evaluation

Z = 1.959963984540054  # 95 % of a bell curve lie within so many standard deviations
ROUNDS = 1000


@dataclass(frozen=True)
class Estimate:
    """A measured number between 0 and 1 and its 95 % interval; all three are None where there was nothing to count."""

    value: float | None
    low: float | None
    high: float | None

    def as_list(self) -> list[float | None]:
        """Value, low and high, to four decimals, as they are kept in a file."""
        return [None if one is None else round(one, 4) for one in (self.value, self.low, self.high)]

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def wilson(right: int, of: int) -> Estimate:
    """A share of counts and its 95 % score interval (E. B. Wilson, JASA 22, 1927), which stays within 0 and 1."""
    if not 0 <= right <= of:
        raise ValueError(f"{right} of {of} is no share; give counts from 0 to the number of pictures")
    if of == 0:
        return Estimate(None, None, None)
    share, square = right / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    reach = Z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    # At the ends rounding would leave the share itself a hair outside.
    return Estimate(share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach)))


def f1_intervals(matrix: np.ndarray, seed: int = 0) -> list[Estimate]:
    """F1 of each class of a confusion matrix, classes × classes or × answers, with a 95 % bootstrap interval.

    The pictures are drawn anew with replacement 1000 times (B. Efron, Annals of Statistics 7, 1979).
    """
    matrix = np.asarray(matrix)
    total = int(matrix.sum())
    if total == 0:
        return [Estimate(None, None, None)] * len(matrix)
    draws = np.random.default_rng(seed).multinomial(total, matrix.ravel() / total, size=ROUNDS)
    lows, highs = np.quantile([_f1(draw.reshape(matrix.shape)) for draw in draws], [0.025, 0.975], axis=0)
    counted = matrix.sum(axis=1) > 0
    found = zip(counted, _f1(matrix), lows, highs)
    return [Estimate(*map(float, row)) if any_ else Estimate(None, None, None) for any_, *row in found]


def _f1(matrix: np.ndarray) -> np.ndarray:
    right, classes = np.diag(matrix), len(matrix)
    answered, true = matrix[:, :classes].sum(axis=0), matrix.sum(axis=1)
    return np.divide(2 * right, answered + true, out=np.zeros(classes), where=answered + true > 0)


def precision_and_recall(matrix: np.ndarray) -> tuple[list[Estimate], list[Estimate]]:
    """Precision and recall of each class of a confusion matrix, classes × classes, with their Wilson intervals."""
    matrix = np.asarray(matrix)
    right = np.diag(matrix)
    precision = [wilson(int(one), int(of)) for one, of in zip(right, matrix.sum(axis=0))]
    return precision, [wilson(int(one), int(of)) for one, of in zip(right, matrix.sum(axis=1))]


def trust(right: int, of: int, commonest: int = 0) -> str:
    """One plain sentence on how far to trust a share of right answers.

    `commonest` is the number of pictures of the largest class: what somebody who always says that one gets right.
    """
    found = wilson(right, of)
    if found.value is None:
        return "No picture was left to measure with, so nothing is known about how good it is."
    why = "with so few test pictures the" if of < 200 else "the"
    low, high = _percent(found.low), _percent(found.high)
    sentence = f"{right} of {of} right; {why} true share lies between {low} and {high} % (19 times in 20)"
    if commonest and found.low <= commonest / of:
        share = _percent(commonest / of)
        return f"{sentence}, which may be no better than always naming the commonest class ({share} %)."
    return sentence + "."


def _percent(share: float) -> int:
    return math.floor(100 * share + 0.5)


def confusion(labels: np.ndarray, answers: np.ndarray, classes: int) -> np.ndarray:
    """Counts, classes × classes, also of no pictures at all; see `evaluation.confusion_matrix`."""
    if len(labels) == 0:
        return np.zeros((classes, classes), "int64")
    return evaluation.confusion_matrix(labels, answers, classes)
