"""A command, run and watched: seconds, CPU seconds, and the memory of its whole process tree."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY = 0.2  # Seconds between two looks, each of which takes about 10 ms for each process that has TensorFlow loaded
WAIT = 0.01


@dataclass(frozen=True)
class Sample:
    """Memory in bytes at one moment: of the command's own process, and of its whole tree."""

    seconds: float
    own: int
    tree: int


@dataclass(frozen=True)
class Run:
    """One run of a command; CPU seconds count all processes that it waited for."""

    status: int
    seconds: float
    cpu: float
    samples: tuple[Sample, ...]

    @property
    def peak(self) -> int:
        """The highest memory of the tree in bytes."""
        return max((sample.tree for sample in self.samples), default=0)


def memory(process: psutil.Process) -> int:
    """Bytes of a process, where pages that several share count in parts; one that has ended counts as nothing."""
    try:
        return process.memory_full_info().pss
    except psutil.AccessDenied:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def look(process: psutil.Process, begin: float) -> Sample:
    """The memory of a process and of all below it, now."""
    own = memory(process)
    try:
        below = sum(memory(one) for one in process.children(recursive=True))
    except psutil.NoSuchProcess:
        below = 0
    return Sample(time.monotonic() - begin, own, own + below)


def environment(**more: str) -> dict[str, str]:
    """The variables that every tool is run with: compiled modules are kept, and TensorFlow says little."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "agg", **more}


def watch(command: Sequence[str | Path], folder: Path, variables: Mapping[str, str], log: Path) -> Run:
    """Run a command in a folder, with its output in the file `log`, and look at its memory until it ends."""
    begin, samples, ended = time.monotonic(), [], 0
    with log.open("wb") as output:
        running = subprocess.Popen(
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        process = psutil.Process(running.pid)
        while not ended:
            if not samples or time.monotonic() - begin > samples[-1].seconds + EVERY:
                samples.append(look(process, begin))
            time.sleep(WAIT)
            ended, status, usage = os.wait4(running.pid, os.WNOHANG)
        seconds = time.monotonic() - begin
        running.returncode = os.waitstatus_to_exitcode(status)
    return Run(running.returncode, seconds, usage.ru_utime + usage.ru_stime, tuple(samples))
