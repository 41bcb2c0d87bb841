"""What was handed in: for each student and each lesson a notebook, or the sentence why there is none to grade."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imgrec_lib.grading.lesson_names import lesson_by_name, stem
from imgrec_lib.grading.student_folders import Recognise, StudentFolder, is_passed_over, read_student, readable

MOST_UNKNOWN = 20
NOT_HANDED_IN = "No notebook of this lesson was handed in."
NOTHING = "No notebook was handed in."
LINK = "{name} is a link that leads out of the student's folder: hand in the notebook itself."
UNKNOWN = "{name} belongs to no lesson: give it one of the names {known}."
LOOSE = "{name} lies beside the students' folders: put it into the folder of the student whose it is."
SAME_NAME = "There are {count} folders of this name, spelled differently; each was graded by itself."


@dataclass(frozen=True)
class Submission:
    """One student's notebook of one lesson.

    `fault` is the sentence why it cannot be graded, "" where it is to be read; `note` says what the student should know
    of how it was found. `lesson` is a file's own name where it belongs to none, and "" where nothing at all was found.
    """

    student: str
    lesson: str
    path: Path | None
    fault: str = ""
    note: str = ""


def find(folder: Path, lessons: Sequence[str], recognise: Recognise | None = None) -> list[Submission]:
    """A submission for each student and each lesson that anybody handed in, sorted by student and lesson.

    A notebook's name says its lesson; where it does not, `recognise` is asked, which looks into the file. Where
    `lessons` is one homework, a student's only notebook is taken for it whatever its name.
    """
    students, loose = {}, []
    for entry in _entries(folder):
        if os.path.isdir(entry.path) or entry.is_symlink() and not os.path.isfile(entry.path):
            students[readable(entry.name)] = read_student(Path(entry.path), lessons, recognise)
        elif stem(entry.name) is not None:
            loose.append(Path(entry.path))
    if not students:
        raise ValueError(_nobody(folder, bool(loose), lessons))
    handed_in = {lesson for student in students.values() for lesson in student.notebooks}
    expected = sorted(handed_in.union(lessons if len(lessons) == 1 else ()))
    notes = _same_names(students)
    found = [_loose(path, lessons, students) for path in loose]
    for name, student in students.items():
        found += [_chosen(name, lesson, student, notes.get(name, "")) for lesson in expected]
        found += _others(name, student, lessons, has_rows=bool(expected))
    one_each = {(one.student, one.lesson): one for one in found}
    return [one_each[key] for key in sorted(one_each)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, hidden things left out; `ValueError` where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted((one for one in entries if not is_passed_over(one.name)), key=lambda one: one.name)
    except FileNotFoundError:
        raise ValueError(f"There is no folder {folder}: name the one that holds the students' folders.") from None
    except NotADirectoryError:
        raise ValueError(f"{folder} is no folder: name the one that holds the students' folders.") from None


def _nobody(folder: Path, has_notebooks: bool, lessons: Sequence[str]) -> str:
    place = f"{folder}/anna/{lessons[0] if lessons else 'homework'}.ipynb"
    if has_notebooks:
        return f"{folder} holds notebooks and no student's folder: give each student a folder, such as {place}."
    return f"{folder} holds no student's folder: put each notebook into one, such as {place}."


def _chosen(name: str, lesson: str, student: StudentFolder, note: str) -> Submission:
    """The submission of a lesson that is expected of a student."""
    path = student.best(lesson)
    if path is None:
        return Submission(name, lesson, None, student.fault or NOT_HANDED_IN, note)
    count = len(student.notebooks[lesson])
    if count > 1:
        graded = readable(str(path.relative_to(student.path)))
        said = "Two" if count == 2 else str(count)
        note = f"{said} notebooks of this lesson were handed in; {graded} was graded. {note}".rstrip()
    fault = LINK.format(name=readable(path.name)) if student.leads_out(path) else ""
    return Submission(name, lesson, path, fault, note)


def _others(name: str, student: StudentFolder, lessons: Sequence[str], has_rows: bool) -> Iterator[Submission]:
    """A submission for each notebook of no lesson, and one for a student who would have none otherwise."""
    known = ", ".join(f"{lesson}.ipynb" for lesson in lessons)
    for path in student.unknown[:MOST_UNKNOWN]:
        template = LINK if student.leads_out(path) else UNKNOWN
        fault = template.format(name=readable(path.name), known=known)
        yield Submission(name, readable(stem(path.name) or ""), path, fault)
    if not has_rows and not student.unknown:
        yield Submission(name, "", None, student.fault or NOTHING)


def _same_names(students: Collection[str]) -> dict[str, str]:
    """A note for each student whose folder has another's name but for its spelling."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in students:
        alike[" ".join(unicodedata.normalize("NFC", name).casefold().split())].append(name)
    several = (names for names in alike.values() if len(names) > 1)
    return {name: SAME_NAME.format(count=len(names)) for names in several for name in names}


def _loose(path: Path, lessons: Sequence[str], students: Mapping[str, StudentFolder]) -> Submission:
    """What is said of a notebook that lies beside the students' folders."""
    name, owner = readable(path.name), readable(stem(path.name) or "")
    lesson = lesson_by_name(owner, lessons) or owner
    return Submission(name if owner in students else owner, lesson, path, LOOSE.format(name=name))
