"""The one line in which a lesson reports a measured number, with the range that it must lie in.

Two machines never train the same network, so a lesson does not promise digits. It promises a range, and prints both.
The strict check of the lessons ignores the digits before the range and nothing else.
"""

import math


class OutOfRange(AssertionError):
    """A measured number lies outside the range that the lesson promises."""


def measured(name: str, value: float, low: float, high: float, *, digits: int = 3, spread: float | None = None) -> None:
    """Print `name value (expected low to high)`, and raise `OutOfRange` where the value is not in low … high.

    `spread` is a standard deviation, printed as `value ± spread`; `digits` counts decimals.
    """
    shown = f"{value:.{digits}f}" + (f" ± {spread:.{digits}f}" if spread is not None else "")
    print(f"{name} {shown} (expected {low:.{digits}f} to {high:.{digits}f})")
    if not math.isfinite(value) or not low <= value <= high:
        raise OutOfRange(
            f"{name} is {shown}, and this lesson as published expects {low:.{digits}f} to {high:.{digits}f}: "
            "if you changed something above, this is your result, so run the next cell and go on."
        )


def noted(name: str, value: float, *expected: float, digits: int = 3, spread: float | None = None) -> None:
    """Print `name value` without a range: for data of the learner's own choice, where nobody knows what to expect.

    It takes what `measured` takes, so that a lesson can use one in place of the other.
    """
    shown = f"{value:.{digits}f}" + (f" ± {spread:.{digits}f}" if spread is not None else "")
    print(f"{name} {shown} (no range is known for this data)")
