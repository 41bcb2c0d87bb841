"""Which datasets there are, and the way to each of them."""

import difflib
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgrec_lib.datasets import embedded, fetched
from imgrec_lib.datasets.embedded import fashion_mnist
from imgrec_lib.datasets.folders import load_folder
from imgrec_lib.datasets.materials import SOURCES, materials
from imgrec_lib.datasets.parts import Dataset, DatasetError

LOADERS: dict[str, Callable[..., Dataset]] = {
    "fashion_mnist": fashion_mnist, "materials": materials, "digits": fetched.digits,
    "mnist": fetched.mnist, "cifar10": fetched.cifar10, "cifar100": fetched.cifar100,
}  # fmt: skip


@dataclass(frozen=True)
class DatasetInfo:
    """One line about a dataset: what it holds, where it comes from, whether it is here."""

    name: str
    pictures: str
    size: str
    source: str
    present: bool

    def __str__(self) -> str:
        state = "here" if self.present else f"not here: `imgrec data get {self.name}`"
        return f"{self.name:14} {self.pictures:>15}  {self.size:12}  {self.source:22}  {state}"


def load(name_or_folder: str | os.PathLike, **options: Any) -> Dataset:
    """The dataset of that name, or the one in that folder, in three parts: `.train`, `.validation` and `.test`.

    Names: fashion_mnist, materials, digits, mnist, cifar10, cifar100. A folder holds a folder of pictures for each
    class. Every set takes `seed`; materials also takes `size` and `per_class`, a folder `size`.
    """
    if isinstance(name_or_folder, str) and name_or_folder in LOADERS:
        loader = LOADERS[name_or_folder]
    elif isinstance(name_or_folder, str | os.PathLike):
        loader, options = load_folder, {"folder": _existing(name_or_folder), **options}
    else:
        raise DatasetError(
            f"{type(name_or_folder).__name__} is neither a name nor a folder; give one such as 'fashion_mnist' as "
            "text"
        )
    known = inspect.signature(loader).parameters
    if unknown := [option for option in options if option not in known]:
        takes = " and ".join(option for option in known if option != "folder")
        raise DatasetError(f"{name_or_folder} does not take the option {unknown[0]!r}; it takes {takes}")
    return loader(**options)


def _existing(place: str | os.PathLike) -> Path:
    folder = Path(place).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise DatasetError(
            f"{place} is a file, not a folder; give the folder that holds a folder of pictures for each class"
        )
    near = difflib.get_close_matches(str(place).lower().replace("-", "_"), LOADERS, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"the names are {', '.join(LOADERS)}"
    raise DatasetError(f"there is no dataset and no folder {str(place)!r}; {meant}")


def available() -> list[DatasetInfo]:
    """A line for each dataset that `load` knows by name."""
    embedded_photographs = [f"photographs/{embedded.photograph_path(name).name}" for name in SOURCES.values()]
    clothing = [name for name in embedded.checksums() if name.startswith("fashion_mnist/")]
    with_course = "came with the course"
    return [
        DatasetInfo("fashion_mnist", "70,000", "28 × 28 × 1", with_course, _all_there(clothing)),
        DatasetInfo("materials", "1,000 and more", "48 × 48 × 1", with_course, _all_there(embedded_photographs)),
        DatasetInfo("digits", "1,797", "8 × 8 × 1", "came with scikit-learn", True),
        _fetched_info("mnist", "70,000", "28 × 28 × 1"),
        _fetched_info("cifar10", "60,000", "32 × 32 × 3"),
        _fetched_info("cifar100", "60,000", "32 × 32 × 3"),
    ]


def _all_there(names: list[str]) -> bool:
    return all((embedded.ROOT / name).is_file() for name in names)


def _fetched_info(name: str, pictures: str, size: str) -> DatasetInfo:
    source = "from IMGREC_DATA" if fetched.own_folder(name) else "downloaded by Keras"
    return DatasetInfo(name, pictures, size, source, bool(fetched.own_folder(name)) or fetched.is_cached(name))


def fetch(name: str) -> str:
    """One sentence about the dataset that is now on this machine, after it was fetched where it was missing."""
    if name not in LOADERS:
        raise DatasetError(f"there is no dataset {name!r}; the names are {', '.join(LOADERS)}")
    found = load(name)
    count = sum(len(part) for part in (found.train, found.validation, found.test))
    return f"{name} is here and whole: {count:,} pictures of {len(found.class_names)} classes."
