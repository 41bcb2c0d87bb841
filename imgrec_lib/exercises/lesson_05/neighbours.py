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


def cosines_of(query: np.ndarray, features: np.ndarray) -> np.ndarray:
    """The cosine of the query with each row."""
    return features @ query / norm(features, axis=1) / norm(query)


def _winners(query: np.ndarray, features: np.ndarray) -> list[int]:
    """The rows that are chosen by cosine, product and distance; then by other thoughts: the least alike, the second."""
    cosines, distances = cosines_of(query, features), norm(features - query, axis=1)
    columns = (features / norm(features, axis=0)) @ query
    second, squares = np.argsort(cosines)[-2], features @ query / (features**2).sum(axis=1)
    chosen = [cosines.argmax(), (features @ query).argmax(), distances.argmin(), cosines.argmin()]
    return [*chosen, columns.argmax(), second, squares.argmax(), distances.argmax()]


def _even_then(query: np.ndarray, features: np.ndarray) -> bool:
    """Whether other measures of a row's length, and the distance to a query made short, go wrong, too."""
    products, magnitudes = features @ query, abs(features)
    best, squares = np.argmax(cosines_of(query, features)), np.argmax(products / (features**2).sum(axis=1))
    shortened = np.argmin(norm(features - query / norm(query), axis=1))
    sums, largest = np.argmax(products / magnitudes.sum(axis=1)), np.argmax(products / magnitudes.max(axis=1))
    nearby = np.argmin(norm(features - query, axis=1))
    if np.argsort(cosines_of(query, features))[-2] == np.argmax(products):
        return False
    return best not in (shortened, sums, largest) and squares not in (best, shortened, sums, nearby)


def _tells(query: np.ndarray, features: np.ndarray, labels: Any) -> bool:
    """Whether the cosine has a clear winner, and other thoughts choose other labels: many where labels are many."""
    cosines = np.sort(cosines_of(query, features))
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
    features[generator.integers(1, 6)] = -1.5 * query
    return query, features, generator.choice(NAMES, 6)


def _many(generator: np.random.Generator) -> Case:
    return generator.normal(size=20), _uneven(generator, 50, 20), generator.permutation(np.repeat(np.arange(10), 5))


def _against(generator: np.random.Generator) -> Case:
    """Every row points away from the query; the one that does so least has a label of its own, inside the list."""
    query, labels = generator.uniform(0.2, 1, 4), generator.permutation(np.arange(10, 17))
    while True:
        features = -abs(_uneven(generator, 7, 4))
        cosines = np.sort(cosines_of(query, features))
        best, product, nearby, least, *_ = _winners(query, features)
        if cosines[-1] - cosines[-2] > CLEARLY and best not in (0, 6, product, nearby, least):
            return query, features, labels


def _moved_to(place: int, case: Case) -> Case:
    """The case with its nearest row, and this row's label, at the beginning (0) or at the end (-1)."""
    query, features, labels = case
    order = np.arange(len(labels))
    best = np.argmax(cosines_of(query, features))
    order[[best, place]] = order[[place, best]]
    return query, features[order], np.array(labels)[order]


@nearest.cases
def _albums(generator: np.random.Generator) -> Iterator[Case]:
    for kind in (_whole, _named, _numbered, _square, _many, _named, _square):
        yield _until_it_tells(lambda kind=kind: kind(generator))
    yield _against(generator)
    for place in (0, -1):
        yield _moved_to(place, _until_it_tells(lambda: _numbered(generator)))
    yield generator.uniform(1, 2, 3), generator.uniform(1, 2, (1, 3)), ["only"]
