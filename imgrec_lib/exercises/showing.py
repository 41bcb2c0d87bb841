"""How a hint and a solution look, in a notebook and as plain text."""

import html
from dataclasses import dataclass

from imgrec_lib.exercises.feedback import framed, with_code

COLOUR = "#0072B2"


@dataclass(frozen=True)
class Hint:
    """Hint `number` of `count` for an exercise, in one sentence or two."""

    exercise: str
    number: int
    count: int
    text: str

    def __repr__(self) -> str:
        return f"Hint {self.number} of {self.count} ({self.exercise})\n{self.text}"

    def _repr_html_(self) -> str:
        return framed(COLOUR, f"Hint {self.number} of {self.count}", self.exercise, f"<br>{with_code(self.text)}")


@dataclass(frozen=True)
class Solution:
    """One good answer, with the thought behind it."""

    exercise: str
    source: str
    thought: str

    def __repr__(self) -> str:
        return f"One good answer ({self.exercise})\n{self.source}{self.thought}"

    def _repr_html_(self) -> str:
        code = f'<pre style="overflow-x: auto"><code>{html.escape(self.source)}</code></pre>'
        return framed(COLOUR, "One good answer", self.exercise, code + with_code(self.thought))
