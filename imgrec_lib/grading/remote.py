"""The judge's side of a worker: what a learner's function or object looks like from outside the process it lives in."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from imgrec_lib.exercises import exercise
from imgrec_lib.exercises.elsewhere import Blank, Elsewhere
from imgrec_lib.exercises.failures import Failure, failure
from imgrec_lib.exercises.observing import Observation, changed_places, plain, runs_late
from imgrec_lib.grading import wire
from imgrec_lib.grading.connection import (
    GRACE,
    Connection,
    Died,
    Late,
    Missing,
    RemoteError,
    Unreadable,
    remote_error,
    text,
)
from imgrec_lib.grading.remote_objects import RemoteObject, object_of

SECONDS_TO_ANSWER, SECONDS_TO_SPARE = 20.0, 5.0
MOST_OBJECTS = 20_000


class Numbers(np.ndarray):
    """The numbers of a tensor, as an array that also answers `.numpy()`."""

    def numpy(self) -> np.ndarray:
        """The numbers as a plain array."""
        return np.asarray(self)


class Remote:
    """What one worker holds; values come as they are, other objects as stand-ins.

    Where it `is_waiting`, an answer is late or was given up: what comes next may be anything.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.printed, self.is_waiting = "", False
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
            raise Unreadable("another number of values came than was asked for")
        return values

    def get(self, target: Any, way: str, name: Any) -> Any:
        """An attribute, item, length, class or module."""
        writer = self._writer()
        header = {"do": "get", "way": way, "target": writer.node(target), "name": writer.node(name)}
        return self._ask(header, writer)

    def answer(self, name: str) -> Any:
        """What the notebook holds under a name: a value or a stand-in; raises `Missing` where there is nothing."""
        self.connection.allowance = wire.LARGEST_BODY
        self.begin(SECONDS_TO_ANSWER)
        return self.again(name)

    def again(self, name: str) -> Any:
        """What `answer` gives, as a part of what is being looked at."""
        return self._ask({"do": "answer", "name": name}, self._writer())

    def _ask(self, header: dict[str, Any], writer: wire.Writer, given: Sequence[Sequence[Any]] = ()) -> Any:
        header |= {"seconds": self.connection.left(), "fresh": self._fresh}
        self._fresh, self.is_waiting = False, True
        told, body = self.connection.ask(header, writer.body)
        self.is_waiting = bool(told.get("late"))
        try:
            value = self._read(told, body, writer, given)
        except wire.UNREADABLE as error:
            raise Unreadable(str(error)) from error
        if told.get("late"):
            raise Late
        if told.get("missing"):
            raise Missing
        if "failure" in told:
            raise remote_error(told["failure"])
        return value

    def _read(
        self, told: dict[str, Any], body: bytearray, writer: wire.Writer, given: Sequence[Sequence[Any]]
    ) -> Any:
        reader = wire.Reader(body, lambda node: self._stand_in(reader, node))
        self.printed += text(told.get("printed"))
        for call, place, node in told.get("changed") or ():
            _write_back(given[call][place], reader.value(node))
        for generator, state in zip(writer.generators, told.get("generators") or ()):
            wire.set_state(generator, state)
        return reader.value(told.get("value"))

    def _stand_in(self, reader: wire.Reader, node: dict[str, Any]) -> Any:
        if "tensor" in node:
            return _numbers(reader.value(node["tensor"]))
        number = node["object"]
        if type(number) is not int or len(self._objects) > MOST_OBJECTS:
            raise wire.WireError("an object has no number, or there are too many of them")
        if number not in self._objects:
            self._objects[number] = object_of(self, number, node)
        return self._objects[number]

    def _writer(self) -> wire.Writer:
        writer = wire.Writer(lambda value: _node(writer, value))
        return writer


def _node(writer: wire.Writer, value: Any) -> dict[str, Any]:
    """What stands for an object of the judge's that is no plain value."""
    library = type(value).__module__.partition(".")[0]
    if isinstance(value, RemoteFunction):
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


def _numbers(value: Any) -> np.ndarray:
    if not isinstance(value, np.ndarray):
        raise wire.WireError("numbers were expected")
    return value.view(Numbers)


def _write_back(given: Any, now: Any) -> None:
    """Change an argument as the worker says that it was changed: a list, or an array that is like it."""
    if isinstance(given, list) and isinstance(now, list):
        given[:] = now
    arrays = isinstance(given, np.ndarray) and isinstance(now, np.ndarray)
    if arrays and given.shape == now.shape and given.dtype == now.dtype:
        given[...] = now


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
        given, results = copy.deepcopy(list(case)), []
        self.remote.begin(seconds)
        work = lambda: results.append(self._look(look, given))  # noqa: E731
        if look is exercise.call:  # It only hands on
            work()
        else:  # What comes back may be such that the observer itself takes for ever over it
            runs_late(work, {}, seconds + GRACE + SECONDS_TO_SPARE)
        result = results[0] if results else Late()
        if isinstance(result, Died):
            raise result
        if isinstance(result, Late):
            self.remote.is_waiting = True
            result = {"timed_out": True}
        return Observation(printed=self.remote.printed, changed=changed_places(case, given), **result)

    def _look(self, look: Callable[..., Any], given: Sequence[Any]) -> dict[str, Any] | Died | Late:
        try:
            with np.errstate(all="ignore"):
                return {"value": plain(look(self.looked_at(), *given))}
        except (Died, Late) as error:
            return error
        except RemoteError as error:
            return {"failure": error.seen}
        except Exception as error:  # An observer that did not reckon with such an answer
            seen = failure(error)
            return {"failure": Failure(seen.kind, seen.text, 0, "", seen.meaning)}

    def looked_at(self) -> Any:
        """What an observer is given as the answer."""
        return self


class RemoteValue(RemoteFunction):
    """What the notebook holds under a name where the answer is no function but a value, maybe one with objects."""

    def looked_at(self) -> Any:
        """The value, fetched anew since objects of the last observation are forgotten."""
        return self.remote.again(self.name)
