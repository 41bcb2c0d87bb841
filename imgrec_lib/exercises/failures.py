"""What an exception in a learner's answer means, and on which of their own lines it was raised."""

import linecache
import re
import traceback
from dataclasses import dataclass
from pathlib import Path

from imgrec_lib.exercises.comparing import shortened

MEANINGS = {
    NameError: "Python does not know this name: look for a typo, or run the cell that defines it",
    UnboundLocalError: "the name gets its first value further down: give it one before this line",
    IndexError: "a place was asked for that is not there: a size of 5 has the places 0 to 4",
    KeyError: "a dictionary was asked for a key that it does not have",
    TypeError: "something of the wrong kind was used here, or a function got too many or too few arguments",
    ValueError: "the kind is right and the value is not: often two shapes do not fit each other, so print both",
    AttributeError: "the thing before the dot has nothing of that name: print its type",
    ZeroDivisionError: "something was divided by 0",
    RecursionError: "the function calls itself without an end",
    OverflowError: "a number does not fit its dtype, such as 300 into uint8: convert before calculating",
    ImportError: "this module is not here, or holds no such name",
    AssertionError: "an assert found something that must not be",
    SystemExit: "the answer tried to end the program: a function ends with return",
    KeyboardInterrupt: "the answer was interrupted",
    MemoryError: "more memory was asked for than there is: look at the shapes",
}
UNKNOWN = "something went wrong inside; its own words are before this"
ELSEWHERE = ("site-packages", "dist-packages")
TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # Keras writes its errors in colour
LONGEST_TEXT, LONGEST_LINE = 200, 80


@dataclass(frozen=True)
class Failure:
    """An exception: its class's name, its text, the learner's line (number from 1 and text), and what it means."""

    kind: str
    text: str
    line_number: int
    line: str
    meaning: str

    def sentence(self) -> str:
        """One sentence with the line and the meaning."""
        line = shortened(self.line, LONGEST_LINE)
        where = f"Line {self.line_number} of your cell, `{line}`," if self.line else "Your answer"
        said = f"{self.kind}: {self.text}" if self.text else self.kind
        return f"{where} stopped with {said}. That means: {self.meaning}."


def _is_own(path: str) -> bool:
    """Whether code of this path was written by the learner, rather than by the course or a library."""
    course = str(Path(__file__).resolve().parents[1])
    library = str(Path(traceback.__file__).resolve().parent)
    return not (path.startswith((course, library, "<frozen")) or any(part in path for part in ELSEWHERE))


def _meaning(error: BaseException) -> str:
    for kind in type(error).__mro__:
        if kind in MEANINGS:
            return MEANINGS[kind]
    return UNKNOWN


def _text(error: BaseException) -> str:
    try:
        text = " ".join(TERMINAL_COLOURS.sub("", str(error)).split())
    except Exception:
        return ""
    return shortened(text, LONGEST_TEXT)


def failure(error: BaseException) -> Failure:
    """What went wrong in an answer that raised `error`."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    numbers = [number for _, number in traceback.walk_tb(error.__traceback__)]
    own = [place for place, frame in enumerate(frames) if _is_own(frame.f_code.co_filename)]
    number, line = 0, ""
    if own:
        frame, number = frames[own[-1]], numbers[own[-1]]
        line = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
    name = type(error).__name__
    return Failure(name, _text(error), number, line, _meaning(error))
