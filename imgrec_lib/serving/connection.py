"""Uvicorn's HTTP connection, with less patience: it waits for headers, for what nobody reads, and for a late body.

Uvicorn itself closes a connection that stays silent between two requests, but not one that sends a letter now and then.
Imported only where the server runs.
"""

import asyncio
import socket
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """A connection that ends where its client takes longer than `seconds` to send headers, to go on once it has been
    answered, or to read an answer."""

    seconds = 10.0

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Called once, when the client is there."""
        super().connection_made(transport)
        # asyncio does so only for sockets that name their protocol; without it an answer waits 40 ms for its body.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Called with what the client sends."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Called after each answer."""
        self._end("reading")
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Called when much of an answer waits to be read."""
        super().pause_writing()
        self._begin("writing")

    def resume_writing(self) -> None:
        """Called when it has been read."""
        super().resume_writing()
        self._end("writing")

    def connection_lost(self, exc: Exception | None) -> None:
        """Called once, at the end."""
        for name in list(self._timers):
            self._end(name)
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Set the clock while headers, or the rest of a body that has been answered, are on their way."""
        if self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE:
            self._begin("reading")
        else:
            self._end("reading")

    def _begin(self, name: str) -> None:
        if name not in self._timers and not self.transport.is_closing():
            self._timers[name] = self.loop.call_later(self.seconds, self.transport.abort)

    def _end(self, name: str) -> None:
        if name in self._timers:
            self._timers.pop(name).cancel()
