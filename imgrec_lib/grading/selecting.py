"""Which cells of a submission run: set-up, the learner's own, and of the lesson's own what answers need.

A demonstration that stands as published does not run: it takes time, and no answer depends on it. Where one does, as a
learner's `convolve` depends on the lesson's `weigh`, the statements that it needs run in their place and nothing else.
"""

import builtins
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from imgrec_lib.grading.names import Names
from imgrec_lib.grading.needs import Needs
from imgrec_lib.grading.notebook_files import Cell
from imgrec_lib.grading.published import Published, Statement
from imgrec_lib.grading.sorting import SortedCell, sort_cells
from imgrec_lib.grading.syntax_words import sentence

ALWAYS_THERE = {*dir(builtins), "display", "get_ipython", "__name__"}


@dataclass(frozen=True)
class Step:
    """A cell that runs: its place among all cells, 0 for one that the learner deleted, its id, and its source.

    `role` is "setup", "answer", "own" or "needed"; the source of a needed one has blank lines for what is not needed.
    `answers` are the answer names that it gives a value: what they hold after the last such step is the answer,
    since a needed cell, published with a solution in it, may bind the same names afterwards.
    """

    number: int
    id: str
    source: str
    role: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """The cells that run, in order, and for each answer that cannot run the sentence for its student."""

    steps: tuple[Step, ...]
    faults: Mapping[str, str]


def choose(cells: Sequence[Cell], published: Published, answer_names: Collection[str]) -> Selection:
    """What runs of a submission's cells, and what is wrong with those that are no Python."""
    deleted = [replace(cell, number=0) for cell in published.missing(cells)]
    found = sort_cells(cells, published, answer_names)
    everything = [*sort_cells(deleted, published, answer_names), *found]
    return Selection(tuple(_steps(everything, answer_names)), _faults(found, answer_names))


def select(cells: Sequence[Cell], published: Published, answer_names: Collection[str]) -> list[Step]:
    """The cells that run, in the order of the notebook."""
    return list(choose(cells, published, answer_names).steps)


def syntax_faults(
    cells: Sequence[Cell], answer_names: Collection[str], published: Published | None = None
) -> dict[str, str]:
    """For each answer whose cell is no Python, where no other cell gives it, the sentence for its student."""
    return dict(choose(cells, published or Published.none(), answer_names).faults)


def _steps(cells: Sequence[SortedCell], answer_names: Collection[str]) -> Iterator[Step]:
    answers = [place for place, one in enumerate(cells) if one.kind == "own" and one.answers]
    answered = {name for place in answers for name in cells[place].answers}
    needed: dict[int, list[Statement]] = defaultdict(list)
    for unit in Needs(cells).reached(answers):
        needed[unit.cell].append(unit.statement)
    setup = _setup(cells, answer_names)
    for place, one in enumerate(cells):
        if one.kind == "published" and place in setup:
            yield _step(one, "setup")
        elif one.kind == "published" and place in needed:
            yield _step(one, "needed", _lines(one.cell.source, needed[place]))
        elif _runs(one, answered):
            yield _step(one, "answer" if one.answers else "own")


def _step(one: SortedCell, role: str, source: str | None = None) -> Step:
    """A broken cell gives no name a value, whatever it would define."""
    answers = one.answers if role == "answer" and one.kind != "broken" else ()
    return Step(one.cell.number, one.cell.id, one.cell.source if source is None else source, role, answers)


def _runs(one: SortedCell, answered: Collection[str]) -> bool:
    """Whether a cell of the learner's runs: each does, but for a stub of what is answered and one that is too long."""
    if one.kind == "stub":
        return not any(name in answered for name in one.answers)
    return one.kind in ("own", "broken") and (one.fault is None or one.fault.kind != "too long")


def _setup(cells: Sequence[SortedCell], answer_names: Collection[str]) -> set[int]:
    """The published cells that only import and define, with nothing that a cell which does not run would give."""
    known, found = set(ALWAYS_THERE), set()
    for place, one in enumerate(cells):
        names = [statement.names for statement in one.statements]
        binds = frozenset().union(*(each.binds for each in names))
        if one.kind == "published" and one.cell.number and _only_defines(one) and binds.isdisjoint(answer_names):
            if not all(_is_known(each.now, known, names[:number]) for number, each in enumerate(names)):
                continue
            found.add(place)
        if one.kind == "own" or place in found:
            known |= binds
    return found


def _is_known(uses: Iterable[str], known: Collection[str], before: Sequence[Names]) -> bool:
    return all(name in known or any(name in each.binds for each in before) for name in uses)


def _only_defines(one: SortedCell) -> bool:
    """Whether a cell imports or defines something and does nothing else but set plain values."""
    if not any(statement.defines for statement in one.statements):
        return False
    return all(statement.defines or statement.is_constant for statement in one.statements)


def _lines(source: str, statements: Sequence[Statement]) -> str:
    """The lines of these statements, in their places."""
    kept = {number for one in statements for number in range(one.first_line, one.last_line + 1)}
    lines = source.replace("\r\n", "\n").split("\n")
    return "\n".join(line if number in kept else "" for number, line in enumerate(lines, start=1)).rstrip()


def _faults(cells: Sequence[SortedCell], answer_names: Collection[str]) -> dict[str, str]:
    given = {name for one in cells if one.kind == "own" for name in one.answers}
    broken = {name: one for one in cells if one.kind == "broken" for name in one.answers}
    return {name: sentence(broken[name].fault, broken[name].cell) for name in answer_names if name in {*broken} - given}
