"""Notebooks as people hand them in are graded end to end, also where the run is interrupted or the class is large."""

import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import lesson
from grading_hostile import Class, Row, digest, hand_in, notebook, points, until
from test_solved_lessons import exercises_of

from imgrec_lib.grading.journal import NAME as JOURNAL

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="submissions run in forked processes")
NAMES = [exercise.answer_name for exercise in exercises_of(2)]
FILE = lesson(2).name
OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["7" * 99 + "\n"]}


def _is_answer(cell: dict) -> bool:
    return cell.get("id", "").startswith("answer-")


def _code(*lines: str) -> dict:
    return {"cell_type": "code", "execution_count": 7, "metadata": {}, "outputs": [], "source": list(lines)}


def _stubs() -> list[dict]:
    return [cell for cell in json.loads(lesson(2).read_text(encoding="utf-8"))["cells"] if _is_answer(cell)]


def moved(cells: list[dict]) -> list[dict]:
    """All cells in another order."""
    return random.Random(1).sample(cells, len(cells))


def added(cells: list[dict]) -> list[dict]:
    """Cells of the learner's own between the others: notes, tries, magics, and one that fails."""
    own = [_code("%%time\n", "total = 0"), _code("1 / 0"), _code("!ls\n", "%matplotlib inline"), _code("no Python")]
    note = {"cell_type": "markdown", "metadata": {}, "source": "My notes"}
    return [one for place, cell in enumerate(cells) for one in (cell, [note, *own][place % 5])]


def deleted(cells: list[dict]) -> list[dict]:
    """The answers alone."""
    return [cell for cell in cells if _is_answer(cell)]


def duplicated(cells: list[dict]) -> list[dict]:
    """Each cell twice."""
    return [cell for cell in cells for _ in range(2)]


def with_late_stubs(cells: list[dict]) -> list[dict]:
    """The stubs once more, below the solved cells, as a copy of the exercise leaves them."""
    return [*cells, *_stubs()]


def run_out_of_order(cells: list[dict]) -> list[dict]:
    """Numbers of execution that go back and forth, and answers that stand below their checks."""
    ordered = [cell for cell in cells if not _is_answer(cell)] + [cell for cell in cells if _is_answer(cell)]
    return [
        cell | {"execution_count": 1 + 37 * place % 101} if cell["cell_type"] == "code" else cell
        for place, cell in enumerate(ordered)
    ]


def cleared(cells: list[dict]) -> list[dict]:
    """No outputs at all."""
    return [cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}) for cell in cells]


def huge(cells: list[dict]) -> list[dict]:
    """Outputs of 20 MB."""
    return [cell | ({"outputs": [OUTPUT] * 15_000} if _is_answer(cell) else {}) for cell in cells]


def by_colab(cells: list[dict]) -> list[dict]:
    """As Colab saves: ids in the metadata, and texts in one piece."""
    return [
        {key: one for key, one in cell.items() if key != "id"}
        | {"metadata": {"id": cell.get("id", ""), "colab": {"base_uri": "https://localhost"}}}
        | {"source": "".join(cell["source"])}
        for cell in cells
    ]


def by_vs_code(cells: list[dict]) -> list[dict]:
    """As VS Code saves: its own metadata, new ids, and line ends of Windows."""
    return [
        cell | {"id": f"{place:08x}", "metadata": {"vscode": {"languageId": "python"}}}
        | {"source": [line.replace("\n", "\r\n") for line in "".join(cell["source"]).splitlines(keepends=True)]}
        for place, cell in enumerate(cells)
    ]  # fmt: skip


def by_classic_notebook(cells: list[dict]) -> list[dict]:
    """As the classic notebook saves: no ids, and what it folds and scrolls."""
    metadata = {"collapsed": True, "scrolled": False, "ExecuteTime": {"end_time": "2020-01-01"}}
    return [{key: one for key, one in cell.items() if key != "id"} | {"metadata": metadata} for cell in cells]


