"""Sets the course up and opens it: `python start.py`. With `setup` it stops there, with `test` it runs every check.

Old Pythons must be able to read this file, to be told that they are too old: standard library only, no f-strings, no
annotations, nothing else that Python 2.7 would call a syntax error.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    message = "start.py: the course needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}: install Python 3.12 "
    message += "beside it, then run `python3.12 start.py` (on Windows `py -3.12 start.py`)."
    sys.exit(message.format(*sys.version_info[:2]))

import argparse
import contextlib
import glob
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time

LESSON = "notebooks/01_pixels_as_matrices.ipynb"
ROOT = os.path.dirname(os.path.abspath(__file__))
# A person's own settings that would change what the environment holds, where it lands or how fast it is.
DROPPED = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PIP_USER", "PIP_TARGET", "UV_SYSTEM_PYTHON")
PROGRESS = ("Collecting", "Downloading", "Downloaded", "Installing collected", "Resolved", "Prepared", "Bytecode")
DISK = "The disk is full and the course needs 3 GB: make room, then run this again."
NETWORK = "No network, so packages could not be fetched: connect to the internet (or set HTTPS_PROXY), run this again."
OWNER = "A file here cannot be written: see who owns this folder, close programs that use it, then run this again."
LENGTH = "Windows cuts names as long as these: move the course to a shorter folder, such as C:\\imgrec."
SIGNS = (
    (DISK, ("no space left", "os error 28", "not enough space", "os error 112", "quota exceeded")),
    (LENGTH, ("os error 206", "long path")),
    (NETWORK, ("connection refused", "newconnectionerror", "max retries", "dns error", "name resolution", "getaddr")),
    (NETWORK, ("timed out", "unreachable", "error sending request", "tunnel error", "proxyerror", "aborted")),
    (OWNER, ("permission denied", "os error 13", "read-only file system", "access is denied")),
)


class Trouble(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do about it."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, "start.py: {}; `python start.py --help` says what it takes.\n".format(message))


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def diagnosis(text):
    """The sentence for a failure that can be recognised by what a program said about it, or None."""
    return next((sentence for sentence, signs in SIGNS if any(sign in text.lower() for sign in signs)), None)


def check_machine(root):
    system, machine = sys.platform, platform.machine().lower()
    machines = {"linux": ("x86_64", "aarch64"), "darwin": ("arm64",), "win32": ("amd64",)}
    odd_python = platform.python_implementation() != "CPython" or sys.maxsize < 2**32
    odd_linux = system == "linux" and platform.libc_ver()[0] != "glibc"
    if odd_python or odd_linux or machine not in machines.get(system, ()):
        seen = "{} on {}, {}".format(platform.python_implementation(), system, machine)
        raise Trouble("TensorFlow has no package for {}: use the Colab links in README.md.".format(seen))
    for name in ("requirements.txt", "pyproject.toml", "imgrec_lib", LESSON):
        if not os.path.exists(os.path.join(root, name)):
            raise Trouble("{} is missing beside start.py: fetch the whole course again.".format(name))
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        words = "This Python lacks its module venv: on Debian or Ubuntu `sudo apt install python{}.{}-venv` adds it."
        raise Trouble(words.format(*sys.version_info[:2]))


@contextlib.contextmanager
def only_one(root):
    """Holds a lock that the system itself lets go of when this process ends, however it ends."""
    with open(os.path.join(root, ".start.lock"), "w") as file:
        try:
            # Both numbers mean: for this process alone, and at once or not at all.
            locking = importlib.import_module("msvcrt" if os.name == "nt" else "fcntl")
            locking.locking(file.fileno(), 2, 1) if os.name == "nt" else locking.flock(file, 6)
        except OSError:
            raise Trouble("Another start.py is setting the course up here: wait for it to end, then run this again.")
        yield


def python_of(environment):
    return os.path.join(environment, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def variables_of(environment):
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    path = os.path.dirname(python_of(environment)) + os.pathsep + kept.get("PATH", "")
    return dict(kept, PATH=path, VIRTUAL_ENV=environment, JUPYTER_PREFER_ENV_PATH="1", PYTHONUTF8="1")


def wanted_stamp(root, environment):
    """The digest of all that the environment depends on, or None where its Python does not run."""
    digest = hashlib.sha256(repr((environment, bool(os.environ.get("IMGREC_NEWEST")))).encode())
    command = [python_of(environment), "-I", "-S", "-c", "import sys; print(sys.version, sys.base_prefix)"]
    try:
        digest.update(subprocess.check_output(command, stderr=subprocess.DEVNULL))
    except (OSError, subprocess.CalledProcessError):
        return None
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def stamp_of(environment):
    with contextlib.suppress(OSError), open(os.path.join(environment, "imgrec-stamp")) as file:
        return file.read()
    return ""


def run(root, environment, *command):
    """Runs a command of the set-up, shows its progress in short lines, raises `Trouble` with the reason if it fails."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process, lines = subprocess.Popen(command, cwd=root, env=variables_of(environment), **pipes), [""]
    for raw in process.stdout:
        lines += filter(None, [raw.decode("utf-8", "replace").strip()])
        if lines[-1].startswith(PROGRESS):
            say("  " + lines[-1])
    if process.wait():
        with contextlib.suppress(OSError), open(os.path.join(environment, "setup.log"), "w", encoding="utf-8") as log:
            log.write("\n".join(lines))
        raise Trouble(diagnosis("\n".join(lines)) or "Setting up failed, see .venv/setup.log: {}".format(lines[-1]))


