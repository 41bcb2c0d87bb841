"""A folder of class folders, with or without folders for train, validation and test above them."""

from imgrec_lib.collecting.records import Listing
from imgrec_lib.collecting.trees import Tree
from imgrec_lib.datasets.places import PART_NAMES


def class_folders(tree: Tree) -> set[str]:
    """The top folders with pictures in them, or those below train, validation and test, by their last names."""
    parts = part_folders(tree)
    split_names = [name.split("/") for name in tree.pictures]
    if parts:
        return {pieces[1] for pieces in split_names if pieces[0] in parts and len(pieces) > 2}
    return {pieces[0] for pieces in split_names if len(pieces) > 1}


def part_folders(tree: Tree) -> dict[str, str]:
    """The part of each top folder that is named after one; nothing where train or a second part is missing.

    A folder of train alone is such a set too where nothing lies beside it.
    """
    tops = [name for name in tree.folders if "/" not in name]
    parts = {name: PART_NAMES[name.lower()] for name in tops if name.lower() in PART_NAMES}
    complete = "train" in parts.values() and (len(set(parts.values())) > 1 or len(parts) == len(tops))
    nested = any("/" in name and name.split("/")[0] in parts for name in tree.folders)
    return parts if complete and nested else {}


def read(tree: Tree, listing: Listing) -> None:
    """Add every file in a class folder, however deep, with the name of that folder as its class."""
    parts = part_folders(tree)
    depth = 2 if parts else 1
    for name, path in tree.files.items():
        pieces = name.split("/")
        if len(pieces) > depth and (not parts or pieces[0] in parts):
            listing.add(path, name, pieces[depth - 1], part=parts.get(pieces[0], ""))
        elif name in tree.pictures:
            listing.wrong(name, "no label", f"{name} lies beside the class folders; move it into one of them.")
    for folder in _empty(tree, parts, depth):
        listing.wrong(folder, "few", f"The class folder {folder} holds no picture; add some, or remove the folder.")


def _empty(tree: Tree, parts: dict[str, str], depth: int) -> list[str]:
    used = {"/".join(name.split("/")[:depth]) for name in tree.files}
    classes = [name for name in tree.folders if name.count("/") == depth - 1]
    return [name for name in classes if name not in used and (not parts or name.split("/")[0] in parts)]
