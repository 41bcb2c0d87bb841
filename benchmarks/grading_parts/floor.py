"""The floor under any grader: the same cells and tests in a fork of a process that has imported everything.

    python benchmarks/grading_parts/floor.py CELLS.json RESULTS.json [--jobs N]

It judges nothing safely, limits nothing and tells nobody anything: what is left is the work itself.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def solved(setup: str, tasks: Sequence[Sequence[str]]) -> int:
    """A number with a bit for each task whose answer passes both tests."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(setup, "setup", "exec"), names)
    found = 0
    for place, cells in enumerate(tasks):
        try:
            for cell in cells:
                exec(compile(cell, "cell", "exec"), names)
        except Exception:  # A wrong answer may fail in any way
            continue
        found |= 1 << place
    return found


def _fork(setup: str, tasks: Sequence[Sequence[str]]) -> int:
    """The process that works on one submission; its exit status says which tasks are solved."""
    process = os.fork()
    if process == 0:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        status = 255
        try:
            status = solved(setup, tasks)
        finally:
            os._exit(status)
    return process


def grade(setup: str, students: dict[str, Sequence[Sequence[str]]], jobs: int) -> dict[str, int]:
    """For each student the number of `solved`, at most `jobs` of them at a time."""
    waiting, alive, results = [*students.items()], {}, {}
    while waiting or alive:
        while waiting and len(alive) < jobs:
            name, tasks = waiting.pop(0)
            alive[_fork(setup, tasks)] = name
        process, status = os.waitpid(-1, 0)
        results[alive.pop(process)] = os.waitstatus_to_exitcode(status)
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Import, fork, and write which tasks each student solved, with the seconds of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    given = json.loads(options.cells.read_text(encoding="utf-8"))
    begin = time.monotonic()
    exec(given["warm"], {})
    imported = time.monotonic()
    results = grade(given["setup"], given["students"], options.jobs)
    written = {"import": imported - begin, "forks": time.monotonic() - imported, "solved": results}
    options.results.write_text(json.dumps(written), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
