"""A submission at work: its cells have run in a worker, and where the worker ends, a new one takes its place."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from imgrec_lib.exercises.comparing import shortened
from imgrec_lib.grading.connection import Connection, Died, Late, text
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.remote import Remote
from imgrec_lib.grading.sandbox import Sandbox
from imgrec_lib.grading.selecting import Step

CELL_SECONDS = 30.0
MOST_FALSE_STARTS = 6
LONGEST_SOURCE = 60
ENDINGS = {
    "memory": "more memory was asked for than the {memory:,} MB that a submission may use: look at the shapes",
    "disk": "more was written to the disk than a submission may",
}
ENDED = "the program that ran it was ended, as `os._exit` or a crash does: let a function end with `return`"
TOO_LATE = "it did not end in time: look for a loop that never ends"


class Broken(Exception):
    """Worker after worker ended before all cells had run."""


@dataclass
class Session:
    """One submission in one sandbox, until a `deadline` of `time.monotonic`."""

    sandbox: Sandbox
    limits: Limits
    steps: Sequence[Step]
    deadline: float
    faults: dict[Step, str] = field(default_factory=dict)
    _remote: Remote | None = None
    _fatal: set[Step] = field(default_factory=set)
    _false_starts: int = 0

    def remote(self) -> Remote:
        """What the worker holds after the cells have run; without those that ended a worker before."""
        while self._remote is None:
            if self.is_over():
                raise Late
            self._start()
        return self._remote

    def is_over(self) -> bool:
        """Whether the time for the whole submission is over."""
        return time.monotonic() >= self.deadline

    def end(self, late: bool = False) -> str:
        """End the worker and all that it left running; why it ended, as the second half of a sentence."""
        self._remote = None
        ending = self.sandbox.end()
        if late and ending not in ENDINGS:
            return TOO_LATE
        return ENDINGS.get(ending, ENDED).format(memory=self.limits.memory_mb)

    def _start(self) -> None:
        if self._false_starts == MOST_FALSE_STARTS:
            raise Broken
        connection = Connection(self.sandbox.fork(), self.deadline)
        steps = [step for step in self.steps if step not in self._fatal]
        at = None
        try:
            for told in self._messages(connection, steps):
                if type(told.get("at")) is int and 0 <= told["at"] < len(steps):
                    at = steps[told["at"]]
                if told.get("late"):
                    raise Late
                if "fault" in told and at is not None:
                    self.faults[at] = text(told["fault"])
        except (Died, Late) as error:
            self._false_starts += 1
            self._note_end(at, self.end(late=isinstance(error, Late)))
        else:
            self._remote = Remote(connection)

    def _messages(self, connection: Connection, steps: Sequence[Step]) -> Iterator[dict[str, Any]]:
        """What the worker tells while cells run, each within the time of one cell."""
        cells = [{"number": at, "source": step.source, "answers": step.answers} for at, step in enumerate(steps)]
        connection.begin(CELL_SECONDS)
        told, _ = connection.ask({"do": "run", "steps": cells, "seconds": CELL_SECONDS})
        for _ in range(2 * len(cells) + 1):
            if told.get("done"):
                return
            yield told
            connection.begin(CELL_SECONDS)
            told, _ = connection.ask({})
        raise Died("more was said than there are cells")

    def _note_end(self, step: Step | None, why: str) -> None:
        if step is None:
            raise Late if self.is_over() else Broken
        self._fatal.add(step)
        first = next((line.strip() for line in step.source.splitlines() if line.strip()), "")
        self.faults[step] = f"Your cell that begins with `{shortened(first, LONGEST_SOURCE)}` was given up: {why}."
