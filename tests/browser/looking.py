"""What must hold for every widget's view, whatever it shows."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 360, "height": 740}


def assert_accessible(page: Any, view: str) -> None:
    """Hold that axe-core finds no fault inside the element that the selector `view` names."""
    found = Axe().run(page, context=view).response["violations"]
    faults = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
    assert faults == []


def assert_fits(page: Any, view: str) -> None:
    """Hold that nothing sticks out to the right of a phone's screen."""
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(100)
    script = """view => [...document.querySelector(view).querySelectorAll("*")]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 120))"""
    assert page.evaluate(script, view) == []
