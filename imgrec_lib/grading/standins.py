"""What stands in a worker for the course's own exercises, so that a lesson's cells run and no reference is there.

A lesson begins with `from imgrec_lib.exercises import lesson_02 as exercises` and calls `.check`, `.hint`, `.solution`,
`guessed` and `done`. Here all of them do nothing: the judge checks, in another process.
"""

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

LESSON = "imgrec_lib.exercises.lesson_"
HIDDEN = ("imgrec_lib.exercises.", "imgrec_lib.grading.", "imgrec_lib.authoring", "imgrec_lib.sealing")
NEEDED = (
    "observing", "failures", "comparing", "elsewhere", "limits", "linux", "usage", "ending", "confining", "warm",
    "worker", "cells", "wire", "messages", "standins",
)  # fmt: skip
ANSWER = "While a class is being graded, checks, hints and solutions are not here."


class Nothing:
    """Takes any call and any attribute, and shows one sentence."""

    def __call__(self, *arguments: Any, **named: Any) -> "Nothing":
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __repr__(self) -> str:
        return ANSWER


class Lesson(ModuleType):
    """Stands for a module of exercises: each name in it is `Nothing`."""

    EXERCISES = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Nothing()


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives stand-ins for the lessons' exercises, and refuses what the judge alone has."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A stand-in's spec, or None for what is none of this module's business; `ImportError` for what is hidden."""
        if name.startswith(LESSON):
            return ModuleSpec(name, self, is_package=True)
        if name.startswith(HIDDEN) and name.rpartition(".")[2] not in NEEDED:
            raise ImportError(f"{name} is not here while a class is being graded")
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The stand-in itself."""
        return Lesson(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: a stand-in is complete from the beginning."""


def install(loaded: Sequence[str] = ()) -> None:
    """Put stand-ins in place of the exercises, and forget modules that were imported before, `loaded` ones excepted."""
    for name in [*sys.modules]:
        if name.startswith(HIDDEN) and name.rpartition(".")[2] not in NEEDED and name not in loaded:
            del sys.modules[name]
            parent, _, own = name.rpartition(".")
            vars(sys.modules.get(parent, Lesson(""))).pop(own, None)
    package = sys.modules.get("imgrec_lib.exercises")
    if package is not None:
        package.catalogue = dict  # An empty one
    sys.meta_path.insert(0, Finder())
