"""summary.md: what GitHub shows on the page of a run: points, and what each student should hear next."""

from collections.abc import Mapping, Sequence

from imgrec_lib.exercises.feedback import HEADINGS
from imgrec_lib.grading.report.cleaning import clean, clean_name, number
from imgrec_lib.grading.report.counting import grouped, tally
from imgrec_lib.grading.rows import Row

LONGEST = 900_000  # GitHub takes a million bytes
SPECIAL = r"\`*_{}[]()#+-!|~<>&@:"


def escaped(text: str) -> str:
    """The text on one line, with all that Markdown or HTML would make something of written as its number."""
    line = " ".join(clean(text).split())
    return "".join(f"&#{ord(one)};" if one in SPECIAL else one for one in line)


def _heading(student: str, rows: Sequence[Row]) -> str:
    counted = tally(rows)
    points = f"{number(counted.points)} of {number(counted.max_points)} points"
    return f"## {escaped(clean_name(student))}: {points}"


def _table(rows: Sequence[Row]) -> list[str]:
    lines = ["| exercise | | |", "| --- | --- | --- |"]
    for row in rows:
        name = row.exercise or row.lesson
        lines.append(f"| {escaped(name)} | {HEADINGS[row.outcome]} | {escaped(row.message)} |")
    return lines


def document(students: Mapping[str, Sequence[Row]]) -> str:
    """The text of summary.md: a table for each student's lesson, as many as GitHub takes."""
    parts, size = [], 0
    for student, rows in students.items():
        lines = [_heading(student, rows)]
        for lesson, group in grouped(rows, lambda row: row.lesson).items():
            lines += ["", f"### {escaped(clean_name(lesson))}", "", *_table(group)]
        text = "\n".join(lines) + "\n"
        size += len(text.encode())
        if size > LONGEST:
            parts.append("More students stand in index.html.\n")
            break
        parts.append(text)
    return "\n".join(parts)
