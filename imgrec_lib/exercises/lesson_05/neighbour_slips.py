"""What goes wrong in the search for the nearest row: other measures, other results, and searches that end too soon."""

import numpy as np

from imgrec_lib.exercises.lesson_05.neighbours import cosines_of, nearest

norm = np.linalg.norm


def _label(score):
    """The answer that takes the row with the largest score, and the same answer in other words."""
    return lambda query, features, labels: labels[int(np.argmax(score(query, features)))]


nearest.misconception(
    "The rows still have their lengths: a long row wins although it points elsewhere. Divide each product by the "
    "length of its own row.",
    _label(lambda query, features: features @ query),
    _label(lambda query, features: abs(features @ query)),
)
nearest.misconception(
    "You took the row at the smallest distance: a short row that points the same way may lie far off. Compare "
    "directions, so divide the lengths away.",
    _label(lambda query, features: -norm(features - query, axis=1)),
    _label(lambda query, features: -abs(features - query).sum(axis=1)),
    _label(lambda query, features: -abs(features - query).max(axis=1)),
    _label(lambda query, features: -norm(features - query / norm(query), axis=1)),
)
nearest.misconception(
    "You took the row that is least like the query: the cosine is largest, not smallest, where two lists agree.",
    _label(lambda query, features: -cosines_of(query, features)),
    _label(lambda query, features: -(features @ query)),
    _label(lambda query, features: norm(features - query, axis=1)),
    _label(lambda query, features: abs(features - query).sum(axis=1)),
    _label(lambda query, features: -abs(cosines_of(query, features))),
)
nearest.misconception(
    "That is the place of a row: the answer is the label that stands at this place in `labels`.",
    lambda query, features, labels: np.argmax(cosines_of(query, features)),
    lambda query, features, labels: np.argmax(features @ query),
    lambda query, features, labels: np.argmin(norm(features - query, axis=1)),
    lambda query, features, labels: np.argmin(cosines_of(query, features)),
)
nearest.misconception(
    "That is the cosine itself: it tells you which row is nearest, and the answer is that row's label.",
    lambda query, features, labels: cosines_of(query, features).max(),
    lambda query, features, labels: (features @ query).max(),
    lambda query, features, labels: cosines_of(query, features),
    lambda query, features, labels: list(cosines_of(query, features)),
)
nearest.misconception(
    "That is the row itself, a list of features: the answer is the label of this row.",
    lambda query, features, labels: features[np.argmax(cosines_of(query, features))],
    lambda query, features, labels: features[np.argmax(features @ query)],
)
nearest.misconception(
    "You divided by the lengths of the columns: each row is one picture, so each row has a length of its own (axis 1).",
    _label(lambda query, features: features @ query / norm(features, axis=0) / norm(query)),
    _label(lambda query, features: (features / norm(features, axis=0)) @ query),
    _label(lambda query, features: (features / norm(features, axis=0)) @ (query / norm(query))),
    _label(lambda query, features: query @ features / norm(features, axis=0)),
    _label(lambda query, features: features.T @ query / norm(features, axis=0)),
    _label(lambda query, features: [column @ query / norm(column) for column in features.T]),
)
nearest.misconception(
    "A root is missing: dividing by the sum of the squares favours short rows. The length is the root of that sum.",
    _label(lambda query, features: features @ query / (features**2).sum(axis=1)),
)
nearest.misconception(
    "You divided by the sums of the numbers: the length of a row is the root of the sum of its squares.",
    _label(lambda query, features: features @ query / features.sum(axis=1)),
    _label(lambda query, features: features @ query / abs(features).sum(axis=1)),
)
nearest.misconception(
    "A row that points the opposite way is not near: keep the sign of the cosine.",
    _label(lambda query, features: abs(cosines_of(query, features))),
)
nearest.misconception(
    "You took the second best: the query is not among the rows here, so nothing has to be left out.",
    lambda query, features, labels: labels[np.argsort(cosines_of(query, features))[-2]],
    _label(
        lambda query, features: np.where(
            np.arange(len(features)) == np.argmax(cosines_of(query, features)), -2, cosines_of(query, features)
        )
    ),
)
nearest.misconception(
    "A list with one label came back: give the label itself.",
    lambda query, features, labels: np.array(labels)[np.argsort(cosines_of(query, features))[-1:]],
    lambda query, features, labels: [labels[np.argmax(cosines_of(query, features))]],
    lambda query, features, labels: np.array([labels[np.argmax(cosines_of(query, features))]]),
    lambda query, features, labels: (labels[np.argmax(cosines_of(query, features))],),
)
nearest.misconception(
    "You did not compare the query with every row: go through all of them, and only then return a label.",
    lambda query, features, labels: labels[0],
    lambda query, features, labels: labels[-1],
    lambda query, features, labels: max(list(labels), key=list(labels).count),
)
nearest.misconception(
    "You gave all labels: only that of the nearest row is asked for.",
    lambda query, features, labels: labels,
    lambda query, features, labels: [labels[place] for place in np.argsort(-cosines_of(query, features))],
    lambda query, features, labels: [labels[place] for place in np.argsort(-(features @ query))],
    lambda query, features, labels: np.array(labels)[np.argsort(cosines_of(query, features))],
)


def _searched(start, instead):
    """The answer that keeps the best so far, beginning with `start`; `instead` says what it gives if none is better."""

    def search(query, features, labels):
        best, answer = start, instead(labels)
        for row, label in zip(cosines_of(query, features), labels):
            if row > best:
                best, answer = row, label
        return answer

    return search


def _unset(query, features, labels):
    best = 0
    for cosine, label in zip(cosines_of(query, features), labels):
        if cosine > best:
            best, answer = cosine, label
    return answer


def _part(rows):
    """The answer that compares the query with some of the rows alone, and may find none."""

    def search(query, features, labels):
        best = -2
        for place in rows(len(features)):
            cosine = cosines_of(query, features)[place]
            if cosine > best:
                best, answer = cosine, labels[place]
        return answer

    return search


def _first_above(start):
    """The answer with its `return` inside the loop."""

    def search(query, features, labels):
        for cosine, label in zip(cosines_of(query, features), labels):
            if cosine > start:
                return label

    return search


nearest.misconception(
    "Your search begins at 0, so nothing is found where all cosines are negative: begin below -1.",
    _searched(0, lambda labels: labels[0]),
    _searched(0, lambda labels: labels[-1]),
    _searched(0, lambda labels: ""),
    _searched(0, lambda labels: 0),
    _searched(0, lambda labels: -1),
    _unset,
)
nearest.misconception(
    "Not every row is compared: the places go from 0 up to and without `len(features)`.",
    _part(lambda count: range(count - 1)),
    _part(lambda count: range(1, count)),
    lambda query, features, labels: labels[np.argmax(cosines_of(query, features)[: max(1, len(features) - 1)])],
    lambda query, features, labels: labels[np.argmax(cosines_of(query, features)[:-1])],
    lambda query, features, labels: labels[1 + np.argmax(cosines_of(query, features)[1:])],
    lambda query, features, labels: labels[np.argmax(cosines_of(query, features)[1:])],
    lambda query, features, labels: labels[0 if len(labels) == 1 else 1 + np.argmax(cosines_of(query, features)[1:])],
)
nearest.misconception(
    "You did not compare the query with every row: go through all of them, and only then return a label.",
    _first_above(0),
)