def make_environment(root, environment):
    """Makes the environment anew, in place of one that is broken or half made, never in place of anything else."""
    ours = os.path.isfile(os.path.join(environment, "pyvenv.cfg"))
    holds_files = any(files for _, _, files in os.walk(environment))
    if os.path.lexists(environment) and not os.path.isdir(environment) or holds_files and not ours:
        raise Trouble("{} is not a Python environment: move it away, then run this again.".format(environment))
    # Not sys.executable, which may be the environment's own Python, about to be cleared away.
    run(root, environment, getattr(sys, "_base_executable", sys.executable), "-I", "-m", "venv", "--clear", environment)


def install(root, environment):
    """Installs with uv, four times as quick, or with pip where uv cannot be had or fails."""
    what = ["--upgrade", ".[lab,check]"] if os.environ.get("IMGREC_NEWEST") else ["--requirement", "requirements.txt"]
    course = ["--no-deps", "--no-build-isolation", "--editable", "."]
    python = python_of(environment)
    pip = [python, "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--retries", "2"]
    uv = [python, "-I", "-m", "uv", "pip", "install", "--python", python, "--compile-bytecode"]
    try:
        run(root, environment, *pip + ["uv", "--constraint", "requirements.txt"])
        run(root, environment, *uv + what)
        run(root, environment, *uv + course)
    except Trouble as trouble:
        if str(trouble) in (DISK, NETWORK):
            raise
        say("  uv failed, so pip installs the packages: this takes a few minutes longer.")
        run(root, environment, *pip + what)
        run(root, environment, *pip + course)
    # JupyterLab would ask whether to fetch news, the first thing that a learner sees.
    os.makedirs(os.path.join(environment, "etc", "jupyter", "labconfig"), exist_ok=True)
    with open(os.path.join(environment, "etc", "jupyter", "labconfig", "page_config.json"), "w") as file:
        json.dump({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}, file)


def set_up(root, environment):
    """Makes `.venv` as requirements.txt says, or mends it; its stamp is written last, so that half a set-up is seen."""
    with only_one(root):
        stamp, exists = os.path.join(environment, "imgrec-stamp"), os.path.isdir(environment)
        if shutil.disk_usage(environment if exists else root).free < (1 if exists else 3) * 10**9:
            raise Trouble(DISK)
        say("Setting the course up in .venv, once: it takes about two minutes and 3 GB of disk.")
        if not stamp_of(environment) or not wanted_stamp(root, environment):
            make_environment(root, environment)
        with contextlib.suppress(FileNotFoundError):
            os.remove(stamp)
        install(root, environment)
        with open(stamp, "w") as file:
            file.write(wanted_stamp(root, environment))
    say("The course is set up.")


