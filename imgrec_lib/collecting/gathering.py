"""From a source to a collection: list, open, look for what is wrong, leave out what cannot be used."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from imgrec_lib.collecting import near_duplicates, opening, problems
from imgrec_lib.collecting.opening import Opened
from imgrec_lib.collecting.records import Collection, Listing
from imgrec_lib.collecting.sources import listing_of
from imgrec_lib.collecting.splitting import classes_of_groups, laid_down
from imgrec_lib.datasets import DatasetError
from imgrec_lib.progress import Report, part_of
from imgrec_lib.recognising import NONE

MOST_PHOTOGRAPHS = 50_000
MOST_CLASSES = 1000
SIDES = (8, 1024)
_LIST_SHARE, _OPEN_SHARE = 0.02, 0.9


def gather(source: Any, side: int | None = None, *, report: Report | None = None, to_train: bool = True) -> Collection:
    """The photographs of a source, opened, labelled and of one size, with a problem for all that is wrong.

    source: a folder of class folders, a folder with labels of objects (Pascal VOC, YOLO), a list (CSV, JSON) or its
    folder, or a dict from class names to photographs in memory. side: of the squares; without it 96 where the
    photographs are small, else 160. report hears in words, and as a share, how far it is. to_train: classes with too
    few photographs to train with are left out; False keeps them, to measure with. What cannot be used is left out, and
    nothing is changed; a source from which nothing can be learned raises `datasets.DatasetError`.
    """
    report = report or (lambda words, share: None)
    _check_side(side)
    report("Looking for photographs.", 0.0)
    listing = listing_of(source)
    _check_listing(listing)
    opened = opening.open_all(listing, side, part_of(report, _LIST_SHARE, _OPEN_SHARE))
    opened = problems.contradictory(opened, listing)
    if not opened:
        raise DatasetError(f"{listing.name} holds no photograph that can be used{_first_reason(listing)}")
    side = side or opening.chosen_side(opened)
    images = opening.squares(opened, side)
    digests = [one.digest for one in opened]
    alike = near_duplicates.groups_of(images, digests, part_of(report, _OPEN_SHARE, 1.0))
    problems.report_duplicates(opened, alike, listing)
    problems.report_sizes(opened, listing)
    groups = _joined_by_source(opened, alike)
    usable = _usable_classes(listing, opened, groups) if to_train else sorted({one.listed.label for one in opened})
    return _collection(listing, opened, images, groups, usable)


def _collection(
    listing: Listing, opened: Sequence[Opened], images: np.ndarray, groups: np.ndarray, usable: list[str]
) -> Collection:
    keep = [place for place, one in enumerate(opened) if one.listed.label in usable]
    kept = [opened[place] for place in keep]
    return Collection(
        name=listing.name,
        class_names=usable,
        images=images if len(keep) == len(opened) else images[keep],
        labels=np.array([usable.index(one.listed.label) for one in kept], "int64"),
        groups=np.unique(groups[keep], return_inverse=True)[1].astype("int64"),
        parts=[one.listed.part for one in kept],
        names=[one.listed.name for one in kept],
        sizes=np.array([one.size for one in kept], "int64"),
        digests=[one.digest for one in kept],
        problems=listing.problems,
        side=images.shape[1],
    )


def _usable_classes(listing: Listing, opened: Sequence[Opened], groups: np.ndarray) -> list[str]:
    """The names of the classes with enough photographs to train, validate and test with, sorted."""
    names = sorted({one.label for one in listing.photographs})
    numbers = {name: number for number, name in enumerate(names)}
    part = laid_down([one.listed.part for one in opened], groups)
    trains = np.flatnonzero((part == "") | (part == "train"))
    labels = np.array([numbers[one.listed.label] for one in opened], "int64")
    counts = Counter(one.listed.label for one in opened)
    different = Counter(names[label] for label in classes_of_groups(labels[trains], groups[trains]).values())
    problems.report_names(names, listing)
    usable = problems.report_few({name: counts[name] for name in names}, different, listing)
    if len(usable) < 2:
        have = f"one class, {usable[0]!r}, can" if usable else "no class can"
        raise DatasetError(
            f"in {listing.name}, {have} be used; to tell classes apart it takes two, each with at least 3 different "
            f"photographs{_first_reason(listing)}"
        )
    return usable


def _joined_by_source(opened: Sequence[Opened], alike: np.ndarray) -> np.ndarray:
    """The groups, in which objects that are cut from one photograph are together too."""
    groups = near_duplicates.Groups(len(opened))
    first: dict[Any, int] = {}
    for place, one in enumerate(opened):
        groups.join(int(alike[place]), place)
        groups.join(first.setdefault(opening.source_key(one.listed), place), place)
    return groups.numbers()


def _check_side(side: int | None) -> None:
    low, high = SIDES
    if side is not None and not (isinstance(side, int) and not isinstance(side, bool) and low <= side <= high):
        raise DatasetError(f"side={side!r} is not a size for photographs; give a whole number from {low} to {high}")


def _check_listing(listing: Listing) -> None:
    names = {one.label for one in listing.photographs}
    if not listing.photographs:
        raise DatasetError(f"{listing.name} holds no photograph with a label{_first_reason(listing)}")
    if reserved := [name for name in names if name.casefold() == NONE]:
        raise DatasetError(
            f"{listing.name} has a class {reserved[0]!r}, which is what a recogniser answers when it knows nothing; "
            "rename it"
        )
    if len(names) > MOST_CLASSES:
        raise DatasetError(f"{listing.name} has {len(names):,} classes, more than {MOST_CLASSES:,}; join some of them")
    if len(listing.photographs) > MOST_PHOTOGRAPHS:
        raise DatasetError(
            f"{listing.name} has {len(listing.photographs):,} photographs, more than {MOST_PHOTOGRAPHS:,}; take a part "
            "of them"
        )


def _first_reason(listing: Listing) -> str:
    if not listing.problems:
        return "; add photographs"
    others = len(listing.problems) - 1
    return f": {listing.problems[0].sentence.rstrip('.')}" + (f" ({others:,} more problems)" if others else "")
