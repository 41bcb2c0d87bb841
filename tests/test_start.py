"""start.py, on a small course made here: real environments, no network, and the failures that people meet."""

import ast
import collections
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import psutil
import pytest

SOURCE = Path(__file__).resolve().parents[1] / "start.py"
PYPROJECT = """
[build-system]
requires = ["flit-core"]
build-backend = "flit_core.buildapi"
[project]
name = "imgrec"
version = "1"
description = "small"
[project.scripts]
imgrec = "imgrec_lib:main"
[tool.flit.module]
name = "imgrec_lib"
"""
# It stands in for uv, which cannot be packed again from an installed one, and leaves a trace of its work.
UV = """
import os, subprocess, sys
open(os.path.join(sys.prefix, "uv-was-here"), "a").close()
assert sys.argv[1:5] == ["pip", "install", "--python", sys.executable] and sys.argv[5] == "--compile-bytecode"
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *sys.argv[6:]]))
"""


def load_start():
    specification = importlib.util.spec_from_file_location("start", SOURCE)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def start():
    yield load_start()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def wheel(folder: Path, name: str, files: dict[str, str]) -> None:
    details = f"{name}-1.0.dist-info"
    everything = files | {
        f"{details}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{details}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    everything[f"{details}/RECORD"] = "".join(f"{path},,\n" for path in everything)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in everything.items():
            archive.writestr(path, text)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "tiny", {"tiny.py": "value = 7\n"})
    wheel(folder, "uv", {"uv/__init__.py": "", "uv/__main__.py": UV})
    backend = importlib.metadata.distribution("flit-core")
    inside = [file for file in backend.files if file.suffix == ".py" and file.parts[0] == "flit_core"]
    wheel(folder, "flit_core", {file.as_posix(): file.read_text() for file in inside})
    return folder


@pytest.fixture
def course(tmp_path) -> Path:
    root = tmp_path / "a course, così"
    (root / "notebooks").mkdir(parents=True)
    (root / "imgrec_lib").mkdir()
    (root / "imgrec_lib" / "__init__.py").write_text("def main():\n    print('imgrec at work')\n")
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "notebooks" / "01_pixels_as_matrices.ipynb").write_text(json.dumps(empty))
    (root / "requirements.txt").write_text("tiny==1.0\nflit-core==1.0\n")
    (root / "pyproject.toml").write_text(PYPROJECT)
    shutil.copy(SOURCE, root)
    return root


