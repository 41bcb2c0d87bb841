"""Hostile code in a sandbox harms nothing: it is ended with all that it started, reads no secret, leaves no trace.

The worker here is a probe: it runs the code that it is sent and says what came of it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgrec_lib.authoring import ROOT
from imgrec_lib.grading import mounts, sandbox, warm
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.sandbox import Sandbox, SandboxError
from imgrec_lib.grading.usage import processes

LIMITS = Limits(memory_mb=512, processes=64, disk_mb=16, files=2000, seconds=60)
PROBE = '''
import json

def serve(channel):
    names, stream = {"channel": channel}, channel.makefile("rwb")
    for line in stream:
        try:
            exec(json.loads(line), names)
            reply = [True, repr(names.pop("result", None))]
        except BaseException as error:
            reply = [False, f"{type(error).__name__}: {error}"]
        stream.write(json.dumps(reply).encode() + b"\\n")
        stream.flush()
'''
STARTS_RUNTIME = "import tensorflow\ntensorflow.constant(1)\ndef serve(channel):\n    channel.sendall(b'up')\n"
WRITABLE = """
import os
result = []
for place, folders, files in os.walk("/"):
    if place in ("/learner", "/dev", "/dev/shm", "/proc", "/usr") or "site-packages/" in place:
        folders[:] = []
    if place not in ("/learner", "/dev/shm"):
        result += [path for path in (place, *(os.path.join(place, name) for name in files)) if os.access(path, os.W_OK)]
result = [path for path in result if os.path.isdir(path) or os.path.isfile(path)]
result = [path for path in result if not os.path.realpath(path).startswith("/proc")]
"""
NEEDS_BUBBLEWRAP = pytest.mark.skipif(
    sandbox._bubblewrap_fault() != "", reason=f"needs bubblewrap: {sandbox._bubblewrap_fault()}"
)
MODES = [pytest.param("bubblewrap", marks=NEEDS_BUBBLEWRAP), "limits"]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="submissions run in forked processes")


def test_bubblewrap_works_where_it_is_required() -> None:
    if os.environ.get("IMGREC_SANDBOX") != "required":
        pytest.skip("IMGREC_SANDBOX=required is not set, so tests without bubblewrap are skipped and not red")
    assert sandbox._bubblewrap_fault() == ""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the probe, and a server that must not be forked."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "probe.py").write_text(PROBE)
    (folder / "starter.py").write_text(STARTS_RUNTIME)
    folder.chmod(0o755)
    return folder


def made(mode: str, kind: str, probe: Path, **changes: Any) -> Sandbox:
    """A sandbox of the mode whose workers are probes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMGREC_ISOLATION", mode)
        return Sandbox(kind, **{"limits": LIMITS, "serve": "probe:serve", "readable": [probe]} | changes)


@pytest.fixture(scope="module", params=MODES)
def light(request: pytest.FixtureRequest, probe: Path) -> Iterator[Sandbox]:
    one = made(request.param, "light", probe)
    yield one
    one.close()


