"""The convolution stepper in a real browser."""

import base64
import io
import re

import looking
import numpy as np
import pytest
from PIL import Image

from imgrec_lib import widgets
from imgrec_lib.widgets.convolution_stepper import window_at

pytestmark = pytest.mark.browser
VIEW = "#widget"
CELLS = ("from imgrec_lib import datasets, widgets", "photograph = datasets.photograph('coffee')[::2, ::2, 0]")
SHOWN = "stepper = widgets.ConvolutionStepper(photograph[60:72, 90:103])\nstepper"
WINDOW, PADDING = (213, 94, 0), (0, 114, 178)  # The colours of the frames: vermilion and blue


@pytest.fixture
def image() -> np.ndarray:
    return np.arange(30).reshape(5, 6) ** 2 % 50


def canvas(page, number):
    return page.locator(".imgrec-convolution-stepper canvas").nth(number)


def pixels(page, number):
    """What a canvas shows, height × width × 3."""
    address = canvas(page, number).evaluate("one => one.toDataURL()")
    return np.array(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"), dtype=int)


def has_colour(picture, colour):
    return bool((np.abs(picture - colour).max(axis=-1) < 12).any())


def square(page, number, row, column, rows, columns):
    """The middle of one square of a canvas, on the page."""
    box = canvas(page, number).bounding_box()
    return box["x"] + box["width"] * (column + 0.5) / columns, box["y"] + box["height"] * (row + 0.5) / rows


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (5, 3), (7, 7)])
def test_javascript_gives_numpys_products(call, size):
    generator = np.random.default_rng(sum(size))
    image, kernel = generator.normal(size=(9, 12)), generator.normal(size=size)
    row, column = generator.integers(0, 2, 2)
    sheet = {"numbers": image.ravel().tolist(), "height": 9, "width": 12}
    theirs = call(widgets.ConvolutionStepper, "products", sheet, kernel.tolist(), int(row) * 2, int(column) * 2)
    window = window_at(image, kernel, row, column, stride=2, padding=0)
    assert np.allclose(theirs, np.stack([window, kernel, window * kernel], axis=-1).reshape(-1, 3))


def test_the_sum_and_the_products_are_those_of_python(mount, page, image):
    stepper = widgets.ConvolutionStepper(
        image, [[1, 0, -1], [0, 2, 0], [0.5, 0, 0]], stride=2, padding=1, row=1, column=2
    )
    mount(stepper)
    assert f"add up to {stepper.output()[1, 2]:g}." in page.locator(".status").inner_text().replace("−", "-")
    window = window_at(image, stepper.kernel, 1, 2, 2, 1)
    first = f"{window[0, 0]:g} × 1 = {window[0, 0]:g}"
    assert canvas(page, 1).get_attribute("aria-label").startswith(first)


def test_every_square_of_the_map_has_its_colour(mount, page, image):
    stepper = widgets.ConvolutionStepper(image)
    mount(stepper)
    output, picture = stepper.output(), pixels(page, 2)
    side = picture.shape[1] // output.shape[1]
    for (row, column), value in np.ndenumerate(output):
        end = np.array([96, 66, 150] if value < 0 else [217, 123, 17])
        wanted = 255 + (end - 255) * abs(value) / np.abs(output).max()
        corner = picture[row * side + 6, column * side + 6]
        assert np.abs(corner - wanted).max() < 2, (row, column)


def test_the_number_looked_at_is_framed_in_the_map(mount, page, image):
    mount(widgets.ConvolutionStepper(image, row=2, column=1))
    picture = pixels(page, 2)
    side, found = picture.shape[1] // 4, np.argwhere(np.abs(picture - WINDOW).max(axis=-1) < 12)
    assert np.abs(found.min(axis=0) - [2 * side, side]).max() <= 2
    assert np.abs(found.max(axis=0) - [3 * side, 2 * side]).max() <= 2


def test_the_window_is_framed_where_it_stands(mount, page, image):
    mount(widgets.ConvolutionStepper(image, stride=2, row=1, column=1))
    picture = pixels(page, 0)
    side, found = picture.shape[1] // 6, np.argwhere(np.abs(picture - WINDOW).max(axis=-1) < 12)
    assert np.abs(found.min(axis=0) - [2 * side, 2 * side]).max() <= 2
    assert np.abs(found.max(axis=0) - [5 * side, 5 * side]).max() <= 2
    assert not has_colour(picture, PADDING)


