"""Times every lesson under the strict check, with the memory of all its processes, against the limits of the course.

    python benchmarks/lessons.py [--repeat N] [NOTEBOOK …]

The limits are for two cores: all lessons of the course together under 300 s, none over 120 s, none over 4 GB.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from imgrec_lib import authoring

SECONDS_TOGETHER, SECONDS_EACH, GIGABYTES_EACH = 300, 120, 4.0


@dataclass(frozen=True)
class Run:
    """One strict check of one lesson: seconds, and the highest memory of its process tree in 10⁹ bytes."""

    name: str
    green: bool
    seconds: float
    gigabytes: float


def tree_memory(process: psutil.Process) -> int:
    """Bytes of resident memory of a process and all below it; one that ends meanwhile counts as nothing."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def check(path: Path) -> Run:
    """Run strict nbval on one lesson and watch it."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", str(path)]
    start, peak = time.monotonic(), 0
    with subprocess.Popen(command, cwd=authoring.ROOT, stdout=subprocess.DEVNULL) as running:
        process = psutil.Process(running.pid)
        while running.poll() is None:
            try:
                peak = max(peak, tree_memory(process))
            except psutil.NoSuchProcess:
                break
            time.sleep(0.1)
    return Run(path.stem, running.wait() == 0, time.monotonic() - start, peak / 1e9)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a lesson, then the sum; returns 1 where a lesson is red or over a limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--repeat", type=int, default=1, help="checks of each lesson; the slowest counts")
    options = parser.parse_args(arguments)
    slowest = []
    for path in options.notebooks or authoring.lessons():
        runs = [check(path.resolve()) for _ in range(options.repeat)]
        slowest.append(max(runs, key=lambda run: (not run.green, run.seconds)))
        one = slowest[-1]
        colour = "green" if one.green else "RED"
        print(f"{one.name:32} {colour:5} {one.seconds:6.1f} s {one.gigabytes:5.2f} GB", flush=True)
    total = sum(run.seconds for run in slowest)
    kept = total < SECONDS_TOGETHER and all(
        run.green and run.seconds < SECONDS_EACH and run.gigabytes < GIGABYTES_EACH for run in slowest
    )
    print(f"all lessons {total:.0f} s of {SECONDS_TOGETHER} s: ratio to the limit {total / SECONDS_TOGETHER:.2f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
