"""A photograph whose numbers can be read and painted, pixel by pixel."""

import reprlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from imgrec_lib import plots
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST_SIDE, REACH, OUTSIDE = 640, 3, -1
ORDERS = {"RGB": ("red", "green", "blue"), "BGR": ("blue", "green", "red")}


def neighbourhood(image: np.ndarray, row: int, column: int, reach: int = REACH) -> np.ndarray:
    """The numbers around a pixel, side × side × channels or side × side, side = 2 reach + 1; −1 beyond the edge."""
    around = [(reach, reach), (reach, reach), *[(0, 0)] * (image.ndim - 2)]
    framed = np.pad(image.astype(int), around, constant_values=OUTSIDE)
    return framed[row : row + 2 * reach + 1, column : column + 2 * reach + 1]


def read_as(image: np.ndarray, order: str) -> np.ndarray:
    """The picture in RGB, height × width × 3, that the numbers show when they are read in the order RGB or BGR."""
    colour = np.repeat(image[:, :, None], 3, axis=2) if image.ndim == 2 else image
    return colour if order == "RGB" else colour[:, :, ::-1]


def painted_on(image: np.ndarray, changes: Sequence[Sequence[int]]) -> np.ndarray:
    """A copy of the image in which each change `[row, column, *numbers]` has been made, the last one last."""
    changed = image.copy()
    for row, column, *numbers in changes:
        changed[row, column] = numbers if image.ndim == 3 else numbers[0]
    return changed


def _photograph(image: ArrayLike) -> np.ndarray:
    array = np.asarray(image)
    if array.ndim not in (2, 3) or not array.size or array.ndim == 3 and array.shape[2] != 3:
        raise Refused(f"an image of shape {array.shape} is no photograph: give height × width × 3, or height × width")
    if array.dtype != np.uint8:
        raise Refused(
            f"the image holds {array.dtype}, but must hold bytes from 0 to 255: convert it with astype(np.uint8)"
        )
    if max(array.shape) > LARGEST_SIDE:
        raise Refused(
            f"an image of shape {array.shape} is too large to look at each pixel: "
            f"give at most {LARGEST_SIDE} a side, such as image[::2, ::2]"
        )
    return array.copy()


