"""Each lesson in a real front end, from its first cell to its last, with a hand at each of its widgets.

IMGREC_SCREENSHOTS=docs/widgets also stores the picture of each widget in use that the documentation shows.
"""

import os
from collections.abc import Callable
from pathlib import Path

import front_ends
import pytest
import test_augmentation_explorer
import test_confusion_explorer
import test_convolution_stepper
import test_drawing_pad
import test_feature_map_explorer
import test_overfitting_playground
import test_pixel_inspector
import test_training_monitor
import test_your_photos
from bridge import wait_until

from imgrec_lib import authoring, widgets

pytestmark = pytest.mark.browser
Hand = Callable[[front_ends.Notebook, str], None]
MONITOR = ".imgrec-training-monitor"
ERRORS = ".output_error, .output_stderr, " + ", ".join(
    f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr")
)
SCREENSHOTS = os.environ.get("IMGREC_SCREENSHOTS")
# What the documentation shows, after an expression in Python that shows more.
PICTURED = {
    **dict.fromkeys(("inspector", "stepper", "layer_explorer", "mistake_explorer", "pad", "monitor", "playground"), ""),
    "digit_explorer": "digit_explorer.set_trait('rotation', 180)",
    "my_photos": "my_photos.recognise(str(datasets.photograph_path('owl')))",
}


def stop(notebook: front_ends.Notebook, name: str) -> None:
    """Run the lesson's training once more and stop it half-way."""
    notebook.run_again(MONITOR)
    test_training_monitor.use(notebook, name)


def look(notebook: front_ends.Notebook, name: str) -> None:
    """Hold that the view of a training that is over says so and has drawn its curves."""
    view = notebook.page.locator(MONITOR).first
    wait_until(notebook.page, lambda: view.evaluate("one => one.dataset.state"), "finished", "the monitor's state")
    assert view.locator("figure").count() == 2 and len(view.locator("path.training").first.get_attribute("d")) > 20


# Every widget of a lesson by the name of its variable; where there is none, by its view.
HANDS: dict[int, dict[str, Hand]] = {
    1: {"inspector": test_pixel_inspector.use},
    2: {"stepper": test_convolution_stepper.use},
    3: {
        MONITOR: look,
        "layer_explorer": test_feature_map_explorer.use,
        "mistake_explorer": test_confusion_explorer.use,
        "pad": test_drawing_pad.use,
    },
    4: {
        "monitor": stop,
        "digit_explorer": test_augmentation_explorer.use,
        "playground": test_overfitting_playground.use,
    },
    5: {MONITOR: look, "my_photos": test_your_photos.use},
    6: {"my_photos": test_your_photos.give},
}


def view_of(notebook: front_ends.Notebook, name: str) -> str:
    """The selector of a widget's view."""
    if name.startswith("."):
        return name
    widget = name if "watch" not in notebook.python(f"dir({name})") else f"{name}.watch.widget"
    return ".imgrec-" + notebook.python(f"type({widget}).__module__").split(".")[-1].replace("_", "-")


def store_picture(notebook: front_ends.Notebook, name: str) -> None:
    """Store what the widget of a variable shows, where pictures are asked for; each view once."""
    if SCREENSHOTS and name in PICTURED:
        if PICTURED[name]:
            notebook.python(PICTURED[name])
        notebook.page.set_viewport_size({"width": 1300, "height": 1800})
        view = view_of(notebook, name)
        notebook.page.locator(view).last.scroll_into_view_if_needed()
        notebook.page.wait_for_timeout(1000)
        picture = Path(SCREENSHOTS) / f"{view.removeprefix('.imgrec-')}.png"
        notebook.page.locator(view).last.screenshot(path=picture)


@pytest.mark.parametrize("number", HANDS)
def test_every_widget_of_a_lesson_works_in_it(open_notebook, number):
    notebook = open_notebook(lesson=authoring.lessons()[number - 1])
    notebook.run_all(seconds=600)
    assert notebook.page.locator(ERRORS).all_inner_texts() == []
    for name, use in HANDS[number].items():
        store_picture(notebook, name)
        use(notebook, name)


def test_every_kind_of_widget_is_in_a_lesson():
    sources = "".join(path.read_text(encoding="utf-8") for path in authoring.lessons())
    assert [name for name in widgets.__all__ if name not in sources] == []
