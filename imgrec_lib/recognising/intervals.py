"""How far to trust a share that was counted on a few pictures: 95 % intervals, and the sentence that says them."""

import math
from dataclasses import dataclass

import numpy as np

from imgrec_lib import evaluation

Z = 1.959963984540054  # 95 % of a bell curve lie within so many standard deviations


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


def f1_intervals(matrix: np.ndarray) -> list[Estimate]:
    """F1 of each class of a confusion matrix, classes × classes or × answers, with a 95 % interval.

    F1 is 2s / (1 + s), where s is the share of right answers among the pictures that are of the class or were called
    so. Given how many those are, the right ones are binomial, so F1 has the interval of s: see `wilson`.
    """
    matrix = np.asarray(matrix)
    right, true, answered = np.diag(matrix), matrix.sum(axis=1), matrix[:, : len(matrix)].sum(axis=0)
    shares = [wilson(int(one), int(of)) for one, of in zip(right, true + answered - right)]
    return [_f1(share) if any_ else Estimate(None, None, None) for share, any_ in zip(shares, true > 0)]


def _f1(share: Estimate) -> Estimate:
    return Estimate(*(2 * one / (1 + one) for one in (share.value, share.low, share.high)))


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
