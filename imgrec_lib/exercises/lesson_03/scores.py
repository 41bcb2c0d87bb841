"""An exercise on the scores of each class: precision, recall and F1."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_03.silence import quiet
from imgrec_lib.exercises.making import function


@function(
    "03.precision_recall_f1",
    hints=(
        "Which sum of the matrix counts all answers of a class, and which one counts all its pictures?",
        "The diagonal, divided by the sums of the columns, is the precision; by the sums of the rows, the recall.",
        "Where nothing stands on the diagonal, all three are 0. Elsewhere F1 is 2 × right / (answered + there).",
    ),
    praise="Precision reads down the columns, recall along the rows, and F1 is high only where both are.",
)
def precision_recall_f1(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1, each an array with a value a class; rows hold the true classes."""
    classes = len(matrix)
    precision, recall, f1 = np.zeros(classes), np.zeros(classes), np.zeros(classes)
    for number in range(classes):
        right = matrix[number, number]
        answered, there = matrix[:, number].sum(), matrix[number].sum()
        if right > 0:
            precision[number] = right / answered
            recall[number] = right / there
            f1[number] = 2 * right / (answered + there)
    return precision, recall, f1


@precision_recall_f1.cases
def _matrices(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    yield (np.array([[3, 1], [0, 2]]) + np.diag(generator.integers(0, 4, 2)),)
    for classes in (3, 4, 10):
        yield (generator.integers(1, 30, (classes, classes)) + np.diag(generator.integers(0, 60, classes)),)
    yield (generator.integers(1, 30, (3, 3)).astype(float),)
    gaps = generator.integers(1, 9, (5, 5))
    gaps[:, 1] = 0  # Never answered
    gaps[2] = 0  # Not there
    gaps[3, 3] = 0  # There and answered, never rightly
    gaps[4, 4] = 1
    yield (gaps,)
    empty = gaps.copy()
    empty[:, 2] = 0  # Neither there nor answered
    yield (empty,)
    yield (np.array([[4]]),)
    yield (np.zeros((2, 2), dtype=int),)


def _nan(part, whole):
    return part / whole


def _zero(part, whole):
    return np.nan_to_num(part / whole, nan=0.0, posinf=0.0)


def _whole(part, whole):
    return np.nan_to_num(part // whole, nan=0.0, posinf=0.0)


def _parts(matrix, divide):
    right = np.diag(matrix)
    return divide(right, matrix.sum(axis=0)), divide(right, matrix.sum(axis=1))


def _harmonic(precision, recall, divide):
    return divide(2 * precision * recall, precision + recall)


def _three(matrix, divide, then=None):
    precision, recall = _parts(matrix, divide)
    return precision, recall, _harmonic(precision, recall, then or divide)


def _scored(combine):
    """A wrong answer with and without care for a division by 0: `combine(precision, recall, divide)`."""
    return [quiet(lambda matrix, d=divide: combine(*_parts(matrix, d), d)) for divide in (_zero, _nan)]


def _of_the_matrix(combine):
    """A wrong answer that needs more of the matrix: `combine(matrix, precision, recall, F1)`."""

    return quiet(lambda matrix: combine(matrix, *_three(matrix, _zero)))


precision_recall_f1.misconception(
    "A division by 0 gave `nan`: a class that was never answered, or is not there, gets 0 here.",
    quiet(lambda matrix: _three(matrix, _nan)),
    quiet(lambda matrix: _three(matrix, _zero, _nan)),
    quiet(lambda matrix: _three(matrix, _nan, _zero)),
)
precision_recall_f1.misconception(
    "Precision and recall are exchanged: precision looks down a column, at all answers, and recall along a row.",
    *_scored(lambda precision, recall, divide: (recall, precision, _harmonic(precision, recall, divide))),
    *_scored(lambda precision, recall, divide: (recall, precision, (precision + recall) / 2)),
    quiet(lambda matrix: (*_parts(matrix, _nan)[::-1], _harmonic(*_parts(matrix, _zero), _zero))),
)
precision_recall_f1.misconception(
    "F1 is not the plain mean: it lies nearer to the smaller of the two, and is 0 where one of them is.",
    *_scored(lambda precision, recall, divide: (precision, recall, (precision + recall) / 2)),
)
precision_recall_f1.misconception(
    "That is another mean for F1: it is twice the product of precision and recall, divided by their sum.",
    *_scored(lambda precision, recall, divide: (precision, recall, np.sqrt(precision * recall))),
    *_scored(lambda precision, recall, divide: (precision, recall, divide(precision * recall, precision + recall))),
    *_scored(lambda precision, recall, divide: (precision, recall, 2 * precision * recall)),
    *_scored(lambda precision, recall, divide: (precision, recall, precision * recall)),
    *_scored(lambda precision, recall, divide: (precision, recall, precision + recall)),
    *_scored(lambda precision, recall, divide: (precision, recall, np.minimum(precision, recall))),
    *_scored(lambda precision, recall, divide: (precision, recall, 2 * (precision + recall) / (precision * recall))),
    *_scored(lambda precision, recall, divide: (precision, recall, divide(precision + recall, precision * recall))),
)
precision_recall_f1.misconception(
    "Each of the three should be an array with a value for each class, and these are single numbers.",
    _of_the_matrix(lambda matrix, *three: tuple(float(one.mean()) for one in three)),
    quiet(lambda matrix: tuple(float(one.mean()) for one in _three(matrix, _nan))),
    _of_the_matrix(lambda matrix, *three: tuple(float(one[0]) for one in three)),
    quiet(lambda matrix: tuple(float(one[0]) for one in _three(matrix, _nan))),
    quiet(lambda matrix: (_nan(np.trace(matrix), matrix.sum()),) * 3),
    quiet(lambda matrix: (_zero(np.trace(matrix), matrix.sum()),) * 3),
)
precision_recall_f1.misconception(
    "You divided by all pictures: the answers of a class, and the pictures of a class, are what its shares are of.",
    _of_the_matrix(lambda matrix, *_: (share := _zero(np.diag(matrix), matrix.sum()), share, share)),
    quiet(lambda matrix: (share := _nan(np.diag(matrix), matrix.sum()), share, share)),
    _of_the_matrix(lambda matrix, precision, recall, f1: (_zero(np.diag(matrix), matrix.sum()), recall, f1)),
    _of_the_matrix(lambda matrix, precision, recall, f1: (_accuracies(matrix), recall, f1)),
    _of_the_matrix(lambda matrix, *_: (_accuracies(matrix),) * 3),
)
precision_recall_f1.misconception(
    "The order is another: precision first, then recall, then F1.",
    _of_the_matrix(lambda matrix, precision, recall, f1: (f1, precision, recall)),
    _of_the_matrix(lambda matrix, precision, recall, f1: (f1, recall, precision)),
    _of_the_matrix(lambda matrix, precision, recall, f1: (precision, f1, recall)),
    _of_the_matrix(lambda matrix, precision, recall, f1: (recall, f1, precision)),
)
precision_recall_f1.misconception(
    "`//` cuts the decimals off, and a share lies between 0 and 1: divide with `/`.",
    *(
        quiet(lambda matrix, one=one, then=then: _three(matrix, one, then))
        for one in (_whole, np.floor_divide)
        for then in (_zero, _nan, _whole)
    ),
)
precision_recall_f1.misconception(
    "The right answers are counted among the others too: a column or a row holds them already.",
    _of_the_matrix(lambda matrix, *_: _doubled(matrix)),
)
precision_recall_f1.misconception(
    "You divided by the mistakes alone: the right answers belong to all answers, and to all that is there, too.",
    _of_the_matrix(lambda matrix, *_: _odds(matrix, _zero)),
    _of_the_matrix(lambda matrix, *_: _odds(matrix, _nan)),
)


def _accuracies(matrix):
    """The share of pictures on which the question "is it this class?" is answered rightly."""
    right, total = np.diag(matrix), matrix.sum()
    return _zero(total - matrix.sum(axis=0) - matrix.sum(axis=1) + 2 * right, total)


def _doubled(matrix):
    right = np.diag(matrix)
    two = _zero(right, right + matrix.sum(axis=0)), _zero(right, right + matrix.sum(axis=1))
    return *two, _harmonic(*two, _zero)


def _odds(matrix, divide):
    right = np.diag(matrix)
    two = divide(right, matrix.sum(axis=0) - right), divide(right, matrix.sum(axis=1) - right)
    return *two, _harmonic(*two, divide)


precision_recall_f1.misconception(
    "Those are percents: leave the factor 100 away, for these shares lie between 0 and 1.",
    *_scored(lambda precision, recall, divide: (p := 100 * precision, r := 100 * recall, _harmonic(p, r, divide))),
)
