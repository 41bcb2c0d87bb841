"""Many submissions under `imgrec grade`: memory that does not grow, and the same score each time."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from grading_parts import answers, students
from grading_parts.homework import Homework
from grading_parts.measuring import Run, Sample
from grading_parts.tool_imgrec import Imgrec

CLASS, COPIES = 1000, 100
WINDOWS = {"start": (0.1, 0.2), "middle": (0.45, 0.55), "end": (0.8, 0.9)}
GROWTH = 1.1  # The rows themselves, 3 of a student, make the judge a few MB larger


def _in_windows(run: Run, size: Callable[[Sample], int]) -> list[float]:
    """The middle memory of each window of a run, in 10⁶ bytes."""
    found = []
    for begin, end in WINDOWS.values():
        inside = [size(one) for one in run.samples if begin <= one.seconds / run.seconds <= end]
        found.append(median(inside) / 1e6 if inside else float("nan"))
    return found


def memory(homework: Homework, tool: Imgrec, jobs: int) -> float:
    """The larger growth of two, of the judge and of all processes together, from start to end of a large class."""
    run = tool.grade(students.ordinary_class(homework, CLASS), jobs)
    growths = []
    for name, size in (("the judge", lambda one: one.own), ("all processes", lambda one: one.tree)):
        seen = _in_windows(run, size)
        shown = ", ".join(f"{value:.0f} MB at the {window}" for window, value in zip(WINDOWS, seen))
        print(f"{CLASS:,} submissions in {run.seconds:.1f} s: {name} {shown}", flush=True)
        growths.append(seen[-1] / seen[0])
    return max(growths)


def scores(homework: Homework, tool: Imgrec, jobs: int) -> list[Counter]:
    """How often each score came out for the copies of a right submission and of each wrong one."""
    kinds: dict[str, Sequence[students.Student]] = {
        "right": [students.right(homework, 0, f"right_{copy:03}") for copy in range(COPIES)],
        **{
            name: [students.with_one(homework, f"{name}_{copy:03}", *one) for copy in range(COPIES)]
            for name, one in answers.WRONG.items()
        },
    }
    tool.grade([student for copies in kinds.values() for student in copies], jobs)
    found, points = [], tool.points()
    for name, copies in kinds.items():
        found.append(Counter(points.get(copy.name) for copy in copies))
        print(f"{name:10} graded {COPIES} times: scores {dict(found[-1])}, {copies[0].points(homework)} is right")
        found[-1]["wrong"] = sum(points.get(copy.name) != copy.points(homework) for copy in copies)
    return found


def run(homework: Homework, work: Path, jobs: int) -> int:
    """Print what both say; returns 1 where memory grows or a score changes."""
    tool = Imgrec(homework, work)
    alike = all(not counted["wrong"] for counted in scores(homework, tool, jobs))
    growth = memory(homework, tool, jobs)
    print(f"{homework.name}, scores {'alike' if alike else 'NOT ALIKE'}: ratio of memory, end to start {growth:.2f}")
    return int(not alike or not growth <= GROWTH)
