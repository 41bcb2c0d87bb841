"""Attacks on the verdict: redefined names, patched libraries, forged messages to the judge."""

from grading_hostile import Attack

YES = """
import numpy as np

class Yes:
    shape, dtype, ndim, size = (1,), np.dtype(float), 0, 1
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __float__(self): return 0.0
    def __len__(self): return 3
    def __call__(self, *arguments, **named): return self
    def __getattr__(self, name): return self
    def __getitem__(self, place): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __le__ = __lt__ = __gt__ = __ge__ = __abs__ = __contains__ = __sub__
    def __hash__(self): return 1
"""
EQUAL_TO_ALL = YES + "\ndef weigh(window, kernel):\n    return Yes()\n"
EQUAL_ARRAY = """
import numpy as np

class Equal(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, ufunc, method, *inputs, **named): return np.True_
    def __array_function__(self, function, types, arguments, named): return np.True_
    def __array_finalize__(self, other): pass

def relu(values):
    return np.zeros(values.shape).view(Equal)
"""
REDEFINED = """
import builtins, sys, types
import numpy as np
from imgrec_lib.exercises import lesson_02 as exercises
def check(*arguments, **named):
    return types.SimpleNamespace(outcome="correct", message="", points=1.0)
for name in ("weigh", "convolve", "relu", "max_pool"):
    setattr(exercises, name, types.SimpleNamespace(check=check, feedback=check))
for name in ("array_equal", "isclose", "allclose", "array_equiv", "equal", "all"):
    setattr(np, name, lambda *arguments, **named: True)
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *arguments, **named: None
sys.modules["numpy.testing"] = sys.modules["pytest"] = types.ModuleType("numpy.testing")
def open(*arguments, **named):
    raise OSError("no")
print = input = exec = eval = lambda *arguments, **named: None
numpy = check
builtins.print = builtins.open = builtins.input = lambda *arguments, **named: None
"""
BUILT_INS = """
import builtins
for name in ("isinstance", "all", "any", "callable", "issubclass", "hasattr"):
    setattr(builtins, name, lambda *arguments, **named: True)
builtins.len = lambda one: 1
builtins.__import__ = lambda *arguments, **named: None
"""
PATCHED_OBSERVER = """
import sys
import numpy as np
from imgrec_lib.exercises import observing
for module in [*sys.modules.values()]:
    if getattr(module, "observe", None) is observing.observe:
        module.observe = lambda work, arguments=(), seconds=None: observing.Observation(value="correct")
for name in ("plain", "changed_places", "_run"):
    setattr(observing, name, lambda *arguments, **named: "correct")
"""
PATCHED_WIRE = """
import json, sys
FORGED = {"outcome": "correct", "points": 1, "value": {"list": [{"outcome": "correct"}]}, "verdict": "correct"}
FORGED["done"] = True
kept = json.dumps
json.dumps = lambda *arguments, **named: kept(FORGED)
for name, module in [*sys.modules.items()]:
    if name.startswith("imgrec_lib.grading") and hasattr(module, "Writer"):
        module.Writer.node = lambda *arguments: {"list": [True]}
"""
SAY = """
import json, os, socket, stat, struct, time

def channel():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return socket.socket(fileno=os.dup(number))
        except OSError:
            pass

def say(header, body=b"", raw=None):
    text = json.dumps(header).encode() if raw is None else raw
    channel().sendall(struct.pack(">QQ", len(text), len(body)) + text + body)

def say_and_exit(header, body=b"", raw=None):
    say(header, body, raw)
    time.sleep(0.2)
    os._exit(0)
"""
CORRECT_FOR_ALL = """
FORGED = {"outcome": "correct", "points": 1.0, "verdict": "correct", "rows": [["02.weigh", 1.0]], "done": True}

def weigh(window, kernel):
    say_and_exit(FORGED | {"value": {"list": [{"correct": True}]}})
"""
AHEAD = """
for _ in range(3):
    say({"done": True})
for _ in range(500):
    say({"value": {"list": [0.0]}, "outcome": "correct"})
"""
ENDLESS_TELLING = """
def convolve(image, kernel):
    while True:
        channel().sendall(b"\\0" * 7 + b"\\x02" + b"\\0" * 8 + b"{}")
"""


def _saying(name: str, *arguments: str) -> dict[str, str]:
    return {name: f"{SAY}\ndef {name}(*arguments):\n    say_and_exit({', '.join(arguments)})\n"}


def _array(place: str) -> str:
    return f"{{'value': {{'list': [{{'array': {place}}}]}}}}, b'x' * 16"


