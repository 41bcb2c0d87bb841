"""Exercises on reading a confusion matrix: the class that is hardest to find, and what ails a network."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from imgrec_lib.exercises.making import function, value


def _name(answer: Any, matrix: np.ndarray, class_names: list[str]) -> Any:
    """What the answer says, with NumPy's own kind of text made a plain one."""
    said = answer(matrix, class_names)
    return str(said) if isinstance(said, np.str_) else said


@function(
    "03.hardest_to_find",
    observe_with=_name,
    hints=(
        "Of all true pictures of a class, how many were found: does that read along a row, or down a column?",
        "Divide the diagonal by the sum of each row. The place of the smallest share is the number of the class.",
        "`np.diag(matrix)` is the diagonal, `.sum(axis=1)` adds up rows, `.argmin()` gives a place, a list its name.",
    ),
    praise="A low recall says that pictures of this class get lost; where they went stands along its row.",
)
def hardest_to_find(matrix: np.ndarray, class_names: list[str]) -> str:
    """The name of the class with the lowest recall; rows hold the true classes."""
    recalls = np.diag(matrix) / matrix.sum(axis=1)
    return class_names[recalls.argmin()]


def _recall(matrix):
    return np.diag(matrix) / matrix.sum(axis=1)


def _precision(matrix):
    return np.diag(matrix) / matrix.sum(axis=0)


def _f1(matrix):
    return 2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))


def _right(matrix):
    return np.diag(matrix)


def _minus_lost(matrix):
    return np.diag(matrix) - matrix.sum(axis=1)


def _minus_wrongly_answered(matrix):
    return np.diag(matrix) - matrix.sum(axis=0)


def _minus_largest_mistake(matrix):
    return -(matrix - np.diag(np.diag(matrix))).max(axis=1)


def _pictures(matrix):
    return matrix.sum(axis=1)


def _answers(matrix):
    return matrix.sum(axis=0)


def _sum_of_both(matrix):
    return _precision(matrix) + _recall(matrix)


def _turned_round(ranking):
    return lambda matrix: -ranking(matrix)


COUNTS = (_right, _minus_lost, _minus_wrongly_answered, _minus_largest_mistake, _pictures, _answers)
EASIEST = (_turned_round(_recall), _turned_round(_f1))
NAMES = ("shirt", "dress", "bag", "coat", "boot", "sandal", "trouser")

# One class each has the lowest recall, precision and F1; the counts lead to three others, and the last is the easiest.
EACH_WAY_ANOTHER_CLASS = np.array(
    [
        [30, 20, 0, 2, 3, 45, 0],
        [0, 40, 0, 0, 10, 0, 0],
        [0, 0, 6, 0, 1, 1, 0],
        [0, 30, 0, 50, 35, 5, 0],
        [3, 40, 0, 0, 200, 85, 0],
        [0, 3, 1, 75, 7, 400, 0],
        [0, 0, 0, 1, 2, 3, 194],
    ]
)


@hardest_to_find.cases
def _clear_matrices(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, list[str]]]:
    yield np.array([[3, 2], [1, 5]]), generator.permutation(NAMES)[:2].tolist()
    for scale in (3, 4, 5, 6):
        matrix = EACH_WAY_ANOTHER_CLASS * scale + generator.integers(0, 2, (7, 7))
        order = generator.permutation(7)
        yield matrix[np.ix_(order, order)], generator.permutation(NAMES).tolist()


def _chosen_by(*rankings):
    """Wrong answers that choose by other numbers: the name of the class where a ranking is smallest."""
    return [lambda matrix, class_names, ranking=one: class_names[ranking(matrix).argmin()] for one in rankings]


