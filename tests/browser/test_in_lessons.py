"""Each lesson in a real front end, from its first cell to its last, with a hand at each of its widgets.

IMGREC_SCREENSHOTS=docs/widgets also stores the picture of each widget in use that the documentation shows.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import front_ends
import pytest
import test_convolution_stepper

from imgrec_lib import authoring, widgets

pytestmark = pytest.mark.browser
HANDS: dict[int, dict[str, Callable[[front_ends.Notebook, str], None]]] = {
    2: {"stepper": test_convolution_stepper.use},
}
ERRORS = '.output_error, [data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
SCREENSHOTS = os.environ.get("IMGREC_SCREENSHOTS")


def store_picture(page: Any, view: str) -> None:
    """Store what the widget shows, where pictures are asked for."""
    if SCREENSHOTS:
        page.wait_for_timeout(300)
        page.locator(f".imgrec-{view}").first.screenshot(path=Path(SCREENSHOTS) / f"{view}.png")


@pytest.mark.parametrize("number", HANDS)
def test_every_widget_of_a_lesson_works_in_it(open_notebook, number):
    notebook = open_notebook(lesson=authoring.lessons()[number - 1])
    notebook.run_all(seconds=400)
    assert notebook.page.locator(ERRORS).all_inner_texts() == []
    for name, use in HANDS[number].items():
        use(notebook, name)
        store_picture(notebook.page, notebook.python(f"type({name}).__module__.split('.')[-1].replace('_', '-')"))


def test_every_widget_is_in_a_lesson():
    assert sum(map(len, HANDS.values())) == len(widgets.__all__)
