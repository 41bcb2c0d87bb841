"""Where a submission runs: a sandbox with a warm parent in it that forks one worker after another.

`Sandbox` is for grading, `command` puts any program into the same kind of sandbox, and `isolation` says what keeps
submissions apart on this machine.
"""

import functools
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from imgrec_lib.grading import mounts
from imgrec_lib.grading.launching import SECONDS_TO_START, Launched, Plan, SandboxError
from imgrec_lib.grading.limits import MEGABYTE, Limits

KINDS = ("light", "heavy")
WORKER = "imgrec_lib.grading.worker:serve"
SECONDS_TO_FORK, SECONDS_TO_END = 30.0, 80.0
COMMANDS_DISK = 1024 * MEGABYTE
NO_FORK = (
    "submissions cannot be graded safely on this system, which has no fork: use WSL on Windows, Colab or GitHub Actions"
)


@functools.cache
def _bubblewrap_fault() -> str:
    """Why bubblewrap does not work here, found by using it once; nothing where it does."""
    if (path := shutil.which("bwrap")) is None:
        return "bubblewrap is not installed: install it (Debian and Ubuntu: `apt install bubblewrap`)"
    tried = ["--size", str(MEGABYTE), "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", "--as-pid-1"]
    command = [path, *mounts.namespaces(), *mounts.keep_powers(), "--ro-bind", "/", "/", *tried, "--", "true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not work: {error}"
    words = " ".join(done.stderr.split())[:200]
    return "" if done.returncode == 0 else f"bubblewrap is installed, but this system does not let it work ({words})"


def _why_not_apart() -> str:
    if os.environ.get("IMGREC_ISOLATION") == "limits":
        return "IMGREC_ISOLATION asks for that"
    return _bubblewrap_fault()


def isolation() -> str:
    """One sentence on what keeps submissions apart from the machine and from each other here."""
    if fault := _why_not_apart():
        return (
            "Limits on memory, processes, files and time alone kept submissions in check, and they could read what "
            f"other programs can read: {fault}."
        )
    return (
        "Bubblewrap kept submissions apart: no network, no home folder, no other submission and no reference answer "
        "was within their reach, and memory, processes, files and time were limited."
    )


class Sandbox:
    """Forks one worker at a time for hostile code. One thread uses it, and nothing in it waits for ever.

    `kind` is "light" for lessons without a network and "heavy" for those with one. The `hidden` paths cannot be read
    inside, whatever they lie in. `serve` names the function that a worker is, "module:function", and `readable`
    are folders that can be read, and imported from, beside the course.
    """

    def __init__(
        self, kind: str, limits: Limits, hidden: Sequence[Path] = (), *,
        serve: str = WORKER, readable: Sequence[Path] = (),
    ) -> None:  # fmt: skip
        if kind not in KINDS:
            raise ValueError(f'a sandbox of kind "{kind}" is not known; take one of {", ".join(KINDS)}')
        if not hasattr(os, "fork"):
            raise SandboxError(NO_FORK)
        bubblewrap = "" if _why_not_apart() else shutil.which("bwrap")
        self._plan = Plan(kind, limits, tuple(hidden), tuple(readable), serve, bubblewrap)
        self._launched: Launched | None = None
        self._is_ready = self._at_work = False

    def begin(self) -> None:
        """Let the sandbox start while the caller does something else; the first `fork` waits for it."""
        if self._launched is None:
            self._is_ready = False
            self._launched = Launched(self._plan)

    def fork(self) -> socket.socket:
        """The judge's end of a socket whose other end a new worker has; ends the worker before.

        Raises `SandboxError` where no worker can be made.
        """
        if self._at_work:
            self.end()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._ask_for_worker(theirs.fileno())
        except BaseException:
            ours.close()
            raise
        self._at_work = True
        return ours

    def _ask_for_worker(self, channel: int) -> None:
        """Have a worker forked; a sandbox that died in the meantime is started once more."""
        for last in (False, True):
            launched = self._running()
            try:
                launched.order(b"F", [channel])
                words = launched.line(SECONDS_TO_FORK)
                break
            except SandboxError:
                self._discard()
                if last:
                    raise
        if words != "forked":
            self._discard()
            raise SandboxError(words.removeprefix("refused "))

    def _running(self) -> Launched:
        self.begin()
        if not self._is_ready:
            try:
                self._launched.line(SECONDS_TO_START)
            except BaseException:
                self._discard()
                raise
            self._is_ready = True
        return self._launched

    def _discard(self) -> None:
        launched, self._launched = self._launched, None
        self._at_work = False
        if launched is not None:
            launched.kill()

    def end(self) -> str:
        """How the worker ended, after all that it started has been ended and its scratch folder emptied.

        "ended": by itself; "killed": by this call, by a signal or because its time was up; "memory", "disk",
        "processes": it used too much; "broken": the sandbox itself had to be ended, and the next fork makes a new one.
        """
        if not self._at_work:
            return "ended"
        try:
            self._launched.order(b"E")
            how = self._launched.line(SECONDS_TO_END)
        except SandboxError:
            self._discard()
            return "broken"
        self._at_work = False
        return how

    def close(self) -> None:
        """End the sandbox and everything in it."""
        launched, self._launched = self._launched, None
        self._at_work = False
        if launched is not None:
            launched.close()


def command(arguments: Sequence[str], *, readable: Sequence[Path] = (), writable: Sequence[Path] = ()) -> list[str]:
    """The command that runs a program in a sandbox, or the program itself where bubblewrap does not work.

    Inside are Python, the course with its exercises and its data, the `readable` and `writable` paths, and a network
    that ends at the machine's own loopback. The program ends with the thread that starts it.
    """
    if _why_not_apart():
        return [*arguments]
    shown = mounts.view(COMMANDS_DISK, readable=readable, writable=writable, references=True, hidden=())
    return [shutil.which("bwrap"), *mounts.namespaces(), "--die-with-parent", *shown, "--", *arguments]
