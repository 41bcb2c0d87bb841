"""A worker: runs the cells of one submission, then does with its functions and objects what the judge asks for.

It is a process of its own, and whatever the submission does to it, it has nothing that is worth having: no reference,
no target, no other submission. What it says is believed to be what the learner's code does, and no more.
"""

import gc
import random
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import Blank, found
from imgrec_lib.exercises.observing import Observation, changed_places, observe
from imgrec_lib.grading import messages, standins, wire
from imgrec_lib.grading.cells import Cells

TENSORS = ("tensorflow", "torch", "jax")
SELDOM = (100_000, 20, 100)  # Collections take a tenth of a short training, and a worker's memory is limited anyway
LONGEST_TELLING = 20.0


class Held:
    """A value on its way, which nothing on the way may look into."""

    def __init__(self, value: Any) -> None:
        self.value = value


def class_paths(value: Any) -> list[str]:
    """The full names of an object's class and of those above it, nearest first."""
    return [f"{one.__module__}.{one.__qualname__}"[:200] for one in type(value).__mro__]


def seed_everything(seed: int) -> None:
    """Give chance a fixed start, so that an answer is judged alike each time."""
    random.seed(seed)
    np.random.seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)


class Worker:
    """Answers requests until the channel closes."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.cells = Cells()
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._classes: list[str] = []

    def serve(self) -> None:
        """Read requests and answer them, one after another."""
        while True:
            header, body = messages.receive(self.channel)
            if header.get("fresh"):
                self._begin()
            getattr(self, f"do_{header['do']}")(header, body)

    def do_run(self, header: dict[str, Any], body: bytearray) -> None:
        """Run the cells, with a word before each, so that the judge knows which one was the last."""
        for told in self.cells.run_all(header["steps"], header["seconds"]):
            messages.send(self.channel, told)
        messages.send(self.channel, {"done": True})

    def do_answer(self, header: dict[str, Any], body: bytearray) -> None:
        """What the notebook gives as the answer of a name."""
        if header["name"] not in self.cells.answers:
            return messages.send(self.channel, {"missing": True})
        return self._tell(self._observe(lambda: self.cells.answers[header["name"]], LONGEST_TELLING))

    def do_call(self, header: dict[str, Any], body: bytearray) -> None:
        """What a function gives back for each tuple of arguments, and which of the arguments it changed."""
        reader, before = self._reader(body), self._reader(body)
        target, named = reader.value(header["target"]), reader.value(header["named"])
        calls = [reader.value(one) for one in header["calls"]]
        seen = self._observe(lambda: [target(*arguments, **named) for arguments in calls], header["seconds"])
        pairs = zip([before.value(one) for one in header["calls"]], calls)
        changed = [
            (call, place, given[place])
            for call, (were, given) in enumerate(pairs)
            for place in changed_places(were, given)
        ]
        self._tell(seen, changed, [reader.generators[number] for number in sorted(reader.generators)])

    def do_get(self, header: dict[str, Any], body: bytearray) -> None:
        """An attribute, an item, the length, the items or the numbers of an object."""
        reader = self._reader(body)
        target, name = reader.value(header["target"]), reader.value(header["name"])
        ways: dict[str, Callable[[], Any]] = {
            "attribute": lambda: getattr(target, name),
            "item": lambda: target[name],
            "length": lambda: len(target),
            "items": lambda: [one for one, _ in zip(target, range(10_000))],
            "array": lambda: np.asarray(target),
            "is a": lambda: issubclass(type(target), found(name)),
            "library": lambda: found(name),
        }
        self._tell(self._observe(ways[header["way"]], header["seconds"]))

    def _reader(self, body: bytearray) -> wire.Reader:
        reader = wire.Reader(body, lambda node: self._known(reader, node))
        return reader

    def _observe(self, work: Callable[[], Any], seconds: float) -> Observation:
        def held() -> Held:
            try:
                return Held(work())
            except BaseException as error:
                self._classes = [one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins"]
                raise

        return observe(held, (), seconds)

    def _tell(
        self,
        seen: Observation,
        changed: Sequence[tuple[int, int, Any]] = (),
        generators: Sequence[np.random.Generator] = (),
    ) -> None:
        writer = wire.Writer(lambda value: self._foreign(writer, value))
        header: dict[str, Any] = {"printed": seen.printed, "late": seen.timed_out}
        header["generators"] = [wire.plain_state(one) for one in generators]
        header["changed"] = [[call, place, writer.node(now)] for call, place, now in changed]
        told = seen
        if isinstance(seen.value, Held):
            told = self._observe(lambda: writer.node(seen.value.value), LONGEST_TELLING)
            header |= {"value": told.value.value} if told.value else {"late": told.timed_out}
        if told.failure:
            header["failure"] = vars(told.failure) | {"classes": self._classes}
        messages.send(self.channel, header, writer.body)

    def _begin(self) -> None:
        """Forget the objects of the last observation, and let chance start where it always starts."""
        self._objects.clear()
        self._numbers.clear()
        seed_everything(0)

    def _foreign(self, writer: wire.Writer, value: Any) -> dict[str, Any]:
        """A node for what is no plain value: tensors and shapes as numbers, the rest by a number of its own."""
        first = type(value).__module__.partition(".")[0]
        if first in TENSORS and hasattr(value, "numpy") and not hasattr(value, "assign"):
            return {"tensor": writer.node(_numbers(value))}
        if type(value).__name__ == "TensorShape":
            return {"tuple": list(value)}
        number = self._numbers.setdefault(id(value), len(self._numbers))
        self._objects[number] = value
        return {
            "object": number,
            "classes": class_paths(value),
            "callable": callable(value),
            "array": hasattr(type(value), "__array__"),
        }

    def _known(self, reader: wire.Reader, node: dict[str, Any]) -> Any:
        """What a node of the judge's stands for."""
        if "object" in node:
            return self._objects[node["object"]]
        if "name" in node:
            return self.cells.answers[node["name"]]
        if "blank" in node:
            return Blank()
        if "keras" in node:
            made = found("keras.saving").deserialize_keras_object(node["keras"])
            if node["weights"] is not None:
                made.set_weights(reader.value(node["weights"]))
            return made
        raise wire.WireError("an unknown kind of node")


def _numbers(tensor: Any) -> np.ndarray:
    """The numbers of a tensor, those of a kind that NumPy does not have itself, such as bfloat16, as float32."""
    array = np.asarray(tensor)
    return array if array.dtype.kind in wire.KINDS + "O" else array.astype(np.float32)


def serve(channel: socket.socket) -> None:
    """Be a worker until the judge has heard enough."""
    standins.install()
    gc.set_threshold(*SELDOM)
    Worker(channel).serve()
