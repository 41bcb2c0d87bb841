"""The record of what is done: best outcomes, several writers, a crash while writing, a file that is damaged."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from imgrec_lib import cli
from imgrec_lib.exercises import catalogue, record
from imgrec_lib.exercises.guessing import Guesses, is_written, reply
from imgrec_lib.exercises.summary import summary


def writer(lines: str) -> subprocess.Popen:
    """Another process that writes to the same record."""
    program = f"from imgrec_lib.exercises import record\n{lines}"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_a_worse_outcome_later_changes_nothing():
    for outcome in ("not yet", "correct", "not yet"):
        record.note("01.to_gray", outcome)
    assert record.done() == {"01.to_gray": record.Done("correct", 3)}


def test_what_is_written_is_there_for_another_process():
    record.note("01.to_gray", "correct")
    with writer("print(record.done()['01.to_gray'].outcome)") as other:
        assert other.communicate()[0].strip() == "correct"


def test_four_writers_at_once_lose_nothing():
    writers = [writer("for _ in range(25): record.note('02.relu', 'not yet')") for _ in range(4)]
    assert [one.wait() for one in writers] == [0, 0, 0, 0]
    assert record.done()["02.relu"].checks == 100


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends processes in another way")
def test_a_writer_that_is_killed_leaves_a_whole_record():
    record.note("01.to_gray", "correct")
    for _ in range(3):
        busy = writer("print('on', flush=True)\nwhile True: record.note('02.relu', 'not yet')")
        busy.stdout.readline()
        time.sleep(0.2)
        os.kill(busy.pid, signal.SIGKILL)
        busy.communicate()
    assert record.done()["01.to_gray"].outcome == "correct"
    before = record.done()["02.relu"].checks
    record.note("02.relu", "correct")
    assert record.done()["02.relu"] == record.Done("correct", before + 1)


def garbage(path):
    path.write_bytes(b"no record at all " * 100)


def half(path):
    record.note("01.to_gray", "correct")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def holes(path):
    record.note("01.to_gray", "correct")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


@pytest.mark.parametrize("damage", [garbage, half, holes])
def test_a_damaged_record_is_put_aside_and_a_new_one_begun(damage, record_file):
    record_file.parent.mkdir()
    damage(record_file)
    assert record.done() == {}
    record.note("02.relu", "correct")
    assert record.done()["02.relu"].outcome == "correct"
    assert record_file.with_name(record_file.name + ".damaged").exists()


def test_a_place_that_cannot_be_written_never_stops_a_lesson(record_file, monkeypatch):
    blocked = record_file.parent.parent / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv("IMGREC_PROGRESS", str(blocked / "progress.sqlite"))
    record.note("02.relu", "correct")
    record.note_guess("02", "first")
    assert record.done() == {} and record.guesses() == {}


def test_a_locked_record_is_not_taken_for_a_damaged_one(record_file, monkeypatch):
    record.note("01.to_gray", "correct")
    monkeypatch.setattr(record, "SECONDS_TO_WAIT", 0.1)
    with sqlite3.connect(record_file, isolation_level=None) as holder:
        holder.execute("begin exclusive")
        record.note("02.relu", "correct")
        holder.execute("rollback")
    assert list(record.done()) == ["01.to_gray"]
    assert not record_file.with_name(record_file.name + ".damaged").exists()


def test_without_a_choice_it_lies_in_the_persons_own_data_folder(monkeypatch):
    monkeypatch.delenv("IMGREC_PROGRESS")
    assert record.path().name == "progress.sqlite" and "imgrec" in record.path().parts


def test_summary_says_what_is_done_begun_and_open():
    exercises = list(catalogue().values())[:2]
    record.note(exercises[0].name, "correct")
    shown = summary(exercises)
    assert repr(shown).splitlines()[0] == "1 of 2 exercises done"
    assert f"done   {exercises[0].name}" in repr(shown) and f"open   {exercises[1].name}" in repr(shown)
    assert "<table>" in shown._repr_html_()


def test_imgrec_progress_lists_every_exercise_and_the_guesses(capsys):
    record.note("01.to_gray", "correct")
    Guesses("01")("shape", 3, 3)
    assert cli.main(["progress"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in catalogue())
    assert "done   01.to_gray" in text and "1 guess written down" in text and str(record.path()) in text


@pytest.mark.parametrize(
    ("guess", "actual", "words"),
    [
        (1000, 1000, "exactly right"),
        (0.85, 0.88, "close"),
        (50, 1000, "higher than you thought"),
        (1000, 50, "lower than you thought"),
        ((2, 3), (2, 3), "exactly right"),
        ((2, 3), (3, 2), "reckon with"),
        ("Dense", "dense", "saw it coming"),
        ("dense", "classic", "Which thought"),
        ("many", 7, "another kind"),
        (True, 1, "exactly right"),
        (object(), 7, "another kind"),
    ],
)
def test_a_guess_gets_a_kind_reply(guess, actual, words):
    assert words in reply(guess, actual)


@pytest.mark.parametrize(("guess", "written"), [(None, False), (..., False), ((1, None), False), (0, True), ("", True)])
def test_a_guess_counts_once_it_is_written(guess, written):
    assert is_written(guess) is written


def test_without_a_guess_nothing_is_printed_or_kept(capsys):
    Guesses("01")("shape", None, 3)
    assert capsys.readouterr().out == "" and record.guesses() == {}


def test_a_guess_is_counted_once_however_often_it_runs(capsys):
    for _ in range(3):
        Guesses("01")("shape", 2, 3)
    assert record.guesses() == {"01": 1}