CHANGES: tuple[Callable[[list[dict]], list[dict]], ...] = (
    moved, added, deleted, duplicated, with_late_stubs, run_out_of_order, cleared, huge, by_colab, by_vs_code,
    by_classic_notebook,
)  # fmt: skip
STUDENTS = ("Anna Maria Ó Súilleabháin", "李雷", "Зоя Ёлкина", "a.b-c_d", "x" * 120)
REASONS = {
    "no-notebook": "JSON",
    "empty-file": "empty",
    "empty-folder": "handed in",
    "link-out": "link",
    "format-3": "format 3",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, list[Row]]:
    """A class in which each student hands in in another way, graded once."""
    course, right = Class(tmp_path_factory.mktemp("handed-in") / "class"), notebook(2)
    for change in CHANGES:
        hand_in(course.classroom, change.__name__, right | {"cells": change(right["cells"])})
    for minor in range(6):
        hand_in(course.classroom, f"format-4.{minor}", right | {"nbformat_minor": minor})
    for student in STUDENTS:
        hand_in(course.classroom, student, right)
    for student in ("twice", "Twice "):
        hand_in(course.classroom, student, right)
    wrong = hand_in(course.classroom, "two-files", notebook(2, {"relu": "def relu(values):\n    return 0\n"}))
    wrong.rename(wrong.with_stem(f"{wrong.stem} (1)"))
    hand_in(course.classroom, "two-files", right)
    hand_in(course.classroom, "with-mark", b"\xef\xbb\xbf" + json.dumps(right).encode())
    hand_in(course.classroom, "other-lesson", notebook(1), 1)
    hand_in(course.classroom, "no-notebook", b"<html>Sign in to continue</html>")
    hand_in(course.classroom, "empty-file", b"")
    hand_in(course.classroom, "format-3", right | {"nbformat": 3})
    (course.classroom / "empty-folder").mkdir()
    outside = hand_in(course.folder, "outside", right)
    (course.classroom / "link-out").mkdir()
    (course.classroom / "link-out" / FILE).symlink_to(outside)
    before = digest(course.classroom)
    done = course.grade()
    assert done.returncode == 0, done.stderr
    assert digest(course.classroom) == before
    return course, course.rows()


RIGHT = (*(change.__name__ for change in CHANGES), *(f"format-4.{minor}" for minor in range(6)), *STUDENTS,
         "twice", "Twice ", "two-files", "with-mark")  # fmt: skip


@pytest.mark.xdist_group("handed-in")
@pytest.mark.parametrize("student", RIGHT)
def test_a_solved_notebook_has_all_points_in_whatever_way_it_is_handed_in(student: str, graded: tuple) -> None:
    course, rows = graded
    assert points(rows, student) == dict.fromkeys(NAMES, 1.0), [row for row in rows if row["student"] == student]
    assert (course.report / "feedback" / f"{student}.html").stat().st_size > 1000


@pytest.mark.xdist_group("handed-in")
@pytest.mark.parametrize("student", REASONS)
def test_what_cannot_be_graded_has_its_rows_and_a_reason(student: str, graded: tuple) -> None:
    mine = [row for row in graded[1] if row["student"] == student and row["lesson"] == lesson(2).stem]
    assert [row["exercise"] for row in mine] == [exercise.name for exercise in exercises_of(2)]
    assert all(REASONS[student] in row["message"] and float(row["points"]) == 0 for row in mine), mine[0]


@pytest.mark.xdist_group("handed-in")
def test_each_student_has_rows_for_each_lesson_that_anybody_handed_in(graded: tuple) -> None:
    students = {row["student"] for row in graded[1]}
    assert students == {path.name for path in graded[0].classroom.iterdir()}
    expected = [exercise.name for number in (1, 2) for exercise in exercises_of(number)]
    for student in students:
        assert [row["exercise"] for row in graded[1] if row["student"] == student] == expected
    assert set(points(graded[1], "other-lesson", 1).values()) == {1.0}
    missing = [row for row in graded[1] if row["student"] == "other-lesson" and row["lesson"] == lesson(2).stem]
    assert {(row["points"], row["outcome"]) for row in missing} == {("0", "not attempted")}


@pytest.mark.xdist_group("handed-in")
def test_a_student_of_two_folders_or_two_files_is_told(graded: tuple) -> None:
    rows = [row for row in graded[1] if row["lesson"] == lesson(2).stem]
    for student, said in (("twice", "2 folders of this name"), ("two-files", "Two notebooks of this lesson")):
        messages = [row["message"] for row in rows if row["student"] == student]
        assert all(said in message for message in messages)


SLOW = "import time\n\ndef output_size(size, kernel, stride, padding):\n    time.sleep(0.03)\n    return -1\n"
CLASS = 16


def _made(folder: Path) -> Class:
    course = Class(folder)
    for number in range(CLASS):
        hand_in(course.classroom, f"student-{number:02}", notebook(2, {"output_size": SLOW}))
    return course


def _state(report: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(report)): path.read_bytes()
        for path in sorted(report.rglob("*"))
        if path.is_file() and not path.name.startswith(JOURNAL)
    }


