"""Which kind of source it is that photographs are gathered from, and the listing that its reader makes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imgrec_lib.collecting import csv_lists, folders, json_lists, voc, yolo, yolo_names
from imgrec_lib.collecting.list_rows import is_url
from imgrec_lib.collecting.records import Listing, of_mapping
from imgrec_lib.collecting.trees import Tree, suffix, walk
from imgrec_lib.datasets import DatasetError
from imgrec_lib.datasets.places import PART_NAMES

_READERS = {".csv": csv_lists, ".tsv": csv_lists, ".txt": csv_lists, ".json": json_lists}
_PLACES_OF_LISTS = {"", "annotations", *PART_NAMES}


def listing_of(source: Any) -> Listing:
    """The photographs that a source names, and what is wrong with it; DatasetError where it is none at all.

    source: a folder, a CSV or JSON list, or a dict from class names to photographs.
    """
    if isinstance(source, Mapping):
        return of_mapping(source)
    if not isinstance(source, str | os.PathLike):
        raise DatasetError(
            f"an object of type {type(source).__name__} holds no photographs; give a folder, a list (CSV or JSON), or "
            "a dict of class names and photographs"
        )
    if isinstance(source, str) and is_url(source):
        raise DatasetError(f"{source[:60]} is an address; download the photographs, or name them in a CSV list")
    path = Path(source).expanduser()
    try:
        kind = "folder" if path.is_dir() else "file" if path.exists() else ""
    except (OSError, ValueError) as error:
        raise DatasetError(f"{str(source)[:60]!r} is no name of a folder; check it") from error
    if not kind:
        raise DatasetError(f"there is no folder {str(source)!r}; check its name")
    return _of_folder(path) if kind == "folder" else _of_file(path)


def _of_file(path: Path) -> Listing:
    listing = Listing(path.resolve().stem)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        advice = (
            "unpack it and give the folder"
            if path.suffix.lower() in (".zip", ".tar", ".gz", ".xz", ".7z")
            else ("give a folder of class folders, or a list in CSV or JSON")
        )
        raise DatasetError(f"{path} is neither a folder nor a list; {advice}")
    tree = walk(path.parent, listing)
    if path.name not in tree.files:
        raise DatasetError(f"the list {path} is hidden, or a link that leads out of its folder; copy it there")
    used = reader.read(tree, listing, path.name)
    tree.report_unlabelled(listing, used, "name it in the list")
    return listing


def _of_folder(root: Path) -> Listing:
    listing = Listing(root.resolve().name)
    tree = walk(root, listing)
    sorted_by_class = len(folders.class_folders(tree)) > 1
    few_pictures = len(tree.pictures) / 2 if sorted_by_class else 0
    if len(found := voc.label_files(tree)) > 0 and len(found) >= few_pictures:
        voc.read(tree, listing)
    elif _is_yolo(tree, few_pictures):
        yolo.read(tree, listing)
    elif not sorted_by_class and (lists := _lists(tree)):
        _read_lists(tree, listing, lists)
    else:
        folders.read(tree, listing)
        if not listing.photographs:
            raise DatasetError(f"{root} holds no photographs; put those of each class into a folder named after it")
    return listing


def _is_yolo(tree: Tree, few_pictures: float) -> bool:
    texts = yolo.label_files(tree)
    if not texts or not any(yolo.looks_like_labels(tree, name) for name in texts[:200]):
        return False
    return len(texts) >= few_pictures or bool(yolo_names.name_files(tree))


def _lists(tree: Tree) -> list[str]:
    near = [name for name in tree.with_suffix(".csv", ".tsv", ".json") if _folder(name).lower() in _PLACES_OF_LISTS]
    return [name for name in near if _READERS[suffix(name)].fits(tree, name)]


def _read_lists(tree: Tree, listing: Listing, lists: list[str]) -> None:
    """Add every list; one in a folder named after a part, or named so itself, lays that part down."""
    used = set()
    for name in lists:
        words = {_folder(name).lower(), *Path(name).stem.lower().replace("-", "_").split("_")}
        part = next((PART_NAMES[word] for word in PART_NAMES if len(lists) > 1 and word in words), "")
        used |= _READERS[suffix(name)].read(tree, listing, name, part)
    tree.report_unlabelled(listing, used, "name it in the list")


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
