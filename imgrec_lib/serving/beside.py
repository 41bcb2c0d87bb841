"""The recogniser's web page, served beside a lesson for as long as a `with` block lasts, and asked over HTTP."""

import base64
import contextlib
import http.client
import io
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from imgrec_lib import images

HOST = "127.0.0.1"
SECONDS_TO_START, SECONDS_TO_ANSWER, SECONDS_TO_END = 60.0, 60.0, 10.0


@dataclass(frozen=True)
class Reply:
    """What came back: the HTTP status, 200 where all is well, and the content, from JSON."""

    status: int
    content: Any


@dataclass(frozen=True)
class Page:
    """A server on this machine that is up; `port` is where it listens."""

    port: int

    def get(self, path: str) -> Reply:
        """The reply to a question without pictures, such as `/health` or `/model`."""
        return self._ask("GET", path)

    def predict(self, *photographs: Path | bytes, explain: bool = False) -> Reply:
        """The reply to `POST /predict` with one or several photographs, each a file or the bytes of one.

        With `explain`, the server also says where it looked, as far as it can.
        """
        named = [
            (f"{number}.jpg", one) if isinstance(one, bytes) else (one.name, one.read_bytes())
            for number, one in enumerate(photographs, start=1)
        ]
        boundary = secrets.token_hex(16)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        path = "/predict?explain=1" if explain else "/predict"
        return self._ask("POST", path, _multipart(named, boundary), headers)

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=SECONDS_TO_ANSWER)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, json.loads(response.read()))


@contextlib.contextmanager
def served(recogniser: str | os.PathLike) -> Iterator[Page]:
    """A page that answers with the recogniser of a file, from `imgrec serve`, on a free port; it ends with the block.

    Raises ValueError where the server does not start, with what it said.
    """
    options = ["--host", HOST, "--port", "0"]
    command = [sys.executable, "-m", "imgrec_lib", "serve", os.fspath(recogniser), *options]
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    with tempfile.TemporaryFile() as said:
        streams = {"stdin": subprocess.DEVNULL, "stdout": said, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, env=environment, **streams) as server:
            try:
                yield Page(_port(server, said))
            finally:
                _end(server)


def explained(photograph: Path, answer: dict[str, Any]) -> np.ndarray:
    """The photograph as the network got it, uint8, side × side × 3, under what an explained answer says of it.

    Raises ValueError where the answer says nothing, as not every network can be explained.
    """
    address = answer.get("explanation")
    if not address:
        raise ValueError(answer.get("explanation_missing", "The answer has no explanation; ask with explain=True."))
    with Image.open(io.BytesIO(base64.b64decode(address.split(",", 1)[1]))) as picture:
        layer = np.asarray(picture.convert("RGBA"), "float32")
    opacity = layer[..., 3:] / 255
    below = images.load(photograph, layer.shape[0])
    return (below * (1 - opacity) + layer[..., :3] * opacity).round().astype("uint8")


def _multipart(named: list[tuple[str, bytes]], boundary: str) -> bytes:
    """The body of a form in which every file is called `file` (RFC 7578)."""
    parts = []
    for name, content in named:
        safe = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def _port(server: subprocess.Popen, said: BinaryIO) -> int:
    """The port of the address that the server prints once it answers."""
    give_up = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up:
        has_ended = server.poll() is not None
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
        if found := re.search(rf"http://{re.escape(HOST)}:(\d+) ", text):
            return int(found[1])
        if has_ended:
            raise ValueError(f"The server has ended: {text.strip().splitlines()[-1] if text.strip() else 'silently'}")
        time.sleep(0.05)
    raise ValueError(
        f"The server was not up within {SECONDS_TO_START:.0f} seconds; close other programs and try again."
    )


def _end(server: subprocess.Popen) -> None:
    server.terminate()
    try:
        server.wait(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
