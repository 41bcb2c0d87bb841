"""How the judge starts a warm parent, talks with it, and ends it with all that it holds."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from imgrec_lib.grading import mounts
from imgrec_lib.grading.ending import empty
from imgrec_lib.grading.limits import MEGABYTE, Limits
from imgrec_lib.grading.usage import processes
from imgrec_lib.grading.warm import Orders

SECONDS_TO_START, SECONDS_TO_END, SECONDS_TO_KILL = 180.0, 5.0, 10.0
FIRST_USER, USERS, STEP = 61_000, 4_000, 61
UNTIL_SEPARATE = (5, 14)  # From this Linux on a user namespace counts its own processes only
OTHERS_MAY_START = 200
MARK = "IMGREC_SANDBOX"
LONGEST_LINE = 2_000
_count = itertools.count()


class SandboxError(OSError):
    """A sandbox cannot be started, or will not make a worker; the message says why."""


@dataclass(frozen=True)
class Plan:
    """What a warm parent is started with; `bubblewrap` is the path of `bwrap`, or nothing for limits alone."""

    kind: str
    limits: Limits
    hidden: tuple[Path, ...]
    readable: tuple[Path, ...]
    serve: str
    bubblewrap: str


def free_user() -> int | None:
    """The number of an unprivileged user that runs nothing now, for the workers of one sandbox; None if not root."""
    if os.geteuid() != 0:
        return None
    taken = set()
    for one in processes():
        try:
            taken.add(os.stat(f"/proc/{one.number}").st_uid)
        except OSError:
            continue
    start = os.getpid() * STEP + next(_count)
    return next(user for user in (FIRST_USER + (start + n) % USERS for n in range(USERS)) if user not in taken)


def _other_tasks(apart: bool) -> int:
    """How many threads outside the sandbox the kernel counts together with a worker's."""
    numbers = os.uname().release.split(".")[:2]
    if os.geteuid() == 0 or apart and tuple(int(one) for one in numbers if one.isdecimal()) >= UNTIL_SEPARATE:
        return 0
    count = 0
    for one in processes():
        try:
            count += one.threads if os.stat(f"/proc/{one.number}").st_uid == os.geteuid() else 0
        except OSError:
            continue
    return count + OTHERS_MAY_START


def _closed_to_others(plan: Plan) -> bool:
    """Whether this Python, the course or what else a worker reads lies where only its owner can read."""
    folders = [*mounts.interpreter_folders(), *mounts.data_folders(), mounts.COURSE, *plan.readable]
    ways = {one for folder in folders for one in (folder, *(() if plan.bubblewrap else folder.parents))}
    return not all(one.stat().st_mode & 0o001 for one in ways) or not Path(mounts.__file__).stat().st_mode & 0o004


