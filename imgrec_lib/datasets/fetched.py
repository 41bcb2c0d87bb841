"""The sets that do not come with the course: scikit-learn's digits, and those that Keras downloads once and keeps."""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from imgrec_lib.datasets.folders import load_folder
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split, hold_out, split
from imgrec_lib.quiet import quiet

DIGIT_NAMES = [str(digit) for digit in range(10)]
CIFAR10_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
_CIFAR100 = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster
man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""
CLASS_NAMES = {"mnist": DIGIT_NAMES, "cifar10": CIFAR10_NAMES, "cifar100": _CIFAR100.split()}
# What Keras calls the download in its cache.
CACHED = {"mnist": "mnist.npz", "cifar10": "cifar-10-batches-py-target", "cifar100": "cifar-100-python-target"}


def digits(seed: int = 0) -> Dataset:
    """scikit-learn's 1,797 handwritten digits, 8 × 8 × 1, grey values stretched from 0 … 16 to 0 … 255."""
    from sklearn.datasets import load_digits

    stored = load_digits()
    pictures = np.rint(stored.images * 255 / 16).astype("uint8")[..., np.newaxis]
    return Dataset("digits", *split(pictures, stored.target, seed), list(DIGIT_NAMES))


def mnist(seed: int = 0) -> Dataset:
    """MNIST's 70,000 handwritten digits, 28 × 28 × 1; the published 10,000 are the test part."""
    return _fetched("mnist", seed)


def cifar10(seed: int = 0) -> Dataset:
    """CIFAR-10's 60,000 small photographs of ten classes, 32 × 32 × 3; the published 10,000 are the test part."""
    return _fetched("cifar10", seed)


def cifar100(seed: int = 0) -> Dataset:
    """CIFAR-100's 60,000 photographs of a hundred classes, 32 × 32 × 3; the published 10,000 are the test part."""
    return _fetched("cifar100", seed)


def own_folder(name: str) -> Path | None:
    """The folder that stands for the set of that name, `$IMGREC_DATA/NAME`, or None where there is none."""
    place = os.environ.get("IMGREC_DATA")
    folder = Path(place).expanduser() / name if place else None
    return folder if folder and folder.is_dir() else None


def is_cached(name: str) -> bool:
    """Whether Keras has downloaded the set of that name before."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return (home / "datasets" / CACHED[name]).exists()


def _fetched(name: str, seed: int) -> Dataset:
    if folder := own_folder(name):
        return _from_folder(name, folder, seed)
    with quiet():
        import keras
    (images, labels), (test_images, test_labels) = _downloaded(name, getattr(keras.datasets, name).load_data)
    train, validation = hold_out(_with_channels(images), np.ravel(labels), seed)
    test = Split(_with_channels(test_images), np.ravel(test_labels).astype("int64"))
    return Dataset(name, train, validation, test, list(CLASS_NAMES[name]))


def _from_folder(name: str, folder: Path, seed: int) -> Dataset:
    found = load_folder(folder, seed=seed)
    if name != "mnist":
        return Dataset(name, found.train, found.validation, found.test, found.class_names, found.skipped)
    parts = [Split(part.images[..., :1], part.labels) for part in (found.train, found.validation, found.test)]
    return Dataset(name, *parts, found.class_names, found.skipped)


def _downloaded(name: str, load_data: Callable[[], tuple]) -> tuple:
    """What Keras's own loader gives; its progress goes to standard error, away from a cell's compared output."""
    if not is_cached(name):
        print(f"downloading {name}, once; it is kept for the next time", file=sys.stderr)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return load_data()
    except Exception as error:  # Keras raises a bare Exception for a failed download, and others for a damaged file.
        raise DatasetError(
            f"{name} is not on this machine and could not be downloaded ({' '.join(str(error).split())[:160]}): "
            f"go online once and run `imgrec data get {name}`, or set IMGREC_DATA to a folder that holds "
            f"{name}/train and {name}/test with a folder of pictures for each class"
        ) from error


def _with_channels(images: np.ndarray) -> np.ndarray:
    return images if images.ndim == 4 else images[..., np.newaxis]
