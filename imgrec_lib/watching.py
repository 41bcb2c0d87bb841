"""One training under watch: when the view is told, what the stop button does, which weights are the best so far."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from imgrec_lib.progress import remaining
from imgrec_lib.widgets.learning_curves import History, read
from imgrec_lib.widgets.training_monitor import TrainingMonitor
from imgrec_lib.widgets.while_busy import hearing, kernel

SECONDS_BETWEEN_VIEWS, SECONDS_BETWEEN_EARS = 0.2, 0.05
NAMES = {"val_loss": "validation loss", "loss": "loss"}
Weights = Sequence[np.ndarray]


class Watch:
    """The watch over one `fit` of `epochs` epochs, each of `steps` batches where that is known.

    `widget` is the view, and `stop` says whether its button was pressed. Without a kernel nothing is
    shown and nothing is kept.
    """

    def __init__(self, epochs: int, steps: int | None) -> None:
        self.widget, self.kept = TrainingMonitor(epochs), None
        self._steps, self._epoch, self._share, self._weights = steps, 0, 0.0, None
        self._start, self._first, self._shown, self._heard = time.monotonic(), None, 0.0, 0.0
        self._handle, self._hear = None, lambda: None
        if kernel() is not None:
            self._display()

    @property
    def stop(self) -> bool:
        """Whether the training should end now."""
        return self.widget.stop_asked

    def _display(self) -> None:
        from IPython import get_ipython
        from IPython.display import display

        self._handle, self._hear = display(self.widget, display_id=True), hearing(self.widget)
        get_ipython().events.register("post_run_cell", self._cell_ended)

    def listen(self) -> None:
        """Handle a click that waits; often enough, and never more than 20 times a second."""
        now = time.monotonic()
        if now - self._heard >= SECONDS_BETWEEN_EARS:
            self._heard = now
            self._hear()

    def epoch_begins(self, epoch: int) -> None:
        """Note which epoch runs, counted from 0."""
        if self._first is None:
            self._first, self.widget.first = epoch, epoch + 1
        self._epoch, self._share = epoch, 0.0

    def batch_begins(self, done: int) -> None:
        """Note that `done` batches of this epoch lie behind."""
        self._share = min(1.0, done / self._steps) if self._steps else 0.0
        self.listen()
        self._view()

    def epoch_ended(self, logs: History, weights: Callable[[], Weights]) -> None:
        """Take the measures of an epoch, and its weights where they are the best so far."""
        self.widget.add(logs)
        self._epoch, self._share = self._epoch + 1, 0.0
        best = read(self.widget.history).best
        if self._handle is not None and best == len(self.widget.history["loss"]) - 1:
            self._weights = weights()
        self.listen()
        self._view()

    def ended(self, put_back: Callable[[Weights], None]) -> None:
        """Put the best weights back after a stop, and leave a still picture."""
        if self.stop:
            self._keep_best(put_back)
        self._close("stopped" if self.stop else "finished", self._last_words())

    def interrupted(self, name: str = "") -> None:
        """Leave a still picture of a training that never came to its end; afterwards nothing happens."""
        if self._handle is not None:
            why = f" by {name}" if name else ""
            words = f"Interrupted{why} in epoch {self._epoch + 1} of {self.widget.epochs}."
            self._close("interrupted", f"{words} The network holds the weights of that moment.")

    def _cell_ended(self, result: Any = None) -> None:
        error = getattr(result, "error_in_exec", None)
        self.interrupted(type(error).__name__ if error is not None else "")

    def _view(self) -> None:
        now = time.monotonic()
        if self._handle is None or now - self._shown < SECONDS_BETWEEN_VIEWS:
            return
        self._shown, epochs = now, self.widget.epochs
        first = self._first or 0
        done = (self._epoch + self._share - first) / max(1, epochs - first)
        left = remaining(now - self._start, done)
        words = f"Epoch {min(self._epoch + 1, epochs)} of {epochs}" + (f", {left}." if left else ".")
        self.widget.tell("training", words, done)

    def _keep_best(self, put_back: Callable[[Weights], None]) -> None:
        best = read(self.widget.history).best
        if best is not None and self._weights is not None:
            put_back(self._weights)
            self.kept = best + self.widget.first

    def _last_words(self) -> str:
        reading, epochs = read(self.widget.history), self.widget.epochs
        name, ended = NAMES[reading.measure], len(self.widget.history.get("loss", ())) + self.widget.first - 1
        if not self.stop:
            found = (
                "" if reading.best is None else f" The {name} was lowest in epoch {reading.best + self.widget.first}."
            )
            return f"Finished: {ended} of {epochs} epochs.{found}"
        if self.kept is None:
            return f"Stopped in epoch {ended} of {epochs}. No loss is a number, so the weights stay as they are."
        return f"Stopped in epoch {ended} of {epochs}. Kept: the weights of epoch {self.kept}, with the lowest {name}."

    def _close(self, state: str, words: str) -> None:
        done = self.widget.done if state == "interrupted" else 1.0
        self.widget.tell(state, words, done)
        if self._handle is not None:
            from IPython import get_ipython

            handle, self._handle, self._hear, self._weights = self._handle, None, lambda: None, None
            get_ipython().events.unregister("post_run_cell", self._cell_ended)
            handle.update(self.widget)
