"""The marks in an instructor's cell: lines such as `### BEGIN SOLUTION`, and the regions between them.

    ### BEGIN SOLUTION … ### END SOLUTION            what the learner is to find
    ### BEGIN HIDDEN TESTS … ### END HIDDEN TESTS    what the learner is not to see

Any number of `#` and spaces will do, in capitals or not, as nbgrader and Otter-Grader have them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"(?P<name>SOLUTIONS?|HIDDEN[\s_-]+TESTS?)"
MARK = re.compile(rf"\s*#+\s*(?P<word>BEGIN|END)[\s_-]+{_NAME}\b.*", re.IGNORECASE)
INSIDE_A_LINE = re.compile(rf"#\s*(?:(?:BEGIN|END)[\s_-]+{_NAME}\b|SOLUTION(?:\s+NO\s+PROMPT)?\s*$)", re.IGNORECASE)


class MarkError(ValueError):
    """What is wrong with the marks of a cell and what to do, as the rest of a sentence that begins with the cell."""


@dataclass(frozen=True)
class Region:
    """The lines of two marks, counted from 1, and whether a solution or hidden tests stand between them."""

    begin: int
    end: int
    is_solution: bool


@dataclass(frozen=True)
class Mark:
    """One line that is a mark."""

    line: int
    opens: bool
    is_solution: bool

    def __str__(self) -> str:
        word, name = "BEGIN" if self.opens else "END", "SOLUTION" if self.is_solution else "HIDDEN TESTS"
        return f"{word} {name} in line {self.line}"


def marks(source: str) -> Iterator[Mark]:
    """The marks of a text; a MarkError for one that shares its line with something else."""
    for number, line in enumerate(source.split("\n"), start=1):
        if found := MARK.fullmatch(line):
            yield Mark(number, found["word"].upper() == "BEGIN", found["name"].upper().startswith("SOLUTION"))
        elif INSIDE_A_LINE.search(line):
            raise MarkError(f"has a mark within line {number}: give each mark a line of its own")


def regions(source: str) -> list[Region]:
    """The regions of a cell in their order; a MarkError where a mark has no partner or stands within a region."""
    found: list[Region] = []
    opened: Mark | None = None
    for mark in marks(source):
        if mark.opens:
            if opened:
                raise MarkError(f"has {mark} within the region of {opened}: end one before the next begins")
            opened = mark
        elif opened is None or opened.is_solution != mark.is_solution:
            raise MarkError(f"has {mark} without its BEGIN: add the missing line or take this one out")
        else:
            found.append(Region(opened.line, mark.line, mark.is_solution))
            opened = None
    if opened:
        raise MarkError(f"has {opened} without its END: add the missing line or take this one out")
    return found
