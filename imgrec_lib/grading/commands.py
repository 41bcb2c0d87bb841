"""The instructor's commands: `imgrec grade`, `imgrec release` and `imgrec verify`."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imgrec_lib.machine import processors


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 10**6:
        raise argparse.ArgumentTypeError(f"{text} is no whole number above 0")
    return int(text)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A function that shows how many submissions are done; a moving bar in a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("grading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def grade(options: argparse.Namespace) -> int:
    """0 when every submission has its rows, after a sentence that says where the report is."""
    from imgrec_lib.grading.classroom import Settings, grade
    from imgrec_lib.grading.limits import Limits

    limits = Limits(memory_mb=options.memory, seconds=float(options.timeout))
    settings = Settings(
        options.submissions, options.out, options.jobs or processors(), limits, options.exercises, options.scheduler
    )
    counts = [0, 0]
    try:
        with _bar() as show:

            def progress(done: int, total: int) -> None:
                counts[:] = done, total
                show(done, total)

            graded = grade(settings, progress)
    except KeyboardInterrupt:
        done, total = counts
        sys.stderr.write(f"imgrec: stopped after {done} of {total}: the same command goes on from there.\n")
        return 1
    students = len({row.student for row in graded.rows})
    correct = sum(row.outcome == "correct" for row in graded.rows)
    print(f"{students} students, {correct} of {len(graded.rows)} answers correct: {options.out / 'index.html'}")
    print(graded.isolation)
    return 0


def release(options: argparse.Namespace) -> int:
    """0 when the learner's copy is written."""
    from imgrec_lib.grading.release import release

    release(options.source, options.out)
    print(f"{options.out} is ready to hand out.")
    return 0


def verify(options: argparse.Namespace) -> int:
    """0 if each notebook is what running it gives, after a line for each cell that is not."""
    from imgrec_lib.grading.verify import verify

    faults = 0
    for path in options.notebooks:
        found = verify(path)
        faults += len(found)
        for sentence in found or ["is what running it gives."]:
            print(f"{path}: {sentence}")
    return 1 if faults else 0


def add_commands(commands: "argparse._SubParsersAction") -> None:
    """Adds the instructor's commands to the parser."""
    grading = commands.add_parser("grade", help="grade a folder of students' folders with notebooks")
    grading.add_argument("submissions", metavar="SUBMISSIONS", type=Path, help="SUBMISSIONS/<student>/<lesson>.ipynb")
    grading.add_argument("--out", metavar="REPORT", type=Path, required=True, help="the folder for the report")
    grading.add_argument("--jobs", metavar="N", type=_positive, help="submissions at a time (one a processor)")
    grading.add_argument("--timeout", metavar="S", type=_positive, default=300, help="seconds for a submission (300)")
    grading.add_argument("--memory", metavar="MB", type=_positive, default=4096, help="MB for a submission (4096)")
    grading.add_argument("--scheduler", metavar="ADDRESS", help="send the work to a Dask cluster that you trust")
    grading.add_argument("--exercises", metavar="FILE.py", type=Path, help="your own exercises instead of the course's")
    grading.set_defaults(run=grade)

    releasing = commands.add_parser("release", help="make the learner's copy of a homework from your source notebook")
    releasing.add_argument("source", metavar="SOURCE.ipynb", type=Path)
    releasing.add_argument("--out", metavar="HOMEWORK.ipynb", type=Path, required=True)
    releasing.set_defaults(run=release)

    verifying = commands.add_parser("verify", help="see whether executed notebooks are what running them gives")
    verifying.add_argument("notebooks", metavar="NOTEBOOK", type=Path, nargs="+")
    verifying.set_defaults(run=verify)
