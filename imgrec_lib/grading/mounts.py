"""What a process in a bubblewrap sandbox sees: the arguments of `bwrap`, from the folders that it may read.

Nothing else of the machine is there: no home, no `/tmp` of others, no network, no process of others.
"""

import os
import site
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import imgrec_lib

COURSE = Path(imgrec_lib.__file__).resolve().parent
SCRATCH, SHARED_MEMORY = "/learner", "/dev/shm"
TOP = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM = ("/usr", "/nix/store", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
# All that a worker has of the two packages that hold the references and the judge; their other modules stay outside.
WORKER_MODULES = (
    "exercises/__init__.py", "exercises/observing.py", "exercises/failures.py", "exercises/comparing.py",
    "exercises/elsewhere.py", "grading/__init__.py", "grading/limits.py", "grading/linux.py", "grading/usage.py",
    "grading/ending.py", "grading/confining.py", "grading/warm.py", "grading/worker.py", "grading/cells.py",
    "grading/wire.py", "grading/messages.py", "grading/standins.py", "grading/networks.py",
)  # fmt: skip
ROOTS_POWERS = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_DAC_READ_SEARCH")
NAMESPACES = (
    "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--new-session",
    "--cap-drop", "ALL",
)  # fmt: skip


def namespaces() -> list[str]:
    """The arguments that give a process its own network, process table and host name, and no powers."""
    return [*NAMESPACES] if os.geteuid() == 0 else ["--unshare-user", *NAMESPACES]


def keep_powers() -> list[str]:
    """The arguments that leave root what it needs: to make a worker an unprivileged user, to end it, to read."""
    return [word for power in ROOTS_POWERS for word in ("--cap-add", power)] if os.geteuid() == 0 else []


def _package_folders() -> list[Path]:
    """Folders of installed packages outside the Python that runs, such as a user's own."""
    ends = ("site-packages", "dist-packages")
    return [Path(one) for one in [*sys.path, site.getusersitepackages()] if one.endswith(ends) and Path(one).is_dir()]


def interpreter_folders() -> list[Path]:
    """The folders in which this Python and its packages lie."""
    executable = Path(os.path.realpath(sys.executable))
    named = [Path(one) for one in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)]
    found = {one for name in [*named, executable.parents[1]] for one in (name, name.resolve())}
    return [one for one in [*found, *_package_folders()] if not one.is_relative_to("/usr") and one != Path("/")]


def data_folders() -> list[Path]:
    """The course's data, and the folder that `$IMGREC_DATA` names."""
    own = os.environ.get("IMGREC_DATA")
    folders = [COURSE.parent / "datasets", *([Path(own).absolute()] if own else [])]
    return [one for one in folders if one.is_dir()]


def environment(scratch: str, importable: Iterable[Path] = ()) -> dict[str, str]:
    """The whole environment of a process in a sandbox: nothing of the instructor's is in it."""
    places = [COURSE.parent, *importable, *(one for one in _package_folders() if not _is_pythons_own(one))]
    own = {"IMGREC_DATA": os.path.abspath(os.environ["IMGREC_DATA"])} if os.environ.get("IMGREC_DATA") else {}
    return own | {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "learner",
        "LOGNAME": "learner", "HOME": scratch, "TMPDIR": scratch, "IMGREC_PROGRESS": f"{scratch}/progress.sqlite",
        "IPYTHONDIR": f"{scratch}/.ipython", "MPLCONFIGDIR": f"{scratch}/.matplotlib", "MPLBACKEND": "Agg",
        "KERAS_HOME": f"{scratch}/.keras", "XDG_CACHE_HOME": f"{scratch}/.cache", "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(map(str, places))), "PYTHONDONTWRITEBYTECODE": "1",
        "CUDA_VISIBLE_DEVICES": "-1", "MALLOC_ARENA_MAX": "2", **_few_threads(),
    }  # fmt: skip


def _is_pythons_own(folder: Path) -> bool:
    return any(folder.is_relative_to(prefix) for prefix in (sys.prefix, sys.base_prefix))


def _few_threads() -> dict[str, str]:
    """Many workers run at once, so that none needs many threads; and a fork must come from one thread."""
    return {
        "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "2",
        "TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "2",
    }  # fmt: skip


def _read_only(folders: Iterable[Path]) -> Iterator[str]:
    """Arguments that show the folders, outer ones first, for what is mounted later covers what was there."""
    for folder in sorted(set(folders), key=lambda one: (len(one.parts), one)):
        for above in [*folder.parents][-2::-1]:  # Bubblewrap alone would make them for one user only
            yield from ("--perms", "0755", "--dir", str(above))
        yield from ("--ro-bind", str(folder), str(folder))


def _system() -> Iterator[str]:
    for name in TOP:
        if os.path.islink(name):
            yield from ("--symlink", os.readlink(name), name)
        elif os.path.isdir(name):
            yield from ("--ro-bind", name, name)
    for name in SYSTEM:
        yield from ("--ro-bind-try", name, name)


def _cover(path: Path) -> list[str]:
    """Arguments that put nothing in the place of a folder or a file."""
    if path.is_dir():
        return ["--tmpfs", str(path), "--remount-ro", str(path)]
    return ["--ro-bind", "/dev/null", str(path)]


def _without_references() -> Iterator[str]:
    """Arguments that take the references and the judge out of the course, and out of a second copy of it."""
    for name in ("exercises", "grading"):
        place = COURSE / name
        yield from ("--tmpfs", str(place))
        for module in WORKER_MODULES:
            if module.startswith(name) and (COURSE / module).is_file():
                yield from ("--ro-bind", str(COURSE / module), str(COURSE / module))
        yield from ("--remount-ro", str(place))
    for copy in (folder / "imgrec_lib" for folder in _package_folders()):
        if copy.is_dir() and copy.resolve() != COURSE:
            yield from _cover(copy)


def _without(hidden: Sequence[Path], shown: Iterable[Path]) -> Iterator[str]:
    """Arguments that cover the hidden paths wherever they can be seen through what is shown."""
    for folder in [*shown, Path("/usr"), COURSE]:
        for path in map(Path.resolve, hidden):
            if path.exists() and path.is_relative_to(folder.resolve()):
                yield from _cover(folder / path.relative_to(folder.resolve()))


def _own_places(size: int) -> Iterator[str]:
    """Arguments for the folders that are a process's own: its scratch, its processes, its devices."""
    for place in (SCRATCH, SHARED_MEMORY):
        if place == SHARED_MEMORY:
            yield from ("--proc", "/proc", "--dev", "/dev")
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", place)


def _variables(values: dict[str, str]) -> Iterator[str]:
    yield "--clearenv"
    for name, value in values.items():
        yield from ("--setenv", name, value)


def view(
    size: int, *, readable: Sequence[Path] = (), writable: Sequence[Path] = (), references: bool, hidden: Sequence[Path]
) -> list[str]:
    """The arguments for all that a process in the sandbox sees, with `size` bytes to write in.

    Without `references` only what a worker needs of the course's exercises is there.
    """
    shown = [*interpreter_folders(), *data_folders(), *(path.absolute() for path in readable)]
    words = [*_own_places(size), *_system(), *_read_only([*shown, COURSE])]
    words += () if references else _without_references()
    words += _without(hidden, shown)
    for path in (path.absolute() for path in writable):
        words += ["--bind", str(path), str(path)]
    if not any(path.is_relative_to("/tmp") for path in [*shown, *writable, COURSE]):
        words += ["--symlink", SCRATCH, "/tmp"]
    words += _variables(environment(SCRATCH, readable))
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH]
