"""Grades one class with nbgrader, otter-grader, `imgrec grade` and a bare warm fork, in turns, and compares them.

    python benchmarks/grading.py [--homework numpy|network|both] [--students N] [--peer-students N] [--rounds N]
                                 [--tools NAME …] [--jobs N] [--work FOLDER]
    python benchmarks/grading.py --hostile [--homework numpy|network]
    python benchmarks/grading.py --thousand

The first run makes the peers' environments in the work folder, which takes two minutes and 2 GB. Rates are for each
submission; the peers take seconds for one, so they get a smaller class, the first students of the large one.
The limits: 8 times the rate of the faster peer for the homework with a network and 30 times for the one in NumPy alone,
and 1.3 times the seconds of the fork's floor, whose imports are not counted.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading_parts import hostile, many, students
from grading_parts.environments import Missing
from grading_parts.homework import HOMEWORKS, Homework
from grading_parts.measuring import Run
from grading_parts.students import Student
from grading_parts.tool_floor import Floor
from grading_parts.tool_imgrec import Imgrec
from grading_parts.tool_nbgrader import Nbgrader, NbgraderInShares
from grading_parts.tool_otter import Otter

TOOLS: dict[str, Callable[[Homework, Path], Any]] = {
    "nbgrader": Nbgrader,
    "nbgrader-shares": NbgraderInShares,
    "otter": Otter,
    "imgrec": Imgrec,
    "floor": Floor,
}
PEERS = ("nbgrader", "nbgrader-shares", "otter")
DEFAULT = ("nbgrader", "otter", "imgrec", "floor")
TIMES_A_PEER, TIMES_THE_FLOOR = {"numpy": 30, "network": 8}, {"network": 1.3}


@dataclass(frozen=True)
class Measured:
    """What a tool took for classes that it scored rightly, all rounds together."""

    submissions: int
    runs: tuple[Run, ...]

    @property
    def seconds_each(self) -> float:
        """Seconds for a submission."""
        return sum(run.seconds for run in self.runs) / self.submissions

    def line(self) -> str:
        """Rate, CPU seconds for a submission, and the peak of memory."""
        cpu = sum(run.cpu for run in self.runs) / self.submissions
        peak = max(run.peak for run in self.runs) / 1e6
        rate = f"{1 / self.seconds_each:8.3f} submissions a second ({self.seconds_each:.3f} s each)"
        return f"{self.submissions:5} graded {rate}, {cpu:7.3f} CPU s each, peak memory {peak:6.0f} MB"


def made(homework: Homework, names: Sequence[str], work: Path) -> dict[str, Any]:
    """The tools that can be had here; a sentence for each that can't."""
    tools = {}
    for name in names:
        try:
            tools[name] = TOOLS[name](homework, work)
        except Missing as reason:
            print(f"{homework.name}: not measured, since {reason}.", flush=True)
    return tools


def wrongly_scored(homework: Homework, given: Sequence[Student], points: Mapping[str, float]) -> list[str]:
    """The students who did not get the points that their answers are worth, with both numbers."""
    pairs = [(one.name, points.get(one.name), one.points(homework)) for one in given]
    return [f"{name} {got} instead of {worth}" for name, got, worth in pairs if got != worth]


def graded(homework: Homework, name: str, tool: Any, given: Sequence[Student], jobs: int) -> Run | None:
    """One class graded by one tool; None, after a sentence, where a score is wrong."""
    run = tool.grade(given, jobs)
    try:
        wrong = wrongly_scored(homework, given, tool.points())
    except (OSError, Missing) as error:
        wrong = [str(error)]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        print(f"{homework.name} {name}: does not count, for it scored wrongly: {', '.join(wrong[:3])}{more}.")
        return None
    print(f"{homework.name} {name}: {len(given)} graded in {run.seconds:.1f} s", flush=True)
    return run


