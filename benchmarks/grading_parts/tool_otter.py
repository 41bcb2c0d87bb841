"""otter-grader: its source notebook with hidden tests, and a class graded by `otter run`."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grading_parts import answers
from grading_parts.environments import KERNEL, Peer, filled, fresh, install
from grading_parts.homework import Homework
from grading_parts.measuring import Run
from grading_parts.students import NOTEBOOK, Student

CONFIG = """\
# ASSIGNMENT CONFIG
name: hw1
init_cell: true
export_cell: false
generate:
  show_hidden: false
"""


def source_notebook(homework: Homework) -> nbformat.NotebookNode:
    """The notebook from which `otter assign` makes the student's one and the tests."""
    cells = [new_raw_cell(CONFIG), new_code_cell(homework.setup)]
    for task in homework.tasks:
        body = f"# BEGIN SOLUTION\n{answers.RIGHT[task.name][0]}\n# END SOLUTION"
        question = f"# BEGIN QUESTION\nname: {task.name}\npoints: {task.points}\nall_or_nothing: true"
        cells += [
            *(new_raw_cell(question), new_markdown_cell(task.prompt)),
            *(new_raw_cell("# BEGIN SOLUTION"), new_code_cell(task.function(body)), new_raw_cell("# END SOLUTION")),
            *(new_raw_cell("# BEGIN TESTS"), new_code_cell(task.public), new_code_cell(f"# HIDDEN\n{task.hidden}")),
            *(new_raw_cell("# END TESTS"), new_raw_cell("# END QUESTION")),
        ]
    return new_notebook(cells=cells, metadata=KERNEL)


class Otter:
    """`otter run`, one student a call: otter's documented way without Docker."""

    def __init__(self, homework: Homework, work: Path) -> None:
        self.homework = homework
        self.peer = Peer("otter-grader", install("otter", work), fresh(work / homework.name / "otter"))
        nbformat.write(source_notebook(homework), self.peer.course / NOTEBOOK)
        self.peer.call("otter", "assign", NOTEBOOK, "dist")
        archive = next((self.peer.course / "dist" / "autograder").glob("*.zip"))
        shutil.copy(archive, self.peer.course / "autograder.zip")

    def grade(self, students: Sequence[Student], jobs: int) -> Run:
        """Grade a class from the beginning."""
        graded, folder = fresh(self.peer.course / "graded"), fresh(self.peer.course / "submitted")
        for student in students:
            (graded / student.name).mkdir()
            released = self.peer.course / "dist" / "student" / NOTEBOOK
            nbformat.write(filled(released, self.homework, student), folder / f"{student.name}.ipynb")
        command = ["otter", "run", "-a", "autograder.zip", "-o", "graded/{}", "submitted/{}.ipynb"]
        return self.peer.watch_each([student.name for student in students], jobs, command)

    def points(self) -> dict[str, float]:
        """What each student of the last class got."""
        found = {}
        for path in (self.peer.course / "graded").glob("*/results.json"):
            tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
            found[path.parent.name] = sum(test.get("score", 0) for test in tests)
        return found
