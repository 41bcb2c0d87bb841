"""What each code cell of a submission is: as published, an untouched stub, the learner's own, or no Python at all."""

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from imgrec_lib.grading.names import Names, base_name, names_of
from imgrec_lib.grading.notebook_files import Cell
from imgrec_lib.grading.parsing import Fault, compile_fault, parsed
from imgrec_lib.grading.published import Published, Statement, statements_of

MOST_CELLS, MOST_CHARACTERS = 5_000, 1_000_000
DEFINITION = re.compile(r"^(?:[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)|(\w+)[ \t]*=(?!=))", re.MULTILINE)
EXERCISE_CALLS = {"check", "hint", "solution", "guessed", "done"}


@dataclass(frozen=True)
class SortedCell:
    """A cell and what it is: "published", "stub", "own", "broken" (no Python) or "passed over".

    `answers` are the answer names that it gives a value, or would give one if it were Python.
    """

    cell: Cell
    kind: str
    statements: tuple[Statement, ...] = ()
    answers: tuple[str, ...] = ()
    fault: Fault | None = None


def sort_cells(cells: Sequence[Cell], published: Published, answer_names: Collection[str]) -> list[SortedCell]:
    """The code cells in their order, each with what it is; what goes beyond any homework's length is passed over."""
    sorted_cells, characters = [], 0
    for cell in [cell for cell in cells if cell.kind == "code" and cell.source.strip()][:MOST_CELLS]:
        if published.holds(cell):
            sorted_cells.append(_as_published(cell, published, answer_names))
            continue
        characters += len(cell.source)
        if characters > MOST_CHARACTERS:
            fault = Fault("too long", f"with those before it {characters:,} characters")
            sorted_cells.append(SortedCell(cell, "broken", (), looks_like(cell, answer_names), fault))
        else:
            sorted_cells.append(_own(cell, published, answer_names))
    return sorted_cells


def looks_like(cell: Cell, answer_names: Collection[str]) -> tuple[str, ...]:
    """The answer names that a cell seems to define, by its id and by its lines."""
    found = {name for name in answer_names if cell.id == f"answer-{name.replace('_', '-')}"}
    found |= {name for pair in DEFINITION.findall(cell.source) for name in pair} & set(answer_names)
    return tuple(sorted(found))


def _as_published(cell: Cell, published: Published, answer_names: Collection[str]) -> SortedCell:
    statements = statements_of(cell.source)
    if published.is_stub(cell):
        bound = frozenset().union(*(statement.names.binds for statement in statements))
        return SortedCell(cell, "stub", statements, tuple(sorted(bound & set(answer_names))))
    return SortedCell(cell, "published", statements)


def _own(cell: Cell, published: Published, answer_names: Collection[str]) -> SortedCell:
    read = parsed(cell.source)
    if read.tree is None:
        return SortedCell(cell, "broken", (), looks_like(cell, answer_names), read.fault)
    if read.tree.body and all(_is_exercise_call(node) for node in read.tree.body):
        return SortedCell(cell, "passed over")
    try:
        names = names_of(read.tree.body)
    except RecursionError:
        return SortedCell(cell, "own", (Statement(Names(), 1, 1),), looks_like(cell, answer_names))
    answers = names.binds & set(answer_names)
    placeholders = _placeholders(read.tree) & answers
    found = SortedCell(cell, "own", (Statement(names, 1, 1),))
    if answers and answers == placeholders:
        return replace(found, kind="stub", answers=tuple(sorted(answers)))
    if published.is_changed_demonstration(cell):
        return found
    fault = compile_fault(read.text) if answers else None
    found = replace(found, answers=tuple(sorted(answers - placeholders)))
    return replace(found, kind="broken", statements=(), fault=fault) if fault else found


def _is_exercise_call(node: ast.stmt) -> bool:
    """Whether a statement only asks for feedback or for help, such as `exercises.convolve.hint()`."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    return call.func.attr in EXERCISE_CALLS and base_name(call.func) == "exercises"


def _placeholders(tree: ast.Module) -> set[str]:
    """The names whose last definition still holds the dots alone."""
    found: dict[str, bool] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = all(_is_dots(one) for one in node.body)
        elif isinstance(node, ast.Assign):
            found |= {base_name(target): _is_dots(node) for target in node.targets}
    return {name for name, is_placeholder in found.items() if is_placeholder}


def _is_dots(node: ast.stmt) -> bool:
    """Whether a statement is `...`, `return ...`, `name = ...`, `pass` or a docstring."""
    if isinstance(node, ast.Pass):
        return True
    value = node.value if isinstance(node, ast.Expr | ast.Return | ast.Assign) else None
    if not isinstance(value, ast.Constant):
        return False
    return value.value is ... or isinstance(node, ast.Expr) and isinstance(value.value, str)
