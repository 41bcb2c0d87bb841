"""How good the answers are: accuracy, confusion matrix, precision, recall, F1 and the worst mistakes, in NumPy only."""

import numpy as np
from numpy.typing import ArrayLike


def accuracy(labels: ArrayLike, predictions: ArrayLike) -> float:
    """The share of right answers, 0 to 1."""
    labels, predictions = _pairs(labels, predictions)
    return float((labels == predictions).mean())


def confusion_matrix(labels: ArrayLike, predictions: ArrayLike, classes: int) -> np.ndarray:
    """Counts, classes × classes: the row is the true class, the column the answer that was given."""
    labels, predictions = _pairs(labels, predictions)
    both = np.concatenate([labels, predictions])
    if both.min() < 0 or both.max() >= classes:
        raise ValueError(
            f"the labels run from {both.min()} to {both.max()}, but {classes} classes are numbered 0 to {classes - 1}: "
            "give the number of all classes"
        )
    matrix = np.zeros((classes, classes), dtype="int64")
    np.add.at(matrix, (labels, predictions), 1)
    return matrix


def precision_recall_f1(matrix: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1 of each class, from a confusion matrix; 0 where there is nothing to divide by."""
    matrix = _square(matrix)
    right = np.diag(matrix)
    precision = _share(right, matrix.sum(axis=0))
    recall = _share(right, matrix.sum(axis=1))
    return precision, recall, _share(2 * precision * recall, precision + recall)


def worst_mistakes(probabilities: ArrayLike, labels: ArrayLike, count: int = 12) -> np.ndarray:
    """The places of the wrong answers given with most confidence, the surest first; `count` of them at most.

    probabilities: pictures × classes. labels: the true class of each picture.
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    if probabilities.ndim != 2 or len(probabilities) != len(labels):
        raise ValueError(
            f"probabilities of shape {probabilities.shape} and {len(labels)} labels do not go together: "
            "give one row of class probabilities for each label"
        )
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    confidence = probabilities[wrong].max(axis=1)
    return wrong[np.argsort(-confidence, kind="stable")][:count]


def _square(matrix: ArrayLike) -> np.ndarray:
    matrix = np.asarray(matrix, dtype="float64")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a confusion matrix is classes × classes, and this one has shape {matrix.shape}")
    return matrix


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _pairs(labels: ArrayLike, predictions: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    if labels.shape != predictions.shape or labels.ndim != 1 or labels.size == 0:
        raise ValueError(
            f"labels of shape {labels.shape} and predictions of shape {predictions.shape} cannot be compared: "
            "give two lists of the same length, one class number a picture"
        )
    return labels, predictions
