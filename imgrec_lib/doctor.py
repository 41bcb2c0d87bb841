"""What is installed, what is missing and what to do about it: the findings behind `imgrec doctor`."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
INSTALL = "run `python start.py setup`"


@dataclass(frozen=True)
class Finding:
    """One row: what was looked at, its state (`ok`, `missing` or `wrong`), what was seen, and what to do about it."""

    name: str
    state: str
    seen: str
    remedy: str = ""


def examine() -> list[Finding]:
    """A finding for each thing that the lessons need; what could crash runs in a process of its own."""
    return [python(), *packages(), opencv(), tensorflow(), kernel(), *data(), disk(), memory()]


def print_findings(findings: list[Finding], as_json: bool = False) -> None:
    """None, after one line a finding, and a last line that says whether the lessons can run."""
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        remedy = f": {finding.remedy}" if finding.remedy else ""
        print(f"{finding.state:7}  {finding.name:{width}}  {finding.seen}{remedy}")
    wanting = sum(finding.state != "ok" for finding in findings)
    print(f"{wanting} of {len(findings)} rows need you." if wanting else "Everything that the lessons need is here.")


def python() -> Finding:
    """Whether this Python is one that the course supports."""
    seen = f"{platform.python_version()} ({sys.executable})"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "ok", seen)
    return Finding("Python", "wrong", seen, "run `start.py setup` with Python 3.11, 3.12 or 3.13")


def packages() -> list[Finding]:
    """A finding for each package in pyproject.toml: whether it is installed, in a version of the range given there."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    return [package(Requirement(line)) for line in wanted]


def package(wanted: Requirement) -> Finding:
    """Whether one package is installed in a version of its range."""
    try:
        version = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(wanted.name, "missing", f"the course needs {wanted.specifier}", INSTALL)
    if wanted.specifier.contains(version, prereleases=True):
        return Finding(wanted.name, "ok", version)
    return Finding(wanted.name, "wrong", f"{version}, and the course needs {wanted.specifier}", INSTALL)


def opencv() -> Finding:
    """Whether OpenCV works: on a server without a screen its import may fail for want of a system library."""
    code, seen = attempt("import cv2, numpy; cv2.blur(numpy.zeros((3, 3)), (3, 3)); print(cv2.__version__)", seconds=30)
    if code == 0:
        return Finding("OpenCV at work", "ok", seen)
    system = "install that system library: on Debian or Ubuntu `sudo apt install libgl1 libglib2.0-0`"
    return Finding("OpenCV at work", "wrong", seen, system if ".so" in seen else INSTALL)


def tensorflow() -> Finding:
    """Whether TensorFlow starts and computes, and whether it finds a GPU."""
    script = (
        "import tensorflow as tf; total = float(tf.reduce_sum(tf.ones((8, 8)) @ tf.ones((8, 8)))); assert total == 512;"
        "gpus = tf.config.list_physical_devices('GPU');"
        "print(f'{len(gpus)} GPU' if gpus else 'no GPU, which is fine: the lessons are made for two cores')"
    )
    code, seen = attempt(script, seconds=60)
    if code == 0:
        return Finding("TensorFlow at work", "ok", seen)
    if code < 0:
        remedy = "this processor may lack AVX, which it needs: use the Colab links in README.md"
        return Finding("TensorFlow at work", "wrong", f"it was ended by signal {-code}", remedy)
    return Finding("TensorFlow at work", "wrong", seen, INSTALL)


def attempt(script: str, seconds: int) -> tuple[int, str]:
    """The exit status of a Python script in a process of its own, and the last line that it wrote."""
    quiet = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    command = [sys.executable, "-c", script]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=quiet)
    except subprocess.TimeoutExpired:
        return 1, f"no answer within {seconds} seconds"
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


def kernel() -> Finding:
    """Whether Jupyter finds the kernel that the lessons name, and whether it is this Python's."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        folder = KernelSpecManager().get_kernel_spec("python3").resource_dir
    except NoSuchKernel:
        return Finding("Jupyter kernel", "missing", "no kernel is named python3", INSTALL)
    return Finding("Jupyter kernel", "ok", folder)


def data() -> list[Finding]:
    """A finding for each folder of embedded data: whether every file is there and has its published checksum."""
    from imgrec_lib.datasets import DatasetError, embedded

    try:
        names = sorted(embedded.checksums())
    except DatasetError as error:
        return [Finding("embedded data", "missing", str(error))]
    return [embedded_data(folder, names) for folder in sorted({name.split("/")[0] for name in names})]


def embedded_data(folder: str, names: list[str]) -> Finding:
    """Whether every file in one folder of `datasets/` is whole."""
    from imgrec_lib.datasets import DatasetError, embedded

    inside = [name for name in names if name.startswith(folder + "/")]
    for name in inside:
        try:
            embedded.read(name)
        except DatasetError as error:
            return Finding(f"data: {folder}", "wrong" if (embedded.ROOT / name).exists() else "missing", str(error))
    return Finding(f"data: {folder}", "ok", f"{len(inside)} files, every checksum right")


def disk() -> Finding:
    """Whether there is room for what lessons write: models, checkpoints, fetched datasets."""
    free = shutil.disk_usage(ROOT).free / 10**9
    if free >= 1:
        return Finding("disk", "ok", f"{free:.0f} GB free")
    return Finding("disk", "wrong", f"{free:.2f} GB free", "make room for at least 1 GB")


def memory() -> Finding:
    """Whether there is memory for the lessons, with the number of cores, and whether this is Colab."""
    import psutil

    total, cores = psutil.virtual_memory().total / 10**9, os.cpu_count() or 1
    seen = f"{total:.0f} GB of memory, {cores} cores" + (", on Colab" if "COLAB_RELEASE_TAG" in os.environ else "")
    if total >= 3.5:
        return Finding("machine", "ok", seen)
    return Finding("machine", "wrong", seen, "the lessons need 4 GB: use the Colab links in README.md")
