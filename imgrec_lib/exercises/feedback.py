"""What a check says to the learner: a heading, a sentence, and where it helps the target beside theirs."""

import base64
import html
from dataclasses import dataclass, field

import numpy as np

from imgrec_lib.exercises.comparing import Difference

HEADINGS = {"correct": "Correct", "not yet": "Not yet", "not attempted": "Not attempted yet"}
COLOURS = {"correct": "#009E73", "not yet": "#D55E00", "not attempted": "#767676"}  # Told apart by colour-blind eyes
FEW_NUMBERS = 8


@dataclass(frozen=True)
class Feedback:
    """The result of a check.

    `outcome` is "correct", "not yet" or "not attempted"; `message` the sentence; `exercise` a name such as
    "02.convolve". `evidence` says with which arguments a recognised misconception shows, and how; `misconception` is
    its number in the exercise, or None. In a notebook feedback shows itself; as plain text too.
    """

    exercise: str
    outcome: str
    message: str
    difference: Difference | None = field(default=None, compare=False)
    evidence: str = field(default="", compare=False)
    misconception: int | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        lines = [f"{HEADINGS[self.outcome]} ({self.exercise})", self.message, self.evidence]
        return "\n".join([line for line in lines if line] + _numbers_as_text(self.difference))

    def _repr_html_(self) -> str:
        evidence = f"<br><small>{with_code(self.evidence)}</small>" if self.evidence else ""
        body = f"<br>{with_code(self.message)}{evidence}{_picture(self.difference)}"
        return framed(COLOURS[self.outcome], HEADINGS[self.outcome], self.exercise, body)


def framed(colour: str, heading: str, exercise: str, body: str) -> str:
    """HTML with a bar of a colour at its left: the heading, the exercise's name, and the body, which is HTML itself."""
    style = f"border-left: 4px solid {colour}; padding: 0.2em 0.8em; margin: 0.3em 0"
    return f'<div style="{style}"><strong>{heading}</strong> <small>{html.escape(exercise)}</small>{body}</div>'


def with_code(text: str) -> str:
    """The text for HTML, with `backticks` made code."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _is_small(array: np.ndarray) -> bool:
    return array.ndim <= 2 and max(array.shape) <= FEW_NUMBERS


def _numbers_as_text(difference: Difference | None) -> list[str]:
    if difference is None or difference.target is None or not _is_small(difference.target):
        return []
    with np.printoptions(precision=4, suppress=True):
        return ["target:", str(difference.target), "yours:", str(difference.yours)]


def _drawable(array: np.ndarray, place: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, int]]:
    """The part of an array that a picture can show, height × width or height × width × 3, and the place in it."""
    if array.ndim == 1:
        return array[np.newaxis], (0, place[0])
    if array.ndim == 2 or array.ndim == 3 and array.shape[2] == 3 and array.dtype == np.uint8:
        return array, place[:2]
    return array[(slice(None), slice(None), *place[2:])], place[:2]


def _picture(difference: Difference | None) -> str:
    """The target beside the learner's array with the first difference ringed, as an HTML image."""
    if difference is None or difference.place is None:
        return ""
    from imgrec_lib import plots

    target, place = _drawable(difference.target, difference.place)
    yours, _ = _drawable(difference.yours, difference.place)
    figure = plots.comparison_figure(target, yours, place, titles=["target", "yours"])
    data = base64.b64encode(plots.png(figure)).decode("ascii")
    words = html.escape(difference.sentence, quote=True)
    return f'<br><img style="max-width: 100%" alt="target beside yours. {words}" src="data:image/png;base64,{data}">'