def open_course(root, environment, browser):
    """Runs JupyterLab, for this machine alone, with lesson 1 open, until Ctrl-C."""
    command = [python_of(environment), "-I", "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--allow-root"]
    command += ["--ServerApp.root_dir=" + root, "--ServerApp.open_browser={}".format(browser)]
    command += ["--LabApp.default_url=/lab/tree/" + LESSON, "--ServerApp.log_level=WARN", "--LabApp.log_level=WARN"]
    command += ["--LanguageServerManager.autodetect=False"]
    # In a group of its own the server does not get this terminal's Ctrl-C, which would end it with a traceback.
    group = {"start_new_session": True, "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    with tempfile.TemporaryDirectory(prefix="imgrec-", ignore_cleanup_errors=True) as runtime:
        # The token travels in the environment, since everybody on a shared machine can read command lines.
        variables = dict(variables_of(environment), JUPYTER_TOKEN=os.urandom(24).hex(), JUPYTER_RUNTIME_DIR=runtime)
        server = subprocess.Popen(command, cwd=root, env=variables, stdin=subprocess.DEVNULL, **group)
        try:
            seen = (port_of(server, runtime), LESSON, variables["JUPYTER_TOKEN"])
            say("The course is open at http://127.0.0.1:{}/lab/tree/{}?token={}".format(*seen))
            say("Press Ctrl-C here to close it.")
            return server.wait()
        except KeyboardInterrupt:
            return say("Closed.")
        finally:
            server.terminate()
            server.wait()


def port_of(server, runtime):
    """The port that JupyterLab took, 8888 or the next free one, as soon as it listens there."""
    while server.poll() is None:
        for name in glob.glob(os.path.join(glob.escape(runtime), "jpserver-*.json")):
            with contextlib.suppress(OSError, ValueError), open(name) as file:
                return json.load(file)["port"]
        time.sleep(0.05)
    raise Trouble("JupyterLab ended before it listened, see its lines above: delete the folder .venv, run this again.")


def check_course(root, environment):
    """0 if all checks pass; all of them run, whatever the first ones say."""
    # Tests in a browser look at times, so they run one after another, and the others on all processors.
    several = "pytest tests --ignore tests/browser --numprocesses auto --dist loadgroup"
    checks = ("ruff check .", several, "pytest tests/browser", "pytest --nbval notebooks")
    commands = [[python_of(environment), "-m"] + check.split() for check in checks]
    return max(subprocess.call(command, cwd=root, env=variables_of(environment)) for command in commands)


def main(arguments=None, root=ROOT):
    sys.stdout.reconfigure(errors="backslashreplace")
    parser = Parser(prog="start.py", description="Sets the course up in .venv and opens it in your browser.")
    parser.add_argument("what", nargs="?", choices=("setup", "test"), help="only set up; or set up and run every check")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    options, environment = parser.parse_args(arguments), os.path.join(root, ".venv")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_machine(root)
        if options.what == "setup" or stamp_of(environment) != wanted_stamp(root, environment):
            set_up(root, environment)
        if options.what == "test":
            return check_course(root, environment)
        return 0 if options.what == "setup" else open_course(root, environment, not options.no_browser)
    except KeyboardInterrupt:
        complaint = "Stopped: run the same command again to go on."
    except Trouble as trouble:
        complaint = str(trouble)
    except OSError as error:
        complaint = diagnosis(str(error)) or "The system refused: {}.".format(error)
    sys.stderr.write("start.py: {}\n".format(complaint))
    return 1


if __name__ == "__main__":
    sys.exit(main())
