"""Photographs sorted into classes by hand, and a recogniser that learns from them: arrays in, arrays out."""

import functools
import itertools
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib import backbone, images
from imgrec_lib.datasets import Split
from imgrec_lib.progress import Report

if TYPE_CHECKING:
    import keras
    from sklearn.linear_model import LogisticRegression

SIDE = 224  # What the backbone was trained on.
MOST_CLASSES, MOST_PHOTOGRAPHS, LONGEST_NAME = 8, 60, 30
FEW = 5


def checked_name(name: Any, taken: Iterable[str] = ()) -> str:
    """The name of a class in one line without spaces around it; a ValueError in words where it cannot be one."""
    if not isinstance(name, str):
        raise ValueError(f"A class is named by text, not by an object of type {type(name).__name__}; write cup or cat.")
    tidy = " ".join(name[: 10 * LONGEST_NAME].split())
    if not tidy:
        raise ValueError("A class needs a name; write one, such as cup.")
    if len(tidy) > LONGEST_NAME:
        raise ValueError(f"The name {tidy[:12]}… is too long; write at most {LONGEST_NAME} letters.")
    if not tidy.isprintable():
        raise ValueError("The name holds signs that cannot be shown; write letters and numbers.")
    if tidy.casefold() in {one.casefold() for one in taken}:
        raise ValueError(f"There is a class named {tidy} already; choose another name.")
    return tidy


def counted(count: int, singular: str, plural: str) -> str:
    """Words such as "1 class" or "2 classes"."""
    return f"{count} {singular if count == 1 else plural}"


@dataclass
class Photograph:
    """One photograph, uint8, 224 × 224 × 3, the number of its class, and once looked at its 1280 features."""

    class_number: int
    image: np.ndarray
    features: np.ndarray | None = None


class Album:
    """Classes and their photographs, each found by a number that never changes."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.photographs: dict[int, Photograph] = {}
        self._numbers = itertools.count(1)

    def add_class(self, name: str) -> int:
        """The number of a new class."""
        name = checked_name(name, self.names.values())
        if len(self.names) >= MOST_CLASSES:
            raise ValueError(f"There are {MOST_CLASSES} classes already; remove one before you add {name}.")
        number = next(self._numbers)
        self.names[number] = name
        return number

    def rename(self, number: int, name: str) -> None:
        """Give a class another name."""
        others = [taken for other, taken in self.names.items() if other != self._known(number)]
        self.names[number] = checked_name(name, others)

    def remove_class(self, number: int) -> None:
        """Take a class away, with its photographs."""
        del self.names[self._known(number)]
        self.photographs = {place: one for place, one in self.photographs.items() if one.class_number != number}

    def add(self, number: int, photograph: Any) -> int:
        """The number of a new photograph in a class; it may be anything that `images.load` takes."""
        self._known(number)
        if len(self.photographs) >= MOST_PHOTOGRAPHS:
            raise ValueError(f"There are {MOST_PHOTOGRAPHS} photographs already; remove one before you add another.")
        image = images.load(photograph, size=SIDE)
        place = next(self._numbers)
        self.photographs[place] = Photograph(number, image)
        return place

    def remove(self, place: int) -> None:
        """Take one photograph away."""
        if not isinstance(place, int) or place not in self.photographs:
            raise ValueError("This photograph is gone already; run the cell again if it still shows.")
        del self.photographs[place]

    def places(self, number: int) -> list[int]:
        """The numbers of the photographs of a class, oldest first."""
        return [place for place, one in self.photographs.items() if one.class_number == number]

    def counts(self) -> dict[str, int]:
        """How many photographs each class has, by its name."""
        return {name: len(self.places(number)) for number, name in self.names.items()}

    def split(self) -> Split:
        """All photographs, count × 224 × 224 × 3, class by class, with the places of their classes as labels."""
        ordered = [self.photographs[place] for number in self.names for place in self.places(number)]
        numbers = list(self.names)
        stacked = np.stack([one.image for one in ordered]) if ordered else np.empty((0, SIDE, SIDE, 3), "uint8")
        return Split(stacked, np.array([numbers.index(one.class_number) for one in ordered], "int64"))

    def lacks(self) -> str:
        """What is missing before anything can be learned, in a sentence; empty where nothing is."""
        if len(self.names) < 2:
            verb = "is" if len(self.names) == 1 else "are"
            known = counted(len(self.names), "class", "classes")
            return f"Here {verb} {known}; a choice needs two or more, so add one."
        empty = [name for name, count in self.counts().items() if not count]
        return f"{' and '.join(empty)} {'have' if empty[1:] else 'has'} no photograph; add some." if empty else ""

    def _known(self, number: Any) -> int:
        if not isinstance(number, int) or number not in self.names:
            raise ValueError("This class is gone already; run the cell again if it still shows.")
        return number


@dataclass(frozen=True)
class Recogniser:
    """A head on the backbone that tells some classes apart, by their numbers in the album."""

    numbers: tuple[int, ...]
    head: "LogisticRegression"

    def probabilities(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        """A probability for each class, count × classes, of uint8 images, each 224 × 224 × 3."""
        return self.head.predict_proba(see(pictures))


def learn(album: Album, report: Report = lambda words, share: None) -> Recogniser:
    """A recogniser of the album's classes; `report` is told in words, and as a share, how far it is.

    What the backbone sees in a photograph is kept with it, so that the next call looks at new ones only.
    """
    if album.lacks():
        raise ValueError(album.lacks())
    new = [one for one in album.photographs.values() if one.features is None]
    for one, features in zip(new, see([one.image for one in new], report)):
        one.features = features
    report("Learning to tell them apart.", 0.97)
    from sklearn.linear_model import LogisticRegression

    known = list(album.photographs.values())
    head = LogisticRegression(max_iter=2000)
    labels = [list(album.names).index(one.class_number) for one in known]
    return Recogniser(tuple(album.names), head.fit(np.stack([one.features for one in known]), labels))


def see(pictures: Sequence[np.ndarray], report: Report = lambda words, share: None) -> np.ndarray:
    """What the backbone sees, float32, count × 1280, in uint8 images, each 224 × 224 × 3."""
    start = 0.05
    if len(pictures) and not _eyes.cache_info().currsize:
        _wake(report)
        start = 0.75
    found = np.empty((len(pictures), backbone.FEATURES), "float32")
    for place, picture in enumerate(pictures):
        report(f"Looking at photograph {place + 1} of {len(pictures)}.", start + (0.95 - start) * place / len(pictures))
        # One by one: Keras prepares itself anew, for seconds, whenever the count changes.
        found[place] = _eyes().predict_on_batch(backbone.prepare(picture[np.newaxis]))[0]
    return found


def _wake(report: Report) -> None:
    """Load and build the backbone, with words about it."""
    if "keras" not in sys.modules:
        report("Loading TensorFlow. This takes some seconds.", 0.05)
        from imgrec_lib.quiet import quiet

        with quiet():
            import keras  # noqa: F401
    report("Building the network with its stored weights.", 0.5)
    _eyes()


@functools.lru_cache(maxsize=1)
def _eyes() -> "keras.Model":
    return backbone.efficientnet_lite0(classes=False, input_size=SIDE)
