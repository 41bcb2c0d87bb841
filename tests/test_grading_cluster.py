"""A class graded on a Dask cluster gets the report that it gets on one machine, whatever becomes of the workers.

The scheduler and its workers are real processes on the loopback.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbformat import read, write
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib import authoring
from imgrec_lib.exercises import catalogue
from imgrec_lib.grading import cluster, cluster_worker, journal
from imgrec_lib.grading.assignments import homework_assignment
from imgrec_lib.grading.classroom import Settings, grade
from imgrec_lib.grading.cluster_worker import this_machine, unlike
from imgrec_lib.grading.judge import Paper, UnfitExercise, is_unjudged
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.rows import Graded, Row
from imgrec_lib.grading.selecting import Step

distributed = pytest.importorskip("distributed", reason="distributed is not installed: install `imgrec[cluster]`")
psutil = pytest.importorskip("psutil", reason="psutil is not installed")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="submissions run in forked processes")

SEED, LIMITS, SECONDS = 7, Limits(seconds=60), 60.0
HOMEWORK = '''
from imgrec_lib.exercises.making import function, value

@function("hw.twice", hints=("a", "b", "c"), praise="Twice.")
def twice(number):
    """Give twice the number."""
    return 2 * number

@twice.cases
def _cases(generator):
    for _ in range(3):
        yield (int(generator.integers(5, 100)),)

seven = value("hw.seven", 7, hints=("a", "b", "c"), praise="Seven.")
'''
GOOD = "def twice(number):\n    return 2 * number\nseven = 7"
ENDLESS = f"import time\nwhile True:\n    time.sleep(0.01)\n{GOOD}"
SLOW = "import time\ntime.sleep(0.7)\n"


def until(condition: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """What the condition gives as soon as it is something; the last it gave when the time is over."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


class Cluster:
    """A scheduler on the loopback and the workers that are started for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, []
        self._file = folder / "scheduler.json"
        options = ("--port", "0", "--dashboard-address", "127.0.0.1:0", "--idle-timeout", "600")
        self._scheduler = self._start("scheduler", "--scheduler-file", str(self._file), *options)
        self.address = json.loads(until(self._told))["address"]

    def _told(self) -> str:
        return self._file.read_text() if self._file.exists() else ""

    def _start(self, kind: str, *options: str, **variables: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1", *options]
        with open(self.folder / "log.txt", "a") as log:
            return subprocess.Popen(command, cwd=self.folder, env=os.environ | variables, stdout=log, stderr=log)

    def start_worker(self, threads: int = 1, **variables: str) -> subprocess.Popen:
        """A new worker that can be killed, since no nanny starts it again."""
        options = ("--no-nanny", "--no-dashboard", "--nthreads", str(threads), "--death-timeout", "60")
        self.workers.append(self._start("worker", self.address, *options, **variables))
        return self.workers[-1]

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """What another client of the same scheduler hears."""
        with distributed.Client(self.address, set_as_default=False) as client:
            return question(client)

    def wait_for(self, count: int) -> None:
        """Wait until there are so many workers."""
        assert until(lambda: self.ask(lambda client: len(client.nthreads())) == count)

    def end_workers(self) -> None:
        """Kill all workers."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers.clear()

    def close(self) -> None:
        """End everything."""
        self.end_workers()
        self._scheduler.terminate()
        self._scheduler.wait()


def below(worker: subprocess.Popen) -> list[psutil.Process]:
    """The sandboxes of a worker and all in them."""
    return psutil.Process(worker.pid).children(recursive=True)


def is_judging(worker: subprocess.Popen, earlier: list[psutil.Process]) -> bool:
    """Whether a submission runs, in a warm parent in a sandbox, and nothing that there was earlier."""
    found = below(worker)
    return len(found) > 2 and not {*found} & {*earlier}


def are_gone(processes: list[psutil.Process]) -> bool:
    """Whether none of the processes runs, at the latest after some seconds."""
    left = lambda: [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]  # noqa: E731
    return until(lambda: not left(), 15)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    one = Cluster(tmp_path_factory.mktemp("cluster"))
    yield one
    one.close()


@pytest.fixture
def empty(started: Cluster) -> Iterator[Cluster]:
    """A cluster without a worker; what a test starts is ended after it."""
    started.wait_for(0)
    yield started
    sandboxes = [one for worker in started.workers if worker.poll() is None for one in below(worker)]
    started.end_workers()
    assert are_gone(sandboxes)


