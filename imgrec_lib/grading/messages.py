"""Messages over a socket: the length of a header and that of a body (8 bytes each), the header in JSON, the body."""

import json
import socket
import struct
import time
from typing import Any

from imgrec_lib.grading.wire import LARGEST_BODY, WireError

LENGTHS = struct.Struct(">QQ")
LARGEST_HEADER = 16_000_000
MOST_PARTS = 1_000_000  # Lists, mappings and their items: once read, they take far more memory than their text


class Closed(OSError):
    """The other side has ended."""


def send(channel: socket.socket, header: dict[str, Any], body: bytes | bytearray = b"") -> None:
    """Send a message; raises `Closed` where nobody is there to read it."""
    text = json.dumps(header).encode("ascii")
    try:
        channel.sendall(b"".join((LENGTHS.pack(len(text), len(body)), text, body)))  # One call has one time limit
    except TimeoutError:
        raise
    except OSError as error:
        raise Closed(str(error)) from error


def _exactly(channel: socket.socket, size: int, until: float | None) -> bytearray:
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        if until is not None:
            channel.settimeout(max(0.001, until - time.monotonic()))
        try:
            count = channel.recv_into(view[done:])
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from error
        if not count:
            raise Closed("the other side has ended")
        done += count
        if until is not None and time.monotonic() > until:
            raise TimeoutError("a message came too slowly")
    return data


def receive(
    channel: socket.socket, until: float | None = None, largest: int = LARGEST_BODY
) -> tuple[dict[str, Any], bytearray]:
    """The header and the body of the next message; `until` is a time of `time.monotonic`, `largest` the body's size.

    Raises `Closed` where the other side has ended, `TimeoutError` where it is late, and `WireError` for what is none.
    """
    header_size, body_size = LENGTHS.unpack(_exactly(channel, LENGTHS.size, until))
    if header_size > LARGEST_HEADER or body_size > largest:
        raise WireError(f"a message of {header_size + body_size:,} bytes is larger than a message may be")
    text, body = _exactly(channel, header_size, until), _exactly(channel, body_size, until)
    if sum(map(text.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise WireError(f"a message has more than {MOST_PARTS:,} parts")
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a message is no JSON") from error
    if not isinstance(header, dict):
        raise WireError("a message is no mapping")
    return header, body
