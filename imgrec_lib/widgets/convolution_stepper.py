"""A window that steps over an image: the products, their sum, and where each number of the feature map came from."""

import re
import reprlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from imgrec_lib import filters, plots
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST_SIDE, LARGEST_KERNEL, LARGEST_NUMBER, LONGEST_TEXT = 320, 7, 1e6, 2000
PRESETS, OWN = {name.replace("_", " "): kernel for name, kernel in filters.KERNELS.items()}, "my own"
FEW = 12  # Rows and columns whose numbers are written into the squares of the still picture


def window_at(image: ArrayLike, kernel: ArrayLike, row: int, column: int, stride: int, padding: int) -> np.ndarray:
    """The window, kernel height × kernel width, under the kernel at one place of the feature map; 0 in the padding."""
    framed, (height, width) = np.pad(np.asarray(image, dtype=float), padding), np.shape(kernel)
    top, left = row * stride, column * stride
    return framed[top : top + height, left : left + width]


def _numbers(name: str, value: Any) -> np.ndarray:
    """Rows × columns of finite floats that are not too large to calculate with."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise Refused(f"{name} is {reprlib.repr(value)}, but must be numbers: give rows of the same length") from None
    if array.ndim != 2 or not array.size:
        raise Refused(
            f"{name} has the shape {array.shape}, but must be height × width: make it grey, or index it first"
        )
    if not (np.abs(array) <= LARGEST_NUMBER).all():
        raise Refused(f"{name} holds a number beyond a million, or NaN: clip or divide it first")
    return array


def _image(value: Any) -> np.ndarray:
    array = _numbers("the image", value)
    if max(array.shape) > LARGEST_SIDE:
        raise Refused(
            f"the image has the shape {array.shape}, but may have at most {LARGEST_SIDE} a side: "
            "keep every second pixel with image[::2, ::2], or cut a piece out"
        )
    return array


def _kernel(value: Any) -> np.ndarray:
    name = value.replace("_", " ") if isinstance(value, str) else None
    if name is not None and name not in PRESETS:
        raise Refused(f"no kernel is called {reprlib.repr(value)}: give numbers, or one of {', '.join(PRESETS)}")
    array = _numbers("the kernel", value if name is None else PRESETS[name])
    if not all(array.shape[axis] % 2 for axis in (0, 1)) or max(array.shape) > LARGEST_KERNEL:
        raise Refused(
            f"the kernel has the shape {array.shape}, but needs a middle and at most {LARGEST_KERNEL} a side: "
            "give odd numbers of rows and columns, such as 3 × 3"
        )
    return array


def kernel_from(text: str) -> np.ndarray:
    """The kernel that a text holds, rows × columns: a row a line or in brackets, such as `1/9 0 -0.5`."""
    lines = re.sub(r"\][\s,;]*\[", "\n", text[:LONGEST_TEXT]).splitlines()
    rows = [words for line in lines if (words := re.findall(r"[^\s,;\[\]]+", line))]
    numbers = [[_number(word) for word in row] for row in rows]
    if not numbers:
        raise Refused("a kernel needs a number at least: write some, such as 0 1 0")
    lengths = [len(row) for row in numbers]
    if len(set(lengths)) > 1:
        raise Refused(f"the rows have different lengths, {reprlib.repr(lengths)[1:-1]}: give each as many numbers")
    return _kernel(numbers)


def _number(word: str) -> float:
    over, slash, under = word.replace("−", "-").partition("/")
    try:
        number = float(over) / float(under if slash else 1)
    except (ValueError, ZeroDivisionError):
        number = np.nan
    if not np.isfinite(number):
        raise Refused(f"“{word[:12]}” is not a number: write numbers such as 2, -0.5 or 1/9")
    return number


def text_of(kernel: ArrayLike) -> str:
    """The kernel as a text that `kernel_from` reads back to the last digit."""
    return "\n".join("  ".join(_written(weight) for weight in row) for row in np.asarray(kernel, dtype=float))


def _written(weight: float) -> str:
    fraction = Fraction(weight).limit_denominator(64)
    return f"{weight:g}" if float(f"{weight:g}") == weight else str(fraction if float(fraction) == weight else weight)


class ConvolutionStepper(StillWidget):
    """Step or play a kernel over a grey image, edit the kernel, and see every product and every sum.

    `image` is height × width, of any numbers; `kernel` is odd × odd, at most 7 a side, or the name of one of
    `filters.KERNELS`. The traits `kernel`, `stride` (1 to 3), `padding` (0 to 3), `row` and `column` (the number of the
    feature map that is looked at) follow what a hand does, and can be set from Python.
    """

    _esm = javascript("squares", "convolution_stepper")

    presets = traitlets.List().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)  # All that is drawn, so that no half of a change is ever seen
    problem = traitlets.Unicode().tag(sync=True)
    row = Whole(0, min=0, max=10**6).tag(sync=True)
    column = Whole(0, min=0, max=10**6).tag(sync=True)
    kernel = traitlets.TraitType()  # Checked below, so that a wrong one gets a sentence of the course
    stride = Whole(1, min=1, max=3)
    padding = Whole(0, min=0, max=3)

    def __init__(
        self,
        image: ArrayLike,
        kernel: ArrayLike | str = "vertical edges",
        stride: int = 1,
        padding: int = 0,
        row: int = 0,
        column: int = 0,
    ) -> None:
        self._array = _image(image)
        settings = {"kernel": kernel, "stride": stride, "padding": padding, "row": row, "column": column}
        super().__init__(presets=list(PRESETS), **settings)
        if (self.row, self.column) != (row, column):
            raise Refused(f"row {row}, column {column} is outside the feature map of {self._map_shape()}: count from 0")
        self.on_msg(self._asked)

    @property
    def image(self) -> np.ndarray:
        """The image, height × width, as floats."""
        return self._array.copy()

    def output(self) -> np.ndarray:
        """The whole feature map, height × width, for the present kernel, stride and padding."""
        return filters.convolve(self._array, self.kernel, stride=self.stride, padding=self.padding)

    def _map_shape(self, **changes: Any) -> tuple[int, int]:
        """Rows and columns of the feature map, after changes of `kernel`, `stride` or `padding`; refuses a misfit."""
        now = {"kernel": self.kernel, "stride": self.stride, "padding": self.padding} | changes
        sizes = zip(self._array.shape, _kernel(now["kernel"]).shape)
        try:
            rows, columns = (filters.output_size(*size, now["stride"], now["padding"]) for size in sizes)
        except ValueError as error:
            raise Refused(str(error)) from None
        return rows, columns

    @traitlets.validate("kernel", "stride", "padding")
    def _fitting(self, proposal: dict[str, Any]) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        self._map_shape(**{name: value})
        return _kernel(value).tolist() if name == "kernel" else value

    @traitlets.validate("row", "column")
    def _inside(self, proposal: dict[str, Any]) -> int:
        size = self._map_shape()[proposal["trait"].name == "column"]
        return min(proposal["value"], size - 1)

    @traitlets.observe("kernel", "stride", "padding")
    def _set_scene(self, change: dict[str, Any] | None = None) -> None:
        framed, output = np.pad(self._array, self.padding), self.output()
        known = [name for name, values in PRESETS.items() if np.array_equal(values, self.kernel)]
        self.scene = {
            **{"kernel": self.kernel, "stride": self.stride, "padding": self.padding, "text": text_of(self.kernel)},
            **{"image": framed.astype("<f8").tobytes(), "shape": list(framed.shape)},
            **{"map": output.astype("<f8").tobytes(), "map_shape": list(output.shape)},
            "preset": known[0] if known else OWN,
        }
        self.row, self.column = self.row, self.column

    def _asked(self, widget: Any, content: Any, buffers: Any) -> None:
        """Answer the browser: set what it asks for, or say why not and change nothing."""
        names = [name for name in ("kernel", "stride", "padding") if isinstance(content, dict) and name in content]
        for name in names:
            try:
                self.problem = ""
                named = name != "kernel" or content[name] in list(PRESETS)
                setattr(self, name, content[name] if named else kernel_from(str(content[name])))
            except Refused as refused:
                self.problem = f"{str(refused)[:1].upper()}{str(refused)[1:]}. Nothing was changed."

    def words(self) -> str:
        """Sizes of image, kernel and feature map, and the number looked at."""
        sizes = [" × ".join(map(str, shape)) for shape in (self._array.shape, np.shape(self.kernel), self._map_shape())]
        value = round(float(self.output()[self.row, self.column]), 3) + 0.0
        return (
            f"image {sizes[0]}, kernel {sizes[1]}, stride {self.stride}, padding {self.padding}, "
            f"feature map {sizes[2]}; row {self.row}, column {self.column}: {value:g}"
        )

    def figure(self) -> "Figure":
        """Image with the window, products, and feature map with the number that is their sum."""
        window = window_at(self._array, self.kernel, self.row, self.column, self.stride, self.padding)
        output, rows_columns = self.output(), np.shape(self.kernel)
        total = f"{round(float(output[self.row, self.column]), 3) + 0.0:g}"
        figure, axes = plots.new_figure(1, 3, plots.FIGURE_WIDTH, 3.3)
        image, products, feature_map = axes[0]
        _draw(image, np.pad(self._array, self.padding), "image, with the window", bool((self._array < 0).any()))
        _draw(products, window * np.array(self.kernel), f"products, whose sum is {total}", True)
        _draw(feature_map, output, f"feature map, row {self.row}, column {self.column}", True)
        plots.ring(image, (self.row * self.stride, self.column * self.stride, *rows_columns))
        plots.ring(feature_map, (self.row, self.column, 1, 1))
        return figure


def _draw(axis: "Axes", array: np.ndarray, title: str, signed: bool) -> None:
    reach = float(np.abs(array).max()) or 1.0
    if max(array.shape) <= FEW:
        plots.draw_numbers(axis, array.round(2), signed, fontsize=min(11.0, 66 / max(array.shape)))
    else:
        axis.imshow(array, cmap=plots.DIVERGING if signed else "gray", vmin=-reach if signed else 0, vmax=reach)
        axis.axis("off")
    axis.set_title(title, fontsize=10)