def run(course: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))} | variables
    command = [sys.executable, str(course / "start.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


@pytest.fixture
def offline(wheels) -> dict[str, str]:
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def python_of(course: Path) -> Path:
    return course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def assert_one_line(done: subprocess.CompletedProcess, *words: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("start.py: "), done.stderr
    for word in words:
        assert word in done.stderr


def test_setup_makes_the_environment_and_the_course_with_uv_and_is_quick_the_second_time(course, offline):
    harmful = {"PYTHONHOME": "", "PYTHONPATH": str(course / "nowhere"), "PIP_USER": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    first = run(course, "setup", **offline, **harmful)
    assert first.returncode == 0, first.stdout + first.stderr
    assert (course / ".venv" / "uv-was-here").exists()
    check = "import tiny, imgrec_lib; print(tiny.value, imgrec_lib.__file__)"
    seen = subprocess.run([python_of(course), "-c", check], capture_output=True, text=True, cwd="/").stdout
    assert seen.startswith("7 ") and str(course) in seen
    command = shutil.which("imgrec", path=python_of(course).parent)
    assert "at work" in subprocess.run([command], capture_output=True, text=True).stdout
    assert not list(course.glob("*.egg-info"))
    # A check of the course needs no network once it is set up; here its tools are missing, which is one more failure.
    second = run(course, "test", PIP_NO_INDEX="1")
    assert "Setting" not in second.stdout and second.returncode == 1 and "No module named ruff" in second.stderr


def test_pip_takes_over_where_uv_fails(course, offline, tmp_path):
    wheels = tmp_path / "wheels"
    shutil.copytree(offline["PIP_FIND_LINKS"], wheels)
    wheel(wheels, "uv", {"uv/__init__.py": "", "uv/__main__.py": "raise SystemExit('uv: certificate unknown')\n"})
    done = run(course, "setup", **offline | {"PIP_FIND_LINKS": str(wheels)})
    assert done.returncode == 0 and "pip installs" in done.stdout, done.stderr
    assert subprocess.run([python_of(course), "-c", "import tiny"]).returncode == 0


def test_without_a_network_it_stops_and_the_next_run_mends_what_is_half_made_or_broken(course, offline):
    assert_one_line(run(course, "setup", PIP_INDEX_URL="http://127.0.0.1:9/simple"), "No network", "connect")
    python_of(course).unlink()
    python_of(course).symlink_to("/nowhere/python")
    again = run(course, "setup", **offline)
    assert again.returncode == 0, again.stderr
    assert subprocess.run([python_of(course), "-c", "import tiny"]).returncode == 0
    (course / "requirements.txt").write_text("not-a-package-of-this-course==1\n")
    assert_one_line(run(course, "setup", **offline), "setup.log")


@pytest.mark.parametrize("arguments", [["sing"], ["--quickly"], ["setup", "test"]])
def test_wrong_use_is_one_line_and_exit_2(course, arguments):
    done = run(course, *arguments)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and not done.stdout


PARTS = ("requirements.txt", "pyproject.toml", "imgrec_lib", "notebooks/01_pixels_as_matrices.ipynb")


@pytest.mark.parametrize("name", PARTS)
def test_a_course_that_lacks_a_part_is_one_line(course, name):
    path = course / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert_one_line(run(course), name, "fetch the whole course")


def test_a_venv_that_is_not_ours_is_never_touched(course):
    (course / ".venv").mkdir()
    (course / ".venv" / "thesis.txt").write_text("years of work")
    assert_one_line(run(course, "setup"), "move it away")
    assert (course / ".venv" / "thesis.txt").read_text() == "years of work"


def test_a_file_named_venv_is_never_touched(course):
    (course / ".venv").write_text("mine")
    assert_one_line(run(course, "setup"), "move it away")
    assert (course / ".venv").read_text() == "mine"


def test_a_second_setup_at_the_same_time_is_refused_and_a_dead_one_is_forgotten(course, offline):
    holder = "import sys, start\nwith start.only_one(sys.argv[1]): print('held', flush=True), sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(course)]
    with subprocess.Popen(command, cwd=course, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout.readline().strip() == b"held"
        assert_one_line(run(course, "setup", **offline), "Another start.py")
        first.kill()
    with load_start().only_one(str(course)):
        assert (course / ".start.lock").exists()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (("shutil", "disk_usage", lambda path: collections.namedtuple("Usage", "free")(10**6)), "disk is full"),
        (("sys", "maxsize", 2**31 - 1), "Colab"),
        (("platform", "python_implementation", lambda: "PyPy"), "Colab"),
        (("platform", "libc_ver", lambda: ("", "")), "Colab"),
        (("platform", "machine", lambda: "riscv64"), "Colab"),
        (("importlib.util", "find_spec", lambda name: None), "sudo apt install python3"),
    ],
    ids=["full disk", "32-bit Python", "PyPy", "no glibc", "unknown processor", "Debian without python3-venv"],
)
def test_a_machine_that_cannot_hold_the_course_is_one_line(start, course, capsys, monkeypatch, trouble, words):
    module, name, value = trouble
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.modules[module], name, value)
    assert start.main(["setup"], str(course)) == 1
    message = capsys.readouterr().err
    assert words in message and len(message.splitlines()) == 1
    assert not (course / ".venv").exists()


def test_an_intel_mac_is_sent_to_colab(start, course, capsys, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert start.main(["setup"], str(course)) == 1
    assert "Colab" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("error: failed to write\n  Caused by: No space left on device (os error 28)", "DISK"),
        ("OSError: [Errno 122] Disk quota exceeded", "DISK"),
        ("[WinError 112] There is not enough space on the disk", "DISK"),
        ("dns error: failed to lookup address information: Name or service not known", "NETWORK"),
        ("NewConnectionError: Failed to establish a new connection: [Errno 111] Connection refused", "NETWORK"),
        ("ReadTimeoutError: Read timed out.", "NETWORK"),
        ("error: Permission denied (os error 13)", "OWNER"),
        ("[Errno 30] Read-only file system: '.start.lock'", "OWNER"),
    ],
)
def test_what_uv_pip_and_the_system_say_is_recognised(start, said, sentence):
    assert start.diagnosis(said) == getattr(start, sentence)


def test_a_folder_that_cannot_be_written_is_one_line(start, course, capsys, monkeypatch):
    real_open = open

    def refusing_open(path, mode="r", **settings):
        if "w" in mode:
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, mode, **settings)

    monkeypatch.setattr("builtins.open", refusing_open)
    assert start.main(["setup"], str(course)) == 1
    message = capsys.readouterr().err
    assert "see who owns this folder" in message and len(message.splitlines()) == 1


