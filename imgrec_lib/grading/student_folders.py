"""One student's folder: which notebooks lie in it, and of which lesson each is."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imgrec_lib.grading.lesson_names import lesson_by_name, stem

DEEPEST = 3
MOST_ENTRIES = 10_000
PASSED_OVER = ("__MACOSX", "__pycache__")
LINKED_FOLDER = "The folder {name} is a link: hand in the folder itself, with the notebooks in it."
Recognise = Callable[[Path], str | None]


@dataclass
class StudentFolder:
    """What a student's folder holds: notebooks by lesson, notebooks of no lesson, and a sentence on what went wrong."""

    path: Path
    notebooks: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    unknown: list[Path] = field(default_factory=list)
    fault: str = ""

    def best(self, lesson: str) -> Path | None:
        """The notebook of a lesson to grade: one that has its exact name, else the newest; a link out comes last."""
        return max(self.notebooks.get(lesson, ()), key=lambda path: self._merit(path, lesson), default=None)

    def _merit(self, path: Path, lesson: str) -> tuple[bool, bool, float, str]:
        changed = path.lstat().st_mtime if os.path.lexists(path) else 0.0
        return path.is_file() and not self.leads_out(path), path.name == f"{lesson}.ipynb", changed, str(path)

    def leads_out(self, path: Path) -> bool:
        """Whether a path is a link that leads out of the student's folder."""
        return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.path))


def read_student(path: Path, lessons: Sequence[str], recognise: Recognise | None = None) -> StudentFolder:
    """What lies in a student's folder; its own `fault` says why it could not be looked into."""
    found = StudentFolder(path)
    if path.is_symlink():
        found.fault = LINKED_FOLDER.format(name=readable(path.name))
        return found
    try:
        notebooks = sorted(_notebooks(found))
    except OSError as error:
        found.fault = f"The student's folder could not be read ({error.strerror})."
        return found
    for notebook in notebooks:
        lesson = _lesson(found, notebook, lessons, recognise)
        found.notebooks[lesson].append(notebook) if lesson else found.unknown.append(notebook)
    if len(lessons) == 1 and not found.notebooks and found.unknown:
        found.notebooks[lessons[0]] = found.unknown
    if len(lessons) == 1:
        found.unknown = []
    return found


def is_passed_over(name: str) -> bool:
    """Whether a file or folder is of the kind that systems leave behind."""
    return name.startswith((".", "~$")) or name in PASSED_OVER


def readable(name: str) -> str:
    """A file's name as text that any file can hold, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _notebooks(student: StudentFolder) -> Iterator[Path]:
    """The notebooks in a student's folder, those in folders inside it too, as zip archives make them."""
    waiting, left = [(student.path, 1)], MOST_ENTRIES
    while waiting:
        place, depth = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                left -= 1
                if left < 0:
                    return
                if is_passed_over(entry.name):
                    continue
                if stem(entry.name) is not None:
                    yield Path(entry.path)
                elif entry.is_symlink() and os.path.isdir(entry.path):
                    student.fault = LINKED_FOLDER.format(name=readable(entry.name))
                elif depth < DEEPEST and entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), depth + 1))


def _lesson(student: StudentFolder, path: Path, lessons: Sequence[str], recognise: Recognise | None) -> str | None:
    found = lesson_by_name(stem(path.name) or "", lessons)
    if found or recognise is None or student.leads_out(path):
        return found
    try:
        return recognise(path)
    except (ValueError, OSError):
        return None
