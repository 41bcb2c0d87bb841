"""What a recogniser's file says in words: its description, checked field by field before anything is believed.

A file may come from a stranger. What passes here is of the stated types, finite, short and printable.
"""

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MOST_CLASSES, LONGEST_NAME = 1_000, 100
LARGEST_SIDE = 512  # In pixels
COLDEST, HOTTEST = 0.01, 100.0
DEEPEST, LONGEST_TEXT, MOST_ITEMS = 8, 1_000, 500_000
LARGEST_NUMBER = 1e15
_DIGEST = re.compile(r"[0-9a-f]{16}")
_NETWORK = re.compile(r"efficientnet_lite0|classic|applications\.[A-Za-z0-9]{1,40}")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")


class RecogniserError(ValueError):
    """A recogniser that cannot be opened, saved or run; one sentence says what is wrong and what to do."""


@dataclass(frozen=True)
class Description:
    """Everything about a recogniser but its numbers.

    `network` is "efficientnet_lite0", "classic" or "applications.NAME"; `side` is that of its pictures in pixels.
    Logits are divided by `temperature` before softmax (Guo et al. 2017); where the largest probability is below
    `threshold`, the answer is "none of these". `trained_on` has the name of the folder, the date, `counts` by part and
    class, and `digests` of the pictures; `scores` is what was measured on the test part. `imgrec` is the version of the
    course that wrote it.
    """

    network: str
    side: int
    class_names: tuple[str, ...]
    temperature: float
    threshold: float
    trained_on: dict[str, Any]
    scores: dict[str, Any]
    fine_tuned: bool
    imgrec: str


def shown(value: Any, letters: int = 60) -> str:
    """A value as a sentence can quote it: in one printable line, cut after so many letters."""
    text = value[: letters + 1] if isinstance(value, str) else repr(value)[: letters + 1]
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return text if len(text) <= letters else f"{text[:letters]}…"


def check_tree(value: Any) -> None:
    """Raises RecogniserError unless a value is what JSON holds: not deep, not endless, finite, in printable texts."""
    waiting, seen = [(value, 0)], 0
    while waiting:
        one, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_ITEMS:
            raise RecogniserError(f"it is nested more than {DEEPEST} deep, or has more than {MOST_ITEMS:,} parts")
        if isinstance(one, dict):
            waiting += [(key, depth) for key in one] + [(item, depth + 1) for item in one.values()]
        elif isinstance(one, list | tuple):
            waiting += [(item, depth + 1) for item in one]
        else:
            _check_leaf(one)


def _check_leaf(value: Any) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT or not value.isprintable():
            raise RecogniserError(f'its text "{shown(value)}" is too long or has letters that cannot be shown')
    elif isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
            raise RecogniserError(f"it holds {shown(value)}, and every number has to be finite and below 10^15")
    elif value is not None:
        raise RecogniserError(f"it holds an object of type {type(value).__name__}, which no JSON has")


def check(description: Description) -> None:
    """Raises RecogniserError, whose sentence begins with "its", where a field is not what it has to be."""
    for name, (rule, holds) in _RULES.items():
        value = getattr(description, name)
        if not holds(value):
            raise RecogniserError(f"its {name} is {shown(value)}, and it has to be {rule}")
    check_tree(description.trained_on)
    check_tree(description.scores)
    _check_class_names(description.class_names)


def _check_class_names(names: tuple[str, ...]) -> None:
    for name in names:
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise RecogniserError(
                f'its class name "{shown(name)}" is empty, longer than {LONGEST_NAME} letters or cannot be shown'
            )
    if len(set(names)) < len(names):
        double = next(name for place, name in enumerate(names) if name in names[:place])
        raise RecogniserError(f'its class name "{shown(double)}" stands there twice')


def as_json(description: Description) -> dict[str, Any]:
    """The description as JSON holds it."""
    return {**_fields(description), "class_names": list(description.class_names)}


def from_json(value: Any) -> Description:
    """The description out of JSON; raises RecogniserError, whose sentence begins with "its" or "it"."""
    names = {field.name for field in dataclasses.fields(Description)}
    if not isinstance(value, dict) or set(value) != names:
        there = set(value) if isinstance(value, dict) else set()
        odd = ", ".join(sorted(map(shown, there ^ names))[:5])
        raise RecogniserError(f"its description lacks fields or has unknown ones: {odd}")
    check_tree(value)
    if not isinstance(value["class_names"], list):
        raise RecogniserError(f"its class_names are {shown(value['class_names'])}, and they have to be a list")
    description = Description(**{**value, "class_names": tuple(value["class_names"])})
    check(description)
    return description


def _fields(description: Description) -> dict[str, Any]:
    return {field.name: getattr(description, field.name) for field in dataclasses.fields(description)}


def _whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _number(value: Any, low: float, high: float) -> bool:
    return type(value) in (int, float) and low <= value <= high


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_trained_on(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("counts", {}), dict):
        return False
    digests, counts = value.get("digests", []), value.get("counts", {})
    return (
        isinstance(digests, list)
        and all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in digests)
        and all(isinstance(value.get(name, ""), str) for name in ("name", "date"))
        and all(isinstance(part, dict) and all(_whole(n, 0, 10**9) for n in part.values()) for part in counts.values())
    )


def _is_scores(value: Any) -> bool:
    """A share is a number or None, an interval a list of such, and `per_class` has a dict for each class."""
    if not isinstance(value, dict) or not isinstance(value.get("per_class", {}), dict):
        return False
    interval = value.get("interval", [])
    return (
        isinstance(interval, list)
        and all(one is None or _number(one, 0, 1) for one in (*interval, value.get("accuracy")))
        and all(isinstance(one, dict) for one in value.get("per_class", {}).values())
        and isinstance(value.get("sentence", ""), str)
    )


_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "network": ("efficientnet_lite0, classic or applications.NAME", _matches(_NETWORK)),
    "side": (f"a whole number of pixels up to {LARGEST_SIDE}", lambda value: _whole(value, 1, LARGEST_SIDE)),
    "class_names": (
        f"2 to {MOST_CLASSES} names", lambda value: isinstance(value, tuple) and 2 <= len(value) <= MOST_CLASSES
    ),
    "temperature": (f"a number from {COLDEST} to {HOTTEST}", lambda value: _number(value, COLDEST, HOTTEST)),
    "threshold": ("a number from 0 to 1", lambda value: _number(value, 0, 1)),
    "trained_on": ("counts of photographs, their digests, a name and a date", _is_trained_on),
    "scores": ("shares from 0 to 1 and their intervals", _is_scores),
    "fine_tuned": ("true or false", lambda value: isinstance(value, bool)),
    "imgrec": ("a version, such as 0.1.0", _matches(_VERSION)),
}  # fmt: skip
