"""What judge and worker say to each other: plain values as JSON with the raw bytes of arrays behind it, and no code.

A message is the length of its header (8 bytes), the length of its body (8 bytes), the header, the body. Arrays are read
with `numpy.frombuffer`, which runs nothing and whose size is known before; so no pickle and no file format is involved.
What comes from a worker may be anything, and `WireError` says so.
"""

import json
import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np

LENGTHS = struct.Struct(">QQ")
LARGEST_HEADER, LARGEST_BODY = 16_000_000, 128_000_000
DEEPEST, LONGEST_NUMBER = 40, 4000
KINDS = "biufcSU"
Foreign = Callable[[Any], Any]


class WireError(ValueError):
    """What came is no message of this kind."""


class Closed(OSError):
    """The other side has ended."""


class Writer:
    """Makes the nodes of one message; `foreign` makes a node of what is no plain value, or raises."""

    def __init__(self, foreign: Foreign) -> None:
        self.body = bytearray()
        self.generators: list[np.random.Generator] = []
        self._foreign = foreign

    def node(self, value: Any, depth: int = 0) -> Any:
        """The value as JSON can hold it."""
        if depth > DEEPEST:
            raise WireError(f"a value is nested more than {DEEPEST} deep")
        if value is None or type(value) in (bool, float, str):
            return value
        if value is ...:
            return {"dots": True}
        if isinstance(value, np.generic | np.ndarray):
            return self._array(value) if value.dtype.kind in KINDS else self._foreign(value)
        if isinstance(value, np.random.Generator):
            return self._generator(value)
        return self._python(value, depth)

    def _python(self, value: Any, depth: int) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and abs(int(value)) < 10**LONGEST_NUMBER:
            return int(value)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, complex):
            return {"complex": [value.real, value.imag]}
        if isinstance(value, list | tuple):
            name = "list" if isinstance(value, list) else "tuple"
            return {name: [self.node(one, depth + 1) for one in value]}
        if isinstance(value, dict):
            return {"dict": [[self.node(key, depth + 1), self.node(one, depth + 1)] for key, one in value.items()]}
        if isinstance(value, slice):
            return {"slice": [self.node(one, depth + 1) for one in (value.start, value.stop, value.step)]}
        return self._foreign(value)

    def _array(self, value: Any) -> dict[str, Any]:
        array = np.asarray(value)
        begin = len(self.body)
        self.body += np.ascontiguousarray(array).tobytes()
        place = [array.dtype.str, list(array.shape), begin, len(self.body) - begin]
        return {"scalar" if isinstance(value, np.generic) else "array": place}

    def _generator(self, value: np.random.Generator) -> dict[str, Any]:
        if not any(value is known for known in self.generators):
            self.generators.append(value)
        number = next(place for place, known in enumerate(self.generators) if known is value)
        return {"generator": number, "state": plain_state(value)}


def plain_state(generator: np.random.Generator) -> Any:
    """The state of a generator as JSON holds it: the name of its bit generator, and whole numbers."""
    return json.loads(json.dumps(generator.bit_generator.state, default=lambda one: np.asarray(one).tolist()))


class Reader:
    """Reads the nodes of one message; `foreign` reads a node that this module does not know."""

    def __init__(self, body: bytes, foreign: Foreign) -> None:
        self.generators: dict[int, np.random.Generator] = {}
        self._body, self._foreign = body, foreign

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of a node; raises `WireError` where it is none."""
        if depth > DEEPEST:
            raise WireError(f"a value is nested more than {DEEPEST} deep")
        if node is None or isinstance(node, bool | int | float | str):
            return node
        if not isinstance(node, dict) or not node:
            raise WireError("a node is neither a plain value nor a mapping")
        name, content = next(iter(node.items()))
        read = getattr(self, f"_{name}", None) if name in READ else None
        return read(node, content, depth + 1) if read else self._foreign(node)

    def _dots(self, node: Any, content: Any, depth: int) -> Any:
        return ...

    def _complex(self, node: Any, content: Any, depth: int) -> complex:
        real, imaginary = (self.value(one, depth) for one in _items(content))
        return complex(float(real), float(imaginary))

    def _list(self, node: Any, content: Any, depth: int) -> list[Any]:
        return [self.value(one, depth) for one in _items(content)]

    def _tuple(self, node: Any, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.value(one, depth) for one in _items(content))

    def _slice(self, node: Any, content: Any, depth: int) -> slice:
        return slice(*(self.value(one, depth) for one in _items(content)))

    def _dict(self, node: Any, content: Any, depth: int) -> dict[Any, Any]:
        try:
            return {self.value(key, depth): self.value(one, depth) for key, one in map(_items, _items(content))}
        except TypeError as error:
            raise WireError("a key of a dictionary is a list or another thing that cannot be one") from error

    def _array(self, node: Any, content: Any, depth: int) -> np.ndarray:
        name, shape, begin, size = _items(content)
        if not isinstance(name, str) or len(name) > 12 or not all(type(one) is int for one in (begin, size)):
            raise WireError("an array is not described as one")
        dtype = np.dtype(name)
        sides = [one for one in _items(shape) if type(one) is int and one >= 0]
        if dtype.kind not in KINDS or len(sides) != len(shape) or len(sides) > 32 or begin < 0:
            raise WireError("an array is not described as one")
        if math.prod(sides) * dtype.itemsize != size or begin + size > len(self._body):
            raise WireError("an array is not as large as it says")
        return np.frombuffer(self._body[begin : begin + size], dtype).reshape(sides).copy()

    def _scalar(self, node: Any, content: Any, depth: int) -> np.generic:
        array = self._array(node, content, depth)
        if array.ndim:
            raise WireError("one number came as an array")
        return array[()]

    def _generator(self, node: Any, content: Any, depth: int) -> np.random.Generator:
        if content not in self.generators:
            kind = getattr(np.random, str(node["state"]["bit_generator"]))
            self.generators[content] = np.random.Generator(kind(0))
            self.generators[content].bit_generator.state = node["state"]
        return self.generators[content]


READ = {"dots", "complex", "list", "tuple", "slice", "dict", "array", "scalar", "generator"}


def _items(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise WireError("a list was expected")
    return content


def send(channel: socket.socket, header: dict[str, Any], body: bytes = b"") -> None:
    """Send a message; raises `Closed` where nobody is there to read it."""
    text = json.dumps(header).encode("ascii")
    try:
        channel.sendall(LENGTHS.pack(len(text), len(body)) + text)
        if body:
            channel.sendall(body)
    except TimeoutError:
        raise
    except OSError as error:
        raise Closed(str(error)) from error


def _exactly(channel: socket.socket, size: int, until: float | None) -> bytes:
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
    return bytes(data)


def receive(channel: socket.socket, until: float | None = None) -> tuple[dict[str, Any], bytes]:
    """The header and the body of the next message; `until` is a time of `time.monotonic`.

    Raises `Closed` where the other side has ended, `TimeoutError` where it is late, and `WireError` for what is none.
    """
    header_size, body_size = LENGTHS.unpack(_exactly(channel, LENGTHS.size, until))
    if header_size > LARGEST_HEADER or body_size > LARGEST_BODY:
        raise WireError(f"a message of {header_size + body_size:,} bytes is larger than a message may be")
    text, body = _exactly(channel, header_size, until), _exactly(channel, body_size, until)
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a message is no JSON") from error
    if not isinstance(header, dict):
        raise WireError("a message is no mapping")
    return header, body