def in_turns(homework: Homework, tools: Mapping[str, Any], options: argparse.Namespace) -> dict[str, Measured | None]:
    """What each tool took; None where it scored a student wrongly."""
    whole = students.ordinary_class(homework, max(options.students, options.peer_students))
    sizes = {name: options.peer_students if name in PEERS else options.students for name in tools}
    runs: dict[str, list[Run | None]] = {name: [] for name in tools}
    for _ in range(options.rounds):
        for name, tool in tools.items():
            runs[name].append(graded(homework, name, tool, whole[: sizes[name]], options.jobs))
    return {
        name: None if None in found else Measured(sizes[name] * len(found), tuple(found))
        for name, found in runs.items()
    }


def ratios(homework: Homework, measured: Mapping[str, Measured | None]) -> tuple[str, bool]:
    """How `imgrec grade` compares, in words, and whether it keeps the limits as far as they were measured."""
    each = {name: one.seconds_each for name, one in measured.items() if one}
    peers = [each[name] for name in PEERS if name in each]
    if "imgrec" not in each or not {*each} - {"imgrec"}:
        return f"{homework.name}: no ratio, for there is nothing to compare", True
    parts, kept = [], True
    if peers:
        faster = min(peers) / each["imgrec"]
        parts.append(f"ratio to the faster peer {faster:.1f}")
        kept &= faster >= TIMES_A_PEER[homework.name]
    if "floor" in each:
        slower = each["imgrec"] / each["floor"]
        parts.append(f"to the fork's floor {slower:.2f}" if parts else f"ratio to the fork's floor {slower:.2f}")
        kept &= slower <= TIMES_THE_FLOOR.get(homework.name, slower)
    return f"{homework.name}: {', '.join(parts)}", kept


def compare(options: argparse.Namespace, homeworks: Sequence[Homework]) -> int:
    """Print what each tool took for each homework, and the ratios last; 1 for a wrong score or a limit passed."""
    lines, good = [], True
    for homework in homeworks:
        measured = in_turns(homework, made(homework, options.tools, options.work), options)
        for name, one in measured.items():
            print(f"{homework.name:8} {name:15} {one.line() if one else 'scored wrongly'}", flush=True)
        words, kept = ratios(homework, measured)
        good &= kept and None not in measured.values()
        lines.append(words)
    print("; ".join(lines))
    return 0 if good else 1


def parser() -> argparse.ArgumentParser:
    """The options."""
    made_parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = made_parser.add_argument
    add("--homework", choices=[*HOMEWORKS, "both"], default="both")
    add("--students", type=int, default=120, help="students in the class of imgrec and of the floor")
    add("--peer-students", type=int, default=6, help="students in the class of nbgrader and otter-grader")
    add("--rounds", type=int, default=2, help="how often each tool grades its class, in turns")
    add("--tools", nargs="+", choices=[*TOOLS], default=DEFAULT, help=f"default: {' '.join(DEFAULT)}")
    add("--jobs", type=int, default=2, help="submissions graded at a time, by each tool")
    add("--work", type=Path, default=Path(tempfile.gettempdir()) / "imgrec-grading-benchmark")
    add("--hostile", action="store_true", help="grade hostile submissions with imgrec and look at their scores")
    add("--thousand", action="store_true", help="grade 1,000 submissions with imgrec, and one a hundred times")
    return made_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the tools, or do what a special option says; returns 1 where something is not as it must be."""
    options = parser().parse_args(arguments)
    options.work = options.work.resolve()
    names = [*HOMEWORKS] if options.homework == "both" else [options.homework]
    homeworks = [HOMEWORKS[name] for name in names]
    try:
        if options.hostile:
            return max([hostile.run(homework, options.work, options.jobs) for homework in homeworks])
        if options.thousand:
            return many.run(HOMEWORKS["numpy"], options.work, options.jobs)
    except Missing as reason:
        print(f"Nothing to look at, since {reason}.")
        return 1
    return compare(options, homeworks)


if __name__ == "__main__":
    sys.exit(main())
