"""What one submission may use of the machine, and how a process is held to it."""

import os
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
OPEN_FILES = 256
SECONDS_TO_SPARE = 60


@dataclass(frozen=True)
class Limits:
    """What one submission may use; `files` counts what lies in its scratch folder, `seconds` is wall time.

    `processes` counts threads too, as the kernel does.
    """

    memory_mb: int = 4096
    processes: int = 128
    disk_mb: int = 256
    files: int = 20_000
    seconds: float = 300.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"the limit {name} is {value}, and it must be more than 0")


def mapped_bytes() -> int:
    """Bytes of address space that this process has mapped; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _set(name: str, value: int) -> None:
    import resource

    if (kind := getattr(resource, name, None)) is None:
        return
    _, hardest = resource.getrlimit(kind)
    value = value if hardest == resource.RLIM_INFINITY else min(value, hardest)
    resource.setrlimit(kind, (value, value))


def hold(limits: Limits, other_tasks: int = 0) -> None:
    """Hold this process, and all that it starts, to the limits.

    `other_tasks` are the threads outside the sandbox that the kernel counts as the same user's.
    """
    if mapped := mapped_bytes():
        _set("RLIMIT_AS", mapped + limits.memory_mb * MEGABYTE)
        _set("RLIMIT_NPROC", limits.processes + other_tasks)
    _set("RLIMIT_FSIZE", limits.disk_mb * MEGABYTE)
    _set("RLIMIT_CPU", int(limits.seconds) * (os.cpu_count() or 1) + SECONDS_TO_SPARE)
    _set("RLIMIT_NOFILE", OPEN_FILES)
    _set("RLIMIT_CORE", 0)
    _set("RLIMIT_MSGQUEUE", 0)
    _set("RLIMIT_MEMLOCK", 0)
