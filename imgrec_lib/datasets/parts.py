"""What a dataset is: pictures with labels, in three parts that share no picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

VALIDATION_SHARE = TEST_SHARE = 0.15
# Where test pictures are given already, this share of the others is held out: about 15 % of all again.
HELD_OUT_SHARE = 0.175
FEWEST_PER_CLASS = 3


class DatasetError(ValueError):
    """A dataset is not there, or not what it should be; the message says how to get it."""


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a dataset: `images`, uint8, count × height × width × channels, and `labels`, int64, one each."""

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
            if not 1 <= count <= len(places):
                raise DatasetError(
                    f"{count} pictures a class cannot be drawn: class {label} has {len(places)}; ask for 1 to "
                    f"{len(places)}"
                )
            chosen.append(generator.permutation(places)[:count])
        order = generator.permutation(np.concatenate(chosen))
        return Split(self.images[order], self.labels[order])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Three parts, the names that the labels stand for, and the files that could not be read."""

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: list[str]
    skipped: tuple[str, ...] = ()

    def __repr__(self) -> str:
        sizes = " + ".join(f"{len(part):,}" for part in (self.train, self.validation, self.test))
        skipped = f", {len(self.skipped)} files skipped" if self.skipped else ""
        classes = f"{len(self.class_names)} classes{skipped}"
        return f"Dataset {self.name}: {sizes} images (train + validation + test) of {classes}"


def split(images: np.ndarray, labels: Sequence[int] | np.ndarray, seed: int = 0) -> tuple[Split, Split, Split]:
    """The train, validation and test parts: 70, 15 and 15 % of each class, shuffled, no picture in two of them.

    The same seed gives the same parts.
    """
    labels = checked_labels(images, labels)
    train, validation, test = split_places(labels, seed)
    return tuple(Split(images[places], labels[places]) for places in (train, validation, test))


def hold_out(images: np.ndarray, labels: Sequence[int] | np.ndarray, seed: int = 0) -> tuple[Split, Split]:
    """The images without 17.5 % of each class, and those 17.5 %: for data whose test pictures are given already."""
    labels = checked_labels(images, labels)
    train, held_out, _ = split_places(labels, seed, HELD_OUT_SHARE, 0)
    return Split(images[train], labels[train]), Split(images[held_out], labels[held_out])


def checked_labels(images: np.ndarray, labels: Sequence[int] | np.ndarray) -> np.ndarray:
    """The labels as int64, one for each image."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(labels) != len(images):
        raise DatasetError(
            f"{len(images)} images need {len(images)} labels, not labels of shape {labels.shape}; give one whole "
            "number each"
        )
    if not np.issubdtype(labels.dtype, np.integer):
        raise DatasetError(
            f"labels of type {labels.dtype} are not whole numbers; give the place of each name in class_names"
        )
    return labels.astype("int64")


def split_places(
    labels: np.ndarray, seed: int, validation_share: float = VALIDATION_SHARE, test_share: float = TEST_SHARE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places in `labels` of the train, validation and test pictures; a share of 0 leaves the test part empty."""
    generator = np.random.default_rng(seed)
    parts: tuple[list, list, list] = ([], [], [])
    for label in np.unique(labels):
        places = generator.permutation(np.flatnonzero(labels == label))
        if len(places) < FEWEST_PER_CLASS:
            raise DatasetError(
                f"class {label} has {len(places)} pictures, too few to split; each class needs at least "
                f"{FEWEST_PER_CLASS}"
            )
        validation = max(1, round(len(places) * validation_share))
        test = max(1, round(len(places) * test_share)) if test_share else 0
        cuts = [len(places) - validation - test, len(places) - test]
        for part, some in zip(parts, np.split(places, cuts), strict=True):
            part.append(some)
    train, validation, test = (generator.permutation(np.concatenate(part)) for part in parts)
    return train, validation, test
