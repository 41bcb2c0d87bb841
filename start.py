"""Sets the course up and opens it: `python start.py`. With `setup` it stops there, with `test` it runs every check.

Standard library only. Old Pythons must be able to read this file, to be told that they are too old: so it has no
f-strings, no annotations and nothing else that Python 2.7 would call a syntax error.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "start.py: the course needs Python 3.11, 3.12 or 3.13, and this is Python {0}.{1}: install Python 3.12 beside it, "
        "then run `python3.12 start.py` (on Windows `py -3.12 start.py`).".format(*sys.version_info[:2])
    )

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
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
GIGABYTE = 10**9
# These settings of a person's shell would change what the environment holds or where it lands.
DROPPED = "PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE PIP_USER PIP_TARGET PIP_PREFIX UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX"
PROGRESS = ("Collecting", "Downloading", "Downloaded", "Installing collected", "Resolved", "Prepared", "Bytecode compiled")
NETWORK = "No network: the packages could not be fetched. Connect to the internet (or set HTTPS_PROXY), then run this again."
DISK = "The disk is full: the course needs about 3 GB. Make room, then run this again; it goes on where it stopped."
FAILURES = (
    (DISK, ("no space left", "os error 28", "not enough space", "os error 112", "disk quota exceeded")),
    ("Windows cuts paths this long: move the course to a short one, such as C:\\imgrec.", ("os error 206", "long path")),
    (
        NETWORK,
        ("connection refused", "connection error", "newconnectionerror", "max retries", "dns error", "timed out", "getaddrinfo")
        + ("name resolution", "unreachable", "error sending request", "tunnel error", "cannot connect to proxy", "proxyerror"),
    ),
    ("A file cannot be written: close programs that use this folder, and look who owns it.", ("permission denied", "error 13")),
)


class Trouble(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do about it."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, "start.py: {0}; `python start.py --help` says what it takes.\n".format(message))


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def unsupported_machine():
    """The reason why TensorFlow has no package for this Python and machine, or None."""
    machine = platform.machine().lower()
    if platform.python_implementation() != "CPython" or sys.maxsize < 2**32:
        return "this Python is not 64-bit CPython"
    if sys.platform == "darwin" and machine == "x86_64":
        return "this is an Intel Mac or an Intel build of Python"
    if sys.platform == "win32" and machine != "amd64":
        return "this Windows or its Python is not x86-64"
    if sys.platform not in ("linux", "darwin", "win32") or machine not in ("x86_64", "amd64", "aarch64", "arm64"):
        return "this is {0} on {1}".format(sys.platform, platform.machine())
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        return "this Linux has no glibc"
    return None


def check_machine(root):
    reason = unsupported_machine()
    if reason:
        raise Trouble("TensorFlow has no package for this machine ({0}): use the Colab links in README.md.".format(reason))
    for name in ("requirements.txt", "pyproject.toml", "imgrec_lib", "notebooks"):
        if not os.path.exists(os.path.join(root, name)):
            raise Trouble("{0} is missing beside start.py: fetch the whole course again.".format(name))
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Trouble(
                "This Python lacks its module {0}: on Debian or Ubuntu `sudo apt install python{1}.{2}-venv`, elsewhere "
                "install Python from its own site.".format(module, *sys.version_info[:2])
            )


def check_disk(root, environment):
    needed = 1 if os.path.isdir(environment) else 3
    if shutil.disk_usage(root).free < needed * GIGABYTE:
        raise Trouble(DISK)


@contextlib.contextmanager
def sole_setup(root):
    """Holds a lock that the system lets go of when this process ends, however it ends."""
    with open(os.path.join(root, ".start.lock"), "w") as lock:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Trouble("Another start.py is setting the course up here: wait until it has ended, then run this again.")
        yield


def python_of(environment):
    return os.path.join(environment, "Scripts", "python.exe") if os.name == "nt" else os.path.join(environment, "bin", "python")


def children_environment(environment):
    variables = {name: value for name, value in os.environ.items() if name not in DROPPED.split()}
    path = os.path.dirname(python_of(environment)) + os.pathsep + variables.get("PATH", "")
    return dict(variables, VIRTUAL_ENV=environment, PATH=path, JUPYTER_PREFER_ENV_PATH="1", PYTHONUTF8="1")


def expected_stamp(root, environment):
    """The digest of all that the environment depends on, or None where its Python does not run."""
    script = "import sys; print(sys.version, sys.base_prefix, sys.version_info[:2] >= (3, 11))"
    try:
        described = subprocess.check_output([python_of(environment), "-I", "-S", "-c", script], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    digest = hashlib.sha256(described + environment.encode("utf-8", "surrogateescape"))
    digest.update(os.environ.get("IMGREC_NEWEST", "").encode())
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def written_stamp(environment):
    try:
        with open(os.path.join(environment, "imgrec-stamp")) as file:
            return file.read()
    except OSError:
        return ""


def make_environment(environment):
    """Makes the environment anew, over a broken one of ours, never over anything else."""
    if os.path.lexists(environment) and not os.path.isdir(environment):
        raise Trouble("{0} is not a folder: move it away, then run this again.".format(environment))
    foreign = not os.path.isfile(os.path.join(environment, "pyvenv.cfg"))
    if foreign and any(files for _, _, files in os.walk(environment)):
        raise Trouble("{0} holds files that are not a Python environment: move it away, then run this again.".format(environment))
    run([sys.executable, "-I", "-m", "venv", "--clear", environment], environment, "The environment could not be made")


def run(command, environment, complaint):
    """Runs a command, shows its progress in short lines and raises `Trouble` with the reason where it fails."""
    lines = []
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=children_environment(environment)
    )
    for raw in process.stdout:
        lines.append(raw.decode("utf-8", "replace").strip())
        if lines[-1].startswith(PROGRESS):
            say("  " + lines[-1])
    if process.wait():
        text = "\n".join(lines)
        with contextlib.suppress(OSError), open(os.path.join(environment, "setup.log"), "w", encoding="utf-8") as log:
            log.write(text)
        raise Trouble(diagnosis(text) or "{0}: {1}".format(complaint, ([line for line in lines if line] or ["?"])[-1]))


def diagnosis(text):
    lowered = text.lower()
    return next((sentence for sentence, signs in FAILURES if any(sign in lowered for sign in signs)), None)


def install(root, environment):
    """Installs with uv, four times as quick, and with pip where uv cannot be had or fails."""
    requirements = os.path.join(root, "requirements.txt")
    what = ["--requirement", requirements]
    if os.environ.get("IMGREC_NEWEST"):
        what = ["--upgrade", root + "[lab,check]"]
    course = ["--editable", root, "--no-deps", "--no-build-isolation"]
    python = [python_of(environment), "-I", "-m"]
    pip = python + ["pip", "install", "--no-input", "--disable-pip-version-check", "--retries", "2"]
    uv = python + ["uv", "pip", "install", "--python", python_of(environment), "--compile-bytecode"]
    try:
        run(pip + ["uv", "--constraint", requirements], environment, "uv could not be installed")
        run(uv + what, environment, "The packages could not be installed")
        run(uv + course, environment, "The course could not be installed")
    except Trouble as trouble:
        if str(trouble) in (DISK, NETWORK):
            raise
        say("  uv did not do it, so pip does; this takes longer.")
        run(pip + what, environment, "The packages could not be installed")
        run(pip + course, environment, "The course could not be installed")


def set_up(root, environment):
    """Makes `.venv` as requirements.txt says, or mends it. Its stamp is written last, so an interrupted run is seen."""
    check_machine(root)
    with sole_setup(root):
        check_disk(root, environment)
        stamp = os.path.join(environment, "imgrec-stamp")
        if os.path.exists(stamp):
            os.remove(stamp)
        say("Setting up the course in .venv: about two minutes and 2 GB of disk, once.")
        if not expected_stamp(root, environment):
            make_environment(environment)
        install(root, environment)
        write_lab_settings(environment)
        with open(stamp, "w") as file:
            file.write(expected_stamp(root, environment))
    say("The course is set up.")


def write_lab_settings(environment):
    """JupyterLab's question about news needs a network and stands in the learner's way, so it is switched off."""
    folder = os.path.join(environment, "etc", "jupyter", "labconfig")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "page_config.json"), "w") as file:
        json.dump({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}, file)


def free_port():
    for port in range(8888, 8988):
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Trouble("Every port from 8888 to 8987 is taken: end a program that listens there, then run this again.")


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /api HTTP/1.0\r\n\r\n")
            return connection.recv(4) == b"HTTP"
    except OSError:
        return False


def open_course(root, environment, browser):
    """Runs JupyterLab on this machine's own address until Ctrl-C, with lesson 1 open."""
    lesson = min(glob.glob(os.path.join(glob.escape(root), "notebooks", "01_*.ipynb")), default=None)
    if lesson is None:
        raise Trouble("notebooks/01_pixels_as_matrices.ipynb is missing: fetch the whole course again.")
    port, token = free_port(), os.urandom(24).hex()
    page = "/lab/tree/notebooks/" + os.path.basename(lesson)
    command = [python_of(environment), "-I", "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", "--allow-root", "-y"]
    command += ["--ServerApp.log_level=WARN", "--LabApp.log_level=WARN"]
    command += ["--ServerApp.port={0}".format(port), "--ServerApp.port_retries=0", "--ServerApp.root_dir=" + root]
    command += ["--LabApp.default_url=" + page, "--ServerApp.open_browser={0}".format(browser)]
    command += ["--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate"]
    # The token travels in the environment: other people of a shared machine can read command lines.
    variables = dict(children_environment(environment), JUPYTER_TOKEN=token)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches JupyterLab too, which ends in its own time.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    server = subprocess.Popen(command, cwd=root, env=variables)
    try:
        while server.poll() is None and not answers(port):
            time.sleep(0.05)
        if server.poll() is None:
            say("The course is open at http://127.0.0.1:{0}{1}?token={2}".format(port, page, token))
            say("Ctrl-C here ends it.")
        elif server.returncode:
            raise Trouble("JupyterLab ended before it answered: its own lines above say why.")
        return server.wait()
    finally:
        server.terminate()
        server.wait()


