"""What a student is told whose cell is no Python: which line, Python's own words, and what they mean."""

import re

from imgrec_lib.exercises.comparing import shortened
from imgrec_lib.exercises.failures import LONGEST_TEXT, Failure
from imgrec_lib.grading.notebook_files import Cell
from imgrec_lib.grading.parsing import LONGEST_CELL, Fault

MEANINGS = (
    (r"TabError|inconsistent use of tabs", "tabs and spaces are mixed: use four spaces for each step to the right"),
    (r"expected an indented block", "what belongs to a line that ends with a colon stands four spaces further right"),
    (r"unindent does not match", "this line must begin exactly below one of the lines before it"),
    (r"unexpected indent", "this line begins further right than the one before it, which does not end with a colon"),
    (r"expected ':'", "a line that begins with def, if, else, for or while ends with a colon"),
    (r"never closed|unmatched|does not match opening", "each bracket that opens needs one of its kind that closes it"),
    (r"f-string", "a text that begins with f holds Python between its braces, and that must be right too"),
    (r"unterminated|EOL while|EOF while", "a text that begins with a quotation mark must end with the same one"),
    (r"forgot a comma", "something is missing between two values, often a comma"),
    (r"cannot assign|instead of '='|invalid syntax\. Maybe you meant", "one = gives a name a value, two == compare"),
    (r"'return' outside", "a return belongs into a function: move it to the right, below its def"),
    (r"outside (of )?(a )?(loop|function)|not properly in loop", "this word belongs into a loop or a function"),
    (r"invalid (non-printable )?character", "a character is not known to Python, often a pasted quotation mark"),
    (r"invalid decimal literal|leading zeros", "a number is written in a way that Python does not know"),
    (r"duplicate argument|parameter", "there is something wrong with the names between the brackets of a def"),
    (r"integer string conversion", "the number has more digits than Python reads"),
)
OTHERWISE = "Python cannot read this line or the one before it: look for a missing bracket, comma or colon"
WITHOUT_LINE = {
    "too long": f"Your cell has {{text}}, and {LONGEST_CELL:,} are read: take out what is no part of the answer.",
    "too deep": "Your cell nests brackets or signs too deep for Python: write it in several steps.",
    "character": "Your cell holds a character that Python does not take: copy it into a new cell as plain text.",
}


def sentence(fault: Fault, cell: Cell) -> str:
    """What is wrong with a cell, with the line and the meaning."""
    if fault.kind in WITHOUT_LINE:
        return WITHOUT_LINE[fault.kind].format(text=fault.text)
    lines = cell.source.replace("\r\n", "\n").split("\n")
    line = lines[fault.line_number - 1].strip() if 0 < fault.line_number <= len(lines) else ""
    text = shortened(fault.text, LONGEST_TEXT)
    return Failure(fault.kind, text, fault.line_number, line, _meaning(fault)).sentence()


def _meaning(fault: Fault) -> str:
    said = f"{fault.kind}: {fault.text}"
    return next((meaning for pattern, meaning in MEANINGS if re.search(pattern, said)), OTHERWISE)
