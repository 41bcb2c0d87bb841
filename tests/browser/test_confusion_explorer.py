"""The confusion explorer in a real browser."""

import looking
import numpy as np
import pytest
from bridge import wait_until

from imgrec_lib import widgets
from imgrec_lib.widgets import confusion_explorer

pytestmark = pytest.mark.browser
VIEW = "#widget"
NAMES = ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
CELL = """\
import numpy as np
from imgrec_lib import widgets
generator = np.random.default_rng(0)
labels = generator.integers(0, 4, 300)
predictions = np.where(generator.random(300) < 0.6, labels, generator.integers(0, 4, 300))
images = generator.integers(0, 256, (300, 7, 9, 3), dtype="uint8")
explorer = widgets.ConfusionExplorer(labels, predictions, images, ["cup", "cat", "hat", "owl"])
explorer"""


@pytest.fixture
def explorer() -> widgets.ConfusionExplorer:
    """2,000 pictures of ten classes; a third of the shirts are taken for coats, and a sandal never for a bag."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 200)
    predictions = np.where(generator.random(2000) < 0.85, labels, generator.integers(0, 10, 2000))
    predictions[1200:1270] = 4
    predictions[(labels == 5) & (predictions == 8)] = 5
    images = generator.integers(0, 256, (2000, 5, 7, 1), dtype="uint8")
    return widgets.ConfusionExplorer(labels, predictions, images, NAMES)


@pytest.fixture
def view(mount, page, explorer):
    """The mounted widget, drawn."""
    bridge = mount(explorer)
    page.wait_for_selector(f"{VIEW}[data-numbers]")
    return bridge


def cell(page, row: int, column: int):
    return page.locator(f"{VIEW} tbody tr").nth(row).locator("button").nth(column)


def until_drawn(page, explorer) -> None:
    """Wait until the page shows the pictures that Python has chosen."""
    wanted = " ".join(map(str, explorer.numbers))
    wait_until(page, lambda: page.locator(VIEW).get_attribute("data-numbers"), wanted, "what is drawn")


def focused(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def drawn(page, place: int, height: int, width: int) -> np.ndarray:
    """The picture on a canvas, read in the middles of its squares, height × width × 3."""
    script = """place => { const c = document.querySelectorAll("#widget .pictures canvas")[place];
        return [c.width, c.height, [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data]] }"""
    wide, tall, values = page.evaluate(script, place)
    side = wide // width
    assert tall == height * side
    return np.array(values).reshape(tall, wide, 4)[side // 2 :: side, side // 2 :: side, :3]


def test_javascripts_colours_are_those_of_the_still_picture(call):
    matrix = np.random.default_rng(0).integers(0, 30, (5, 5))
    wanted = confusion_explorer.shades(matrix) * 255
    for (row, column), count in np.ndenumerate(matrix):
        share = float(count / matrix[row].sum())
        theirs = call(widgets.ConfusionExplorer, "shade", share, bool(row == column))
        assert np.abs(np.array(theirs) - wanted[row, column]).max() <= 0.51


@pytest.mark.parametrize("channels", [1, 3])
def test_javascript_takes_the_right_picture_out_of_the_bytes(call, channels):
    pictures = np.random.default_rng(0).integers(0, 256, (3, 2, 5, channels))
    for place in range(3):
        theirs = call(widgets.ConfusionExplorer, "rgba", pictures.ravel().tolist(), place, [2, 5, channels])
        assert np.array_equal(np.reshape(theirs, (2, 5, 4))[..., :3], np.broadcast_to(pictures[place], (2, 5, 3)))


def test_every_cell_says_its_count_and_its_classes(view, page, explorer):
    for row, column in ((0, 0), (6, 4), (4, 6), (9, 0), (0, 9)):
        count = explorer.matrix[row][column]
        assert cell(page, row, column).inner_text() == str(count)
        label = cell(page, row, column).get_attribute("aria-label")
        assert label == f"{count}: labelled {NAMES[row]}, answer {NAMES[column]}"
    heads = page.locator(f"{VIEW} thead th").all_inner_texts()
    sides = page.locator(f"{VIEW} tbody th").all_inner_texts()
    assert heads == sides == NAMES
    assert "Rows: the true class. Columns: the network's answer." in page.locator(f"{VIEW} caption").inner_text()


def test_cells_are_drawn_in_their_colours(view, page, explorer):
    wanted = np.round(confusion_explorer.shades(explorer.matrix) * 255)
    for row, column in ((0, 0), (6, 4), (4, 6), (6, 6)):
        colour = cell(page, row, column).evaluate("one => getComputedStyle(one).backgroundColor")
        assert np.abs(np.array(colour[4:-1].split(","), dtype=float) - wanted[row, column]).max() <= 1


def test_a_click_shows_the_pictures_behind_the_cell(view, page, explorer):
    cell(page, 4, 6).click()
    view.until("row", 4)
    view.until("column", 6)
    until_drawn(page, explorer)
    wanted = explorer.chosen()
    assert page.locator(f"{VIEW} figcaption").all_inner_texts() == [str(place) for place in wanted[:24]]
    for place in (0, len(explorer.numbers) - 1):
        assert np.array_equal(drawn(page, place, 5, 7)[..., 0], explorer._images[wanted[place], ..., 0])
    assert "of 200 pictures labelled coat were taken for shirt" in page.locator(f"{VIEW} .said").inner_text()
    assert page.locator(f"{VIEW} td[aria-selected=true]").inner_text() == str(len(wanted))
    assert page.locator(f"{VIEW} th.chosen").all_inner_texts() == ["shirt", "coat"]


def test_colour_pictures_keep_their_colours(mount, page):
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype="uint8")
    explorer = widgets.ConfusionExplorer([0, 0, 0], [1, 1, 1], images, ["cup", "cat"])
    mount(explorer)
    page.wait_for_selector(f"{VIEW}[data-numbers]")
    assert all(np.array_equal(drawn(page, place, 4, 5), images[place]) for place in range(3))


def test_arrow_keys_move_and_enter_chooses(view, page, explorer):
    cell(page, 6, 4).focus()
    for key, wanted in (
        ("ArrowUp", (5, 4)),
        ("ArrowLeft", (5, 3)),
        ("ArrowDown", (6, 3)),
        ("Shift+ArrowRight", (6, 9)),
    ):
        page.keyboard.press(key)
        assert focused(page).endswith(f"labelled {NAMES[wanted[0]]}, answer {NAMES[wanted[1]]}")
    assert (explorer.row, explorer.column) == (6, 4)
    page.keyboard.press("Enter")
    view.until("column", 9)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    view.until("row", 5)
    until_drawn(page, explorer)
    assert focused(page).endswith("labelled sandal, answer ankle boot")


def test_only_one_cell_is_a_stop_for_the_tab_key(view, page):
    stops = page.locator(f"{VIEW} table [tabindex='0']")
    assert stops.count() == 1
    cell(page, 2, 3).click()
    page.keyboard.press("ArrowDown")
    assert stops.count() == 1 and stops.get_attribute("aria-label") == focused(page)


def test_an_empty_cell_says_so_in_words(view, page, explorer):
    cell(page, 5, 8).click()
    view.until("column", 8)
    page.get_by_text("no pictures in this cell").wait_for()
    assert "None of 200 pictures labelled sandal was taken for bag." in page.locator(f"{VIEW} .said").inner_text()
    assert page.locator(f"{VIEW} .pictures canvas").count() == 0
    assert all(page.get_by_role("button", name=name, exact=True).is_disabled() for name in ("Earlier", "Later"))


def test_later_and_earlier_turn_the_pages(view, page, explorer):
    later, earlier = (page.get_by_role("button", name=name, exact=True) for name in ("Later", "Earlier"))
    total = explorer.count
    assert total > 48 and earlier.is_disabled()
    for number in range(1, -(-total // 24)):
        later.click()
        view.until("page", number)
        until_drawn(page, explorer)
    assert page.get_by_text(f"pictures {number * 24 + 1} to {total} of {total}").is_visible()
    assert later.is_disabled()
    earlier.click()
    view.until("page", number - 1)
    cell(page, 0, 0).click()
    view.until("page", 0)


def test_what_python_sets_is_shown(view, page, explorer):
    explorer.row, explorer.column = 3, 3
    view.push()
    until_drawn(page, explorer)
    assert page.locator(f"{VIEW} td[aria-selected=true]").inner_text() == str(explorer.matrix[3][3])
    assert page.locator(f"{VIEW} table [tabindex='0']").get_attribute("aria-label").endswith("dress, answer dress")


def test_a_kernel_that_is_gone_is_said(view, page):
    page.clock.install()
    view.silent = True
    cell(page, 0, 1).click()
    page.clock.run_for(6000)
    assert "Python does not answer" in page.get_by_role("alert").inner_text()


def test_it_is_accessible_in_light_and_dark(view, page, explorer):
    looking.assert_accessible(page, VIEW)
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.evaluate("document.body.style.cssText = 'background: #111; --jp-ui-font-color1: #eee; color: #eee'")
    cell(page, 1, 1).click()
    view.until("row", 1)
    until_drawn(page, explorer)
    looking.assert_accessible(page, VIEW)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.8, 0.85, 0.87, 0.9, 1.0])
def test_counts_can_be_read_on_every_shade(mount, page, share):
    labels, wrong = np.zeros(100, dtype=int), round(100 * (1 - share))
    predictions = np.arange(100) < wrong
    mount(widgets.ConfusionExplorer(labels, predictions.astype(int), np.zeros((100, 2, 2), "uint8"), ["cup", "cat"]))
    page.wait_for_selector(f"{VIEW}[data-numbers]")
    looking.assert_accessible(page, VIEW)


def test_it_fits_a_phone(view, page):
    looking.assert_fits(page, VIEW)


def test_closing_ends_the_listeners(view, page, explorer):
    page.evaluate("window.imgrecClose()")
    before = page.locator(VIEW).get_attribute("data-numbers")
    explorer.row = 0
    view.push()
    page.wait_for_timeout(60)
    assert page.locator(VIEW).get_attribute("data-numbers") == before


def use(notebook, name: str) -> None:
    """Choose cells by mouse and by keyboard in the widget called `name`, turn a page, and read its state back."""
    page = notebook.page
    place = page.locator(".imgrec-confusion-explorer").first
    place.scroll_into_view_if_needed()
    last = notebook.python(f"len({name}.matrix)") - 1
    place.locator("tbody tr").nth(last).locator("button").nth(last).click()
    notebook.until(f"[{name}.row, {name}.column]", [last, last])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    notebook.until(f"[{name}.row, {name}.column, {name}.page]", [last - 1, last - 1, 0])
    count = notebook.python(f"{name}.matrix[{last - 1}][{last - 1}]")
    if count > 24:
        place.get_by_role("button", name="Later", exact=True).click()
        notebook.until(f"{name}.page", 1)
    numbers = " ".join(map(str, notebook.python(f"{name}.numbers")))
    wait_until(page, lambda: place.get_attribute("data-numbers"), numbers, "what is drawn")
    shown = min(24, count - 24) if count > 24 else count
    assert place.locator(".pictures canvas").count() == shown == len(numbers.split())


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL)
    notebook.run_all()
    use(notebook, "explorer")
