"""How everything that a submission left behind is ended and removed: its processes and its files."""

import contextlib
import os
import secrets
import signal
import stat
import time
from collections.abc import Callable

from imgrec_lib.grading.usage import others

EVERYBODY = -1
LONGEST_END, LONGEST_EMPTYING = 10.0, 60.0  # A busy disk takes 3 ms to remove a folder, and there may be thousands
NAP = 0.002


class NotEnded(OSError):
    """Something is left that cannot be ended or removed."""


def _signal(number: int, kind: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(number, kind)


def _reap(statuses: dict[int, int]) -> None:
    """Note how children ended, of all that have."""
    with contextlib.suppress(ChildProcessError):
        while True:
            number, status = os.waitpid(-1, os.WNOHANG)
            if number == 0:
                return
            statuses[number] = status


def _freeze_and_kill() -> None:
    """Stop all that descends from here, until nothing new appears; then kill it: so a fork bomb cannot outrun us."""
    stopped: set[int] = set()
    while running := {one.number for one in others(apart=False) if not one.ended} - stopped:
        for number in running:
            _signal(number, signal.SIGSTOP)
        stopped |= running
    for number in stopped:
        _signal(number, signal.SIGKILL)


def end_all(apart: bool, leader: int | None) -> dict[int, int]:
    """The statuses of this process's children after it and all that they started have been killed.

    With a process table of our own, one call kills everything at once, and no fork slips through. Otherwise the
    descendants are looked for; `leader` is the worker, whose process group is all that can be found without `/proc`.
    """
    statuses: dict[int, int] = {}
    until = time.monotonic() + LONGEST_END
    while True:
        if apart:
            _signal(EVERYBODY, signal.SIGKILL)
        else:
            _signal(-leader if leader else 0, signal.SIGKILL if leader else 0)
            _freeze_and_kill()
        _reap(statuses)
        if not others(apart) and (leader is None or leader in statuses):
            return statuses
        if time.monotonic() > until:
            raise NotEnded("a process of a submission could not be ended")
        time.sleep(NAP)


def _clear_folder(folder: str, top: str, fresh: Callable[[], str]) -> None:
    """Remove a folder whose own folders are moved to the top first, so that depth is no matter."""
    os.chmod(folder, 0o700)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.path, 0o700)
                os.rename(entry.path, os.path.join(top, fresh()))
            else:
                os.unlink(entry.path)
    os.rmdir(folder)


def _drop_attributes(folder: str) -> None:
    """Take a default access list off a folder, which the next worker's files would inherit."""
    for name in os.listxattr(folder) if hasattr(os, "listxattr") else ():
        if name.startswith(("user.", "system.posix_acl")):
            os.removexattr(folder, name)


def empty(folder: str, seconds: float = LONGEST_EMPTYING) -> None:
    """Remove everything in a folder, whatever its rights and however deep; raises `NotEnded` where that fails."""
    until, secret, count = time.monotonic() + seconds, secrets.token_hex(8), iter(range(10**9))
    try:
        if (state := os.stat(folder)).st_uid == os.geteuid():
            os.chmod(folder, stat.S_IMODE(state.st_mode) | 0o700)
            _drop_attributes(folder)
        while names := os.listdir(folder):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isdir(path) and not os.path.islink(path):
                    _clear_folder(path, folder, lambda: f"{secret}{next(count)}")
                else:
                    os.unlink(path)
                if time.monotonic() > until:
                    raise NotEnded("the scratch folder of a submission took too long to empty")
    except OSError as error:
        raise NotEnded(f"the scratch folder of a submission could not be emptied: {error}") from error
