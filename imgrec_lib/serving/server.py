"""A server from start to end: its address, its signals, its last words."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imgrec_lib.serving.limits import Limits

if TYPE_CHECKING:
    import uvicorn

    from imgrec_lib.serving.guarding import Guard

QUEUE_OF_CONNECTIONS = 512
SECONDS_BETWEEN_REQUESTS, SECONDS_TO_END = 5, 5
SECONDS_OF_A_TURN = 0.0005


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; raises OSError in one sentence where the address cannot be had."""
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    try:
        socket.getaddrinfo(name, port, family)
        return socket.create_server((name, port), family=family, backlog=QUEUE_OF_CONNECTIONS)
    except (OSError, UnicodeError) as error:
        raise OSError(_sentence(error, name, port)) from error


def _sentence(error: OSError | UnicodeError, host: str, port: int) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program; end that one, or give another with --port."
    if number == errno.EACCES:
        return f"Port {port} is only for administrators; give one from 1024 up with --port."
    if isinstance(error, socket.gaierror | UnicodeError) or number == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; give --host 127.0.0.1, or 0.0.0.0 to listen on all."
    reason = error.strerror or error
    return f"The server cannot listen on {host}, port {port} ({reason}); give another --host or --port."


def prepare(application: Guard, limits: Limits, started: Callable[[], None]) -> uvicorn.Server:
    """A server that is not yet running; it calls `started` once it answers."""
    import uvicorn

    from imgrec_lib.serving.connection import Connection
    from imgrec_lib.serving.guarding import HEADER_BYTES

    logging.getLogger("python_multipart").setLevel(logging.ERROR)

    class Patience(Connection):
        seconds = limits.seconds_for_headers

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    config = uvicorn.Config(
        application,
        http=Patience,
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_keep_alive=SECONDS_BETWEEN_REQUESTS,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    return Server(config)


def answer(serving: uvicorn.Server, listener: socket.socket) -> None:
    """Answer on an event loop of its own until the server is told to end.

    uvicorn's own `run` calls `asyncio.run`, which Jupyter's older clients replace by one that takes other arguments.
    """
    with asyncio.Runner() as runner:
        runner.run(serving.serve(sockets=[listener]))


def run(application: Guard, listener: socket.socket, limits: Limits, started: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; requests that are being answered have some seconds to end."""
    serving = prepare(application, limits, started)
    # The thread that talks to clients waits for its turn after each call of the system, behind those that decode.
    before = sys.getswitchinterval()
    sys.setswitchinterval(SECONDS_OF_A_TURN)
    try:
        with _swallowed_signals():
            answer(serving, listener)
    finally:
        sys.setswitchinterval(before)


@contextlib.contextmanager
def _swallowed_signals() -> Iterator[None]:
    """A block after which a signal that ended the server ends nothing else: uvicorn raises it once more when done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda *_: None) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