class Launched:
    """A warm parent that runs; `ask` and `kill` never wait for ever."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.user = plan, free_user()
        self.scratch = "" if plan.bubblewrap else tempfile.mkdtemp(prefix="imgrec-")
        self.control, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - It is closed in kill
        self._parent = 0
        with theirs:
            orders = self._orders(theirs.fileno())
            program = [sys.executable, "-P", "-m", "imgrec_lib.grading.warm", json.dumps(asdict(orders))]
            self._process = self._apart(program, theirs) if plan.bubblewrap else self._alone(program, theirs)

    def _orders(self, control: int) -> Orders:
        plan, apart = self.plan, bool(self.plan.bubblewrap)
        scratch = [mounts.SCRATCH, mounts.SHARED_MEMORY] if apart else [self.scratch]
        reads_all = self.user is not None and _closed_to_others(plan)
        other_tasks = _other_tasks(apart)
        return Orders(control, plan.kind, plan.serve, scratch, apart, self.user, reads_all, other_tasks, plan.limits)

    def _start(
        self, command: Sequence[str], passed: tuple[int, ...], variables: dict[str, str], folder: str
    ) -> subprocess.Popen:
        # No --die-with-parent: it means the thread that starts bwrap, and threads of a judge come and go. The end of
        # the control socket says the same, whatever becomes of the judge. Ctrl-C is for the judge alone.
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            pass_fds=passed,
            env=variables,
            cwd=folder,
            start_new_session=True,
        )

    def _apart(self, program: list[str], control: socket.socket) -> subprocess.Popen:
        """Start the warm parent as the first process of its own process table, which no other can end."""
        plan = self.plan
        shown = mounts.view(
            plan.limits.disk_mb * MEGABYTE, readable=plan.readable, references=False, hidden=plan.hidden
        )
        reading, writing = os.pipe()
        command = [plan.bubblewrap, *mounts.namespaces(), *mounts.keep_powers(), *shown, "--as-pid-1"]
        with open(reading, encoding="utf-8") as stream:
            process = self._start(
                [*command, "--info-fd", str(writing), "--", *program], (control.fileno(), writing), {}, "/"
            )
            os.close(writing)
            told = stream.read()
        self._parent = json.loads(told)["child-pid"] if told.strip() else 0
        return process

    def _alone(self, program: list[str], control: socket.socket) -> subprocess.Popen:
        """Start the warm parent as a plain process, held by limits alone."""
        variables = mounts.environment(self.scratch, self.plan.readable) | {MARK: self.scratch}
        process = self._start(program, (control.fileno(),), variables, self.scratch)
        self._parent = process.pid
        return process

    def line(self, seconds: float) -> str:
        """The next line that the warm parent says; raises `SandboxError` where it is silent or gone."""
        until, said = time.monotonic() + seconds, b""
        try:
            while not said.endswith(b"\n") and len(said) < LONGEST_LINE:
                self.control.settimeout(max(0.001, until - time.monotonic()))
                if not (piece := self.control.recv(LONGEST_LINE)):
                    raise SandboxError(f"the sandbox has ended: {self._last_words()}")
                said += piece
        except TimeoutError as error:
            raise SandboxError(f"the sandbox said nothing for {seconds:.0f} s") from error
        except SandboxError:
            raise
        except OSError as error:
            raise SandboxError(f"the sandbox has ended: {error}") from error
        return said.decode(errors="replace").strip()

    def order(self, order: bytes, files: Sequence[int] = ()) -> None:
        """Tell the warm parent what to do, with open files beside it."""
        self.control.settimeout(SECONDS_TO_END)
        try:
            socket.send_fds(self.control, [order], [*files])
        except OSError as error:
            raise SandboxError(f"the sandbox has ended: {error}") from error

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = [line for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1][:500] if lines else "it left no word"

    def close(self) -> None:
        """Let the warm parent end by itself, with everything in the sandbox; whatever is left then is killed."""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        self.kill()

    def kill(self) -> None:
        """Kill everything in the sandbox, and remove its scratch folder."""
        self.control.close()
        if self._process.poll() is None:
            for number in (self._parent, self._process.pid):
                _kill(number)
            self._process.wait(SECONDS_TO_KILL)
        self._errors.close()
        if self.scratch:
            self._sweep()

    def _sweep(self) -> None:
        """Kill what a dead warm parent left behind: what runs as its user, or bears its mark."""
        until = time.monotonic() + SECONDS_TO_KILL
        while (left := self._left()) and time.monotonic() < until:
            for number in left:
                _kill(number)
            time.sleep(0.01)
        if os.path.isdir(self.scratch):
            empty(self.scratch)
            os.rmdir(self.scratch)

    def _left(self) -> list[int]:
        mark, left = f"{MARK}={self.scratch}".encode(), []
        for one in processes():
            try:
                folder = Path(f"/proc/{one.number}")
                mine = folder.stat().st_uid == self.user or mark in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            left += [one.number] if mine and not one.ended else []
        return left


def _kill(number: int) -> None:
    try:
        if number > 1:
            os.kill(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
