"""What judge and worker say to each other: plain values as JSON with the raw bytes of arrays behind it, and no code.

Arrays are read as raw memory, which runs nothing and whose size is known before; so no pickle and no file format is
involved. What comes from a worker may be anything, and `WireError` says so: reading it raises nothing else, takes no
more memory than a few times the message, and is soon done.
"""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

LARGEST_BODY = 64_000_000
MOST_OBJECTS = 1_000_000
DEEPEST, LONGEST_NUMBER = 40, 13_000  # The number in bits: JSON reads none that is much longer
LAST_CHARACTER = 0x10FFFF
KINDS = "biufcSU"
CHANCE = ("PCG64", "PCG64DXSM", "SFC64")  # The state of the others may point outside their memory
MOST_KEYS = 2_000  # That are no texts: numbers can be chosen so that a dictionary of them takes hours to build
UNREADABLE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, MemoryError,
    SystemError,
)  # fmt: skip
Foreign = Callable[[Any], Any]


class WireError(ValueError):
    """What came is no message of this kind."""


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
            return self._array(value)
        if isinstance(value, np.random.Generator):
            return self._generator(value)
        return self._python(value, depth)

    def _python(self, value: Any, depth: int) -> Any:
        if isinstance(value, int) and int(value).bit_length() <= LONGEST_NUMBER:
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
        if array.dtype.kind == "O" and isinstance(value, np.ndarray):
            return {"objects": list(array.shape)}
        if array.dtype.kind not in KINDS:
            return self._foreign(value)
        begin = len(self.body)
        if begin + array.nbytes > LARGEST_BODY:
            raise WireError(f"arrays of more than {LARGEST_BODY:,} bytes are too large to be looked at")
        self.body += np.ascontiguousarray(array).tobytes()
        place = [array.dtype.str, list(array.shape), begin, len(self.body) - begin]
        return {"scalar" if isinstance(value, np.generic) else "array": place}

    def _generator(self, value: np.random.Generator) -> dict[str, Any]:
        if type(value.bit_generator).__name__ not in CHANCE:
            raise WireError(f"a generator is one of {', '.join(CHANCE)}: `np.random.default_rng()` gives one")
        if not any(value is known for known in self.generators):
            self.generators.append(value)
        number = next(place for place, known in enumerate(self.generators) if known is value)
        return {"generator": number, "state": plain_state(value)}


def plain_state(generator: np.random.Generator) -> Any:
    """The state of a generator as JSON holds it: the name of its bit generator, and whole numbers."""
    return json.loads(json.dumps(generator.bit_generator.state, default=lambda one: np.asarray(one).tolist()))


def set_state(generator: np.random.Generator, state: Any) -> None:
    """Give a generator a state that came in a message; raises `WireError` where it is none."""
    try:
        if type(generator.bit_generator).__name__ not in CHANCE:
            raise WireError("a generator is of a kind that cannot be given a state")
        generator.bit_generator.state = state
    except UNREADABLE as error:
        raise WireError("the state of a generator is none") from error


class Reader:
    """Reads the nodes of one message; `foreign` reads a node that this module does not know."""

    def __init__(self, body: bytes | bytearray, foreign: Foreign) -> None:
        self.generators: dict[int, np.random.Generator] = {}
        self._body, self._foreign = body, foreign
        self._keys = self._taken = self._blank = 0

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of a node; raises `WireError` where it is none."""
        if depth > DEEPEST:
            raise WireError(f"a value is nested more than {DEEPEST} deep")
        if node is None or isinstance(node, bool | int | float):
            return node
        if isinstance(node, str):
            return whole(node)
        if not isinstance(node, dict) or not node:
            raise WireError("a node is neither a plain value nor a mapping")
        name, content = next(iter(node.items()))
        read = getattr(self, f"_{name}") if name in READ else None
        try:
            return read(node, content, depth + 1) if read else self._foreign(node)
        except WireError:
            raise
        except UNREADABLE as error:
            raise WireError(f"a node is not what it says ({type(error).__name__})") from error

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
        return {self._key(key, depth): self.value(one, depth) for key, one in map(_items, _items(content))}

    def _key(self, node: Any, depth: int) -> Any:
        self._keys += not isinstance(node, str)
        if self._keys > MOST_KEYS:
            raise WireError(f"more than {MOST_KEYS:,} keys of dictionaries are no texts")
        return self.value(node, depth)

    def _array(self, node: Any, content: Any, depth: int) -> np.ndarray:
        name, shape, begin, size = _items(content)
        dtype, sides = _dtype(name), _sides(shape)
        if type(begin) is not int or type(size) is not int or begin < 0:
            raise WireError("an array is not described as one")
        self._taken += size  # Each byte belongs to one array, or a short message could ask for any memory
        if math.prod(sides) * dtype.itemsize != size or max(begin + size, self._taken) > len(self._body):
            raise WireError("an array is not as large as it says")
        return _checked(np.ndarray(sides, dtype, self._body, begin if size else 0).copy())

    def _objects(self, node: Any, content: Any, depth: int) -> np.ndarray:
        """An array of objects, which stay where they are: each is None here."""
        sides = _sides(content)
        self._blank += math.prod(sides)
        if self._blank > MOST_OBJECTS:
            raise WireError("an array of objects is too large")
        return np.full(sides, None, dtype=object)

    def _scalar(self, node: Any, content: Any, depth: int) -> np.generic:
        array = self._array(node, content, depth)
        if array.ndim:
            raise WireError("one number came as an array")
        return array[()]

    def _generator(self, node: Any, content: Any, depth: int) -> np.random.Generator:
        if content not in self.generators:
            if (name := node["state"]["bit_generator"]) not in CHANCE:
                raise WireError("an unknown kind of generator")
            made = np.random.Generator(getattr(np.random, name)(0))
            set_state(made, node["state"])
            self.generators[content] = made
        return self.generators[content]


READ = {"dots", "complex", "list", "tuple", "slice", "dict", "array", "objects", "scalar", "generator"}


def _items(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise WireError("a list was expected")
    return content


def whole(text: str) -> str:
    """The text with `?` for each half of a character, which no file takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _sides(content: Any) -> Sequence[int]:
    if len(_items(content)) > 32 or not all(type(one) is int and one >= 0 for one in content):
        raise WireError("an array has no such shape")
    return content


def _dtype(name: Any) -> np.dtype:
    found = np.dtype(name) if isinstance(name, str) and len(name) <= 12 else None
    if found is None or found.kind not in KINDS or not found.itemsize:
        raise WireError("an array has no such dtype")
    return found


def _checked(array: np.ndarray) -> np.ndarray:
    """The array, each item of which can be read: a truth is 0 or 1, and a text is of characters that there are."""
    if array.dtype.kind == "b":
        return np.asarray(array.view(np.uint8) != 0)
    if array.dtype.kind == "U":
        codes = np.frombuffer(array.tobytes(), np.dtype(np.uint32).newbyteorder(array.dtype.byteorder))
        if codes.size and (codes.max() > LAST_CHARACTER or np.any((codes >= 0xD800) & (codes < 0xE000))):
            raise WireError("a text holds what is no character")
    return array
