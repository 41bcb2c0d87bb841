"""Where a student's page lies, and how another page links to it."""

import hashlib
import os
from collections.abc import Iterable
from urllib.parse import quote

from imgrec_lib.grading.rows import Row

LONGEST_NAME = 255  # Bytes, in the file systems that people have
ENDING = ".html"


def page_name(student: str) -> str:
    """The file name of a student's page: `<student>.html`, shortened with a digest where no file may be called so."""
    whole = os.fsencode(student)
    if len(whole) + len(ENDING) <= LONGEST_NAME:
        return student + ENDING
    ending = f"-{hashlib.sha256(whole).hexdigest()[:12]}{ENDING}"
    return whole[: LONGEST_NAME - len(ending)].decode("utf-8", errors="ignore") + ending


def page_names(students: Iterable[str]) -> dict[str, str]:
    """The file name of each student's page."""
    return {student: page_name(student) for student in students}


def link(page: str) -> str:
    """The address of a feedback page, as seen from index.html."""
    return "feedback/" + quote(os.fsencode(page), safe="")


def anchor(row: Row) -> str:
    """The name of an exercise's place within a student's page; the same text stands after the `#` of a link."""
    return quote(f"{row.lesson}/{row.exercise}".encode("utf-8", "backslashreplace"), safe="")
