"""Stand-ins for objects that live in a worker, such as a network: what is asked of them is asked there."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import ObjectElsewhere

LIBRARIES = ("keras.", "tensorflow.")
BUILT_IN = (dict, list, tuple, str, bytes, int, float, complex, set, np.ndarray, np.generic)


class RemoteObject(ObjectElsewhere):
    """An object in the worker; its attributes, items and calls are those of the object there."""

    def __init__(self, remote: Any, number: int, local_class: type | None) -> None:
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
    found = vars(self)["_remote"].get(self, "array", None)
    if not isinstance(found, np.ndarray):
        raise TypeError("this object has no numbers")
    return np.asarray(found, dtype=dtype)


def object_of(remote: Any, number: int, node: Mapping[str, Any]) -> RemoteObject:
    """What stands for the worker's object of a number, of a class that is called as it is there."""
    paths = [path for path in node.get("classes") or () if isinstance(path, str)]
    name = paths[0].rpartition(".")[2][:60] if paths else ""
    methods: dict[str, Any] = {"__call__": _call_object} if node.get("callable") is True else {}
    methods |= {"__array__": _numbers_of} if node.get("array") is True else {}
    made = type(name if name.isidentifier() else "object", (RemoteObject,), methods)
    return made(remote, number, _local_class(paths))


def _local_class(paths: Sequence[str]) -> type | None:
    """The judge's own class of one of these names, where it has loaded Keras or TensorFlow itself.

    A class that is derived from a plain one, such as a list, is none: values come as values.
    """
    for path in paths:
        module, _, name = path.rpartition(".")
        if not path.startswith(LIBRARIES):
            continue
        found = getattr(sys.modules.get(module), name, None)
        if isinstance(found, type) and found.__module__.startswith(LIBRARIES) and not issubclass(found, BUILT_IN):
            return found
    return None
