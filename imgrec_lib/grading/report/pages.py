"""The pages that people read: one for the instructor, and one for each student to take home."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgrec_lib.exercises.feedback import COLOURS, HEADINGS, with_code
from imgrec_lib.grading.report import counting, naming
from imgrec_lib.grading.report.asking import asked
from imgrec_lib.grading.report.cleaning import clean, clean_name, number
from imgrec_lib.grading.rows import Graded, Row
from imgrec_lib.templates import environment

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
MARK = '<meta name="generator" content="imgrec grade">'
FEW, SHOWN, MOST = 6, 10, 100


def percent(share: float | None) -> str:
    """A share in words, such as "87 %"; only a share of all is 100 %, and only one of nothing is 0 %."""
    if share is None:
        return "–"
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        whole = 1 if whole == 0 else 99
    return f"{whole}\N{NO-BREAK SPACE}%"


def counted(count: int, noun: str) -> str:
    """A count with its noun, such as "1 exercise" and "2 exercises"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def lesson_words(lesson: str) -> str:
    """The name of a lesson as a heading: 02_convolution_by_hand is "02 convolution by hand"."""
    return clean_name(lesson).replace("_", " ").strip() or clean_name(lesson)


def opening(tally: counting.Tally) -> str:
    """The first sentences to a student: what is done, and what to do about the rest."""
    if tally.correct == tally.exercises:
        return "Every exercise here is correct. Well done."
    sentences = [f"{tally.correct} of {counted(tally.exercises, 'exercise')} {_are(tally.correct)} correct."]
    if tally.not_yet:
        sentences.append(f"{tally.not_yet} {_are(tally.not_yet)} not yet: a sentence says what to look at next.")
    if tally.not_attempted:
        sentences.append(f"{tally.not_attempted} {_are(tally.not_attempted)} not attempted yet, and worth a try.")
    return " ".join(sentences)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


@cache
def _environment() -> "Environment":
    from markupsafe import Markup

    filters = {
        "name": clean_name,
        "lesson": lesson_words,
        "said": lambda text: Markup(with_code(clean(text))),
        "number": number,
        "percent": percent,
        "counted": counted,
        "width": lambda share: f"{100 * share:.1f}%",
    }
    made = environment(TEMPLATES, filters)
    made.globals |= {"colours": COLOURS, "headings": HEADINGS, "generator": Markup(MARK)}
    made.globals |= {"anchor": naming.anchor, "tally": counting.tally, "few": FEW, "shown": SHOWN, "most": MOST}
    return made


def feedback_page(tasks: Mapping[str, str]) -> Callable[[str, Sequence[Row]], str]:
    """A function that gives the page of a student, from their name and rows."""
    from markupsafe import Markup

    template = _environment().get_template("feedback.html")

    @cache
    def task(exercise: str) -> Markup:
        return Markup(asked(tasks[exercise])) if exercise in tasks else Markup("")

    def page(student: str, rows: Sequence[Row]) -> str:
        lessons = counting.grouped(rows, lambda row: row.lesson)
        total = counting.tally(rows)
        return template.render(student=student, lessons=lessons, total=total, opening=opening(total), task=task)

    return page


def index(graded: Graded, names: Mapping[str, str]) -> str:
    """The text of index.html; `names` holds the file name of each student's page, in the order of students."""
    groups = counting.by_student(graded.rows)
    lessons = counting.lessons(graded.rows)
    students = [_student_line(student, groups[student], lessons, names) for student in names]
    links = {student: naming.link(page) for student, page in names.items()}
    template = _environment().get_template("index.html")
    return template.render(
        isolation=graded.isolation,
        lessons=lessons,
        students=students,
        links=links,
        total=counting.tally(graded.rows),
        mean=counting.mean_share(groups.values()),
        lesson_means=[_lesson_mean(lesson, graded.rows) for lesson in lessons],
        hardest=counting.hardest(graded.rows),
        misconceptions=counting.misconceptions(graded.rows),
        others=counting.other_reasons(graded.rows),
    )


def _student_line(
    student: str, rows: Sequence[Row], lessons: Sequence[str], names: Mapping[str, str]
) -> dict[str, Any]:
    groups = counting.grouped(rows, lambda row: row.lesson)
    cells = [counting.tally(groups[lesson]) if lesson in groups else None for lesson in lessons]
    return {"name": student, "link": naming.link(names[student]), "cells": cells, "total": counting.tally(rows)}


def _lesson_mean(lesson: str, rows: Sequence[Row]) -> float | None:
    return counting.mean_share(counting.by_student(row for row in rows if row.lesson == lesson).values())
