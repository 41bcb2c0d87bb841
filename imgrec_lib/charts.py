"""The still charts of the lessons: learning curves, a confusion matrix, probabilities, results over several seeds."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.plots import FIGURE_WIDTH, display_figure, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette, which stays distinct for colour-blind eyes (jfly.uni-koeln.de/color, 2008).
BLUE, ORANGE, GREEN, PINK, SKY, VERMILION, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#000000",
)
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION, BLACK)
History = Mapping[str, Sequence[float]]


def _tidy(axis: "Axes", grid: str | None = None) -> None:
    axis.spines[["top", "right"]].set_visible(False)
    if grid:
        axis.grid(axis=grid, color="0.9")


def draw_curves(
    axes: Sequence["Axes"], history: History, epochs: int | None = None, numbers: Sequence[int] | None = None
) -> None:
    """Draw loss on the first axis and accuracy on the second: training solid, validation dashed.

    `numbers` are the epochs that the values belong to; without them they count from 1.
    """
    for axis, name in zip(axes, ("loss", "accuracy")):
        for key, style, colour, label in ((name, "-", BLUE, "training"), (f"val_{name}", "--", ORANGE, "validation")):
            values = history.get(key, ())
            if len(values):
                epoch, mark = numbers or range(1, len(values) + 1), "o" if len(values) <= 15 else None
                axis.plot(epoch, values, style, color=colour, label=label, marker=mark, markersize=4)
        axis.set(title=name, xlabel="epoch", xlim=(0.5, max(2, epochs or len(history.get(name, ()))) + 0.5))
        axis.xaxis.get_major_locator().set_params(integer=True)  # There is no epoch 1.5
        _tidy(axis, grid="y")
        if axis.get_legend_handles_labels()[0]:
            axis.legend(frameon=False, fontsize=9)
    axes[0].set_ylim(bottom=0)
    if len(axes) > 1:
        axes[1].set_ylim(top=1.02)


def curves(history: History | Mapping[str, History], titles: str = "") -> None:
    """Show the learning curves of one training, or of several by name, one row each.

    A history is Keras's `fit(...).history`: lists `loss`, `accuracy`, `val_loss`, `val_accuracy`, an item an epoch.
    """
    histories = {titles: history} if "loss" in history else dict(history)
    figure, axes = new_figure(len(histories), 2, FIGURE_WIDTH, 2.7 * len(histories))
    for row, (name, one) in zip(axes, histories.items()):
        draw_curves(row, one)
        for axis in row:
            axis.set_title(f"{name}: {axis.get_title()}" if name else axis.get_title(), fontsize=11)
    display_figure(figure)


def confusion(matrix: np.ndarray, class_names: Sequence[str], answer_names: Sequence[str] | None = None) -> None:
    """Show a confusion matrix of counts, classes × classes: a row for each true class, a column for each answer.

    `answer_names` are given where a network answers with other classes than the true ones: classes × answers.
    """
    matrix = np.asarray(matrix)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = min(FIGURE_WIDTH, 2.4 + 0.55 * len(matrix))
    figure, axes = new_figure(1, 1, side, side * 0.92)
    axis = axes[0, 0]
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if shares[row, column] > 0.55 else "black"
        axis.text(column, row, str(count), ha="center", va="center", fontsize=9, color=colour if count else "0.6")
    answer_names = class_names if answer_names is None else answer_names
    axis.set_xticks(range(len(answer_names)), answer_names, rotation=45, ha="right")
    axis.set_yticks(range(len(matrix)), class_names)
    axis.set(xlabel="the network's answer", ylabel="true class", title="confusion matrix, counts")
    display_figure(figure)


def probabilities(image: np.ndarray, values: Sequence[float], class_names: Sequence[str], top: int = 10) -> None:
    """Show a picture beside the bars of its class probabilities, the likeliest `top` of them, likeliest first."""
    values = np.asarray(values, dtype=float)
    order = np.argsort(values)[::-1][:top]
    figure, axes = new_figure(1, 2, 7.5, max(2.2, 0.28 * len(order) + 0.6))
    picture = np.asarray(image)
    axes[0, 0].imshow(picture.squeeze(), cmap="gray" if picture.squeeze().ndim == 2 else None)
    axes[0, 0].axis("off")
    bars = axes[0, 1]
    bars.barh(range(len(order)), values[order], color=[VERMILION] + [SKY] * (len(order) - 1))
    bars.set_yticks(range(len(order)), [class_names[index] for index in order])
    bars.invert_yaxis()
    bars.set(xlim=(0, 1.12), title="probability")
    _tidy(bars)
    for place, index in enumerate(order):
        bars.text(values[index] + 0.02, place, f"{values[index]:.2f}", va="center", fontsize=9)
    display_figure(figure)


def _draw_seeds(axis: "Axes", row: int, values: np.ndarray) -> None:
    axis.plot([values.mean()] * 2, [row - 0.3, row + 0.3], color=VERMILION, linewidth=3, solid_capstyle="butt")
    beside_each_other = row + np.linspace(-0.18, 0.18, len(values)) if len(values) > 1 else [row]
    axis.plot(values, beside_each_other, "o", color=BLUE, alpha=0.75, markersize=6)
    axis.text(1.01, row, f"{values.mean():.2f}", transform=axis.get_yaxis_transform(), va="center", fontsize=10)


def spread(results: Mapping[str, Sequence[float]], label: str = "test accuracy", title: str = "") -> None:
    """Show a row for each name: a dot for each seed, and a bar at their mean."""
    names = list(results)
    figure, axes = new_figure(1, 1, 7.5, 0.42 * len(names) + 1.0)
    axis = axes[0, 0]
    for row, name in enumerate(names):
        _draw_seeds(axis, row, np.asarray(results[name], dtype=float))
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set(xlabel=f"{label} (a dot a seed, the bar at their mean)", title=title)
    _tidy(axis, grid="x")
    display_figure(figure)


def lines(
    curves_by_name: Mapping[str, tuple[Sequence[float], Sequence[float]]], xlabel: str, ylabel: str, title: str = ""
) -> None:
    """Show one line for each name through its `(x values, y values)`, marked at each point."""
    figure, axes = new_figure(1, 1, 7.0, 3.2)
    axis = axes[0, 0]
    marks = "osD^vPX"
    for index, (name, (across, up)) in enumerate(curves_by_name.items()):
        axis.plot(across, up, marker=marks[index % len(marks)], color=PALETTE[index % len(PALETTE)], label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel, title=title)
    _tidy(axis, grid="y")
    axis.legend(frameon=False, fontsize=9)
    display_figure(figure)
