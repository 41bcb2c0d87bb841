"""The course's own grader, called as an instructor calls it."""

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grading_parts.environments import Missing, fresh
from grading_parts.homework import Homework
from grading_parts.measuring import Run, environment, watch
from grading_parts.students import Student, hand_in

HERE = Path(__file__).parent


class Imgrec:
    """`imgrec grade` on a folder of submissions."""

    def __init__(self, homework: Homework, work: Path) -> None:
        self.homework, self.folder = homework, fresh(work / homework.name / "imgrec")
        command = [sys.executable, "-m", "imgrec_lib", "grade", "--help"]
        if subprocess.run(command, capture_output=True).returncode:
            raise Missing("`imgrec grade` is not in this version of the course")

    def grade(self, students: Sequence[Student], jobs: int) -> Run:
        """Grade a class from the beginning."""
        submissions, report = fresh(self.folder / "submissions"), fresh(self.folder / "report")
        hand_in(self.homework, students, submissions)
        exercises = HERE / self.homework.exercises
        command = [sys.executable, "-m", "imgrec_lib", "grade", submissions, "--out", report]
        command += ["--exercises", exercises, "--jobs", str(jobs)]
        return watch(command, self.folder, environment(), self.folder / "log.txt")

    def rows(self) -> list[dict[str, str]]:
        """The rows of the last class, as they stand in its scores; none where the grader wrote none."""
        scores = self.folder / "report" / "scores.csv"
        if not scores.exists():
            return []
        with scores.open(encoding="utf-8", newline="") as file:
            return [*csv.DictReader(file)]

    def points(self) -> dict[str, float]:
        """What each student of the last class gets by the homework's own points."""
        worth = {task.name: task.points for task in self.homework.tasks}
        found = dict.fromkeys((row["student"] for row in self.rows()), 0.0)
        for row in self.rows():
            if row["outcome"] == "correct" and float(row["points"]) == float(row["max_points"]) > 0:
                found[row["student"]] += worth[row["exercise"].partition(".")[2]]
        return found
