"""What stands in a lesson as published: its cells, by statements, and which of a submission's cells are among them."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from imgrec_lib.grading import publishing
from imgrec_lib.grading.names import Names, names_of
from imgrec_lib.grading.notebook_files import Cell, read_cells
from imgrec_lib.grading.parsing import parsed

DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
CONSTANT = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)
SEEDED = "default_rng"  # A generator of random numbers costs nothing to make


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a cell: its names, its first and last line, and whether it defines or sets a value."""

    names: Names
    first_line: int
    last_line: int
    defines: bool = False
    is_constant: bool = False


class Published:
    """The published cells of a lesson; for a homework, cells say themselves that they stand as released."""

    def __init__(self, cells: Sequence[Cell] = (), by_metadata: bool = False) -> None:
        self.cells = tuple(cell for cell in cells if cell.kind == "code" and cell.source.strip())
        self._by_metadata = by_metadata
        self._normal = {cell.source: normal(cell.source) for cell in self.cells}
        self._stubs = {normal(cell.source) for cell in self.cells if cell.id.startswith("answer-")}
        self.sources = set(self._normal.values())
        self._demonstrations = {cell.id for cell in self.cells if not cell.id.startswith("answer-")}

    @classmethod
    def of(cls, path: Path) -> "Published":
        """The cells of a published notebook, which is read once."""
        return _of(path)

    @classmethod
    def none(cls) -> "Published":
        """For a homework without a published copy: `publishing` tells which cells the learner left alone."""
        return cls(by_metadata=True)

    def is_stub(self, cell: Cell) -> bool:
        """Whether a cell is a stub that nobody has touched."""
        if self._by_metadata:
            return publishing.is_stub({"metadata": cell.metadata, "source": cell.source})
        return self.normal(cell.source) in self._stubs

    def holds(self, cell: Cell) -> bool:
        """Whether a cell stands as published, a stub or not."""
        if self._by_metadata:
            return self.is_stub(cell) or publishing.is_published({"metadata": cell.metadata, "source": cell.source})
        return self.normal(cell.source) in self.sources

    def is_changed_demonstration(self, cell: Cell) -> bool:
        """Whether a learner's cell was one of the lesson's own, none that asks for an answer."""
        if self._by_metadata:
            said = cell.metadata.get("imgrec")
            return isinstance(said, Mapping) and isinstance(said.get("published"), str) and not self.holds(cell)
        return cell.id in self._demonstrations and not self.holds(cell)

    def missing(self, cells: Iterable[Cell]) -> list[Cell]:
        """The published cells, stubs left out, that a submission no longer has."""
        kept = {self.normal(cell.source) for cell in cells} | self._stubs
        return [cell for cell in self.cells if self.normal(cell.source) not in kept]

    def normal(self, source: str) -> str:
        """A source in its normal form, which is known for all that are as published to the letter."""
        return self._normal.get(source) or normal(source)


def lesson_of(cells: Sequence[Cell], published: Mapping[str, Published]) -> str | None:
    """The lesson that shares most cells with these, counting those alone that no other lesson has; None for none."""
    own = {normal(cell.source) for cell in cells if cell.kind == "code"}
    scores = {}
    for lesson, one in published.items():
        others = [other.sources for name, other in published.items() if name != lesson]
        scores[lesson] = len((own & one.sources).difference(*others))
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] else None


def normal(source: str) -> str:
    """A source without what front ends change: line ends, and white space at the end of lines and of the cell."""
    return "\n".join(line.rstrip() for line in source.replace("\r\n", "\n").split("\n")).strip("\n")


@lru_cache(maxsize=1024)
def statements_of(source: str) -> tuple[Statement, ...]:
    """The statements of a published cell; none where it cannot be read."""
    tree = parsed(source).tree
    try:
        return tuple(_statement(node) for node in tree.body) if tree is not None else ()
    except RecursionError:
        return ()


@lru_cache(maxsize=64)
def _of(path: Path) -> Published:
    return Published(read_cells(path.read_bytes()))


def _statement(node: ast.stmt) -> Statement:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    last = node.end_lineno or node.lineno
    return Statement(names_of([node]), first, last, _defines(node), _is_constant(node))


def _defines(node: ast.stmt) -> bool:
    """Whether a statement only imports or defines, as `with quiet(): import keras` does."""
    if isinstance(node, ast.With | ast.Try):
        handlers = [one for handler in getattr(node, "handlers", []) for one in handler.body]
        return all(_defines(one) or isinstance(one, ast.Pass) for one in [*node.body, *handlers])
    return isinstance(node, DEFINING)


def _is_constant(node: ast.stmt) -> bool:
    """Whether a statement gives names to values that stand there."""
    if isinstance(node, ast.Assign):
        seeded = isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith(SEEDED)
        return seeded or all(isinstance(one, (*CONSTANT, ast.expr_context)) for one in ast.walk(node.value))
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) or isinstance(node, ast.Pass)
