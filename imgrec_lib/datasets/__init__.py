"""Many images with labels: the embedded sets, those that have to be fetched, and folders of your own."""
from pathlib import Path
from typing import Any

from imgrec_lib.datasets.embedded import PHOTOGRAPHS, fashion_mnist, photograph, photograph_path
from imgrec_lib.datasets.materials import materials
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split, split

__all__ = ["PHOTOGRAPHS", "Dataset", "DatasetError", "Split", "load", "photograph", "photograph_path", "split"]

LOADERS = {"fashion_mnist": fashion_mnist, "materials": materials}


def load(name_or_folder: str | Path, **options: Any) -> Dataset:
    """The dataset of that name, or the one in that folder, in three parts: `.train`, `.validation` and `.test`."""
    return LOADERS[name_or_folder](**options)
