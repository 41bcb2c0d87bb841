"""The drawing pad in a real browser."""

from typing import Any

import looking
import numpy as np
import pytest

from imgrec_lib import datasets, widgets
from imgrec_lib.widgets import drawing_pad

pytestmark = pytest.mark.browser
VIEW = "#widget"
NAMES = ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
CELL = """\
import numpy as np
from imgrec_lib import widgets
def bands(pictures):
    return np.stack([band.mean() for band in np.array_split(pictures[0], 10)])[np.newaxis] / 25
pad = widgets.DrawingPad(bands, [f"kind {number}" for number in range(10)], logits=True)
pad"""


def bands(pictures: np.ndarray) -> np.ndarray:
    """Logits 1 × 10: the mean brightness of ten bands of rows."""
    return np.stack([band.mean() for band in np.array_split(pictures[0], 10)])[np.newaxis] / 25


@pytest.fixture
def pad() -> widgets.DrawingPad:
    return widgets.DrawingPad(bands, NAMES, logits=True)


@pytest.fixture
def boot() -> np.ndarray:
    return datasets.load("fashion_mnist").test.images[0, :, :, 0]


def line(page: Any, canvas: Any, *places: tuple[float, float], up: bool = True) -> None:
    """Draw through places, in shares of the canvas's width and height, with the mouse."""
    box = canvas.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    if up:
        page.mouse.up()


def shown_squares(page: Any, size: int) -> np.ndarray:
    """The grey numbers that the second canvas shows, size × size."""
    script = """size => { const canvas = document.querySelector(".seen"), part = canvas.width / size;
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.width).data;
        const middle = (place) => Math.floor((place + 0.5) * part);
        return Array.from({ length: size * size }, (_, at) =>
            data[4 * (middle(Math.floor(at / size)) * canvas.width + middle(at % size))]); }"""
    return np.array(page.evaluate(script, size)).reshape(size, size)


@pytest.mark.parametrize("seed", range(3))
def test_javascript_reduces_as_python_does(call, seed):
    generator = np.random.default_rng(seed)
    for _ in range(4):
        size, part = (int(number) for number in generator.integers(2, 12, 2))
        drawing = generator.integers(0, 256, (size * part, size * part))
        theirs = call(widgets.DrawingPad, "reduced", drawing.ravel().tolist(), size * part, size)
        assert theirs == drawing_pad.reduced(drawing, size).ravel().tolist()


@pytest.mark.parametrize("seed", range(3))
def test_javascript_centres_as_python_does(call, seed):
    generator = np.random.default_rng(seed)
    for _ in range(6):
        side, margin = int(generator.integers(8, 40)), int(generator.integers(0, 4))
        drawing = np.zeros((side, side), dtype=int)
        top, left = generator.integers(0, side - 2, 2)
        drawing[top : top + generator.integers(1, side), left : left + generator.integers(1, side)] = 1
        drawing *= generator.integers(0, 256, (side, side))
        theirs = call(widgets.DrawingPad, "centred", drawing.ravel().tolist(), side, margin)
        assert theirs == drawing_pad.centred(drawing, margin).ravel().tolist()


def test_a_blank_pad_asks_for_a_drawing_and_shows_no_number(mount, page, pad):
    mount(pad)
    assert page.locator(".status").text_content() == "Draw something."
    assert page.locator("li").all_text_contents() == [f"{name}–" for name in NAMES]
    assert page.locator(".highest").count() == 0


def test_a_stroke_reaches_python_and_the_bars_follow(mount, page, pad):
    bridge = mount(pad)
    line(page, page.locator(".pad"), (0.1, 0.5), (0.9, 0.5))
    bridge.until("drawing", lambda drawing: (drawing[13:15, 3:25] > 200).all())
    assert pad.drawing[:12].max() == pad.drawing[16:].max() == 0
    page.wait_for_function("document.querySelector('.status').textContent.startsWith('Highest: coat')")
    numbers = [float(text) for text in page.locator("li span:last-child").all_text_contents()]
    assert np.allclose(numbers, pad.probabilities, atol=0.0051)
    widths = page.locator("li i").evaluate_all("bars => bars.map(bar => parseFloat(bar.style.width))")
    assert np.allclose(widths, np.multiply(pad.probabilities, 100), atol=0.01)
    assert page.locator(".highest").text_content().startswith(NAMES[int(np.argmax(pad.probabilities))])


def test_the_bars_change_while_the_pen_is_still_down(mount, page, pad):
    bridge = mount(pad)
    line(page, page.locator(".pad"), (0.2, 0.2), (0.8, 0.2), up=False)
    bridge.until("probabilities", lambda values: len(values) == 10)
    page.wait_for_selector(".highest")


