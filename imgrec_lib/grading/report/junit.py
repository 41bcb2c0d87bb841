"""junit.xml: the class as a run of tests, a suite for each student, for the report readers of GitHub and GitLab."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from imgrec_lib.grading.report.cleaning import clean, clean_name
from imgrec_lib.grading.report.counting import tally
from imgrec_lib.grading.rows import Row

ELEMENTS = {"not yet": "failure", "not attempted": "skipped"}


def document(students: Mapping[str, Sequence[Row]]) -> str:
    """The text of junit.xml for the rows of each student."""
    root = ElementTree.Element("testsuites", _counts([row for rows in students.values() for row in rows]))
    for student, rows in students.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": clean_name(student)} | _counts(rows))
        for row in rows:
            _add_case(suite, row)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _counts(rows: Sequence[Row]) -> dict[str, str]:
    """Numbers of tests; the time is 0, since some readers show NaN where there is none."""
    counted = tally(rows)
    numbers = {"tests": counted.exercises, "failures": counted.not_yet, "skipped": counted.not_attempted}
    return {name: str(number) for name, number in numbers.items()} | {"errors": "0", "time": "0"}


def _add_case(suite: ElementTree.Element, row: Row) -> None:
    student, lesson, exercise = (clean_name(name) for name in (row.student, row.lesson, row.exercise))
    names = {"classname": f"{student}.{lesson}", "name": exercise, "time": "0"}
    case = ElementTree.SubElement(suite, "testcase", names)
    if row.outcome in ELEMENTS:
        message = clean(row.message)
        said = ElementTree.SubElement(case, ELEMENTS[row.outcome], {"message": message.replace("\n", " ")})
        said.text = "\n".join(part for part in (message, clean(row.evidence)) if part)  # GitLab reads the text alone