@pytest.fixture
def one(empty: Cluster) -> Cluster:
    """A cluster with one worker."""
    empty.start_worker(threads=2)
    empty.wait_for(1)
    return empty


@pytest.fixture
def two(empty: Cluster) -> Cluster:
    """A cluster with two workers."""
    for _ in range(2):
        empty.start_worker()
    empty.wait_for(2)
    return empty


def graded(submissions: Path, out: Path, progress: Callable[..., None] = lambda *_: None, **more: Any) -> Graded:
    """A class graded with the cases of one seed."""
    if not out.exists():
        with journal.opened(out) as kept, kept._connection:
            kept._connection.execute("update seeds set seed = ?", (SEED,))
    return grade(Settings(submissions, out, 2, LIMITS, **more), progress)


def report(out: Path) -> dict[str, bytes]:
    """All files of a report, but for the journal."""
    paths = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(journal.NAME)]
    return {str(path.relative_to(out)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Twelve submissions of lesson 2, some of them slow, and their report from this machine."""
    folder = tmp_path_factory.mktemp("lesson")
    source = next(path for path in authoring.lessons() if path.name.startswith("02"))
    answers = {one.answer_name: one.solution_source for one in catalogue().values() if one.name.startswith("02.")}
    wrong = {"relu": "def relu(values):\n    return 1", "max_pool": "import os\nos._exit(0)", "weigh": "def weigh("}
    for number in range(12):
        notebook, own = read(source, 4), answers | (wrong if number % 5 == 3 else {})
        for cell in notebook.cells:
            name = cell.get("id", "").removeprefix("answer-").replace("-", "_")
            if cell.get("id", "").startswith("answer-") and name in own and number:
                cell.source = SLOW * (name == "convolve" and (number % 3 == 1)) + own[name]
        path = folder / "class" / f"José {number:02}" / source.name
        path.parent.mkdir(parents=True)
        write(notebook, path)
    graded(folder / "class", folder / "report")
    return folder / "class", report(folder / "report")


@pytest.fixture
def homework(tmp_path: Path) -> dict[str, Path]:
    """A class of five with an instructor's own homework, as arguments of `graded`."""
    (tmp_path / "hw.py").write_text(HOMEWORK)
    wrong = "def twice(number):\n    return 3 * number"
    for number, source in enumerate([GOOD, SLOW + GOOD, "seven = 8", wrong, "1 +"]):
        hand_in(tmp_path / "class", f"student{number}", source)
    return {"submissions": tmp_path / "class", "exercises": tmp_path / "hw.py", "out": tmp_path / "report"}


def hand_in(submissions: Path, student: str, source: str) -> None:
    path = submissions / student / "hw.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(new_notebook(cells=[new_code_cell(source)])))


def test_a_cluster_gives_the_report_of_one_machine_and_holds_nothing_afterwards(
    two: Cluster, lesson: tuple[Path, dict[str, bytes]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    both = set()

    def look(done: int, total: int) -> None:
        both.update(worker.pid for worker in two.workers if below(worker))

    graded(lesson[0], tmp_path / "report", look, scheduler=two.address)
    assert report(tmp_path / "report") == lesson[1]
    assert b",correct," in lesson[1]["scores.csv"] and b",not yet," in lesson[1]["scores.csv"]
    assert both == {worker.pid for worker in two.workers}
    assert [below(worker) for worker in two.workers] == [[], []]
    assert capfd.readouterr() == ("", "")


def test_a_worker_killed_while_it_judges_changes_nothing(
    two: Cluster, lesson: tuple[Path, dict[str, bytes]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    victim, sandboxes = two.workers[0], []

    def kill(done: int, total: int) -> None:
        if done >= 4 and victim.poll() is None:
            sandboxes.extend(until(lambda: below(victim)))
            assert sum(len(keys) for keys in two.ask(lambda client: client.processing()).values()) >= 2
            victim.kill()
            victim.wait()

    graded(lesson[0], tmp_path / "report", kill, scheduler=two.address)
    assert victim.returncode == -signal.SIGKILL and sandboxes
    assert report(tmp_path / "report") == lesson[1]
    assert are_gone(sandboxes)
    assert capfd.readouterr() == ("", "")


def test_without_workers_a_run_ends_with_a_sentence_and_goes_on_later(
    empty: Cluster, homework: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_WITHOUT_WORKERS", 1)
    with pytest.raises(OSError, match="The cluster had no worker for 1 s: start some"):
        graded(**homework, scheduler=empty.address)
    empty.start_worker()
    empty.wait_for(1)
    with pytest.raises(OSError, match=r"The cluster had no worker for 1 s.*goes on from here"):
        graded(**homework, progress=lambda done, total: empty.end_workers() if done == 2 else None,
               scheduler=empty.address)  # fmt: skip
    empty.start_worker(threads=2)
    empty.wait_for(1)
    heard = []
    graded(**homework, progress=lambda done, total: heard.append(done), scheduler=empty.address)
    graded(**homework | {"out": tmp_path / "here"})
    assert heard[0] >= 2 and heard[-1] == 5
    assert report(homework["out"]) == report(tmp_path / "here")


def test_a_homework_is_judged_where_its_file_is_not(
    one: Cluster, homework: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = cluster.on_cluster

    def without_file(*arguments: Any) -> Any:
        judging = right(*arguments)
        homework["exercises"].rename(tmp_path / "elsewhere.py")
        return judging

    monkeypatch.setattr(cluster, "on_cluster", without_file)
    rows = graded(**homework, scheduler=one.address).rows
    first = {row.student: row.outcome for row in rows if row.exercise == "hw.twice"}
    assert [*first.values()] == ["correct", "correct", "not attempted", "not yet", "not attempted"]


def test_an_exercise_that_does_not_work_stops_the_class_with_its_name(
    one: Cluster, homework: dict[str, Path]
) -> None:
    homework["exercises"].write_text(HOMEWORK.replace("return 2 * number", "return 1 / 0"))
    with pytest.raises(UnfitExercise, match=r"The exercise hw\.twice itself does not work"):
        graded(**homework, scheduler=one.address)


def started_run(homework: dict[str, Path], cluster: Cluster) -> subprocess.Popen:
    """The command as an instructor starts it."""
    words = [homework["submissions"], "--out", homework["out"], "--exercises", homework["exercises"]]
    command = [sys.executable, "-m", "imgrec_lib", "grade", *map(str, words), "--scheduler", cluster.address]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def test_what_is_judged_ends_with_ctrl_c_or_with_the_next_run_and_the_cluster_goes_on(
    two: Cluster, homework: dict[str, Path]
) -> None:
    for number in range(4):
        hand_in(homework["submissions"], f"endless{number}", ENDLESS)
    held = []
    for number in (signal.SIGKILL, signal.SIGINT):
        run = started_run(homework, two)
        assert until(lambda: all(is_judging(worker, held) for worker in two.workers))
        held[:] = [one for worker in two.workers for one in below(worker)]
        run.send_signal(number)
        _, said = run.communicate(timeout=15)
    assert run.returncode == 1
    assert said.startswith("imgrec: stopped after ") and said.count("\n") == 1
    assert are_gone(held) and until(lambda: not any(map(below, two.workers)), 15)
    for number in range(4):
        shutil.rmtree(homework["submissions"] / f"endless{number}")
    graded(**homework, scheduler=two.address)
    assert [below(worker) for worker in two.workers] == [[], []]


def test_a_scheduler_that_ends_is_said_in_one_line(homework: dict[str, Path], tmp_path: Path) -> None:
    hand_in(homework["submissions"], "endless", ENDLESS)
    (tmp_path / "cluster").mkdir()
    alone = Cluster(tmp_path / "cluster")
    worker = alone.start_worker()
    run = started_run(homework, alone)
    assert until(lambda: is_judging(worker, []))
    alone.close()
    _, said = run.communicate(timeout=30)
    assert (run.returncode, said.count("\n")) == (1, 1) and said.startswith("imgrec: The scheduler is gone")


def test_a_worker_with_another_imgrec_is_named(empty: Cluster, homework: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(authoring.ROOT / "imgrec_lib", tmp_path / "imgrec_lib", ignore=shutil.ignore_patterns("*.pyc"))
    with open(tmp_path / "imgrec_lib" / "grading" / "rows.py", "a") as module:
        module.write("\nOTHER = True\n")
    empty.start_worker(PYTHONPATH=str(tmp_path))
    empty.wait_for(1)
    with pytest.raises(ValueError, match=r"The worker tcp://127\.0\.0\.1:\d+ has another version of imgrec"):
        graded(**homework, scheduler=empty.address)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"code": "x"}, "has another version of imgrec"),
        ({"python": "3.0"}, r"has Python 3\.\d+ and this machine 3\.0"),
        ({"distributed": "1.0"}, r"has distributed \d+\.\d+\.\d+ and this machine 1\.0"),
    ],
)
def test_what_makes_verdicts_differ_is_said(change: dict[str, str], words: str) -> None:
    fault = unlike(replace(this_machine(), **change))
    assert bool(fault) == bool(words) and re.search(words, fault)


def test_a_worker_that_keeps_submissions_less_apart_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, weaker = replace(this_machine(), apart=True), replace(this_machine(), apart=False)
    monkeypatch.setattr(cluster_worker, "this_machine", lambda: weaker)
    assert unlike(ours).startswith("keeps submissions less well apart than this machine")
    assert unlike(weaker) == ""


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of a server that is none of Dask's, and says so as web servers do."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    channel, _ = server.accept()
                    channel.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)

        threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("address", ["nonsense", "", "http://127.0.0.1:8787", "localhost:port"])
def test_what_is_no_address_is_said_at_once(address: str, homework: dict[str, Path]) -> None:
    with pytest.raises(ValueError, match=f"^{address} is no address of a scheduler such as tcp://localhost:8786"):
        graded(**homework, scheduler=address)


@pytest.mark.parametrize("kind", ["closed", "silent", "stranger"])
def test_an_address_where_no_scheduler_answers_is_said_in_time(
    kind: str, homework: dict[str, Path], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert cluster.SECONDS_TO_CONNECT < 10
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    address, begun = "127.0.0.1:1" if kind == "closed" else request.getfixturevalue(kind), time.monotonic()
    with pytest.raises(OSError, match=f"No Dask scheduler answers at {address}") as caught:
        graded(**homework, scheduler=address)
    assert time.monotonic() - begun < 4 and "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_the_address_of_a_worker_is_said_to_be_one(one: Cluster, homework: dict[str, Path]) -> None:
    worker = one.ask(lambda client: next(iter(client.nthreads())))
    with pytest.raises(ValueError, match=f"At {worker} is a Dask worker: give the address of the scheduler"):
        graded(**homework, scheduler=worker)


def test_without_distributed_the_sentence_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r"install `imgrec\[cluster\]`"):
        cluster.on_cluster("127.0.0.1:1", LIMITS, None, SEED)


@pytest.fixture
def paper(homework: dict[str, Path]) -> tuple[Paper, Any]:
    """A paper, and the exercises that it answers."""
    assignment = homework_assignment(homework["exercises"])
    return Paper("anna", "hw", (Step(1, "", GOOD, "answer", ("twice", "seven")),), {}), assignment.exercises


RIGHT = [("anna", "hw", "hw.twice", 1, 1, "correct", "Yes.", "", False),
         ("anna", "hw", "hw.seven", 0.0, 1, "not yet", "No.", "7", True)]  # fmt: skip


def test_rows_of_a_paper_are_taken(paper: tuple[Paper, Any]) -> None:
    assert cluster._rows(RIGHT, *paper) == [Row(*one) for one in RIGHT]


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "bob"), (1, "hw2"), (2, "hw.seven"), (3, 100), (3, 0), (3, float("nan")), (3, "1"), (4, 5), (5, "cheated"),
     (5, "not yet"), (6, b"Yes."), (7, None), (8, 1)],
)  # fmt: skip
def test_what_are_no_rows_of_a_paper_is_refused(place: int, value: object, paper: tuple[Paper, Any]) -> None:
    wrong = [(*RIGHT[0][:place], value, *RIGHT[0][place + 1 :]), RIGHT[1]]
    with pytest.raises(ValueError, match="gave back no rows for anna's hw"):
        cluster._rows(wrong, *paper)


@pytest.mark.parametrize("answer", [None, [], RIGHT[:1], [*RIGHT, RIGHT[0]], ["a", "b"], [(), ()], tuple(RIGHT)])
def test_what_is_no_list_of_rows_is_refused(answer: object, paper: tuple[Paper, Any]) -> None:
    with pytest.raises(ValueError, match="gave back no rows for anna's hw"):
        cluster._rows(answer, *paper)


def test_an_error_of_a_worker_ends_the_run_with_the_name_of_the_paper(paper: tuple[Paper, Any]) -> None:
    with pytest.raises(OSError, match=r"anna's hw was not judged: the worker tcp://a:1 has no fork; the same command"):
        cluster._rows(RuntimeError("the worker tcp://a:1 has no fork"), *paper)


def test_a_paper_over_which_worker_after_worker_ends_does_not_stop_the_class(paper: tuple[Paper, Any]) -> None:
    rows = cluster._rows(distributed.KilledWorker("judged-1", None, 4), *paper)
    assert [row.exercise for row in rows] == ["hw.twice", "hw.seven"] and is_unjudged(rows)
