"""The augmentation explorer without a browser."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import traitlets

from imgrec_lib import datasets, plots, widgets
from imgrec_lib.augmenting import augmented, examples, label_after, turned_and_mirrored

RULES = {"6": {"rotation": (90, "9"), "flip": True}, "brick": {}, "left shoe": {"flip": "right shoe"}}


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (12, 15), dtype="uint8")


@pytest.fixture
def explorer() -> widgets.AugmentationExplorer:
    pictures = list(np.random.default_rng(1).integers(0, 256, (3, 12, 15), dtype="uint8"))
    return widgets.AugmentationExplorer(pictures, list(RULES), RULES)


@pytest.mark.parametrize("shape", [(9, 9), (8, 8, 1), (9, 6, 3), (1, 5)])
def test_nothing_asked_changes_nothing(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")
    assert np.array_equal(augmented(image), image)


def test_flips_and_quarter_turns_are_numpys(image):
    square = image[:, :12]
    assert np.array_equal(augmented(image, flip_left_right=True), image[:, ::-1])
    assert np.array_equal(augmented(image, flip_up_down=True), image[::-1])
    assert np.array_equal(augmented(image, 180), image[::-1, ::-1])
    assert np.array_equal(augmented(square, 90), np.rot90(square))
    assert np.array_equal(augmented(square, 90, flip_left_right=True), np.rot90(square[:, ::-1]))


@pytest.mark.parametrize("seed", range(6))
def test_turning_and_enlarging_is_opencvs(seed):
    generator = np.random.default_rng(seed)
    image = generator.integers(0, 256, (*generator.integers(8, 40, 2), 3), dtype="uint8")
    height, width = image.shape[:2]
    rotation, zoom = generator.uniform(-180, 180), generator.uniform(0.5, 2)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), rotation, zoom)
    theirs = cv2.warpAffine(image.astype("float32"), matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    # OpenCV rounds places to a 32nd of a pixel, so a step from 0 to 255 may move by 16 on either axis.
    assert abs(augmented(image, rotation, zoom) - theirs).max() <= 17
    assert abs(augmented(image, rotation, zoom) - theirs).mean() < 2


@pytest.mark.parametrize("degrees", [30, -30, 77])
def test_turning_is_kerass_random_rotation(image, degrees):
    import keras

    layer = keras.layers.RandomRotation((degrees / 360, degrees / 360), fill_mode="reflect")
    theirs = np.asarray(layer(image[np.newaxis, :, :, np.newaxis].astype("float32"), training=True))[0, :, :, 0]
    assert abs(augmented(image, degrees) - theirs).max() <= 0.51


@pytest.mark.parametrize("zoom", [0.8, 1.25])
def test_enlarging_is_kerass_random_zoom(zoom):
    import keras

    image = np.random.default_rng(0).integers(0, 256, (16, 16), dtype="uint8")
    layer = keras.layers.RandomZoom((1 / zoom - 1, 1 / zoom - 1), fill_mode="reflect")
    theirs = np.asarray(layer(image[np.newaxis, :, :, np.newaxis].astype("float32"), training=True))[0, :, :, 0]
    assert abs(augmented(image, zoom=zoom) - theirs).max() <= 0.51


def test_noise_is_a_bell_of_the_given_width_that_the_seed_repeats():
    grey = np.full((100, 100, 3), 128, dtype="uint8")
    noise = augmented(grey, noise=20, seed=5).astype(float) - 128
    assert abs(noise.mean()) < 0.5 and abs(noise.std() - 20) < 0.5
    assert abs((abs(noise) < 20).mean() - 0.68) < 0.03
    assert abs(np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]) < 0.02
    assert np.array_equal(augmented(grey, noise=20, seed=5), noise + 128)
    assert not np.array_equal(augmented(grey, noise=20, seed=6), noise + 128)


def test_examples_stay_in_lesson_4s_ranges_and_use_all_of_them():
    made = [one for seed in range(100) for one in examples(seed)]
    turns, zooms = {one["rotation"] for one in made}, {one["zoom"] for one in made}
    assert (min(turns), max(turns)) == (-30, 30) and (min(zooms), max(zooms)) == (0.85, 1.15)
    for flip in ("flip_left_right", "flip_up_down"):
        assert 0.4 < np.mean([one[flip] for one in made]) < 0.6
    assert examples(3) == examples(3) != examples(4)


@pytest.mark.parametrize("rotation", [-170, -90, 0, 40, 180])
@pytest.mark.parametrize("flips", [(False, False), (True, False), (False, True), (True, True)])
def test_a_mirroring_and_a_turn_make_the_same_picture_as_flips_and_a_turn(rotation, flips):
    image = np.random.default_rng(0).integers(0, 256, (9, 9), dtype="uint8")
    turn, mirrored = turned_and_mirrored(rotation, *flips)
    assert -180 <= turn <= 180
    assert np.array_equal(augmented(image, turn, flip_left_right=mirrored), augmented(image, rotation, 1, *flips))


@pytest.mark.parametrize(
    ("label", "turn", "mirrored", "after"),
    [
        ("6", 0, False, "6"),
        ("6", 59, False, "6"),
        ("6", -80, False, None),
        ("6", 100, False, None),
        ("6", 180, False, "9"),
        ("6", -121, False, "9"),
        ("6", 0, True, ""),
        ("6", 90, True, ""),
        ("6", 180, True, ""),
        ("brick", 180, True, "brick"),
        ("left shoe", 0, True, "right shoe"),
        ("left shoe", 170, False, "left shoe"),
        ("left shoe", 170, True, "right shoe"),
    ],
)
def test_a_rule_says_which_label_is_true_after_a_change(label, turn, mirrored, after):
    assert label_after(label, RULES[label], turn, mirrored) == after


def test_a_rule_may_be_a_function_or_a_plain_number():
    assert label_after("b", lambda label, turn, mirrored: "d" if mirrored else label, 0, True) == "d"
    assert label_after("7", {"rotation": 90}, 180, False) == ""


@pytest.mark.parametrize(
    ("which", "settings", "answer", "start", "part"),
    [
        (0, {"flip_left_right": True, "flip_up_down": True}, "another", "Right", "half a turn, it is “9” now"),
        (0, {"rotation": 180}, "same", "Look again", "turned by 180°, it is “9” now, and the label “6” would lie"),
        (0, {"rotation": 20, "zoom": 1.2}, "same", "Right", "turned by 20°, enlarged, it is still “6”"),
        (0, {"rotation": -85}, "same", "People disagree here", "hardly “6”"),
        (0, {"flip_left_right": True}, "another", "Right", "not “6” any more"),
        (0, {"flip_left_right": True, "flip_up_down": True, "rotation": 180}, "same", "Right", "still “6”"),
        (
            1,
            {"rotation": 170, "noise": 9, "zoom": 0.9},
            "another",
            "Look again",
            "made smaller, with noise, it is still",
        ),
        (1, {}, "same", "Right: unchanged", "still “brick”"),
        (2, {"flip_up_down": True}, "another", "Right", "flipped up-down, it is “right shoe” now"),
    ],
)
def test_an_answer_draws_a_sentence_that_fits(explorer, which, settings, answer, start, part):
    explorer.set_state({"which": which, **settings})
    explorer.answer = answer
    assert explorer.verdict.startswith(start) and part in explorer.verdict


def test_a_changed_setting_asks_anew(explorer):
    explorer.answer = "same"
    assert explorer.verdict
    explorer.rotation = 10.0
    assert explorer.answer == explorer.verdict == ""


def test_without_rules_nothing_is_asked(image):
    explorer = widgets.AugmentationExplorer(image)
    explorer.answer = "same"
    assert explorer.asks is False and explorer.verdict == ""


@pytest.mark.parametrize("shape", [(12, 15), (12, 15, 1), (12, 15, 3)])
def test_the_picture_is_the_changed_copy(shape):
    pictures = list(np.random.default_rng(2).integers(0, 256, (2, *shape), dtype="uint8"))
    explorer = widgets.AugmentationExplorer(pictures, ["a", "b"], which=1, rotation=25, noise=12, seed=3)
    assert np.array_equal(explorer.picture, augmented(pictures[1], 25, noise=12, seed=3))
    assert explorer.picture.shape == shape and explorer.shape == [2, 12, 15, shape[2] if len(shape) == 3 else 1]


def test_the_still_picture_and_the_words_follow_the_settings(explorer):
    before = plots.png(explorer.figure())
    assert repr(explorer) == "AugmentationExplorer: picture 1 of 3 “6”, 12 × 15, unchanged"
    explorer.rotation = 30
    assert plots.png(explorer.figure()) != before
    assert repr(explorer).endswith("“6”, 12 × 15, turned by 30°")


def test_the_lessons_pictures_fit():
    patches = datasets.load("materials").train.images[:4]
    digits = datasets.load("digits").train.images[:3]
    assert widgets.AugmentationExplorer(patches, "brick").shape == [4, 48, 48, 1]
    assert widgets.AugmentationExplorer(digits[0], "6").shape == [1, 8, 8, 1]


SMALL = np.zeros((8, 8), "uint8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(images=np.zeros((8, 8))), "float64 are refused: give uint8"),
        (dict(images=np.zeros((8, 8, 2), "uint8")), r"shape \(8, 8, 2\) is no picture"),
        (dict(images=np.zeros(8, "uint8")), r"shape \(8,\) is no picture"),
        (dict(images=np.zeros((200, 8), "uint8")), "at most 128 a side"),
        (dict(images=np.zeros((0, 8), "uint8")), "at most 128 a side"),
        (dict(images=[SMALL] * 25), "25 pictures"),
        (dict(images=[]), "0 pictures"),
        (dict(images=[SMALL, SMALL[:4]]), "different shapes"),
        (dict(labels=["a", "b"]), "2 labels do not fit 1 pictures"),
        (dict(labels="6", changes_label={"9": {}}), "no rule for '6'"),
        (dict(labels="6", changes_label={"6": {"turn": 3}}), "unknown: give rotation"),
        (dict(labels="6", changes_label=90), "int is no rule"),
        (dict(rotation=181), "rotation"),
        (dict(zoom=0.1), "zoom"),
        (dict(which=1), "no picture 1: the last is 0"),
        (dict(noise=float("nan")), "noise is nan, but must be a number from 0 to 60: give one of those"),
    ],
)
def test_bad_arguments_are_answered_in_a_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        widgets.AugmentationExplorer(**{"images": SMALL, **arguments})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rotation", 1e9),
        ("rotation", "left"),
        ("rotation", float("nan")),
        ("zoom", 0),
        ("zoom", -1),
        ("noise", 1e300),
        ("seed", -1),
        ("seed", 2**40),
        ("which", 3),
        ("which", -1),
        ("answer", "maybe"),
        ("flip_up_down", 7),
        ("pictures", b""),
        ("shape", [1, 10**6, 10**6, 3]),
        ("labels", []),
        ("asks", False),
    ],
)
def test_hostile_values_are_refused_and_change_nothing(explorer, name, value):
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError):
        explorer.set_state({name: value})
    assert getattr(explorer, name) == before and explorer.picture.shape == (12, 15)


def test_importing_it_loads_no_network_library():
    script = "import sys, imgrec_lib.widgets.augmentation_explorer; print({'tensorflow', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
