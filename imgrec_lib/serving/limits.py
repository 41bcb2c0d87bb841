"""What the server takes from a stranger, and the refusal of what is more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

SECONDS_BEFORE_TRYING_AGAIN = 2


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, pixels or counts, times in seconds."""

    request_bytes: int = 20_000_000
    bytes_held: int = 300_000_000  # all uploads together that are being read
    pictures: int = 16  # in one request
    pixels: int = 25_000_000  # in one picture
    part_header_bytes: int = 4_000
    requests_at_once: int = 400
    pictures_waiting: int = 2_000
    seconds_for_headers: float = 10.0
    seconds_for_body: float = 20.0
    seconds_for_answer: float = 30.0


class Refused(ValueError):
    """A request that gets no answer: an HTTP status, one sentence, and headers such as Retry-After."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, dict(headers or {})


def busy(sentence: str = "The server has as much to do as it can; try again in a moment.") -> Refused:
    """The refusal of a request for which there is no room now."""
    return Refused(503, sentence, {"Retry-After": str(SECONDS_BEFORE_TRYING_AGAIN)})


@dataclass
class Room:
    """What is in the house now, counted on the event loop's thread alone: requests, and bytes of uploads."""

    limits: Limits
    requests: int = 0
    held: int = field(default=0)

    @contextmanager
    def request(self) -> Iterator[None]:
        """A block that counts as one request; raises Refused where too many are here."""
        if self.requests >= self.limits.requests_at_once:
            raise busy()
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1

    @contextmanager
    def upload(self) -> Iterator[Upload]:
        """A block with a counter for the bytes of one request; what it counted is given back at the end."""
        upload = Upload(self)
        try:
            yield upload
        finally:
            self.held -= upload.size


@dataclass
class Upload:
    """The bytes that one request has brought so far."""

    room: Room
    size: int = 0

    def add(self, count: int) -> None:
        """Count more bytes; raises Refused where this request, or all together, bring too many."""
        limits = self.room.limits
        self.size += count
        self.room.held += count
        if self.size > limits.request_bytes:
            raise too_large(limits)
        if self.room.held > limits.bytes_held:
            raise busy()


def too_large(limits: Limits) -> Refused:
    """The refusal of a request with too many bytes."""
    advice = "save the pictures smaller, or send them one by one"
    return Refused(413, f"The request holds more than {limits.request_bytes / 1e6:g} MB; {advice}.")
