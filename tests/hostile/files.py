"""Attacks by the file that is handed in: what it is, how it is named, and what its text does in a report."""

import json
import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from damage import lesson
from grading_hostile import Class, hand_in, notebook

NAME = lesson(2).name
SCRIPT = "<script>alert('{mark}')</script><img src=x onerror=alert('{mark}')>"
Made = Callable[[Class], str]


def _raw(student: str, contents: bytes) -> Made:
    def make(course: Class) -> str:
        hand_in(course.classroom, student, contents.replace(b"{mark}", course.mark.encode()))
        return student

    return make


def _path(student: str, make_at: Callable[[Path, Class], None]) -> Made:
    def make(course: Class) -> str:
        path = course.classroom / student / NAME
        path.parent.mkdir()
        make_at(path, course)
        return student

    return make


def _zip_bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, bytes(50_000_000))
    return file.getvalue()


def _quotes() -> bytes:
    """A text that never ends, of escaped quotation marks, behind millions of commas."""
    return b'{"cells": [' + b"0," * 3_500_000 + b'"' + b'\\"' * 20_000_000


def _many_cells() -> bytes:
    cells = b",".join([b'{"cell_type":"code","source":"x = weigh","outputs":[],"metadata":{}}'] * 100_000)
    return b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[' + cells + b"]}"


UNREADABLE = {
    "nested-brackets": _raw("nested-brackets", b"[" * 60_000_000),
    "nested-cells": _raw("nested-cells", b'{"cells": [' + b'{"a":[' * 9_000_000),
    "quotes": _raw("quotes", _quotes()),
    "many-cells": _raw("many-cells", _many_cells()),
    "zip-bomb": _raw("zip-bomb", _zip_bomb()),
    "pickle": _raw("pickle", b"cos\nsystem\n(S'touch /tmp/{mark}'\ntR."),
    "long-number": _raw("long-number", b'{"nbformat": 4, "cells": ' + b"1" * 30_000_000 + b"}"),
    "pipe": _path("pipe", lambda path, course: os.mkfifo(path)),
    "device": _path("device", lambda path, course: path.symlink_to("/dev/zero")),
    "link-to-itself": _path("link-to-itself", lambda path, course: path.symlink_to(path)),
    "link-to-another": _path("link-to-another", lambda path, course: path.symlink_to(f"../a-honest/{NAME}")),
    "link-to-diary": _path("link-to-diary", lambda path, course: path.symlink_to(course.home / "diary.txt")),
    "folder": _path("folder", lambda path, course: path.mkdir()),
}  # fmt: skip


def _wrong_types(course: Class) -> dict:
    contents = notebook(2)
    odd = [[], {}, 7, None, True, "x" * 100_000, [["a"]], -1.5]
    for place, cell in enumerate(contents["cells"]):
        cell["id"], cell["metadata"], cell["outputs"] = odd[place % 8], odd[(place + 3) % 8], odd[(place + 5) % 8]
        cell["execution_count"], cell["attachments"] = odd[(place + 1) % 8], odd[(place + 2) % 8]
    return contents | {"metadata": "none", "nbformat_minor": [5]}


def _forged_marks(course: Class) -> dict:
    """Everything says that it stands as published, is a solution, passed, or need not be graded."""
    contents = notebook(2, {"weigh": "def weigh(window, kernel):\n    return 0.0\n"})
    for cell in contents["cells"]:
        marks = {"published": True, "correct": True, "points": 100, "outcome": "correct"}
        cell["metadata"] = {"imgrec": marks, "tags": ["skip-grading", "solution"], }
    return contents


def _odd_texts(course: Class) -> dict:
    """HTML and a raise in every answer, so that the text comes into the report."""
    text = course.filled(SCRIPT)
    answers = {
        "weigh": f'def weigh(window, kernel):  # {text}\n    raise ValueError("{text}")\n',
        "convolve": f'def convolve(image, kernel)  # {text}\n    return """{text}"""\n',
        "relu": f'def relu(values):\n    print("{text}")\n    return {{"{text}": 1}}\n',
    }
    return notebook(2, answers, before=f'"""{text}"""')


def _long_line(course: Class) -> dict:
    return notebook(2, after="x = [" + "1, " * 330_000 + "]")


def _nulls(course: Class) -> dict:
    return notebook(2, {"weigh": "def weigh(window, kernel):\n    return 0.0\0\n"})


def _deep_source(course: Class) -> dict:
    return notebook(2, {"weigh": "weigh = " + "(" * 90_000, "relu": "relu = " + "-" * 90_000 + "1"})


READABLE: dict[str, tuple[Callable[[Class], dict], tuple[str, ...]]] = {
    "wrong-types": (_wrong_types, ()),
    "forged-marks": (_forged_marks, ("weigh",)),
    "odd-texts": (_odd_texts, ("weigh", "convolve", "relu")),
    "long-line": (_long_line, ()),
    "nulls": (_nulls, ("weigh",)),
    "deep-source": (_deep_source, ("weigh", "relu")),
}
NAMES = ("<img src=x onerror=alert(1)>", "..\u202e", "=cmd|' !A1", "-rf", "a\nb", "'; drop table", "%2e%2e%2fx", "..x")


def hand_in_all(course: Class) -> dict[str, tuple[str, ...]]:
    """Hand all of them in; the readable ones with the answers that each must lose."""
    for make in UNREADABLE.values():
        make(course)
    for student, (make, _) in READABLE.items():
        hand_in(course.classroom, student, json.dumps(make(course)).encode())
    for student in NAMES:
        hand_in(course.classroom, student, notebook(2))
    return {student: lost for student, (_, lost) in READABLE.items()} | dict.fromkeys(NAMES, ())
