"""The instructor's commands: help, wrong options, and where the report is."""

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib import cli
from imgrec_lib.grading import classroom, release, verify
from imgrec_lib.grading.classroom import Settings
from imgrec_lib.grading.rows import Graded, Row

ROWS = (
    Row("anna", "hw", "hw.a", 1, 1, "correct", "Yes."),
    Row("anna", "hw", "hw.b", 0, 1, "not yet", "No."),
    Row("bob", "hw", "hw.a", 0, 1, "not attempted", "Nothing."),
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings with which a class was to be graded, which is not done."""
    found: list[Settings] = []

    def grade(settings: Settings, progress: Any) -> Graded:
        found.append(settings)
        progress(2, 3)
        return Graded(ROWS, "Nothing kept them apart.", {})

    monkeypatch.setattr(classroom, "grade", grade)
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("grade", ["SUBMISSIONS", "--out", "--jobs", "--timeout", "--memory", "--scheduler", "--exercises"]),
        ("release", ["SOURCE.ipynb", "--out"]),
        ("verify", ["NOTEBOOK"]),
    ],
)
def test_help_names_what_a_command_takes(name: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0 and all(word in said for word in words)


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade"], ["grade", "a"], ["grade", "--out", "b"], ["grade", "a", "--out"], ["grade", "a", "b", "--out", "c"],
        ["grade", "a", "--out", "b", "--jobs", "0"], ["grade", "a", "--out", "b", "--jobs", "-1"],
        ["grade", "a", "--out", "b", "--jobs", "two"], ["grade", "a", "--out", "b", "--timeout", "1.5"],
        ["grade", "a", "--out", "b", "--memory", "1e9"], ["grade", "a", "--out", "b", "--memory", "99999999999"],
        ["grade", "a", "--out", "b", "--timeout", ""], ["grade", "a", "--out", "b", "--loud"], ["release", "a"],
        ["release"], ["verify"], ["verify", "--out", "b"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use_is_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_grade_says_where_the_report_is_and_what_kept_submissions_apart(
    asked: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["grade", "class", "--out", "report"]) == 0
    said = capsys.readouterr()
    assert said.out == f"2 students, 1 of 3 answers correct: {Path('report/index.html')}\nNothing kept them apart.\n"
    assert said.err == ""


def test_grade_passes_on_what_it_is_given(asked: list[Settings]) -> None:
    more = ["--jobs", "3", "--timeout", "20", "--memory", "512", "--scheduler", "tcp://x:1", "--exercises", "hw.py"]
    cli.main(["grade", "class", "--out", "report", *more])
    (found,) = asked
    assert (found.submissions, found.out, found.jobs) == (Path("class"), Path("report"), 3)
    assert (found.limits.seconds, found.limits.memory_mb) == (20.0, 512)
    assert (found.exercises, found.scheduler) == (Path("hw.py"), "tcp://x:1")


def test_grade_without_options_takes_the_course_and_all_processors(asked: list[Settings]) -> None:
    cli.main(["grade", "class", "--out", "report"])
    (found,) = asked
    assert found.jobs >= 1 and found.exercises is None and found.scheduler is None
    assert (found.limits.seconds, found.limits.memory_mb) == (300.0, 4096)


def test_ctrl_c_says_how_far_it_came_and_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def grade(settings: Settings, progress: Any) -> Graded:
        progress(7, 30)
        raise KeyboardInterrupt

    monkeypatch.setattr(classroom, "grade", grade)
    assert cli.main(["grade", "class", "--out", "report"]) == 1
    assert capsys.readouterr().err == "imgrec: stopped after 7 of 30: the same command goes on from there.\n"


@pytest.mark.parametrize("error", [ValueError("two\nlines"), OSError(28, "Disk full"), ImportError("no distributed")])
def test_what_goes_wrong_is_one_line_and_exit_1(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: Any) -> None:
        raise error

    for module, name, arguments in (
        (classroom, "grade", ["grade", "class", "--out", "report"]),
        (release, "release", ["release", "a.ipynb", "--out", "b.ipynb"]),
        (verify, "verify", ["verify", "a.ipynb"]),
    ):
        monkeypatch.setattr(module, name, fail)
        assert cli.main(arguments) == 1
        said = capsys.readouterr().err
        assert said.startswith("imgrec: ") and len(said.splitlines()) == 1


def test_release_writes_the_learners_copy_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, copy = tmp_path / "source.ipynb", tmp_path / "hw1.ipynb"
    marked = "def gray(rgb):\n    ### BEGIN SOLUTION\n    return rgb.mean(axis=2)\n    ### END SOLUTION"
    source.write_text(json.dumps(new_notebook(cells=[new_code_cell(marked), new_code_cell("print(1)")])))
    assert cli.main(["release", str(source), "--out", str(copy)]) == 0
    assert capsys.readouterr().out == f"{copy} is ready to hand out.\n"
    assert "mean" not in copy.read_text() and "def gray(rgb)" in copy.read_text()


def test_release_of_what_is_not_there_is_a_no_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["release", str(tmp_path / "no.ipynb"), "--out", str(tmp_path / "b.ipynb")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(("faults", "status"), [([], 0), (["Cell 2 was never run.", "Cell 3 is stale."], 1)])
def test_verify_prints_a_line_for_each_fault(
    faults: list[str], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify, "verify", lambda path: faults if path.name == "b.ipynb" else [])
    assert cli.main(["verify", "a.ipynb", "b.ipynb"]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a.ipynb: is what running it gives." and len(lines) == 1 + max(1, len(faults))
    assert all(f"b.ipynb: {fault}" in lines for fault in faults)
