"""Pictures in memory to a folder of class folders."""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imgrec_lib.datasets.parts import DatasetError, checked_labels

_OURS = re.compile(r"\d{6}\.png")


def write_folder(
    images: np.ndarray, labels: Sequence[int] | np.ndarray, class_names: Sequence[str], folder: str | os.PathLike
) -> Path:
    """The folder, which now holds every image as `CLASS/000000.png`, numbered by its place in `images`.

    It appears whole or not at all. A folder that this function wrote before is replaced; one that holds anything else
    is refused.
    """
    labels = checked_labels(images, labels)
    names = _folder_names(class_names, labels)
    target = Path(folder).absolute()
    if target.exists() and not _is_ours(target):
        raise DatasetError(f"{target} holds other files; choose a folder that does not exist yet")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write(images, labels, names, scratch / "new")
        if target.exists():
            target.rename(scratch / "old")
        (scratch / "new").rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Path(folder)


def _folder_names(class_names: Sequence[str], labels: np.ndarray) -> list[str]:
    """A name for each class that every file system takes: T-shirt/top becomes T-shirt-top."""
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(class_names):
        raise DatasetError(
            f"labels from {labels.min()} to {labels.max()} do not fit {len(class_names)} class names; give a name "
            "for each"
        )
    names = [re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", name).strip(" .") for name in class_names]
    if not all(names) or len({name.lower() for name in names}) < len(names):
        raise DatasetError(f"the class names {list(class_names)} do not make different folder names; rename one")
    return names


def _write(images: np.ndarray, labels: np.ndarray, names: list[str], folder: Path) -> None:
    from PIL import Image

    for name in names:
        (folder / name).mkdir(parents=True)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        picture = image[..., 0] if image.shape[-1:] == (1,) else image
        Image.fromarray(picture).save(folder / names[label] / f"{number:06}.png")


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but class folders with numbered pictures."""
    return folder.is_dir() and all(
        place.is_dir() and all(_OURS.fullmatch(file.name) for file in place.iterdir()) for place in folder.iterdir()
    )