def test_step_and_the_end_of_a_row_and_of_the_map(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image, row=1, column=2))
    for wanted in [(1, 3), (2, 0)]:
        page.get_by_role("button", name="Step").click()
        bridge.until("column", wanted[1])
        assert bridge.widget.row == wanted[0]
    canvas(page, 2).focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    bridge.until("column", 3)
    page.get_by_role("button", name="Step").click()
    bridge.until("row", 0)


def test_play_pauses_under_the_pointer(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    page.get_by_role("button", name="Play").click()
    bridge.until("column", 2)
    assert page.locator(".status").get_attribute("aria-live") == "off"
    page.mouse.move(*square(page, 2, 2, 1, 3, 4))
    bridge.until("row", 2)
    page.wait_for_timeout(500)
    assert (bridge.widget.row, bridge.widget.column) == (2, 1)
    assert page.get_by_role("button", name="Play").is_visible()


def test_play_is_slow_where_motion_is_unwelcome(mount, page, image):
    page.emulate_media(reduced_motion="reduce")
    bridge = mount(widgets.ConvolutionStepper(image))
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(700)
    assert bridge.widget.column == 0
    bridge.until("column", 1)


def test_nothing_runs_after_the_view_is_closed(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    page.get_by_role("button", name="Play").click()
    bridge.until("column", 1)
    page.evaluate("window.imgrecClose()")
    before = bridge.widget.column
    page.wait_for_timeout(500)
    assert bridge.widget.column == before


def test_a_pointer_over_the_image_brings_the_window_there(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image, padding=1, stride=2))
    page.mouse.move(*square(page, 0, 3, 5, 7, 8))
    bridge.until("column", 2)
    assert bridge.widget.row == 1
    assert has_colour(pixels(page, 0), PADDING)


def test_the_kernel_is_written_or_chosen(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    page.get_by_label("numbers of the kernel").fill("[[1/9, 0],\n −2 4 5 \n 0; 0; 1")
    page.get_by_text("different lengths").wait_for()
    page.get_by_label("numbers of the kernel").fill("[[1/9, 0, 0], [−2, 4, 5], [0, 0, 1]]")
    bridge.until("kernel", [[1 / 9, 0, 0], [-2, 4, 5], [0, 0, 1]])
    page.wait_for_timeout(200)
    assert page.get_by_role("combobox", name="kernel").input_value() == "my own"
    assert page.locator(".problem").inner_text() == ""
    page.get_by_role("combobox", name="kernel").focus()
    page.get_by_role("combobox", name="kernel").select_option("blur")
    bridge.until("kernel", np.full((3, 3), 1 / 9).tolist())
    page.wait_for_timeout(200)
    assert page.get_by_label("numbers of the kernel").input_value().split() == ["1/9"] * 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2\n3 4", "needs a middle"),
        ("1 x 1", "“x” is not a number"),
        ("1 2 3\n1 2\n1 2 3", "different lengths"),
        ("1 1 1 1 1 1 1", "does not fit"),
        ("", "needs a number"),
        ("<img src=x onerror=alert(1)>", "is not a number"),
    ],
)
def test_bad_kernels_are_answered_in_words_and_change_nothing(mount, page, image, text, words):
    bridge = mount(widgets.ConvolutionStepper(image))
    before, status = bridge.widget.kernel, page.locator(".status").inner_text()
    page.get_by_label("numbers of the kernel").fill(text)
    page.locator(".problem", has_text=words).wait_for(timeout=3000)
    assert bridge.widget.kernel == before
    assert page.locator(".status").inner_text() == status


def test_padding_that_would_lose_the_window_is_refused(mount, page):
    bridge = mount(widgets.ConvolutionStepper(np.ones((3, 3)), np.ones((5, 5)), padding=1))
    page.get_by_label("padding").select_option("0")
    page.locator(".problem", has_text="does not fit").wait_for()
    assert page.get_by_label("padding").input_value() == "1"
    page.get_by_label("padding").select_option("2")
    bridge.until("padding", 2)
    page.wait_for_timeout(200)
    assert page.locator(".problem").inner_text() == ""


