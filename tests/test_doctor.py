"""`imgrec doctor`: a row for each thing, and what to do about each one that is missing or wrong."""

import collections
import importlib.metadata
import json
import os
import subprocess
import sys

import psutil
import pytest
from packaging.requirements import Requirement

from imgrec_lib import cli, doctor
from imgrec_lib.datasets import embedded


def test_this_installation_is_found_whole_within_15_seconds():
    command = [sys.executable, "-m", "imgrec_lib", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=doctor.ROOT, timeout=15 * 4)
    rows = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    names = {row["name"] for row in rows}
    assert {"Python", "tensorflow", "keras", "OpenCV at work", "TensorFlow at work", "Jupyter kernel", "disk"} <= names
    assert any(name.startswith("data: ") for name in names)
    assert {row["state"] for row in rows} == {"ok"}


def test_the_answer_is_no_where_one_row_is_wrong(monkeypatch, capsys):
    rows = [doctor.Finding("disk", "ok", "9 GB free"), doctor.Finding("keras", "missing", "it is not here", "run it")]
    monkeypatch.setattr(doctor, "examine", lambda: rows)
    assert cli.main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "missing  keras  it is not here: run it" in shown and "1 of 2" in shown


@pytest.mark.parametrize(("line", "state"), [("numpy>=1", "ok"), ("numpy<1", "wrong"), ("not-installed>=1", "missing")])
def test_a_package_is_held_to_its_range(line, state):
    finding = doctor.package(Requirement(line))
    assert finding.state == state
    assert state == "ok" or "start.py setup" in finding.remedy


def test_every_package_of_the_course_has_a_row():
    names = {finding.name for finding in doctor.packages()}
    assert {"tensorflow", "keras", "numpy", "opencv-python", "ipywidgets"} <= names


@pytest.mark.parametrize("content", [None, b"", b"version https://git-lfs.github.com/spec/v1\n"])
def test_data_that_is_missing_or_damaged_is_found_with_a_remedy(content, tmp_path, monkeypatch):
    (tmp_path / "photographs").mkdir()
    if content is not None:
        (tmp_path / "photographs" / "cat.png").write_bytes(content)
    checksums = embedded.checksums()
    monkeypatch.setattr(embedded, "checksums", lambda: checksums)
    monkeypatch.setattr(embedded, "ROOT", tmp_path)
    finding = doctor.embedded_data("photographs", ["photographs/cat.png"])
    assert finding.state == ("missing" if content is None else "wrong")
    assert "photographs/cat.png" in finding.seen


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "apt install libgl1"),
        ("ModuleNotFoundError: No module named 'cv2'", "start.py setup"),
    ],
)
def test_an_opencv_that_cannot_be_imported_says_what_to_install(error, remedy, monkeypatch):
    monkeypatch.setattr(doctor, "attempt", lambda script, seconds: (1, error))
    finding = doctor.opencv()
    assert finding.state == "wrong" and error in finding.seen and remedy in finding.remedy


def test_a_tensorflow_that_crashes_is_a_row_and_not_a_crash(monkeypatch):
    monkeypatch.setattr(doctor, "attempt", lambda script, seconds: (-4, ""))
    finding = doctor.tensorflow()
    assert finding.state == "wrong" and "signal 4" in finding.seen and "AVX" in finding.remedy


def test_a_process_that_dies_or_hangs_is_reported():
    if os.name == "posix":
        assert doctor.attempt("import os; os.kill(os.getpid(), 4)", seconds=20)[0] == -4
    assert doctor.attempt("1/0", seconds=20) == (1, "ZeroDivisionError: division by zero")
    assert doctor.attempt("import time; time.sleep(60)", seconds=1) == (1, "no answer within 1 seconds")


def test_an_old_python_too_little_memory_and_a_full_disk_are_wrong(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 0))
    assert doctor.python().state == "wrong"
    monkeypatch.setattr(psutil, "virtual_memory", lambda: collections.namedtuple("Memory", "total")(2 * 10**9))
    assert doctor.memory().state == "wrong"
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: collections.namedtuple("Usage", "free")(10**6))
    assert doctor.disk().state == "wrong"


def test_no_kernel_named_python3_is_missing(monkeypatch):
    from jupyter_client import kernelspec

    def refuse(self, name):
        raise kernelspec.NoSuchKernel(name)

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", refuse)
    assert doctor.kernel().state == "missing"


def test_versions_are_read_without_importing_the_packages():
    assert importlib.metadata.version("tensorflow")
    script = "import sys; from imgrec_lib import doctor; doctor.packages(); print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=doctor.ROOT)
    assert done.stdout.strip() == "False"
