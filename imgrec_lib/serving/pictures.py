"""The pictures of one request: a form read as it streams in, in memory alone, and decoded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.images import ImageError, load
from imgrec_lib.images.sources import shown
from imgrec_lib.serving.limits import Limits, Refused, Upload, too_large

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartParser

FIELD, NAME_LETTERS = "file", 255
_EXAMPLE = "curl --form file=@cat.jpg ADDRESS/predict"


@dataclass
class Sent:
    """One picture as it was sent: the name that the client gave it, never used but as text, and its bytes."""

    name: str
    content: bytearray


def check_headers(headers: dict[str, str], limits: Limits) -> bytes:
    """The boundary of a form's parts; raises Refused where the headers announce something else, or too much of it."""
    from python_multipart.multipart import parse_options_header

    kind, options = parse_options_header(headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
        raise Refused(415, f"The request is not a form with pictures; send one such as `{_EXAMPLE}`.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "The request is compressed, which is not read here; send the pictures as they are.")
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.request_bytes:
        raise too_large(limits)
    return boundary


async def read(chunks: AsyncIterator[bytes], boundary: bytes, upload: Upload) -> list[Sent]:
    """The pictures of a form, in order, from the chunks of its body; raises Refused for what is no such form."""
    from python_multipart.exceptions import FormParserError

    form = _Form(upload.room.limits)
    try:
        parser = form.parser(boundary)
        async for chunk in chunks:
            upload.add(len(chunk))
            parser.write(chunk)
    except FormParserError as error:
        raise Refused(400, f"The form is damaged; send it such as `{_EXAMPLE}`.") from error
    if not form.complete:
        raise Refused(400, "The form is cut short, so part of it is missing; send it again.")
    if not form.sent:
        raise Refused(400, f'The form holds no picture; send one or several in the field "{FIELD}".')
    return form.sent


def decode(sent: Sent, side: int, limits: Limits) -> np.ndarray:
    """The picture as the network takes it: uint8, side × side × 3; raises Refused where it is not a picture."""
    try:
        return load(bytes(sent.content), size=side, max_pixels=limits.pixels)
    except ImageError as error:
        sentence = str(error).replace(", or raise max_pixels", "")
        status = 413 if ", more than the " in sentence else 400
        raise Refused(status, f"{shown(sent.name)}: {sentence}") from error


@dataclass
class _Form:
    """What has been read of a form; the parser calls its methods as bytes come in."""

    limits: Limits
    sent: list[Sent] = field(default_factory=list)
    complete: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _header_bytes: int = 0

    def parser(self, boundary: bytes) -> MultipartParser:
        """A parser that reports to this form."""
        from python_multipart.multipart import MultipartParser

        callbacks = {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._add_header(self._header, data[start:end]),
            "on_header_value": lambda data, start, end: self._add_header(self._value, data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": lambda data, start, end: self.sent[-1].content.extend(memoryview(data)[start:end]),
            "on_end": self._end,
        }
        return MultipartParser(boundary, callbacks)

    def _begin_part(self) -> None:
        self._disposition, self._header_bytes = b"", 0

    def _add_header(self, into: bytearray, part: bytes) -> None:
        self._header_bytes += len(part)
        if self._header_bytes > self.limits.part_header_bytes:
            raise Refused(400, "A part of the form has headers that are too long; give the picture a shorter name.")
        into += part

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _begin_content(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name != FIELD:
            raise Refused(400, f'The form has a field "{shown(name)}"; send pictures in the field "{FIELD}".')
        if len(self.sent) >= self.limits.pictures:
            raise Refused(413, f"The form holds more than {self.limits.pictures} pictures; send fewer at once.")
        self.sent.append(Sent(_name(options.get(b"filename", b""), len(self.sent) + 1), bytearray()))

    def _end(self) -> None:
        self.complete = True


def _name(given: bytes, number: int) -> str:
    """The name as text that can be shown, or "picture 1" and so on where none is given."""
    text = given.decode("utf-8", "replace")[:NAME_LETTERS]
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text) or f"picture {number}"
