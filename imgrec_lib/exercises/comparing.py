"""Whether an answer's value is the target's, and if not, what differs: type, then shape, then dtype, then values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

NUMBER = int | float | np.integer | np.floating


@dataclass(frozen=True)
class Closeness:
    """How near two numbers must be to count as equal, and which dtype an array must have: a name, "float" or None.

    Without `reveals`, a difference does not say which number was the target.
    """

    relative: float = 1e-4
    absolute: float = 1e-5
    dtype: str | None = None
    reveals: bool = True

    def numbers(self, yours: Any, target: Any) -> np.ndarray:
        """Where two arrays of one shape agree: a boolean array."""
        yours, target = np.asarray(yours, dtype=float), np.asarray(target, dtype=float)
        return np.isclose(yours, target, rtol=self.relative, atol=self.absolute, equal_nan=True)


@dataclass(frozen=True)
class Difference:
    """What differs, in a sentence; `yours`, `target` and `place` are given where they can be shown side by side."""

    sentence: str
    yours: np.ndarray | None = None
    target: np.ndarray | None = None
    place: tuple[int, ...] | None = None


def is_number(value: Any) -> bool:
    """Whether a value is one number: Python's, NumPy's, or an array without axes; True and False are not."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf"
    return isinstance(value, NUMBER) and not isinstance(value, bool)


def kind(value: Any) -> str:
    """The type of a value in words."""
    if is_number(value):
        return "a number"
    if isinstance(value, np.ndarray):
        return "an array"
    if isinstance(value, str):
        return "a text"
    names = {bool: "True or False", np.bool_: "True or False", dict: "a dictionary", list: "a list", tuple: "a tuple"}
    return "None" if value is None else names.get(type(value), f"a {type(value).__name__}")


def shape_words(shape: Sequence[int]) -> str:
    """A shape as it is said: 4 × 5 × 3."""
    return " × ".join(str(side) for side in shape) if len(shape) else "one number"


def place_words(place: Sequence[int]) -> str:
    """The place of one number in an array."""
    if len(place) == 1:
        return f"at place {place[0]}"
    names = ["row", "column", "channel"] if len(place) <= 3 else [f"axis {axis}" for axis in range(len(place))]
    return "at " + ", ".join(f"{name} {index}" for name, index in zip(names, place))


def shortened(text: str, length: int) -> str:
    """The text, or as much of it as `length` characters hold."""
    return text if len(text) <= length else text[: length - 1] + "…"


def number_words(value: Any) -> str:
    """A number as a person would write it."""
    number = float(value)
    return f"{int(number):,}" if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"


def same(yours: Any, target: Any, closeness: Closeness, *, strict: bool = True) -> bool:
    """Whether two values are equal; `strict` minds the dtype of arrays as well."""
    return difference(yours, target, closeness, strict=strict) is None


def difference(yours: Any, target: Any, closeness: Closeness, *, strict: bool = True) -> Difference | None:
    """The first thing that differs, or None."""
    if isinstance(target, np.ndarray) and target.ndim:
        return _array_difference(yours, target, closeness, strict)
    if is_number(target):
        return _number_difference(yours, target, closeness)
    if isinstance(target, tuple | list):
        return _sequence_difference(yours, target, closeness, strict)
    if isinstance(target, dict):
        return _dictionary_difference(yours, target, closeness, strict)
    return _word_difference(yours, target, closeness)


def _array_difference(yours: Any, target: np.ndarray, closeness: Closeness, strict: bool) -> Difference | None:
    if not isinstance(yours, np.ndarray) or not yours.ndim:
        tip = ", so put np.array(…) around it" if isinstance(yours, list | tuple) else ""
        return Difference(f"Your answer gives {kind(yours)}, and an array is asked for{tip}.")
    if yours.dtype.kind not in "iufb":
        return Difference(f"Your array holds {yours.dtype} values, and numbers are asked for.")
    if yours.shape != target.shape:
        came, wanted = shape_words(yours.shape), shape_words(target.shape)
        return Difference(f"Your array has the shape {came}, and {wanted} is asked for.")
    if strict and (wrong := _dtype_difference(yours, closeness)):
        return wrong
    agree = closeness.numbers(yours, target)
    if agree.all():
        return None
    place = tuple(int(index) for index in np.argwhere(~agree)[0])
    sentence = (
        f"The first difference is {place_words(place)}: yours is {number_words(yours[place])}, "
        f"the target is {number_words(target[place])}; {int((~agree).sum())} of {agree.size} numbers differ."
    )
    return Difference(sentence, yours, target, place)


def _dtype_difference(yours: np.ndarray, closeness: Closeness) -> Difference | None:
    wanted = closeness.dtype
    if wanted is None or yours.dtype == wanted or wanted == "float" and yours.dtype.kind == "f":
        return None
    return Difference(f"Your array's dtype is {yours.dtype}, and {wanted} is asked for: convert it with .astype.")


def _number_difference(yours: Any, target: Any, closeness: Closeness) -> Difference | None:
    if not is_number(yours):
        return Difference(f"Your answer gives {kind(yours)}, and one number is asked for.")
    if closeness.numbers(yours, target):
        return None
    if not closeness.reveals:
        return Difference(f"Your answer {number_words(yours)} is not the one.")
    return Difference(f"Your answer gives {number_words(yours)}, and the target is {number_words(target)}.")


def _sequence_difference(yours: Any, target: Sequence[Any], closeness: Closeness, strict: bool) -> Difference | None:
    if not isinstance(yours, tuple | list | np.ndarray) or isinstance(yours, np.ndarray) and not yours.ndim:
        return Difference(f"Your answer gives {kind(yours)}, and {len(target)} values are asked for, in a fixed order.")
    if len(yours) != len(target):
        return Difference(f"Your answer gives {len(yours)} values, and {len(target)} are asked for.")
    for index, (one, wanted) in enumerate(zip(yours, target)):
        if found := difference(one, wanted, closeness, strict=strict):
            opening = f"Look at value {index + 1} of {len(target)}. "
            return Difference(opening + found.sentence, found.yours, found.target, found.place)
    return None


def _dictionary_difference(yours: Any, target: dict, closeness: Closeness, strict: bool) -> Difference | None:
    if not isinstance(yours, dict):
        return Difference(f"Your answer gives {kind(yours)}, and a dictionary is asked for.")
    for key, wanted in target.items():
        if key not in yours:
            return Difference(f'Your dictionary has nothing for "{key}".')
        if found := difference(yours[key], wanted, closeness, strict=strict):
            return Difference(f'Look at "{key}". {found.sentence}', found.yours, found.target, found.place)
    return None


def _word_difference(yours: Any, target: Any, closeness: Closeness) -> Difference | None:
    if kind(yours) != kind(target):
        return Difference(f"Your answer gives {kind(yours)}, and {kind(target)} is asked for.")
    if isinstance(target, str):
        equal, shown = yours.strip().casefold() == target.strip().casefold(), f'"{yours}"'
    else:
        equal, shown = yours == target, str(yours)
    if equal:
        return None
    wanted = (f'"{target}"' if isinstance(target, str) else str(target)) if closeness.reveals else ""
    return Difference(
        f"It is {shown}, and the target is {wanted}." if wanted else f"Your answer {shown} is not the one."
    )
