"""The data that came with the course: every file is checked against `datasets/checksums.txt` when it is read."""

import functools
import gzip
import hashlib
from pathlib import Path

import numpy as np

from imgrec_lib import images
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split, hold_out

ROOT = Path(__file__).resolve().parents[2] / "datasets"
RESTORE = "restore it with `git checkout -- datasets/{name}`, or fetch the course again"

CLOTHING = ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]


@functools.cache
def checksums() -> dict[str, str]:
    """The SHA-256 checksum of every embedded file, by its name within `datasets/`."""
    try:
        lines = (ROOT / "checksums.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DatasetError(
            f"the embedded data is missing: {ROOT / 'checksums.txt'} cannot be read; fetch the course again"
        ) from error
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def read(name: str) -> bytes:
    """The bytes of one embedded file, such as `photographs/cat.png`, after a check that they are whole."""
    restore = RESTORE.format(name=name)
    try:
        content = (ROOT / name).read_bytes()
    except OSError as error:
        raise DatasetError(f"the embedded file datasets/{name} is missing or cannot be read; {restore}") from error
    if content.startswith(b"version https://git-lfs"):
        raise DatasetError(
            f"datasets/{name} is only a git-lfs pointer of {len(content)} bytes, not the data; run `git lfs pull`"
        )
    if hashlib.sha256(content).hexdigest() != checksums().get(name):
        raise DatasetError(
            f"datasets/{name} is damaged: its {len(content):,} bytes do not match datasets/checksums.txt; {restore}"
        )
    return content


def _idx(name: str) -> np.ndarray:
    # The idx format: two zero bytes, the type (8: uint8), the number of axes, then each length as four bytes.
    content = gzip.decompress(read(f"fashion_mnist/{name}-ubyte.gz"))
    axes = content[3]
    shape = np.frombuffer(content, ">i4", count=axes, offset=4)
    return np.frombuffer(content, "uint8", offset=4 + 4 * axes).reshape(shape)


def fashion_mnist(seed: int = 0) -> Dataset:
    """Fashion-MNIST, 28 × 28 × 1: 49,500 to train, 10,500 to validate, the published 10,000 to test, in order.

    `seed` chooses the validation pictures among the published 60,000.
    """
    train, validation = hold_out(_pictures("train-images-idx3"), _idx("train-labels-idx1"), seed)
    test = Split(_pictures("t10k-images-idx3"), _idx("t10k-labels-idx1").astype("int64"))
    return Dataset("fashion_mnist", train, validation, test, list(CLOTHING))


def _pictures(name: str) -> np.ndarray:
    return _idx(name)[..., np.newaxis]


PHOTOGRAPHS = (
    "astronaut", "brick", "camera", "cat", "cat_2", "cat_3", "clock", "coffee", "coins", "cup_2", "cup_3", "dog",
    "galaxies", "grass", "gravel", "hedgehog", "horses", "narwhals", "owl", "pagoda", "retina", "rocket",
    "sheep", "tissue",
)  # fmt: skip


def photograph_path(name: str) -> Path:
    """The file of an embedded photograph, such as `"coffee"` or `"cat"`."""
    for suffix in (".png", ".jpg"):
        if f"photographs/{name}{suffix}" in checksums():
            return ROOT / "photographs" / f"{name}{suffix}"
    raise DatasetError(f"there is no photograph named {name!r}; there are {', '.join(PHOTOGRAPHS)}")


def photograph(name: str) -> np.ndarray:
    """The RGB image of an embedded photograph, such as `"coffee"` or `"cat"`: uint8, height × width × 3."""
    return images.load(read(f"photographs/{photograph_path(name).name}"))
