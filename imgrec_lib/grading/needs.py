"""Which published statements a learner's answers need: those that bind a name that they use, and what these need."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from imgrec_lib.grading.published import Statement
from imgrec_lib.grading.sorting import SortedCell


class Unit(NamedTuple):
    """A statement of a published cell, or all of a learner's cell: what runs or does not run as a whole."""

    cell: int
    statement: Statement
    is_own: bool


class Needs:
    """The units of a submission in the order in which they would run."""

    def __init__(self, cells: Sequence[SortedCell]) -> None:
        self.units = [
            Unit(place, statement, cell.kind == "own")
            for place, cell in enumerate(cells)
            if cell.kind in ("published", "own")
            for statement in cell.statements
        ]
        self._binders: dict[str, list[int]] = defaultdict(list)
        self._touchers: dict[str, list[int]] = defaultdict(list)
        self._last_own: dict[str, int] = {}
        for place, unit in enumerate(self.units):
            self._note(place, unit)

    def _note(self, place: int, unit: Unit) -> None:
        for name in unit.statement.names.binds:
            self._binders[name].append(place)
            if unit.is_own:
                self._last_own[name] = place
        for name in unit.statement.names.touches:
            self._touchers[name].append(place)

    def reached(self, cells: Iterable[int]) -> set[Unit]:
        """The units of these cells, and all that they need, one through another."""
        begin = set(cells)
        waiting = [place for place, unit in enumerate(self.units) if unit.cell in begin]
        seen = set(waiting)
        while waiting:
            more = self._providers(waiting.pop()) - seen
            seen |= more
            waiting.extend(more)
        return {self.units[place] for place in seen}

    def _providers(self, place: int) -> set[int]:
        """The units that give a unit what it uses."""
        names, found = self.units[place].statement.names, set()
        for name in names.uses:
            binder = self._binder(name, place, at_once=name in names.now)
            if binder is not None:
                found |= {binder, *self._changes(name, binder)}
        return found

    def _binder(self, name: str, place: int, at_once: bool) -> int | None:
        """The unit that binds a name for another: the last one before, or a learner's one before it is called."""
        binders = self._binders.get(name, [])
        if not at_once and self._last_own.get(name, -1) > place:
            return self._last_own[name]
        before = bisect_left(binders, place)
        if before:
            return binders[before - 1]
        after = bisect_right(binders, place)
        return binders[after] if not at_once and after < len(binders) else None

    def _changes(self, name: str, binder: int) -> list[int]:
        """The units that change the object that was bound, as far as they are in the same cell or the learner's own."""
        bound, touchers, binders = self.units[binder], self._touchers.get(name, []), self._binders[name]
        if not touchers or name in bound.statement.names.imports:
            return []
        after = bisect_right(binders, binder)
        end = binders[after] if after < len(binders) else len(self.units)
        places = touchers[bisect_right(touchers, binder) : bisect_left(touchers, end)]
        return [place for place in places if self.units[place].is_own or self.units[place].cell == bound.cell]
