"""The command `imgrec`: its exit statuses, its one-line complaints, and how soon it answers."""

import subprocess
import sys
import time

import pytest

from imgrec_lib import cli, datasets
from imgrec_lib.datasets import DatasetError


def test_data_list_names_every_dataset(capsys):
    assert cli.main(["data", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    wanted = {"fashion_mnist", "materials", "digits", "mnist", "cifar10", "cifar100"}
    assert wanted <= {line.split()[0] for line in lines}


def test_data_get_of_what_is_here_is_done(capsys):
    assert cli.main(["data", "get", "digits"]) == 0
    assert "digits" in capsys.readouterr().out


def test_data_get_of_an_unknown_name_is_a_no_in_one_line(capsys):
    assert cli.main(["data", "get", "no_such_set"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("imgrec: ") and "no_such_set" in message and len(message.splitlines()) == 1


FAILURES = [DatasetError("two\nlines"), OSError(28, "No space left on device"), KeyboardInterrupt()]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_one_line_and_exit_1(failure, capsys, monkeypatch):
    def fail(name):
        raise failure

    monkeypatch.setattr(datasets, "fetch", fail)
    assert cli.main(["data", "get", "digits"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["sing"], ["data"], ["data", "get"], ["doctor", "--quickly"]])
def test_wrong_use_is_one_line_and_exit_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_reader_that_leaves_early_sees_no_complaint():
    command = [sys.executable, "-c", "import sys; from imgrec_lib import cli; sys.exit(cli.main(['data', 'list']))"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_help_answers_within_0_3_seconds_and_python_m_is_the_same():
    times = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "imgrec_lib", "--help"], capture_output=True, text=True)
        times.append(time.perf_counter() - started)
        assert done.returncode == 0 and "doctor" in done.stdout
    assert min(times) < 0.3
