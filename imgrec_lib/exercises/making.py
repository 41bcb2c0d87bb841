"""How a lesson's module makes an exercise: from a reference function, by decoration, or from a value."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from imgrec_lib.exercises.comparing import Closeness
from imgrec_lib.exercises.exercise import Exercise

IMPORTS = {"np": "import numpy as np", "keras": "import keras"}


def own_source(function: Callable[..., Any]) -> str:
    """A function's source as a learner would write it: no decorator, no types, with the imports that it needs."""
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    body = "\n".join(source.splitlines()[node.body[0].lineno - 1 :])
    body = f"def {node.name}({', '.join(argument.arg for argument in node.args.args)}):\n{body}\n"
    imports = [line for name, line in IMPORTS.items() if f"{name}." in body and f"    {line}\n" not in body]
    return "\n".join(imports) + "\n\n\n" + body if imports else body


def function(
    name: str,
    *,
    hints: Sequence[str],
    praise: str,
    dtype: str | None = None,
    relative: float = 1e-4,
    absolute: float = 1e-5,
    seconds: float = 5.0,
    observe_with: Callable[..., Any] | None = None,
    points: float = 1.0,
) -> Callable[[Callable[..., Any]], Exercise]:
    """Decorator: makes of a reference function the exercise called `name`, such as "02.convolve".

    `praise` is the sentence for a correct answer, with the point of the exercise in it. `relative` and `absolute` say
    how near numbers must be, `dtype` which dtype an array must have, `seconds` how long one call may take, and `points`
    what a correct answer counts when a class is graded.
    """

    def make(reference: Callable[..., Any]) -> Exercise:
        return Exercise(
            name,
            reference,
            answer_name=reference.__name__,
            solution_source=own_source(reference),
            hints=hints,
            closeness=Closeness(relative, absolute, dtype),
            seconds=seconds,
            observe_with=observe_with,
            praise=praise,
            points=points,
        )

    return make


def value(
    name: str,
    solution: Any,
    *,
    hints: Sequence[str],
    praise: str,
    relative: float = 1e-4,
    absolute: float = 1e-5,
    source: str | None = None,
    observe_with: Callable[..., Any] | None = None,
    points: float = 1.0,
) -> Exercise:
    """The exercise called `name` whose answer is a value: a number, a text, an array, or a dictionary of such.

    `source` is the right side of the solution as Python text, by default the value's own.
    """
    answer_name = name.split(".")[1]
    return Exercise(
        name,
        solution,
        answer_name=answer_name,
        solution_source=f"{answer_name} = {source or repr(solution)}\n",
        hints=hints,
        closeness=Closeness(relative, absolute, reveals=observe_with is not None),
        seconds=5.0,
        observe_with=observe_with,
        praise=praise,
        points=points,
    )
