"""The augmentation explorer in a real browser."""

from typing import Any

import looking
import numpy as np
import pytest

from imgrec_lib import augmenting, widgets

pytestmark = pytest.mark.browser
VIEW = "#widget"
RULES = {"6": {"rotation": (90, "9"), "flip": True}, "brick": {}}
CELL = """\
from imgrec_lib import datasets, widgets
digits = datasets.load("digits")
sixes = digits.train.images[digits.train.labels == 6]
rules = {"6": {"rotation": (90, "9"), "flip": True}, "7": {"rotation": 90, "flip": True}}
sevens = digits.train.images[digits.train.labels == 7]
explorer = widgets.AugmentationExplorer([sixes[0], sevens[0]], ["6", "7"], rules)
explorer"""
COPY = ".shown figure:nth-child(2) canvas"


@pytest.fixture
def explorer() -> widgets.AugmentationExplorer:
    pictures = list(np.random.default_rng(1).integers(0, 256, (2, 12, 15, 3), dtype="uint8"))
    return widgets.AugmentationExplorer(pictures, list(RULES), RULES)


def shown(view: Any, canvas: str, shape: tuple[int, ...]) -> np.ndarray:
    """The numbers that a canvas in a view shows, height × width × channels, from the middle of each square."""
    script = """(canvas, [height, width]) => {
        const part = canvas.width / width;
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const first = (y, x) => 4 * (Math.floor((y + 0.5) * part) * canvas.width + Math.floor((x + 0.5) * part));
        return Array.from({ length: height * width }, (_, at) => first(Math.floor(at / width), at % width))
            .map((at) => Array.from(data.slice(at, at + 3))); }"""
    return np.array(view.locator(canvas).first.evaluate(script, shape[:2])).reshape(*shape[:2], 3)


def field(page: Any, name: str) -> Any:
    return page.get_by_label(f"{name} as a number")


@pytest.mark.parametrize("seed", range(4))
def test_javascript_augments_as_python_does(call, seed):
    generator = np.random.default_rng(seed)
    for turn in range(8):
        image = generator.integers(0, 256, (*generator.integers(1, 20, 2), generator.choice([1, 3])), dtype="uint8")
        settings = {
            "rotation": float(generator.choice([generator.uniform(-180, 180), 90 * (turn % 5 - 2), 45])),
            "zoom": float(generator.choice([generator.uniform(0.5, 2), 1, 2])),
            "flip_left_right": bool(generator.integers(2)),
            "flip_up_down": bool(generator.integers(2)),
            "noise": float(generator.choice([0, generator.uniform(0, 60)])),
            "seed": int(generator.integers(2**31)),
        }
        shape = [int(length) for length in image.shape]
        theirs = call(widgets.AugmentationExplorer, "augmented", image.ravel().tolist(), shape, settings)
        theirs = list(theirs.values()) if isinstance(theirs, dict) else list(theirs)
        assert theirs == augmenting.augmented(image, **settings).ravel().tolist(), settings


def test_javascript_rolls_pythons_dice(call):
    for seed in (0, 1, 77, 2**31 - 1):
        assert call(widgets.AugmentationExplorer, "examples", seed) == augmenting.examples(seed)


def test_the_copy_on_the_screen_is_pythons_picture(mount, page, explorer):
    bridge = mount(explorer)
    page.get_by_label("rotation", exact=True).press("ArrowRight")
    bridge.until("rotation", 5.0)
    page.get_by_label("zoom", exact=True).press("ArrowLeft")
    bridge.until("zoom", 0.95)
    page.get_by_label("noise", exact=True).press("ArrowRight")
    bridge.until("noise", 1.0)
    page.get_by_label("flip up-down").press(" ")
    bridge.until("flip_up_down", True)
    page.get_by_label("flip left-right").click()
    bridge.until("flip_left_right", True)
    assert np.array_equal(shown(page, COPY, (12, 15)), explorer.picture)
    text = "Your copy: rotation 5°, zoom 0.95, flips: left-right and up-down, noise 1."
    assert page.locator(".status").text_content() == text
    assert text[5:-1].replace("copy", "your copy", 1) in page.locator(COPY).get_attribute("aria-label")
    page.get_by_role("button", name="Reset").click()
    bridge.until("picture", lambda picture: np.array_equal(picture, shown(page, COPY, (12, 15))))
    assert explorer.settings() == {**augmenting_plain(), "seed": 0}


def augmenting_plain() -> dict[str, Any]:
    return {"rotation": 0, "zoom": 1, "flip_left_right": False, "flip_up_down": False, "noise": 0}


def test_a_number_is_typed_and_the_slider_follows(mount, page, explorer):
    bridge = mount(explorer)
    field(page, "rotation").fill("−37,5")
    bridge.until("rotation", -37.5)
    assert page.get_by_label("rotation", exact=True).input_value() in ("-37.5", "-35", "-40")


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("rotation", "left", "“left” is not a number: write a rotation from -180 to 180."),
        ("zoom", "", "“” is not a number: write a zoom from 0.5 to 2."),
        ("noise", "61", "A noise of 61 is out of range: write 0 to 60."),
        ("rotation", "1e99", "A rotation of 1e99 is out of range"),
    ],
)
def test_a_bad_number_is_answered_in_words_and_changes_nothing(mount, page, explorer, name, text, answer):
    mount(explorer)
    before = explorer.settings()
    field(page, name).fill(text)
    assert page.locator(".problem").text_content().startswith(answer)
    assert field(page, name).get_attribute("aria-invalid") == "true" and explorer.settings() == before
    looking.assert_accessible(page, VIEW)
    field(page, name).fill("1")
    assert page.locator(".problem").text_content() == ""
    assert field(page, name).get_attribute("aria-invalid") == "false"


