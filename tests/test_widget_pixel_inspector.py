"""The pixel inspector's numbers, its bad values and its still picture."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from imgrec_lib import plots, widgets
from imgrec_lib.widgets import pixel_inspector
from imgrec_lib.widgets.still import Refused


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (9, 13, 3), dtype=np.uint8)


@pytest.fixture
def inspector(image) -> widgets.PixelInspector:
    return widgets.PixelInspector(image, row=4, column=6)


def picture(inspector):
    return np.array(Image.open(io.BytesIO(plots.png(inspector.figure()))))


@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_neighbourhood_is_cut_out_around_the_pixel(channels):
    image = np.random.default_rng(0).integers(0, 256, (9, 13, *channels), dtype=np.uint8)
    assert np.array_equal(pixel_inspector.neighbourhood(image, 4, 6), image[1:8, 3:10])


def test_beyond_the_edge_there_are_no_numbers(image):
    around = pixel_inspector.neighbourhood(image, 0, 12)
    assert np.array_equal(around[3:, :4], image[:4, 9:])
    assert (around[:3] == -1).all() and (around[:, 4:] == -1).all()


def test_bgr_is_the_other_way_round(image):
    assert np.array_equal(pixel_inspector.read_as(image, "BGR")[..., 0], image[..., 2])
    assert np.array_equal(pixel_inspector.read_as(image, "RGB"), image)


def test_paint_changes_one_pixel_of_a_copy(inspector, image):
    inspector.paint(2, 11, (1, 2, 3))
    wanted = image.copy()
    wanted[2, 11] = 1, 2, 3
    assert np.array_equal(inspector.image, wanted)
    assert inspector.pixels == image.tobytes()


def test_the_last_paint_on_a_pixel_counts_and_is_kept_once(inspector):
    inspector.paint(2, 11, (1, 2, 3))
    inspector.paint(2, 11, (4, 5, 6))
    assert inspector.painted == [[2, 11, 4, 5, 6]]


def test_reset_gives_the_first_image_back(inspector, image):
    inspector.paint(0, 0, (1, 2, 3))
    inspector.reset()
    assert np.array_equal(inspector.image, image)


def test_a_grey_image_stays_grey():
    inspector = widgets.PixelInspector(np.zeros((4, 5), dtype=np.uint8))
    inspector.paint(3, 4, 200)
    assert inspector.image.shape == (4, 5) and inspector.image[3, 4] == 200
    assert repr(inspector) == "PixelInspector: image 4 × 5; row 0, column 0: 0; 1 pixels painted"


def test_the_image_given_is_never_changed(image):
    before = image.copy()
    inspector = widgets.PixelInspector(image)
    inspector.image[:] = 0
    image[0, 0] = 255 - image[0, 0]
    assert np.array_equal(inspector.image, before)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((3, 3, 4), np.uint8), "is no photograph"),
        (np.zeros((0, 3), np.uint8), "is no photograph"),
        (np.zeros((3, 3)), "astype"),
        (np.zeros((700, 3), np.uint8), "too large"),
        ("cat.png", "is no photograph"),
        (None, "is no photograph"),
    ],
)
def test_bad_images_are_refused_in_one_sentence(image, words):
    with pytest.raises(ValueError, match=words):
        widgets.PixelInspector(image)


@pytest.mark.parametrize(
    "place", [{"row": 9}, {"column": 13}, {"row": -1}, {"order": "GBR"}, {"row": 1.5}, {"row": None}]
)
def test_bad_places_are_refused(image, place):
    with pytest.raises(ValueError):
        widgets.PixelInspector(image, **place)


@pytest.mark.parametrize(
    "change",
    [
        *([0, 0, 256, 0, 0], [0, 0, -1, 0, 0], [9, 0, 1, 1, 1], [0, 13, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1.5, 1, 1]),
        *([0, 0, True, 1, 1], [0, 0, "1", 1, 1], "01234", None, 7),
    ],
)
def test_a_hostile_change_is_refused_and_changes_nothing(inspector, image, change):
    with pytest.raises(Refused):
        inspector.set_state({"painted": [change]})
    assert np.array_equal(inspector.image, image)


def test_too_many_changes_are_refused(inspector):
    with pytest.raises(Refused, match="one change a pixel"):
        inspector.painted = [[0, 0, 1, 1, 1]] * 118


def test_a_place_beyond_the_edge_becomes_the_edge(inspector):
    inspector.set_state({"row": 600, "column": 600})
    assert (inspector.row, inspector.column) == (8, 12)


@pytest.mark.parametrize("value", ["BRG", None, [], 3])
def test_an_unknown_order_is_refused(inspector, value):
    with pytest.raises(Refused, match="RGB"):
        inspector.order = value
    assert inspector.order == "RGB"


@pytest.mark.parametrize(
    "content", [None, [], {"paint": None}, {"paint": {}}, {"paint": [0]}, {"paint": ["0", 0, "1"]}]
)
def test_a_message_of_nonsense_changes_nothing(inspector, image, content):
    inspector._asked(inspector, content, [])
    assert np.array_equal(inspector.image, image)


@pytest.mark.parametrize("text", ["256", "-1", "red", "1.5", "", "²", "9" * 5000])
def test_a_number_that_is_no_byte_is_answered_in_words(inspector, image, text):
    inspector._asked(inspector, {"paint": [1, 2, "0", text, "0"]}, [])
    assert inspector.problem.startswith(f"Channel 1 is “{text[:12]}”, but must be a whole number from 0 to 255")
    assert np.array_equal(inspector.image, image)
    inspector._asked(inspector, {"paint": [1, 2, "0", " 7 ", "0"]}, [])
    assert inspector.problem == "" and inspector.image[1, 2].tolist() == [0, 7, 0]


def test_repr_says_what_is_seen(image, inspector):
    red, green, blue = image[4, 6]
    wanted = f"PixelInspector: image 9 × 13 × 3; row 4, column 6: {red}, {green}, {blue}, read as RGB; 0 pixels painted"
    assert repr(inspector) == wanted


@pytest.mark.parametrize("change", [{"row": 1}, {"order": "BGR"}, {"painted": [[4, 6, 255, 0, 0]]}])
def test_the_still_picture_follows_the_state(inspector, change):
    before = picture(inspector)
    inspector.set_state(change)
    assert not np.array_equal(before, picture(inspector))


def test_the_output_holds_a_picture_and_words(inspector):
    data, metadata = inspector._repr_mimebundle_()
    assert "image/png" in data or "image/jpeg" in data
    assert data["text/plain"] == repr(inspector)


def test_it_needs_no_network_library():
    code = (
        "import sys; from imgrec_lib.widgets import pixel_inspector; print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
