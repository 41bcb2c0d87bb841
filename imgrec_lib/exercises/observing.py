"""What an answer does with one case: its value, or how it failed, within a time limit and with its prints kept apart.

A learner's function may loop for ever, print a million lines, end the program or change what it was given. It runs in
a thread of its own, on copies, and whatever it does becomes an `Observation`.
"""

import contextlib
import copy
import ctypes
import io
import math
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from imgrec_lib.exercises.failures import Failure, failure

PRINTED_CHARACTERS = 2_000
ONE_AT_A_TIME = threading.RLock()  # Where prints are kept apart, they are so for all threads
LONGEST_LOOK = 0.1
LARGEST_NUMBER = 10**308


@dataclass(frozen=True)
class Observation:
    """What came of calling an answer once; `changed` holds the places of the arguments that it altered."""

    value: Any = None
    failure: Failure | None = None
    printed: str = ""
    changed: tuple[int, ...] = ()
    timed_out: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the call did nothing that can be seen."""
        return self.value is None and self.failure is None and not (self.printed or self.changed or self.timed_out)

    @property
    def has_value(self) -> bool:
        """Whether the call came back with something other than None."""
        return self.failure is None and not self.timed_out and self.value is not None


class Stopped(BaseException):
    """Raised inside an answer whose time is up."""


class _FirstCharacters(io.TextIOBase):
    """A stream that keeps the first characters and forgets the rest."""

    def __init__(self) -> None:
        self.kept = ""

    def write(self, text: str) -> int:
        """Length of the text, as a stream must say."""
        self.kept += text[: max(0, PRINTED_CHARACTERS - len(self.kept))]
        return len(text)


def plain(value: Any) -> Any:
    """The value with tensors made arrays, also inside tuples, lists and dicts; arrays without axes become scalars.

    Whole numbers that no float can hold become infinite.
    """
    if type(value) is int and abs(value) > LARGEST_NUMBER:
        return math.inf if value > 0 else -math.inf
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(plain(one) for one in value) if type(value) in (tuple, list) else tuple(map(plain, value))
    if isinstance(value, np.ndarray) or hasattr(value, "__array__") and not isinstance(value, np.generic | type):
        array = np.array(value)
        return array if array.ndim else array.item()
    return value


def _differ(old: Any, new: Any) -> bool:
    """Whether an argument is no longer what it was; what holds no numbers counts as unchanged."""
    if isinstance(old, np.ndarray):
        return not np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
    if isinstance(old, list | tuple):
        return len(old) != len(new) or any(map(_differ, old, new))
    return isinstance(old, int | float | str) and old != new


def changed_places(before: Sequence[Any], after: Sequence[Any]) -> tuple[int, ...]:
    """The places of the arguments that are no longer what they were."""
    return tuple(place for place, (old, new) in enumerate(zip(before, after)) if _differ(old, new))


def _run(work: Callable[[], Any], results: dict[str, Any]) -> None:
    try:
        with np.errstate(all="ignore"):  # A warning above the feedback would say less than the feedback
            results["value"] = plain(work())
    except Stopped:
        results["timed_out"] = True
    except BaseException as error:  # noqa: B036 - SystemExit of an answer must not end the lesson
        results["failure"] = failure(error)


def _is_importing(thread: threading.Thread) -> bool:
    """Whether a thread is inside an import: to stop it there would leave a library half loaded."""
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _wait(thread: threading.Thread, seconds: float) -> None:
    """Wait for a thread to end, `seconds` at most beside the time that it spends on imports."""
    begin = last = time.monotonic()
    while thread.is_alive() and last - begin < seconds:
        thread.join(min(LONGEST_LOOK, begin + seconds - last))
        now = time.monotonic()
        if thread.is_alive() and _is_importing(thread):
            begin += now - last
        last = now


def _stop(thread: threading.Thread) -> None:
    """Raise `Stopped` in a thread; one that sits in a C function, or catches everything, is left behind."""
    for _ in range(20):
        if thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))
            thread.join(0.05)


def runs_late(work: Callable[[], Any], results: dict[str, Any], seconds: float) -> bool:
    """Run `work` in a thread of its own, and stop it after `seconds`; whether it had to be stopped."""
    thread = threading.Thread(target=_run, args=(work, results), daemon=True)
    thread.start()
    try:
        _wait(thread, seconds)
    finally:
        if late := thread.is_alive():
            _stop(thread)
    return late


def observe(work: Callable[..., Any], arguments: Sequence[Any], seconds: float | None = None) -> Observation:
    """What `work(*arguments)` does, on copies of the arguments, stopped after `seconds`.

    Without a limit it runs in the caller's thread: that is for the course's own answers, which come back.
    """
    given = copy.deepcopy(list(arguments))
    printed, results = _FirstCharacters(), {}
    with contextlib.redirect_stdout(printed):
        if seconds is None:
            _run(partial(work, *given), results)
        elif runs_late(partial(work, *given), results, seconds):
            return Observation(timed_out=True, printed=printed.kept)
    return Observation(printed=printed.kept, changed=changed_places(arguments, given), **results)


class Observations(Iterable[Observation]):
    """What the course's own answer does with each case, found out case by case as far as somebody looks, and kept."""

    def __init__(self, work: Callable[..., Any], cases: Sequence[Sequence[Any]]) -> None:
        self._work, self._cases, self._known = work, cases, []

    def __iter__(self) -> Iterator[Observation]:
        for place, case in enumerate(self._cases):
            with ONE_AT_A_TIME:
                if place == len(self._known):
                    self._known.append(observe(self._work, case))
            yield self._known[place]
