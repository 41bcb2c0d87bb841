"""Papers judged on a Dask cluster: each goes to a worker as text, and comes back as rows.

Connect only to a scheduler that you trust: Dask moves what it sends with pickle, so whoever holds the scheduler or a
worker can run code here, and on all other machines of the cluster. Nothing of a submission is pickled as an object of
its own: what travels is the text of its cells, in dataclasses of this package. Bubblewrap gives a submission
no network, so that it cannot reach the scheduler; where limits alone keep it in check, it can.
"""

import asyncio
import contextlib
import logging
import queue
import secrets
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgrec_lib.exercises.exercise import Exercise
from imgrec_lib.grading.cluster_worker import Run, end, judged, this_machine, unlike
from imgrec_lib.grading.desk import Judging
from imgrec_lib.grading.judge import Paper, UnfitExercise, rows_unjudged
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.rows import Row

if TYPE_CHECKING:
    from distributed import Client, Future

SECONDS_TO_CONNECT, SECONDS_WITHOUT_WORKERS, SECONDS_BETWEEN_LOOKS = 8.0, 30.0, 1.0
RETRIES = 2
OUTCOMES = ("correct", "not yet", "not attempted")
MISSING = "--scheduler needs the package distributed, which is not installed: install `imgrec[cluster]`."
GOES_ON = "the same command goes on from here"


def on_cluster(address: str, limits: Limits, exercises: Path | None, seed: int) -> Judging:
    """A way to judge papers on the cluster of a scheduler; what is not done when it is interrupted is given up.

    `ImportError` without `distributed`. Judging raises `ValueError` or `OSError` where the address leads to no
    scheduler, where a worker's verdicts would not be those of this machine, and where no worker is left.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ImportError(MISSING) from error
    homework = None if exercises is None else _homework(exercises)
    run = Run(secrets.token_hex(8), limits, seed, homework, this_machine())

    def judging(papers: Sequence[Paper]) -> Iterator[tuple[Paper, list[Row]]]:
        with _quiet(), _connected(address) as client:
            _check(client, run)
            client.run(end, replace(run, name=""), on_error="ignore")  # One that was killed may have left sandboxes
            yield from _verdicts(client, run, papers)

    return judging


def _homework(path: Path) -> tuple[str, str, str]:
    """What `assignment_from_source` takes."""
    return path.read_text(encoding="utf-8-sig"), path.stem, str(path)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """A block in which Dask writes nothing to standard error: what its user must know comes as an error."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


async def _identity(address: str) -> dict[str, object]:
    """What a server of Dask says it is; Dask's own client would wait for ever for a server of another kind."""
    from distributed import rpc
    from distributed.security import Security

    async with rpc(address, connection_args=Security().get_connection_args("client")) as server:
        return await asyncio.wait_for(server.identity(), SECONDS_TO_CONNECT)


@contextlib.contextmanager
def _connected(address: str) -> Iterator["Client"]:
    """A client of the scheduler."""
    from distributed import Client

    try:
        kind = asyncio.run(_identity(address))["type"]
    except ValueError as error:
        raise ValueError(f"{address} is no address of a scheduler such as tcp://localhost:8786: {error}.") from error
    except Exception as error:
        raise OSError(f"No Dask scheduler answers at {address}: {_words(error)}.") from error
    if kind != "Scheduler":
        raise ValueError(f"At {address} is a Dask {str(kind).lower()}: give the address of the scheduler.")
    with Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False) as client:
        yield client