def check_course(root, environment):
    """Runs every check and gives the first exit status that is not 0."""
    checks = ["ruff check .", "pytest tests", "pytest --nbval notebooks"]
    variables = children_environment(environment)
    codes = [subprocess.call([python_of(environment), "-m"] + check.split(), cwd=root, env=variables) for check in checks]
    return next((code for code in codes if code), 0)


def main(arguments=None, root=ROOT):
    sys.stdout.reconfigure(errors="backslashreplace")
    parser = Parser(prog="start.py", description="Sets the course up in .venv and opens it.")
    parser.add_argument("what", nargs="?", choices=("open", "setup", "test"), default="open", help="open is what it does by itself")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    options = parser.parse_args(arguments)
    environment = os.path.join(root, ".venv")
    try:
        if options.what == "setup" or written_stamp(environment) != expected_stamp(root, environment):
            set_up(root, environment)
        if options.what == "open":
            return open_course(root, environment, not options.no_browser)
        return check_course(root, environment) if options.what == "test" else 0
    except KeyboardInterrupt:
        complaint = "Stopped. Run the same command again: it goes on where it stopped."
    except Trouble as trouble:
        complaint = str(trouble)
    except OSError as error:
        complaint = diagnosis(str(error)) or "{0}: look who owns this folder and what disk it is on.".format(error)
    sys.stderr.write("start.py: {0}\n".format(complaint))
    return 1


if __name__ == "__main__":
    sys.exit(main())
