"""Attacks on the machine: time, memory, disk, processes, signals and the process that the answer runs in."""

from grading_hostile import Attack

ENDLESS = "def convolve(image, kernel):\n    while True:\n        pass\n"
CATCHES_ALL = """
def relu(values):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
REGULAR_EXPRESSION = """
import re

def weigh(window, kernel):
    return float(bool(re.match(r"(a|a|b?)+$", "a" * 60 + "c")))
"""
FORK_BOMB = """
import os

def gradient_step(kernel, gradient, learning_rate):
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""
THREADS = """
import threading, time

def gradient_step(kernel, gradient, learning_rate):
    while True:
        threading.Thread(target=time.sleep, args=(10_000,)).start()
"""
MEMORY = """
def weigh(window, kernel):
    return len(bytearray(40 * 1024**3))

def convolve(image, kernel):
    kept = []
    while True:
        kept.append(bytearray(b"x" * 50_000_000))
"""
DISK = """
import os, pathlib

def relu(values):
    for place in (os.path.expanduser("~"), "/dev/shm", "/tmp", "/var/tmp", "{temporary}", "."):
        try:
            with open(os.path.join(place, "{mark}-disk"), "wb") as file:
                while True:
                    file.write(bytes(10_000_000))
        except OSError:
            pass
    for number in range(200_000):
        pathlib.Path(f"{mark}-{number}").touch()
"""
EXIT = "import os\n\ndef max_pool(image, size):\n    os._exit(0)\n"
SYSTEM_EXIT = "def max_pool(image, size):\n    raise SystemExit(0)\n"
KILLED_PARENT = """
import os, signal

def relu(values):
    for number in (os.getppid(), 1, *range(2, 20)):
        try:
            if number != os.getpid():
                os.kill(number, signal.SIGKILL)
        except OSError:
            pass
    return 0
"""
KILLED_ALL = """
import os, signal

def relu(values):
    try:
        os.kill(-1, signal.SIGKILL)
    finally:
        os.killpg(0, signal.SIGKILL)
"""
CRASH = "import ctypes\n\ndef weigh(window, kernel):\n    ctypes.string_at(0)\n"
STOPPED = "import os, signal\n\ndef weigh(window, kernel):\n    os.kill(os.getpid(), signal.SIGSTOP)\n"
DELETED_HOME = """
import os, shutil
for place in (os.environ["HOME"], "{home}", "{classroom}", "{report}", "{temporary}", os.getcwd()):
    shutil.rmtree(place, ignore_errors=True)
"""
MILLION_LINES = """
import os, sys
for number in range(1_000_000):
    print(number)
for stream in (1, 2):
    for _ in range(10):
        os.write(stream, b"x" * 10_000_000)
sys.stderr.write("x" * 10_000_000)
"""
BACKGROUND = """
import os, subprocess, sys, time
CODE = "import os, time, signal; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 15)]; time.sleep(10_000)"
subprocess.Popen([sys.executable, "-c", CODE, "{mark}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve("/bin/sleep", ["sleep", "9876"], {"WHO": "{mark}"})
    os._exit(0)
"""
CHANGED_CLOCK = """
import time
for name in ("CLOCK_REALTIME", "CLOCK_MONOTONIC"):
    try:
        time.clock_settime(getattr(time, name), 0)
    except OSError:
        pass
time.time = time.monotonic = time.perf_counter = lambda: 0.0
time.sleep = lambda seconds: None

def convolve(image, kernel):
    while True:
        pass
"""
SIGNALS = """
import signal
for number in range(1, signal.NSIG):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
"""
ALARM = """
import signal

def output_size(size, kernel, stride, padding):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while True:
        pass
"""
RECURSION = """
import sys
sys.setrecursionlimit(10**9)

def output_size(size, kernel, stride, padding):
    return output_size(size, kernel, stride, padding) + 1
"""
RAISED_LIMITS = """
import resource
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        for value in (resource.RLIM_INFINITY, resource.getrlimit(getattr(resource, name))[1]):
            try:
                resource.setrlimit(getattr(resource, name), (value, value))
            except (OSError, ValueError):
                pass

def weigh(window, kernel):
    kept = []
    while True:
        kept.append(bytearray(b"x" * 50_000_000))
"""
NAMESPACES = """
import ctypes, os
C = ctypes.CDLL(None)
for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000):
    C.unshare(flag)
for kind in (b"proc", b"tmpfs"):
    C.mount(kind, b"/learner", kind, 0, None)
for attempt in (lambda: os.chroot("/"), lambda: os.setuid(0), lambda: os.nice(-20), lambda: os.mknod("x", 0o60777)):
    try:
        attempt()
    except OSError:
        pass
"""
LATE_WORK = """
import atexit, os, sys, threading, time
def trace(frame, event, argument):
    return trace
def write():
    for place in ("{home}", "{classroom}", "{report}", "/tmp", "."):
        try:
            open(os.path.join(place, "{mark}-late"), "w").close()
        except OSError:
            pass
class Late:
    def __del__(self):
        write()
kept = Late()
kept.itself = kept
atexit.register(write)
sys.setprofile(trace)
threading.settrace(trace)
sys.excepthook = threading.excepthook = lambda *arguments: write()
threading.Thread(target=lambda: [time.sleep(0.1) for _ in iter(int, 1)]).start()
"""
CLOSED = "import os\nos.closerange(0, 1000)\n"
EXIT_IN_A_CELL = "import os\nos._exit(0)\n"
NEVER_READ = """
import os
for number in range(3, 64):
    try:
        os.set_blocking(number, False)
    except OSError:
        pass
"""

ATTACKS = (
    Attack("endless-loop", {"convolve": ENDLESS}),
    Attack("endless-loop-that-catches-all", {"relu": CATCHES_ALL}),
    Attack("regular-expression", {"weigh": REGULAR_EXPRESSION}),
    Attack("fork-bomb", {"gradient_step": FORK_BOMB}),
    Attack("thread-bomb", {"gradient_step": THREADS}),
    Attack("memory", {"weigh": MEMORY, "convolve": "pass"}),
    Attack("full-disk", {"relu": DISK}),
    Attack("exit", {"max_pool": EXIT}),
    Attack("system-exit", {"max_pool": SYSTEM_EXIT}),
    Attack("exit-in-a-cell", before=EXIT_IN_A_CELL),
    Attack("killed-parent", {"relu": KILLED_PARENT}),
    Attack("killed-all", {"relu": KILLED_ALL}),
    Attack("crash", {"weigh": CRASH}),
    Attack("stopped-itself", {"weigh": STOPPED}),
    Attack("deleted-home", before=DELETED_HOME),
    Attack("million-lines", before=MILLION_LINES),
    Attack("background", before=BACKGROUND),
    Attack("changed-clock", {"convolve": CHANGED_CLOCK}),
    Attack("signal-handlers", {"convolve": ENDLESS}, before=SIGNALS),
    Attack("alarm", {"output_size": ALARM}),
    Attack("recursion", {"output_size": RECURSION}),
    Attack("raised-limits", {"weigh": RAISED_LIMITS}),
    Attack("namespaces", before=NAMESPACES),
    Attack("late-work", before=LATE_WORK),
    Attack("closed-everything", before=CLOSED),
    Attack("non-blocking", before=NEVER_READ, keeps=False),
    Attack("seven-exits", {name: f"def {name}(*arguments):\n    os._exit(1)\n" for name in (
        "weigh", "convolve", "output_size", "relu", "max_pool", "convolve_channels", "gradient_step",
    )}, before="import os"),
)  # fmt: skip
