"""How photographs that are sorted into classes look: small ones for the browser, and a still picture of all."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib import charts, images, plots
from imgrec_lib.album import SIDE, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

THUMBNAIL = 96
STRIP = 12  # Photographs in a row of the still picture.


def thumbnail(image: np.ndarray) -> bytes:
    """A JPEG file of 96 × 96 pixels of an RGB image, uint8, height × width × 3."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(images.load(image, size=THUMBNAIL)).save(buffer, format="jpeg", quality=85)
    return buffer.getvalue()


def strip(pictures: Sequence[np.ndarray], columns: int = STRIP, gap: int = 8) -> np.ndarray:
    """The first pictures, each 224 × 224 × 3, side by side on white, as many columns wide as asked for."""
    row = np.full((SIDE, columns * (SIDE + gap) - gap, 3), 255, "uint8")
    for place, picture in enumerate(pictures[:columns]):
        left = place * (SIDE + gap)
        row[:, left : left + SIDE] = picture
    return row


def album_figure(
    classes: Mapping[str, Sequence[np.ndarray]], tested: tuple[np.ndarray, Mapping[str, float]] | None = None
) -> "Figure":
    """A row of photographs for each class by name, and below them one that was tested, with a bar for each class."""
    heights = [1.0] * len(classes) + [1.7] * bool(tested) or [1.0]
    figure, axes = plots.new_figure(len(heights), 2, plots.FIGURE_WIDTH, sum(heights) + 0.1)
    grid = axes[0, 0].get_gridspec()
    grid.set_height_ratios(heights)
    grid.set_width_ratios([1, 3])
    for axis in axes[: len(heights) - bool(tested)].flat:
        axis.remove()
    for row, (name, pictures) in enumerate(classes.items()):
        _draw_class(figure.add_subplot(grid[row, :]), name, pictures)
    if tested:
        _draw_tested(*axes[-1], *tested)
    return figure


def _draw_class(axis: "Axes", name: str, pictures: Sequence[np.ndarray]) -> None:
    axis.imshow(strip(pictures))
    left_out = f", the first {STRIP} shown" if len(pictures) > STRIP else ""
    axis.set_title(f"{name}: {counted(len(pictures), 'photograph', 'photographs')}{left_out}", loc="left", fontsize=11)
    axis.set_anchor("W")
    axis.axis("off")


def _draw_tested(left: "Axes", right: "Axes", image: np.ndarray, chances: Mapping[str, float]) -> None:
    left.imshow(image)
    left.set_title("tested on", loc="left", fontsize=11)
    left.set_anchor("W")
    left.axis("off")
    values = list(chances.values())
    colours = [charts.VERMILION if value == max(values) else charts.BLUE for value in values]
    right.barh(range(len(values)), values, color=colours)
    right.set_yticks(range(len(values)), list(chances))
    right.invert_yaxis()
    right.set(xlim=(0, 1.12))
    right.set_title("probability", loc="left", fontsize=11)
    right.spines[["top", "right"]].set_visible(False)
    for place, value in enumerate(values):
        right.text(value + 0.02, place, f"{value:.2f}", va="center", fontsize=9)
