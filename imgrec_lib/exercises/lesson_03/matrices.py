"""An exercise on the confusion matrix: counting answers by true class."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function


@function(
    "03.confusion_matrix",
    hints=(
        "Which field of the matrix does one picture belong to, when its label is 2 and its prediction is 0?",
        "Begin with zeros, classes × classes. Go through label and prediction together, and count up one field.",
        "In a loop over `zip(labels, predictions)`, the label is the row, the prediction the column; `+= 1` adds one.",
    ),
    praise="Row by row you see what became of each class; the diagonal holds what went right.",
)
def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Counts, classes × classes: rows are the true labels, columns the predictions."""
    counts = np.zeros((classes, classes), dtype=int)
    for label, prediction in zip(labels, predictions):
        counts[label, prediction] += 1
    return counts


@confusion_matrix.cases
def _answers(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    yield np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), 2
    for pictures, used, classes in ((10, 3, 3), (40, 4, 6), (1, 3, 3), (12, 1, 1), (15, 2, 3), (300, 10, 10)):
        labels = generator.integers(0, used, pictures)
        slips = generator.integers(0, 2, pictures) * generator.integers(0, 2, pictures)
        yield labels, (labels + slips) % used, classes
    yield generator.integers(2, 4, 20), generator.integers(1, 5, 20), 7
    often = generator.integers(260, 380)  # More than 8 bits can count
    yield np.repeat([0, 1, 2], [3, often, 2]), np.repeat([1, 2, 0, 2], [2, 1, often, 2]), 3


def _pairs(labels, predictions, classes):
    """Counts by the fields of a flat matrix: another way than the reference's."""
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes)


def _size_of_what_is_there(labels, predictions, _):
    return _pairs(labels, predictions, max(labels.max(), predictions.max()) + 1)


def _only_classes_that_are_there(labels, predictions, _):
    there, places = np.unique(np.concatenate([labels, predictions]), return_inverse=True)
    return _pairs(places[: len(labels)], places[len(labels) :], len(there))


def _size_of_labels(labels, predictions, _):
    matrix = np.zeros((labels.max() + 1, labels.max() + 1), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix


def _number_of_labels(labels, predictions, _):
    matrix = np.zeros((len(set(labels)), len(set(labels))), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix


def _shares(axis, guarded):
    def answer(labels, predictions, classes):
        matrix = _pairs(labels, predictions, classes)
        whole = matrix.sum(axis=axis, keepdims=True)
        return matrix / (np.maximum(whole, 1) if guarded else whole)

    return answer


def _counted_once(labels, predictions, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels, predictions] += 1
    return matrix


def _from_one(labels, predictions, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels - 1, predictions - 1), 1)
    return matrix


confusion_matrix.misconception(
    "Rows and columns are exchanged: the label chooses the row, and the prediction chooses the column.",
    lambda labels, predictions, classes: _pairs(predictions, labels, classes),
    lambda labels, predictions, classes: _shares(0, True)(predictions, labels, classes),
    lambda labels, predictions, classes: _size_of_what_is_there(predictions, labels, classes),
    lambda labels, predictions, classes: _counted_once(predictions, labels, classes),
)
confusion_matrix.misconception(
    "Those are shares: leave the division away, for counts are asked for.",
    *(_shares(axis, guarded) for axis in (0, 1, None) for guarded in (True, False)),
    lambda labels, predictions, classes: 100 * _pairs(labels, predictions, classes) / len(labels),
)
confusion_matrix.misconception(
    "The size comes from the labels that occur: a class that nobody saw has a row and a column too, so use `classes`.",
    _size_of_what_is_there,
    _only_classes_that_are_there,
    _size_of_labels,
    _number_of_labels,
    lambda labels, predictions, classes: np.bincount(labels * classes + predictions).reshape(classes, classes),
)
confusion_matrix.misconception(
    "Each pair counts once only: where the same pair comes again, its field must go up again, so count one by one.",
    _counted_once,
    lambda labels, predictions, classes: _counted_once(labels, predictions, classes).astype(float),
    lambda labels, predictions, classes: _counted_once(labels, predictions, classes) > 0,
)
confusion_matrix.misconception(
    "Only the right answers are counted: the mistakes belong into the matrix too, beside the diagonal.",
    lambda labels, predictions, classes: np.diag(np.bincount(labels[labels == predictions], minlength=classes)),
    lambda labels, predictions, classes: np.diag(np.bincount(labels, minlength=classes)),
    lambda labels, predictions, classes: np.bincount(labels[labels == predictions], minlength=classes),
)
confusion_matrix.misconception(
    "Only the mistakes are counted: right answers belong into the matrix too, on the diagonal.",
    lambda labels, predictions, classes: _pairs(
        labels[labels != predictions], predictions[labels != predictions], classes
    ),
)
confusion_matrix.misconception(
    "Your classes begin with 1: class 0 belongs into row 0, so nothing is to be added or taken away.",
    _from_one,
    lambda labels, predictions, classes: _pairs(labels + 1, predictions + 1, classes + 1),
    lambda labels, predictions, classes: _pairs(labels, predictions, classes + 1),
)
confusion_matrix.misconception(
    "That is one number, the share or the count of right answers: a field for each pair of classes is asked for.",
    lambda labels, predictions, _: float((labels == predictions).mean()),
    lambda labels, predictions, _: int((labels == predictions).sum()),
    lambda labels, predictions, _: int((labels != predictions).sum()),
)
confusion_matrix.misconception(
    "Your dtype is too small: 8 bits count up to 127 or 255 and then begin anew, so take `dtype=int`.",
    lambda *answers: _pairs(*answers).astype(np.uint8),
    lambda *answers: _pairs(*answers).astype(np.int8),
)
confusion_matrix.misconception(
    "Your matrix does not begin with zeros: before the first picture, no field has counted anything.",
    lambda *answers: _pairs(*answers) + 1,
    lambda *answers: _pairs(*answers) + 1.0,
)
confusion_matrix.misconception(
    "Each picture counts in two fields: count it once, in the row of its label and the column of its prediction.",
    lambda *answers: _pairs(*answers) + _pairs(*answers).T,
    lambda *answers: 2 * _pairs(*answers),
    lambda labels, predictions, classes: _pairs(labels, labels, classes) + _pairs(predictions, predictions, classes),
)
confusion_matrix.misconception(
    "Your loops pair each label with all predictions: go through both together, so that each meets its own.",
    lambda labels, predictions, classes: np.outer(
        np.bincount(labels, minlength=classes), np.bincount(predictions, minlength=classes)
    ),
    lambda labels, predictions, classes: np.outer(
        np.bincount(predictions, minlength=classes), np.bincount(labels, minlength=classes)
    ),
)
confusion_matrix.misconception(
    "`return` stands inside the loop, so it ends after the first picture: move it to the left, below the loop.",
    lambda labels, predictions, classes: _pairs(labels[:1], predictions[:1], classes),
)
confusion_matrix.misconception(
    "The first or the last picture is left out: go through all of them, with `range(len(labels))` or with `zip`.",
    lambda labels, predictions, classes: _pairs(labels[:-1], predictions[:-1], classes),
    lambda labels, predictions, classes: _pairs(labels[1:], predictions[1:], classes),
)
