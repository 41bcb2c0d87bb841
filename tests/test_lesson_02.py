"""The functions that lesson 2 writes in its cells, taken from the notebook as published."""

import ast
import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from imgrec_lib import filters

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "02_convolution_by_hand.ipynb"


@pytest.fixture(scope="module")
def lesson() -> SimpleNamespace:
    """Every function that the lesson defines; nothing else of it is run."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    functions = [node for source in sources for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    names = {"np": np, "cv2": cv2, "filters": filters}
    exec(compile(ast.Module(functions, type_ignores=[]), str(NOTEBOOK), "exec"), names)
    return SimpleNamespace(**names)


def plain_sum(image, kernel, top, left):
    places = itertools.product(range(kernel.shape[0]), range(kernel.shape[1]))
    return sum(image[top + row, left + column] * kernel[row, column] for row, column in places)


@pytest.mark.parametrize("shape", [(5, 5), (6, 9), (8, 3), (3, 3)])
@pytest.mark.parametrize("kernel_shape", [(3, 3), (2, 3), (1, 1)])
def test_the_lessons_loops_and_windows_give_the_sum_at_every_place(lesson, shape, kernel_shape):
    rng = np.random.default_rng(4)
    image, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
    height, width = shape[0] - kernel_shape[0] + 1, shape[1] - kernel_shape[1] + 1
    expected = [[plain_sum(image, kernel, top, left) for left in range(width)] for top in range(height)]
    np.testing.assert_allclose(lesson.convolve(image, kernel), expected, atol=1e-12)
    np.testing.assert_allclose(lesson.convolve_windows(image, kernel), expected, atol=1e-12)


def test_the_lessons_opencv_function_equals_its_loops(lesson):
    rng = np.random.default_rng(5)
    image, kernel = rng.normal(size=(7, 10)), rng.normal(size=(3, 3))
    np.testing.assert_allclose(lesson.convolve_opencv(image, kernel), lesson.convolve(image, kernel), atol=1e-9)


def test_the_lessons_size_formula_equals_the_librarys(lesson):
    for size, kernel, stride, padding in itertools.product((5, 8, 28), (1, 3, 5), (1, 2, 3), (0, 1, 2)):
        assert lesson.output_size(size, kernel, stride, padding) == filters.output_size(size, kernel, stride, padding)


def test_the_lessons_nudged_slopes_are_the_true_ones(lesson):
    rng = np.random.default_rng(6)
    image, kernel, target = rng.normal(size=(9, 12)), rng.normal(size=(3, 3)), rng.normal(size=(7, 10))
    error = filters.convolve(image, kernel) - target
    true_slopes = 2 * filters.convolve(image, error) / error.size
    np.testing.assert_allclose(lesson.slopes(kernel, image, target), true_slopes, atol=5e-3)


@pytest.mark.parametrize("name", filters.KERNELS)
def test_the_lesson_learns_every_named_kernel_back_from_random_pixels(lesson, name):
    image = np.random.default_rng(7).uniform(-1, 1, size=(20, 20))
    learned, losses = lesson.learn(image, filters.convolve(image, filters.KERNELS[name]))
    np.testing.assert_allclose(learned, filters.KERNELS[name], atol=0.01)
    assert losses[-1] < losses[0] / 1000


def test_the_lessons_classifier_does_not_notice_shuffled_pixels(lesson):
    rng = np.random.default_rng(8)
    images, labels = rng.integers(0, 256, size=(60, 28, 28, 1)), np.arange(60) % 10
    order = rng.permutation(784)
    shuffled = images.reshape(60, 784)[:, order].reshape(images.shape)
    before, after = (
        lesson.nearest_mean_accuracy(some[:30], labels[:30], some[30:], labels[30:]) for some in (images, shuffled)
    )
    assert before == after
