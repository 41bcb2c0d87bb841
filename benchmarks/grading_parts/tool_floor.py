"""The floor as one of the tools: `floor.py` on the cells of a class."""

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grading_parts import floor
from grading_parts.environments import fresh
from grading_parts.homework import Homework
from grading_parts.measuring import Run, environment, watch
from grading_parts.students import Student, answer


class Floor:
    """A warm fork without any grader; its seconds are those of the forks alone, without the imports
    before them, which its CPU seconds include."""

    def __init__(self, homework: Homework, work: Path) -> None:
        self.homework, self.folder = homework, fresh(work / homework.name / "floor")

    def grade(self, students: Sequence[Student], jobs: int) -> Run:
        """Run a class from the beginning."""
        tasks = self.homework.tasks
        cells = {one.name: [[answer(one, task), task.public, task.hidden] for task in tasks] for one in students}
        given = {"warm": self.homework.warm, "setup": self.homework.setup, "students": cells}
        paths = self.folder / "cells.json", self.folder / "results.json"
        paths[0].write_text(json.dumps(given), encoding="utf-8")
        command = [sys.executable, floor.__file__, *paths, "--jobs", str(jobs)]
        run = watch(command, self.folder, environment(), self.folder / "log.txt")
        return dataclasses.replace(run, seconds=self._results()["forks"]) if not run.status else run

    def _results(self) -> dict[str, Any]:
        return json.loads((self.folder / "results.json").read_text(encoding="utf-8"))

    def points(self) -> dict[str, float]:
        """What each student of the last class gets."""
        tasks = self.homework.tasks
        return {
            name: float(sum(task.points for place, task in enumerate(tasks) if bits >> place & 1))
            for name, bits in self._results()["solved"].items()
        }
