"""The report on a graded class: scores.csv, junit.xml, summary.md, index.html, and a feedback page for each student.

The same rows give the same bytes. Each file is written whole or not at all, and scores.csv comes last: where it is new,
all is new. Names and messages may be hostile, so they pass through `cleaning` on their way into any file.
"""

from pathlib import Path

from imgrec_lib.files import write_whole
from imgrec_lib.grading.report import junit, pages, scores, summary
from imgrec_lib.grading.report.counting import by_student
from imgrec_lib.grading.report.naming import page_names
from imgrec_lib.grading.rows import Graded


def write(graded: Graded, folder: Path) -> None:
    """Write the report into a folder, which is made where it is missing.

    Feedback pages of an earlier report whose students are gone are removed; nothing else in the folder is touched.
    """
    feedback = folder / "feedback"
    feedback.mkdir(parents=True, exist_ok=True)
    students = by_student(graded.rows)
    names = page_names(students)
    page = pages.feedback_page(graded.tasks)
    for student, rows in students.items():
        write_whole(feedback / names[student], page(student, rows))
    write_whole(folder / "junit.xml", junit.document(students))
    write_whole(folder / "summary.md", summary.document(students))
    write_whole(folder / "index.html", pages.index(graded, names))
    _remove_old(feedback, set(names.values()))
    write_whole(folder / "scores.csv", scores.table(graded.rows))


def _remove_old(feedback: Path, kept: set[str]) -> None:
    for path in sorted(feedback.glob("*.html")):
        if path.name not in kept and path.is_file() and not path.is_symlink() and _is_ours(path):
            path.unlink()


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return pages.MARK.encode() in file.read(1000)
