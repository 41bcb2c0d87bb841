"""What grading gives: a row for each exercise of each lesson of each student."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """The verdict on one exercise of one student.

    `outcome` is "correct", "not yet" or "not attempted". `message` is the one sentence that the student needs and
    `evidence` says with which arguments it shows; both may hold what a hostile student wrote. `misconception` says
    whether the message is the sentence of a known misconception.
    """

    student: str
    lesson: str
    exercise: str
    points: float
    max_points: float
    outcome: str
    message: str
    evidence: str = ""
    misconception: bool = False


@dataclass(frozen=True)
class Graded:
    """A graded class: its rows in the order of the report, and what a reader of them wants to know.

    `isolation` is a sentence on what kept the submissions apart, `tasks` the text of what each exercise asks for, by
    its name, in Markdown or plain text.
    """

    rows: tuple[Row, ...]
    isolation: str
    tasks: Mapping[str, str]
