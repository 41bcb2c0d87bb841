"""The exercise on drawing a few pictures of each class: judged by the properties of many draws, not by one of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imgrec_lib.exercises.making import function

Draw = Callable[[np.ndarray, int, np.random.Generator], Any]
DRAWS = 300
PAIRS = 4
FAR = 0.15  # Six standard deviations of a share that is measured in that many draws


def _kind(picked: np.ndarray, labels: np.ndarray, count: int) -> str:
    """What one draw consists of, in words."""
    if picked.dtype == bool:
        return "True and False"
    if picked.dtype.kind not in "iu" or picked.size and not 0 <= picked.min() <= picked.max() < len(labels):
        return "something else"
    numbers = np.repeat(np.unique(labels), count)
    return "labels" if np.array_equal(np.sort(picked, axis=None), numbers) else "places"


def _chances(draws: Sequence[np.ndarray], labels: np.ndarray, count: int) -> str:
    """Whether all pictures of a class were drawn about equally often."""
    often = np.bincount(np.concatenate(draws), minlength=len(labels)) / len(draws)
    expected = count / np.bincount(labels)[labels]
    return "alike" if (abs(often - expected) < FAR).all() else "unlike"


def _facts(draws: Sequence[np.ndarray], labels: np.ndarray, count: int) -> dict[str, str]:
    """What many draws have in common; chances are looked at where everything else is right."""
    twice = any(len(np.unique(draw)) < draw.size for draw in draws)
    classes = labels.max() + 1
    even = all((np.bincount(labels[draw], minlength=classes) == count).all() for draw in draws)
    never = len(np.unique(np.concatenate(draws))) < len(labels)
    facts = {"as many of each class": "yes" if even else "no", "the same picture twice": "yes" if twice else "no"}
    facts["pictures that are never drawn"] = "some" if never else "none"
    if even and not twice:
        facts["the chances of the pictures of a class"] = _chances(draws, labels, count)
    return facts


@dataclass(frozen=True)
class Seeded:
    """Stands for a generator in a case, and says in messages how to make one."""

    seed: int

    def __repr__(self) -> str:
        return f"np.random.default_rng({self.seed})"

    def make(self) -> np.random.Generator:
        """The generator, at its beginning."""
        return np.random.default_rng(self.seed)


def _repeated(answer: Draw, labels: np.ndarray, count: int, seed: int) -> str:
    """Whether equal generators give equal draws, for several seeds, as one pair may be alike by chance."""
    for each in range(seed, seed + PAIRS):
        draws = [np.asarray(answer(labels.copy(), count, np.random.default_rng(each))) for _ in range(2)]
        one, other = (np.sort(draw, axis=None) for draw in draws)
        if not np.array_equal(one, other):
            return "unlike"
    return "alike"


def _properties(answer: Draw, labels: np.ndarray, count: int, seeded: Seeded) -> Any:
    """How an answer draws, as facts."""
    given = labels.copy()
    first = answer(labels, count, seeded.make())
    if first is None or first is ...:
        return first
    first = np.asarray(first)
    shape, kind = " × ".join(map(str, first.shape)), _kind(first, given, count)
    facts = {"what comes back": kind, "the shape of what comes back": shape}
    facts["two draws from equal generators"] = _repeated(answer, given, count, seeded.seed)
    others = [np.asarray(answer(given.copy(), count, np.random.default_rng(seed))) for seed in range(DRAWS)]
    anew = len({tuple(np.sort(draw, axis=None)) for draw in others}) > 1
    facts["draws from other generators"] = "unlike" if anew else "alike"
    if kind == "places" and first.ndim == 1 and {draw.shape for draw in others} == {first.shape}:
        facts |= _facts(others, given, count)
    return facts


@function(
    "05.pick_per_class",
    observe_with=_properties,
    hints=(
        "Which places of `labels` hold the number 0, and how would you draw `count` of just these, none twice?",
        "Go through the classes one by one: find the places of the class, draw from them, and collect what you drew.",
        "`np.flatnonzero(labels == label)` gives the places of one class, and `generator.permutation` shuffles them.",
    ),
    praise="Each class is as frequent as the others, and whoever has the same generator gets the same pictures.",
)
def pick_per_class(labels: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """The places of `count` pictures of each class, drawn by the generator, none of them twice."""
    chosen = []
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        chosen.extend(generator.permutation(places)[:count])
    return np.array(chosen)


@pick_per_class.cases
def _mixed_labels(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, int, Seeded]]:
    """Classes of different sizes, the smallest one with little to spare, in no order."""
    for sizes, count in (((4, 9), 2), ((12, 5, 8), 4), ((3, 6, 10, 7), 1), ((6, 14, 11), 6)):
        labels = generator.permutation(np.repeat(np.arange(len(sizes)), sizes))
        yield labels, count, Seeded(int(generator.integers(1000, 2000)))


def _each(pick: Callable[..., Any]) -> Draw:
    """The answer that picks from the places of each class in its own way."""

    def draw(labels, count, generator):
        groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        return np.concatenate([pick(places, count, generator) for places in groups])

    return draw


def _each_part(pick: Callable[..., Any]) -> Draw:
    """The answer that takes the labels for sorted, with classes of one size."""

    def draw(labels, count, generator):
        classes = len(np.unique(labels))
        size = len(labels) // classes
        return np.concatenate([place * size + pick(size, count, generator) for place in range(classes)])

    return draw


def _of_classes(chosen: Callable[[np.ndarray], Any]) -> Draw:
    """The answer that draws from some of the classes alone."""

    def draw(labels, count, generator):
        groups = [np.flatnonzero(labels == label) for label in chosen(labels)]
        return np.concatenate([generator.permutation(places)[:count] for places in groups])

    return draw


def _first_of_each(labels, count):
    return np.concatenate([np.flatnonzero(labels == label)[:count] for label in np.unique(labels)])


_right = _each(lambda places, count, generator: generator.permutation(places)[:count])

pick_per_class.misconception(
    "Nothing is drawn by lot here: other generators must give other pictures, so let `generator` draw.",
    _each(lambda places, count, generator: places[:count]),
    _each(lambda places, count, generator: places[-count:]),
    _each(lambda places, count, generator: np.random.default_rng(0).permutation(places)[:count]),
    _each(lambda places, count, generator: np.random.default_rng(0).choice(places, count)),
    lambda labels, count, generator: np.arange(count),
    lambda labels, count, generator: np.arange(count * len(np.unique(labels))),
    lambda labels, count, generator: np.random.default_rng(0).choice(
        len(labels), count * len(np.unique(labels)), replace=False
    ),
)
pick_per_class.misconception(
    "Equal generators must give equal draws, so that others can repeat your work: draw with the `generator` you got.",
    _each(lambda places, count, generator: np.random.default_rng().permutation(places)[:count]),
    _each(lambda places, count, generator: np.random.default_rng().choice(places, count)),
    lambda labels, count, generator: np.random.default_rng().choice(
        len(labels), count * len(np.unique(labels)), replace=False
    ),
)
pick_per_class.misconception(
    "A picture can be drawn twice, as if it were put back each time: draw without putting back.",
    _each(lambda places, count, generator: generator.choice(places, count)),
)
pick_per_class.misconception(
    "Classes get more or fewer than `count`: look up the places of each class in `labels`, neither sorted nor "
    "shuffled, and draw from these.",
    lambda labels, count, generator: np.concatenate(
        [
            end - size + generator.permutation(size)[:count]
            for size, end in zip(np.bincount(labels), np.cumsum(np.bincount(labels)))
        ]
    ),
    lambda labels, count, generator: generator.permutation(len(labels))[: count * len(np.unique(labels))],
    lambda labels, count, generator: generator.choice(len(labels), count * len(np.unique(labels))),
)
pick_per_class.misconception(
    "Classes get more or fewer than `count`: look up the places of each class in `labels`, neither sorted nor "
    "shuffled, and draw from these.",
    _each_part(lambda size, count, generator: generator.permutation(size)[:count]),
    _each_part(lambda size, count, generator: generator.choice(size, count)),
)
pick_per_class.misconception(
    "One class is left out: they are numbered from 0 up to and with `labels.max()`.",
    _of_classes(lambda labels: range(labels.max())),
    _of_classes(lambda labels: range(1, labels.max() + 1)),
)
pick_per_class.misconception(
    "Classes get more or fewer than `count`: look up the places of each class in `labels`, neither sorted nor "
    "shuffled, and draw from these.",
    lambda labels, count, generator: _right(generator.permutation(labels), count, generator),
    lambda labels, count, generator: _first_of_each(generator.permutation(labels), count),
    lambda labels, count, generator: generator.shuffle(labels) or _right(labels, count, generator),
    lambda labels, count, generator: generator.shuffle(labels) or _first_of_each(labels, count),
)
pick_per_class.misconception(
    "You drew `count` pictures in all: draw as many from each class, and give them back together.",
    lambda labels, count, generator: generator.permutation(len(labels))[:count],
    lambda labels, count, generator: generator.choice(len(labels), count),
)
pick_per_class.misconception(
    "Those places count within a class: read them from the list of places that the class has among all pictures.",
    _each(lambda places, count, generator: generator.permutation(len(places))[:count]),
    _each(lambda places, count, generator: generator.choice(len(places), count)),
)
pick_per_class.misconception(
    "Those are the labels of the pictures: give the places where they stand.",
    lambda labels, count, generator: labels[_right(labels, count, generator)],
    lambda labels, count, generator: np.repeat(np.unique(labels), count),
)
pick_per_class.misconception(
    "True and False came back, one for each picture: np.flatnonzero makes places of them.",
    lambda labels, count, generator: np.isin(np.arange(len(labels)), _right(labels, count, generator)),
)
pick_per_class.misconception(
    "A table came back, one row a class: put all places into one flat array, with np.concatenate or extend.",
    lambda labels, count, generator: _right(labels, count, generator).reshape(-1, count),
    lambda labels, count, generator: list(_right(labels, count, generator).reshape(-1, count)),
)
pick_per_class.misconception(
    "Every picture of the class came back: only `count` of each class are asked for.",
    _each(lambda places, count, generator: generator.permutation(places)),
)
pick_per_class.misconception(
    "Some pictures of a class are drawn more often than others: each must have the same chance.",
    _each(lambda places, count, generator: np.roll(places, -generator.integers(len(places) - count + 1))[:count]),
    _each(lambda places, count, generator: generator.permutation(places[: len(places) // 2 + 1])[:count]),
)
