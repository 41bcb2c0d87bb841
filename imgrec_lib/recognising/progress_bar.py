"""How far a training is: a moving bar with the time left in a terminal, and elsewhere a plain line now and then."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from imgrec_lib.progress import remaining

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown() -> Iterator[Callable[[str, float], None]]:
    """A function that shows words and the share done, 0 to 1, on standard error."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting.", total=1.0)
        yield lambda words, share: bar.update(task, description=words, completed=share)


def _lines() -> Callable[[str, float], None]:
    started = time.monotonic()
    last: list[float] = [float("-inf")]

    def show(words: str, share: float) -> None:
        now = time.monotonic()
        if now - last[0] >= SECONDS_BETWEEN_LINES:
            last[0] = now
            left = remaining(now - started, share)
            print(f"{words}{f' {left[:1].upper()}{left[1:]}.' if left else ''}", file=sys.stderr, flush=True)

    return show
