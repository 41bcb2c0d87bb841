"""What a training has reached, kept beside its file, so that the same command goes on after Ctrl-C or a power cut.

Each stage is an npz without pickle and a JSON that names it; both are written whole, the JSON last. A stage that was
written for other pictures or other options, or that is damaged, counts as not there.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from imgrec_lib.files import write_whole

LARGEST_FACTS, LARGEST_ARRAYS = 16_000_000, 4_000_000_000
OURS = re.compile(r"[a-z]+(-[ab]\.npz|\.json)|\.[0-9a-f]{16}\.tmp|arrays\.tmp")


def key_of(**facts: Any) -> str:
    """A digest of everything that a training depends on; equal facts give the same one."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


class Checkpoints:
    """The stages of one training in a hidden folder beside the file that it will write."""

    def __init__(self, out: Path, key: str) -> None:
        self.folder = out.with_name(f".{out.name}.training")
        self.key = key
        if self.folder.is_symlink():
            raise OSError(f"{self.folder} is a link, and training keeps its progress in a real folder; remove the link")

    def save(self, stage: str, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> None:
        """Keep arrays and JSON-ready facts as the newest of a stage, in place of those before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        old = self._facts(stage)
        name = f"{stage}-{'b' if old and old['file'] == f'{stage}-a.npz' else 'a'}.npz"
        temporary = self.folder / "arrays.tmp"
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.folder / name)
        write_whole(self.folder / f"{stage}.json", json.dumps({"key": self.key, "file": name, "facts": dict(facts)}))
        if old:
            (self.folder / old["file"]).unlink(missing_ok=True)

    def load(self, stage: str) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
        """Arrays and facts of a stage, or None where nothing fitting and whole is kept."""
        found = self._facts(stage)
        if found is None or found["key"] != self.key:
            return None
        try:
            return _arrays(self.folder / found["file"]), found["facts"]
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return None

    def _facts(self, stage: str) -> dict[str, Any] | None:
        path = self.folder / f"{stage}.json"
        try:
            if path.stat().st_size > LARGEST_FACTS:
                return None
            found = json.loads(path.read_text(encoding="utf-8"))
            fitting = isinstance(found["key"], str) and isinstance(found["facts"], dict)
            return found if fitting and found["file"] in (f"{stage}-a.npz", f"{stage}-b.npz") else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def remove(self) -> None:
        """Take all stages away; what somebody else put into the folder stays."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if OURS.fullmatch(path.name) and not path.is_dir():
                path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an npz, whose entries must be stored as they are: so it cannot hold more than its own size."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError(f"{path.name} holds compressed arrays, and a checkpoint has none")
        if sum(entry.file_size for entry in entries) > min(path.stat().st_size, LARGEST_ARRAYS):
            raise ValueError(f"{path.name} declares more than it holds")
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
