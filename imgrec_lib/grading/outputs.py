"""What a cell shows, stored and in a fresh run, and the first thing in which the two differ.

Printed text is joined by its stream, since front ends split it where they like. Whatever else is shown is compared
one by one, in all the forms that it has but for those that belong to one front end; pictures need only look alike.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from imgrec_lib.grading.likeness import alike
from imgrec_lib.grading.sanitising import sanitised, sanitised_markup
from imgrec_lib.grading.stored import printable

Output = Mapping[str, Any]
FRONT_END = ("application/vnd.jupyter.widget-", "application/vnd.google.colaboratory.", "application/vnd.code.")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
LONGEST_LINE, LINE_BEFORE = 80, 30
NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    """The first thing in which a cell's outputs differ, in words: what is stored, and what a fresh run gives."""

    stored: str
    fresh: str


def difference(stored: Sequence[Output], fresh: Sequence[Output]) -> Difference | None:
    """The first difference between what a cell shows and what it showed when it was run afresh, or None."""
    return next(_differences(stored, fresh), None)


def _differences(stored: Sequence[Output], fresh: Sequence[Output]) -> Iterator[Difference]:
    yield from _text_differences(_errors(stored), _errors(fresh))
    first, second = _streams(stored), _streams(fresh)
    for name in sorted(first.keys() | second.keys(), key=lambda name: (name != "stdout", name)):
        yield from _text_differences(sanitised(first.get(name, "")), sanitised(second.get(name, "")))
    for ours, theirs in zip_longest(_shown(stored), _shown(fresh)):
        yield from _shown_differences(ours or {}, theirs or {})


def _errors(outputs: Sequence[Output]) -> str:
    """The exceptions that a cell ends in, by name and text."""
    errors = [output for output in outputs if output["output_type"] == "error"]
    return sanitised("\n".join(f"{error['ename']}: {error['evalue']}" for error in errors))


def _streams(outputs: Sequence[Output]) -> dict[str, str]:
    """What was printed, by the stream's name."""
    joined: dict[str, list[str]] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            joined.setdefault(output["name"], []).append(output["text"])
    return {name: "".join(texts) for name, texts in joined.items()}


def _shown(outputs: Sequence[Output]) -> list[dict[str, str]]:
    """What was displayed, each in its forms by mime type, without those that belong to one front end."""
    found = [output["data"] for output in outputs if "data" in output]
    kept = [{name: text for name, text in data.items() if not name.startswith(FRONT_END)} for data in found]
    return [data for data in kept if data]


def _shown_differences(stored: Mapping[str, str], fresh: Mapping[str, str]) -> Iterator[Difference]:
    """How one displayed thing differs; text first, for it says more."""
    for name in sorted(stored.keys() | fresh.keys(), key=lambda name: (name.startswith("image/"), name)):
        if name not in stored or name not in fresh:
            yield Difference(*(_words(data, name) for data in (stored, fresh)))
        elif name in PICTURES:
            if not alike(stored[name], fresh[name]):
                yield Difference("another picture", "one that does not look like it")
        elif name == "text/plain":
            yield from _text_differences(sanitised(stored[name]), sanitised(fresh[name]))
        else:
            yield from _markup_differences(name, stored[name], fresh[name])


def _words(data: Mapping[str, str], name: str) -> str:
    """A form of a displayed thing, in words."""
    if name not in data:
        return f"nothing as {printable(name, 40)}" if data else NOTHING
    if name in PICTURES:
        return "a picture"
    return _quoted(sanitised(data[name]).strip().split("\n")[0], 0)


def _markup_differences(name: str, stored: str, fresh: str) -> Iterator[Difference]:
    """How HTML or its like differs: its text, and then the pictures within it."""
    ours, theirs = EMBEDDED.sub("data:image", stored), EMBEDDED.sub("data:image", fresh)
    yield from _text_differences(sanitised_markup(ours), sanitised_markup(theirs))
    pairs = zip(EMBEDDED.findall(stored), EMBEDDED.findall(fresh))
    if not all(alike(first, second) for first, second in pairs):
        yield Difference(f"a picture within {printable(name, 40)}", "one that does not look like it")


def _text_differences(stored: str, fresh: str) -> Iterator[Difference]:
    """The first line in which two texts differ, around the place where it does."""
    ours, theirs = stored.rstrip("\n"), fresh.rstrip("\n")
    if ours == theirs:
        return
    lines = zip_longest(ours.split("\n") if ours else [], theirs.split("\n") if theirs else [])
    first, second = next((first, second) for first, second in lines if first != second)
    place = next((i for i, (a, b) in enumerate(zip(first or "", second or "")) if a != b), 0)
    yield Difference(*(NOTHING if line is None else _quoted(line, place) for line in (first, second)))


def _quoted(line: str, place: int) -> str:
    """A line in quotes, from a little before the place that matters."""
    start = max(0, place - LINE_BEFORE)
    return f'"{"…" if start else ""}{printable(line[start:], LONGEST_LINE)}"'
