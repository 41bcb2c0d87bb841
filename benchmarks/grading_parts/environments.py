"""A peer's environment: made once with pinned versions, and the commands that run in it."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grading_parts.homework import Homework
from grading_parts.measuring import Run, environment, watch
from grading_parts.students import Student

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
PACKAGES = ("tensorflow-cpu==2.21.0", "keras==3.15.1", "numpy==2.4.6", "matplotlib==3.11.2", "ipykernel==7.4.0")
VERSIONS = {"nbgrader": "nbgrader==0.9.6", "otter": "otter-grader==7.0.0"}


class Missing(Exception):
    """A tool cannot be had here, for a reason that is said."""


@dataclass(frozen=True)
class Peer:
    """A tool in its environment, with the homework made its own."""

    name: str
    python: Path
    course: Path

    def call(self, *arguments: str | Path) -> None:
        """Run a command of the environment in the course's folder; raises `Missing` where it fails."""
        done = subprocess.run(
            [self.python.parent / arguments[0], *arguments[1:]],
            cwd=self.course,
            env=self.variables(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Missing(f"{self.name} fails with {(done.stderr.strip() or 'no word').splitlines()[-1]}")

    def variables(self) -> dict[str, str]:
        """The environment's own programs come first, so that its kernel is the one that starts."""
        shared = environment()
        return shared | {"PATH": f"{self.python.parent}:{shared['PATH']}", "VIRTUAL_ENV": str(self.python.parents[1])}

    def watch_each(self, students: Sequence[str], jobs: int, command: Sequence[str | Path]) -> Run:
        """Run a command once for each student, whose name stands for `{}`, `jobs` at a time."""
        names = self.course / "students.txt"
        names.write_text("".join(f"{student}\n" for student in students), encoding="utf-8")
        program = self.python.parent / command[0]
        several = ["xargs", "-a", names, "-P", str(jobs), "-I{}", program, *command[1:]]
        return watch(several, self.course, self.variables(), self.course / "log.txt")


def install(name: str, work: Path) -> Path:
    """The Python of the environment of a tool, which is made where it is not there; raises `Missing`."""
    folder = work / f"venv-{name}"
    python = folder / "bin" / "python"
    packages = ["pip", "install", "--compile-bytecode", "--python", python, VERSIONS[name], *PACKAGES]
    commands = (["venv", "--clear", "--python", sys.executable, folder], packages)
    if (folder / "complete").exists():
        return python
    for command in commands:
        done = subprocess.run([sys.executable, "-m", "uv", *command], capture_output=True, text=True, env=environment())
        if done.returncode:
            reason = (done.stderr.strip() or "uv says nothing").splitlines()[-1].strip()
            raise Missing(f"{VERSIONS[name]} can't be installed: {reason.removeprefix('cause: ').rstrip('.')}")
    (folder / "complete").touch()
    return python


def filled(released: Path, homework: Homework, student: Student) -> nbformat.NotebookNode:
    """The released notebook with the student's answers typed over the stubs."""
    notebook, found = nbformat.read(released, as_version=4), set()
    for cell in notebook.cells:
        for task in homework.tasks:
            if cell.cell_type == "code" and cell.source.startswith(task.signature):
                found.add(task.name)
                cell.source = student.answers[task.name] or cell.source
    if len(found) < len(homework.tasks):
        raise Missing(f"{released} has stubs for {sorted(found)} alone")
    return notebook


def fresh(folder: Path) -> Path:
    """The folder, made anew and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
