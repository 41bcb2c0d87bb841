"""Who may ask: the names under which the server answers, requests from other sites, what browsers may do with a page.

A web page of another site can make a browser send requests to this machine. Such a request carries that site's name, in
`Origin` or, where the site has turned its own name into this machine's address (DNS rebinding), in `Host`.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from imgrec_lib.images.sources import shown

Message = MutableMapping[str, Any]
Receive, Send = Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
HEADER_BYTES = 16_384
EVERYWHERE = {"0.0.0.0", "::", ""}
LOCAL = {"localhost", "127.0.0.1", "::1"}
HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


MISTAKE = "The server made a mistake, and said what in its own window; try again, or start it anew."
_logger = logging.getLogger(__name__)


class Guard:
    """An ASGI application around another: it refuses strangers and adds the security headers to every answer."""

    def __init__(self, application: Application, host: str, more: Iterable[str] = ()) -> None:
        self._application, self._names, self._any_address = application, names(host) | set(more), host in EVERYWHERE

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = {name.lower() for name, _ in message.get("headers", [])}
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *(one for one in added if one[0] not in given)]
            await send(message)

        status, sentence = self._judge(scope)
        if sentence:
            await answer(send_with_headers, status, sentence)
            return
        try:
            await self._application(scope, receive, send_with_headers)
        except Exception as error:
            # One line: what a picture holds stays out of the log, and the client is told that it is not at fault.
            _logger.error("%s %s failed: %s: %s", scope["method"], scope["path"], type(error).__name__, error)
            if not started:
                await answer(send_with_headers, 500, MISTAKE)

    def _judge(self, scope: Message) -> tuple[int, str]:
        """A status and a sentence where the request comes from a stranger, else an empty sentence."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES:
            return 431, f"The headers hold more than {HEADER_BYTES:,} bytes; send fewer, such as without cookies."
        host = headers.get(b"host", "")
        if not self._known(host_name(host)):
            way_out = "ask for localhost, or start the server with --host or --allow-host"
            return 400, f'The server does not answer under the name "{shown(host)}"; {way_out}.'
        if scope["method"] in SAFE_METHODS:
            return 200, ""
        origin = headers.get(b"origin")
        foreign = headers.get(b"sec-fetch-site") == "cross-site" if origin is None else not _same(origin, host)
        if foreign:
            return 403, "The request comes from the page of another site; use the page of this server."
        return 200, ""

    def _known(self, name: str) -> bool:
        return name in self._names or (self._any_address and is_address(name))


def names(host: str) -> set[str]:
    """The names under which a server that listens on `host` answers, in small letters.

    One that listens everywhere also has this machine's own name; it answers to any IP address, for those cannot be
    rebound.
    """
    found = LOCAL | {host.lower().strip("[]")}
    if host in EVERYWHERE:
        own = socket.gethostname().lower()
        found |= {own, f"{own}.local", own.partition(".")[0]}
    return found - EVERYWHERE


def host_name(host: str) -> str:
    """The name or address in a `Host` header, without the port, in small letters; "" where it is no such header."""
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018  a port that is no number raises here
        plain = parts.netloc == host and not parts.username and not set(host) & set("@/?#\\ ")
        return (parts.hostname or "") if plain else ""
    except ValueError:
        return ""


def is_address(name: str) -> bool:
    """Whether the name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same(origin: str, host: str) -> bool:
    """Whether a request with this `Origin` comes from the page that this `Host` serves."""
    scheme, _, place = origin.partition("://")
    return scheme in ("http", "https") and place.lower() == host.lower()


async def answer(send: Send, status: int, sentence: str) -> None:
    """Send one sentence as JSON, `{"detail": "…"}`."""
    body = json.dumps({"detail": sentence}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
