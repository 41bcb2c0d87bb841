"""Printed text as it is compared: what may differ between two honest runs is taken out of both.

These are the digits that `report.measured` prints before a range, as in the strict check of the lessons
(`tests/sanitize.cfg`), and what names a place in one process's memory or the file that a kernel gives a cell.
"""

import re

MEASURED = (r"(?m)(?<=\S ) *-?\d+(\.\d+)?( ± \d+(\.\d+)?)?(?= \(expected )", "MEASURED")
PATTERNS = (
    MEASURED,
    (r"\b0x[0-9a-fA-F]{6,16}\b", "ADDRESS"),
    (r"(?<![^\s\"'(])[^\s\"'(]{0,200}?[/\\]ipykernel_\d+[/\\]\d+\.py", "CELL"),
    (r"<ipython-input-\d+-\w+>", "CELL"),
)
# Made anew each time that a table is shown: the names with which its style sheet and its scripts refer to it
MARKUP_PATTERNS = (
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\bT_[0-9a-f]{5}(?=_|\b)", "STYLED"),
)
_COMPILED = [(re.compile(pattern), word) for pattern, word in PATTERNS]
_COMPILED_MARKUP = [(re.compile(pattern), word) for pattern, word in MARKUP_PATTERNS]
ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


def plain(text: str) -> str:
    """The text as a screen shows it in the end: without colours, and with what was overwritten gone."""
    return "\n".join(_overwritten(line) for line in ANSI.sub("", text).replace("\r\n", "\n").split("\n"))


def _overwritten(line: str) -> str:
    """One line after its carriage returns and backspaces have had their effect."""
    if "\r" not in line and "\b" not in line:
        return line
    shown: list[str] = []
    place = 0
    for letter in line:
        if letter == "\r":
            place = 0
        elif letter == "\b":
            place = max(0, place - 1)
        else:
            shown[place : place + 1] = [letter]
            place += 1
    return "".join(shown)


def sanitised(text: str) -> str:
    """Printed text without what may differ between two honest runs."""
    text = plain(text)
    for pattern, word in _COMPILED:
        text = pattern.sub(word, text)
    return text


def sanitised_markup(text: str) -> str:
    """The same for HTML and its like, which name their own parts."""
    text = sanitised(text)
    for pattern, word in _COMPILED_MARKUP:
        text = pattern.sub(word, text)
    return text
