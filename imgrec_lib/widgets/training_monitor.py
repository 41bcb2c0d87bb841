"""The view of one training while it runs: curves, time left, the gap, and a stop button."""

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import charts, plots
from imgrec_lib.widgets.learning_curves import (
    MOST_IN_PICTURE,
    NOT_A_NUMBER,
    History,
    accuracy_name,
    finite,
    gap_words,
    read,
    shown_places,
)
from imgrec_lib.widgets.still import StillWidget, javascript

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STATES = ("training", "finished", "stopped", "interrupted")


class TrainingMonitor(StillWidget):
    """Learning curves of one training of `epochs` epochs, the first of them number `first`.

    `training.monitor()` makes one for each `fit` and keeps it up to date. `state` says how the training stands,
    `stop_asked` whether the button was pressed. `curves` holds float32 numbers in 5 rows: epoch, loss, validation loss,
    accuracy, validation accuracy.
    """

    _esm = javascript("curves", "training_monitor")
    always_png = True

    state = traitlets.Enum(STATES, "training").tag(sync=True)
    curves = traitlets.Bytes(b"").tag(sync=True)
    axes = traitlets.Dict().tag(sync=True)
    said = traitlets.Dict().tag(sync=True)
    done = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, epochs: int, first: int = 1) -> None:
        if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
            raise ValueError(f"epochs is {epochs!r}, but a training to watch has at least 1 epoch")
        self.epochs, self.first, self.stop_asked = epochs, first, False
        self.history: dict[str, list[float]] = {}
        super().__init__()
        self.on_msg(self._asked)
        self.tell("training", f"Epoch {first} of {epochs}.", 0.0)

    @staticmethod
    def _asked(widget: "TrainingMonitor", content: dict[str, Any], buffers: list[memoryview]) -> None:
        if isinstance(content, dict) and content.get("stop") is True:
            widget.stop_asked = True

    def add(self, logs: History) -> None:
        """Take what was measured in the epoch that has just ended; a measure that was left out counts as NaN."""
        count = len(self.history.get("loss", ()))
        for name, value in logs.items():
            earlier = self.history.setdefault(name, [])
            earlier += [float("nan")] * (count - len(earlier)) + [float(value)]
        for values in self.history.values():
            values += [float("nan")] * (count + 1 - len(values))

    def tell(self, state: str, progress: str, done: float) -> None:
        """Send the browser all that is known, in one message."""
        reading = read(self.history)
        places = shown_places(len(self.history.get("loss", ())), reading.best)
        accuracy = accuracy_name(self.history)
        names = ("loss", "val_loss", accuracy, f"val_{accuracy}")
        blank = np.full(len(places), np.nan)
        rows = [
            places + self.first,
            *(finite(self.history[one])[places] if one in self.history else blank for one in names),
        ]
        best, gap = (None if at is None else at + self.first for at in (reading.best, reading.gap_epoch))
        with self.hold_sync():
            self.curves = np.array(rows, dtype="<f4").tobytes()
            ranges = {"loss": reading.loss_top, "accuracy": reading.accuracy_bottom}
            planned = {"first": self.first, "epochs": self.epochs}
            self.axes = {**planned, **ranges, "best": best, "gap": gap, "gap_in": reading.gap_in}
            problem = NOT_A_NUMBER if reading.broken else ""
            self.said = {"progress": progress, "gap": gap_words(reading, self.first), "problem": problem}
            self.state, self.done = state, done

    def words(self) -> str:
        """How many epochs were planned: the same before and after the training, as the strict check needs it."""
        return f"loss and accuracy after each epoch, up to epoch {self.epochs}"

    def figure(self) -> "Figure":
        """Loss and accuracy so far, with the best epoch marked and the last words above."""
        figure, axes = plots.new_figure(1, 2, plots.FIGURE_WIDTH, 3.0)
        reading, accuracy = read(self.history), accuracy_name(self.history)
        places = shown_places(len(self.history.get("loss", ())), reading.best, MOST_IN_PICTURE)
        named = {"loss": "loss", "val_loss": "val_loss", "accuracy": accuracy, "val_accuracy": f"val_{accuracy}"}
        drawn = {name: finite(self.history[one])[places] for name, one in named.items() if one in self.history}
        charts.draw_curves(axes[0], drawn, epochs=self.epochs, numbers=list(places + self.first))
        if reading.best is not None:
            best, axis = reading.best + self.first, axes[0, 0]
            axis.axvline(best, color=charts.BLACK, linestyle=":", linewidth=1)
            axis.text(best, 0.02, f" best: {best} ", ha="right", fontsize=9, transform=axis.get_xaxis_transform())
        figure.suptitle(self.said["progress"], fontsize=10)
        return figure
