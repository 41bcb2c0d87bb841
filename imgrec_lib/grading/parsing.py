"""A cell's source as a syntax tree, whatever it is: nothing in it is run, and nothing in it may stop the judge."""

import ast
import re
import warnings
from dataclasses import dataclass, replace

LONGEST_CELL = 200_000
LONGEST_WITH_MAGIC, MOST_MAGIC = 10_000, 20  # IPython's rewriting takes quadratic time
LOOKS_ON = r"(?:time|timeit|capture|prun)\b"
CELL_MAGIC = re.compile(rf"\A\s*%%{LOOKS_ON}.*")
# Each of these takes time in proportion to the text, which `^\s*` would not where many lines are empty.
LINE_MAGIC = re.compile(rf"^([ \t]*(?:\w+[ \t]*=[ \t]*)?)%{LOOKS_ON}", re.MULTILINE)
OTHER_MAGIC = re.compile(r"^[ \t]*(?:\w[\w, ]*=[ \t]*)?[%!?]|\?[ \t]*$", re.MULTILINE)
MAGIC_LINE = re.compile(r"^([ \t]*)(\w[\w, ]*=[ \t]*)?(?:[%!?].*|[\w.]+\?+[ \t]*)$", re.MULTILINE)
PROMPT = re.compile(r"^(?:>>> |In \[\d+\]: |[ \t]+\S)")
EMPTY_LINES = re.compile(r"\A(?:[ \t]*\n)*")


@dataclass(frozen=True)
class Fault:
    """Why a source is no Python: the kind of error, its text, and the number of the line, 0 where there is none."""

    kind: str
    text: str
    line_number: int = 0


@dataclass(frozen=True)
class Parsed:
    """A source's tree, or the fault where there is none; `text` is what was read, with magics made Python."""

    tree: ast.Module | None
    fault: Fault | None = None
    text: str = ""


def parsed(source: str) -> Parsed:
    """The tree of a cell, with IPython's magics read as IPython reads them."""
    if len(source) > LONGEST_CELL:
        return Parsed(None, Fault("too long", f"{len(source):,} characters"))
    first = _plain(source)
    if first.tree is not None:
        return first
    looked_through = LINE_MAGIC.sub(r"\1", CELL_MAGIC.sub("", source))
    second = _plain(looked_through) if looked_through != source else first
    if second.tree is not None:
        return second
    transformed = _transformed(looked_through)
    if transformed is None:
        return second
    third, begin = _plain(transformed), EMPTY_LINES.match(looked_through)
    if third.fault is None or begin is None:
        return third
    # IPython drops the empty lines at the beginning, and the line is wanted as the learner counts.
    return Parsed(None, replace(third.fault, line_number=third.fault.line_number + begin[0].count("\n")))


def compile_fault(source: str) -> Fault | None:
    """What keeps a source whose tree is sound from being run, such as a return outside a function."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except Exception as error:
        return _fault(error)
    return None


def _plain(source: str) -> Parsed:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Parsed(ast.parse(source), None, source)
    except Exception as error:
        return Parsed(None, _fault(error))


def _fault(error: Exception) -> Fault:
    if isinstance(error, SyntaxError):
        text = " ".join(str(error.msg).split())
        return Fault("character" if "null byte" in text else type(error).__name__, text, error.lineno or 0)
    return Fault("too deep" if isinstance(error, RecursionError | MemoryError) else "character", "")


def _transformed(source: str) -> str | None:
    """The source with magics made Python, as IPython makes them; None where it has none."""
    magic = sum(1 for _ in OTHER_MAGIC.finditer(source))
    if not (magic or PROMPT.match(source)):
        return None
    if magic > MOST_MAGIC or len(source) > LONGEST_WITH_MAGIC:
        return MAGIC_LINE.sub(lambda line: line[1] + (f"{line[2]}None" if line[2] else "pass"), source)
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except Exception:
        return None
