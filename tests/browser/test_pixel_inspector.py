"""The pixel inspector in a real browser."""

import base64
import io

import looking
import numpy as np
import pytest
from PIL import Image

from imgrec_lib import widgets
from imgrec_lib.widgets.pixel_inspector import neighbourhood, read_as

pytestmark = pytest.mark.browser
VIEW = "#widget"
CELLS = ("from imgrec_lib import datasets, widgets", "photograph = datasets.photograph('cat')[80:150, 120:220]")
SHOWN = "inspector = widgets.PixelInspector(photograph)\ninspector"


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (20, 28, 3), dtype=np.uint8)


def canvas(page, number):
    return page.locator(".imgrec-pixel-inspector canvas").nth(number)


def pixels(page, number, rows, columns):
    """The upper left corners of a canvas's squares, rows × columns × 3."""
    address = canvas(page, number).evaluate("one => one.toDataURL()")
    shown = np.array(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"), dtype=int)
    side = shown.shape[0] // rows
    assert shown.shape[:2] == (rows * side, columns * side)
    return shown[1::side, 1::side]


def square(page, number, row, column, rows, columns):
    """The middle of one square of a canvas, on the page."""
    box = canvas(page, number).bounding_box()
    return box["x"] + box["width"] * (column + 0.5) / columns, box["y"] + box["height"] * (row + 0.5) / rows


def far_from(row, column, shape):
    """Which squares lie outside the frame around a pixel."""
    rows, columns = np.indices(shape[:2])
    return (abs(rows - row) > 5) | (abs(columns - column) > 5)


@pytest.mark.parametrize("channels", [1, 3])
def test_javascript_gives_numpys_neighbourhood(call, channels):
    generator = np.random.default_rng(channels)
    image = generator.integers(0, 256, (6, 9, channels), dtype=np.uint8)
    for row, column in [(0, 0), (5, 8), (2, 7), (3, 4)]:
        theirs = call(widgets.PixelInspector, "neighbourhood", image.ravel().tolist(), [6, 9, channels], row, column)
        ours = neighbourhood(image, row, column).reshape(49, channels).tolist()
        assert theirs == [[] if numbers[0] < 0 else numbers for numbers in ours]


@pytest.mark.parametrize("order", ["RGB", "BGR"])
def test_the_photograph_and_its_planes_show_the_numbers(mount, page, image, order):
    mount(widgets.PixelInspector(image, row=3, column=4, order=order))
    away = far_from(3, 4, image.shape)
    assert np.array_equal(pixels(page, 0, 20, 28)[away], read_as(image, order)[away])
    for channel in range(3):
        plane = pixels(page, 2 + channel, 20, 28)
        assert np.array_equal(plane[away], np.repeat(image[:, :, channel, None], 3, axis=2)[away])


def test_planes_in_colour_have_the_colour_that_they_are_read_as(mount, page, image):
    mount(widgets.PixelInspector(image, row=3, column=4, order="BGR"))
    page.get_by_label("planes in colour").check()
    page.wait_for_timeout(200)
    away, first = far_from(3, 4, image.shape), pixels(page, 2, 20, 28)
    assert np.array_equal(first[..., 2][away], image[..., 0][away])
    assert not first[..., :2][away].any()


def test_the_zoom_shows_the_pixels_around(mount, page, image):
    mount(widgets.PixelInspector(image, row=9, column=1))
    shown, around = pixels(page, 1, 7, 7), neighbourhood(image, 9, 1)
    keep = far_from(3, 3, (7, 7)) | (np.abs(np.indices((7, 7)) - 3).max(axis=0) > 1)
    assert np.array_equal(shown[:, 2:][keep[:, 2:]], around[:, 2:][keep[:, 2:]])
    assert (shown[:, :2] == 225).all()


def test_the_pointer_reads_the_pixel_under_it(mount, page, image):
    bridge = mount(widgets.PixelInspector(image))
    page.mouse.move(*square(page, 0, 13, 21, 20, 28))
    bridge.until("column", 21)
    red, green, blue = image[13, 21]
    wanted = f"image[13, 21] is [{red}, {green}, {blue}]: red {red}, green {green}, blue {blue}."
    page.locator(".status", has_text=wanted).wait_for()
    assert bridge.widget.row == 13
    page.wait_for_timeout(200)
    assert page.locator("figcaption").nth(3).inner_text() == f"channel 1: green {green}"


def test_arrows_move_and_stop_at_the_edge(mount, page, image):
    bridge = mount(widgets.PixelInspector(image))
    canvas(page, 0).focus()
    for key in ["ArrowDown", "Shift+ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp"]:
        page.keyboard.press(key)
    bridge.until("column", 11)
    assert bridge.widget.row == 0
    canvas(page, 1).focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    bridge.until("row", 19)


def test_the_other_reading_changes_words_and_not_numbers(mount, page, image):
    bridge = mount(widgets.PixelInspector(image))
    page.get_by_label("read as").select_option("BGR")
    bridge.until("order", "BGR")
    blue, green, red = image[0, 0]
    page.locator(".status", has_text=f"[{blue}, {green}, {red}]: blue {blue}, green {green}, red {red}.").wait_for()
    assert np.array_equal(bridge.widget.image, image)


@pytest.mark.parametrize("key", ["Enter", "Space", "button"])
def test_the_keyboard_paints(mount, page, image, key):
    bridge = mount(widgets.PixelInspector(image, row=4, column=7))
    page.get_by_label("channel 1").fill("20")
    if key == "button":
        page.get_by_role("button", name="Paint this pixel").press("Enter")
    else:
        canvas(page, 0).press(key)
    bridge.until("painted", [[4, 7, 255, 20, 0]])
    page.locator(".status", has_text="[255, 20, 0]").wait_for()


def test_a_click_paints_and_reset_takes_it_back(mount, page, image):
    bridge = mount(widgets.PixelInspector(image))
    page.mouse.click(*square(page, 0, 12, 20, 20, 28))
    bridge.until("painted", [[12, 20, 255, 0, 0]])
    page.mouse.click(*square(page, 1, 0, 6, 7, 7))
    bridge.until("painted", [[12, 20, 255, 0, 0], [9, 23, 255, 0, 0]])
    page.mouse.move(*square(page, 0, 2, 2, 20, 28))
    bridge.until("row", 2)
    page.wait_for_timeout(100)
    shown = pixels(page, 0, 20, 28)
    assert shown[12, 20].tolist() == shown[9, 23].tolist() == [255, 0, 0]
    assert bridge.widget.image[9, 23].tolist() == [255, 0, 0]
    page.get_by_role("button", name="Reset").click()
    bridge.until("painted", [])
    page.wait_for_timeout(100)
    assert pixels(page, 0, 20, 28)[12, 20].tolist() == image[12, 20].tolist()


def test_beyond_the_edge_and_after_a_drag_nothing_is_painted(mount, page, image):
    bridge = mount(widgets.PixelInspector(image))
    page.mouse.click(*square(page, 1, 0, 0, 7, 7))
    page.mouse.move(*square(page, 0, 5, 5, 20, 28))
    page.mouse.down()
    page.mouse.move(*square(page, 0, 8, 9, 20, 28))
    page.mouse.up()
    bridge.until("column", 9)
    page.wait_for_timeout(200)
    assert bridge.widget.painted == []


@pytest.mark.parametrize("text", ["256", "-1", "red", "1.5", "", "<b>"])
def test_a_bad_number_is_answered_in_words_and_paints_nothing(mount, page, image, text):
    bridge = mount(widgets.PixelInspector(image))
    page.get_by_label("channel 2").fill(text)
    page.get_by_role("button", name="Paint this pixel").click()
    page.get_by_text(f"Channel 2 is “{text}”, but must be a whole number from 0 to 255").wait_for()
    assert bridge.widget.painted == []
    page.get_by_label("channel 2").fill("9")
    page.get_by_role("button", name="Paint this pixel").click()
    bridge.until("painted", [[0, 0, 255, 0, 9]])
    page.wait_for_timeout(200)
    assert page.locator(".problem").inner_text() == ""


def test_only_the_change_travels(mount, page, image):
    mount(widgets.PixelInspector(image))
    page.evaluate("""() => {
      window.sent = [];
      const own = window.imgrecPython;
      window.imgrecPython = (request) => { window.sent.push(JSON.stringify(request)); return own(request); };
    }""")
    page.get_by_role("button", name="Paint this pixel").click()
    page.locator(".status", has_text="[255, 0, 0]").wait_for()
    assert 0 < sum(map(len, page.evaluate("window.sent"))) < 300


def test_a_move_draws_no_new_photograph(mount, page):
    bridge = mount(widgets.PixelInspector(np.zeros((224, 224, 3), np.uint8)))
    page.evaluate("""() => {
      window.made = 0;
      const own = OffscreenCanvasRenderingContext2D.prototype.putImageData;
      OffscreenCanvasRenderingContext2D.prototype.putImageData = function (picture, ...rest) {
        window.made += picture.width > 100;
        return own.call(this, picture, ...rest);
      };
    }""")
    page.mouse.move(*square(page, 0, 100, 90, 224, 224))
    bridge.until("column", 90)
    assert page.evaluate("window.made") == 0


def test_a_grey_image_has_one_number_and_no_planes(mount, page, image):
    bridge = mount(widgets.PixelInspector(image[:, :, 0], row=1, column=2))
    assert page.locator(".status").inner_text() == f"image[1, 2] is {image[1, 2, 0]}."
    assert page.locator("canvas").count() == 2
    canvas(page, 0).press("Enter")
    bridge.until("painted", [[1, 2, 255]])


def test_python_paints_and_moves_too(mount, page, image):
    bridge = mount(widgets.PixelInspector(image))
    bridge.widget.paint(6, 6, (1, 2, 3))
    bridge.widget.row = bridge.widget.column = 6
    bridge.push()
    page.locator(".status", has_text="image[6, 6] is [1, 2, 3]").wait_for()


def test_a_dead_kernel_is_told(mount, page, image):
    mount(widgets.PixelInspector(image)).silent = True
    page.get_by_role("button", name="Paint this pixel").click()
    page.get_by_text("Python does not answer").wait_for(timeout=8000)


@pytest.mark.parametrize("light", ["true", "false"])
def test_it_is_accessible_in_both_themes(mount, page, image, light):
    mount(widgets.PixelInspector(image))
    colours = "" if light == "true" else "document.body.style.cssText = 'background: #111; color: #ddd'"
    page.evaluate(f"document.body.dataset.jpThemeLight = '{light}'; {colours}")
    looking.assert_accessible(page, VIEW)
    page.get_by_label("channel 0").fill("red")
    page.get_by_role("button", name="Paint this pixel").click()
    page.get_by_text("Channel 0 is").wait_for()
    looking.assert_accessible(page, VIEW)


@pytest.mark.parametrize("width", [28, 600])
def test_it_fits_a_phone(mount, page, width):
    mount(widgets.PixelInspector(np.zeros((20, width, 3), np.uint8)))
    looking.assert_fits(page, VIEW)


def use(notebook, name):
    """Point, move, read the other way and paint in the inspector that the notebook's variable `name` holds."""
    view = notebook.page.locator(".imgrec-pixel-inspector").first
    photograph = view.locator("canvas").first
    photograph.scroll_into_view_if_needed()
    height, width = notebook.python(f"{name}.image.shape[:2]")
    box = photograph.bounding_box()
    photograph.hover(position={"x": box["width"] * 8.5 / width, "y": box["height"] * 5.5 / height})
    notebook.until(f"[{name}.row, {name}.column]", [5, 8])
    photograph.press("ArrowDown")
    photograph.press("ArrowRight")
    notebook.until(f"[{name}.row, {name}.column]", [6, 9])
    numbers = notebook.python(f"{name}.image[6, 9].tolist()")
    view.locator(".status", has_text=f"image[6, 9] is {numbers}").wait_for()
    view.get_by_label("read as").select_option("BGR")
    notebook.until(f"{name}.order", "BGR")
    view.get_by_label("channel 2").fill("300")
    photograph.press("Enter")
    view.get_by_text("Channel 2 is “300”, but must be").wait_for()
    view.get_by_label("channel 2").fill("30")
    photograph.press("Enter")
    notebook.until(f"{name}.image[6, 9].tolist()", [255, 0, 30])
    view.locator(".status", has_text="image[6, 9] is [255, 0, 30]: blue 255, green 0, red 30.").wait_for()
    view.get_by_role("button", name="Reset").click()
    notebook.until(f"{name}.image[6, 9].tolist()", numbers)


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(*CELLS, SHOWN, "print('ready')")
    notebook.run_all()
    use(notebook, "inspector")
    notebook.restart_kernel()
    photograph = notebook.page.locator(".imgrec-pixel-inspector canvas").first
    photograph.press("ArrowDown")
    notebook.page.get_by_text("Python does not answer").wait_for()
