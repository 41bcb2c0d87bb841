"""The convolution stepper in a real browser."""

import looking
import numpy as np
import pytest

from imgrec_lib import filters, widgets

pytestmark = pytest.mark.browser
VIEW = "#widget"
CELL = """\
import numpy as np
from imgrec_lib import widgets
image = np.arange(30).reshape(5, 6) ** 2 % 50
stepper = widgets.ConvolutionStepper(image)
stepper"""


@pytest.fixture
def image() -> np.ndarray:
    return np.arange(30).reshape(5, 6) ** 2 % 50


@pytest.mark.parametrize("seed", range(5))
def test_javascript_gives_numpys_numbers(call, seed):
    generator = np.random.default_rng(seed)
    for _ in range(8):
        image = generator.normal(size=generator.integers(7, 20, 2))
        kernel = generator.normal(size=generator.choice([1, 3, 5, 7], 2))
        stride, padding = int(generator.integers(1, 4)), int(generator.integers(0, 4))
        theirs = call(widgets.ConvolutionStepper, "convolve", image.tolist(), kernel.tolist(), stride, padding)
        assert np.allclose(theirs, filters.convolve(image, kernel, stride, padding))


def test_step_moves_the_window(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    page.get_by_role("button", name="Step").click()
    bridge.until("column", 1)


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "print('ready')")
    notebook.run_all()
    notebook.page.get_by_role("button", name="Step").click()
    notebook.until("stepper.column", 1)


def test_it_is_accessible(mount, page, image):
    mount(widgets.ConvolutionStepper(image))
    looking.assert_accessible(page, VIEW)


def test_it_fits_a_phone(mount, page, image):
    mount(widgets.ConvolutionStepper(image))
    looking.assert_fits(page, VIEW)
