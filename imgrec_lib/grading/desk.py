"""Where papers are judged: on this machine, several at a time, each thread with sandboxes of its own."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

from imgrec_lib.grading.assignments import Assignment
from imgrec_lib.grading.judge import Paper, UnfitExercise, judge, prepare, rows_unjudged
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.rows import Row
from imgrec_lib.grading.sandbox import Sandbox, SandboxError
from imgrec_lib.quiet import quiet

LONGEST_WHY = 300
Judging = Callable[[Sequence[Paper]], Iterator[tuple[Paper, list[Row]]]]


class Place:
    """A sandbox that makes no worker once it is closed, whichever thread closes it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._is_closed = sandbox, False

    def fork(self) -> socket.socket:
        """The judge's end of a socket to a new worker; raises `SandboxError` where none can be made."""
        self._refuse()
        channel = self._sandbox.fork()
        if self._is_closed:
            channel.close()
            self._sandbox.close()
            self._refuse()
        return channel

    def begin(self) -> None:
        """Let the sandbox start while something else is done."""
        self._refuse()
        self._sandbox.begin()

    def _refuse(self) -> None:
        if self._is_closed:
            raise SandboxError("grading was stopped: no more submissions are judged")

    def end(self) -> str:
        """How the worker ended."""
        return self._sandbox.end()

    def try_anew(self) -> None:
        """Begin with a new sandbox; raises `SandboxError` where there can be none."""
        self._refuse()
        self._sandbox.close()
        self.fork().close()
        self.end()

    def close(self) -> None:
        """End everything in the sandbox, for good."""
        self._is_closed = True
        self._sandbox.close()


class Desk:
    """Judges papers in whatever threads call it; `hidden` paths cannot be read by what is judged."""

    def __init__(self, limits: Limits, hidden: Sequence[Path] = ()) -> None:
        self.limits, self.hidden = limits, tuple(hidden)
        self._own = threading.local()
        self._all: list[Place] = []
        self._lock, self._is_closed = threading.Lock(), False

    def judge(self, paper: Paper, assignment: Assignment, seed: int) -> list[Row]:
        """The rows of a paper, whatever happens over it.

        Raises `SandboxError` where no worker can be made at all, and `UnfitExercise` for an exercise that fails itself.
        """
        place = self._place(paper.kind)
        try:
            return judge(paper, assignment.exercises, seed, place, self.limits)
        except UnfitExercise:
            raise
        except Exception as error:  # One paper never stops the class
            place.try_anew()
            why = " ".join(f"{type(error).__name__}: {error}".split())
            return rows_unjudged(paper, assignment.exercises, why[:LONGEST_WHY])

    def _place(self, kind: str) -> Place:
        """This thread's sandbox of a kind, made when it is first needed."""
        own = self._own.__dict__.setdefault("places", {})
        if kind not in own:
            with self._lock:
                if self._is_closed:
                    raise SandboxError("grading was stopped: no more submissions are judged")
                own[kind] = Place(Sandbox(kind, self.limits, self.hidden))
                self._all.append(own[kind])
                own[kind].begin()
        return own[kind]

    def close(self) -> None:
        """End all sandboxes and everything in them."""
        with self._lock:
            self._is_closed = True
        with contextlib.ExitStack() as all_of_them:
            for place in self._all:
                all_of_them.callback(place.close)


def _prepare(assignments: Iterable[Assignment], seed: int) -> None:
    """Draw cases and find targets while sandboxes start; Keras, where that takes it, keeps its first words to itself.

    An exercise that fails says so when it is judged.
    """
    with quiet(), contextlib.suppress(UnfitExercise):
        for assignment in assignments:
            for exercise in assignment.exercises:
                prepare(exercise, seed)


def on_this_machine(desk: Desk, assignments: dict[str, Assignment], seed: int, jobs: int) -> Judging:
    """A way to judge papers here, `jobs` at a time; what is not done when it is interrupted is given up."""

    def judging(papers: Sequence[Paper]) -> Iterator[tuple[Paper, list[Row]]]:
        asked = [assignments[lesson] for lesson in dict.fromkeys(paper.lesson for paper in papers)]
        pool = ThreadPoolExecutor(jobs)
        try:
            running = {pool.submit(desk.judge, paper, assignments[paper.lesson], seed): paper for paper in papers}
            threading.Thread(target=_prepare, args=(asked, seed), daemon=True).start()
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            desk.close()
            pool.shutdown(wait=True)

    return judging
