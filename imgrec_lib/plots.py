"""The still pictures of the lessons: photographs side by side, and small matrices with their numbers in the squares."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIVERGING = "PuOr_r"  # Purple to orange: told apart by colour-blind eyes, and grey stays in the middle.
FIGURE_DPI = 80
LARGEST_PNG = 60_000  # Bytes; drawings stay below, photographs do not.
FIGURE_WIDTH = 9.0


def new_figure(rows: int, columns: int, width: float, height: float) -> tuple["Figure", np.ndarray]:
    """A figure and its axes, rows × columns, that is not yet shown; `width` and `height` in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=FIGURE_DPI, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def png(figure: "Figure") -> bytes:
    """The figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def display_figure(figure: "Figure") -> None:
    """Show a figure as a still picture; its text form says only how many panels it has, the same on every machine."""
    from IPython.display import display

    kind, picture = stored(png(figure))
    bundle = {"text/plain": f"Picture with {len(figure.axes)} panel(s)", kind: picture}
    display(bundle, raw=True, metadata={kind: {"alt": _alternative_text(figure)}})


def _alternative_text(figure: "Figure") -> str:
    titles = [axes.get_title().replace("\n", ", ") for axes in figure.axes if axes.get_title()]
    return "; ".join(titles) or "picture"


def stored(picture: bytes) -> tuple[str, bytes]:
    """The picture as it is stored: PNG, or JPEG where photographs would make the notebook several times larger."""
    if len(picture) < LARGEST_PNG:
        return "image/png", picture
    from PIL import Image

    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(buffer, format="jpeg", quality=88, subsampling=0, optimize=True)
    return "image/jpeg", buffer.getvalue()


def _is_signed(image: np.ndarray) -> bool:
    return image.dtype != np.uint8 and bool(image.size) and bool(image.min() < 0)


def _colours(image: np.ndarray, signed: bool | None) -> dict[str, object]:
    if image.ndim == 3:
        return {}
    if _is_signed(image) if signed is None else signed:
        reach = float(np.abs(image).max()) or 1.0
        return {"cmap": DIVERGING, "vmin": -reach, "vmax": reach}
    top = 255 if image.dtype == np.uint8 else max(1.0, float(image.max()) if image.size else 1.0)
    return {"cmap": "gray", "vmin": 0, "vmax": top}


def _drawable(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    if image.ndim not in (2, 3) or image.ndim == 3 and image.shape[2] not in (3, 4):
        raise ValueError(f"an array of shape {image.shape} is not a picture: give height × width or height × width × 3")
    if image.size == 0:
        raise ValueError(f"a picture of shape {image.shape} has no pixels: in a slice the smaller number comes first")
    return np.clip(image, 0, 1) if image.ndim == 3 and image.dtype != np.uint8 else image


def show(
    *images: np.ndarray,
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    height: float | None = None,
    signed: bool | None = None,
    axes_numbers: bool = False,
) -> None:
    """Show pictures side by side, each height × width (grey) or height × width × 3 (RGB).

    Grey `uint8` runs from black 0 to white 255. Grey floats with negative values, or any with `signed=True`, are drawn
    purple below zero and orange above it. `height` is a row's height in inches. `axes_numbers` writes rows and columns.
    """
    pictures = [_drawable(image) for image in images]
    columns = columns or min(len(pictures), 6)
    rows = -(-len(pictures) // columns)
    width = min(FIGURE_WIDTH, 3.4 * columns)
    row_height = height or width / columns * _tallest(pictures) + 0.35
    figure, axes = new_figure(rows, columns, width, rows * row_height)
    for axis in axes.flat:
        axis.axis("off")
    for index, (axis, picture) in enumerate(zip(axes.flat, pictures)):
        axis.imshow(picture, interpolation="nearest", **_colours(picture, signed))
        axis.axis("on" if axes_numbers else "off")
        if titles and index < len(titles):
            axis.set_title(titles[index], fontsize=11 if columns < 5 else 9)
    display_figure(figure)


def _tallest(pictures: Sequence[np.ndarray]) -> float:
    return min(1.5, max(picture.shape[0] / picture.shape[1] for picture in pictures))


def _number(value: float) -> str:
    if float(value).is_integer():
        return f"{int(value)}"
    return f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"


def draw_numbers(axis: "Axes", matrix: np.ndarray, signed: bool | None, fontsize: float) -> None:
    """Draw a small matrix, height × width, as squares with their numbers."""
    colours = _colours(matrix, signed)
    axis.imshow(matrix, interpolation="nearest", **colours)
    low, high = colours["vmin"], colours["vmax"]
    for (row, column), value in np.ndenumerate(matrix):
        share = (float(value) - low) / (high - low)
        dark = share < 0.5 if colours["cmap"] == "gray" else not 0.2 < share < 0.8
        axis.text(
            column, row, _number(value), ha="center", va="center", fontsize=fontsize, color="white" if dark else "black"
        )
    axis.set_xticks(np.arange(-0.5, matrix.shape[1]), labels=[])
    axis.set_yticks(np.arange(-0.5, matrix.shape[0]), labels=[])
    axis.grid(color="0.6", linewidth=0.6)
    axis.tick_params(length=0)


def ring(axis: "Axes", highlight: tuple[int, int, int, int]) -> None:
    """Draw a frame around the window `(row, column, rows, columns)` of a picture."""
    from matplotlib.patches import Rectangle

    row, column, rows, columns = highlight
    axis.add_patch(
        Rectangle((column - 0.5, row - 0.5), columns, rows, fill=False, edgecolor="#D55E00", linewidth=3, zorder=5)
    )


def numbers(
    *matrices: np.ndarray,
    titles: Sequence[str] | None = None,
    highlight: Sequence[tuple[int, int, int, int] | None] | tuple[int, int, int, int] | None = None,
    signed: bool | None = None,
    square: float = 0.48,
) -> None:
    """Show small matrices side by side, each number in its square; at most 32 rows and columns.

    `highlight` rings a window `(row, column, rows, columns)` of the first matrix, or, as a list, one of each matrix.
    `square` is the side of a square in inches.
    """
    arrays = [_small_matrix(matrix) for matrix in matrices]
    rings = [highlight] if isinstance(highlight, tuple) else list(highlight or [])
    figure, axes, side = _squares_figure(arrays, square)
    for index, (axis, array) in enumerate(zip(axes, arrays)):
        draw_numbers(axis, array, signed, fontsize=min(11.0, 24 * side))
        if titles and index < len(titles):
            axis.set_title(titles[index], fontsize=10)
        if index < len(rings) and rings[index] is not None:
            ring(axis, rings[index])
    display_figure(figure)


def _small_matrix(matrix: np.ndarray) -> np.ndarray:
    array = np.atleast_2d(np.asarray(matrix))
    if array.ndim != 2 or max(array.shape) > 32:
        raise ValueError(f"a matrix of shape {array.shape} has too many numbers to draw: cut out 32 × 32 or fewer")
    return array


def _squares_figure(arrays: Sequence[np.ndarray], square: float) -> tuple["Figure", Sequence["Axes"], float]:
    """A figure with axes for matrices side by side, and the side that their squares have in it, in inches."""
    rows, columns = max(len(array) for array in arrays), [array.shape[1] for array in arrays]
    gaps = 0.3 * len(arrays)
    side = min(square, (FIGURE_WIDTH - gaps) / sum(columns))
    figure, axes = new_figure(1, len(arrays), side * sum(columns) + gaps, side * rows + 0.5)
    axes[0, 0].get_gridspec().set_width_ratios(columns)
    return figure, axes[0], side


def _finite(array: np.ndarray) -> np.ndarray:
    return array if array.dtype == np.uint8 else np.nan_to_num(np.asarray(array, dtype=float), posinf=0, neginf=0)


def comparison_figure(
    target: np.ndarray, yours: np.ndarray, place: tuple[int, int], titles: tuple[str, str]
) -> "Figure":
    """Two arrays of one shape side by side, not yet shown, with the number or pixel at `place` (row, column) ringed.

    Arrays of few numbers have them written into their squares.
    """
    small = target.ndim == 2 and max(target.shape) <= 8
    side = min(0.55 * target.shape[1] + 0.3, 3.4) if small else 3.4
    figure, axes = new_figure(1, 2, 2 * side, side * min(1.5, target.shape[0] / target.shape[1]) + 0.4)
    pictures = [_finite(array) for array in (target, yours)]
    signed = any(_is_signed(picture) for picture in pictures)
    for axis, picture, original, title in zip(axes[0], pictures, (target, yours), titles):
        if small:
            draw_numbers(axis, np.asarray(picture, dtype=float), signed, fontsize=9)
            for text, value in zip(axis.texts, original.flat):
                text.set_text(_number(value))
        else:
            drawable = _drawable(picture)
            axis.imshow(drawable, interpolation="nearest", **_colours(drawable, signed))
            axis.axis("off")
        reach = max(target.shape[:2]) // 24
        ring(axis, (place[0] - reach, place[1] - reach, 1 + 2 * reach, 1 + 2 * reach))
        axis.set_title(title, fontsize=10)
    return figure
