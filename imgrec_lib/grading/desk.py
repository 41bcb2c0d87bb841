"""Where papers are judged: on this machine, several at a time, each thread with sandboxes of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

from imgrec_lib.grading.assignments import Assignment
from imgrec_lib.grading.judge import Paper, judge
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.rows import Row
from imgrec_lib.grading.sandbox import Sandbox

Judging = Callable[[Sequence[Paper]], Iterator[tuple[Paper, list[Row]]]]


class Desk:
    """Judges papers in whatever threads call it; `hidden` paths cannot be read by what is judged."""

    def __init__(self, limits: Limits, hidden: Sequence[Path] = ()) -> None:
        self.limits, self.hidden = limits, tuple(hidden)
        self._own = threading.local()
        self._all: list[Sandbox] = []
        self._closed = False

    def judge(self, paper: Paper, assignment: Assignment, seed: int) -> list[Row]:
        """The rows of a paper."""
        return judge(paper, assignment.exercises, seed, self._sandbox(paper.kind), self.limits)

    def _sandbox(self, kind: str) -> Sandbox:
        """This thread's sandbox of a kind, made when it is first needed."""
        if self._closed:
            raise OSError("the desk is closed: no more papers are judged")
        sandboxes = self._own.__dict__.setdefault("sandboxes", {})
        if kind not in sandboxes:
            sandboxes[kind] = Sandbox(kind, self.limits, self.hidden)
            self._all.append(sandboxes[kind])
        return sandboxes[kind]

    def close(self) -> None:
        """End all sandboxes and everything in them."""
        self._closed = True
        for sandbox in self._all:
            sandbox.close()


def on_this_machine(
    desk: Desk, assignments: dict[str, Assignment], seed: int, jobs: int
) -> Judging:
    """A way to judge papers here, `jobs` at a time; what is not done when it is interrupted is given up."""

    def judging(papers: Sequence[Paper]) -> Iterator[tuple[Paper, list[Row]]]:
        pool = ThreadPoolExecutor(jobs)
        try:
            running = {pool.submit(desk.judge, paper, assignments[paper.lesson], seed): paper for paper in papers}
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            desk.close()
            pool.shutdown(wait=True)

    return judging