def test_a_first_drawing_is_shown_as_it_is(mount, page, boot):
    mount(widgets.DrawingPad(bands, NAMES, drawing=boot, logits=True))
    assert np.array_equal(shown_squares(page, 28), boot)
    line(page, page.locator(".pad"), (0.01, 0.01), (0.02, 0.01))
    assert np.array_equal(shown_squares(page, 28)[3:], boot[3:])


def test_what_the_network_sees_is_what_python_has(mount, page, pad):
    bridge = mount(pad)
    line(page, page.locator(".pad"), (0.1, 0.15), (0.73, 0.4), (0.2, 0.81))
    page.wait_for_timeout(300)
    assert np.array_equal(shown_squares(page, 28), bridge.widget.drawing) and bridge.widget.drawing.any()


def test_undo_takes_back_one_stroke_and_even_a_clear(mount, page, pad):
    bridge = mount(pad)
    canvas = page.locator(".pad")
    line(page, canvas, (0.1, 0.2), (0.9, 0.2))
    page.wait_for_timeout(100)
    first = pad.drawing
    line(page, canvas, (0.1, 0.8), (0.9, 0.8))
    bridge.until("drawing", lambda drawing: drawing[20:].any())
    page.get_by_role("button", name="Undo").click()
    bridge.until("drawing", lambda drawing: np.array_equal(drawing, first))
    page.get_by_role("button", name="Clear").click()
    bridge.until("drawing", lambda drawing: not drawing.any())
    bridge.until("probabilities", [])
    page.get_by_role("button", name="Undo").click()
    bridge.until("drawing", lambda drawing: np.array_equal(drawing, first))


def test_the_keyboard_draws(mount, page, pad):
    bridge = mount(pad)
    canvas = page.locator(".pad")
    canvas.press("ArrowUp")
    canvas.press("Shift+ArrowLeft")
    assert "row 13, column 4, pen up" in canvas.get_attribute("aria-label") and not pad.drawing.any()
    canvas.press(" ")
    for _ in range(5):
        canvas.press("ArrowRight")
    canvas.press("Enter")
    canvas.press("ArrowDown")
    bridge.until("drawing", lambda drawing: (drawing[13, 4:10] > 200).all())
    assert not pad.drawing[:, 12:].any() and not pad.drawing[16:].any()
    assert "row 14, column 9, pen up" in canvas.get_attribute("aria-label")


def test_the_pen_width_counts(mount, page, pad):
    bridge = mount(pad)
    pen = page.get_by_label("pen width")
    for _ in range(4):
        pen.press("ArrowRight")
    bridge.until("pen", 6)
    line(page, page.locator(".pad"), (0.2, 0.5), (0.8, 0.5))
    bridge.until("drawing", lambda drawing: (drawing[11:17, 14] == 255).all())


def test_fitting_to_the_frame_moves_what_the_network_sees(mount, page, pad):
    bridge = mount(pad)
    line(page, page.locator(".pad"), (0.1, 0.1), (0.3, 0.3))
    page.get_by_label("fit to the frame").press(" ")
    bridge.until("fit", True)
    bridge.until("drawing", lambda drawing: drawing[:, 20:].any() and drawing[24:].any())
    page.get_by_label("fit to the frame").press(" ")
    bridge.until("drawing", lambda drawing: not drawing[:, 20:].any())


def test_python_can_put_a_drawing_on_the_pad(mount, page, pad, boot):
    bridge = mount(pad)
    pad.drawing = boot
    bridge.push()
    assert np.array_equal(shown_squares(page, 28), boot)
    assert "Highest" in page.locator(".status").text_content()


def test_no_queue_builds_up_while_python_is_busy(mount, page, pad):
    bridge = mount(pad)
    page.evaluate("""() => { const slow = window.imgrecPython; window.asked = 0;
        window.imgrecPython = async (request) => {
            if (request.state?.pixels) window.asked += 1;
            await new Promise((done) => setTimeout(done, 400));
            return slow(request); }; }""")
    line(page, page.locator(".pad"), (0.1, 0.1), (0.9, 0.1), (0.1, 0.5), (0.9, 0.5), (0.5, 0.9))
    page.wait_for_timeout(1300)
    assert 2 <= page.evaluate("window.asked") <= 3
    assert np.array_equal(shown_squares(page, 28), bridge.widget.drawing)


def test_a_dead_kernel_is_told_and_a_live_one_takes_the_newest(mount, page, pad):
    page.clock.install()
    bridge = mount(pad)
    bridge.silent = True
    line(page, page.locator(".pad"), (0.1, 0.1), (0.9, 0.1))
    page.clock.run_for(6000)
    assert "Python does not answer" in page.locator(".problem").text_content()
    bridge.silent = False
    line(page, page.locator(".pad"), (0.1, 0.8), (0.9, 0.8))
    bridge.until("drawing", lambda drawing: drawing[3, 5:20].all() and drawing[22, 5:20].all())


