"""What a class was asked to do: the exercises of a lesson of the course, or those in an instructor's own file."""

import hashlib
import importlib.util
import linecache
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imgrec_lib.exercises import LESSONS, catalogue
from imgrec_lib.exercises.exercise import Exercise
from imgrec_lib.grading.notebook_files import read_cells
from imgrec_lib.grading.published import Published

COURSE = Path(__file__).resolve().parents[2]
MODULE = "imgrec_homework"


@dataclass(frozen=True)
class Assignment:
    """The exercises of one lesson, in their order; `published` is what was handed out, `tasks` what each asks for."""

    lesson: str
    exercises: tuple[Exercise, ...]
    published: Published
    tasks: dict[str, str]

    @property
    def answer_names(self) -> list[str]:
        """The names that the notebook must give a value."""
        return [exercise.answer_name for exercise in self.exercises]


def digest() -> str:
    """A digest of the code that judges, so that a verdict is known to be of this code."""
    folder, total = Path(__file__).resolve().parents[1], hashlib.sha256()
    for path in sorted([*(folder / "exercises").rglob("*.py"), *(folder / "grading").rglob("*.py")]):
        total.update(path.read_bytes())
    return total.hexdigest()


def lesson_paths() -> dict[str, Path]:
    """The published lessons that have exercises, by their names."""
    numbers = [name.removeprefix("lesson_") for name in LESSONS]
    paths = sorted((COURSE / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return {path.stem: path for path in paths if path.stem[:2] in numbers}


@cache
def course_assignment(lesson: str) -> Assignment:
    """A lesson of the course, by a name such as "02_convolution_by_hand"; `ValueError` where there is none."""
    paths = lesson_paths()
    if lesson not in paths:
        raise ValueError(f"{lesson} is no lesson of the course: known are {', '.join(paths) or 'none'}.")
    exercises = tuple(one for one in catalogue().values() if one.name.startswith(lesson[:2] + "."))
    published = Published.of(paths[lesson])
    texts = {cell.id: cell.source for cell in read_cells(paths[lesson].read_bytes()) if cell.kind == "markdown"}
    names = {one.name: f"exercise-{one.answer_name.replace('_', '-')}" for one in exercises}
    return Assignment(lesson, exercises, published, {name: texts.get(place, "") for name, place in names.items()})


def homework_assignment(path: Path) -> Assignment:
    """The exercises of an instructor's own file, a Python module of the form of the course's own."""
    if not path.is_file():
        raise ValueError(f"There is no file {path}: name the Python file that holds your exercises.")
    try:
        source = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is no text: give a Python file with exercises.") from error
    return assignment_from_source(source, path.stem, str(path))


@cache
def assignment_from_source(source: str, stem: str, file: str = "") -> Assignment:
    """The exercises that a Python source defines, in the order in which it defines them; `ValueError` where none."""
    module = _run_module(source, file or f"{stem}.py")
    listed = getattr(module, "EXERCISES", None)
    found = listed if isinstance(listed, Sequence) else vars(module).values()
    exercises = tuple({id(one): one for one in found if isinstance(one, Exercise)}.values())
    if not exercises:
        raise ValueError(f"{stem}.py holds no exercise: make some with imgrec_lib.exercises.making.function or value.")
    lesson = exercises[0].name.split(".")[0] or stem
    tasks = {one.name: _task(one) for one in exercises}
    return Assignment(lesson, exercises, Published.none(), tasks)


def _run_module(source: str, file: str) -> object:
    """The module that a source makes; it is the instructor's own, and runs here."""
    spec = importlib.util.spec_from_loader(MODULE, loader=None, origin=file)
    module = importlib.util.module_from_spec(spec)
    module.__file__ = file
    sys.modules[MODULE] = module
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        exec(compile(source, file, "exec"), vars(module))  # The instructor's own file
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}"
        raise ValueError(f"{Path(file).name} could not be loaded, {' '.join(said.split())}") from error
    return module


def _task(exercise: Exercise) -> str:
    words = getattr(exercise.reference, "__doc__", None) if exercise.is_function else None
    return re.sub(r"[ \t]+", " ", (words or "").strip())


def recogniser(assignments: Sequence[Assignment]) -> Callable[[Sequence[str]], str | None]:
    """A function that says which lesson a notebook with these sources belongs to, by the answers that it gives."""
    patterns = {
        one.lesson: re.compile(rf"^(?:def +)?({'|'.join(map(re.escape, one.answer_names))})\b *[=(]", re.MULTILINE)
        for one in assignments
    }

    def recognise(sources: Sequence[str]) -> str | None:
        text = "\n".join(sources)
        counts = {lesson: len({*pattern.findall(text)}) for lesson, pattern in patterns.items()}
        best = max(counts, key=lambda lesson: counts[lesson], default=None)
        return best if best is not None and counts[best] else None

    return recognise
