"""scores.csv: a line for every row, for spreadsheets and programs."""

import csv
import io
from collections.abc import Iterable

from imgrec_lib.grading.report.cleaning import clean, clean_name, exact_number
from imgrec_lib.grading.rows import Row

HEADER = ("student", "lesson", "exercise", "points", "max_points", "outcome", "message")


def table(rows: Iterable[Row]) -> str:
    """The text of scores.csv: the header, then the rows in their order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_line(row) for row in rows)
    return text.getvalue()


def _line(row: Row) -> list[str]:
    names = [clean_name(name) for name in (row.student, row.lesson, row.exercise)]
    return [*names, exact_number(row.points), exact_number(row.max_points), row.outcome, clean(row.message)]
