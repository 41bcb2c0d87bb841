"""What every widget of the course shares: its JavaScript, an answer to it, and a still picture beside the live view."""

import base64
import reprlib
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from imgrec_lib import plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HERE = Path(__file__).parent


def javascript(*names: str) -> str:
    """The JavaScript module of a widget: what all widgets share, then the files called `names`, its own as the last."""
    return "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("common", *names))


class Refused(ValueError, traitlets.TraitError):
    """A value that a widget does not take, in one sentence; the trait then keeps the value from before."""


class Whole(traitlets.Int):
    """A whole number from `min` to `max`, whoever sets it, Python or the browser."""

    def validate(self, obj: Any, value: Any) -> int:
        """The value, or `Refused` where it is something else."""
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not whole or not self.min <= value <= self.max:
            rule = f"a whole number from {self.min} to {self.max}"
            raise Refused(f"{self.name} is {reprlib.repr(value)}, but must be {rule}: give one of those")
        return int(value)


class StillWidget(anywidget.AnyWidget):
    """A widget whose output also holds a picture, for pages where nothing runs: GitHub, nbviewer, paper."""

    # Where the picture differs from machine to machine, its size must not decide its kind, which the strict check sees.
    always_png = False
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
        drawn = plots.png(self.figure())
        kind, picture = ("image/png", drawn) if self.always_png else plots.stored(drawn)
        data["text/plain"] = repr(self)
        data[kind] = base64.b64encode(picture).decode("ascii")
        return data, metadata | {kind: {"alt": repr(self)}}

    @staticmethod
    def _answer(widget: "StillWidget", content: dict[str, Any], buffers: list[memoryview]) -> None:
        if isinstance(content, dict) and content.get("ping"):
            widget.send({"pong": True})