hardest_to_find.misconception(
    "That is the lowest precision: it reads down a column. Recall asks how many of the pictures in a row were found.",
    *_chosen_by(_precision),
)
hardest_to_find.misconception(
    "You compared counts: a class with few pictures has few right answers, so divide by how many there are.",
    *_chosen_by(*COUNTS),
)
hardest_to_find.misconception(
    "That is the lowest F1, which looks at precision too: here only recall is asked for.",
    *_chosen_by(_f1, _sum_of_both),
)
hardest_to_find.misconception(
    "That class is the easiest to find: look for the smallest recall, not for the largest.",
    *_chosen_by(*EASIEST),
)
hardest_to_find.misconception(
    "You give the number of the class: its name stands at that place in `class_names`.",
    lambda matrix, class_names: int(_recall(matrix).argmin()),
    lambda matrix, class_names: int(_precision(matrix).argmin()),
    lambda matrix, class_names: int(_right(matrix).argmin()),
)
hardest_to_find.misconception(
    "You give the recall itself: the name of the class is asked for, so ask `argmin` for its place.",
    lambda matrix, class_names: float(_recall(matrix).min()),
    lambda matrix, class_names: float(_precision(matrix).min()),
    lambda matrix, class_names: _recall(matrix),
)
hardest_to_find.misconception(
    "That is the neighbour in the list: `argmin` and `class_names` both begin with 0, so add and take away nothing.",
    lambda matrix, class_names: class_names[_recall(matrix).argmin() - 1],
    lambda matrix, class_names: class_names[_recall(matrix).argmin() + 1],
    lambda matrix, class_names: class_names[(_recall(matrix).argmin() + 1) % len(class_names)],
)
hardest_to_find.misconception(
    "You give a list: one name is asked for, that of the class with the lowest recall.",
    lambda matrix, class_names: [class_names[place] for place in _recall(matrix).argsort()],
    lambda matrix, class_names: [class_names[place] for place in _recall(matrix).argsort()[::-1]],
    lambda matrix, class_names: [class_names[_recall(matrix).argmin()]],
    lambda matrix, class_names: np.array(class_names)[_recall(matrix).argsort()],
)

WORDS = {"A": "rare", "B": "exchanged", "C": "alike"}


def _up_to_the_first_slip(answer: Any) -> Any:
    """The diagnoses, in small letters, in which only the first wrong one is kept: one thing at a time."""
    if not isinstance(answer, dict):
        return answer
    given = {str(key).strip().upper(): value for key, value in answer.items()}
    said = {key: word.strip().casefold() if isinstance(word, str) else word for key, word in given.items()}
    slips = [key for key, word in WORDS.items() if said.get(key) != word]
    return {key: word for key, word in said.items() if key in slips[:1]} | {
        key: word for key, word in WORDS.items() if key in said and key not in slips[:1]
    }


diagnose_matrix = value(
    "03.diagnose_matrix",
    WORDS,
    observe_with=_up_to_the_first_slip,
    hints=(
        "How many pictures does each row hold, and on which field of the row do most of them stand?",
        "Look along the rows for the fields off the diagonal: a whole row there, half a row, or just a few pictures?",
        "One matrix has a very short row. In one, two rows stand nearly whole beside the diagonal, in one half.",
    ),
    praise="The numbers off the diagonal tell what to mend: more pictures, better labels, or sharper ones.",
)


def _with_slips(*slips):
    return [WORDS | {letter: word} for letter, word in slips]


diagnose_matrix.misconception(
    "A lazy network fills one column and leaves the others empty: here each matrix has several columns in use.",
    *_with_slips(("A", "lazy"), ("B", "lazy"), ("C", "lazy")),
)
diagnose_matrix.misconception(
    "In B two rows stand nearly whole beside the diagonal, so these two are told apart well: only names are wrong.",
    *_with_slips(("B", "alike")),
)
diagnose_matrix.misconception(
    "In C two rows stand half on the diagonal, half beside it: with exchanged names nearly all would stand beside it.",
    *_with_slips(("C", "exchanged")),
)
diagnose_matrix.misconception(
    "In A no two classes take each other's place: read its last row, and count how many pictures there are in it.",
    *_with_slips(("A", "alike"), ("A", "exchanged")),
)
diagnose_matrix.misconception(
    "A rare class has a short row: in B and in C each row holds twenty pictures.",
    *_with_slips(("B", "rare"), ("C", "rare")),
)
