"""A class is graded whole: each submission has its rows, whatever happens over one, and nothing is done twice."""

import copy
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from grading_workers import Forks
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib import cli
from imgrec_lib.grading import classroom, desk, journal
from imgrec_lib.grading import judge as judging
from imgrec_lib.grading.assignments import assignment_from_source, homework_assignment, recogniser
from imgrec_lib.grading.classroom import Settings
from imgrec_lib.grading.desk import Desk, Place
from imgrec_lib.grading.judge import Paper
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.rows import Graded, Row
from imgrec_lib.grading.sandbox import SandboxError

HOMEWORK = '''"""A homework of two."""
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
GOOD = ("def twice(number):\n    return 2 * number", "seven = 7")


def notebook(*cells: str) -> str:
    return json.dumps(new_notebook(cells=[new_code_cell(cell) for cell in cells]))


class Course:
    """A class of students in a folder, with a homework, graded with plain forks for sandboxes."""

    def __init__(self, folder: Path) -> None:
        self.submissions, self.out, self.exercises = folder / "class", folder / "report", folder / "hw.py"
        self.exercises.write_text(HOMEWORK)
        self.heard: list[tuple[int, int]] = []
        self.judged: list[str] = []

    def hand_in(self, student: str, *cells: str, name: str = "hw.ipynb") -> Path:
        path = self.submissions / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(*cells))
        return path

    def grade(self, jobs: int = 2, **more: Any) -> Graded:
        self.heard.clear()
        self.judged.clear()
        exercises = more.pop("exercises", self.exercises)
        settings = Settings(self.submissions, self.out, jobs, Limits(**more), exercises)
        return classroom.grade(settings, lambda done, total: self.heard.append((done, total)))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    made = Course(tmp_path)
    right = judging.judge

    def counted(paper: Paper, *arguments: Any) -> list[Row]:
        made.judged.append(paper.student)
        return right(paper, *arguments)

    monkeypatch.setattr(desk, "judge", counted)
    monkeypatch.setattr(desk, "Sandbox", lambda *arguments: Forks())
    return made


def brief(graded: Graded) -> list[tuple[str, str, str]]:
    return [(row.student, row.exercise, row.outcome) for row in graded.rows]


def test_a_class_has_its_rows_by_student_and_exercise(course: Course) -> None:
    course.hand_in("zoe", *GOOD)
    course.hand_in("anna", "def twice(number):\n    return number", "seven = 7")
    course.hand_in("bob", "a = 1")
    assert brief(course.grade()) == [
        ("anna", "hw.twice", "not yet"),
        ("anna", "hw.seven", "correct"),
        ("bob", "hw.twice", "not attempted"),
        ("bob", "hw.seven", "not attempted"),
        ("zoe", "hw.twice", "correct"),
        ("zoe", "hw.seven", "correct"),
    ]
    assert {path.name for path in course.out.iterdir()} >= {"scores.csv", "junit.xml", "index.html", "feedback"}


def test_progress_is_told_from_the_first_to_the_last(course: Course) -> None:
    for student in ("anna", "bob", "carla"):
        course.hand_in(student, *GOOD)
    (course.submissions / "dora").mkdir()
    course.grade()
    assert course.heard == [(0, 3), (1, 3), (2, 3), (3, 3)]
    course.hand_in("bob", "seven = 6")
    course.grade()
    assert course.heard == [(2, 3), (3, 3)]
    course.grade()
    assert course.heard == [(3, 3)]


def test_a_second_run_judges_nothing_again_and_says_the_same(course: Course) -> None:
    course.hand_in("anna", *GOOD)
    course.hand_in("bob", "seven = 3")
    first = course.grade()
    before = {path: path.read_bytes() for path in course.out.rglob("*.*") if path.name != journal.NAME}
    assert course.grade() == first and course.judged == []
    assert {path: path.read_bytes() for path in before} == before


def test_a_changed_notebook_is_judged_anew_and_the_others_are_not(course: Course) -> None:
    course.hand_in("anna", *GOOD)
    course.hand_in("bob", "seven = 3")
    course.grade()
    course.hand_in("bob", *GOOD)
    assert brief(course.grade())[2:] == [("bob", "hw.twice", "correct"), ("bob", "hw.seven", "correct")]
    assert course.judged == ["bob"]


def test_changed_exercises_or_limits_judge_all_anew(course: Course) -> None:
    course.hand_in("anna", *GOOD)
    course.hand_in("bob", *GOOD)
    course.grade()
    course.exercises.write_text(HOMEWORK.replace('"hw.seven", 7', '"hw.seven", 8'))
    assert [outcome for _, _, outcome in brief(course.grade())] == ["correct", "not yet"] * 2
    assert sorted(course.judged) == ["anna", "bob"]
    course.grade(seconds=50.0)
    assert sorted(course.judged) == ["anna", "bob"]


def test_the_same_notebook_of_two_students_is_judged_for_each(course: Course) -> None:
    course.hand_in("anna", *GOOD)
    course.hand_in("bob", *GOOD)
    assert {row.student for row in course.grade().rows} == {"anna", "bob"}


def test_an_interrupted_run_goes_on_where_it_stopped(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in ("anna", "bob", "carla", "dora"):
        course.hand_in(student, *GOOD)
    uninterrupted = course.grade()

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    (course.out / journal.NAME).unlink()
    settings = Settings(course.submissions, course.out, 1, Limits(), course.exercises)
    with pytest.raises(KeyboardInterrupt):
        classroom.grade(settings, stop)
    course.judged.clear()
    assert course.grade(jobs=1).rows == uninterrupted.rows
    assert len(course.judged) == 2


def test_what_nobody_can_read_has_rows_and_a_reason(course: Course) -> None:
    course.hand_in("anna", *GOOD).write_text("{")
    course.hand_in("bob", *GOOD)
    rows = course.grade().rows
    assert [(row.student, row.outcome) for row in rows[:2]] == [("anna", "not attempted")] * 2
    assert "JSON" in rows[0].message and rows[2].outcome == "correct"


def test_a_notebook_over_which_reading_fails_stops_nobody_else(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.hand_in("anna", *GOOD)
    course.hand_in("bob", "seven = 'x'")
    right = classroom.choose

    def choose(cells: Any, *more: Any) -> Any:
        if "x" in cells[0].source:
            raise RecursionError("too deep")
        return right(cells, *more)

    monkeypatch.setattr(classroom, "choose", choose)
    rows = course.grade().rows
    assert [row.outcome for row in rows] == ["correct", "correct", "not attempted", "not attempted"]
    assert "RecursionError" in rows[2].message


def fails_for(course: Course, monkeypatch: pytest.MonkeyPatch, student: str, error: Exception) -> None:
    right = judging.judge

    def judge(paper: Paper, *arguments: Any) -> list[Row]:
        course.judged.append(paper.student)
        if paper.student == student:
            raise error
        return right(paper, *arguments)

    monkeypatch.setattr(desk, "judge", judge)


@pytest.mark.parametrize("error", [KeyError("a\nb"), SandboxError("lost"), MemoryError(), ValueError("x" * 9999)])
def test_an_unexpected_exception_over_one_paper_costs_that_paper_only(
    course: Course, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for student in ("anna", "bob", "carla"):
        course.hand_in(student, *GOOD)
    with monkeypatch.context() as patch:
        fails_for(course, patch, "bob", error)
        rows = course.grade(jobs=1).rows
    assert [row.outcome for row in rows if row.student != "bob"] == ["correct"] * 4
    reason = rows[2].message
    assert rows[2].outcome == "not attempted" and type(error).__name__ in reason and "\n" not in reason
    assert len(reason) < 500
    assert [row.outcome for row in course.grade().rows] == ["correct"] * 6
    assert course.judged == ["bob"]


def test_what_stops_a_class_ends_its_workers_at_once(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Forks] = []
    monkeypatch.setattr(desk, "Sandbox", lambda *arguments: made.append(Forks()) or made[-1])
    for number in range(20):
        course.hand_in(f"student {number}", *GOOD)

    def full(*arguments: Any) -> None:
        raise OSError("the disk is full")

    closed: list[Desk] = []
    monkeypatch.setattr(journal.Journal, "keep", full)
    monkeypatch.setattr(Desk, "close", lambda one, close=Desk.close: closed.append(one) or close(one))
    with pytest.raises(OSError) as caught:  # Whoever keeps the exception keeps all that was at work
        course.grade()
    assert "full" in str(caught.value)
    assert len(closed) == 1 and made and not any(forks.is_at_work for forks in made)


def test_where_no_worker_can_be_made_the_class_stops_with_the_reason(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Nothing(Forks):
        def fork(self) -> Any:
            raise SandboxError("no worker can be made on this machine")

    monkeypatch.setattr(desk, "Sandbox", lambda *arguments: Nothing())
    course.hand_in("anna", *GOOD)
    assert command(course) == 1
    assert capsys.readouterr().err == "imgrec: no worker can be made on this machine\n"
    assert not (course.out / "scores.csv").exists()


def test_an_exercise_that_fails_itself_stops_the_class_with_its_name(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in("anna", *GOOD)
    course.exercises.write_text(HOMEWORK.replace("return 2 * number", "return 2 / 0"))
    assert command(course) == 1
    assert one_line(capsys.readouterr().err, "hw.twice", "ZeroDivisionError")


# Wrong use, each in one line


def command(course: Course, *more: str, exercises: Path | None = None) -> int:
    found = exercises or course.exercises
    return cli.main(["grade", str(course.submissions), "--out", str(course.out), "--exercises", str(found), *more])


def one_line(said: str, *words: str) -> bool:
    assert said.startswith("imgrec: ") and len(said.splitlines()) == 1, said
    assert all(word in said for word in words), said
    return True


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(:", "SyntaxError"),
        ("a = 1", "holds no exercise"),
        ("", "holds no exercise"),
        ("import no_such_module_at_all", "no_such_module_at_all"),
        ("raise RuntimeError('two\\nlines')", "RuntimeError: two lines"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("a = 'nul\0'", "null bytes"),
        (b"a = '\xe9'", "is no text"),
    ],
)
def test_a_file_of_exercises_that_cannot_be_used_is_said_in_one_line(
    course: Course, capsys: pytest.CaptureFixture[str], source: str | bytes, words: str
) -> None:
    course.hand_in("anna", *GOOD)
    course.exercises.write_bytes(source if isinstance(source, bytes) else source.encode())
    assert command(course) == 1
    assert one_line(capsys.readouterr().err, "hw.py", words)


def test_a_file_of_exercises_that_is_not_there_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    course.hand_in("anna", *GOOD)
    for path in (course.exercises.with_name("no.py"), course.submissions):
        assert command(course, exercises=path) == 1
        assert one_line(capsys.readouterr().err, str(path), "There is no file")


def test_a_report_inside_the_submissions_is_refused(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    course.hand_in("anna", *GOOD)
    inside = course.submissions / "report"
    for out in (inside, course.submissions, course.submissions.parent, course.submissions / ".." / "class" / "x"):
        assert command(course, "--out", str(out)) == 1
        assert one_line(capsys.readouterr().err, "another folder")
    assert not inside.exists()


def test_a_report_inside_by_way_of_a_link_is_refused(course: Course) -> None:
    course.hand_in("anna", *GOOD)
    course.out.symlink_to(course.submissions)
    assert command(course) == 1


def test_a_report_that_is_a_file_is_refused(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    course.hand_in("anna", *GOOD)
    course.out.write_text("mine")
    assert command(course) == 1
    assert one_line(capsys.readouterr().err, "is a file") and course.out.read_text() == "mine"


def test_submissions_that_are_not_there_are_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(course) == 1
    assert one_line(capsys.readouterr().err, str(course.submissions))


# The journal


def rows(message: str = "m") -> list[Row]:
    return [Row("Zoë", "hw", "hw.a", 0.5, 1.0, "not yet", message, "e", True)]


def test_a_journal_keeps_rows_and_its_seed(tmp_path: Path) -> None:
    with journal.opened(tmp_path) as kept:
        seed = kept.seed
        kept.keep("a", rows("half \ud800 a character"))
        assert kept.result("b") is None
    with journal.opened(tmp_path) as kept:
        assert kept.seed == seed and kept.result("a") == rows("half \ud800 a character")


def told_in(graded: Graded, student: str) -> str:
    """What the row on `twice` says of the case that was tried."""
    (found,) = [row for row in graded.rows if row.student == student and row.exercise == "hw.twice"]
    return found.message + found.evidence


def test_what_is_handed_in_after_a_report_meets_other_cases(course: Course) -> None:
    for student in ("anna", "bob"):
        course.hand_in(student, "def twice(number):\n    return number - 1", "seven = 7")
    first = course.grade()
    assert told_in(first, "anna") == told_in(first, "bob")
    course.hand_in("bob", "def twice(number):\n    return number - 1 ", "seven = 7")
    again = course.grade()
    assert course.judged == ["bob"]
    assert told_in(again, "anna") == told_in(first, "anna") != told_in(again, "bob")


def test_an_interrupted_class_goes_on_with_its_cases(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    course.hand_in("anna", *GOOD)
    seeds = []
    for failing in (True, False):
        with monkeypatch.context() as patch:
            if failing:
                patch.setattr(classroom.report, "write", lambda *arguments: (_ for _ in ()).throw(OSError("full")))
            try:
                course.grade()
            except OSError:
                with journal.opened(course.out) as kept:
                    seeds.append(kept.seed)
        course.hand_in("bob", *GOOD)
    with sqlite3.connect(course.out / journal.NAME) as connection:
        seeds += connection.execute("select seed, told from seeds").fetchone()
    assert seeds == [seeds[0], seeds[0], 1]


def test_two_reports_have_different_seeds(tmp_path: Path) -> None:
    seeds = set()
    for name in "abcd":
        with journal.opened(tmp_path / name) as kept:
            seeds.add(kept.seed)
    assert len(seeds) > 1


def damaged_inside(data: bytes) -> bytes:
    return data[:4096] + b"\x55" * (len(data) - 4096)


@pytest.mark.parametrize("damage", [lambda data: b"no database" * 500, lambda data: data[:5000], damaged_inside])
def test_a_damaged_journal_is_begun_anew(tmp_path: Path, damage: Any) -> None:
    with journal.opened(tmp_path) as kept:
        for number in range(50):
            kept.keep(f"key {number}", rows("x" * 500))
    path = tmp_path / journal.NAME
    path.write_bytes(damage(path.read_bytes()))
    path.with_name(f"{journal.NAME}-journal").write_bytes(b"old")
    with journal.opened(tmp_path) as kept:
        assert kept.result("key 1") is None
        kept.keep("a", rows())
        assert kept.result("a") == rows()


def test_a_result_that_somebody_changed_is_none(tmp_path: Path) -> None:
    with journal.opened(tmp_path):
        pass
    with sqlite3.connect(tmp_path / journal.NAME) as connection:
        for key, text in (("a", "{"), ("b", "3"), ("c", '[{"student": "x"}]'), ("d", "[1]")):
            connection.execute("insert into results values (?, ?)", (key, text))
    connection.close()
    with journal.opened(tmp_path) as kept:
        assert [kept.result(key) for key in "abcd"] == [None] * 4


def test_a_second_run_into_the_same_report_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SECONDS_TO_WAIT", 0.1)
    with journal.opened(tmp_path), pytest.raises(OSError, match="another `imgrec grade`"), journal.opened(tmp_path):
        pass
    with journal.opened(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    course.hand_in("anna", *GOOD)
    (course.out / journal.NAME).mkdir(parents=True)
    assert command(course) == 1
    assert one_line(capsys.readouterr().err, journal.NAME, "cannot be written")


def test_a_full_disk_is_an_error_in_words(tmp_path: Path) -> None:
    with journal.opened(tmp_path) as kept:
        kept._connection.execute("pragma max_page_count = 4")
        with pytest.raises(OSError, match="is the disk full"):
            kept.keep("a", rows("x" * 100_000))


def test_keys_tell_parts_apart() -> None:
    assert len({journal.key("ab", "c"), journal.key("a", "bc"), journal.key("abc"), journal.key("ab", b"c\0")}) == 4
    assert journal.key("ab", "c") == journal.key(b"ab", "c") and journal.key("\ud800")


# Desks and assignments


class Slow(Forks):
    """A sandbox that can be closed while it forks."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on, self.closed = threading.Event(), threading.Event(), 0

    def fork(self) -> Any:
        self.begun.set()
        self.go_on.wait(5)
        return super().fork()

    def close(self) -> str:
        self.closed += 1
        return super().close()


def test_a_closed_desk_makes_no_worker_whichever_thread_asks() -> None:
    sandbox, said = Slow(), []
    place = Place(sandbox)

    def fork() -> None:
        try:
            place.fork()
        except SandboxError as error:
            said.append(str(error))

    thread = threading.Thread(target=fork)
    thread.start()
    sandbox.begun.wait(5)
    place.close()
    sandbox.go_on.set()
    thread.join(5)
    assert len(said) == 1 and sandbox.closed == 2 and not sandbox.is_at_work
    sandbox.begun.clear()
    for ask in (place.fork, place.try_anew):
        with pytest.raises(SandboxError):
            ask()
    assert not sandbox.begun.is_set()


def test_a_stopped_class_starts_no_further_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Forks] = []
    monkeypatch.setattr(desk, "Sandbox", lambda *arguments: made.append(Forks()) or made[-1])
    assignment = assignment_from_source(HOMEWORK, "hw")
    one = Desk(Limits())
    papers = [Paper(f"student {number}", "hw", (), {}) for number in range(50)]
    judge = desk.on_this_machine(one, {"hw": assignment}, 1, 2)(papers)
    next(judge)
    judge.close()
    assert made and not any(forks.is_at_work for forks in made)
    with pytest.raises(SandboxError):
        one.judge(papers[0], assignment, 1)


def test_a_sandbox_that_cannot_be_closed_keeps_none_of_the_others_open(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(Slow):
        def close(self) -> str:
            super().close()
            raise OSError("stuck")

    one, made = Desk(Limits()), [Stuck(), Stuck()]
    monkeypatch.setattr(desk, "Sandbox", lambda kind, *rest: made[kind == "heavy"])
    for kind in ("light", "heavy"):
        one._place(kind)
    with pytest.raises(OSError, match="stuck"):
        one.close()
    assert [sandbox.closed for sandbox in made] == [1, 1]


def test_a_desk_has_a_sandbox_for_each_thread_and_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setattr(desk, "Sandbox", lambda kind, *rest: made.append((threading.get_ident(), kind)) or Forks())
    one, barrier = Desk(Limits()), threading.Barrier(2)

    def work() -> None:
        barrier.wait(5)
        for kind in ("light", "heavy", "light"):
            one._place(kind)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(made) == len({*made}) == 4
    one.close()


def test_a_homework_is_named_by_its_exercises_and_its_tasks_by_their_words(tmp_path: Path) -> None:
    path = tmp_path / "any name.py"
    path.write_bytes(b"\xef\xbb\xbf" + HOMEWORK.encode())
    found = homework_assignment(path)
    assert found.lesson == "hw" and found.answer_names == ["twice", "seven"]
    assert found.tasks == {"hw.twice": "Give twice the number.", "hw.seven": ""}


def test_the_order_of_exercises_is_theirs_or_that_of_a_list() -> None:
    listed = assignment_from_source(HOMEWORK + "EXERCISES = [seven, twice, seven, 3]\n", "hw")
    assert listed.answer_names == ["seven", "twice"]
    other = assignment_from_source(HOMEWORK + "again = seven\nEXERCISES = 3\n", "hw")
    assert other.answer_names == ["twice", "seven"]


def test_a_notebook_is_recognised_by_the_answers_that_it_gives() -> None:
    first = assignment_from_source(HOMEWORK, "hw")
    second = assignment_from_source(HOMEWORK.replace("hw.", "other.").replace("twice", "thrice"), "other")
    recognise = recogniser([first, second])
    assert recognise(["x = 1\ndef thrice(n): pass"]) == "other"
    assert recognise(["def  twice (n): pass", "seven=7"]) == "hw"
    assert recognise(["print(twice)", "twice_more = 1", "if seven == 7: pass"]) is None
    assert recogniser([])(["a = 1"]) is None


def test_a_class_in_real_sandboxes_is_graded_twice_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    real = Course(tmp_path)
    real.hand_in("anna", *GOOD)
    real.hand_in("bob", "import os\ndef twice(number):\n    os._exit(0)", "seven = 7")
    assert command(real, "--jobs", "1") == 0
    assert capsys.readouterr().out.startswith(f"2 students, 3 of 4 answers correct: {real.out / 'index.html'}\n")
    table = (real.out / "scores.csv").read_bytes()
    (real.out / journal.NAME).unlink()
    assert command(real, "--jobs", "2") == 0
    assert (real.out / "scores.csv").read_bytes() == table


def test_settings_are_not_changed_by_grading(course: Course) -> None:
    course.hand_in("anna", *GOOD)
    settings = Settings(course.submissions, course.out, 1, Limits(), course.exercises)
    before = copy.deepcopy(settings)
    classroom.grade(settings)
    assert settings == before
