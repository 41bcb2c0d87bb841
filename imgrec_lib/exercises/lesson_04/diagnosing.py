"""An exercise on reading two accuracies: too little learned, learned by heart, or fine."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from imgrec_lib.exercises.making import function

BORDERS = (
    (0.75, 0.5),
    (1.0, 0.75),
    (0.75, 0.7),
    (0.9, 0.3),
    (0.5, 0.1),
    (0.85, 0.95),
    (0.875, 0.875),
    (0.0, 0.0),
    (1.0, 0.0),
)


def _word(answer: Callable, train_accuracy: float, validation_accuracy: float) -> Any:
    """The word that an answer gives, as Python's own text where it is one of NumPy's."""
    found = answer(train_accuracy, validation_accuracy)
    return str(found) if isinstance(found, np.str_ | np.ndarray) else found


@function(
    "04.diagnose",
    observe_with=_word,
    hints=(
        "Which of the two accuracies alone tells you that the network hasn't even learned its own pictures?",
        "Ask that first, with one `if` and a `return`. Then ask how far the second accuracy lies below the first.",
        "Three returns: the first under `train_accuracy < …`, the second under an `if` with the gap, "
        "which is training minus validation, and the last with no `if` at all.",
    ),
    praise="A low training accuracy comes first: a gap means little while nothing has been learned.",
)
def diagnose(train_accuracy: float, validation_accuracy: float) -> str:
    """What two accuracies say of a training: "underfits", "overfits" or "fine"."""
    if train_accuracy < 0.75:
        return "underfits"
    if train_accuracy - validation_accuracy > 0.25:
        return "overfits"
    return "fine"


@diagnose.cases
def _accuracies(generator: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Accuracies in each region, three digits long, and on the borders, which are exact in binary."""

    def between(low: float, high: float) -> float:
        return round(float(generator.uniform(low, high)), 3)

    yield between(0.93, 0.99), between(0.3, 0.6)
    for _ in range(3):
        low, high, full = between(0.1, 0.65), between(0.77, 0.95), between(0.9, 0.99)
        yield low, round(low * between(0.8, 0.9), 3)
        yield between(0.5, 0.72), between(0.05, 0.2)
        yield between(0.5, 0.72), between(0.78, 0.99)
        yield high, round(high - between(0.01, 0.15), 3)
        yield high, min(1.0, round(high + between(0.01, 0.05), 3))
        yield full, round(full - between(0.28, 0.36), 3)
        yield between(0.77, 0.82), between(0.54, 0.56)
    yield from BORDERS


def _rule(low=0.75, gap=0.25, words=("underfits", "overfits", "fine")):
    """The right rule with other numbers or words."""
    return lambda train, held_out: words[0] if train < low else words[1] if train - held_out > gap else words[2]


def _in_order(*tests, words=("underfits", "overfits", "fine")):
    """A rule of two tests that are asked in turn."""
    return lambda train, held_out: next((word for test, word in zip(tests, words) if test(train, held_out)), words[-1])


def _is_low(train, held_out):
    return train < 0.75


def _has_gap(train, held_out):
    return train - held_out > 0.25


