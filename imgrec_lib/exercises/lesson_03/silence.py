"""Wrong answers that divide by 0 on purpose, without NumPy's warnings about it."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np


def quiet(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, silent where a logarithm of 0, an overflow or a division by 0 makes NumPy speak."""

    @functools.wraps(answer)
    def silent(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return answer(*arguments)

    return silent
