"""What a Dask worker does for a class: it judges papers, in each of its threads one at a time.

Everything in a paper is text, and no notebook is ever loaded as a Python object.
"""

import asyncio
import platform
import threading
from dataclasses import astuple, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from imgrec_lib.grading.assignments import Assignment, assignment_from_source, course_assignment, digest
from imgrec_lib.grading.desk import Desk
from imgrec_lib.grading.judge import Paper, UnfitExercise
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.sandbox import isolation

if TYPE_CHECKING:
    from distributed import Worker

LIMITS_ALONE = "Limits"
_one_at_a_time = threading.Lock()
_desks: dict["Run", Desk] = {}


@dataclass(frozen=True)
class Machine:
    """What of a process decides a verdict: its code, its versions, and whether it keeps submissions apart."""

    code: str
    python: str
    distributed: str
    apart: bool


@cache
def this_machine() -> Machine:
    """What this process judges with; found out once, since files may change under a process that runs."""
    python = ".".join(platform.python_version_tuple()[:2])
    return Machine(digest(), python, version("distributed"), not isolation().startswith(LIMITS_ALONE))


def unlike(asked: Machine) -> str:
    """What makes verdicts here differ from those there, as the end of a sentence; nothing where they are alike."""
    here = this_machine()
    if here.code != asked.code:
        return "has another version of imgrec than this machine: install the same on both, and start Dask there again."
    for name, ours, theirs in (
        ("Python", here.python, asked.python),
        ("distributed", here.distributed, asked.distributed),
    ):
        if ours != theirs:
            return f"has {name} {ours} and this machine {theirs}: install the same on both."
    if asked.apart and not here.apart:
        return f"keeps submissions less well apart than this machine, and than the report would say. {isolation()}"
    return ""


@dataclass(frozen=True)
class Run:
    """One `imgrec grade`, as its workers know it; `homework` is an instructor's own file: its source, stem and path."""

    name: str
    limits: Limits
    seed: int
    homework: tuple[str, str, str] | None
    asked: Machine

    def assignment(self, lesson: str) -> Assignment:
        """What the class was asked to do."""
        return course_assignment(lesson) if self.homework is None else assignment_from_source(*self.homework)


def _desk(run: Run, worker: "Worker") -> Desk:
    """The one desk of a run in this process; a closed one stays closed, for papers that begin too late."""
    with _one_at_a_time:
        if run not in _desks:
            _desks[run] = Desk(run.limits, [Path(worker.local_directory)])
        return _desks[run]


def judged(run: Run, paper: Paper) -> list[tuple]:
    """The rows of a paper as plain values; an error names this worker."""
    from distributed import get_worker

    worker = get_worker()
    try:
        if fault := unlike(run.asked):
            raise ValueError(fault)
        rows = _desk(run, worker).judge(paper, run.assignment(paper.lesson), run.seed)
    except UnfitExercise:
        raise
    except Exception as error:
        raise RuntimeError(f"the worker {worker.address} {error}") from error
    return [astuple(row) for row in rows]


async def end(run: Run, dask_worker: "Worker") -> None:
    """End what this process holds for a run, and for killed ones before it with its seed, whatever is being judged.

    Dask itself gives the argument `dask_worker`, by its name.
    """
    _desk(run, dask_worker)
    for desk in [desk for one, desk in [*_desks.items()] if one.seed == run.seed]:
        await asyncio.to_thread(desk.close)
