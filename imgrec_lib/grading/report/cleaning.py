"""Text that a stranger wrote, made fit for a file: what no reader could see or no format may hold is taken out."""

import re

from imgrec_lib.exercises.comparing import shortened

LONGEST_MESSAGE, LONGEST_TASK = 1_000, 20_000
TERMINAL_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
# Control characters, lone surrogates, what turns the direction of writing, and what XML 1.0 forbids besides
UNFIT = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff"
UNFIT_IN_TEXT = re.compile(f"[{UNFIT}]")
UNFIT_IN_A_NAME = re.compile(f"[{UNFIT}\t\n\r\u2028\u2029]")


def clean(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """The text without what is unfit, its line ends as `\\n`, and shortened where it is longer than `longest`."""
    text = LINE_ENDS.sub("\n", TERMINAL_CODES.sub("", text[: 10 * longest]))
    return shortened(UNFIT_IN_TEXT.sub("", text), longest)


def clean_name(name: str) -> str:
    """The name with what is unfit written out, such as `\\x1b`, so that two names stay two."""
    return UNFIT_IN_A_NAME.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), name)


def number(value: float) -> str:
    """A number of points as a person writes it: 2 and 0.5, and at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def exact_number(value: float) -> str:
    """A number of points without a needless `.0`, and otherwise with all its digits."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
