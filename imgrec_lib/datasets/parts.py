"""What a dataset is: pictures with labels, in three parts."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

VALIDATION_SHARE = TEST_SHARE = 0.15
FEWEST_PER_CLASS = 3


class DatasetError(ValueError):
    """A dataset is not there, or not what it should be; the message says how to get it."""


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a dataset: `images`, uint8, count × height × width × channels, and `labels`, one whole number each."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        count, *shape = self.images.shape
        return f"Split of {count:,} images, {' × '.join(map(str, shape))}"

    def per_class(self, count: int, seed: int = 0) -> "Split":
        """A smaller Split with `count` pictures of each class, drawn by `seed` and shuffled."""
        generator = np.random.default_rng(seed)
        chosen = []
        for label in np.unique(self.labels):
            places = np.flatnonzero(self.labels == label)
            if len(places) < count:
                raise DatasetError(f"class {label} has {len(places)} pictures here, fewer than the {count} asked for; ask for fewer")
            chosen.append(generator.permutation(places)[:count])
        order = generator.permutation(np.concatenate(chosen))
        return Split(self.images[order], self.labels[order])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures to train on, to choose by and to test with, and the names that the labels stand for."""

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: list[str]
    skipped: tuple[str, ...] = ()

    def __repr__(self) -> str:
        sizes = " + ".join(f"{len(part):,}" for part in (self.train, self.validation, self.test))
        return f"Dataset {self.name}: {sizes} images (train + validation + test) of {len(self.class_names)} classes"


def split(images: np.ndarray, labels: Sequence[int] | np.ndarray, seed: int = 0) -> tuple[Split, Split, Split]:
    """Train, validation and test parts, 70 / 15 / 15 of each class, shuffled, and no picture in two of them.

    The same seed gives the same parts.
    """
    images, labels = np.asarray(images), np.asarray(labels, dtype="int64")
    if len(images) != len(labels):
        raise DatasetError(f"there are {len(images)} images but {len(labels)} labels; each image needs one label")
    return tuple(Split(images[places], labels[places]) for places in split_places(labels, seed))


def split_places(labels: np.ndarray, seed: int, validation_share: float = VALIDATION_SHARE,
                 test_share: float = TEST_SHARE) -> list[np.ndarray]:
    """The places of the train, validation and test pictures in `labels`; with a `test_share` of 0 the last is empty."""
    generator = np.random.default_rng(seed)
    parts: tuple[list, list, list] = ([], [], [])
    for label in np.unique(labels):
        places = generator.permutation(np.flatnonzero(labels == label))
        if len(places) < FEWEST_PER_CLASS:
            raise DatasetError(f"class {label} has {len(places)} pictures; to split them it takes at least {FEWEST_PER_CLASS}")
        validation = max(1, round(len(places) * validation_share))
        test = max(1, round(len(places) * test_share)) if test_share else 0
        for part, some in zip(parts, np.split(places, [len(places) - validation - test, len(places) - test]), strict=True):
            part.append(some)
    return [generator.permutation(np.concatenate(part)) if part else np.empty(0, "int64") for part in parts]
