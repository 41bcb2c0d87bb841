"""A pad to draw on, beside what a network sees of the drawing and its probabilities."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import charts, plots
from imgrec_lib.widgets.drawing_network import Network, network_size, probed
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALLEST_SIZE, LARGEST_SIZE = 4, 64
NOTE = "A drawing is not a photograph: the network learned from photographs, so it is often wrong here."


def reduced(drawing: np.ndarray, size: int) -> np.ndarray:
    """The square drawing as size × size grey numbers, uint8: each is the mean of the square of pixels it stands for."""
    side = len(drawing)
    if drawing.shape != (side, side) or not side or side % size:
        raise ValueError(f"a drawing of shape {drawing.shape} has no {size} × {size} equal squares: give a multiple")
    count = (side // size) ** 2
    sums = drawing.astype("int64").reshape(size, side // size, size, side // size).sum(axis=(1, 3))
    return ((2 * sums + count) // (2 * count)).astype("uint8")  # Halves go up, as in the browser.


def centred(drawing: np.ndarray, margin: int = 0) -> np.ndarray:
    """The square drawing, of the same shape, moved to the middle and with the longer side of its ink enlarged.

    The ink then reaches from frame to frame, less `margin` pixels a side; each pixel is copied from the nearest.
    """
    rows, columns = (np.flatnonzero(drawing.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return drawing.copy()
    side, inner = len(drawing), len(drawing) - 2 * margin
    longer = 1 + max(rows[-1] - rows[0], columns[-1] - columns[0])
    offsets = (2 * np.arange(side) + 1 - side) * longer
    places = [((ink[0] + ink[-1] + 1) * inner + offsets) // (2 * inner) for ink in (rows, columns)]
    inside = [(place >= 0) & (place < side) for place in places]
    return drawing[np.ix_(*(np.clip(place, 0, side - 1) for place in places))] * np.outer(*inside)


class DrawingPad(StillWidget):
    """Draw by mouse, finger or keyboard, and watch what a network makes of it.

    `network` is a Keras network for pictures of size × size pixels from 0 to 255, or a function from such pictures,
    1 × size × size × 1, to one row of numbers. `logits` says whether these are logits (True) or probabilities (False);
    without it, the last layer's activation says so. `drawing` is what stands on the pad at first, and `margin` the
    pixels that the data leave black around a picture, for "fit to the frame". `pad.drawing` and `pad.probabilities`
    follow what a hand does; where nothing is drawn there are no probabilities.
    """

    _esm = javascript("drawing_pad")
    always_png = True

    size = traitlets.Int(28).tag(sync=True)
    margin = traitlets.Int(0).tag(sync=True)
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    note = traitlets.Unicode(NOTE).tag(sync=True)
    pixels = traitlets.CBytes().tag(sync=True, echo_update=False)
    fit = traitlets.Bool(False).tag(sync=True)
    pen = Whole(2, min=1, max=16).tag(sync=True)
    asked = Whole(0, min=0, max=2**53).tag(sync=True, echo_update=False)
    answered = Whole(0, min=0, max=2**53).tag(sync=True)
    probabilities = traitlets.List(traitlets.Float()).tag(sync=True)
    trouble = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        network: Network,
        class_names: Sequence[str],
        size: int | None = None,
        drawing: np.ndarray | None = None,
        logits: bool | None = None,
        margin: int = 0,
        **traits: Any,
    ) -> None:
        self._made, self._seen = False, b""
        size, names = _fitting_size(size, network), [str(name) for name in class_names]
        if not 0 <= margin < size / 2:
            raise ValueError(f"a margin of {margin} leaves nothing of {size} pixels: give 0 to {(size - 1) // 2}")
        self._answer_of, self.logits = probed(network, size, len(names), logits)
        pixels = _pixels(np.zeros((size, size)) if drawing is None else drawing, size)
        traits = {"pen": max(1, round(size / 14)), **traits}
        self._fixed = {"size": size, "margin": margin, "class_names": names}
        super().__init__(pixels=pixels, **self._fixed, **traits)
        self._made = True
        self._look()

    @traitlets.validate("size", "margin", "class_names", "pixels", "probabilities")
    def _checked(self, proposal: dict[str, Any]) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if name in self._fixed and value != self._fixed[name]:
            raise Refused(f"the {name} of a pad stays as it is: make a new pad")
        size, classes = self._fixed["size"], len(self._fixed["class_names"])
        if name == "pixels" and len(value) != size**2:
            raise Refused(f"{len(value)} numbers are no drawing: send {size} × {size}")
        if name == "probabilities" and not _is_answer(value, classes):
            raise Refused("these are no probabilities: they come from the network alone")
        return value

    @property
    def drawing(self) -> np.ndarray:
        """What the network sees, uint8, size × size."""
        return np.frombuffer(self.pixels, "uint8").reshape(self.size, self.size).copy()

    @drawing.setter
    def drawing(self, picture: np.ndarray) -> None:
        """Nothing; the picture, size × size numbers from 0 to 255, stands on the pad."""
        self.pixels = _pixels(picture, self.size)

    @traitlets.observe("pixels", "asked")
    def _look(self, change: Any = None) -> None:
        if self._made and self.pixels != self._seen:
            self._seen = self.pixels
            self._ask_the_network()
        if self._made:
            self.answered = self.asked

    def _ask_the_network(self) -> None:
        try:
            found = self._answer_of(self.drawing).tolist() if any(self.pixels) else []
            self.trouble, self.probabilities = "", found
        except Exception as error:  # A learner's own function may raise anything, far from any cell.
            self.trouble, self.probabilities = f"The network raised {type(error).__name__}: {error}"[:300], []

    def words(self) -> str:
        """How much is drawn, for how many classes."""
        bright = int(np.count_nonzero(self.drawing))
        drawn = f"{bright} of {self.size} × {self.size} pixels drawn" if bright else "draw something"
        return f"{drawn}, {len(self.class_names)} classes"

    def figure(self) -> "Figure":
        """What the network sees, beside the bars of its probabilities."""
        figure, axes = plots.new_figure(1, 2, 8.0, max(2.6, 0.28 * len(self.class_names) + 0.6))
        picture, bars = axes[0]
        picture.imshow(self.drawing, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        picture.set(xticks=[], yticks=[], title=f"what the network sees, {self.size} × {self.size}")
        if not self.probabilities:
            picture.text(0.5, 0.5, "draw something", color="white", ha="center", transform=picture.transAxes)
        _draw_bars(bars, self.class_names, self.probabilities)
        return figure


def _draw_bars(axis: "Axes", names: Sequence[str], values: Sequence[float]) -> None:
    places, shown = range(len(names)), list(values) or [0] * len(names)
    highest = int(np.argmax(shown)) if values else -1
    colours = [charts.VERMILION if place == highest else charts.BLUE for place in places]
    axis.barh(places, shown, color=colours)
    axis.set_yticks(places, names)
    axis.invert_yaxis()
    axis.set(xlim=(0, 1.15), title="the network's probabilities")
    axis.spines[["top", "right"]].set_visible(False)
    for place in places if values else ():
        weight = "bold" if place == highest else "normal"
        axis.text(shown[place] + 0.02, place, f"{shown[place]:.2f}", va="center", fontsize=9, weight=weight)


def _fitting_size(size: int | None, network: Network) -> int:
    wanted = network_size(network)
    size = size or wanted or 28
    if isinstance(size, bool) or size != int(size) or not SMALLEST_SIZE <= size <= LARGEST_SIZE:
        raise ValueError(
            f"a size of {size} does not suit the pad: give {SMALLEST_SIZE} to {LARGEST_SIZE} pixels a side"
        )
    if wanted and wanted != size:
        raise ValueError(f"the network takes pictures of {wanted} × {wanted}, not {size} × {size}: give size={wanted}")
    return int(size)


def _pixels(picture: np.ndarray, size: int) -> bytes:
    array = np.asarray(picture)
    if array.size != size**2 or array.shape[:2] != (size, size):
        raise ValueError(f"a drawing of shape {array.shape} does not fit: give {size} × {size} grey numbers")
    if array.dtype.kind not in "uifb" or not np.isfinite(array).all() or array.min() < 0 or array.max() > 255:
        raise ValueError(f"a drawing of {array.dtype} numbers is not grey: give numbers from 0 (black) to 255 (white)")
    return np.rint(array).astype("uint8").tobytes()


def _is_answer(values: Sequence[float], classes: int) -> bool:
    return len(values) in (0, classes) and all(0 <= value <= 1 for value in values)
