"""Which lesson a file belongs to, by its name, as people rename what they hand in."""

import re
import unicodedata
from collections.abc import Sequence

ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # The last two are what some browsers make of the first
NUMBER = re.compile(r"\b(?:lesson|lektion|notebook|week|homework|hw) ?(\d{1,2})(?!\d)|^(\d{2})(?!\d)")
LONG_ENOUGH = 10  # A shorter name without its spaces stands in too many words


def stem(name: str) -> str | None:
    """The name of a notebook file without its ending; None for a file that is no notebook."""
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), None)


def words(text: str) -> str:
    """A name in small letters, its words parted by single spaces: `02-Convolution_(1)` is "02 convolution 1"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"[^\W_]+", plain))


def lesson_by_name(name: str, lessons: Sequence[str]) -> str | None:
    """The lesson that a notebook's stem names: exactly, among other words, without its number, or by that alone."""
    if name in lessons:
        return name
    given = words(name)
    for known in ({one: words(one) for one in lessons}, {one: _title(one) for one in lessons}):
        found = [one for one, said in known.items() if said and _names(given, said)]
        if found:
            return max(found, key=len)
    number = NUMBER.search(given)
    found = [one for one in lessons if number and re.match(rf"0?{int(number[1] or number[2])}(?!\d)", one)]
    return found[0] if len(found) == 1 else None


def _names(given: str, said: str) -> bool:
    squeezed = said.replace(" ", "")
    return f" {said} " in f" {given} " or len(squeezed) >= LONG_ENOUGH and squeezed in given.replace(" ", "")


def _title(lesson: str) -> str:
    """A lesson's name without its number, "" where nothing or a single word is left."""
    title = words(re.sub(r"^\d+", "", lesson))
    return title if " " in title else ""
