"""How a hint and a solution look, in a notebook and as plain text."""

import html
from dataclasses import dataclass

from imgrec_lib.exercises.feedback import with_code

STYLE = "border-left: 4px solid #0072B2; padding: 0.2em 0.8em; margin: 0.3em 0"


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
        heading = f"<strong>Hint {self.number} of {self.count}</strong> <small>{html.escape(self.exercise)}</small>"
        return f'<div style="{STYLE}">{heading}<br>{with_code(self.text)}</div>'


@dataclass(frozen=True)
class Solution:
    """One good answer, with the thought behind it."""

    exercise: str
    source: str
    thought: str

    def __repr__(self) -> str:
        return f"One good answer ({self.exercise})\n{self.source}{self.thought}"

    def _repr_html_(self) -> str:
        heading = f"<strong>One good answer</strong> <small>{html.escape(self.exercise)}</small>"
        code = f'<pre style="overflow-x: auto"><code>{html.escape(self.source)}</code></pre>'
        return f'<div style="{STYLE}">{heading}{code}{with_code(self.thought)}</div>'
