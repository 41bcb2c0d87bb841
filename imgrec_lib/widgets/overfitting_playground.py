"""Lesson 4's network under every mix of remedies: learning curves that were measured beforehand, answered at once."""

import json
import reprlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import charts, plots
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULTS = Path(__file__).with_name("overfitting_results.json")
CURVES = ("accuracy", "val_accuracy", "loss", "val_loss", "test_accuracy")
ENOUGH, LARGE_GAP = 0.75, 0.25  # Lesson 4's rule
Choice = tuple[int, float, float]


@dataclass(frozen=True)
class Results:
    """What was measured: `table`, settings × 5 curves × epochs in thousandths, uint16, sizes slowest and L2 fastest."""

    sizes: list[int]
    dropout: list[float]
    l2: list[float]
    epochs: int
    seeds: int
    table: np.ndarray

    def place(self, size: int, dropout: float, l2: float) -> int:
        """Where a setting stands in the table."""
        return (self.sizes.index(size) * len(self.dropout) + self.dropout.index(dropout)) * len(
            self.l2
        ) + self.l2.index(l2)

    def curves(self, size: int, dropout: float, l2: float, epoch: int) -> dict[str, np.ndarray]:
        """The five curves of a setting by name, one float for each epoch up to `epoch`."""
        return dict(zip(CURVES, self.table[self.place(size, dropout, l2), :, :epoch] / 1000))


@cache
def results() -> Results:
    """All that benchmarks/overfitting_playground.py has measured."""
    read = json.loads(RESULTS.read_text(encoding="utf-8"))
    return Results(**{name: read[name] for name in ("sizes", "dropout", "l2", "epochs", "seeds")}, table=_table(read))


def _table(read: dict[str, Any]) -> np.ndarray:
    return np.minimum(np.array(read["curves"]), np.iinfo(np.uint16).max).astype("<u2")


def diagnosis(accuracy: float, val_accuracy: float) -> str:
    """One of "underfits", "overfits" and "fine", by lesson 4's rule: training below 0.75, a gap above 0.25, neither."""
    if round(accuracy, 3) < ENOUGH:
        return "underfits"
    return "overfits" if round(accuracy - val_accuracy, 3) > LARGE_GAP else "fine"


class Listed(traitlets.TraitType):
    """One of the values that were measured; `rule` names the list among the results."""

    def validate(self, obj: Any, value: Any) -> Any:
        """The value as it is listed, or `Refused` where it is something else."""
        listed = getattr(results(), "sizes" if self.name == "size" else self.name)
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or value not in listed:
            names = ", ".join(map(str, listed[:-1])) + f" or {listed[-1]}"
            raise Refused(f"{self.name} is {reprlib.repr(value)}, but only some were measured: give {names}")
        return listed[listed.index(value)]


class Kept(traitlets.TraitType):
    """Nothing, or a setting to compare with: [size, dropout, L2, epoch]."""

    def validate(self, obj: Any, value: Any) -> list:
        """The list, or `Refused` where it names no setting that was measured."""
        if isinstance(value, list | tuple) and not value:
            return []
        try:
            size, dropout, l2, epoch = value
            results().place(size, dropout, l2)
            if not isinstance(epoch, int) or isinstance(epoch, bool) or not 1 <= epoch <= results().epochs:
                raise ValueError
        except (TypeError, ValueError):
            wanted = "[size, dropout, L2, epoch] of a setting that was measured, or []"
            raise Refused(f"kept is {reprlib.repr(value)}, but must be {wanted}: give one of those") from None
        return list(value)


class OverfittingPlayground(StillWidget):
    """Choose pictures, dropout, L2 and epochs, and see at once whether lesson 4's network overfits.

    `size` is the number of training pictures, `dropout` and `l2` are as in `models.small_network`, `epoch` is where
    training ends; only the values in `overfitting_playground.results()` were measured. `kept` holds a setting to
    compare with.
    """

    _esm = javascript("curves", "overfitting_playground")

    table = traitlets.Bytes().tag(sync=True)
    measured = traitlets.Dict().tag(sync=True)
    size = Listed(200).tag(sync=True)
    dropout = Listed(0).tag(sync=True)
    l2 = Listed(0).tag(sync=True)
    epoch = Whole(40, min=1, max=40).tag(sync=True)
    kept = Kept([]).tag(sync=True)

    def __init__(self, size: int = 200, dropout: float = 0, l2: float = 0, epoch: int = 40) -> None:
        known = results()
        measured = {"sizes": known.sizes, "dropout": known.dropout, "l2": known.l2, "epochs": known.epochs}
        super().__init__(
            table=known.table.tobytes(),
            measured={**measured, "seeds": known.seeds, "enough": ENOUGH, "gap": LARGE_GAP},
            size=size,
            dropout=dropout,
            l2=l2,
            epoch=epoch,
        )

    def curves(self) -> dict[str, np.ndarray]:
        """The curves on show by name, one number an epoch."""
        return results().curves(self.size, self.dropout, self.l2, self.epoch)

    def words(self) -> str:
        """Setting, training, validation and test accuracy, and the diagnosis."""
        last = {name: float(values[-1]) for name, values in self.curves().items()}
        setting = f"{self.size} pictures, dropout {self.dropout:g}, L2 {self.l2:g}, {self.epoch} epochs"
        numbers = (
            f"training {last['accuracy']:.2f}, validation {last['val_accuracy']:.2f}, test {last['test_accuracy']:.2f}"
        )
        return f"{setting}: {numbers}, {diagnosis(last['accuracy'], last['val_accuracy'])}"

    def figure(self) -> "Figure":
        """Loss and accuracy up to the chosen epoch, the kept setting in grey behind."""
        figure, axes = plots.new_figure(1, 2, plots.FIGURE_WIDTH, 3.0)
        if self.kept:
            self._draw_kept(axes[0])
        charts.draw_curves(axes[0], self.curves(), epochs=results().epochs)
        figure.suptitle(self.words(), fontsize=10)
        return figure

    def _draw_kept(self, axes: np.ndarray) -> None:
        curves = results().curves(*self.kept)
        for axis, name in zip(axes, ("loss", "accuracy")):
            for key, style in ((name, "-"), (f"val_{name}", "--")):
                axis.plot(range(1, self.kept[3] + 1), curves[key], style, color="0.6", linewidth=1.2)
