"""What the rows of a class add up to: points, outcomes, and which reasons how often."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from imgrec_lib.grading.report.cleaning import clean
from imgrec_lib.grading.rows import Row

PARTICULARS = re.compile(r"`[^`]*`|(?<!\w)'[^']*'(?!\w)|\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Tally:
    """The points of some rows, and how many of them have which outcome."""

    points: float
    max_points: float
    correct: int
    not_yet: int
    not_attempted: int

    @property
    def exercises(self) -> int:
        """How many rows there are."""
        return self.correct + self.not_yet + self.not_attempted

    @property
    def share(self) -> float:
        """The points as a share of those to be had, from 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def share_correct(self) -> float:
        """How many of the rows are correct, from 0 to 1."""
        return self.correct / self.exercises if self.exercises else 0.0


@dataclass(frozen=True)
class Reason:
    """A sentence that was said to somebody: its outcome, the exercises where it was said, and the rows, by student."""

    sentence: str
    outcome: str
    exercises: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def people(self) -> list[tuple[Row, int]]:
        """The first row of each student to whom it was said, and how often it was."""
        return [(group[0], len(group)) for group in grouped(self.rows, lambda row: row.student).values()]


def tally(rows: Iterable[Row]) -> Tally:
    """The sums over some rows."""
    rows = list(rows)
    counts = [sum(row.outcome == outcome for row in rows) for outcome in ("correct", "not yet", "not attempted")]
    return Tally(sum(row.points for row in rows), sum(row.max_points for row in rows), *counts)


def in_order(name: str) -> tuple[Any, ...]:
    """A key that sorts names as people do: small and large letters alike, É beside E, and hw2 before hw10."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    parts = re.split(r"0*([0-9]+)", plain)
    return tuple((len(part), part) if place % 2 else part for place, part in enumerate(parts)), name


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, tuple[Row, ...]]:
    """The rows of each value of a key, in the order in which the values come."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {value: tuple(found) for value, found in groups.items()}


def by_student(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    """The rows of each student, students in the order of names."""
    groups = grouped(rows, lambda row: row.student)
    return {student: groups[student] for student in sorted(groups, key=in_order)}


def lessons(rows: Iterable[Row]) -> list[str]:
    """The lessons of some rows, in the order of names."""
    return sorted({row.lesson for row in rows}, key=in_order)


def mean_share(students: Iterable[Sequence[Row]]) -> float | None:
    """The mean over students of their share of points, or None where there are no points to be had."""
    tallies = [tally(rows) for rows in students]
    shares = [counted.share for counted in tallies if counted.max_points]
    return sum(shares) / len(shares) if shares else None


def hardest(rows: Iterable[Row]) -> list[tuple[str, str, Tally]]:
    """Lesson, exercise and tally of every exercise, those with the smallest share of correct answers first."""
    groups = grouped(rows, lambda row: (row.lesson, row.exercise))
    found = [(lesson, exercise, tally(group)) for (lesson, exercise), group in groups.items()]
    return sorted(found, key=lambda one: (one[2].share_correct, in_order(one[0]), in_order(one[1])))


def misconceptions(rows: Iterable[Row]) -> list[Reason]:
    """The misconceptions that were recognised, the most frequent first."""
    known = [row for row in rows if row.misconception and row.outcome != "correct"]
    return _reasons(known, lambda row: (row.exercise, row.message))


def other_reasons(rows: Iterable[Row]) -> list[Reason]:
    """All other reasons for lost points, the most frequent first.

    Messages that differ only in numbers, code and quoted words are one reason.
    """
    others = [row for row in rows if not row.misconception and row.outcome != "correct"]
    return _reasons(others, lambda row: (row.outcome, PARTICULARS.sub("…", clean(row.message))))


def _reasons(rows: Sequence[Row], key: Callable[[Row], tuple[str, str]]) -> list[Reason]:
    found = [_reason(common, group) for (_, common), group in grouped(rows, key).items()]
    return sorted(found, key=lambda reason: (-len(reason.rows), reason.sentence, reason.outcome, reason.exercises))


def _reason(common: str, rows: Sequence[Row]) -> Reason:
    sentence = rows[0].message if len({row.message for row in rows}) == 1 else common
    exercises = sorted({row.exercise for row in rows}, key=in_order)
    ordered = sorted(rows, key=lambda row: in_order(row.student))
    return Reason(sentence, rows[0].outcome, tuple(exercises), tuple(ordered))
