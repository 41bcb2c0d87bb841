"""The cells of a notebook, run one after another without a kernel, each as far as it goes."""

import builtins
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from imgrec_lib.exercises.failures import Failure
from imgrec_lib.exercises.observing import Observation, observe

RUN_BODY = ("time", "timeit", "capture", "prun")


class Shell:
    """What `get_ipython()` gives: it runs the body of cells such as `%%time`, and passes over all other magic."""

    def __init__(self, run: Callable[[str], Any]) -> None:
        self._run = run

    def run_line_magic(self, name: str, line: str, *more: Any) -> None:
        """Nothing."""

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """Runs the body where the magic only looks on, such as `%%time`."""
        if name in RUN_BODY:
            self._run(body)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **named: None


def python_source(source: str) -> str:
    """A cell's source with magics and shell commands made Python."""
    if not any(mark in source for mark in "%!?"):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


class Cells:
    """A namespace in which cells run, `__main__` to whatever looks for it."""

    def __init__(self) -> None:
        self.module = ModuleType("__main__")
        self.answers: dict[str, Any] = {}
        self.names: dict[str, Any] = self.module.__dict__
        shell = Shell(lambda body: self._execute(body, "magic"))
        self.names |= {"__builtins__": builtins, "get_ipython": lambda: shell}
        sys.modules["__main__"] = self.module

    def _execute(self, source: str, name: str) -> None:
        text = python_source(source)
        file = f"<cell {name}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec"), self.names)  # This process is there for nothing else

    def run(self, step: Mapping[str, Any], seconds: float) -> Observation:
        """What comes of running one cell: nothing, or how it failed."""
        return observe(lambda: self._execute(str(step["source"]), str(step["number"])), (), seconds)

    def run_all(self, steps: Sequence[Mapping[str, Any]], seconds: float) -> Iterator[dict[str, Any]]:
        """The number of each step before it runs, and afterwards whether it was late or how it failed."""
        for step in steps:
            yield {"at": step["number"]}
            seen = self._run_answer(step, seconds)
            if seen.timed_out:
                yield {"late": True}
            elif isinstance(seen.failure, Failure):
                yield {"fault": seen.failure.sentence()}

    def _run_answer(self, step: Mapping[str, Any], seconds: float) -> Observation:
        """Run a step and keep what it gives as answers; what a published cell bound to their names does not count."""
        borrowed = {name: self.names.pop(name) for name in step["answers"] if name in self.names}
        self.names |= {name: self.answers[name] for name in step["answers"] if name in self.answers}
        seen = self.run(step, seconds)
        self.answers |= {name: self.names[name] for name in step["answers"] if name in self.names}
        self.names |= {name: value for name, value in borrowed.items() if name not in self.names}
        return seen
