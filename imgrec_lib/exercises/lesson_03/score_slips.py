"""Other ways to divide and to score, from which the wrong answers on precision, recall and F1 are made."""

from collections.abc import Callable

import numpy as np

Division = Callable[[np.ndarray, np.ndarray], np.ndarray]
Two = tuple[np.ndarray, np.ndarray]
Three = tuple[np.ndarray, np.ndarray, np.ndarray]


def or_nan(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A division that does not care for 0."""
    return part / whole


def or_zero(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A division that gives 0 where it would divide by 0."""
    return np.nan_to_num(part / whole, nan=0.0, posinf=0.0)


def or_one(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A division that gives 1 where it would divide by 0."""
    return np.nan_to_num(part / whole, nan=1.0, posinf=1.0)


def whole_or_zero(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A division that cuts the decimals off."""
    return np.nan_to_num(part // whole, nan=0.0, posinf=0.0)


def two_scores(matrix: np.ndarray, divide: Division) -> Two:
    """Precision and recall."""
    right = np.diag(matrix)
    return divide(right, matrix.sum(axis=0)), divide(right, matrix.sum(axis=1))


def harmonic(precision: np.ndarray, recall: np.ndarray, divide: Division) -> np.ndarray:
    """F1 from precision and recall."""
    return divide(2 * precision * recall, precision + recall)


def three_scores(matrix: np.ndarray, divide: Division, then: Division | None = None) -> Three:
    """Precision, recall and F1, which may be divided in another way."""
    precision, recall = two_scores(matrix, divide)
    return precision, recall, harmonic(precision, recall, then or divide)


def by_counts(matrix: np.ndarray, divide: Division) -> np.ndarray:
    """F1 without a look at precision and recall."""
    return divide(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


def accuracies(matrix: np.ndarray) -> np.ndarray:
    """The share of pictures on which the question "is it this class?" is answered rightly."""
    right, total = np.diag(matrix), matrix.sum()
    return or_zero(total - matrix.sum(axis=0) - matrix.sum(axis=1) + 2 * right, total)


def specificity(matrix: np.ndarray) -> np.ndarray:
    """The share of the other classes' pictures that are not taken for this class."""
    others = matrix.sum() - matrix.sum(axis=1)
    return or_zero(others - matrix.sum(axis=0) + np.diag(matrix), others)


def doubled(matrix: np.ndarray) -> Three:
    """Scores with the right answers counted once more in what they are divided by."""
    right = np.diag(matrix)
    two = or_zero(right, right + matrix.sum(axis=0)), or_zero(right, right + matrix.sum(axis=1))
    return *two, harmonic(*two, or_zero)


def odds(matrix: np.ndarray, divide: Division) -> Three:
    """Scores that divide by the mistakes alone."""
    right = np.diag(matrix)
    two = divide(right, matrix.sum(axis=0) - right), divide(right, matrix.sum(axis=1) - right)
    return *two, harmonic(*two, divide)


def f1_odds(matrix: np.ndarray, divide: Division) -> np.ndarray:
    """F1 that divides by the mistakes alone."""
    return divide(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1) - 2 * np.diag(matrix))


def first_class(three: Three) -> Three:
    """Scores of the first class only, and 0 for the others."""
    precision, recall, f1 = (np.where(np.arange(len(one)) == 0, one, 0) for one in three)
    return precision, recall, f1


def without_brackets(precision: np.ndarray, recall: np.ndarray, divide: Division) -> np.ndarray:
    """F1 whose sum in the denominator lost its brackets."""
    return divide(2 * precision * recall, precision) + recall


def then_f1(precision: np.ndarray, recall: np.ndarray) -> Three:
    """The two scores, and their F1."""
    return precision, recall, harmonic(precision, recall, or_zero)
