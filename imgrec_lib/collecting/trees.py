"""All files below a folder, found in one walk that follows no links and passes over junk."""

import os
import posixpath
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from imgrec_lib.collecting.records import Listing
from imgrec_lib.datasets import DatasetError
from imgrec_lib.datasets.places import is_inside, is_junk

MOST_FILES = 200_000
PICTURE_SUFFIXES = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".avif", ".jp2", ".j2k",
    ".ppm", ".pgm", ".pbm", ".pnm", ".heic", ".heif",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tree:
    """The files and folders below a root, each by its name relative to the root, POSIX."""

    root: Path
    files: dict[str, Path]
    folders: list[str]

    @cached_property
    def pictures(self) -> dict[str, Path]:
        """The files that are named like pictures."""
        return {name: path for name, path in self.files.items() if suffix(name) in PICTURE_SUFFIXES}

    @cached_property
    def pictures_by_stem(self) -> dict[str, list[str]]:
        """The names of pictures by their last part without its ending, in small letters."""
        return _by(stem, self.pictures)

    @cached_property
    def pictures_by_last_part(self) -> dict[str, list[str]]:
        """The names of pictures by their last part."""
        return _by(posixpath.basename, self.pictures)

    def with_suffix(self, *endings: str) -> list[str]:
        """The names of files with one of these endings."""
        return [name for name in self.files if suffix(name) in endings]

    def report_unlabelled(self, listing: Listing, used: set[str], way_out: str) -> None:
        """Add a problem for each picture that nothing labels."""
        for name in self.pictures:
            if name not in used:
                listing.wrong(name, "no label", f"{name} has no label; {way_out}, or take it out of the folder.")


def suffix(name: str) -> str:
    """The ending of a name in small letters, with its dot."""
    return posixpath.splitext(name)[1].lower()


def stem(name: str) -> str:
    """The last part of a name without its ending, in small letters."""
    return posixpath.splitext(posixpath.basename(name))[0].lower()


def _by(key, names) -> dict[str, list[str]]:
    found = defaultdict(list)
    for name in names:
        found[key(name)].append(name)
    return found


def walk(root: Path, listing: Listing) -> Tree:
    """The tree below a folder; links that lead out, and folders that may not be read, go into the listing."""
    files: dict[str, Path] = {}
    folders: list[str] = []

    def closed(error: OSError) -> None:
        name = PurePosixPath(Path(error.filename).relative_to(root).as_posix())
        listing.wrong(f"{name}", "unreadable", f"The folder {name} cannot be read; change its permissions.")

    for place, inner, names in os.walk(root, onerror=closed):
        here = Path(place)
        inner[:] = [name for name in sorted(inner) if not is_junk(name) and _followed(here / name, root, listing)]
        folders += [(here / name).relative_to(root).as_posix() for name in inner]
        for name in sorted(names):
            path = here / name
            relative = path.relative_to(root).as_posix()
            if is_junk(name):
                continue
            if is_inside(path, root):
                files[relative] = path
            else:
                listing.wrong(relative, "outside", f"{relative} is a link that leads out of the folder; copy the file.")
        if len(files) > MOST_FILES:
            raise DatasetError(f"{root} holds more than {MOST_FILES:,} files; name the folder of the photographs alone")
    return Tree(root, files, folders)


def _followed(folder: Path, root: Path, listing: Listing) -> bool:
    if not folder.is_symlink():
        return True
    name = folder.relative_to(root).as_posix()
    listing.wrong(name, "outside", f"{name} is a link to a folder, which is not followed; move the folder itself here.")
    return False
