"""The exercises of lesson 1, pixels as matrices."""

from imgrec_lib.exercises.guessing import Guesses
from imgrec_lib.exercises.lesson_01.colours import swap_channels, to_gray
from imgrec_lib.exercises.summary import Summary, summary

EXERCISES = (swap_channels, to_gray)
guessed = Guesses("01")


def done() -> Summary:
    """How far this lesson's exercises are solved."""
    return summary(EXERCISES)


__all__ = ["EXERCISES", "done", "guessed", "swap_channels", "to_gray"]
