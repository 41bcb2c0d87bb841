"""What is done and what is left, of one lesson or of the whole course."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

from imgrec_lib.exercises import record
from imgrec_lib.exercises.exercise import Exercise

WORDS = {"correct": "done", "not yet": "begun", "not attempted": "open"}


@dataclass(frozen=True)
class Summary:
    """Rows of (exercise, outcome), in the order of the lesson; shows itself in a notebook."""

    rows: tuple[tuple[str, str], ...]

    def _count(self) -> str:
        done = sum(outcome == "correct" for _, outcome in self.rows)
        return f"{done} of {len(self.rows)} exercises done"

    def __repr__(self) -> str:
        return "\n".join([self._count(), *(f"  {WORDS[outcome]:6} {name}" for name, outcome in self.rows)])

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><td style="text-align: left">{html.escape(name)}</td>'
            f'<td style="text-align: left">{WORDS[outcome]}</td></tr>'
            for name, outcome in self.rows
        )
        return f"<p><strong>{self._count()}</strong></p><table>{cells}</table>"


def summary(exercises: Iterable[Exercise]) -> Summary:
    """What the record knows of the exercises."""
    done = record.done()
    names = [exercise.name for exercise in exercises]
    return Summary(tuple((name, done[name].outcome if name in done else "not attempted") for name in names))
