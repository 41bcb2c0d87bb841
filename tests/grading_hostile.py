"""A class with attackers in it: how an attack is described, handed in and graded, and how one looks for what it left.

An attack names the answers that it did not solve, which must earn nothing, and all others must keep their points.
In the sources of attacks `{mark}`, `{home}`, `{classroom}`, `{report}`, `{temporary}`, `{project}` and `{port}` stand
for the places of one run, so that what is found afterwards is known to be of this run.
"""

import csv
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from damage import lesson
from test_solved_lessons import exercises_of

from imgrec_lib.authoring import ROOT
from imgrec_lib.grading.usage import processes

PLACES = ("mark", "home", "classroom", "report", "temporary", "project", "port")
SANDBOX_USERS = range(61_000, 65_000)
SHARED_FOLDERS = ("/", "/tmp", "/var/tmp", "/dev/shm", "/root")
SKIPPED = (".git", ".venv", "__pycache__")
LIBRARIES_OWN = (".cache", ".config", ".keras", ".local")  # What Keras and Matplotlib write in the judge's home
Row = dict[str, str]


@dataclass(frozen=True)
class Attack:
    """A submission that attacks: `answers` take the place of right ones, and cells stand `before` and `after` them.

    `unsolved` are the answers that must earn nothing; where `keeps` is false the rest may be lost too.
    """

    name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    unsolved: Sequence[str] | None = None
    before: str = ""
    after: str = ""
    keeps: bool = True
    lesson: int = 2

    @property
    def worthless(self) -> list[str]:
        """The answers that must earn nothing; by default all that the attack replaces."""
        return [*(self.answers if self.unsolved is None else self.unsolved)]


def notebook(number: int, answers: Mapping[str, str] | None = None, before: str = "", after: str = "") -> dict:
    """A lesson with its solutions in it, other `answers` in place of some, and cells before and after the rest."""
    written = nbformat.read(lesson(number), as_version=4)
    right = {exercise.answer_name: exercise.solution_source for exercise in exercises_of(number)} | dict(answers or {})
    for cell in written.cells:
        name = cell.get("id", "").removeprefix("answer-").replace("-", "_")
        if cell.get("id", "").startswith("answer-") and name in right:
            cell.source = right[name]
    own = [nbformat.v4.new_code_cell(source) for source in (before, after)]
    written.cells = [*own[: bool(before)], *written.cells, *(own[1:] if after else [])]
    return json.loads(nbformat.writes(written))


def hand_in(folder: Path, student: str, contents: dict | bytes, number: int = 2) -> Path:
    """Put a notebook into a student's folder."""
    path = folder / student / lesson(number).name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else json.dumps(contents).encode())
    return path


class Class:
    """A folder of submissions with a home, a temporary folder and a working directory of its own, to be graded."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mark = folder, f"hostile-{secrets.token_hex(6)}"
        self.home, self.classroom, self.report = (folder / name for name in ("home", "submissions", "report"))
        self.temporary, self.desk, self.project = folder / "temporary", folder / "desk", ROOT
        self.memory, self.port = 2000 + secrets.randbelow(1000), 9
        for place in (self.home, self.classroom, self.temporary, self.desk):
            place.mkdir(parents=True)
        (self.home / "diary.txt").write_text("mine")

    def filled(self, source: str) -> str:
        """The source with the places of this run in it."""
        for name in PLACES:
            source = source.replace(f"{{{name}}}", str(getattr(self, name)))
        return source

    def attack(self, attack: Attack) -> None:
        """Hand an attack in, under its own name."""
        answers = {name: self.filled(source) for name, source in attack.answers.items()}
        contents = notebook(attack.lesson, answers, self.filled(attack.before), self.filled(attack.after))
        hand_in(self.classroom, attack.name, contents, attack.lesson)

    def command(self, *options: str) -> list[str]:
        """The command that grades the class."""
        own = ["--out", str(self.report), "--memory", str(self.memory)]
        return [sys.executable, "-m", "imgrec_lib", "grade", str(self.classroom), *own, *options]

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of the command: nothing of it lies outside the folder of this class."""
        own = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT)}
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **own, **more}

    def grade(self, *options: str, **more: str) -> subprocess.CompletedProcess:
        """Grade the class in a process of its own."""
        return subprocess.run(
            self.command(*options), cwd=self.desk, env=self.environment(**more), capture_output=True, text=True,
            errors="replace", timeout=900,
        )  # fmt: skip

    def rows(self) -> list[Row]:
        """The lines of scores.csv."""
        csv.field_size_limit(10**8)
        with (self.report / "scores.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def processes(self) -> list[str]:
        """The command lines of what still runs of this run: what bears its mark, its limits, or a sandbox's user."""
        signs = (self.mark.encode(), f'"memory_mb": {self.memory}'.encode())
        return [line for line in _command_lines(signs)] + _strays()

    def files_outside(self) -> list[Path]:
        """The files anywhere outside the report and the submissions that bear the mark of this run."""
        own = [path for top in (self.home, self.temporary, self.desk) for path in top.rglob("*")]
        project = (Path(place) / name for place, name in _names(ROOT) if self.mark in name)
        shared = (Path(top) / name for top in SHARED_FOLDERS if os.path.isdir(top) for name in os.listdir(top))
        kept = (self.home / "diary.txt", *(self.home / name for name in LIBRARIES_OWN))
        return [path for path in own if not any(path.is_relative_to(one) for one in kept) or self.mark in path.name] + [
            path for path in [*project, *shared] if self.mark in path.name
        ]


def _names(top: Path) -> Iterator[tuple[str, str]]:
    for place, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in SKIPPED]
        yield from ((place, name) for name in [*folders, *files])


def _command_lines(signs: Sequence[bytes]) -> Iterator[str]:
    for one in processes():
        try:
            folder = Path(f"/proc/{one.number}")
            line, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if not one.ended and any(sign in line + environment for sign in signs):
            yield line.replace(b"\0", b" ").decode(errors="replace")[:200]


def _strays() -> list[str]:
    """What runs as a sandbox's user and has no sandbox above it."""
    seen = {one.number: one for one in processes()}

    def line(number: int) -> bytes:
        try:
            return Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            return b""

    def has_sandbox(number: int) -> bool:
        while number in seen:
            if b"imgrec_lib.grading.warm" in line(number):
                return True
            number = seen[number].parent
        return False

    found = []
    for number, one in seen.items():
        try:
            user = os.stat(f"/proc/{number}").st_uid
        except OSError:
            continue
        if user in SANDBOX_USERS and not one.ended and not has_sandbox(number):
            found.append(f"{number} of user {user}: {line(number)[:200]!r}")
    return found


def until(true: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not (found := bool(true())) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def digest(folder: Path) -> str:
    """A digest of all names, links and files below a folder; pipes count by their names."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(os.fsencode(path.relative_to(folder)))
        if path.is_symlink():
            total.update(os.fsencode(os.readlink(path)))
        elif path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()


def points(rows: Sequence[Row], student: str, number: int = 2) -> dict[str, float]:
    """The points of a student in a lesson, by the names of answers."""
    mine = [row for row in rows if row["student"] == student and row["lesson"] == lesson(number).stem]
    names = {exercise.name: exercise.answer_name for exercise in exercises_of(number)}
    return {names[row["exercise"]]: float(row["points"]) for row in mine}
