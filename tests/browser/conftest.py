"""A real Chromium; where none is found, the tests that need it say so."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import bridge
import front_ends
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib import authoring
from imgrec_lib.widgets.still import StillWidget

NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# A camera that shows a test picture, and leave to use it; no call to the outside.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
FLAGS += ["--no-first-run", "--disable-component-update", "--use-fake-device-for-media-stream"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; without one tests are skipped, or fail where IMGREC_BROWSER=required."""
    if CHROMIUM is None and os.environ.get("IMGREC_BROWSER") == "required":
        pytest.fail("IMGREC_BROWSER=required, and no Chromium is installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed, so the widgets were not tried in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """An empty page, whose errors make the test fail."""
    errors: list[str] = []
    one = chromium.new_page(viewport={"width": 1300, "height": 1000})
    one.on("pageerror", lambda error: errors.append(str(error)))
    yield one
    one.close()
    assert errors == []


@pytest.fixture
def mount(page: Any) -> Callable[[StillWidget], bridge.Bridge]:
    """A function that shows a widget on the empty page, with its Python half behind it."""
    return lambda widget: bridge.mount(page, widget)


@pytest.fixture
def call(page: Any) -> Callable[..., Any]:
    """A function that calls an exported function of a widget class's JavaScript with the given arguments."""

    def called(widget: type[StillWidget], name: str, *arguments: Any) -> Any:
        script = "async ([source, name, given]) => (await import(source))[name](...given)"
        return page.evaluate(script, [bridge.address(widget._esm), name, list(arguments)])

    return called


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[front_ends.Server]:
    """A notebook server that all tests of one run share."""
    with front_ends.serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def open_notebook(server: front_ends.Server, page: Any) -> Iterator[Callable[..., front_ends.Notebook]]:
    """A function that opens a notebook made of the given cells, or a lesson by its path."""
    opened: list[front_ends.Notebook] = []

    def open_one(*cells: str, lesson: Any = None) -> front_ends.Notebook:
        name = f"n{len(list(server.folder.glob('*.ipynb')))}.ipynb"
        made = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=authoring.KEPT_METADATA)
        nbformat.write(nbformat.read(lesson, 4) if lesson else made, server.folder / name)
        opened.append(front_ends.Notebook(page, server, name))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
