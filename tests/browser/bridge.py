"""One widget on an empty page: real Chromium and real Python, without a notebook between them."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgrec_lib.widgets.still import StillWidget

BRIDGE = Path(__file__).with_name("bridge.js")
FRONT_ENDS_OWN = ("layout", "tabbable", "tooltip")
PAGE = """<!doctype html><html lang="en"><title>one widget</title><meta name="viewport" content="width=device-width">
<body style="margin: 8px"><main><h1 style="font-size: 1rem">one widget</h1><div id="widget"></div></main></html>"""


def address(source: str) -> str:
    """A JavaScript module as an address that `import` takes."""
    return "data:text/javascript;base64," + base64.b64encode(source.encode()).decode()


def encoded(value: Any) -> Any:
    """A trait's value in JSON, as bridge.js reads it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, dict):
        return {name: encoded(one) for name, one in value.items()}
    return [encoded(one) for one in value] if isinstance(value, list | tuple) else value  # a copy, too


def decoded(value: Any) -> Any:
    """What bridge.js sent, with bytes as a memoryview, as in a kernel."""
    if isinstance(value, dict):
        if "$bytes" in value:
            return memoryview(base64.b64decode(value["$bytes"]))
        return {name: decoded(one) for name, one in value.items()}
    return [decoded(one) for one in value] if isinstance(value, list) else value


class Bridge:
    """The Python half of a mounted widget; `silent` makes it answer nothing, as a restarted kernel does."""

    def __init__(self, page: Any, widget: StillWidget) -> None:
        self.page, self.widget, self.silent = page, widget, False
        self._messages: list[Any] = []
        widget.send = lambda content, buffers=None: self._messages.append([content, encoded(list(buffers or []))])
        self._names = [name for name in widget.keys if not name.startswith("_") and name not in FRONT_ENDS_OWN]
        self._sent = self._state()

    def _state(self) -> dict[str, Any]:
        return encoded({name: getattr(self.widget, name) for name in self._names})

    def call(self, source: Any, request: dict[str, Any]) -> dict[str, Any]:
        """What the browser asks: set traits, or take a message; the answer holds what has changed."""
        if self.silent:
            return {"state": {}, "messages": []}
        for name, value in (decoded(request.get("state")) or {}).items():
            setattr(self.widget, name, value)
            self._sent[name] = encoded(value)
        if "message" in request:
            self.widget._handle_custom_msg(request["message"], decoded(request["buffers"]))
        return self._news()

    def _news(self) -> dict[str, Any]:
        now = self._state()
        state = {name: value for name, value in now.items() if value != self._sent[name]}
        messages, self._messages, self._sent = self._messages, [], now
        return {"state": state, "messages": messages}

    def push(self) -> None:
        """Send the browser what Python has changed by itself."""
        self.page.evaluate("news => window.imgrecReceive(news)", self._news())

    def until(self, name: str, wanted: Any) -> None:
        """Wait until the widget's attribute has the value, or, for a function, until that says yes."""
        wait_until(self.page, lambda: getattr(self.widget, name), wanted, name)


def wait_until(page: Any, get: Callable[[], Any], wanted: Any, name: str, seconds: float = 10) -> None:
    """Ask again and again until the answer is the wanted one, or is accepted by the wanted function."""
    accepted = wanted if callable(wanted) else lambda value: value == wanted
    end = time.monotonic() + seconds
    while not accepted(value := get()):
        assert time.monotonic() < end, f"{name} stays {value!r}, and should be {wanted!r}"
        page.wait_for_timeout(30)


def mount(page: Any, widget: StillWidget) -> Bridge:
    """Show a widget on an empty page, and tie it to its Python half; its view is `page.locator("#widget")`."""
    bridge = Bridge(page, widget)
    page.set_content(PAGE)
    page.expose_binding("imgrecPython", bridge.call)
    page.evaluate(
        "async ([bridge, ...given]) => (await import(bridge)).mount(...given, document.querySelector('#widget'))",
        [address(BRIDGE.read_text(encoding="utf-8")), address(widget._esm), bridge._sent],
    )
    return bridge
