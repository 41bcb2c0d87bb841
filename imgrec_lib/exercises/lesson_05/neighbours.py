"""The exercise on neighbours: the label of the row whose features point most nearly the same way."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from imgrec_lib.exercises.making import function

Case = tuple[np.ndarray, np.ndarray, Any]
CLEARLY = 0.02
NAMES = ("brick", "gravel", "grass", "tissue", "coffee")
norm = np.linalg.norm


def _name_itself(answer: Callable[..., Any], query: np.ndarray, features: np.ndarray, labels: Any) -> Any:
    """The label that an answer gives, as plain Python text or number where it came from an array."""
    found = answer(query, features, labels)
    is_array = isinstance(found, np.generic | np.ndarray) or hasattr(found, "numpy")
    return np.asarray(found).tolist() if is_array else found


@function(
    "05.nearest",
    observe_with=_name_itself,
    hints=(
        "For which row of `features` is the cosine with `query` the largest, and which label stands at that place?",
        "Calculate one cosine a row and keep them all in a list. Then find the place of the largest.",
        "np.argmax gives the place of the largest cosine; use that place to read from `labels`.",
    ),
    praise="Nothing was trained: the labels and a comparison are a classifier. The query's own length is the same for "
    "all rows, so it may be left out.",
)
def nearest(query: np.ndarray, features: np.ndarray, labels: Any) -> Any:
    """The label of the row of `features` (rows × numbers) that has the highest cosine with `query`."""
    cosines = []
    for row in features:
        cosines.append(row @ query / np.linalg.norm(row))
    return labels[np.argmax(cosines)]


def _cosines(query, features):
    return features @ query / norm(features, axis=1) / norm(query)


def _winners(query: np.ndarray, features: np.ndarray) -> list[int]:
    """The rows that are chosen by cosine, product and distance; then by other thoughts: the least alike, the second."""
    cosines, distances = _cosines(query, features), norm(features - query, axis=1)
    columns = (features / norm(features, axis=0)) @ query
    second, squares = np.argsort(cosines)[-2], features @ query / (features**2).sum(axis=1)
    chosen = [cosines.argmax(), (features @ query).argmax(), distances.argmin(), cosines.argmin()]
    return [*chosen, columns.argmax(), second, squares.argmax(), distances.argmax()]


def _even_then(query: np.ndarray, features: np.ndarray) -> bool:
    """Whether other measures of a row's length, and the distance to a query made short, go wrong, too."""
    products, magnitudes = features @ query, abs(features)
    best, squares = np.argmax(_cosines(query, features)), np.argmax(products / (features**2).sum(axis=1))
    shortened = np.argmin(norm(features - query / norm(query), axis=1))
    sums, largest = np.argmax(products / magnitudes.sum(axis=1)), np.argmax(products / magnitudes.max(axis=1))
    nearby = np.argmin(norm(features - query, axis=1))
    if np.argsort(_cosines(query, features))[-2] == np.argmax(products):
        return False
    return best not in (shortened, sums, largest) and squares not in (best, shortened, sums, nearby)


def _tells(query: np.ndarray, features: np.ndarray, labels: Any) -> bool:
    """Whether the cosine has a clear winner, and other thoughts choose other labels: many where labels are many."""
    cosines = np.sort(_cosines(query, features))
    if cosines[-1] - cosines[-2] < CLEARLY:
        return False
    best, product, *others = _winners(query, features)
    if best in (product, 0, len(labels) - 1):
        return False
    if len(features) > 10 and len(set(labels)) == len(labels) and not _even_then(query, features):
        return False
    different = 3 if len(labels) < 5 else 4 if len(set(labels)) < len(labels) else 5
    told = [labels[place] for place in (best, product, *others)][:different]
    return len(set(told)) == different and (len(labels) < 5 or product != others[-1])


def _until_it_tells(draw: Callable[[], Case]) -> Case:
    case = draw()
    while not _tells(*case):
        case = draw()
    return case


def _uneven(generator: np.random.Generator, rows: int, size: int) -> np.ndarray:
    """Rows of very different lengths, pointing anywhere; some columns hold larger numbers than others."""
    scales = generator.uniform(0.2, 4, (rows, 1)) * generator.uniform(0.2, 4, size)
    return generator.normal(size=(rows, size)) * scales


