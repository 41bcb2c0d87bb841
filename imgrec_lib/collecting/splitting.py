"""Photographs to train, to validate and to test with, so that no near-duplicate sits on both sides."""

import numpy as np

from imgrec_lib.collecting.records import PARTS, Collection
from imgrec_lib.datasets import DatasetError
from imgrec_lib.datasets.parts import FEWEST_PER_CLASS, HELD_OUT_SHARE, TEST_SHARE, VALIDATION_SHARE


def split(collection: Collection, seed: int = 0) -> dict[str, np.ndarray]:
    """The places of the photographs of each part, "train", "validation" and "test", int64, shuffled by the seed.

    Each class gives 70, 15 and 15 % of its photographs; a group goes into one part as a whole. Parts that the source
    lays down are kept, and a missing one is held out of train. A photograph whose group sits in several of those is
    used in one of them only: in test before validation before train. Fewer than three groups in a class raise
    DatasetError.
    """
    labels, groups = np.asarray(collection.labels), np.asarray(collection.groups)
    part = laid_down(collection.parts, groups)
    free = np.flatnonzero((part == "train") | (part == ""))
    given = {name: np.flatnonzero(part == name) for name in ("validation", "test")}
    shares = {name: _share(name, given) for name, places in given.items() if not len(places)}
    generator = np.random.default_rng(seed)
    drawn = _drawn(labels[free], groups[free], shares, generator, collection.class_names)
    found = {name: given.get(name, free[:0]) for name in PARTS}
    for name, places in drawn.items():
        found[name] = np.concatenate([found[name], free[places]])
    return {name: generator.permutation(places).astype("int64") for name, places in found.items()}


def laid_down(parts: list[str], groups: np.ndarray) -> np.ndarray:
    """The part of each photograph as the source lays it down; "left out" where a copy sits in a part to measure with.

    "" where nothing is laid down at all.
    """
    parts, groups = np.array(parts, dtype=object), np.asarray(groups)
    if not any(parts):
        return parts
    parts[parts == ""] = "train"
    measured = np.isin(groups, groups[parts == "test"])
    parts[measured & (parts != "test")] = "left out"
    validated = np.isin(groups, groups[parts == "validation"])
    parts[validated & (parts == "train")] = "left out"
    return parts


def _share(name: str, given: dict[str, np.ndarray]) -> float:
    if any(len(places) for places in given.values()):
        return HELD_OUT_SHARE
    return {"validation": VALIDATION_SHARE, "test": TEST_SHARE}[name]


def classes_of_groups(labels: np.ndarray, groups: np.ndarray) -> dict[int, int]:
    """The class that most photographs of each group have, by the group's number; the lower one of two."""
    found = {}
    order = np.argsort(groups, kind="stable")
    numbers, starts = np.unique(groups[order], return_index=True)
    for number, some in zip(numbers, np.split(labels[order], starts[1:]), strict=True):
        found[int(number)] = int(np.bincount(some).argmax())
    return found


def _drawn(
    labels: np.ndarray, groups: np.ndarray, shares: dict[str, float], generator: np.random.Generator, names: list[str]
) -> dict[str, np.ndarray]:
    """The places of the photographs of each part, drawn group by group, class by class."""
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(int(group), []).append(place)
    by_class: dict[int, list[int]] = {}
    for group, label in classes_of_groups(labels, groups).items():
        by_class.setdefault(label, []).append(group)
    found: dict[str, list[int]] = {name: [] for name in ("train", *shares)}
    for label, name in enumerate(names):
        some = by_class.get(label, [])
        if len(some) < (FEWEST_PER_CLASS if shares else 1):
            raise DatasetError(
                f"class {name!r} has {len(some)} different photographs to train with; each class needs at least "
                f"{FEWEST_PER_CLASS}, so add some"
            )
        shuffled = [some[place] for place in generator.permutation(len(some))]
        for part, chosen in _dealt(shuffled, {group: len(members[group]) for group in some}, shares).items():
            found[part] += [place for group in chosen for place in members[group]]
    return {name: np.array(places, "int64") for name, places in found.items()}


def _dealt(shuffled: list[int], sizes: dict[int, int], shares: dict[str, float]) -> dict[str, list[int]]:
    """The groups of one class for each part: those that fit come first, and none stays empty."""
    count = sum(sizes.values())
    room = {name: max(1, round(count * share)) for name, share in shares.items()}
    found: dict[str, list[int]] = {name: [] for name in ("train", *shares)}
    for group in shuffled:
        part = next((name for name in shares if sizes[group] <= room[name]), "train")
        found[part].append(group)
        if part != "train":
            room[part] -= sizes[group]
    for name in shares:
        if not found[name]:
            smallest = min(found["train"], key=lambda group: sizes[group])
            found["train"].remove(smallest)
            found[name].append(smallest)
    return found
