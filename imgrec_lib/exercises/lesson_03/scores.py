"""An exercise on the scores of each class: precision, recall and F1."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_03.score_slips import (
    accuracies,
    by_counts,
    doubled,
    f1_odds,
    first_class,
    harmonic,
    odds,
    or_nan,
    or_one,
    or_zero,
    specificity,
    then_f1,
    three_scores,
    two_scores,
    whole_or_zero,
    without_brackets,
)
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


def _with_f1_by_counts(order, *ways):
    """Wrong answers whose F1 comes from the counts: `order` puts precision and recall, a division for each."""
    return [lambda matrix, way=way: (*two_scores(matrix, way)[::order], by_counts(matrix, way)) for way in ways]


def _scored(combine):
    """A wrong answer with and without care for a division by 0: `combine(precision, recall, divide)`."""
    return [lambda matrix, d=divide: combine(*two_scores(matrix, d), d) for divide in (or_zero, or_nan)]


def _of_the_matrix(combine):
    """A wrong answer that needs more of the matrix: `combine(matrix, precision, recall, F1)`."""

    return lambda matrix: combine(matrix, *three_scores(matrix, or_zero))


precision_recall_f1.misconception(
    "A division by 0 gave `nan`: a class that was never answered, or is not there, gets 0 here.",
    lambda matrix: three_scores(matrix, or_nan),
    lambda matrix: three_scores(matrix, or_zero, or_nan),
    lambda matrix: three_scores(matrix, or_nan, or_zero),
    *_with_f1_by_counts(1, or_nan),
)
precision_recall_f1.misconception(
    "A division by 0 gives 1 in yours: a class that was never answered, or is not there, gets 0 here.",
    lambda matrix: three_scores(matrix, or_one),
    lambda matrix: three_scores(matrix, or_one, or_zero),
    lambda matrix: three_scores(matrix, or_zero, or_one),
    lambda matrix: tuple(np.nan_to_num(one, nan=1.0) for one in three_scores(matrix, or_nan)),
    *_with_f1_by_counts(1, or_one),
)
precision_recall_f1.misconception(
    "Precision and recall are exchanged: precision looks down a column, at all answers, and recall along a row.",
    *_scored(lambda precision, recall, divide: (recall, precision, harmonic(precision, recall, divide))),
    *_scored(lambda precision, recall, divide: (recall, precision, (precision + recall) / 2)),
    lambda matrix: (
        *two_scores(matrix, or_nan)[::-1],
        harmonic(*two_scores(matrix, or_zero), or_zero),
    ),
    *_with_f1_by_counts(-1, or_nan, or_one),
)
precision_recall_f1.misconception(
    "Precision and recall are the same in yours: one divides by the sum of a column, the other by that of a row.",
    *_scored(lambda precision, recall, divide: (precision,) * 3),
    *_scored(lambda precision, recall, divide: (recall,) * 3),
    *_scored(lambda precision, recall, divide: (precision, precision, harmonic(precision, recall, divide))),
    *_scored(lambda precision, recall, divide: (recall, recall, harmonic(precision, recall, divide))),
    *_scored(lambda precision, recall, divide: (harmonic(precision, recall, divide),) * 3),
)
precision_recall_f1.misconception(
    "Three arrays are asked for: precision, recall and F1, all of them after one `return`.",
    *_scored(lambda precision, recall, divide: (precision, recall)),
    *_scored(lambda precision, recall, divide: (recall, precision)),
    *_scored(lambda precision, recall, divide: precision),
    *_scored(lambda precision, recall, divide: recall),
    *_scored(lambda precision, recall, divide: harmonic(precision, recall, divide)),
)
precision_recall_f1.misconception(
    "`return` stands inside the loop, so it ends after the first class: move it to the left, below the loop.",
    *(lambda matrix, d=divide: first_class(three_scores(matrix, d)) for divide in (or_zero, or_nan)),
    *(lambda matrix, d=divide: tuple(a[:1] for a in three_scores(matrix, d)) for divide in (or_zero, or_nan)),
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
    *_scored(lambda precision, recall, divide: (precision, recall, without_brackets(precision, recall, divide))),
    *_scored(lambda precision, recall, divide: (precision, recall, divide(precision * recall, precision) + recall)),
    *_scored(lambda precision, recall, divide: (precision, recall, np.minimum(precision, recall))),
    *_scored(lambda precision, recall, divide: (precision, recall, 2 * (precision + recall) / (precision * recall))),
    *_scored(lambda precision, recall, divide: (precision, recall, divide(precision + recall, precision * recall))),
)
precision_recall_f1.misconception(
    "Each of the three should be an array with a value for each class, and these are single numbers.",
    _of_the_matrix(lambda matrix, *three: tuple(float(one.mean()) for one in three)),
    lambda matrix: tuple(float(one.mean()) for one in three_scores(matrix, or_nan)),
    _of_the_matrix(lambda matrix, *three: tuple(float(one[0]) for one in three)),
    lambda matrix: tuple(float(one[0]) for one in three_scores(matrix, or_nan)),
    lambda matrix: (or_nan(np.trace(matrix), matrix.sum()),) * 3,
    lambda matrix: (or_zero(np.trace(matrix), matrix.sum()),) * 3,
)
precision_recall_f1.misconception(
    "You divided by all pictures: the answers of a class, and the pictures of a class, are what its shares are of.",
    _of_the_matrix(lambda matrix, *_: (share := or_zero(np.diag(matrix), matrix.sum()), share, share)),
    lambda matrix: (share := or_nan(np.diag(matrix), matrix.sum()), share, share),
    _of_the_matrix(lambda matrix, precision, recall, f1: (or_zero(np.diag(matrix), matrix.sum()), recall, f1)),
    _of_the_matrix(lambda matrix, precision, recall, f1: (accuracies(matrix), recall, f1)),
    _of_the_matrix(lambda matrix, *_: (accuracies(matrix),) * 3),
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
        lambda matrix, one=one, then=then: three_scores(matrix, one, then)
        for one in (whole_or_zero, np.floor_divide)
        for then in (or_zero, or_nan, whole_or_zero)
    ),
)
precision_recall_f1.misconception(
    "The right answers are counted among the others too: a column or a row holds them already.",
    _of_the_matrix(lambda matrix, *_: doubled(matrix)),
)
precision_recall_f1.misconception(
    "You divided by the mistakes alone: the right answers belong to all answers, and to all that is there, too.",
    _of_the_matrix(lambda matrix, *_: odds(matrix, or_zero)),
    _of_the_matrix(lambda matrix, *_: odds(matrix, or_nan)),
    *(
        _of_the_matrix(lambda matrix, *three, d=divide: (*odds(matrix, d)[:2], three[2]))
        for divide in (or_zero, or_nan)
    ),
    *(
        _of_the_matrix(lambda matrix, *_, d=divide: (*odds(matrix, d)[:2], f1_odds(matrix, d)))
        for divide in (or_zero, or_nan)
    ),
)
precision_recall_f1.misconception(
    "Your recall looks at the other classes: it asks only how many of the pictures in its own row were found.",
    _of_the_matrix(lambda matrix, precision, recall, f1: (precision, specificity(matrix), f1)),
    _of_the_matrix(lambda matrix, precision, *_: then_f1(precision, specificity(matrix))),
    _of_the_matrix(lambda matrix, precision, recall, f1: (precision, accuracies(matrix), f1)),
)
precision_recall_f1.misconception(
    "Those are the shares of mistakes: precision and recall are shares of right answers, 1 minus what you give.",
    *_scored(lambda precision, recall, divide: (1 - precision, 1 - recall, harmonic(precision, recall, divide))),
    *_scored(lambda p, r, divide: (1 - p, 1 - r, harmonic(1 - p, 1 - r, divide))),
)
precision_recall_f1.misconception(
    "Each class has a row of three in yours: give an array of precisions first, then one of recalls, then one of F1.",
    *_scored(lambda precision, recall, divide: np.array([precision, recall, harmonic(precision, recall, divide)]).T),
)
precision_recall_f1.misconception(
    "Those are rounded: leave all decimals as they are, and round only what you show.",
    *(_of_the_matrix(lambda matrix, *three, d=d: tuple(np.round(one, d) for one in three)) for d in (0, 1, 2, 3)),
)


precision_recall_f1.misconception(
    "Those are percents: leave the factor 100 away, for these shares lie between 0 and 1.",
    *_scored(lambda precision, recall, divide: (p := 100 * precision, r := 100 * recall, harmonic(p, r, divide))),
)