def _is_whole(name: str, data: bytes) -> bool:
    """Whether a file of the report is complete."""
    if name == "scores.csv":
        return data.count(b"student-") == CLASS * len(NAMES) and data.endswith(b"\n")
    return data.rstrip().endswith({".html": b"</html>", ".xml": b">"}.get(Path(name).suffix, b""))


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, dict[str, bytes]]:
    course = _made(tmp_path_factory.mktemp("whole") / "class")
    done = course.grade()
    assert done.returncode == 0, done.stderr
    return course, _state(course.report)


def _kept(report: Path) -> int:
    with sqlite3.connect(report / JOURNAL) as journal:
        return journal.execute("select count(*) from results").fetchone()[0]


@pytest.mark.xdist_group("handed-in-interrupted")
@pytest.mark.parametrize("kind", ["SIGINT", "SIGKILL"])
def test_an_interrupted_run_ends_in_the_same_report_and_is_never_half_written(
    kind: str, uninterrupted: tuple[Class, dict[str, bytes]], tmp_path: Path
) -> None:
    course, whole = uninterrupted
    report = course.report = tmp_path / "report"
    report.mkdir()
    shutil.copy(_journal_without_results(course, tmp_path), report / JOURNAL)
    process = subprocess.Popen(
        course.command(), cwd=course.desk, env=course.environment(), stderr=subprocess.PIPE, text=True
    )
    assert until(_several_changes(report / JOURNAL), 60)
    process.send_signal(getattr(signal, kind))
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    if kind == "SIGINT":
        assert "goes on from there" in said
    assert until(lambda: not course.processes()), course.processes()
    assert 0 < _kept(report) < CLASS
    assert _state(report) == {}
    seen = _watched(course)
    assert all(_is_whole(name, data) for name, data in seen)
    assert _state(report) == whole


def _several_changes(path: Path) -> Callable[[], bool]:
    """A function that says whether a file has changed several times since it was first asked."""
    times: set[int] = set()

    def asked() -> bool:
        times.add(path.stat().st_mtime_ns)
        return len(times) > 5

    return asked


def _journal_without_results(course: Class, folder: Path) -> Path:
    """A copy of the first run's journal that knows the seed and nothing else."""
    path = folder / "seed-only"
    shutil.copy(course.folder / "report" / JOURNAL, path)
    with sqlite3.connect(path) as journal:
        journal.execute("delete from results")
        journal.execute("update seeds set told = 0")  # As if that run had been interrupted
    return path


def _watched(course: Class) -> list[tuple[str, bytes]]:
    """All that a reader meets in the report's folder while the class is graded."""
    process = subprocess.Popen(course.command(), cwd=course.desk, env=course.environment(), stdout=subprocess.DEVNULL)
    seen: dict[tuple[str, bytes], None] = {}
    while process.poll() is None:
        for path in [*course.report.glob("*.*"), *course.report.glob("feedback/*.html")]:
            if not path.name.startswith("."):
                try:
                    seen[path.name, path.read_bytes()] = None
                except FileNotFoundError:
                    continue
        time.sleep(0.005)
    assert process.returncode == 0
    return [*seen]


CHANCE = """
import random
import numpy as np

def relu(values):
    return np.maximum(values, random.choice([0, 0, 1]) * np.random.rand())
"""
COPIES = 150


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, list[int]]:
    """One submission many times, and the judge's memory in bytes while it was graded."""
    course, memory = Class(tmp_path_factory.mktemp("copies") / "class"), []
    answers = {"relu": CHANCE, "weigh": "def weigh(window, kernel):\n    return (window + kernel).sum()\n"}
    for number in range(COPIES):
        hand_in(course.classroom, f"copy-{number:03}", notebook(2, answers))
    process = subprocess.Popen(course.command(), cwd=course.desk, env=course.environment(), stdout=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            pages = Path(f"/proc/{process.pid}/statm").read_text().split()[1]
        except OSError:
            break
        memory.append(int(pages) * os.sysconf("SC_PAGE_SIZE"))
        time.sleep(0.1)
    assert process.wait() == 0
    return course, memory


@pytest.mark.xdist_group("handed-in-copies")
def test_the_same_submission_has_the_same_rows_each_time(copies: tuple[Class, list[int]]) -> None:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for row in copies[0].rows():
        rows.setdefault(row["student"], []).append(tuple(one for name, one in row.items() if name != "student"))
    assert len(rows) == COPIES
    assert len({tuple(one) for one in rows.values()}) == 1


@pytest.mark.xdist_group("handed-in-copies")
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="memory is read from /proc")
def test_the_judges_memory_does_not_grow_with_the_class(copies: tuple[Class, list[int]]) -> None:
    memory = copies[1]
    early, late = memory[len(memory) // 3 : len(memory) // 2], memory[-len(memory) // 6 :]
    assert statistics.median(late) - statistics.median(early) < 20 * 1024**2
