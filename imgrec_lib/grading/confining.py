"""What a forked worker gives up before it runs a line that a learner wrote."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from imgrec_lib.grading import linux
from imgrec_lib.grading.limits import Limits, hold

IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM")
LOWER_PRIORITY = 5  # So that many busy processes of one worker cannot hold up those who watch it


def ignore_signals() -> None:
    """Let no signal but SIGKILL end this process."""
    for name in IGNORED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _restore_signals() -> None:
    for name in IGNORED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.close(nowhere)


def _become(user: int, reads_all: bool) -> None:
    """Become an unprivileged user; `reads_all` keeps one of root's powers, to read every file."""
    linux.set_process(linux.KEEP_CAPABILITIES, int(reads_all))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if reads_all:
        linux.keep_reading_only()
    linux.set_process(linux.DUMPABLE, 1)  # As every program is; a change of user takes it away


def confine(limits: Limits, scratch: str, user: int | None, reads_all: bool, other_tasks: int) -> None:
    """Confine this process for good: its own session, no output, an unprivileged user, the limits, fewer calls."""
    os.setsid()
    os.nice(LOWER_PRIORITY)
    _silence()
    with contextlib.suppress(OSError):  # Should memory run out, the kernel ends workers first
        Path("/proc/self/oom_score_adj").write_text("1000")
    if user is None:
        linux.set_process(linux.DUMPABLE, 1)
    else:
        _become(user, reads_all)
    os.chdir(scratch)
    hold(limits, other_tasks)
    linux.set_process(linux.NO_NEW_PRIVILEGES, 1)
    linux.refuse_calls()
    _restore_signals()


@contextlib.contextmanager
def acting_as(user: int | None) -> Iterator[None]:
    """A block in which this process has the rights of that user; none means its own."""
    if user is None:
        yield
        return
    before = os.getegid(), os.geteuid()
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(before[1])
        os.setegid(before[0])
