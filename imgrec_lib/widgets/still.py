"""What every widget of the course shares: its JavaScript, an answer to it, and a still picture beside the live view."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget

from imgrec_lib import plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HERE = Path(__file__).parent


def javascript(name: str) -> str:
    """The JavaScript module of the widget called `name`: what all widgets share, then its own file."""
    return "\n".join((HERE / file).read_text(encoding="utf-8") for file in ("common.js", f"{name}.js"))


class StillWidget(anywidget.AnyWidget):
    """A widget whose output also holds a picture, for pages where nothing runs: GitHub, nbviewer, paper."""

    _ipython_display_ = None  # ipywidgets 7 defines one, and IPython would prefer it to the bundle below

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._answer)

    def figure(self) -> "Figure":
        """The still picture of the present state."""
        raise NotImplementedError

    def words(self) -> str:
        """The present state in one line, the same on every machine."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.words()}"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        kind, picture = plots.stored(plots.png(self.figure()))
        data["text/plain"] = repr(self)
        data[kind] = base64.b64encode(picture).decode("ascii")
        return data, metadata | {kind: {"alt": repr(self)}}

    @staticmethod
    def _answer(widget: "StillWidget", content: dict[str, Any], buffers: list[memoryview]) -> None:
        if isinstance(content, dict) and content.get("ping"):
            widget.send({"pong": True})
