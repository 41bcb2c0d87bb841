"""The verdict on an answer: from what was observed on each case, to an outcome and the sentence that helps most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imgrec_lib.exercises.comparing import Closeness, Difference, difference, kind, same
from imgrec_lib.exercises.observing import Observation

CONSTANT = "Your answer is the same whatever comes in, so its numbers are typed in: calculate them from the arguments."
PRINTED = "Your answer is printed, and the function gives back None: put `return` where `print` stands."
NOTHING = "Your function gives back None: end it with `return` and the result."
LATE = "Your answer did not come back within {seconds:g} seconds and was stopped: look for a loop that never ends."
CHANGED = (
    "Your function changes `{argument}`, which belongs to whoever called it: begin with a copy, `{argument}.copy()`."
)


@dataclass(frozen=True)
class Verdict:
    """An outcome with its sentence, and where a misconception was recognised its number and the evidence for it."""

    outcome: str
    sentence: str
    difference: Difference | None = None
    misconception: int | None = None
    evidence: str = ""


def right(seen: Observation, target: Any, closeness: Closeness, *, strict: bool = True) -> bool:
    """Whether one observation is what it should be, its arguments unchanged; `strict` minds the dtype."""
    return seen.has_value and not seen.changed and same(seen.value, target, closeness, strict=strict)


def _equal(yours: Any, other: Any, closeness: Closeness, strict: bool) -> bool:
    kinds = [_kind_of_number(value) for value in (yours, other)]
    return same(yours, other, closeness, strict=False) and (not strict or kinds[0] == kinds[1])


def _kind_of_number(value: Any) -> str:
    return value.dtype.kind if isinstance(value, np.ndarray | np.generic) else type(value).__name__


def matches(
    seen: Sequence[Observation],
    wrong: Iterable[Observation],
    targets: Sequence[Any],
    closeness: Closeness,
    *,
    strict: bool,
) -> bool:
    """Whether an answer goes wrong as a misconception does.

    Where both give a value, it is the same one, and that accounts for at least half of the cases in which the answer is
    wrong. Failures of one kind count too, and suffice where the misconception gives no wrong value at all and both fail
    in the same cases. `strict` minds the kind of number, integers or floats, and the dtype.
    """
    values, failures, faults = 0, 0, 0
    gives_wrong_values, fails_alike = False, True
    for one, other, target in zip(seen, wrong, targets):
        is_right = right(one, target, closeness, strict=strict)
        faults += not is_right
        told = other.has_value and not same(other.value, target, closeness, strict=strict)
        gives_wrong_values |= told
        if one.has_value and other.has_value:
            if not _equal(one.value, other.value, closeness, strict) or told and is_right:
                return False
            values += told
            continue
        if is_right:
            return False
        failures += _failed_alike(one, other)
        fails_alike &= _failed_alike(one, other)
    enough = 2 * (values + failures) >= max(1, faults)
    return enough and (values > 0 or failures > 0 and fails_alike and not gives_wrong_values)


def _failed_alike(one: Observation, other: Observation) -> bool:
    return bool(one.failure and other.failure and one.failure.kind == other.failure.kind)


def recognised(
    seen: Sequence[Observation],
    misconceptions: Sequence[Sequence[Iterable[Observation]]],
    targets: Sequence[Any],
    closeness: Closeness,
) -> int | None:
    """The number of the misconception that an answer shows, or None; each has one or more variants."""
    for strict in (True, False):
        for number, variants in enumerate(misconceptions):
            if any(matches(seen, wrong, targets, closeness, strict=strict) for wrong in variants):
                return number
    return None


def is_constant(seen: Sequence[Observation], targets: Sequence[Any], closeness: Closeness) -> bool:
    """Whether an answer gives one and the same value for all cases, although the targets differ."""
    first = seen[0]
    if len(seen) < 2 or kind(first.value) != kind(targets[0]):
        return False
    if not all(one.has_value and same(one.value, first.value, closeness) for one in seen):
        return False
    return not all(same(target, targets[0], closeness) for target in targets)


def failed_call(seen: Observation) -> str | None:
    """The sentence for a call that came back without a value, or None where it gave one."""
    if seen.failure:
        return seen.failure.sentence()
    if seen.value is None:
        return PRINTED if seen.printed.strip() else NOTHING
    return None


def what_differs(seen: Observation, target: Any, closeness: Closeness, names: Sequence[str]) -> Difference:
    """What is wrong with one observation that is not right and came in time."""
    if sentence := failed_call(seen):
        return Difference(sentence)
    if found := difference(seen.value, target, closeness):
        return found
    return Difference(CHANGED.format(argument=names[seen.changed[0]]))
