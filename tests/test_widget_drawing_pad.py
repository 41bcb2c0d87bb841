"""The drawing pad without a browser."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import traitlets

from imgrec_lib import datasets, plots, widgets
from imgrec_lib.widgets import drawing_network
from imgrec_lib.widgets.drawing_pad import centred, reduced

NAMES = [f"kind {number}" for number in range(10)]


def by_brightness(pictures: np.ndarray) -> np.ndarray:
    """Logits 1 × 10 that depend on the picture: the mean of each of ten bands of rows."""
    return np.stack([band.mean() for band in np.array_split(pictures[0], 10)])[np.newaxis] / 25


@pytest.fixture
def pad() -> widgets.DrawingPad:
    return widgets.DrawingPad(by_brightness, NAMES, logits=True)


@pytest.fixture(scope="module")
def boot() -> np.ndarray:
    return datasets.load("fashion_mnist").test.images[0, :, :, 0]


@pytest.mark.parametrize("seed", range(4))
def test_reducing_takes_means_as_opencv_does(seed):
    generator = np.random.default_rng(seed)
    size, part = (int(number) for number in generator.integers(3, 30, 2))
    drawing = generator.integers(0, 256, (size * part, size * part), dtype="uint8")
    theirs = cv2.resize(drawing.astype("float64"), (size, size), interpolation=cv2.INTER_AREA)
    assert reduced(drawing, size).dtype == np.uint8
    assert abs(reduced(drawing, size) - theirs).max() <= 0.5 + 1e-4  # OpenCV weighs in float32


def test_reducing_rounds_halves_up_and_keeps_rows_apart_from_columns():
    assert reduced(np.array([[0, 1, 9, 9], [0, 1, 9, 9], [0, 0, 3, 4], [0, 0, 3, 4]]), 2).tolist() == [[1, 9], [0, 4]]


@pytest.mark.parametrize("shape", [(6, 4), (7, 7), (0, 0)])
def test_reducing_refuses_what_has_no_equal_squares(shape):
    with pytest.raises(ValueError, match=f"shape .{shape[0]}, {shape[1]}.*give a multiple"):
        reduced(np.zeros(shape, "uint8"), 2)


def box(drawing: np.ndarray) -> list[int]:
    rows, columns = (np.flatnonzero(drawing.any(axis=axis)) for axis in (1, 0))
    return [int(one) for one in (rows[0], rows[-1], columns[0], columns[-1])]


def test_centring_fills_the_frame_with_the_longer_side():
    drawing = np.zeros((40, 40), "uint8")
    drawing[3:13, 30:35] = 200  # twice as high as wide
    assert box(centred(drawing)) == [0, 39, 10, 29]
    assert box(centred(drawing.T)) == [10, 29, 0, 39]
    assert box(centred(drawing, margin=10)) == [10, 29, 15, 24]
    assert set(centred(drawing).ravel().tolist()) == {0, 200}


def test_centring_leaves_a_blank_drawing_and_one_that_fills_the_frame():
    full = np.random.default_rng(0).integers(1, 256, (28, 28), dtype="uint8")
    assert np.array_equal(centred(full), full)
    assert not centred(np.zeros((28, 28), "uint8")).any()


def test_a_pad_gives_the_networks_probabilities_for_what_is_drawn(pad, boot):
    pad.drawing = boot
    logits = by_brightness(boot[np.newaxis, :, :, np.newaxis].astype("float32"))[0].astype(float)
    assert np.array_equal(pad.drawing, boot)
    assert np.allclose(pad.probabilities, np.exp(logits) / np.exp(logits).sum())


def test_a_blank_pad_has_no_probabilities(pad, boot):
    assert pad.probabilities == [] and pad.words() == "draw something, 10 classes"
    pad.drawing = boot
    pad.drawing = np.zeros((28, 28))
    assert pad.probabilities == []


def test_the_still_picture_follows_the_drawing(pad, boot):
    blank = plots.png(pad.figure())
    pad.drawing = boot
    assert plots.png(pad.figure()) != blank
    assert repr(pad) == f"DrawingPad: {np.count_nonzero(boot)} of 28 × 28 pixels drawn, 10 classes"


def test_probabilities_pass_through_untouched(boot):
    given = np.linspace(1, 10, 10)[np.newaxis] / 55
    pad = widgets.DrawingPad(lambda pictures: given, NAMES, drawing=boot, logits=False)
    assert np.allclose(pad.probabilities, given[0]) and pad.logits is False


def test_large_logits_stay_finite():
    assert np.allclose(
        drawing_network.probabilities_of(np.array([1000.0, 999, -1000]), True), [0.731, 0.269, 0], atol=1e-3
    )


def test_an_array_of_pictures_with_a_channel_is_a_drawing(boot):
    assert widgets.DrawingPad(by_brightness, NAMES, drawing=boot[:, :, np.newaxis], logits=True).drawing.shape == (
        28,
        28,
    )


def keras_network(last: str, size: int = 8, channels: int = 1):
    import keras

    layers = keras.layers
    ends = {"logits": [layers.Dense(3)], "softmax": [layers.Dense(3, activation="softmax")]}
    ends |= {"layer": [layers.Dense(3), layers.Softmax()], "relu": [layers.Dense(3, activation="relu")]}
    ends["activation"] = [layers.Dense(3), layers.Activation("softmax")]
    return keras.Sequential([keras.Input((size, size, channels)), layers.Flatten(), *ends[last]])


@pytest.mark.parametrize(
    ("last", "logits"), [("logits", True), ("softmax", False), ("layer", False), ("activation", False)]
)
def test_the_last_layer_says_whether_it_gives_logits(last, logits):
    network = keras_network(last)
    drawing = np.random.default_rng(0).integers(0, 4, (8, 8), dtype="uint8")
    pad = widgets.DrawingPad(network, list("abc"), drawing=drawing)
    numbers = np.asarray(network(drawing[np.newaxis, :, :, np.newaxis]), dtype=float)[0]
    expected = np.exp(numbers) / np.exp(numbers).sum() if logits else numbers
    assert pad.logits is logits and np.allclose(pad.probabilities, expected, atol=1e-5)


def test_a_network_for_colour_gets_the_grey_three_times():
    network, drawing = keras_network("softmax", channels=3), np.eye(8, dtype="uint8") * 9
    expected = np.asarray(network(np.repeat(drawing[np.newaxis, :, :, np.newaxis], 3, axis=3)))[0]
    assert np.allclose(widgets.DrawingPad(network, list("abc"), drawing=drawing).probabilities, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(network="cat"), "str is no network"),
        (dict(network=by_brightness, logits=None), "logits=True or logits=False"),
        (dict(size=3), "size of 3 .* give 4 to 64"),
        (dict(size=65), "size of 65"),
        (dict(size=True), "size of True"),
        (dict(size=9.5), "size of 9.5"),
        (dict(class_names=NAMES[:9]), r"\(1, 10\).*9 class names"),
        (dict(logits=False), "add up to 0"),
        (dict(network=lambda pictures: 1 / 0), "does not take a picture of 1 × 28 × 28 × 1 .ZeroDivisionError"),
        (dict(network=lambda pictures: np.full((1, 10), np.nan)), "not finite"),
        (dict(drawing=np.zeros((8, 9))), r"shape \(8, 9\) does not fit: give 28 × 28"),
        (dict(drawing=np.full((28, 28), 256)), "numbers from 0"),
        (dict(drawing=np.full((28, 28), np.nan)), "numbers from 0"),
        (dict(drawing=[["a"] * 28] * 28), "not grey"),
        (dict(margin=14), "margin of 14 leaves nothing"),
        (dict(margin=-1), "margin of -1"),
        (dict(pen=0), "pen is 0, but must be a whole number from 1 to 16"),
    ],
)
def test_bad_arguments_are_answered_in_a_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        widgets.DrawingPad(**{"network": by_brightness, "class_names": NAMES, "logits": True, **arguments})


def test_a_network_of_another_size_or_without_logits_is_refused():
    with pytest.raises(ValueError, match="takes pictures of 8 × 8, not 28 × 28: give size=8"):
        widgets.DrawingPad(keras_network("logits"), list("abc"), size=28)
    with pytest.raises(ValueError, match="logits=True or logits=False"):
        widgets.DrawingPad(keras_network("relu"), list("abc"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pixels", b""),
        ("pixels", bytes(10_000_000)),
        ("pixels", "shirt"),
        ("size", 4000),
        ("class_names", ["one"]),
        ("margin", 30),
        ("pen", 0),
        ("pen", 10**9),
        ("pen", "wide"),
        ("fit", "yes"),
        ("probabilities", [float("nan")] * 10),
        ("probabilities", [0.5]),
        ("asked", None),
    ],
)
def test_hostile_values_are_refused_and_change_nothing(pad, boot, name, value):
    pad.drawing = boot
    before = getattr(pad, name)
    with pytest.raises(traitlets.TraitError):
        pad.set_state({name: value})
    assert getattr(pad, name) == before
    assert len(pad.probabilities) == 10 and np.array_equal(pad.drawing, boot)


def test_a_message_from_the_browser_is_answered(pad, boot):
    pad.set_state({"pixels": memoryview(boot.tobytes()), "asked": 7})
    assert pad.answered == 7 and len(pad.probabilities) == 10


def test_a_network_that_fails_later_is_reported_in_words(boot):
    calls = []

    def network(pictures: np.ndarray) -> np.ndarray:
        calls.append(pictures)
        return np.zeros((1, 10)) if len(calls) == 1 else 1 / 0

    pad = widgets.DrawingPad(network, NAMES, logits=True)
    pad.drawing = boot
    assert pad.trouble == "The network raised ZeroDivisionError: division by zero" and pad.probabilities == []


def test_importing_it_loads_no_network_library():
    script = "import sys, imgrec_lib.widgets.drawing_pad; print({'tensorflow', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
