"""Workers for tests: real ones in forked processes without a sandbox around them, and false ones that say anything."""

import contextlib
import json
import multiprocessing
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from imgrec_lib.grading import messages, worker
from imgrec_lib.grading.connection import Connection
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.remote import Remote
from imgrec_lib.grading.selecting import Step
from imgrec_lib.grading.session import Session

HEADER = {"printed": "", "late": False, "generators": [], "changed": []}


# Forked from a process of its own, for TensorFlow may be at work in the tests' one, and a fork of that would hang.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["cv2", "imgrec_lib.grading.worker", "imgrec_lib.grading.session"])


def _serve(channel: socket.socket) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with contextlib.suppress(BaseException):
        worker.serve(channel)
    os._exit(1)


class Forks:
    """What a session needs of a sandbox, with a plain forked process for each worker; it counts them."""

    def __init__(self) -> None:
        self.count, self._process = 0, None

    def begin(self) -> None:
        """There is nothing to wait for."""

    def fork(self) -> socket.socket:
        """The judge's end of a socket to a new worker."""
        self.end()
        self.count += 1
        ours, theirs = socket.socketpair()
        with theirs:
            process = FORKS.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
        self._process = process
        return ours

    @property
    def is_at_work(self) -> bool:
        """Whether there is a worker."""
        return self._process is not None

    def end(self) -> str:
        """"ended" where it had ended by itself, and "killed" otherwise."""
        process, self._process = self._process, None
        if process is None:
            return "ended"
        process.kill()
        process.join()
        return "killed" if process.exitcode < 0 else "ended"

    close = end


def steps(*sources: str, answers: Sequence[str]) -> list[Step]:
    """Cells as they are selected; each gives the answers that are given a value in it."""
    found = enumerate(sources, start=1)
    return [Step(number, "", source, "answer", _given(source, answers)) for number, source in found]


def _given(source: str, answers: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in answers if re.search(rf"(def|class)? *\b{name}\b *[=(:]", source))


def session(sandbox: Any, cells: Sequence[Step], seconds: float = 60) -> Session:
    """A session whose cells have not run yet."""
    return Session(sandbox, Limits(seconds=seconds), cells, time.monotonic() + seconds)


@contextlib.contextmanager
def false_worker(*replies: Any, seconds: float = 5) -> Iterator[Remote]:
    """The judge's side of a worker that answers each request with the next of these: bytes, a header, or a header and
    a body; after the last one it is silent until the block ends."""
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=_answer, args=(theirs, replies), daemon=True)
    thread.start()
    try:
        yield Remote(Connection(ours, time.monotonic() + seconds))
    finally:
        ours.close()
        thread.join(5)


def _answer(channel: socket.socket, replies: Sequence[Any]) -> None:
    with channel, contextlib.suppress(OSError):
        for reply in replies:
            messages.receive(channel)
            channel.sendall(_bytes(reply))
        while channel.recv(65536):
            continue


def _bytes(reply: Any) -> bytes:
    if isinstance(reply, bytes):
        return reply
    header, body = reply if isinstance(reply, tuple) else (reply, b"")
    text = json.dumps(header).encode()
    return messages.LENGTHS.pack(len(text), len(body)) + text + body


def outcome(work: Callable[[], Any]) -> str:
    """The name of the exception that some work raises, or nothing."""
    try:
        work()
    except Exception as error:
        return type(error).__name__
    return ""
