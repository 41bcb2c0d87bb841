"""A live line of progress that leaves nothing behind.

The line ends as it began, empty: so a stored notebook holds no half-filled bar, and the strict check, which sees only
the first state of a display, finds the same thing on every machine.
"""

import html
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeVar

Item = TypeVar("Item")
Report = Callable[[str, float], None]  # Hears in words, and as a share from 0 to 1, how far something is
SECONDS_BETWEEN_UPDATES = 0.2


def part_of(report: Report, start: float, end: float) -> Report:
    """A report for one part of the work, whose shares from 0 to 1 become those from `start` to `end` of the whole."""
    return lambda words, share: report(words, start + (end - start) * share)


def remaining(seconds: float, done: float) -> str:
    """Words for the time left, after `seconds` with the share `done` (0 to 1) behind us, or nothing too early."""
    if done <= 0 or seconds < 1:
        return ""
    left = seconds * (1 - done) / done
    return f"about {left / 60:.0f} min left" if left >= 90 else f"about {left:.0f} s left"


class Line:
    """One line of text and a bar in the output of a cell; without a notebook, nothing at all."""

    def __init__(self) -> None:
        from IPython import get_ipython

        shell = get_ipython()
        self._handle = None
        self._last_update = 0.0
        if shell is not None and getattr(shell, "kernel", None) is not None:
            from IPython.display import DisplayHandle

            self._handle = DisplayHandle()
            self._handle.display(self._bundle("", ""), raw=True)

    @staticmethod
    def _bundle(plain: str, markup: str) -> dict[str, str]:
        return {"text/plain": plain, "text/html": markup}

    def show(self, text: str, done: float) -> None:
        """Show `text` beside a bar that is filled to `done`, 0 to 1; at most five times a second."""
        now = time.monotonic()
        if self._handle is not None and now - self._last_update >= SECONDS_BETWEEN_UPDATES:
            bar = f'<progress value="{done:.3f}" max="1" aria-label="progress"></progress>'
            self._handle.update(self._bundle(text, f"<div>{bar} {html.escape(text)}</div>"), raw=True)
            self._last_update = now

    def close(self) -> None:
        """Empty the line, as it was at the start."""
        if self._handle is not None:
            self._handle.update(self._bundle("", ""), raw=True)


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """The items, one by one, with a live line that says how many are done and how long the rest will take.

    `total` is needed where `items` has no length.
    """
    count = total if total is not None else len(items) if isinstance(items, Sized) else None
    line, start = Line(), time.monotonic()
    try:
        for index, item in enumerate(items):
            done = index / count if count else 0.0
            left = remaining(time.monotonic() - start, done)
            line.show(f"{label}: {index} of {count or '?'} done{', ' + left if left else ''}", done)
            yield item
    finally:
        line.close()