def test_the_stamp_notices_new_requirements_a_moved_course_and_another_python(start, course):
    environment = str(course / ".venv")
    python_of(course).parent.mkdir(parents=True)
    python_of(course).symlink_to(sys.executable)
    stamp = start.wanted_stamp(str(course), environment)
    assert stamp == start.wanted_stamp(str(course), environment) is not None
    (course / "moved").mkdir()
    shutil.copytree(course / ".venv", course / "moved" / ".venv", symlinks=True)
    assert start.wanted_stamp(str(course), str(course / "moved" / ".venv")) != stamp
    (course / "requirements.txt").write_text("tiny==2.0\n")
    assert start.wanted_stamp(str(course), environment) != stamp
    python_of(course).unlink()
    assert start.wanted_stamp(str(course), environment) is None


def old_pythons() -> list[str]:
    names = [f"python{version}" for version in ("2.7", "3.6", "3.8", "3.9", "3.10", "3.14")]
    found = [shutil.which(name) for name in names]
    found += [str(path) for path in Path.home().glob(".pyenv/versions/*/bin/python")]
    versions = {}
    for python in filter(None, found):
        script = "import sys; print('%d.%d' % sys.version_info[:2])"
        seen = subprocess.run([python, "-c", script], capture_output=True, text=True).stdout.strip()
        if seen and seen not in ("3.11", "3.12", "3.13"):
            versions[seen] = python
    return list(versions.values())


def test_every_unsupported_python_found_here_gets_one_line(course):
    for python in old_pythons():
        done = subprocess.run([python, str(course / "start.py")], capture_output=True, text=True)
        assert_one_line(done, "3.11, 3.12 or 3.13", "install Python")


def test_old_pythons_can_read_the_file():
    text = SOURCE.read_text(encoding="utf-8")
    assert text.isascii()
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal, ast.YieldFrom)
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, newer), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None and not node.args.kwonlyargs
            assert not any(argument.annotation for argument in node.args.args)
        if isinstance(node, ast.Raise):
            assert node.cause is None


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one program alone there")
def test_jupyterlab_opens_lesson_1_to_this_machine_alone_and_ctrl_c_ends_it(course):
    script = "import sys, start; sys.exit(start.open_course(sys.argv[1], sys.prefix, False))"
    taken = socket.socket()
    try:
        taken.bind(("127.0.0.1", 8888))
        taken.listen()
    except OSError:
        pass  # Somebody else holds it, which serves as well.
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(course)],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        line = server.stdout.readline()
        page = r"(http://127\.0\.0\.1:(\d+)/lab/tree/notebooks/01_\S+)\?token=(\w{48})"
        address = re.fullmatch(f"The course is open at {page}\n", line)
        assert address and address[2] != "8888", line
        assert urllib.request.urlopen(f"{address[1]}?token={address[3]}", timeout=20).status == 200
        contents = f"http://127.0.0.1:{address[2]}/api/contents"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(contents, timeout=20)
        with urllib.request.urlopen(f"{contents}/notebooks?token={address[3]}", timeout=20) as answer:
            assert [entry["name"] for entry in json.load(answer)["content"]] == ["01_pixels_as_matrices.ipynb"]
        jupyter = psutil.Process(server.pid).children(recursive=True)
        places = [place for process in jupyter for place in process.net_connections("tcp")]
        assert {place.laddr.ip for place in places if place.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    finally:
        os.killpg(server.pid, signal.SIGINT)  # As a terminal does it: to the whole group
        out, err = server.communicate(timeout=30)
        taken.close()
    assert server.returncode == 0 and "Closed." in out and "Traceback" not in err
