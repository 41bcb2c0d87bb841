"""The bytes behind an http or https address, within a limit of time and of size."""

from __future__ import annotations

import http
import http.client
import queue
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from imgrec_lib.images.sources import ImageError, shown

MAX_BYTES = 50_000_000
WAIT_SECONDS = 10.0
TOTAL_SECONDS = 30.0
_CHUNK_BYTES = 65_536
# Some servers of photographs refuse a program that does not say what it is.
_HEADERS = {"User-Agent": "imgrec/0.1 (a course on image recognition)", "Accept": "image/*,*/*;q=0.5"}


class _TooLarge(Exception):
    """The answer is longer than the limit."""


class _Late(Exception):
    """The answer takes longer than the limit."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows five redirects, to http and https only."""

    max_redirections = 5

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not newurl.lower().startswith(("http://", "https://")):
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def named(url: str) -> str:
    """The address as messages show it: without user name, password and query, which may hold secrets."""
    bare = url.strip().split("?", 1)[0].split("#", 1)[0]
    if bare.lower().startswith("data:"):
        return "A data: address"
    scheme, _, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    return shown(f"{scheme}://{host.rpartition('@')[2]}{slash}{path}")


def is_address(source: object) -> bool:
    """Whether the source is a web address, or another kind of address that has to be refused."""
    return isinstance(source, str) and bool(re.match(r"\s*(data:|[a-z][a-z0-9+.-]+://)", source, re.IGNORECASE))


def read(url: str) -> tuple[str, bytes]:
    """The name that messages use for the address, and the bytes that it answers with."""
    name = named(url)
    address = _checked(url.strip(), name)
    answers: queue.SimpleQueue = queue.SimpleQueue()
    # A thread, because a name server, or a server that sends a letter a second, does not heed a socket's timeout.
    threading.Thread(target=_answer, args=(address, answers), daemon=True).start()
    try:
        data, error = answers.get(timeout=TOTAL_SECONDS)
    except queue.Empty:
        data, error = b"", _Late()
    if error is not None:
        raise ImageError.of(name, *_explained(error)) from error
    return name, data


def _checked(url: str, name: str) -> str:
    """The address as the network takes it: ASCII only, with a host and without a password."""
    try:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise ImageError.of(name, "is not a web address", "give an http:// or https:// address, or a file")
        if "@" in parts.netloc:
            raise ImageError.of(name, "holds a user name or password", "download it in a browser and give the file")
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError) as error:
        if isinstance(error, ImageError):
            raise
        host, port = "", ""
    if not host:
        raise ImageError.of(name, "is not a whole web address", "copy it again from the browser")
    host = f"[{host}]" if ":" in host else host
    path = urllib.parse.quote(parts.path, safe="/%:=&~+!$,;'@()*") or "/"
    query = urllib.parse.quote(parts.query, safe="/%:=&~+!$,;'@()*?")
    return urllib.parse.urlunsplit((parts.scheme, host + port, path, query, ""))


def _answer(address: str, answers: queue.SimpleQueue) -> None:
    try:
        answers.put((_fetched(address), None))
    except Exception as error:
        # The caller's thread raises it, explained; an answer such as 404 holds its connection open until closed.
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        answers.put((b"", error))


def _fetched(address: str) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor(), _Redirects(),
    ):  # fmt: skip
        opener.add_handler(handler)
    request = urllib.request.Request(address, headers=_HEADERS)
    with opener.open(request, timeout=min(WAIT_SECONDS, TOTAL_SECONDS)) as response:
        return _body(response, deadline)


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    chunks, size = [], 0
    while chunk := response.read1(_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_BYTES:
            raise _TooLarge
        if time.monotonic() > deadline:
            raise _Late
        chunks.append(chunk)
    if response.length:
        raise ConnectionError(f"{response.length} bytes of the answer are missing")
    return b"".join(chunks)


def _explained(error: Exception) -> tuple[str, str]:
    """What went wrong, and what to do."""
    if isinstance(error, urllib.error.HTTPError):
        return _explained_status(error.code)
    reason = getattr(error, "reason", error)
    if isinstance(error, _TooLarge):
        return f"is larger than {MAX_BYTES:,} bytes", "download it in a browser and save it smaller"
    if isinstance(reason, _Late | TimeoutError):
        return "did not answer in time", "try again later, or download it in a browser and give the file"
    if isinstance(reason, socket.gaierror):
        return "is on a server that cannot be found", "check the address and that this computer is online"
    if isinstance(reason, ssl.SSLError):
        return "is on a server whose certificate is not trusted", "download it in a browser and give the file"
    if isinstance(reason, ConnectionRefusedError):
        return "is on a server that refuses connections", "check the address, or try again later"
    return "could not be fetched because the connection broke off", "check the address and the network, then try again"


def _explained_status(code: int) -> tuple[str, str]:
    try:
        phrase = f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        phrase = str(code)
    if 300 <= code < 400:
        return "leads on to other addresses that are not followed", "copy the address of the picture itself"
    if code in (401, 403):
        return f"may not be fetched by a program ({phrase})", "download it in a browser and give the file"
    if code in (404, 410):
        return f"does not exist on its server ({phrase})", "check the address"
    return f"was not given by its server ({phrase})", "try again later, or download it in a browser"
