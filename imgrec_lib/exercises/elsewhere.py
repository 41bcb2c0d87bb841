"""Answers that live in another process, as a grader has them, and what an observer may ask of them.

An exercise's `observe_with(answer, *case)` runs where the check runs. In a notebook that is beside the learner's code.
In the grader it is not, and `answer` stands for a function in a worker. With what is here an observer works in both.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from imgrec_lib.exercises.observing import Observation
from imgrec_lib.quiet import quiet


class Blank:
    """Stands for an argument that nothing can be done with."""


class Elsewhere:
    """A learner's function in another process; calling it runs it there."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the learner's function gives back."""
        raise NotImplementedError

    def observe_elsewhere(self, look: Callable[..., Any], case: Sequence[Any], seconds: float) -> Observation:
        """What `look(self, *case)` comes to, stopped after `seconds`."""
        raise NotImplementedError

    def each_call_elsewhere(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """What the function gives back for each tuple of arguments."""
        raise NotImplementedError

    def library_elsewhere(self, name: str) -> Any:
        """The module called `name` in the other process."""
        raise NotImplementedError


class ObjectElsewhere:
    """An object in another process, such as a network."""

    def is_a_elsewhere(self, path: str) -> bool:
        """Whether its class is, or is derived from, the class at `path`."""
        raise NotImplementedError


def each_call(answer: Any, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """What an answer gives back for each tuple of arguments, in one go where it lives elsewhere."""
    if isinstance(answer, Elsewhere):
        return answer.each_call_elsewhere(calls)
    return [answer(*arguments) for arguments in calls]


def library(answer: Any, name: str) -> Any:
    """The module called `name`, such as "keras", in the process in which `answer` lives."""
    if isinstance(answer, Elsewhere):
        return answer.library_elsewhere(name)
    with quiet():
        return importlib.import_module(name)


def found(path: str) -> Any:
    """What stands at `path`, such as "keras.layers.Conv2D": the module before the first dot, then its attributes."""
    module, *names = path.split(".")
    with quiet():
        value: Any = importlib.import_module(module)
    for name in names:
        value = getattr(value, name)
    return value


def is_a(value: Any, path: str) -> bool:
    """Whether `value` is an instance of the class at `path`, such as "keras.Model", wherever it lives."""
    if isinstance(value, ObjectElsewhere):
        return value.is_a_elsewhere(path)
    return isinstance(value, found(path))
