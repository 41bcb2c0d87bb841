"""Many images with labels: the embedded sets, those that have to be fetched, and folders of your own."""

from imgrec_lib.datasets.catalogue import DatasetInfo, available, fetch, load
from imgrec_lib.datasets.embedded import PHOTOGRAPHS, photograph, photograph_path
from imgrec_lib.datasets.materials import photograph_patches
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split, split
from imgrec_lib.datasets.writing import write_folder

__all__ = [
    "PHOTOGRAPHS", "Dataset", "DatasetError", "DatasetInfo", "Split", "available", "fetch", "load", "photograph",
    "photograph_patches", "photograph_path", "split", "write_folder",
]  # fmt: skip
