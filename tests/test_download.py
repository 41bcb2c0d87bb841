"""images.load on web addresses, against a real server on this machine: a picture, or one clear sentence, in time."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from picture_files import RGB, saved

from imgrec_lib import images
from imgrec_lib.images import download

PICTURE = saved(RGB, "PNG")
ANSWERS = {
    "/cat.png": (200, {}, PICTURE),
    "/katze%20%C3%BC.png": (200, {}, PICTURE),
    "/page.jpg": (200, {"Content-Type": "text/html"}, b"<!doctype html><html>not found</html>"),
    "/nothing.jpg": (200, {}, b""),
    "/moved.png": (302, {"Location": "/cat.png"}, b""),
    "/to-a-file.png": (302, {"Location": "file:///etc/passwd"}, b""),
    "/to-ftp.png": (302, {"Location": "ftp://127.0.0.1/cat.png"}, b""),
    "/round.png": (302, {"Location": "/round.png"}, b""),
    "/forbidden.png": (403, {}, b"no"),
    "/broken.png": (500, {}, b"oh"),
    "/odd.png": (799, {}, b"oh"),
    "/short.png": (200, {"Content-Length": "5000000"}, PICTURE),
}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.partition("?")[0]
        if path in ("/slow.png", "/endless.png"):
            return self.drip(path)
        code, headers, body = ANSWERS.get(path, (404, {}, b"<html>gone</html>"))
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, path):
        """Never ends: one letter of a header at a time, or a body without end."""
        piece, pause = (b"x", 0.05) if path == "/slow.png" else (bytes(65536), 0)
        self.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"" if pause else b"\r\n"))
        try:
            while not self.server.closing:
                self.wfile.write(piece)
                time.sleep(pause)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.closing = False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.closing = True
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def short_limits(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    monkeypatch.setattr(download, "TOTAL_SECONDS", 1.0)
    monkeypatch.setattr(download, "MAX_BYTES", 1_000_000)


def refused(url: str) -> str:
    start = time.perf_counter()
    with pytest.raises(images.ImageError) as refusal:
        images.load(url)
    message = str(refusal.value)
    assert message.endswith(".") and message.isprintable() and len(message) < 220, message
    assert time.perf_counter() - start < 3
    return message


@pytest.mark.parametrize("path", ["/cat.png", "/katze ü.png", "/katze%20ü.png", "/moved.png", "/cat.png?a=ü b#top"])
def test_a_picture_is_read(address, path):
    assert np.array_equal(images.load(address + path), RGB)
    assert np.array_equal(images.load(f" {address.upper()}{path}\n"), RGB)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/gone.png", "404 Not Found"), ("/page.jpg", "web page"), ("/nothing.jpg", "empty"), ("/forbidden.png", "403"),
     ("/broken.png", "500"), ("/odd.png", "799"), ("/to-a-file.png", "leads on"), ("/to-ftp.png", "leads on"),
     ("/round.png", "leads on"), ("/short.png", "broke off"), ("/slow.png", "in time"), ("/endless.png", "1,000,000")],
)  # fmt: skip
def test_what_gives_no_picture_is_refused_by_its_name(address, path, words):
    message = refused(address + path)
    assert words in message and address + path in message


def test_no_server_is_said(monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "refuses" in refused(f"http://127.0.0.1:{port}/cat.png")

    def not_found(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", not_found)
    assert "cannot be found" in refused("http://nowhere.example/cat.png")


@pytest.mark.parametrize(
    "url", ["http://", "http:///a.png", "http://[::1/a.png", "http://a:b/cat.png", "http://..", "https://" + "x" * 99]
)
def test_half_an_address_is_refused(url):
    refused(url)


def test_passwords_and_queries_stay_unsaid(address):
    assert "secret" not in refused(address.replace("//", "//me:secret@") + "/cat.png")
    assert "secret" not in refused(address + "/gone.png?token=secret#secret")
