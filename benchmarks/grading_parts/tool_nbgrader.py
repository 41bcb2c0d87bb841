"""nbgrader: its source notebook with hidden tests, and a class graded by `nbgrader autograde`."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading_parts import answers
from grading_parts.environments import KERNEL, Peer, filled, fresh, install
from grading_parts.homework import Homework
from grading_parts.measuring import Run
from grading_parts.students import NOTEBOOK, Student


def _mark(name: str, **more: object) -> dict[str, dict[str, object]]:
    fixed = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    return {"nbgrader": {**fixed, "grade_id": name, **more}}


def source_notebook(homework: Homework) -> nbformat.NotebookNode:
    """The notebook from which nbgrader makes the student's one and its own."""
    cells = [new_code_cell(homework.setup, metadata=_mark("setup"))]
    for task in homework.tasks:
        body = f"### BEGIN SOLUTION\n{answers.RIGHT[task.name][0]}\n### END SOLUTION"
        tests = f"{task.public}\n### BEGIN HIDDEN TESTS\n{task.hidden}\n### END HIDDEN TESTS"
        cells += [
            new_markdown_cell(task.prompt, metadata=_mark(f"{task.name}_text")),
            new_code_cell(task.function(body), metadata=_mark(task.name, solution=True, locked=False)),
            new_code_cell(tests, metadata=_mark(f"{task.name}_test", grade=True, points=task.points)),
        ]
    return new_notebook(cells=cells, metadata=KERNEL)


class Nbgrader:
    """`nbgrader autograde`, one student a call, into one gradebook."""

    def __init__(self, homework: Homework, work: Path) -> None:
        self.homework = homework
        course = fresh(work / homework.name / type(self).__name__.lower())
        self.peer = Peer("nbgrader", install("nbgrader", work), course)
        source = self.peer.course / "source" / "hw1" / NOTEBOOK
        source.parent.mkdir(parents=True)
        nbformat.write(source_notebook(homework), source)
        self._call("generate_assignment", "hw1")
        shutil.copy(self.peer.course / "gradebook.db", self.peer.course / "gradebook.empty")

    def _call(self, *arguments: str) -> None:
        self.peer.call("nbgrader", *arguments, "--CourseDirectory.course_id=hw")

    def grade(self, students: Sequence[Student], jobs: int) -> Run:
        """Grade a class from the beginning."""
        shutil.rmtree(self.peer.course / "autograded", ignore_errors=True)
        shutil.copy(self.peer.course / "gradebook.empty", self.peer.course / "gradebook.db")
        folder = fresh(self.peer.course / "submitted")
        for student in students:
            path = folder / student.name / "hw1" / NOTEBOOK
            path.parent.mkdir(parents=True)
            nbformat.write(filled(self.peer.course / "release" / "hw1" / NOTEBOOK, self.homework, student), path)
        command = ["nbgrader", "autograde", "hw1", "--student={}", "--CourseDirectory.course_id=hw"]
        return self.peer.watch_each(self.calls(students, jobs), jobs, command)

    def calls(self, students: Sequence[Student], jobs: int) -> list[str]:
        """The names that nbgrader is called with, one a call."""
        return [student.name for student in students]

    def points(self) -> dict[str, float]:
        """What each student of the last class got."""
        self._call("export", "--to=grades.csv")
        with (self.peer.course / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: float(row["score"] or 0) for row in csv.DictReader(file)}


class NbgraderInShares(Nbgrader):
    """`nbgrader autograde` once for each job, with a share of the class: its programs start less often.

    Nobody's documentation says so; it is the fastest way that was found. Shares go by the last digit of a name.
    """

    def calls(self, students: Sequence[Student], jobs: int) -> list[str]:
        """A pattern for each share."""
        shares = ["".join(str(digit) for digit in range(10) if digit % jobs == job) for job in range(min(jobs, 10))]
        return [f"*[{digits}]" for digits in shares]
