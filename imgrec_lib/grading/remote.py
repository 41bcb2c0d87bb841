"""The judge's side of a worker: what a learner's function or object looks like from outside the process it lives in."""

import copy
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import Blank, Elsewhere, ObjectElsewhere
from imgrec_lib.exercises.failures import Failure, failure
from imgrec_lib.exercises.observing import Observation, changed_places, plain
from imgrec_lib.grading import wire
from imgrec_lib.grading.connection import Connection, Died, Late, RemoteError, remote_error, text

UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, MemoryError)


class Numbers(np.ndarray):
    """The numbers of a tensor, as an array that also answers `.numpy()`."""

    def numpy(self) -> np.ndarray:
        """The numbers as a plain array."""
        return np.asarray(self)


class Remote:
    """What one worker holds; values come as they are, other objects as stand-ins."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.printed, self.was_late = "", False
        self._fresh = True
        self._objects: dict[int, RemoteObject] = {}

    def begin(self, seconds: float) -> None:
        """Begin a new observation: objects of the last one are forgotten, and chance starts anew."""
        self.connection.begin(seconds)
        self.printed, self._fresh = "", True
        self._objects.clear()

    def call(self, target: Any, calls: Sequence[Sequence[Any]], named: dict[str, Any]) -> list[Any]:
        """What a function or an object gives back for each tuple of arguments, whose changes are made here too."""
        writer = self._writer()
        header = {"do": "call", "target": writer.node(target), "named": writer.node(named)}
        header["calls"] = [writer.node(tuple(arguments)) for arguments in calls]
        values = self._ask(header, writer, calls)
        if not isinstance(values, list) or len(values) != len(calls):
            raise Died("another number of values came than was asked for")
        return values

    def get(self, target: Any, way: str, name: Any) -> Any:
        """An attribute, item, length, class or module."""
        writer = self._writer()
        header = {"do": "get", "way": way, "target": writer.node(target), "name": writer.node(name)}
        return self._ask(header, writer)

    def answer(self, name: str) -> Any:
        """What the notebook holds under a name: a value, a stand-in, or `KeyError` where there is nothing."""
        self.begin(self.connection.left())
        return self._ask({"do": "answer", "name": name}, self._writer())

    def _ask(self, header: dict[str, Any], writer: wire.Writer, given: Sequence[Sequence[Any]] = ()) -> Any:
        header |= {"seconds": self.connection.left(), "fresh": self._fresh}
        self._fresh = False
        told, body = self.connection.ask(header, bytes(writer.body))
        try:
            value = self._read(told, body, writer, given)
        except UNREADABLE as error:
            raise Died(str(error)) from error
        if told.get("late"):
            raise Late
        if "failure" in told:
            raise remote_error(told["failure"])
        return value

    def _read(
        self, told: dict[str, Any], body: bytes, writer: wire.Writer, given: Sequence[Sequence[Any]]
    ) -> Any:
        reader = wire.Reader(body, lambda node: self._stand_in(reader, node))
        self.printed += text(told.get("printed"))
        for call, place, node in told.get("changed") or ():
            _write_back(given[call][place], reader.value(node))
        for generator, state in zip(writer.generators, told.get("generators") or ()):
            generator.bit_generator.state = state
        return reader.value(told.get("value"))

    def _stand_in(self, reader: wire.Reader, node: dict[str, Any]) -> Any:
        if "tensor" in node:
            return np.asarray(reader.value(node["tensor"])).view(Numbers)
        number = node["object"]
        if type(number) is not int:
            raise wire.WireError("an object has no number")
        if number not in self._objects:
            self._objects[number] = object_of(self, number, node)
        return self._objects[number]

    def _writer(self) -> wire.Writer:
        writer = wire.Writer(lambda value: _node(writer, value))
        return writer


def _node(writer: wire.Writer, value: Any) -> dict[str, Any]:
    """What stands for an object of the judge's that is no plain value."""
    library = type(value).__module__.partition(".")[0]
    if type(value) is RemoteFunction:
        return {"name": value.name}
    if issubclass(type(value), RemoteObject):
        return {"object": vars(value)["_number"]}
    if library == "tensorflow" and hasattr(value, "numpy"):
        return writer.node(np.asarray(value))
    if library == "keras":
        from keras import saving

        weights = writer.node(value.get_weights()) if hasattr(value, "get_weights") else None
        return {"keras": saving.serialize_keras_object(value), "weights": weights}
    if type(value) is not Blank:
        raise TypeError(f"a {type(value).__name__} cannot be given to a function in another process: give plain values")
    return {"blank": True}


