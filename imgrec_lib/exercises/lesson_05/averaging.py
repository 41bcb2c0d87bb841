"""The exercise on what a class looks like on average: a row of features a class."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

SHAPES = ((2, 3, 5), (3, 4, 11), (4, 4, 9), (3, 1, 7), (1, 5, 4), (10, 16, 60))


@function(
    "05.class_means",
    hints=(
        "Which rows of `features` belong to class 0, and what should be left when they are averaged?",
        "Take the rows whose label is the class's number, average them column by column, and do so for each class.",
        "`features[labels == label]` are the rows of one class; their mean along axis 0 is one row of the result.",
    ),
    praise="A class has become one list of numbers: its typical picture, as the backbone sees it.",
)
def class_means(features: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The average features of each class, classes × numbers, of features rows × numbers and a label a row."""
    means = np.zeros((classes, features.shape[1]))
    for label in range(classes):
        means[label] = features[labels == label].mean(axis=0)
    return means


@class_means.cases
def _uneven_classes(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Every class occurs, some more often than others, in no order."""
    for place, (classes, size, count) in enumerate(SHAPES):
        spare = generator.integers(0, max(1, classes - 1), count - classes)
        labels = generator.permutation(np.concatenate([np.arange(classes), spare]))
        while classes > 1 and (np.diff(labels) >= 0).all():
            labels = generator.permutation(labels)
        rising = np.where(np.arange(size) % 2, -1, 1) * np.arange(count)[:, np.newaxis] ** 2
        features = 3 * generator.uniform(size=(count, size)) + rising
        yield features.astype("float32" if place % 2 else "float64"), labels, classes


def _of_each(summary):
    """The answer that sums up the rows of each class in its own way."""
    return lambda features, labels, classes: np.array([summary(features[labels == one]) for one in range(classes)])


def _mean_or_nan(rows):
    return rows.mean(axis=0) if len(rows) else np.full(rows.shape[1], np.nan)


def _halved(rows, mean):
    """What is left when the mean so far and the next row are averaged again and again."""
    for row in rows:
        mean = (mean + row) / 2
    return mean


class_means.misconception(
    "Each class got the average of all pictures: choose the rows of the class before you take the mean.",
    lambda features, labels, classes: np.tile(features.mean(axis=0), (classes, 1)),
    lambda features, labels, classes: features.mean(axis=0),
    lambda features, labels, classes: features.mean(axis=0, keepdims=True),
)
class_means.misconception(
    "You averaged along the wrong axis, all features of one picture: go down the columns, over the pictures (axis 0).",
    lambda features, labels, classes: features.mean(axis=1),
    lambda features, labels, classes: [features[labels == one].mean(axis=1) for one in range(classes)],
    _of_each(lambda rows: rows.mean(axis=1)),
)
class_means.misconception(
    "Each class became a single number: the mean needs an axis, so that each feature keeps a mean of its own.",
    _of_each(np.mean),
    lambda features, labels, classes: np.tile(_of_each(np.mean)(features, labels, classes)[:, None], features.shape[1]),
    lambda features, labels, classes: features.mean(),
)
class_means.misconception(
    "Those are sums: divide each by the number of pictures of its own class.",
    _of_each(lambda rows: rows.sum(axis=0)),
)
class_means.misconception(
    "You divided by the wrong number: classes differ in size, so divide by the count of pictures of this class alone.",
    lambda features, labels, classes: _of_each(lambda rows: rows.sum(axis=0))(features, labels, classes) / len(labels),
    lambda features, labels, classes: (
        _of_each(lambda rows: rows.sum(axis=0))(features, labels, classes) * classes / len(labels)
    ),
    lambda features, labels, classes: _of_each(lambda rows: rows.sum(axis=0))(features, labels, classes) / classes,
    lambda features, labels, classes: _of_each(lambda rows: rows.sum(axis=0) / rows.shape[1])(
        features, labels, classes
    ),
    lambda features, labels, classes: (features.T @ (labels[:, None] == np.arange(classes))).T / len(labels),
)
class_means.misconception(
    "Rows and columns are exchanged: one row a class is asked for, one column a feature.",
    lambda features, labels, classes: _of_each(lambda rows: rows.mean(axis=0))(features, labels, classes).T,
    lambda features, labels, classes: np.stack(
        [features[labels == one].mean(axis=0) for one in range(classes)], axis=1
    ),
)
class_means.misconception(
    "You took one picture of each class in place of the average of all of them.",
    _of_each(lambda rows: rows[0]),
    _of_each(lambda rows: rows[-1]),
)
class_means.misconception(
    "That is the median, the one in the middle: the average is the sum divided by the count.",
    _of_each(lambda rows: np.median(rows, axis=0)),
)
class_means.misconception(
    "You took the smallest or largest numbers of the class: the average is the sum divided by the count.",
    _of_each(lambda rows: rows.min(axis=0)),
    _of_each(lambda rows: rows.max(axis=0)),
    _of_each(lambda rows: (rows.min(axis=0) + rows.max(axis=0)) / 2),
)
class_means.misconception(
    "The decimals are cut off: an average of whole numbers need not be whole, so keep floats.",
    _of_each(lambda rows: rows.mean(axis=0).astype(int)),
    _of_each(lambda rows: rows.sum(axis=0) // len(rows)),
    _of_each(lambda rows: np.round(rows.mean(axis=0))),
)
class_means.misconception(
    "The rows stand in the order in which the labels turn up: class 0 comes first, then class 1, and so on.",
    lambda features, labels, classes: np.array(
        [features[labels == one].mean(axis=0) for one in dict.fromkeys(labels.tolist())]
    ),
)
class_means.misconception(
    "Where a label occurs often, `sums[labels] += …` keeps only the last of its rows: go through the rows or classes.",
    lambda features, labels, classes: _of_each(lambda rows: rows[-1] / len(rows))(features, labels, classes),
)
class_means.misconception(
    "Halving at each new row gives late rows more weight: add all rows of the class, and divide once by their count.",
    _of_each(lambda rows: _halved(rows, rows[0])),
    _of_each(lambda rows: _halved(rows, 0)),
)
class_means.misconception(
    "You took the pictures in the order in which they stand: `labels` says which class each of them belongs to.",
    lambda features, labels, classes: np.array([part.mean(axis=0) for part in np.array_split(features, classes)]),
    lambda features, labels, classes: np.array([features[one::classes].mean(axis=0) for one in range(classes)]),
    lambda features, labels, classes: (
        features[: len(features) // classes * classes].reshape(classes, -1, features.shape[1]).mean(axis=1)
    ),
)
class_means.misconception(
    "Those are the pictures of all other classes: take the rows whose label equals the number.",
    lambda features, labels, classes: np.array(
        [features[labels != one].mean(axis=0) if classes > 1 else features[0] for one in range(classes)]
    ),
)
class_means.misconception(
    "You used the label as the place of a picture: choose all rows whose label equals the number.",
    lambda features, labels, classes: np.array([features[labels[one]] for one in range(classes)]),
    lambda features, labels, classes: np.array([features[one] for one in range(classes)]),
    lambda features, labels, classes: features[labels],
)
class_means.misconception(
    "One class is left out: the classes are numbered from 0 up to and without `classes`.",
    lambda features, labels, classes: _of_each(lambda rows: rows.mean(axis=0))(features, labels, classes - 1),
    lambda features, labels, classes: np.array([features[labels == one].mean(axis=0) for one in range(1, classes)]),
    lambda features, labels, classes: np.array([_mean_or_nan(features[labels == one + 1]) for one in range(classes)]),
    lambda features, labels, classes: np.vstack(
        [_of_each(lambda rows: rows.mean(axis=0))(features, labels, classes)[:-1], np.zeros((1, features.shape[1]))]
    ),
)
