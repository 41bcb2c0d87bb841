"""Which files and folders of a folder count: not the junk of operating systems, and no link that leads out."""

from pathlib import Path

PART_NAMES = {"train": "train", "validation": "validation", "val": "validation", "valid": "validation", "test": "test"}
JUNK = {"__MACOSX", "Thumbs.db", "desktop.ini"}


def is_junk(name: str) -> bool:
    """Whether the name of a file or folder is hidden, or one that an operating system leaves behind."""
    return name.startswith(".") or name in JUNK


def is_inside(place: Path, root: Path) -> bool:
    """Whether a place really lies in the root, and is not a link that leads out of it."""
    return not place.is_symlink() or place.resolve().is_relative_to(root.resolve())
