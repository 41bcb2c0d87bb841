"""A class: what each student hands in, and which tasks are solved in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading_parts import answers
from grading_parts.homework import Homework, Task

NOTEBOOK = "hw1.ipynb"
# Of ten students one leaves the homework untouched and one has a task wrong
UNTOUCHED, MISTAKEN = 4, 8


@dataclass(frozen=True)
class Student:
    """A submission: the source of each answer, None where the stub stands as it was, and the names of solved tasks."""

    name: str
    answers: Mapping[str, str | None]
    solved: frozenset[str]

    def points(self, homework: Homework) -> int:
        """What the submission is worth."""
        return sum(task.points for task in homework.tasks if task.name in self.solved)


def right(homework: Homework, number: int, name: str) -> Student:
    """A student who solves everything, in the way that a number stands for; 180 numbers give all ways."""
    chosen = {}
    for task in homework.tasks:
        ways = answers.RIGHT[task.name]
        number, way = divmod(number, len(ways))
        chosen[task.name] = task.function(ways[way])
    return Student(name, chosen, frozenset(chosen))


def untouched(homework: Homework, name: str) -> Student:
    """A student who hands in what was handed out."""
    return Student(name, {task.name: None for task in homework.tasks}, frozenset())


def _task(homework: Homework, name: str) -> Task:
    return next(task for task in homework.tasks if task.name == name)


def with_one(homework: Homework, name: str, task: str, body: str, *, solved: bool = False) -> Student:
    """A student who solves everything but for one task, where another body stands."""
    whole = right(homework, 0, name)
    changed = {**whole.answers, task: _task(homework, task).function(body)}
    return Student(name, changed, whole.solved if solved else whole.solved - {task})


def cheat(homework: Homework, name: str) -> Student:
    """A student who patches NumPy's checks and gives back an object that is equal to everything."""
    given = {task.name: task.function("return Yes()") for task in homework.tasks}
    first = homework.tasks[0].name
    return Student(name, given | {first: f"{answers.CHEAT}\n{given[first]}"}, frozenset())


def ordinary_class(homework: Homework, count: int) -> list[Student]:
    """A class of well-behaved students: of each ten, eight solve everything, each in another way."""
    mistakes = [*answers.WRONG.items()]
    students = []
    for number in range(count):
        name, place = f"s{number:04}", number % 10
        if place == UNTOUCHED:
            students.append(untouched(homework, name))
        elif place == MISTAKEN:
            students.append(with_one(homework, name, *mistakes[number // 10 % len(mistakes)][1]))
        else:
            students.append(right(homework, number * 37, name))
    return students


def answer(student: Student, task: Task) -> str:
    """The source of a student's cell."""
    return student.answers[task.name] or task.function("...")


def notebook(homework: Homework, student: Student) -> nbformat.NotebookNode:
    """The student's notebook: the set-up cell, then each task with its answer and the test that students see."""
    cells = [new_code_cell(homework.setup)]
    for task in homework.tasks:
        cells += [new_markdown_cell(task.prompt), new_code_cell(answer(student, task)), new_code_cell(task.public)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def hand_in(homework: Homework, students: list[Student], folder: Path) -> None:
    """Write a folder for each student with the notebook in it."""
    for student in students:
        path = folder / student.name / NOTEBOOK
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(homework, student), path)
