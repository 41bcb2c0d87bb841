"""The exercise on reading a confusion matrix: which class is most often taken for which."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function


@function(
    "06.most_confused",
    hints=(
        "A class with many photographs also has many mistakes. What must each row be divided by to be fair?",
        "Turn the counts of each row into shares. Put 0 on the diagonal, then look for the largest share left.",
        "`np.argmax` counts through the rows one after the other; `np.unravel_index` makes row and column of that.",
    ),
    praise="That pair is where more photographs help most: look at them, and ask what the two have in common.",
)
def most_confused(matrix: np.ndarray) -> tuple[int, int]:
    """The true class and the wrong answer that it gets most often, as a share of the class's own photographs."""
    shares = matrix / matrix.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 0)
    return np.unravel_index(np.argmax(shares), shares.shape)


def _chosen(table, kept=None):
    """The place of the largest number, off the diagonal unless `kept` says otherwise."""
    table = np.array(table, dtype=float)
    if kept is None:
        np.fill_diagonal(table, -1)
    return tuple(int(one) for one in np.unravel_index(np.argmax(table), table.shape))


def _by_row(matrix):
    return matrix / matrix.sum(axis=1, keepdims=True)


def _by_column(matrix):
    return matrix / matrix.sum(axis=0, keepdims=True)


def _tells(matrix: np.ndarray, above: bool) -> bool:
    """Whether one pair wins clearly, `above` the diagonal or below it, and other thoughts find other pairs."""
    shares = _by_row(matrix)
    off = np.sort(shares[~np.eye(len(matrix), dtype=bool)])
    winner = _chosen(shares)
    others = {_chosen(matrix), _chosen(_by_column(matrix)), winner[::-1], _chosen(shares, kept=True)}
    clear = off[-1] - off[-2] > 0.02 and off[-1] < shares.max()
    return clear and winner not in others and (winner[0] < winner[1]) == above


@most_confused.cases
def _matrices(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """Classes of very different sizes; the rare ones make few mistakes and large shares of them."""
    for number, classes in enumerate((3, 4, 3, 5, 10, 4)):
        while True:
            sizes = generator.integers(10, 100, classes)
            matrix = generator.integers(0, 8, (classes, classes)) + np.diag(sizes)
            if _tells(matrix, above=number % 2 == 0):
                break
        yield (matrix if number < 5 else matrix.astype(float),)


most_confused.misconception(
    "You found right answers: those on the diagonal are no confusion, so leave them out.",
    lambda matrix: _chosen(_by_row(matrix), kept=True),
    lambda matrix: _chosen(matrix, kept=True),
    lambda matrix: _chosen(_by_column(matrix), kept=True),
)
most_confused.misconception(
    "You compared counts, so large classes win: divide each row by its sum first.",
    _chosen,
    lambda matrix: _chosen(matrix / matrix.sum()),
)
most_confused.misconception(
    "The pair is exchanged: the true class, which is the row, comes first, and the answer second.",
    lambda matrix: _chosen(_by_row(matrix))[::-1],
    lambda matrix: _chosen(matrix)[::-1],
    lambda matrix: _chosen(_by_column(matrix))[::-1],
)
most_confused.misconception(
    "You divided along the columns: a class's photographs stand in its row, and keepdims=True keeps their sums there.",
    lambda matrix: _chosen(_by_column(matrix)),
    lambda matrix: _chosen(matrix / matrix.sum(axis=1)),
)
most_confused.misconception(
    "That is how large the share is: give the two places, true class and answer.",
    lambda matrix: float(np.max(_by_row(matrix) - 2 * np.eye(len(matrix)))),
    lambda matrix: int(np.max(matrix - 1e9 * np.eye(len(matrix)))),
)
most_confused.misconception(
    "One number came back, and it counts through all squares of the matrix: make row and column of it.",
    lambda matrix: int(np.argmax(_by_row(matrix) - 2 * np.eye(len(matrix)))),
    lambda matrix: int(np.argmax(_by_row(matrix))),
    lambda matrix: int(np.argmax(matrix)),
)
most_confused.misconception(
    "You gave the class that goes wrong most, alone or with itself: which answer does it get instead?",
    lambda matrix: int(np.argmin(np.diag(_by_row(matrix)))),
    lambda matrix: (int(np.argmin(np.diag(_by_row(matrix)))),) * 2,
)
most_confused.misconception(
    "You found the rarest mistake: look for the largest share off the diagonal.",
    lambda matrix: _chosen(1 - _by_row(matrix)),
    lambda matrix: _chosen(-matrix),
)
most_confused.misconception(
    "You added both directions up: which class is taken for which matters, so look at each square by itself.",
    lambda matrix: _chosen(_by_row(matrix) + _by_row(matrix).T),
    lambda matrix: _chosen(matrix + matrix.T),
)
most_confused.misconception(
    "Half of the matrix is left out: a mistake may stand above the diagonal or below it.",
    lambda matrix: _chosen(np.triu(_by_row(matrix), 1)),
    lambda matrix: _chosen(np.tril(_by_row(matrix), -1)),
)
