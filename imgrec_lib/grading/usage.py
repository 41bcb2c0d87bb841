"""What the processes of a sandbox use at this moment, read from `/proc` and from the scratch folders."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imgrec_lib.grading.limits import MEGABYTE, Limits

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
PARENT, THREADS, RESIDENT = 1, 17, 21  # Places in /proc/PID/stat behind the name
NEARLY = 0.9, 0.99  # Of the processes, of the disk: more than that is as good as all


@dataclass(frozen=True)
class Process:
    """A process: its number, its parent's, its threads, its resident memory in bytes, and whether it has ended."""

    number: int
    parent: int
    threads: int
    resident: int
    ended: bool


def _process(number: int) -> Process | None:
    try:
        text = Path(f"/proc/{number}/stat").read_bytes()
    except OSError:
        return None
    fields = text[text.rindex(b")") + 2 :].split()
    parent, threads, resident = (int(fields[place]) for place in (PARENT, THREADS, RESIDENT))
    return Process(number, parent, threads, resident * PAGE, fields[0] in (b"Z", b"X"))


def processes() -> list[Process]:
    """All processes that can be seen from here; none where there is no `/proc`."""
    try:
        numbers = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return []
    return [one for one in map(_process, numbers) if one is not None]


def others(apart: bool) -> list[Process]:
    """The processes that live in this sandbox beside this one.

    `apart` says that it has a process table of its own; without, they are those that descend from this process.
    """
    seen, own = processes(), os.getpid()
    if apart:
        return [one for one in seen if one.number != own]
    family = {own}
    while grown := {one.number for one in seen if one.parent in family} - family:
        family |= grown
    return [one for one in seen if one.number in family and one.number != own]


def _fair_share(process: Process) -> int:
    """Bytes of memory, pages that several processes share divided among them where that can be read."""
    try:
        lines = Path(f"/proc/{process.number}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return process.resident


def _memory(found: Iterable[Process], enough: int) -> int:
    """Bytes of memory in use; looked at closely only where a quick look finds more than `enough`."""
    quick = sum(one.resident for one in found)
    return quick if quick <= enough else sum(map(_fair_share, found))


def _below(folder: str, most_files: int) -> tuple[int, int]:
    """Bytes and entries below a folder, counted until there are too many."""
    size = count = 0
    for place, folders, files in os.walk(folder):
        for name in files:
            try:
                size += os.lstat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                continue
        count += len(folders) + len(files)
        if count > most_files:
            break
    return size, count


def _is_full(folder: str, apart: bool, limits: Limits) -> bool:
    if apart:
        state = os.statvfs(folder)
        size, count = (state.f_blocks - state.f_bfree) * state.f_frsize, state.f_files - state.f_ffree
    else:
        size, count = _below(folder, limits.files)
    return size > NEARLY[1] * limits.disk_mb * MEGABYTE or count > limits.files


def excess(found: Sequence[Process], scratch: Sequence[str], apart: bool, limits: Limits) -> str:
    """What the processes use too much of: "memory", "processes", "disk", or nothing.

    What a fork shares with the process that it was forked from is not counted as its own.
    """
    own = _process(os.getpid())
    allowed = limits.memory_mb * MEGABYTE + (own.resident if own else 0)
    if _memory(found, allowed) > allowed:
        return "memory"
    if sum(one.threads for one in found) > NEARLY[0] * limits.processes:
        return "processes"
    return "disk" if any(_is_full(folder, apart, limits) for folder in scratch) else ""
