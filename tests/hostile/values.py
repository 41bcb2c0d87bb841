"""Attacks by what an answer gives back: endless, enormous, contradictory or of a kind that nobody reckons with."""

from grading_hostile import Attack

CHANGING = """
import itertools
import numpy as np

class Changing:
    tried = itertools.count()
    def __array__(self, dtype=None, copy=None):
        return np.asarray(float(next(self.tried)))

def weigh(window, kernel):
    return Changing()

class Itself:
    def __array__(self, dtype=None, copy=None):
        return Itself()

def relu(values):
    return Itself()
"""
HUGE = """
import numpy as np

def weigh(window, kernel):
    return np.broadcast_to(np.float64(1), (10**10,))

def relu(values):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))

def convolve(image, kernel):
    return np.zeros((0, 10**9))
"""
NOT_NUMBERS = """
import numpy as np

def weigh(window, kernel):
    return float("nan")

def relu(values):
    return np.full(values.shape, np.nan)

def convolve(image, kernel):
    return np.full((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1), np.inf)

def gradient_step(kernel, gradient, learning_rate):
    return np.ma.masked_all(kernel.shape)
"""
TEXTS = """
def weigh(window, kernel):
    return "7" * 100_000_000

def relu(values):
    return "\\ud800\\0\\x1b[2J<script>alert(1)</script>"

def convolve(image, kernel):
    return b"x" * 100_000_000
"""
THEMSELVES = """
ring = []
ring.append(ring)
table = {}
table["itself"] = table

def weigh(window, kernel):
    return ring

def relu(values):
    return table

def convolve(image, kernel):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
"""
LONG_NUMBERS = """
def weigh(window, kernel):
    return 10**3999

def output_size(size, kernel, stride, padding):
    return -(1 << 33_000_000)

def relu(values):
    return [10**400] * 5

multiplications = 10**3999
"""
ENDLESS_ITERATORS = """
import itertools

def weigh(window, kernel):
    return itertools.count()

def relu(values):
    return (1 for _ in iter(int, 1))

class Endless:
    def __len__(self): return 3
    def __getitem__(self, place): return self
    def __iter__(self): return iter([self] * 10)

edge_kernel = [Endless(), Endless(), Endless()]
"""
RAISING = """
class Raising:
    @property
    def dtype(self):
        raise ValueError("no")
    def __iter__(self):
        raise KeyboardInterrupt
    def __repr__(self):
        raise SystemExit

def weigh(window, kernel):
    return Raising()

multiplications = Raising()

class Text(str):
    def __str__(self):
        raise ValueError
    strip = casefold = __eq__ = __str__
    __hash__ = str.__hash__

def output_size(size, kernel, stride, padding):
    return Text("5")

def relu(values):
    return {Raising(): 1, 2: Raising()}
"""
OTHER_ARRAYS = """
import os
import numpy as np

def relu(values):
    path = os.path.join(os.path.expanduser("~"), "memory-map")
    mapped = np.memmap(path, dtype=values.dtype, mode="w+", shape=values.shape)
    mapped[...] = np.maximum(values, 0)
    return mapped
"""
MATRIX = """
import numpy as np

def max_pool(image, size):
    return np.matrix([[1, 2], [3, 4]])

def weigh(window, kernel):
    return np.array([[{}, []]], dtype=object)

def convolve(image, kernel):
    return np.zeros(3, dtype=[("a", "f8"), ("b", "O")])
"""
CHANGES_ARGUMENTS = """
def relu(values):
    values[...] = 0
    return values

def gradient_step(kernel, gradient, learning_rate):
    kernel -= learning_rate * gradient
    return kernel
"""
PICKLES = """
import os

class Runs:
    def __reduce__(self):
        return os.system, ("touch {classroom}/{mark} {home}/{mark} /tmp/{mark}",)
    def __reduce_ex__(self, protocol):
        return self.__reduce__()
    def __deepcopy__(self, memory):
        os.system("touch {home}/{mark}")

def weigh(window, kernel):
    return Runs()

multiplications = Runs()
edge_kernel = [[Runs()] * 3] * 3
"""


def _without(source: str, *names: str) -> dict[str, str]:
    """The source in the cell of the first name, and nothing in those of the others."""
    return {names[0]: source} | dict.fromkeys(names[1:], "pass")


ATTACKS = (
    Attack("changing", _without(CHANGING, "weigh", "relu")),
    Attack("huge-arrays", _without(HUGE, "weigh", "relu", "convolve")),
    Attack("not-numbers", _without(NOT_NUMBERS, "weigh", "relu", "convolve", "gradient_step")),
    Attack("texts", _without(TEXTS, "weigh", "relu", "convolve")),
    Attack("themselves", _without(THEMSELVES, "weigh", "relu", "convolve")),
    Attack("long-numbers", _without(LONG_NUMBERS, "weigh", "output_size", "relu", "multiplications")),
    Attack("endless-iterators", _without(ENDLESS_ITERATORS, "weigh", "relu", "edge_kernel")),
    Attack("raising", _without(RAISING, "weigh", "multiplications", "output_size", "relu")),
    Attack("memory-map", {"relu": OTHER_ARRAYS}, unsolved=()),
    Attack("matrix", _without(MATRIX, "max_pool", "weigh", "convolve")),
    Attack("changes-arguments", _without(CHANGES_ARGUMENTS, "relu", "gradient_step")),
    Attack("pickles", _without(PICKLES, "weigh", "multiplications", "edge_kernel")),
)
