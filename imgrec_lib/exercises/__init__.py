"""Exercises that know what went wrong: a module of them for each lesson, and `catalogue` for programs.

In a lesson: `from imgrec_lib.exercises import lesson_02 as exercises`, then `exercises.convolve.check(convolve)`,
`exercises.convolve.hint()` and `exercises.convolve.solution()`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgrec_lib.exercises.exercise import Exercise

LESSONS = ("lesson_01", "lesson_02", "lesson_03", "lesson_04", "lesson_05", "lesson_06")


def catalogue() -> "dict[str, Exercise]":
    """All exercises of the course by name, such as "02.convolve", in the order in which lessons ask for them."""
    from importlib import import_module

    modules = [import_module(f"imgrec_lib.exercises.{lesson}") for lesson in LESSONS]
    return {exercise.name: exercise for module in modules for exercise in module.EXERCISES}