def _whole(generator: np.random.Generator) -> Case:
    features = generator.integers(1, 10, (4, 2))
    return generator.integers(1, 10, 2), features, generator.permutation(np.arange(5, 9))


def _named(generator: np.random.Generator) -> Case:
    return generator.normal(size=4), _uneven(generator, 7, 4), list(generator.choice(NAMES, 7).tolist())


def _numbered(generator: np.random.Generator) -> Case:
    features = abs(_uneven(generator, 24, 8)).astype("float32")
    return abs(generator.normal(size=8)).astype("float32"), features, generator.permutation(24)


def _square(generator: np.random.Generator) -> Case:
    query, features = generator.normal(size=6), _uneven(generator, 6, 6)
    features[generator.integers(6)] = -1.5 * query
    return query, features, generator.choice(NAMES, 6)


def _many(generator: np.random.Generator) -> Case:
    return generator.normal(size=20), _uneven(generator, 50, 20), generator.permutation(np.repeat(np.arange(10), 5))


@nearest.cases
def _albums(generator: np.random.Generator) -> Iterator[Case]:
    for kind in (_whole, _named, _numbered, _square, _many, _named, _square):
        yield _until_it_tells(lambda kind=kind: kind(generator))
    yield generator.normal(size=3), generator.normal(size=(1, 3)), ["only"]


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
    _label(lambda query, features: -_cosines(query, features)),
    _label(lambda query, features: -(features @ query)),
    _label(lambda query, features: norm(features - query, axis=1)),
    _label(lambda query, features: abs(features - query).sum(axis=1)),
    _label(lambda query, features: -abs(_cosines(query, features))),
)
nearest.misconception(
    "That is the place of a row: the answer is the label that stands at this place in `labels`.",
    lambda query, features, labels: np.argmax(_cosines(query, features)),
    lambda query, features, labels: np.argmax(features @ query),
    lambda query, features, labels: np.argmin(norm(features - query, axis=1)),
    lambda query, features, labels: np.argmin(_cosines(query, features)),
)
nearest.misconception(
    "That is the cosine itself: it tells you which row is nearest, and the answer is that row's label.",
    lambda query, features, labels: _cosines(query, features).max(),
    lambda query, features, labels: (features @ query).max(),
    lambda query, features, labels: _cosines(query, features),
    lambda query, features, labels: list(_cosines(query, features)),
)
nearest.misconception(
    "That is the row itself, a list of features: the answer is the label of this row.",
    lambda query, features, labels: features[np.argmax(_cosines(query, features))],
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
    _label(lambda query, features: abs(_cosines(query, features))),
)
nearest.misconception(
    "You took the second best: the query is not among the rows here, so nothing has to be left out.",
    lambda query, features, labels: labels[np.argsort(_cosines(query, features))[-2]],
    _label(
        lambda query, features: np.where(
            np.arange(len(features)) == np.argmax(_cosines(query, features)), -2, _cosines(query, features)
        )
    ),
)
nearest.misconception(
    "A list with one label came back: give the label itself.",
    lambda query, features, labels: np.array(labels)[np.argsort(_cosines(query, features))[-1:]],
    lambda query, features, labels: [labels[np.argmax(_cosines(query, features))]],
    lambda query, features, labels: np.array([labels[np.argmax(_cosines(query, features))]]),
    lambda query, features, labels: (labels[np.argmax(_cosines(query, features))],),
)
nearest.misconception(
    "You gave one and the same row's label whatever the query is: compare the query with every row first.",
    lambda query, features, labels: labels[0],
    lambda query, features, labels: labels[-1],
)
nearest.misconception(
    "You gave all labels: only that of the nearest row is asked for.",
    lambda query, features, labels: labels,
    lambda query, features, labels: [labels[place] for place in np.argsort(-_cosines(query, features))],
    lambda query, features, labels: [labels[place] for place in np.argsort(-(features @ query))],
    lambda query, features, labels: np.array(labels)[np.argsort(_cosines(query, features))],
)