def _words(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip().rstrip(".")


def _check(client: "Client", run: Run) -> None:
    """An error where the cluster has no worker, or one whose verdicts would not be those of this machine."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_WITHOUT_WORKERS)
    except TimeoutError as error:
        raise OSError(_no_workers()) from error
    try:
        scheduler = client.run_on_scheduler(unlike, replace(run.asked, apart=False))  # It runs no submission
    except Exception as error:
        scheduler = error
    for name, fault in {"scheduler": scheduler, **client.run(unlike, run.asked, on_error="return")}.items():
        who = "The scheduler" if name == "scheduler" else f"The worker {name}"
        if isinstance(fault, Exception):
            raise ValueError(f"{who} cannot be used, {_words(fault)}: is the same imgrec installed there?") from fault
        if fault:
            raise ValueError(f"{who} {fault}")


def _no_workers() -> str:
    return f"The cluster had no worker for {SECONDS_WITHOUT_WORKERS:g} s: start some with `dask worker`; {GOES_ON}."


def _verdicts(client: "Client", run: Run, papers: Sequence[Paper]) -> Iterator[tuple[Paper, list[Row]]]:
    """The papers with their rows, as they come."""
    answers = _Answers(client)
    try:
        for paper in papers:
            answers.ask(client.submit(judged, run, paper, pure=False, retries=RETRIES), paper)
        for paper, answer in answers:
            yield paper, _rows(answer, paper, run.assignment(paper.lesson).exercises)
    finally:
        answers.give_up(run)


def _rows(answer: object, paper: Paper, exercises: Sequence[Exercise]) -> list[Row]:
    """The rows in an answer; raises the error in it, but for a paper over which worker after worker ended."""
    from distributed import KilledWorker

    if isinstance(answer, KilledWorker):
        return rows_unjudged(paper, exercises, "worker after worker of the cluster ended over it")
    if isinstance(answer, UnfitExercise):
        raise answer
    if isinstance(answer, BaseException):
        raise OSError(f"{paper.student}'s {paper.lesson} was not judged: {answer}; {GOES_ON}.") from answer
    return _checked(answer, paper, exercises)


class _Answers:
    """What comes back for the papers that were asked for, as it comes; never waits for a cluster that is gone."""

    def __init__(self, client: "Client") -> None:
        self._client, self._seen = client, time.monotonic()
        self._asked: dict[str, tuple[Future, Paper]] = {}
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()

    def ask(self, future: "Future", paper: Paper) -> None:
        """Wait for the answer to a paper too."""
        self._asked[future.key] = (future, paper)
        future.add_done_callback(self._done.put)

    def __iter__(self) -> Iterator[tuple[Paper, object]]:
        while self._asked:
            with contextlib.suppress(queue.Empty):
                future = self._done.get(timeout=SECONDS_BETWEEN_LOOKS)
                answer = self._answer(future)
                _, paper = self._asked.pop(future.key)
                yield paper, answer
            self._look()

    def _answer(self, future: "Future") -> object:
        """What was given back, or the error; a worker that ends before it hands a result over is asked again."""
        while True:
            if future.status == "error":
                return future.exception()
            if future.cancelled():
                raise OSError(f"The scheduler is gone: start it again; {GOES_ON}.")
            with contextlib.suppress(TimeoutError):
                return future.result(timeout=SECONDS_BETWEEN_LOOKS)
            self._look()

    def _look(self) -> None:
        if self._client.nthreads():
            self._seen = time.monotonic()
        elif time.monotonic() > self._seen + SECONDS_WITHOUT_WORKERS:
            raise OSError(_no_workers())

    def give_up(self, run: Run) -> None:
        """Cancel what has not come, and end what the workers hold for the run."""
        if self._client.status != "running":  # The scheduler is gone
            return
        with contextlib.suppress(Exception):
            self._client.cancel([future for future, _ in self._asked.values()], force=True)
            self._client.run(end, run, on_error="ignore")


def _checked(answer: object, paper: Paper, exercises: Sequence[Exercise]) -> list[Row]:
    """The rows in what a worker gave back; `ValueError` where they are not those of this paper."""
    if isinstance(answer, list) and all(isinstance(one, tuple) for one in answer) and len(answer) == len(exercises):
        with contextlib.suppress(TypeError):
            rows = [Row(*one) for one in answer]
            if all(_belongs(row, paper, exercise) for row, exercise in zip(rows, exercises, strict=True)):
                return rows
    raise ValueError(f"A worker gave back no rows for {paper.student}'s {paper.lesson}: look at the workers.")


def _belongs(row: Row, paper: Paper, exercise: Exercise) -> bool:
    names = (row.student, row.lesson, row.exercise, row.max_points)
    points = exercise.points if row.outcome == "correct" else 0
    return (
        names == (paper.student, paper.lesson, exercise.name, exercise.points)
        and row.outcome in OUTCOMES
        and type(row.points) in (int, float)
        and row.points == points
        and isinstance(row.message, str)
        and isinstance(row.evidence, str)
        and isinstance(row.misconception, bool)
    )
