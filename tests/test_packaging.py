"""What the course ships: pins within ranges, nothing of this or that machine, a short way in."""

import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from imgrec_lib import cli

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COURSE = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]


def pins(name: str) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            pin = Requirement(line)
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def version(pin: Requirement) -> str:
    (specifier,) = pin.specifier
    assert specifier.operator == "==" and "*" not in specifier.version, pin
    return specifier.version


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this copy of the course is no git checkout")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("wanted", COURSE + EXTRAS, ids=str)
def test_requirements_pins_every_dependency_inside_its_range(wanted):
    found = pins("requirements.txt")[canonicalize_name(wanted.name)]
    assert all(wanted.specifier.contains(version(pin)) for pin in found)


@pytest.mark.parametrize("wanted", COURSE, ids=str)
def test_colab_meets_every_range_so_that_nothing_there_is_replaced(wanted):
    found = pins("tests/colab.txt")[canonicalize_name(wanted.name)]
    assert all(wanted.specifier.contains(version(pin)) for pin in found)


@pytest.mark.parametrize("name", ["requirements.txt", "tests/colab.txt"])
def test_every_supported_system_and_python_gets_one_version_of_each_package(name):
    for system, os_name in (("linux", "posix"), ("darwin", "posix"), ("win32", "nt")):
        for python in ("3.11.7", "3.12.1", "3.13.0"):
            place = {"sys_platform": system, "os_name": os_name}
            place |= {"python_version": python[:4], "python_full_version": python}
            for package, found in pins(name).items():
                fitting = [pin for pin in found if pin.marker is None or pin.marker.evaluate(place)]
                assert len(fitting) <= 1, (package, system, python)
            assert any(pin.marker is None or pin.marker.evaluate(place) for pin in pins(name)["tensorflow"])


def test_conda_installs_the_same_list():
    yaml = pytest.importorskip("yaml")
    settings = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert settings["name"] == "imgrec"
    python = next(line for line in settings["dependencies"] if str(line).startswith("python="))
    assert python.removeprefix("python=") in ("3.11", "3.12", "3.13")
    assert {"pip": ["--requirement requirements.txt", "--editable ."]} in settings["dependencies"]


def test_the_workflow_runs_the_readme_s_command_on_three_systems_and_weekly():
    yaml = pytest.importorskip("yaml")
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["check"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert {system.split("-")[0] for system in job["strategy"]["matrix"]["system"]} == {"ubuntu", "macos", "windows"}
    assert job["steps"][-1]["run"] == "python start.py test"
    assert workflow[True]["schedule"]  # YAML reads the key `on` as true


def test_ci_calls_the_readme_s_command():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert script.startswith("#!") and "start.py test" in script and "tests/colab.txt" in script


def test_at_most_twelve_entries_are_visible_at_the_top():
    assert len({name.split("/")[0] for name in tracked() if not name.startswith(".")}) <= 12


def test_no_file_names_a_package_host_a_machine_or_a_workplace():
    hosts = ("pypi" + ".org", "python" + "hosted", "npmjs" + ".", "registry" + ".npm", "deb.debian" + ".org")
    places = ("/work" + "/", "/root" + "/", "/opt" + "/pypi", "/opt" + "/wheels", ".." + "/shared", "shared" + "/")
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" in content[:8000]:
            continue
        text = content.decode("utf-8", "replace").lower()
        assert not [word for word in hosts + places if word in text], name
        assert not re.search(r"(^|/)(uv\.lock|poetry\.lock|pipfile\.lock|package-lock\.json)$", name.lower())


def test_the_readme_s_commands_are_real(capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert lines[:2] == ["python start.py", "python start.py test"]
    for line in lines:
        if "imgrec " in line and not line.startswith("conda"):
            with pytest.raises(SystemExit) as ended:
                cli.main([*line.split()[1:], "--help"])
            assert ended.value.code == 0
    for name in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / name).exists(), name


def test_the_library_imports_within_0_3_seconds_and_without_tensorflow():
    script = "import sys, time; began = time.perf_counter(); import imgrec_lib; took = time.perf_counter() - began; "
    script += "assert not {'tensorflow', 'keras', 'matplotlib', 'cv2'} & set(sys.modules); print(took)"
    times = [subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True) for _ in range(3)]
    assert min(float(done.stdout) for done in times) < 0.3


def test_the_command_line_and_the_doctor_import_without_tensorflow():
    script = "import sys; import imgrec_lib.cli, imgrec_lib.doctor, time; assert 'tensorflow' not in sys.modules"
    started = time.perf_counter()
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0
    assert time.perf_counter() - started < 3