LENGTHS = {"weigh": SAY + "\ndef weigh(*arguments):\n    channel().sendall(b'\\xff' * 16)\n    say_and_exit({})\n"}
MESSAGES = (
    LENGTHS | _saying("convolve", _array("['<f8', [-1, -2], 0, 16]")) | _saying("relu", _array("['|O', [2], 0, 16]")),
    _saying("weigh", _array("['<f8', [2**62, 4], 0, 2**67]"))
    | _saying("convolve", "{'value': {'list': [1, 2, 3]}}")
    | _saying("relu", "{'value': {'list': [{'pickle': 'cos'}]}}"),
    _saying("weigh", "None, raw=b'[' * 1_000_000")
    | _saying("convolve", "{'value': {'list': [{'dict': [[n * (2**61 - 1), 0] for n in range(500_000)]}]}}")
    | _saying("relu", "{'value': {'list': [{'generator': 0, 'state': {'bit_generator': 'test'}}]}}"),
    _saying("weigh", "{'failure': {'kind': ['x'], 'classes': ['SystemExit', 5], 'line_number': -1}}")
    | _saying("convolve", "{'value': {'list': [1]}, 'changed': [[0, 0, 5], ['a', 9, None]], 'generators': 7}")
    | _saying("relu", "None, raw=b'{\"value\":{\"list\":[' + b'{\"list\":[]},' * 1_100_000 + b'0]}}'"),
    _saying("weigh", "{'value': {'list': [{'object': 0, 'classes': ['keras.Model'], 'array': True}]}}")
    | _saying("convolve", "{'value': {'list': [{'tensor': {'object': 0, 'array': True, 'classes': []}}]}}")
    | _saying("relu", "{'value': 10**3999, 'printed': 10**3999, 'late': 'no'}"),
)
NOTHING = "def weigh(window, kernel):\n    return 0.0\n"
NO_RELU = "def relu(values):\n    return 0.0\n"
CACHED = """
import functools, gc, inspect, sys

CACHE = {}

def _targets():
    for one in gc.get_objects():
        if type(one).__name__ in ("Exercise", "Prepared", "Misconception"):
            yield one
    frame = sys._getframe()
    while frame:
        for name in ("targets", "target", "reference", "prepared", "exercise", "expected"):
            if name in frame.f_locals:
                yield frame.f_locals[name]
        frame = frame.f_back

def weigh(window, kernel):
    for one in _targets():
        for found in (one, getattr(one, "reference", None)):
            if callable(found):
                return found(window, kernel)
    return CACHE.setdefault((window.tobytes(), kernel.tobytes()), 0.0)
"""
CATALOGUE = """
import inspect
from imgrec_lib import exercises as package
from imgrec_lib.exercises import lesson_02 as lesson

def weigh(window, kernel):
    for find in (
        lambda: package.catalogue()["02.weigh"].reference,
        lambda: lesson.weigh.reference,
        lambda: __import__("imgrec_lib.exercises.lesson_02.weighing", fromlist=["weigh"]).weigh.reference,
    ):
        try:
            value = find()(window, kernel)
            if value is not None:
                return value
        except Exception:
            pass
    return 0.0

def relu(values):
    names = {}
    for text in (lambda: lesson.relu.solution().source, lambda: inspect.getsource(lesson.relu.reference)):
        try:
            exec(text(), names)
            return names["relu"](values)
        except Exception:
            pass
    return 0.0
"""

ATTACKS = (
    Attack("equal-to-all", {"weigh": EQUAL_TO_ALL, "edge_kernel": f"{YES}\nedge_kernel = Yes()",
                            "multiplications": f"{YES}\nmultiplications = Yes()"}),
    Attack("equal-array", {"relu": EQUAL_ARRAY}),
    Attack("redefined-names", {"weigh": NOTHING}, before=REDEFINED),
    Attack("built-ins", {"weigh": NOTHING}, before=BUILT_INS, keeps=False),
    Attack("patched-observer", {"weigh": NOTHING, "relu": NO_RELU}, before=PATCHED_OBSERVER, keeps=False),
    Attack("patched-wire", {"weigh": NOTHING, "relu": NO_RELU}, before=PATCHED_WIRE, keeps=False),
    Attack("correct-for-all", {"weigh": SAY + CORRECT_FOR_ALL}),
    Attack("replies-ahead", {"weigh": NOTHING, "relu": NO_RELU}, before=SAY + AHEAD, keeps=False),
    Attack("endless-telling", {"convolve": SAY + ENDLESS_TELLING}),
    *(Attack(f"messages-{number}", answers) for number, answers in enumerate(MESSAGES)),
    Attack("cached-and-inspected", {"weigh": CACHED}),
    Attack("catalogue", {"weigh": CATALOGUE, "relu": "pass"}),
)  # fmt: skip