def _write_back(array: Any, now: Any) -> None:
    if isinstance(array, np.ndarray) and isinstance(now, np.ndarray) and array.shape == now.shape:
        array[...] = now


class RemoteFunction(Elsewhere):
    """The learner's function of a name; calling it runs it in the worker."""

    def __init__(self, remote: Remote, name: str) -> None:
        self.remote, self.name = remote, name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.remote.call(self, [arguments], named)[0]

    def each_call_elsewhere(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """What the function gives back for each tuple of arguments."""
        return self.remote.call(self, calls, {})

    def library_elsewhere(self, name: str) -> Any:
        """The module called `name` in the worker."""
        return self.remote.get(None, "library", name)

    def observe_elsewhere(self, look: Callable[..., Any], case: Sequence[Any], seconds: float) -> Observation:
        """What `look(self, *case)` comes to; `Died` is raised, everything else becomes an observation."""
        given, result = copy.deepcopy(list(case)), {}
        self.remote.begin(seconds)
        try:
            with np.errstate(all="ignore"):
                result = {"value": plain(look(self, *given))}
        except Late:
            self.remote.was_late = True
            result = {"timed_out": True}
        except Died:
            raise
        except RemoteError as error:
            result = {"failure": error.seen}
        except Exception as error:  # An observer that did not reckon with such an answer
            seen = failure(error)
            result = {"failure": Failure(seen.kind, seen.text, 0, "", seen.meaning)}
        return Observation(printed=self.remote.printed, changed=changed_places(case, given), **result)


class RemoteObject(ObjectElsewhere):
    """An object in the worker; its attributes, items and calls are those of the object there."""

    def __init__(self, remote: Remote, number: int, local_class: type | None) -> None:
        vars(self).update(_remote=remote, _number=number, _local_class=local_class)

    @property
    def __class__(self) -> type:
        """The judge's own class of that name, where it has loaded it: so `isinstance` works there too."""
        return vars(self)["_local_class"] or type(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return vars(self)["_remote"].get(self, "attribute", name)

    def __getitem__(self, place: Any) -> Any:
        return vars(self)["_remote"].get(self, "item", place)

    def __len__(self) -> int:
        return int(vars(self)["_remote"].get(self, "length", None))

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(vars(self)["_remote"].get(self, "items", None))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def is_a_elsewhere(self, path: str) -> bool:
        """Whether its class is, or is derived from, the class at `path`."""
        return vars(self)["_remote"].get(self, "is a", path) is True


def _call_object(self: RemoteObject, *arguments: Any, **named: Any) -> Any:
    return vars(self)["_remote"].call(self, [arguments], named)[0]


def _numbers_of(self: RemoteObject, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    return np.asarray(vars(self)["_remote"].get(self, "array", None), dtype=dtype)


def object_of(remote: Remote, number: int, node: dict[str, Any]) -> RemoteObject:
    """What stands for the worker's object of a number, of a class that is called as it is there."""
    paths = [path for path in node.get("classes") or () if isinstance(path, str)]
    name = paths[0].rpartition(".")[2][:60] if paths else ""
    methods: dict[str, Any] = {"__call__": _call_object} if node.get("callable") is True else {}
    methods |= {"__array__": _numbers_of} if node.get("array") is True else {}
    made = type(name if name.isidentifier() else "object", (RemoteObject,), methods)
    return made(remote, number, _local_class(paths))


def _local_class(paths: Sequence[str]) -> type | None:
    """The judge's own class of one of these names, where it has loaded Keras or TensorFlow itself."""
    for path in paths:
        module, _, name = path.rpartition(".")
        found = getattr(sys.modules.get(module), name, None) if path.startswith(("keras.", "tensorflow.")) else None
        if isinstance(found, type):
            return found
    return None
