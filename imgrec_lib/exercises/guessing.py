"""A guess, compared with what came out: kindly, and only where one was written down."""

from typing import Any

import numpy as np

from imgrec_lib.exercises import record
from imgrec_lib.exercises.comparing import is_number, number_words

NEAR = 0.1


def _words(value: Any) -> str:
    if is_number(value):
        return number_words(value)
    if isinstance(value, tuple | list | np.ndarray):
        return "(" + ", ".join(_words(one) for one in value) + ")"
    return str(value)


def _numbers(value: Any) -> np.ndarray | None:
    """The value as numbers, or None where it is something else."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.size else None


def reply(guess: Any, actual: Any) -> str:
    """The sentence for a guess: `actual` is a number, a few numbers such as a shape, or a text."""
    numbers, truth = _numbers(guess), _numbers(actual)
    opening = f"You guessed {_words(guess)}, and it is {_words(actual)}"
    if truth is None or isinstance(actual, str):
        right = str(guess).strip().casefold() == str(actual).strip().casefold()
        return f"{opening}: you saw it coming." if right else f"{opening}. Which thought led you there?"
    if numbers is None or numbers.shape != truth.shape:
        return f"{opening}: another kind of answer than you had in mind."
    if np.allclose(numbers, truth, rtol=1e-3, atol=1e-9):
        return f"{opening}: exactly right."
    if (abs(numbers - truth) <= NEAR * np.maximum(abs(truth), abs(numbers))).all():
        return f"{opening}: close."
    if np.ndim(truth) == 0:
        return f"{opening}: {'lower' if truth < numbers else 'higher'} than you thought. What did you not reckon with?"
    return f"{opening}. What did you not reckon with?"


def is_written(guess: Any) -> bool:
    """Whether a guess was put in place of None or of the dots, for each part of it."""
    parts = guess if isinstance(guess, tuple | list) else [guess]
    return len(parts) > 0 and all(part is not None and part is not ... for part in parts)


class Guesses:
    """The guesses of one lesson, such as "02"."""

    def __init__(self, lesson: str) -> None:
        self.lesson = lesson

    def __call__(self, name: str, guess: Any, actual: Any) -> None:
        """Print how the guess called `name` fared; without a guess, nothing."""
        if not is_written(guess):
            return
        record.note_guess(self.lesson, name)
        print(reply(guess, actual))
