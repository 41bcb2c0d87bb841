"""What is wrong with photographs once they are open: copies, classes with too few, sizes; and all of it as a table."""

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TextIO

import numpy as np

from imgrec_lib.collecting.opening import Opened, source_key
from imgrec_lib.collecting.records import Listing, Problem
from imgrec_lib.collecting.splitting import laid_down
from imgrec_lib.datasets.parts import FEWEST_PER_CLASS

FEW = 10
SMALL = 32
WILD = 8
ROWS_PER_KIND = 5
_MEANINGS = {
    "unreadable": "cannot be opened and are left out",
    "two labels": "have two classes and are left out",
    "near-duplicate": "show the same as another and stay together with it",
    "few": "classes with few photographs",
    "no picture": "labels without a picture",
    "no label": "pictures without a label, left out",
    "sizes": "sizes that differ or are small",
    "outside": "lie outside the folder and are left out",
    "list": "lines that cannot be used",
    "box": "boxes that cannot be used",
    "class": "names of classes to look at",
}


def contradictory(opened: Sequence[Opened], listing: Listing) -> list[Opened]:
    """The photographs without those whose very pixels are given two classes, which go into the listing."""
    labels: dict[str, set[str]] = defaultdict(set)
    for one in opened:
        labels[one.digest].add(one.listed.label)
    for one in opened:
        if len(labels[one.digest]) > 1:
            classes = " and ".join(sorted(labels[one.digest])[:3])
            sentence = f"{one.listed.name} is given as {classes}; keep it in one class."
            listing.wrong(one.listed.name, "two labels", sentence)
    return [one for one in opened if len(labels[one.digest]) == 1]


def report_duplicates(opened: Sequence[Opened], groups: np.ndarray, listing: Listing) -> None:
    """Add a problem for each photograph that shows the same as an earlier one, and say what is done about it."""
    laid = laid_down([one.listed.part for one in opened], groups)
    members: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[int(group)].append(place)
    for places in members.values():
        for place in places:
            other = _counterpart(place, places, opened, laid)
            if other is not None:
                _report_duplicate(opened[place], opened[other], laid[place] == "left out", listing)


def _counterpart(place: int, places: list[int], opened: Sequence[Opened], laid: np.ndarray) -> int | None:
    """The photograph that this one repeats: for one that is left out, one that is kept; else the first of the group."""
    others = [other for other in places if source_key(opened[other].listed) != source_key(opened[place].listed)]
    if laid[place] == "left out":
        return next((other for other in others if laid[other] != "left out"), None)
    return next((other for other in others if other < place and laid[other] != "left out"), None)


def _report_duplicate(one: Opened, other: Opened, left_out: bool, listing: Listing) -> None:
    alike = "the same as" if one.digest == other.digest else "nearly the same as"
    if left_out:
        what = f"it is left out of {one.listed.part or 'train'}, as the other is there to measure with"
    elif one.listed.label != other.listed.label:
        what = f"one is {one.listed.label}, the other {other.listed.label}, so look at their classes"
    else:
        what = "both go into one part"
    sentence = f"{one.listed.name} shows {alike} {other.listed.name}; {what}."
    listing.wrong(one.listed.name, "near-duplicate", sentence)


def report_sizes(opened: Sequence[Opened], listing: Listing) -> None:
    """Add a problem for sizes that differ more than eight times, and for each photograph under 32 pixels."""
    shorter = np.array([min(one.size) for one in opened])
    low, high = np.percentile(shorter, [5, 95])
    if high > WILD * low:
        sentence = (
            f"The shorter sides run from {low:.0f} to {high:.0f} pixels (5th to 95th percentile), more than {WILD} "
            "times as long; the small ones will be blurred, so look for larger ones."
        )
        listing.wrong(listing.name, "sizes", sentence)
    for one in opened:
        if min(one.size) < SMALL:
            height, width = one.size
            sentence = f"{one.listed.name} has only {height} × {width} pixels; take one of {SMALL} or more."
            listing.wrong(one.listed.name, "sizes", sentence)


def report_few(counts: dict[str, int], different: dict[str, int], listing: Listing) -> list[str]:
    """The classes that can be used; each with too few photographs goes into the listing.

    counts: photographs of each class. different: how many of them are left once copies count as one.
    """
    usable = []
    for name, count in counts.items():
        if different[name] < FEWEST_PER_CLASS:
            copies = f", of which {different[name]} differ," if different[name] < count else ""
            listing.wrong(
                name, "few", f"Class {name} has {count} usable photographs{copies} and is left out; it takes "
                f"{FEWEST_PER_CLASS} at least, and {FEW} to mean much."
            )  # fmt: skip
            continue
        usable.append(name)
        if count < FEW:
            listing.wrong(
                name,
                "few",
                f"Class {name} has only {count} usable photographs; add some until there are {FEW} or more.",
            )
    return usable


def report_names(names: Sequence[str], listing: Listing) -> None:
    """Add a problem for names of classes that differ in nothing but capital letters."""
    by_letters: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_letters[name.casefold()].append(name)
    for same in by_letters.values():
        if len(same) > 1:
            both = " and ".join(same)
            sentence = f"The classes {both} differ in capital letters only; if they are one, give them one name."
            listing.wrong(same[0], "class", sentence)


def print_problems(problems: Sequence[Problem], file: TextIO | None = None) -> None:
    """Print a table of what is wrong: each kind with its count, and its first rows."""
    out = sys.stdout if file is None else file
    if not problems:
        print("Nothing is wrong with the photographs.", file=out)
        return
    counts = Counter(problem.kind for problem in problems)
    width = max(map(len, counts))
    for kind, count in counts.items():
        print(_encodable(f"{kind:{width}} {count:6,}  {_MEANINGS.get(kind, '')}".rstrip(), out), file=out)
        same = [problem for problem in problems if problem.kind == kind]
        for problem in same[:ROWS_PER_KIND]:
            print(_encodable(f"{'':{width}}         {problem.sentence}", out), file=out)
        if count > ROWS_PER_KIND:
            print(f"{'':{width}}         and {count - ROWS_PER_KIND:,} more", file=out)


def _encodable(text: str, out: TextIO) -> str:
    """The text with a question mark for each letter that this terminal cannot show."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    return text.encode(encoding, errors="replace").decode(encoding)