@pytest.fixture(scope="module")
def apart(probe: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with bubblewrap, which hides a submission that lies below a folder that is shown."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "class").mkdir()
    (folder / "class" / "answer.txt").write_text("SECRET")
    (folder / "report.txt").write_text("SECRET")
    (folder / "open.txt").write_text("open")
    hidden = [folder / "class", folder / "report.txt"]
    one = made("bubblewrap", "light", probe, hidden=hidden, readable=[probe, folder])
    one.shown = folder
    yield one
    one.close()


@pytest.fixture(autouse=True)
def ended(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a worker to the next."""
    yield
    for name in {"light", "apart"} & {*request.fixturenames}:
        request.getfixturevalue(name).end()


def sent(channel: socket.socket, code: str) -> None:
    channel.sendall(json.dumps(code).encode() + b"\n")


def heard(channel: socket.socket, seconds: float = 20) -> Any:
    """The reply to what was sent: True or False, and words; None where the worker is gone."""
    channel.settimeout(seconds)
    text = b""
    while not text.endswith(b"\n"):
        try:
            piece = channel.recv(65_536)
        except ConnectionResetError:
            return None
        if not piece:
            return None
        text += piece
    return json.loads(text)


def told(channel: socket.socket, code: str, seconds: float = 20) -> Any:
    """What came of some code in a worker."""
    sent(channel, code)
    return heard(channel, seconds)


def value(box: Sandbox, code: str) -> str:
    """The repr of `result` after some code in a new worker."""
    with box.fork() as channel:
        good, words = told(channel, code)
    assert good, words
    return words


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def bearing(mark: str) -> list[int]:
    """The processes whose command line holds the mark."""
    found = []
    for one in processes():
        try:
            words = Path(f"/proc/{one.number}/cmdline").read_bytes()
        except OSError:
            continue
        found += [one.number] if mark.encode() in words and not one.ended else []
    return found


def test_a_worker_answers(light: Sandbox) -> None:
    with light.fork() as channel:
        assert told(channel, "result = 1 + 1") == [True, "2"]
        assert light.end() == "killed"


def test_a_worker_that_returns_has_ended(light: Sandbox) -> None:
    with light.fork() as channel:
        channel.shutdown(socket.SHUT_WR)
        assert heard(channel) is None
    assert light.end() == "ended"
    assert light.end() == "ended"


def test_every_worker_is_new(light: Sandbox) -> None:
    value(light, "import json; json.spoilt = 1; import os; os.environ['SPOILT'] = '1'")
    assert value(light, "import json, os; result = hasattr(json, 'spoilt'), 'SPOILT' in os.environ") == "(False, False)"


def test_what_lessons_import_is_there_already(light: Sandbox) -> None:
    names = "'numpy', 'cv2', 'matplotlib.pyplot', 'imgrec_lib.filters'"
    assert value(light, f"import sys; result = all(name in sys.modules for name in ({names}))") == "True"
    assert value(light, "import sys; result = 'tensorflow' in sys.modules") == "False"


def test_what_was_not_imported_before_can_be(light: Sandbox) -> None:
    assert value(light, "import wave, scipy.ndimage; result = 1") == "1"


def test_an_endless_loop_ends(light: Sandbox) -> None:
    with light.fork() as channel:
        sent(channel, "while True: pass")
        begun = time.monotonic()
        assert light.end() == "killed"
    assert time.monotonic() - begun < 3


def test_a_worker_that_stops_signals_ends(light: Sandbox) -> None:
    code = "import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n  except OSError: pass"
    with light.fork() as channel:
        told(channel, code)
        assert light.end() == "killed"


def test_a_fork_bomb_is_ended(light: Sandbox) -> None:
    with light.fork() as channel:
        sent(channel, "import os, time\nwhile True:\n  try: os.fork()\n  except OSError: time.sleep(.01)")
        # Its processes hold the channel too, so that its end is the end of all of them
        assert heard(channel, 30) is None
        assert light.end() == "processes"
    assert value(light, "result = 1") == "1"


def test_a_bomb_of_threads_is_ended(light: Sandbox) -> None:
    code = "import threading, time\nfor n in range(200): threading.Thread(target=time.sleep, args=(60,)).start()"
    with light.fork() as channel:
        told(channel, code)
        assert until(lambda: heard(channel) is None)
        assert light.end() == "processes"


def test_too_much_memory_is_refused(light: Sandbox) -> None:
    with light.fork() as channel:
        good, words = told(channel, "import numpy; result = numpy.empty(10**9, 'uint8').size")
    assert not good and "MemoryError" in words


def test_memory_spread_over_children_is_ended(light: Sandbox) -> None:
    code = "import os, time\nfor n in range(6):\n  if not os.fork():\n    kept = b'x' * 250_000_000; time.sleep(60)"
    with light.fork() as channel:
        sent(channel, code + "\ntime.sleep(60)")
        assert heard(channel) is None
        assert light.end() == "memory"


def test_memory_that_forks_share_is_counted_once(light: Sandbox) -> None:
    code = "import os, time\nfor n in range(9):\n  if not os.fork(): time.sleep(60)\ntime.sleep(.5); result = 1"
    with light.fork() as channel:
        assert told(channel, code) == [True, "1"]
        assert light.end() == "killed"


@pytest.mark.skipif(sys.platform != "linux", reason="these calls are Linux's")
@pytest.mark.parametrize("code", ["import os; os.memfd_create('x')", "import socket; socket.socket(socket.AF_INET)"])
def test_calls_that_no_lesson_needs_are_refused(light: Sandbox, code: str) -> None:
    with light.fork() as channel:
        good, words = told(channel, code)
    assert not good and "PermissionError" in words


@pytest.mark.skipif(sys.platform != "linux", reason="these calls are Linux's")
@pytest.mark.parametrize("flags", ["0x10000000", "0x00020000"])
def test_no_namespace_can_be_made(light: Sandbox, flags: str) -> None:
    made_by = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); result = libc.unshare({flags})"
    assert value(light, made_by) == "-1"
    by_clone = "import ctypes, platform; number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]"
    assert value(light, f"{by_clone}; result = ctypes.CDLL(None).syscall(number, {flags} | 17, 0, 0, 0, 0)") == "-1"


def test_a_large_file_is_refused(light: Sandbox) -> None:
    with light.fork() as channel:
        good, words = told(channel, "with open('a', 'wb') as f: f.write(bytes(17 * 2**20))")
    assert not good and "OSError" in words


def test_filling_the_disk_is_ended(light: Sandbox) -> None:
    code = "import time\nfor n in range(30):\n  try: open(f'{n}', 'wb').write(bytes(10**6))\n  except OSError: pass"
    with light.fork() as channel:
        sent(channel, code + "\ntime.sleep(60)")
        assert heard(channel) is None
        assert light.end() == "disk"
    assert value(light, "open('a', 'wb').write(bytes(10**7)); import os; result = os.listdir()") == "['a']"


def test_too_many_files_are_ended(light: Sandbox) -> None:
    with light.fork() as channel:
        sent(channel, "import os, time\nfor n in range(3000): os.mkdir(f'{n}')\ntime.sleep(60)")
        assert heard(channel) is None
        assert light.end() == "disk"


def test_the_scratch_folder_is_empty_for_the_next(light: Sandbox) -> None:
    deep = "import os\nfor n in range(1500): os.mkdir('d'); os.chdir('d')\nopen('x', 'w').close(); os.chmod('.', 0)"
    value(light, deep)
    assert light.end() in ("ended", "killed")
    assert value(light, "import os; result = os.listdir('.')") == "[]"
    value(light, "import os\nfor n in 'abc': os.mkdir(n); os.symlink('/usr', n + '/u'); os.chmod(n, 0)")
    assert light.end() in ("ended", "killed")
    assert value(light, "import os; result = os.listdir('.'), os.listdir('/usr') != []") == "([], True)"


def test_the_scratch_folder_is_a_home(light: Sandbox) -> None:
    code = "import os, tempfile; from pathlib import Path; here = os.getcwd()\n"
    places = "str(Path.home()) == here, tempfile.gettempdir() == here, os.environ['IMGREC_PROGRESS'].startswith(here)"
    assert value(light, f"{code}result = {places}") == "(True, True, True)"


def test_an_exit_loses_nothing_else(light: Sandbox) -> None:
    with light.fork() as channel:
        assert told(channel, "import os; os._exit(3)") is None
        assert light.end() == "ended"
    assert value(light, "result = 1") == "1"


def test_a_crash_is_told_from_an_exit(light: Sandbox) -> None:
    with light.fork() as channel:
        assert told(channel, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)") is None
        assert light.end() == "killed"


def test_killing_the_parent_harms_nobody(light: Sandbox) -> None:
    code = "import os, signal\nfor n in range(1, 32):\n  try: os.kill(os.getppid(), n)\n  except OSError: pass"
    mark = f"96.{time.time_ns()}"
    daemon = f"import subprocess; subprocess.Popen(['/bin/sleep', {mark!r}], start_new_session=True)"
    with light.fork() as channel:
        assert told(channel, daemon)[0] and len(bearing(mark)) == 1
        sent(channel, code)
        heard(channel)
        assert light.end() in ("killed", "broken")
    assert bearing(mark) == []
    assert value(light, "result = 1") == "1"


def test_a_silent_parent_is_replaced(light: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS_TO_END", 0.5)
    with light.fork():
        before = light._launched._parent
        os.kill(before, signal.SIGSTOP)
        assert light.end() == "broken"
    assert light._launched is None
    assert value(light, "result = 1") == "1"
    assert until(lambda: not Path(f"/proc/{before}").exists())


def test_a_daemon_is_gone_after_the_end(light: Sandbox) -> None:
    mark = f"97.{time.time_ns()}"
    code = "import os\nif not os.fork():\n  os.setsid()\n  if not os.fork(): os.execv('/bin/sleep', ['sleep', "
    with light.fork() as channel:
        sent(channel, f"{code}{mark!r}])\n  os._exit(0)\nos.wait()")
        assert heard(channel) == [True, "None"]
        assert until(lambda: len(bearing(mark)) == 1)
        light.end()
    assert bearing(mark) == []


def test_what_a_worker_left_when_it_exited_is_ended(light: Sandbox) -> None:
    with light.fork() as channel:
        sent(channel, "import os, time\nif not os.fork(): os.setsid(); time.sleep(60)\nos._exit(0)")
        assert heard(channel) is None  # The child that sleeps held the channel as well


def test_nothing_is_inherited_but_the_channel(light: Sandbox) -> None:
    code = "import os; found = [f'/proc/self/fd/{n}' for n in os.listdir('/proc/self/fd')]\n"
    code += "result = [os.readlink(one)[:6] for one in found if os.path.lexists(one)]"  # Without the listing's own
    found = eval(value(light, code))
    assert set(found) == {"/dev/n", "socket"} and found.count("socket") == 1  # Some version of a library holds a null
    assert value(light, "import os; result = sorted(n for n in os.environ if 'TOKEN' in n or n == 'OLDPWD')") == "[]"


def test_the_environment_is_not_the_instructors(probe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "1")
    box = made("limits", "light", probe)
    assert value(box, "import os; result = 'SECRET_TOKEN' in os.environ, os.environ['USER']") == "(False, 'learner')"
    box.close()


def test_a_worker_that_takes_too_long_is_ended_without_the_judge(probe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = made("limits", "light", probe, limits=Limits(seconds=0.2))
    with box.fork() as channel:
        sent(channel, "while True: pass")
        assert heard(channel, warm.SECONDS_TO_SPARE + 10) is None
        assert box.end() == "killed"
    box.close()


@NEEDS_BUBBLEWRAP
def test_the_parent_cannot_be_looked_into(apart: Sandbox) -> None:
    code = "import os\nfound = []\nfor n in ('mem', 'environ', 'maps', 'fd/2'):\n  try: open('/proc/1/' + n).close()"
    assert value(apart, f"{code}; found.append(n)\n  except OSError: pass\nresult = found") == "[]"


@NEEDS_BUBBLEWRAP
def test_no_network(apart: Sandbox) -> None:
    devices = value(apart, "result = [line.split(':')[0].strip() for line in open('/proc/net/dev')][2:]")
    assert devices == "['lo']"


@NEEDS_BUBBLEWRAP
def test_secrets_cannot_be_read(apart: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("SECRET")
    own = Path(mounts.COURSE)
    paths = [
        Path.home(), ROOT / "notebooks", ROOT / "tests", ROOT / ".git", tmp_path, apart.shown / "class" / "answer.txt",
        own / "exercises" / "lesson_02" / "sliding.py", own / "exercises" / "lesson_02",
        own / "exercises" / "making.py", own / "exercises" / "__pycache__", own / "grading" / "sandbox.py",
        own / "grading" / "__pycache__", apart.shown / "report.txt", Path("/etc/shadow"), Path("/etc/passwd"),
        Path("/var"), Path("/sys"), Path("/run"),
    ]  # fmt: skip
    code = "import os\ndef seen(p):\n  try: return bool(os.listdir(p) if os.path.isdir(p) else open(p).read())\n"
    code += f"  except OSError: return False\nresult = [p for p in {[*map(str, paths)]} if seen(p)]"
    found = eval(value(apart, code))
    assert found in ([], [str(Path.home())])  # A home may hold Python itself, and then nothing else
    if found:
        assert value(apart, f"import os; result = os.listdir({found[0]!r})") in ("['.pyenv']", "['.local']")
    assert value(apart, f"result = open({str(apart.shown / 'open.txt')!r}).read()") == "'open'"


@NEEDS_BUBBLEWRAP
def test_no_reference_answer_is_anywhere(apart: Sandbox) -> None:
    code = "import os, imgrec_lib\nroot, found = os.path.dirname(imgrec_lib.__file__), []\n"
    code += "for place, folders, files in os.walk(root): found += [f for f in files if b'misconception' in "
    code += "open(os.path.join(place, f), 'rb').read().lower()]\nresult = found"
    assert value(apart, code) == "[]"
    modules = "import os, imgrec_lib.exercises as e; result = sorted(os.listdir(os.path.dirname(e.__file__)))"
    assert "'observing.py'" in (seen := value(apart, modules)) and "lesson" not in seen


@NEEDS_BUBBLEWRAP
def test_the_worker_itself_finds_all_its_modules() -> None:
    box = Sandbox("light", LIMITS)
    box.fork().close()
    assert box.end() in ("ended", "killed")
    box.close()


@NEEDS_BUBBLEWRAP
def test_data_can_be_read(apart: Sandbox) -> None:
    assert value(apart, "from imgrec_lib import datasets; result = datasets.photograph('cat').ndim") == "3"


@NEEDS_BUBBLEWRAP
def test_nothing_outside_the_scratch_folders_can_be_written(apart: Sandbox) -> None:
    assert value(apart, WRITABLE) == "[]"
    assert value(apart, "import os; open('/dev/shm/x', 'w').close(); result = os.listdir('/dev/shm')") == "['x']"
    assert value(apart, "import os; result = os.listdir('/dev/shm')") == "[]"


@NEEDS_BUBBLEWRAP
def test_the_processes_of_others_cannot_be_seen(apart: Sandbox) -> None:
    assert value(apart, "import os; result = len([n for n in os.listdir('/proc') if n.isdecimal()])") == "2"


def test_two_hundred_forks_need_no_more_memory_or_files(light: Sandbox) -> None:
    def state() -> tuple[int, int]:
        parent = next(one for one in processes() if one.number == light._launched._parent)
        return parent.resident, len(os.listdir("/proc/self/fd"))

    value(light, "result = 1")
    light.end()
    memory, files = state()
    for _ in range(200):
        light.fork().close()
        light.end()
    after = state()
    assert after[0] < memory + 8_000_000 and after[1] == files


JUDGE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_grading_sandbox as tests
box = tests.made(sys.argv[1], "light", Path(sys.argv[3]))
channel = box.fork()
code = f"import subprocess; subprocess.Popen(['/bin/sleep', '98.' + '{sys.argv[4]}'], start_new_session=True)"
print(tests.told(channel, code), box._launched._parent, flush=True)
time.sleep(99)
"""


@pytest.mark.parametrize("mode", MODES)
def test_nothing_runs_on_when_the_judge_is_killed(mode: str, probe: Path) -> None:
    number = str(time.time_ns())
    arguments = [sys.executable, "-c", JUDGE, mode, str(Path(__file__).parent), str(probe), number]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as judge:
        words = judge.stdout.readline().split()
        begun = until(lambda: len(bearing(f"98.{number}")) == 1)
        judge.kill()
    assert words[0] == "[True," and begun, words
    assert until(lambda: bearing(f"98.{number}") == [] and not Path(f"/proc/{words[-1]}").exists())


def test_it_outlives_the_thread_that_started_it(light: Sandbox) -> None:
    import threading

    light.close()
    found = []
    thread = threading.Thread(target=lambda: found.append(light.fork()))
    thread.start()
    thread.join()
    time.sleep(0.2)
    with found[0] as channel:
        assert told(channel, "result = 1") == [True, "1"]


TRAINS = """
import keras, numpy
keras.utils.set_random_seed(0)
layers = [keras.layers.Flatten(), keras.layers.Dropout(0.2), keras.layers.Dense(3, activation="softmax")]
model = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(2, 3), *layers])
model.compile("adam", "sparse_categorical_crossentropy")
seen = model.fit(numpy.ones((64, 6, 6, 1), "float32"), numpy.arange(64) % 3, epochs=2, verbose=0)
result = round(seen.history["loss"][-1], 4)
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_heavy_fork_trains_a_network(mode: str, probe: Path) -> None:
    box = made(mode, "heavy", probe, limits=Limits(memory_mb=2048))
    losses = {value(box, TRAINS) for _ in range(5 if mode == "bubblewrap" else 1)}
    assert len(losses) == 1 and 0.5 < float(losses.pop()) < 3
    assert value(box, "import sys; result = 'keras' in sys.modules") == "True"
    box.close()


def test_no_heavy_fork_is_made_once_tensorflow_has_started(probe: Path) -> None:
    box = made("limits", "heavy", probe, serve="starter:serve")
    with pytest.raises(SandboxError, match="TensorFlow's runtime has started"):
        box.fork()
    box.close()


def test_a_parent_that_cannot_start_says_why(probe: Path) -> None:
    box = made("limits", "light", probe, serve="absent:serve")
    with pytest.raises(SandboxError, match="No module named 'absent'"):
        box.fork()
    box.close()
    assert not Path(box._plan.serve).exists()


def test_a_wrong_kind_and_a_wrong_limit_are_refused() -> None:
    with pytest.raises(ValueError, match='"middling"'):
        Sandbox("middling", LIMITS)
    with pytest.raises(ValueError, match="memory_mb is 0"):
        Limits(memory_mb=0)


def test_a_system_without_fork_is_told_where_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(OSError, match="WSL"):
        Sandbox("light", LIMITS)


def test_isolation_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGREC_ISOLATION", "limits")
    assert "alone" in sandbox.isolation() and sandbox.isolation().count(".") == 1
    monkeypatch.delenv("IMGREC_ISOLATION")
    monkeypatch.setattr(sandbox, "_bubblewrap_fault", lambda: "")
    assert "no network" in sandbox.isolation()


def test_bubblewrap_that_is_missing_or_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "install" in sandbox._bubblewrap_fault.__wrapped__()
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho No permissions to create new namespace >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    assert "does not let it work (No permissions" in sandbox._bubblewrap_fault.__wrapped__()


@NEEDS_BUBBLEWRAP
def test_a_command_runs_in_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMGREC_ISOLATION", raising=False)
    monkeypatch.setenv("SECRET_TOKEN", "1")
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    code = "import socket, os; from imgrec_lib.exercises import catalogue\n"
    code += "server = socket.create_server(('127.0.0.1', 0)); socket.create_connection(server.getsockname())\n"
    code += f"open({str(tmp_path / 'out' / 'x')!r}, 'w').write(str('02.convolve' in catalogue()))\n"
    code += f"print(os.path.exists({str(ROOT / 'notebooks')!r}), os.access({str(tmp_path / 'in')!r}, os.W_OK), "
    code += "'SECRET_TOKEN' in os.environ)"
    words = sandbox.command([sys.executable, "-c", code], readable=[tmp_path / "in"], writable=[tmp_path / "out"])
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.stdout == "False False False\n", done.stderr
    assert (tmp_path / "out" / "x").read_text() == "True"


def test_a_command_without_bubblewrap_is_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGREC_ISOLATION", "limits")
    assert sandbox.command(["true"]) == ["true"]


@pytest.mark.skipif(
    not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv") and shutil.which("bwrap")),
    reason="root alone can try it as another user, by setpriv and bubblewrap",
)
@NEEDS_BUBBLEWRAP
def test_an_ordinary_user_is_protected_as_well(tmp_path: Path) -> None:
    """The tests of the light kind, as nobody, who is given a view of this machine in which he can read this Python."""
    folders = [*mounts.interpreter_folders(), ROOT]
    closed = {one for folder in folders for one in folder.parents if not one.stat().st_mode & 1}
    words = [shutil.which("bwrap"), "--dev-bind", "/", "/", "--perms", "1777", "--tmpfs", "/tmp"]
    for one in sorted(closed):
        words += ["--perms", "0755", "--tmpfs", str(one)]
    words += mounts._read_only([one for one in folders if closed & {*one.parents}])
    words += ["--", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-m", "pytest"]
    left_out = "heavy or ordinary or too_long or silent or two_hundred or start"
    words += ["-q", "--tb=short", __file__, "-k", f"not ({left_out})"]
    variables = os.environ | {"HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": "/tmp"}
    done = subprocess.run(words, capture_output=True, text=True, env=variables, cwd=ROOT, timeout=300)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-3000:] + done.stderr[-2000:]
