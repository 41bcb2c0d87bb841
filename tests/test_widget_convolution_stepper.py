"""The convolution stepper's numbers, its bad values and its still picture."""

import io

import numpy as np
import pytest
from PIL import Image

from imgrec_lib import filters, plots, widgets
from imgrec_lib.widgets import convolution_stepper
from imgrec_lib.widgets.still import Refused


@pytest.fixture
def image() -> np.ndarray:
    return np.arange(30).reshape(5, 6) ** 2 % 50


@pytest.fixture
def stepper(image) -> widgets.ConvolutionStepper:
    return widgets.ConvolutionStepper(image)


@pytest.mark.parametrize("seed", range(6))
def test_the_products_add_up_to_the_feature_map(seed):
    generator = np.random.default_rng(seed)
    image, kernel = generator.normal(size=generator.integers(7, 12, 2)), generator.normal(size=(5, 3))
    stride, padding = int(generator.integers(1, 4)), int(generator.integers(0, 4))
    output = filters.convolve(image, kernel, stride, padding)
    for row, column in np.ndindex(output.shape):
        window = convolution_stepper.window_at(image, kernel, row, column, stride, padding)
        assert (window * kernel).sum() == pytest.approx(output[row, column])


def test_the_scene_holds_the_framed_image_and_the_map(image):
    stepper = widgets.ConvolutionStepper(image, "sharpen", stride=2, padding=1)
    framed = np.frombuffer(stepper.scene["image"], "<f8").reshape(stepper.scene["shape"])
    shown = np.frombuffer(stepper.scene["map"], "<f8").reshape(stepper.scene["map_shape"])
    assert np.array_equal(framed, np.pad(image, 1))
    assert np.allclose(shown, filters.convolve(image, filters.KERNELS["sharpen"], 2, 1))
    assert stepper.scene["preset"] == "sharpen"


@pytest.mark.parametrize("name", filters.KERNELS)
def test_every_preset_survives_being_written_and_read(name):
    text = convolution_stepper.text_of(filters.KERNELS[name])
    assert np.array_equal(convolution_stepper.kernel_from(text), filters.KERNELS[name])


def test_any_numbers_survive_being_written_and_read():
    kernel = np.random.default_rng(1).normal(size=(5, 7))
    assert np.array_equal(convolution_stepper.kernel_from(convolution_stepper.text_of(kernel)), kernel)


@pytest.mark.parametrize(
    "text", ["1 0 -1\n2 0 -2\n1 0 −1", "[[1, 0, -1], [2, 0, -2], [1, 0, -1]]", "1;0;-1\n\n2 0 -2\n4/4 0 -1e0"]
)
def test_a_kernel_is_read_as_a_hand_writes_it(text):
    assert convolution_stepper.kernel_from(text).tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *[
            ("", "needs a number"),
            ("1 2\n3 4", "needs a middle"),
            ("1 2 3\n1 2\n1 2 3", "3, 2, 3"),
            ("1 x 2", "“x” is not"),
        ],
        *[
            ("1/0", "is not a number"),
            ("nan", "is not a number"),
            ("1e400", "is not a number"),
            ("9999999", "million"),
        ],
        *[
            ("1 " * 9, "at most 7"),
            ("1 " * 100_000, "needs a middle"),
            ("__import__", "is not a number"),
            ("1e9999999", "is not a number"),
        ],
    ],
)
def test_a_bad_text_is_refused_in_one_sentence(text, words):
    with pytest.raises(Refused, match=words):
        convolution_stepper.kernel_from(text)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        *[(np.zeros((3, 3, 3)), "make it grey"), (np.zeros((400, 3)), "320 a side"), ([["a"]], "must be numbers")],
        *[
            (np.zeros((2, 2)), "does not fit"),
            ([], "height × width"),
            ([[np.nan] * 3] * 3, "NaN"),
            (None, "height × width"),
        ],
    ],
)
def test_bad_images_are_refused_in_one_sentence(image, words):
    with pytest.raises(ValueError, match=words):
        widgets.ConvolutionStepper(image)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("kernel", np.ones((7, 7))), ("kernel", "abc"), ("kernel", [[1, 2], [1]]), ("kernel", np.ones((2, 2)))],
        *[
            ("kernel", None),
            ("kernel", {}),
            ("stride", 0),
            ("stride", 4),
            ("stride", "2"),
            ("padding", -1),
            ("padding", 1.5),
        ],
        *[("row", -1), ("row", None), ("column", 10**9), ("column", [])],
    ],
)
def test_bad_values_are_refused_and_change_nothing(stepper, name, value):
    before = repr(stepper)
    with pytest.raises(ValueError):
        setattr(stepper, name, value)
    with pytest.raises(ValueError):
        stepper.set_trait(name, value)
    assert repr(stepper) == before


@pytest.mark.parametrize("settings", [{"stride": 9}, {"row": 3}, {"column": 4}, {"kernel": "sobel"}, {"padding": None}])
def test_bad_arguments_are_refused(image, settings):
    with pytest.raises(ValueError):
        widgets.ConvolutionStepper(image, **settings)


@pytest.mark.parametrize(
    "content",
    [None, 3, {"kernel": None}, {"kernel": [[1]] * 9}, {"kernel": {}}, {"stride": 0}, {"padding": "3"}, {"row": 1}],
)
def test_a_message_of_nonsense_changes_nothing(stepper, content):
    before = repr(stepper)
    stepper._asked(stepper, content, [])
    assert repr(stepper) == before


def test_a_message_is_answered_in_words_until_the_next_good_one(stepper):
    stepper._asked(stepper, {"kernel": "1 2"}, [])
    assert stepper.problem.endswith("Nothing was changed.")
    stepper._asked(stepper, {"kernel": "1 2 1"}, [])
    assert stepper.problem == "" and stepper.kernel == [[1, 2, 1]]


def test_the_place_stays_inside_when_the_map_becomes_smaller(image):
    stepper = widgets.ConvolutionStepper(image, row=2, column=3)
    stepper.stride = 3
    assert (stepper.row, stepper.column) == (0, 1)
    assert stepper.output().shape == (1, 2)


def test_repr_is_one_line_without_float_noise():
    stepper = widgets.ConvolutionStepper(np.full((4, 4), 0.1), "blur", row=1)
    wanted = "image 4 × 4, kernel 3 × 3, stride 1, padding 0, feature map 2 × 2; row 1, column 0: 0.1"
    assert repr(stepper) == f"ConvolutionStepper: {wanted}"


@pytest.mark.parametrize("change", [{"row": 1}, {"kernel": "blur"}, {"padding": 1}, {"stride": 2}])
def test_the_still_picture_follows_the_state(stepper, change):
    def picture():
        return np.array(Image.open(io.BytesIO(plots.png(stepper.figure()))))

    before = picture()
    for name, value in change.items():
        setattr(stepper, name, value)
    assert before.shape != picture().shape or not np.array_equal(before, picture())
