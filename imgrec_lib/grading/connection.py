"""One connection to a worker: requests with a time limit, and the judge's own words for what went wrong there."""

import socket
import time
from typing import Any

from imgrec_lib.exercises.comparing import shortened
from imgrec_lib.exercises.failures import MEANINGS, UNKNOWN, Failure
from imgrec_lib.grading import messages
from imgrec_lib.grading.wire import LARGEST_BODY, WireError, whole

GRACE = 20.0  # For imports, which do not count as the answer's time, and for the way there and back
LONGEST_TEXT = 600
LARGEST_LINE_NUMBER = 1_000_000
KNOWN_CLASSES = {kind.__name__: kind for kind in MEANINGS}


class Died(Exception):
    """The worker has ended, or says what no worker says."""


class Unreadable(Died):
    """What the worker says is too large, or no message."""


class Missing(Exception):
    """The notebook gives nothing of a name."""


class Late(Exception):
    """The worker did not come back in time."""


class RemoteError(Exception):
    """An exception that was raised in a worker; `seen` is what it was."""

    def __init__(self, seen: Failure) -> None:
        Exception.__init__(self, seen.text)
        self.seen = seen


def text(value: Any) -> str:
    """What a worker gave as a text, shortened; nothing where it is none."""
    return whole(shortened(value if isinstance(value, str) else "", LONGEST_TEXT))


def _known_classes(told: dict[str, Any]) -> list[type[BaseException]]:
    """The built-in classes of an exception of which a worker tells, nearest first."""
    names = told.get("classes")
    names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return [KNOWN_CLASSES[name] for name in names if name in KNOWN_CLASSES]


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
    """Requests to one worker.

    `deadline` is the time, of `time.monotonic`, at which the whole submission must be done, and `allowance` the bytes
    of arrays that the worker may still send for the exercise at hand.
    """

    def __init__(self, channel: socket.socket, deadline: float) -> None:
        self.channel, self.deadline = channel, deadline
        self.allowance = LARGEST_BODY
        self._until = deadline

    def begin(self, seconds: float) -> None:
        """Begin to look at something, for so long at most."""
        self._until = min(time.monotonic() + seconds, self.deadline)

    def left(self) -> float:
        """Seconds left for what is being looked at; raises `Late` where there are none."""
        if (seconds := self._until - time.monotonic()) <= 0:
            raise Late
        return seconds

    def ask(self, header: dict[str, Any], body: bytes | bytearray = b"") -> tuple[dict[str, Any], bytearray]:
        """The worker's answer to a request, or its next message where the request is empty."""
        until = min(time.monotonic() + self.left() + GRACE, self.deadline)
        try:
            self.channel.settimeout(max(0.01, until - time.monotonic()))
            if header:
                messages.send(self.channel, header, body)
            told, found = messages.receive(self.channel, until, self.allowance)
        except TimeoutError as error:
            raise Late from error
        except messages.Closed as error:
            raise Died(str(error)) from error
        except WireError as error:
            raise Unreadable(str(error)) from error
        self.allowance -= len(found)
        return told, found
