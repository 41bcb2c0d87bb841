"""A class graded: from a folder of students' folders to a report, and on from where a run was interrupted."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from imgrec_lib.grading import desk, journal, report
from imgrec_lib.grading.assignments import (
    Assignment,
    course_assignment,
    digest,
    homework_assignment,
    lesson_paths,
    recogniser,
)
from imgrec_lib.grading.judge import Paper, is_unjudged, row_without_verdict
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.notebook_files import NotebookError, read_cells, read_file
from imgrec_lib.grading.rows import Graded, Row
from imgrec_lib.grading.sandbox import isolation
from imgrec_lib.grading.selecting import choose
from imgrec_lib.grading.submissions import Submission, find

Progress = Callable[[int, int], None]
UNREAD = "The notebook could not be read ({kind}): open it in Jupyter, save it and hand it in again."


@dataclass(frozen=True)
class Settings:
    """How a class is graded; `exercises` is an instructor's own file, `scheduler` the address of a Dask cluster."""

    submissions: Path
    out: Path
    jobs: int
    limits: Limits
    exercises: Path | None = None
    scheduler: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A submission with its rows, or with the paper that is to be judged and the key under which its rows are kept."""

    submission: Submission
    rows: tuple[Row, ...] = ()
    paper: Paper | None = None
    key: str = ""


def _assignments(settings: Settings) -> dict[str, Assignment]:
    """What the class was asked to do, by lesson."""
    if settings.exercises is not None:
        homework = homework_assignment(settings.exercises)
        return {homework.lesson: homework}
    return {lesson: course_assignment(lesson) for lesson in lesson_paths()}


def _without_verdict(submission: Submission, assignment: Assignment | None, message: str) -> Sheet:
    """The rows of a submission that cannot be judged, with the reason; one row where its lesson is not known."""
    message = f"{message} {submission.note}".rstrip()
    if assignment is None:
        return Sheet(submission, (Row(submission.student, submission.lesson, "", 0, 0, "not attempted", message),))
    names = (submission.student, submission.lesson)
    rows = [row_without_verdict(*names, exercise, "not attempted", message) for exercise in assignment.exercises]
    return Sheet(submission, tuple(rows))


def _sheets(submissions: Sequence[Submission], assignments: dict[str, Assignment], settings: Settings) -> list[Sheet]:
    """What is to be done with each submission; one over which reading fails gets its rows all the same."""
    own = settings.exercises.read_bytes() if settings.exercises else b""
    code, sheets = journal.key(digest(), own), []
    for submission in submissions:
        try:
            sheets.append(_sheet(submission, assignments, settings, code))
        except Exception as error:  # One notebook never stops the class
            message = UNREAD.format(kind=type(error).__name__)
            sheets.append(_without_verdict(submission, assignments.get(submission.lesson), message))
    return sheets


def _sheet(submission: Submission, assignments: dict[str, Assignment], settings: Settings, code: str) -> Sheet:
    """What is to be done with a submission."""
    assignment = assignments.get(submission.lesson)
    if submission.fault or submission.path is None or assignment is None:
        return _without_verdict(submission, assignment, submission.fault)
    try:
        data = read_file(submission.path, settings.submissions)
        cells = read_cells(data)
    except NotebookError as error:
        return _without_verdict(submission, assignment, str(error))
    selection = choose(cells, assignment.published, assignment.answer_names)
    paper = Paper(submission.student, submission.lesson, selection.steps, selection.faults, submission.note)
    key = journal.key(submission.student, submission.lesson, submission.note, data, code, repr(settings.limits))
    return Sheet(submission, paper=paper, key=key)


def _recognise(settings: Settings, assignments: dict[str, Assignment]) -> Callable[[Path], str | None]:
    """A function that looks into a notebook for the answers of a lesson."""
    by_sources = recogniser([*assignments.values()])

    def recognise(path: Path) -> str | None:
        try:
            cells = read_cells(read_file(path, settings.submissions))
        except Exception:  # What is wrong with it is said where it is read to be graded
            return None
        return by_sources([cell.source for cell in cells if cell.kind == "code"])

    return recognise


def _judging(settings: Settings, assignments: dict[str, Assignment], seed: int) -> desk.Judging:
    if settings.scheduler is not None:
        from imgrec_lib.grading.cluster import on_cluster

        return on_cluster(settings.scheduler, settings.limits, settings.exercises, seed)
    hidden = [settings.submissions, settings.out, *([settings.exercises] if settings.exercises else [])]
    return desk.on_this_machine(desk.Desk(settings.limits, hidden), assignments, seed, settings.jobs)


def _graded_rows(
    sheets: Sequence[Sheet], judging: Callable[[], desk.Judging], kept: journal.Journal, progress: Progress
) -> Iterator[Row]:
    """All rows in the order of the sheets; each paper's rows are kept as soon as they are known."""
    rows = {sheet.key: kept.result(sheet.key) for sheet in sheets if sheet.paper is not None}
    missing = {(sheet.paper.student, sheet.paper.lesson): sheet for sheet in sheets if rows.get(sheet.key, ()) is None}
    papers = sorted((sheet.paper for sheet in missing.values()), key=lambda paper: paper.kind)
    progress(len(rows) - len(papers), len(rows))
    if papers:
        with contextlib.closing(judging()(papers)) as verdicts:  # Whatever stops this ends the workers now
            for paper, found in verdicts:
                key = missing[paper.student, paper.lesson].key
                rows[key] = found
                if not is_unjudged(found):
                    kept.keep(key, found)
                progress(sum(one is not None for one in rows.values()), len(rows))
    for sheet in sheets:
        yield from sheet.rows if sheet.paper is None else rows[sheet.key]


def check_folders(settings: Settings) -> None:
    """`ValueError` where the report would lie among the submissions, or they in it."""
    submissions, out = settings.submissions.resolve(), settings.out.resolve()
    if out == submissions or out.is_relative_to(submissions) or submissions.is_relative_to(out):
        both = f"{settings.out} and {settings.submissions}"
        raise ValueError(f"{both} are one folder, or one lies in the other: give the report another folder.")
    if out.exists() and not out.is_dir():
        raise ValueError(f"{settings.out} is a file: give the report a folder.")


def grade(settings: Settings, progress: Progress = lambda done, total: None) -> Graded:
    """A class graded, its report written; `progress` hears how many submissions are done, and of how many."""
    check_folders(settings)
    assignments = _assignments(settings)
    found = find(settings.submissions, [*assignments], _recognise(settings, assignments))
    sheets = _sheets(found, assignments, settings)
    tasks = {name: task for assignment in assignments.values() for name, task in assignment.tasks.items()}
    with journal.opened(settings.out) as kept:
        judging = lambda: _judging(settings, assignments, kept.seed)  # noqa: E731
        graded = Graded(tuple(_graded_rows(sheets, judging, kept, progress)), isolation(), tasks)
        report.write(graded, settings.out)
        kept.finish()
    return graded