class PixelInspector(StillWidget):
    """Move over a photograph and read its numbers, see its planes, read them as RGB or BGR, and paint pixels.

    `image` is uint8, height × width × 3 in RGB or height × width, at most 640 a side. The traits `row`, `column` and
    `order` ("RGB" or "BGR") follow what a hand does, and can be set from Python; `inspector.image` is the image as
    painted so far.
    """

    _esm = javascript("squares", "pixel_inspector")

    pixels = traitlets.Bytes().tag(sync=True)  # As they were at first; only the changes travel afterwards
    shape = traitlets.List().tag(sync=True)
    row = Whole(0, min=0, max=LARGEST_SIDE).tag(sync=True)
    column = Whole(0, min=0, max=LARGEST_SIDE).tag(sync=True)
    order = traitlets.TraitType("RGB").tag(sync=True)
    painted = traitlets.TraitType().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, image: ArrayLike, row: int = 0, column: int = 0, order: str = "RGB") -> None:
        self._first = _photograph(image)
        height, width, *channels = self._first.shape
        super().__init__(
            pixels=self._first.tobytes(),
            shape=[height, width, channels[0] if channels else 1],
            painted=[],
            **{"row": row, "column": column, "order": order},
        )
        if (self.row, self.column) != (row, column):
            raise Refused(f"row {row}, column {column} is outside an image of {height} × {width}: count from 0")
        self.on_msg(self._asked)

    @property
    def image(self) -> np.ndarray:
        """The image as painted so far, shaped as the one that was given; a copy."""
        return painted_on(self._first, self.painted)

    def paint(self, row: int, column: int, numbers: ArrayLike) -> None:
        """Nothing; set the number of a grey pixel, or the three numbers of a colour pixel, each from 0 to 255."""
        change = [row, column, *np.atleast_1d(numbers).tolist()]
        self.painted = [one for one in self.painted if one[:2] != [row, column]] + [change]

    def reset(self) -> None:
        """Nothing; every pixel is again as it was at first."""
        self.painted = []

    def _asked(self, widget: Any, content: Any, buffers: Any) -> None:
        """Do what the browser asks for, or say why not and change nothing."""
        content = content if isinstance(content, dict) else {}
        if not {"paint", "reset"} & set(content):
            return
        self.problem = ""
        try:
            self.reset() if "reset" in content else self._paint_as_typed(content["paint"])
        except Refused as refused:
            self.problem = f"{str(refused)[:1].upper()}{str(refused)[1:]}. Nothing was painted."

    def _paint_as_typed(self, change: Any) -> None:
        row, column, *texts = change if isinstance(change, list) and len(change) > 2 else [None] * 3
        numbers = [_byte(str(text)[:99], f"channel {channel}") for channel, text in enumerate(texts)]
        inside = [isinstance(place, int) and 0 <= place < size for place, size in zip((row, column), self._first.shape)]
        if all(inside):
            self.paint(row, column, numbers)

    @traitlets.validate("row", "column")
    def _inside(self, proposal: dict[str, Any]) -> int:
        return min(proposal["value"], self._first.shape[proposal["trait"].name == "column"] - 1)

    @traitlets.validate("order")
    def _known(self, proposal: dict[str, Any]) -> str:
        if not isinstance(proposal["value"], str) or proposal["value"] not in ORDERS:
            raise Refused(f"order is {reprlib.repr(proposal['value'])}, but must be 'RGB' or 'BGR': give one of those")
        return proposal["value"]

    @traitlets.validate("painted")
    def _paintable(self, proposal: dict[str, Any]) -> list[list[int]]:
        height, width = self._first.shape[:2]
        tops = [height - 1, width - 1, *[255] * (3 if self._first.ndim == 3 else 1)]
        changes = proposal["value"]
        if not isinstance(changes, list) or len(changes) > height * width:
            raise Refused(
                f"painted is {reprlib.repr(changes)}, but must be a list with one change a pixel: use paint()"
            )
        for change in changes:
            if not isinstance(change, list) or len(change) != len(tops) or not all(map(_whole_up_to, change, tops)):
                raise Refused(
                    f"{reprlib.repr(change)} paints no pixel of {height} × {width}: "
                    f"give row, column and {len(tops) - 2} number(s) from 0 to 255"
                )
        return [[int(number) for number in change] for change in changes]

    def words(self) -> str:
        """The image's shape, the pixel looked at and its numbers, and how many pixels were painted."""
        numbers = ", ".join(map(str, np.atleast_1d(self.image[self.row, self.column])))
        shape = " × ".join(map(str, self._first.shape))
        read = f", read as {self.order}" if self._first.ndim == 3 else ""
        return (
            f"image {shape}; row {self.row}, column {self.column}: {numbers}{read}; {len(self.painted)} pixels painted"
        )

    def figure(self) -> "Figure":
        """The image, the numbers around the pixel, and, in colour, the other reading and the three planes."""
        image, colour = self.image, self._first.ndim == 3
        figure, axes = plots.new_figure(1 + colour, 2 + colour, plots.FIGURE_WIDTH, 6.2 if colour else 3.8)
        _show(axes[0, 0], read_as(image, self.order), f"row {self.row}, column {self.column}")
        plots.ring(axes[0, 0], (self.row - REACH, self.column - REACH, 2 * REACH + 1, 2 * REACH + 1))
        _draw_zoom(axes[0, 1], neighbourhood(image, self.row, self.column), self.order)
        if colour:
            other = "BGR" if self.order == "RGB" else "RGB"
            _show(axes[0, 2], read_as(image, other), f"the same numbers, read as {other}")
            for channel, axis in enumerate(axes[1]):
                number = image[self.row, self.column, channel]
                _show(axis, image[:, :, channel], f"channel {channel}, {ORDERS[self.order][channel]}: {number}")
        return figure


def _byte(text: str, name: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 9 and int(text) <= 255):
        raise Refused(f"{name} is “{text[:12]}”, but must be a whole number from 0 to 255")
    return int(text)


def _whole_up_to(number: Any, top: int) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool) and 0 <= number <= top


def _show(axis: "Axes", picture: np.ndarray, title: str) -> None:
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axis.set_title(title, fontsize=10)
    axis.axis("off")


def _draw_zoom(axis: "Axes", around: np.ndarray, order: str) -> None:
    _show(axis, read_as(np.where(around < 0, 255, around).astype(np.uint8), order), "the numbers around it")
    for row, column in np.ndindex(*around.shape[:2]):
        numbers = np.atleast_1d(around[row, column])
        light = read_as(around, order)[row, column] @ [0.299, 0.587, 0.114] > 130
        if numbers[0] != OUTSIDE:
            text = "\n".join(map(str, numbers))
            axis.text(column, row, text, ha="center", va="center", fontsize=7, color="black" if light else "white")
    plots.ring(axis, (REACH, REACH, 1, 1))
