"""One connection to a worker: requests with a time limit, and what went wrong in the worker, in the judge's own words."""

import builtins
import socket
import time
from typing import Any

from imgrec_lib.exercises.comparing import shortened
from imgrec_lib.exercises.failures import MEANINGS, UNKNOWN, Failure
from imgrec_lib.grading import wire

GRACE = 20.0  # For imports, which do not count as the answer's time, and for the way there and back
LONGEST_TEXT = 300
LARGEST_LINE_NUMBER = 1_000_000


class Died(Exception):
    """The worker has ended, or says what no worker says."""


class Late(Exception):
    """The worker did not come back in time."""


class RemoteError(Exception):
    """An exception that was raised in a worker; `seen` is what it was."""

    def __init__(self, seen: Failure) -> None:
        Exception.__init__(self, seen.text)
        self.seen = seen


def text(value: Any) -> str:
    """What a worker gave as a text, shortened; nothing where it is none."""
    return shortened(value if isinstance(value, str) else "", LONGEST_TEXT)


def _known_classes(told: dict[str, Any]) -> list[type[BaseException]]:
    """The built-in classes of an exception of which a worker tells, nearest first."""
    names = told.get("classes")
    found = [getattr(builtins, name, None) for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return [kind for kind in found if kind in MEANINGS]


def remote_error(told: Any) -> RemoteError:
    """What a worker tells of an exception, as one of the same built-in class; its meaning is the judge's own."""
    told = told if isinstance(told, dict) else {}
    known, number = _known_classes(told), told.get("line_number")
    seen = Failure(
        kind=text(told.get("kind")) or "Exception",
        text=text(told.get("text")),
        line_number=number if type(number) is int and 0 <= number < LARGEST_LINE_NUMBER else 0,
        line=text(told.get("line")),
        meaning=MEANINGS[known[0]] if known else UNKNOWN,
    )
    bases = [kind for kind in known if issubclass(kind, Exception)][:1]
    return type("RemoteError", (RemoteError, *bases), {})(seen)


class Connection:
    """Requests to one worker; `deadline` is the time, of `time.monotonic`, at which the whole submission must be done."""

    def __init__(self, channel: socket.socket, deadline: float) -> None:
        self.channel, self.deadline = channel, deadline
        self._until = deadline

    def begin(self, seconds: float) -> None:
        """Begin to look at something, for so long at most."""
        self._until = min(time.monotonic() + seconds, self.deadline)

    def left(self) -> float:
        """Seconds left for what is being looked at; raises `Late` where there are none."""
        if (seconds := self._until - time.monotonic()) <= 0:
            raise Late
        return seconds

    def ask(self, header: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """The worker's answer to a request, or its next message where the request is empty."""
        until = min(time.monotonic() + self.left() + GRACE, self.deadline)
        try:
            self.channel.settimeout(max(0.01, until - time.monotonic()))
            if header:
                wire.send(self.channel, header, body)
            return wire.receive(self.channel, until)
        except TimeoutError as error:
            raise Late from error
        except (wire.Closed, wire.WireError) as error:
            raise Died(str(error)) from error
