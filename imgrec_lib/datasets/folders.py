"""Pictures in a folder of class folders: read, split, and written.

Either `FOLDER/CLASS/picture.jpg`, which is split 70 / 15 / 15, or `FOLDER/train/CLASS/picture.jpg` with `test`,
`validation` or both beside `train`.
"""

import os
from pathlib import Path

import numpy as np

from imgrec_lib import images
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split, hold_out, split
from imgrec_lib.datasets.places import PART_NAMES, is_inside, is_junk
from imgrec_lib.progress import progress

USUAL_SIZE = 96
# Photographs that are all alike in size keep it up to this side; larger ones would fill the memory.
LARGEST_OWN_SIZE = 256


def load_folder(folder: str | os.PathLike, size: int | tuple[int, int] | None = None, seed: int = 0) -> Dataset:
    """The pictures of a folder of class folders, count × height × width × 3, in three parts.

    All are resized to `size`, (height, width) or one number for a square; without it they keep the size that they
    share, or become 96 × 96. What cannot be read is left out and listed in `.skipped`. `seed` chooses who comes into
    which part.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder; give one that holds a folder of pictures for each class")
    skipped: list[str] = []
    parts = _part_folders(folder, skipped)
    class_names = sorted({place.name for part in parts.values() for place in _visible_folders(part, folder, skipped)})
    files = {name: _pictures(part, class_names, folder, skipped) for name, part in parts.items()}
    loaded = _load_all(files, folder, size, skipped)
    for name, part in loaded.items():
        _check_classes(part.labels, class_names, folder if name == "all" else parts[name], 1 if "train" in parts else 3)
    return Dataset(folder.resolve().name, *_three_parts(loaded, seed), class_names, tuple(dict.fromkeys(skipped)))


def _part_folders(folder: Path, skipped: list[str]) -> dict[str, Path]:
    """The folders of the parts that are given, or the folder itself as the one part `all`."""
    inside = _visible_folders(folder, folder, skipped)
    parts = {PART_NAMES[place.name.lower()]: place for place in inside if place.name.lower() in PART_NAMES}
    if "train" not in parts or len(parts) < len(inside):
        return {"all": folder}
    return parts


def _visible_folders(folder: Path, root: Path, skipped: list[str]) -> list[Path]:
    found = []
    for place in sorted(folder.iterdir()):
        if not is_junk(place.name) and place.is_dir() and _is_inside(place, root, skipped):
            found.append(place)
    return found


def _is_inside(place: Path, root: Path, skipped: list[str]) -> bool:
    """Whether a place lies in the root; a link that leads out of it is listed as skipped."""
    if is_inside(place, root):
        return True
    skipped.append(f"{place.relative_to(root).as_posix()}: a link that leads out of the folder")
    return False


def _pictures(part: Path, class_names: list[str], root: Path, skipped: list[str]) -> list[tuple[Path, int]]:
    """Every file of every class in a part, with its label."""
    found = []
    for label, name in enumerate(class_names):
        for place, folders, files in os.walk(part / name):
            folders[:] = sorted(inner for inner in folders if not is_junk(inner))
            paths = [Path(place) / file for file in sorted(files) if not is_junk(file)]
            found += [(path, label) for path in paths if _is_inside(path, root, skipped)]
    return found


def _load_all(
    files: dict[str, list[tuple[Path, int]]], root: Path, size: int | tuple[int, int] | None, skipped: list[str]
) -> dict[str, Split]:
    every = [(name, path, label) for name, listed in files.items() for path, label in listed]
    found = []
    for name, path, label in progress(every, f"reading {root.name}"):
        try:
            found.append((name, _picture(path, size), label))
        except images.ImageError as error:
            skipped.append(f"{path.relative_to(root).as_posix()}: {error}")
    if len({picture.shape for _, picture, _ in found}) > 1:
        found = [(name, images.load(picture, USUAL_SIZE), label) for name, picture, label in found]
    return {name: _part([row for row in found if row[0] == name]) for name in files}


def _part(rows: list[tuple[str, np.ndarray, int]]) -> Split:
    nothing = np.empty((0, USUAL_SIZE, USUAL_SIZE, 3), "uint8")
    pictures = np.stack([picture for _, picture, _ in rows]) if rows else nothing
    return Split(pictures, np.array([label for _, _, label in rows], "int64"))


def _picture(path: Path, size: int | tuple[int, int] | None) -> np.ndarray:
    picture = images.load(path, size)
    too_large = size is None and max(picture.shape[:2]) > LARGEST_OWN_SIZE
    return images.load(picture, USUAL_SIZE) if too_large else picture


def _check_classes(labels: np.ndarray, class_names: list[str], folder: Path, fewest: int) -> None:
    if not class_names:
        raise DatasetError(
            f"{folder} holds no class folders; put the pictures of each class into a folder named after it"
        )
    if len(class_names) == 1:
        raise DatasetError(
            f"{folder} holds one class, {class_names[0]!r}; to tell classes apart it takes at least two class folders"
        )
    for name, count in zip(class_names, np.bincount(labels, minlength=len(class_names)), strict=True):
        if count < fewest:
            raise DatasetError(
                f"class {name!r} in {folder} has {count} readable pictures; each class needs at least {fewest}, so "
                "add some"
            )


def _three_parts(loaded: dict[str, Split], seed: int) -> tuple[Split, Split, Split]:
    """Train, validation and test, whichever of them were given."""
    if "all" in loaded:
        return split(loaded["all"].images, loaded["all"].labels, seed)
    train = loaded["train"]
    given = {"validation": loaded.get("validation"), "test": loaded.get("test")}
    for name, part in given.items():
        if part is None:
            train, given[name] = hold_out(train.images, train.labels, seed)
    return train, given["validation"], given["test"]