def test_another_picture_is_chosen(mount, page, explorer):
    bridge = mount(explorer)
    page.get_by_label("picture").select_option("2: brick")
    bridge.until("which", 1)
    assert np.array_equal(shown(page, ".shown canvas", (12, 15)), explorer.picture)
    assert "Is your copy still “brick”?" in page.locator(VIEW).text_content()


def test_an_answer_draws_a_sentence_and_a_change_wipes_it(mount, page, explorer):
    bridge = mount(explorer)
    verdict = page.locator("p[role=status]").first
    field(page, "rotation").fill("180")
    page.get_by_role("button", name="Still the same").press("Enter")
    bridge.until("answer", "same")
    page.wait_for_function("document.body.textContent.includes('it is “9” now')")
    assert verdict.text_content().startswith("Look again")
    page.get_by_role("button", name="Another class").click()
    page.wait_for_function("document.body.textContent.includes('Right: turned by 180°')")
    page.get_by_label("flip up-down").click()
    page.wait_for_function("!document.body.textContent.includes('Right: turned')")
    assert verdict.text_content() == "" and explorer.answer == ""


def test_without_rules_there_is_no_question(mount, page):
    mount(widgets.AugmentationExplorer(np.zeros((8, 8), "uint8")))
    assert page.get_by_role("button", name="Another class").count() == 0
    assert page.get_by_label("picture").count() == 0


def test_the_dice_show_eight_copies_and_a_click_takes_one(mount, page, explorer):
    bridge = mount(explorer)
    page.get_by_role("button", name="Roll the dice").click()
    bridge.until("seed", 1)
    for place, example in enumerate(augmenting.examples(1)):
        expected = augmenting.augmented(explorer._images[0], **example, seed=1)
        assert np.array_equal(shown(page, f".dice button:nth-child({place + 2}) canvas", (12, 15)), expected)
    page.locator(".dice button").nth(3).click()
    example = augmenting.examples(1)[2]
    bridge.until("rotation", float(example["rotation"]))
    assert {name: explorer.settings()[name] for name in example} == example
    assert np.array_equal(shown(page, COPY, (12, 15)), explorer.picture)


def test_python_can_set_it(mount, page, explorer):
    bridge = mount(explorer)
    explorer.rotation, explorer.which = -120.0, 1
    bridge.push()
    assert np.array_equal(shown(page, COPY, (12, 15)), explorer.picture)
    assert field(page, "rotation").input_value() == "-120"


def test_a_dead_kernel_is_told(mount, page, explorer):
    page.clock.install()
    bridge = mount(explorer)
    bridge.silent = True
    page.get_by_role("button", name="Another class").click()
    page.clock.run_for(6000)
    assert "Python does not answer" in page.locator(".problem").text_content()


@pytest.mark.parametrize("light", ["true", "false"])
def test_it_is_accessible_before_and_after_an_answer(mount, page, explorer, light):
    mount(explorer)
    page.evaluate(
        """light => { document.body.dataset.jpThemeLight = light;
            if (light === "false") document.body.style.cssText += "background: #111; color: #eee"; }""",
        light,
    )
    looking.assert_accessible(page, VIEW)
    page.get_by_role("button", name="Another class").click()
    page.wait_for_function("document.body.textContent.includes('Look again')")
    looking.assert_accessible(page, VIEW)


def test_it_fits_a_phone_and_nothing_moves_while_values_change(mount, page, explorer):
    mount(explorer)
    place = page.locator(".dice").bounding_box()
    field(page, "rotation").fill("-179.5")
    page.get_by_label("flip up-down").click()
    assert page.locator(".dice").bounding_box() == place
    looking.assert_fits(page, VIEW)


def test_after_closing_it_hears_nothing(mount, page, explorer):
    bridge = mount(explorer)
    before = shown(page, COPY, (12, 15))
    page.evaluate("window.imgrecClose()")
    explorer.rotation = 90.0
    bridge.push()
    assert np.array_equal(shown(page, COPY, (12, 15)), before)


def use(notebook: Any, name: str) -> None:
    """Change the picture of the explorer that the notebook's variable `name` holds, by mouse and by keyboard."""
    view = notebook.page.locator(".imgrec-augmentation-explorer").last
    view.scroll_into_view_if_needed()
    view.get_by_role("button", name="Reset").click()
    view.get_by_label("rotation as a number").fill("90")
    notebook.until(f"{name}.rotation", 90)
    view.get_by_label("rotation", exact=True).press("ArrowLeft")
    notebook.until(f"{name}.rotation", 85)
    view.get_by_label("flip left-right").click()
    notebook.until(f"{name}.flip_left_right", True)
    height, width, channels = notebook.python(f"{name}.shape[1:]")
    expected = np.array(notebook.python(f"{name}.picture.ravel().tolist()")).reshape(height, width, channels)
    assert np.array_equal(shown(view, COPY, (height, width)), np.broadcast_to(expected, (height, width, 3)))
    if notebook.python(f"{name}.asks"):
        view.get_by_role("button", name="Another class").click()
        notebook.until(f"{name}.verdict", bool)
        verdict = notebook.python(f"{name}.verdict")
        view.get_by_text(verdict).wait_for()
    view.get_by_role("button", name="Roll the dice").click()
    notebook.until(f"{name}.seed", lambda seed: seed > 0)


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "print('ready')")
    notebook.run_all()
    use(notebook, "explorer")
