"""Each lesson with every exercise solved: strict check as stored, all checks correct, and nothing else changed."""

import re
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from damage import lesson, strict_check
from nbformat import NotebookNode

from imgrec_lib import authoring
from imgrec_lib.exercises import LESSONS
from imgrec_lib.exercises.exercise import Exercise
from imgrec_lib.exercises.feedback import Feedback
from imgrec_lib.exercises.summary import Summary

PARTS = ("exercise", "answer", "check")


def exercises_of(number: int) -> tuple[Exercise, ...]:
    return import_module(f"imgrec_lib.exercises.{LESSONS[number - 1]}").EXERCISES


def shown(value: object) -> dict[str, str]:
    """What a notebook stores where a cell ends in this value."""
    return {"text/html": value._repr_html_(), "text/plain": repr(value)}


def solved(notebook: NotebookNode, exercises: tuple[Exercise, ...]) -> NotebookNode:
    """The notebook with each stub replaced by the solution, and the outputs that this must lead to."""
    cells = {cell.id: cell for cell in notebook.cells}
    for exercise in exercises:
        name = exercise.answer_name.replace("_", "-")
        cells[f"answer-{name}"].source = exercise.solution_source.strip()
        cells[f"check-{name}"].outputs[0].data = shown(Feedback(exercise.name, "correct", exercise.praise))
    cells["done"].outputs[0].data = shown(Summary(tuple((exercise.name, "correct") for exercise in exercises)))
    return notebook


@pytest.mark.parametrize("number", range(1, len(LESSONS) + 1))
def test_lesson_runs_solved_and_ends_with_everything_correct(number: int, tmp_path: Path) -> None:
    source = lesson(number)
    path = tmp_path / source.name
    notebook = solved(nbformat.read(source, as_version=4), exercises_of(number))
    path.write_text(authoring.sealed(notebook), encoding="utf-8")
    verdict = strict_check(path)
    assert verdict.green, verdict.text


@pytest.mark.parametrize("number", range(1, len(LESSONS) + 1))
def test_lesson_asks_for_every_exercise_once_and_for_no_other(number: int) -> None:
    cells = {cell.id: cell.source for cell in nbformat.read(lesson(number), as_version=4).cells}
    names = [exercise.answer_name for exercise in exercises_of(number)]
    checked = [found for source in cells.values() for found in re.findall(r"exercises\.(\w+)\.check\(", source)]
    assert checked == names
    for name in names:
        task, stub, check = (list(cells).index(f"{part}-{name.replace('_', '-')}") for part in PARTS)
        assert task < stub < check


def test_a_wrong_solution_makes_a_solved_lesson_red(tmp_path: Path) -> None:
    source = lesson(1)
    path = tmp_path / source.name
    notebook = solved(nbformat.read(source, as_version=4), exercises_of(1))
    cell = next(cell for cell in notebook.cells if cell.id == "answer-to-gray")
    cell.source = cell.source.replace("0.587", "0.578")
    path.write_text(authoring.sealed(notebook), encoding="utf-8")
    assert not strict_check(path).green