def test_the_size_stays_while_everything_changes(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    sizes = {page.locator(VIEW).bounding_box()["height"]}
    for name, value in [("padding", 3), ("kernel", np.ones((7, 7))), ("stride", 3), ("kernel", [[1]])]:
        setattr(bridge.widget, name, value)
        bridge.push()
        page.wait_for_timeout(100)
        sizes.add(page.locator(VIEW).bounding_box()["height"])
    assert len(sizes) == 1


def test_python_sets_the_window_and_the_controls_follow(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    bridge.widget.padding, bridge.widget.row = 2, 4
    bridge.push()
    page.locator(".status", has_text="Row 4, column 0 of the 7 × 8 feature map").wait_for()
    assert page.get_by_label("padding").input_value() == "2"


def test_a_dead_kernel_is_told(mount, page, image):
    bridge = mount(widgets.ConvolutionStepper(image))
    bridge.silent = True
    page.get_by_role("combobox", name="kernel").select_option("blur")
    page.get_by_text("Python does not answer").wait_for(timeout=8000)


def test_a_move_draws_no_new_picture(mount, page):
    mount(widgets.ConvolutionStepper(np.random.default_rng(0).integers(0, 256, (224, 224))))
    page.evaluate("""() => {
      window.made = 0;
      const own = OffscreenCanvasRenderingContext2D.prototype.putImageData;
      OffscreenCanvasRenderingContext2D.prototype.putImageData = function (picture, ...rest) {
        window.made += picture.width > 100;
        return own.call(this, picture, ...rest);
      };
    }""")
    page.mouse.move(*square(page, 0, 100, 100, 224, 224))
    page.locator(".status", has_text="Row 99, column 99").wait_for()
    assert page.evaluate("window.made") == 0


@pytest.mark.parametrize("light", ["true", "false"])
def test_it_is_accessible_in_both_themes(mount, page, image, light):
    mount(widgets.ConvolutionStepper(image))
    colours = "" if light == "true" else "document.body.style.cssText = 'background: #111; color: #ddd'"
    page.evaluate(f"document.body.dataset.jpThemeLight = '{light}'; {colours}")
    looking.assert_accessible(page, VIEW)
    page.get_by_label("numbers of the kernel").fill("1 x 1")
    page.get_by_text("is not a number").wait_for()
    looking.assert_accessible(page, VIEW)


def test_it_fits_a_phone(mount, page, image):
    mount(widgets.ConvolutionStepper(image, np.full((5, 5), 1 / 25)))
    looking.assert_fits(page, VIEW)


def use(notebook, name):
    """Step, choose, write and point in the stepper that the notebook's variable `name` holds."""
    view = notebook.page.locator(".imgrec-convolution-stepper").first
    view.scroll_into_view_if_needed()
    view.get_by_role("button", name="Step").click()
    notebook.until(f"{name}.row + {name}.column", lambda places: places > 0)
    view.get_by_role("combobox", name="kernel").select_option("sharpen")
    notebook.until(f"{name}.kernel[0]", [0, -1, 0])
    view.get_by_label("numbers of the kernel").fill("0 0 0\n0 1 0\n0 0 x")
    view.get_by_text("“x” is not a number").wait_for()
    view.get_by_label("numbers of the kernel").fill("0 0 0\n0 1 0\n0 0 1/2")
    notebook.until(f"{name}.kernel[2]", [0, 0, 0.5])
    view.get_by_label("stride").select_option("2")
    view.get_by_label("padding").select_option("1")
    notebook.until(f"[{name}.stride, {name}.padding]", [2, 1])
    drawn = view.locator("canvas").nth(2)
    drawn.click(position={"x": 1, "y": 1})  # squares may be as small as 2 pixels
    notebook.until(f"[{name}.row, {name}.column]", [0, 0])
    drawn.press("ArrowDown")
    drawn.press("ArrowRight")
    notebook.until(f"[{name}.row, {name}.column]", [1, 1])
    total = notebook.python(f"float({name}.output()[1, 1])")
    shown = view.locator(".status", has_text=re.compile("Row 1, column 1 ")).inner_text().replace("−", "-")
    assert float(shown.split("add up to ")[1].rstrip(".")) == pytest.approx(total, rel=1e-5)


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(*CELLS, SHOWN, "print('ready')")
    notebook.run_all()
    use(notebook, "stepper")


def test_keys_that_come_within_one_frame_all_count(mount, page):
    bridge = mount(widgets.ConvolutionStepper(np.arange(64).reshape(8, 8)))
    page.locator("canvas").nth(2).focus()
    page.evaluate("""() => ["Right", "Down", "Right", "Down"].forEach((key) => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Arrow" + key, bubbles: true, cancelable: true })))""")
    bridge.until("row", 2)
    bridge.until("column", 2)
