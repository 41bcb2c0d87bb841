"""The homework: four tasks, each with what is asked, the points, a test that students see and a hidden one."""

from dataclasses import dataclass
from textwrap import indent

IMPORTS = "import numpy as np\nimport matplotlib.pyplot as plt\n"
WITH_KERAS = IMPORTS + "import tensorflow as tf\nfrom tensorflow import keras\n"
LAZY = "keras.layers, keras.Sequential\n"  # What TensorFlow loads only when it is named


@dataclass(frozen=True)
class Task:
    """A function to write; `public` is the test in the student's notebook."""

    name: str
    points: int
    prompt: str
    parameters: str
    public: str
    hidden: str

    @property
    def signature(self) -> str:
        """The line that opens the function."""
        return f"def {self.name}({self.parameters}):"

    def function(self, body: str) -> str:
        """The source of the function with a body."""
        return f"{self.signature}\n{indent(body, '    ')}"


@dataclass(frozen=True)
class Homework:
    """Tasks with the cell that comes before them, and the file of exercises by which `imgrec grade` judges them.

    `warm` is what a process runs before it forks for the first student.
    """

    name: str
    setup: str
    tasks: tuple[Task, ...]
    exercises: str
    warm: str

    @property
    def points(self) -> int:
        """What a student gets who solves everything."""
        return sum(task.points for task in self.tasks)


TO_GRAY = Task(
    name="to_gray",
    points=2,
    prompt="Turn a uint8 RGB image, height × width × 3, into a gray one of floats: 0.299 R + 0.587 G + 0.114 B.",
    parameters="rgb",
    public="""\
gray = to_gray(np.full((2, 3, 3), 100, np.uint8))
assert gray.shape == (2, 3)
np.testing.assert_allclose(gray, 100, atol=1e-3)""",
    hidden="""\
photo = np.random.default_rng(1).integers(0, 256, (8, 9, 3), dtype=np.uint8)
np.testing.assert_allclose(to_gray(photo), photo.astype(float) @ [0.299, 0.587, 0.114], atol=1e-3)""",
)
CONVOLVE = Task(
    name="convolve",
    points=3,
    prompt="Slide the kernel over the image by hand, only where it fits in, and as it is written (no flip).",
    parameters="image, kernel",
    public="""\
image = np.arange(16.0).reshape(4, 4)
np.testing.assert_allclose(convolve(image, np.ones((2, 2))), [[10, 14, 18], [26, 30, 34], [42, 46, 50]])""",
    hidden="""\
image = np.arange(30.0).reshape(5, 6) ** 2
np.testing.assert_allclose(
    convolve(image, np.array([[1.0, 0, -2], [0, 3, 0]])),
    [[139, 175, 215, 259], [415, 475, 539, 607], [835, 919, 1007, 1099], [1399, 1507, 1619, 1735]],
)""",
)
MAX_POOL = Task(
    name="max_pool",
    points=2,
    prompt="The largest number of each block of size × size; rows and columns left over are dropped.",
    parameters="image, size",
    public="np.testing.assert_allclose(max_pool(np.arange(16.0).reshape(4, 4), 2), [[5, 7], [13, 15]])",
    hidden="np.testing.assert_allclose(max_pool(-np.arange(35.0).reshape(5, 7), 3), [[0, -3]])",
)
BUILD_CNN = Task(
    name="build_cnn",
    points=3,
    prompt="A compiled Keras model with at least one Conv2D: images of 28 × 28 × 1 in, ten probabilities out.",
    parameters="",
    public="""\
model = build_cnn()
assert isinstance(model, keras.Model)
assert model.output_shape == (None, 10)""",
    hidden="""\
keras.utils.set_random_seed(0)
model = build_cnn()
assert any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)
random = np.random.default_rng(0)
images, labels = random.random((256, 28, 28, 1), dtype=np.float32), random.integers(0, 10, 256)
history = model.fit(images, labels, epochs=1, verbose=0)
assert np.isfinite(history.history["loss"][0])
np.testing.assert_allclose(model.predict(np.zeros((2, 28, 28, 1)), verbose=0).sum(axis=1), 1, atol=1e-4)""",
)
BY_HAND = (TO_GRAY, CONVOLVE, MAX_POOL)
HOMEWORKS = {
    "numpy": Homework("numpy", IMPORTS, BY_HAND, "numpy_exercises.py", IMPORTS),
    "network": Homework("network", WITH_KERAS, (*BY_HAND, BUILD_CNN), "network_exercises.py", WITH_KERAS + LAZY),
}