def test_a_network_that_fails_is_told_in_words(mount, page):
    numbers = iter([np.zeros((1, 10))])
    mount(widgets.DrawingPad(lambda pictures: next(numbers), NAMES, logits=True))
    line(page, page.locator(".pad"), (0.1, 0.1), (0.9, 0.1))
    page.wait_for_function("document.querySelector('.problem').textContent.startsWith('The network raised')")


def test_a_finger_draws_and_a_second_one_does_not(mount, page, pad):
    bridge = mount(pad)
    page.evaluate("""() => { const canvas = document.querySelector(".pad"), box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        const event = (type, pointerId, x, y) => canvas.dispatchEvent(new PointerEvent(type, { pointerId,
            pointerType: "touch", button: 0, clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
        event("pointerdown", 5, 0.2, 0.2); event("pointerdown", 6, 0.5, 0.9); event("pointermove", 6, 0.9, 0.9);
        event("pointermove", 5, 0.8, 0.2); event("pointerup", 5, 0.8, 0.2); event("pointermove", 5, 0.8, 0.9); }""")
    bridge.until("drawing", lambda drawing: drawing[5, 6:22].all())
    assert not pad.drawing[8:].any()


def test_it_is_quick(mount, page, pad):
    mount(pad)
    page.evaluate("""() => { window.times = [];
        const pad = document.querySelector(".pad"), now = () => performance.now();
        pad.addEventListener("pointermove", () => { window.before = now(); }, true);
        pad.addEventListener("pointermove", () => window.times.push(now() - window.before)); }""")
    page.get_by_label("fit to the frame").press(" ")
    line(page, page.locator(".pad"), (0.1, 0.1), (0.9, 0.1), (0.1, 0.5), (0.9, 0.5), (0.5, 0.9))
    times = page.evaluate("window.times")
    print("milliseconds from pointer to picture:", np.median(times), max(times))
    assert len(times) > 15 and np.median(times) < 25


@pytest.mark.parametrize("light", ["true", "false"])
def test_it_is_accessible_blank_and_drawn_on(mount, page, pad, light):
    mount(pad)
    page.evaluate(
        """light => { document.body.dataset.jpThemeLight = light;
        if (light === "false") document.body.style.cssText += "background: #111; color: #eee"; }""",
        light,
    )
    looking.assert_accessible(page, VIEW)
    line(page, page.locator(".pad"), (0.1, 0.1), (0.9, 0.1))
    page.wait_for_selector(".highest")
    looking.assert_accessible(page, VIEW)


def test_it_fits_a_phone(mount, page, pad):
    mount(pad)
    looking.assert_fits(page, VIEW)


def test_after_closing_it_hears_nothing(mount, page, pad, boot):
    bridge = mount(pad)
    page.evaluate("window.imgrecClose()")
    pad.drawing = boot
    bridge.push()
    assert page.locator(".highest").count() == 0


def use(notebook: Any, name: str) -> None:
    """Draw on the pad that the notebook's variable `name` holds, by mouse and by keyboard."""
    page, view = notebook.page, notebook.page.locator(".imgrec-drawing-pad").last
    view.scroll_into_view_if_needed()
    canvas = view.locator(".pad")
    view.get_by_role("button", name="Clear").click()
    notebook.until(f"{name}.probabilities", [])
    canvas.scroll_into_view_if_needed()
    line(page, canvas, (0.2, 0.25), (0.8, 0.25))
    notebook.until(f"bool({name}.drawing[{name}.size // 4].any())", True)
    notebook.until(f"len({name}.probabilities) == len({name}.class_names)", True)
    canvas.press("ArrowDown")
    canvas.press(" ")
    canvas.press("ArrowDown")
    canvas.press("Enter")
    notebook.until(f"bool({name}.drawing[{name}.size // 2 + 1].any())", True)
    view.get_by_label("pen width").press("Home")
    notebook.until(f"{name}.pen", 1)
    view.locator(".highest").wait_for()
    values = notebook.python(f"list({name}.probabilities)")
    highest = view.locator(".highest").text_content()
    assert highest.startswith(notebook.python(f"{name}.class_names[{int(np.argmax(values))}]"))
    view.get_by_role("button", name="Clear").press("Enter")
    notebook.until(f"{name}.probabilities", [])
    view.get_by_role("button", name="Undo").press("Enter")
    notebook.until(f"len({name}.probabilities) > 0", True)


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "print('ready')")
    notebook.run_all()
    use(notebook, "pad")
