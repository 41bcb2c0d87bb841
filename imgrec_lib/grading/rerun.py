"""The cells of a notebook run afresh: in another process, in a sandbox where there is one, in a folder of their own."""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgrec_lib.grading import sandbox
from imgrec_lib.grading.stored import checked_output
from imgrec_lib.grading.usage import processes

CELL_SECONDS, ALL_SECONDS, SECONDS_MORE = 600, 3600, 180
MOST_LETTERS, LARGEST_ANSWER = 50_000_000, 400_000_000
LARGEST_COPY = 500_000_000
NEEDED = ("nbclient", "nbformat", "jupyter_client", "ipykernel")
PASSED_ON = re.compile(r"PATH|LANG|LANGUAGE|LC_\w+|TZ|SYSTEMROOT|IMGREC_DATA|KERAS_\w+|TF_\w+|CUDA_\w+|OMP_\w+")


@dataclass(frozen=True)
class Rerun:
    """What each cell shows when run afresh; where the run ended early, the place of that cell and the reason."""

    outputs: tuple[tuple[Mapping[str, Any], ...], ...]
    stopped_at: int | None = None
    reason: str = ""


def rerun(sources: Sequence[str], folder: Path, *, cell_seconds: float = CELL_SECONDS) -> Rerun:
    """Run cells in a fresh kernel, with copies of those files of `folder` that they name beside them."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise ImportError(f"Running a notebook needs {missing[0]}: `pip install {missing[0]}` brings it.")
    with tempfile.TemporaryDirectory(prefix="imgrec-verify-", ignore_cleanup_errors=True) as name:
        scratch = Path(name).resolve()
        files = scratch / "given" / "files"  # Two folders deep, since Python looks for modules in the first
        files.mkdir(parents=True)
        _copy_named(sources, folder, files)
        limits = {"cell_seconds": cell_seconds, "all_seconds": ALL_SECONDS, "letters": MOST_LETTERS}
        tasks = sum(process.threads for process in processes())
        request = {"sources": list(sources), "files": str(files), "other_tasks": tasks, **limits}
        answer = _answer(json.dumps(request).encode(), scratch)
    return _read(answer, len(sources))


def _named(sources: Sequence[str], folder: Path) -> Iterator[os.DirEntry]:
    """The files and folders of a folder that code names; no links, and nothing hidden."""
    code = "\n".join(sources)
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name.removesuffix(".py")
            if not entry.is_symlink() and not name.startswith(".") and re.search(rf"\b{re.escape(name)}\b", code):
                yield entry


def _copy_named(sources: Sequence[str], folder: Path, target: Path) -> None:
    """Copy what the code names, so that it can be read and nothing can be changed."""
    left = LARGEST_COPY
    for entry in _named(sources, folder):
        for file in [entry.path] if entry.is_file(follow_symlinks=False) else _files(entry.path):
            left -= os.path.getsize(file)
            if left < 0:
                raise ValueError(f"{folder} holds more than {LARGEST_COPY:,} bytes that the notebook names; use less.")
            copy = target / os.path.relpath(file, folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


def _files(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        paths = (os.path.join(place, name) for name in names)
        yield from (path for path in paths if os.path.isfile(path) and not os.path.islink(path))


def _environment(scratch: Path) -> dict[str, str]:
    """What a notebook may know of where it runs, where there is no sandbox: no key, no token, no home."""
    kept = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
    places = {name: str(scratch) for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")}
    return kept | places | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _answer(request: bytes, scratch: Path) -> bytes:
    """What the program says; whatever it leaves running is ended with it."""
    asked = scratch / "request.json"
    asked.write_bytes(request)
    with asked.open("rb") as question:
        process = subprocess.Popen(
            sandbox.command([sys.executable, "-m", "imgrec_lib.grading.running"], readable=[scratch / "given"]),
            stdin=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env=_environment(scratch),
            start_new_session=True,
        )
    alarm = threading.Timer(ALL_SECONDS + SECONDS_MORE, _end, [process])
    alarm.start()
    try:
        return process.stdout.read(LARGEST_ANSWER + 1)
    finally:
        alarm.cancel()
        _end(process)
        process.stdout.close()
        process.wait()


def _end(process: subprocess.Popen) -> None:
    """End a process and what it started in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()


def _read(answer: bytes, count: int) -> Rerun:
    """The answer, which code that nobody knows may have had its hands on."""
    try:
        content = json.loads(answer) if len(answer) <= LARGEST_ANSWER else {"failed": "It showed too much."}
        if "failed" in content:
            raise OSError(f"The notebook could not be run: {str(content['failed'])[:200]}")
        outputs = [[checked_output(one, "a cell that was run") for one in cell] for cell in content["outputs"]]
        stopped = content["stopped"] or {"cell": None, "reason": ""}
        if len(outputs) != count:
            raise ValueError("a cell is missing")
        return Rerun(tuple(map(tuple, outputs)), stopped["cell"], stopped["reason"])
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        raise OSError("The notebook could not be run: the process that ran it ended without an answer.") from None