diagnose.misconception(
    "You asked for the gap first: ask first whether the training accuracy is low, for then a gap means nothing yet.",
    lambda train, held_out: "overfits" if train - held_out > 0.25 else "underfits" if train < 0.75 else "fine",
    lambda train, held_out: "overfits" if train - held_out >= 0.25 else "underfits" if train < 0.75 else "fine",
    lambda train, held_out: "overfits" if train - held_out > 0.25 else "underfits" if train <= 0.75 else "fine",
)
diagnose.misconception(
    "The first comparison points the other way: a network underfits when its training accuracy is low.",
    *[
        _in_order(test, _has_gap)
        for test in (lambda train, held_out: train > 0.75, lambda train, held_out: train >= 0.75)
    ],
    lambda train, held_out: "overfits" if train - held_out > 0.25 else "underfits" if train > 0.75 else "fine",
)
diagnose.misconception(
    "You judged underfitting by the validation accuracy: a network underfits when it is bad on the pictures it "
    "trains on.",
    _in_order(lambda train, held_out: held_out < 0.75, _has_gap),
    _in_order(lambda train, held_out: held_out <= 0.75, _has_gap),
    _in_order(lambda train, held_out: held_out < 0.5, _has_gap),
    _in_order(_has_gap, lambda train, held_out: held_out < 0.75, words=("overfits", "underfits", "fine")),
)
diagnose.misconception(
    "You asked for both accuracies to be low: the training accuracy alone says whether it underfits.",
    _in_order(lambda train, held_out: train < 0.75 and held_out < 0.75, _has_gap),
    _in_order(lambda train, held_out: (train + held_out) / 2 < 0.75, _has_gap),
)
diagnose.misconception(
    "You asked whether one of the two is low: the training accuracy alone says whether it underfits.",
    _in_order(lambda train, held_out: train < 0.75 or held_out < 0.75, _has_gap),
)
diagnose.misconception(
    'Your rule never says "overfits": take training minus validation, and compare that with 0.25.',
    _in_order(_is_low, lambda train, held_out: held_out - train > 0.25),
    _in_order(_is_low, lambda train, held_out: held_out - train >= 0.25),
    _rule(0.75, 25),
    lambda train, held_out: "underfits" if train < 0.75 else "fine",
)
diagnose.misconception(
    'Your rule never says "underfits": ask first whether the training accuracy is low.',
    lambda train, held_out: "overfits" if train - held_out > 0.25 else "fine",
    lambda train, held_out: "overfits" if train - held_out >= 0.25 else "fine",
    lambda train, held_out: "overfits" if train > held_out else "fine",
)
diagnose.misconception(
    "The gap is taken the wrong way round: it is training minus validation, so it is large when training is higher.",
    _in_order(_is_low, lambda train, held_out: held_out > train),
    _in_order(_is_low, lambda train, held_out: train - held_out < 0.25),
    _in_order(_is_low, lambda train, held_out: train - held_out <= 0.25),
    lambda train, held_out: _rule()(held_out, train),
)
diagnose.misconception(
    "You call every gap overfitting: a small one is normal, and only a gap of more than 0.25 counts here.",
    _in_order(_is_low, lambda train, held_out: train > held_out),
    _in_order(_is_low, lambda train, held_out: train != held_out),
    _in_order(_is_low, lambda train, held_out: train - held_out > 0.1),
    _in_order(_is_low, lambda train, held_out: train >= held_out),
)
diagnose.misconception(
    "You looked at one accuracy alone to find overfitting: it shows in the gap between the two.",
    _in_order(_is_low, lambda train, held_out: True),
    _in_order(_is_low, lambda train, held_out: held_out < 0.75),
    _in_order(_is_low, lambda train, held_out: held_out <= 0.75),
    _in_order(_is_low, lambda train, held_out: held_out < 0.5),
    _in_order(_is_low, lambda train, held_out: held_out < 0.6),
    _in_order(_is_low, lambda train, held_out: held_out < 0.25),
    _in_order(_is_low, lambda train, held_out: train > 0.95),
    _in_order(_is_low, lambda train, held_out: train == 1),
)
diagnose.misconception(
    "You took the gap as a share of the training accuracy: it is a plain difference of the two.",
    _in_order(_is_low, lambda train, held_out: held_out < 0.75 * train),
    _in_order(_is_low, lambda train, held_out: held_out <= 0.75 * train),
    _in_order(_is_low, lambda train, held_out: train > 1.25 * held_out),
    _in_order(_is_low, lambda train, held_out: train >= 1.25 * held_out),
)
diagnose.misconception(
    "You reckoned in percent: these accuracies lie between 0 and 1, so 75 % is 0.75.",
    _rule(75, 25),
    _rule(75, 0.25),
    _rule(75, 0.25, ("overfits", "underfits", "fine")),
)
diagnose.misconception(
    "The two borders changed places: 0.75 belongs to the training accuracy, and 0.25 to the gap.",
    _rule(0.25, 0.75),
)
diagnose.misconception(
    "The two words changed places: a network underfits when it hasn't learned enough, and overfits when it has "
    "learned by heart.",
    _rule(words=("overfits", "underfits", "fine")),
)
diagnose.misconception(
    'The rule is right and the words are others: give back exactly "underfits", "overfits" or "fine".',
    *[
        _rule(words=words)
        for words in (
            ("underfitting", "overfitting", "fine"),
            ("underfit", "overfit", "fine"),
            ("underfitting", "overfitting", "good"),
            ("underfits", "overfits", "good"),
            ("underfits", "overfits", "ok"),
            ("underfits", "overfits", "okay"),
            ("underfitted", "overfitted", "fine"),
            ("A", "B", "C"),
        )
    ],
)
diagnose.misconception(
    "The borders belong to the other side: exactly 0.75 is not below 0.75, and a gap of exactly 0.25 is not more.",
    _in_order(lambda train, held_out: train <= 0.75, _has_gap),
    _in_order(_is_low, lambda train, held_out: train - held_out >= 0.25),
    _in_order(lambda train, held_out: train <= 0.75, lambda train, held_out: train - held_out >= 0.25),
)
