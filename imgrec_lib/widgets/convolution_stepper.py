"""A window that steps over an image: the nine products, their sum, and where each output number came from."""

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import filters, plots
from imgrec_lib.widgets.still import StillWidget, javascript

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_SIDE = 256
PRESETS = ("identity", "blur", "sharpen", "vertical_edges", "horizontal_edges")


def stepped(image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0) -> np.ndarray:
    """The feature map, height × width, that the stepper shows: what `filters.convolve` gives."""
    return filters.convolve(image, kernel, stride=stride, padding=padding)


class ConvolutionStepper(StillWidget):
    """Step or play a kernel over a grey image, edit the kernel, and see each sum.

    `image` is height × width, numbers of any kind, at most 256 a side; `kernel` is odd × odd, at most 7 a side. Its
    traits `kernel`, `stride` (1 to 3), `padding` (0 to 3), `row` and `column` (the output number looked at) follow what a hand
    does, and can be set from Python.
    """

    _esm = javascript("convolution_stepper")

    image = traitlets.List().tag(sync=True)
    kernel = traitlets.List().tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    stride = traitlets.Int(1, min=1, max=3).tag(sync=True)
    padding = traitlets.Int(0, min=0, max=3).tag(sync=True)
    row = traitlets.Int(0, min=0).tag(sync=True)
    column = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, image: np.ndarray, kernel: np.ndarray | None = None, **traits: Any) -> None:
        array = np.asarray(image, dtype=float)
        if array.ndim != 2 or not array.size or max(array.shape) > LARGEST_SIDE:
            raise ValueError(
                f"an image of shape {array.shape} does not fit the stepper: "
                f"give a grey one, height × width, of at most {LARGEST_SIDE} a side"
            )
        presets = {
            name.replace("_", " "): filters.KERNELS[name].tolist() for name in PRESETS if name in filters.KERNELS
        }
        first = filters.KERNELS["vertical_edges"] if kernel is None else kernel
        super().__init__(
            image=array.tolist(), kernel=np.asarray(first, dtype=float).tolist(), presets=presets, **traits
        )

    @traitlets.validate("kernel")
    def _odd_kernel(self, proposal: dict[str, Any]) -> list:
        array = np.asarray(proposal["value"], dtype=float)
        if array.ndim != 2 or array.shape[0] % 2 == 0 or array.shape[1] % 2 == 0 or max(array.shape) > 7:
            raise traitlets.TraitError(
                f"a kernel of shape {array.shape} has no middle: give odd × odd, at most 7 a side"
            )
        return array.tolist()

    def output(self) -> np.ndarray:
        """The whole feature map for the present kernel, stride and padding."""
        return stepped(np.array(self.image), np.array(self.kernel), self.stride, self.padding)

    def words(self) -> str:
        """Sizes of image, kernel and feature map."""
        sizes = [" × ".join(map(str, np.shape(one))) for one in (self.image, self.kernel, self.output())]
        return f"image {sizes[0]}, kernel {sizes[1]}, feature map {sizes[2]}"

    def figure(self) -> "Figure":
        """Image, kernel and feature map side by side."""
        figure, axes = plots.new_figure(1, 3, 9.0, 3.2)
        for axis, array, title in zip(
            axes[0], (np.array(self.image), np.array(self.kernel), self.output()), ("image", "kernel", "feature map")
        ):
            reach = abs(array).max() or 1
            signed = {"cmap": plots.DIVERGING, "vmin": -reach, "vmax": reach}
            axis.imshow(array, **({"cmap": "gray"} if title == "image" else signed))
            axis.set_title(title)
            axis.axis("off")
        return figure
