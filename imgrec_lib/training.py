"""What a learner sees while a network trains: Keras's own `fit` does the work, these callbacks show how far it is."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from imgrec_lib.progress import Line, remaining

if TYPE_CHECKING:
    import keras

    from imgrec_lib.watching import Watch

SECONDS_BETWEEN_PICTURES = 1.0
Logs = Mapping[str, float] | None


def _epoch_text(epoch: int, epochs: int, seconds: float, done: float) -> str:
    left = remaining(seconds, done)
    return f"epoch {epoch + 1} of {epochs}" + (f", {left}" if left else "")


def live_line() -> "keras.callbacks.Callback":
    """A Keras callback that shows one live line, epoch and time left, and leaves nothing behind."""
    return _live_line_class()()


def monitor() -> "keras.callbacks.Callback":
    """A Keras callback that shows live curves, the time left and a stop button while `fit` runs, then a still picture.

    Give it as `fit(..., verbose=0, callbacks=[training.monitor()])`. Stop ends the training after the present
    batch and a validation, and puts the weights of the best epoch back: that with the lowest validation loss, or with
    the lowest loss where nothing is validated.
    The callback's `watch` holds the view, `watch.widget`, and after a stop the number of the epoch kept, `watch.kept`.
    """
    return _monitor_class()()


def live_curves() -> "keras.callbacks.Callback":
    """A Keras callback that draws loss and accuracy while `fit` runs, and leaves the curves as a still picture.

    Give it as `fit(..., verbose=0, callbacks=[training.live_curves()])`. Above the picture stands the time left.
    """

    class LiveCurves(_live_line_class()):
        def on_train_begin(self, logs: Logs = None) -> None:
            super().on_train_begin(logs)
            self._history: dict[str, list[float]] = {}
            self._picture = _Picture(self.params["epochs"])

        def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
            for name, value in (logs or {}).items():
                self._history.setdefault(name, []).append(float(value))
            self._picture.draw(self._history, last=False)

        def on_train_end(self, logs: Logs = None) -> None:
            super().on_train_end(logs)
            self._picture.draw(self._history, last=True)

    return LiveCurves()


def _live_line_class() -> type["keras.callbacks.Callback"]:
    # Made on demand, so that importing this module does not import Keras.
    import keras

    class LiveLine(keras.callbacks.Callback):
        def on_train_begin(self, logs: Logs = None) -> None:
            self._line, self._start, self._epoch = Line(), time.monotonic(), 0

        def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
            self._epoch = epoch

        def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
            epochs, steps = self.params["epochs"], self.params.get("steps") or batch + 1
            done = (self._epoch + (batch + 1) / steps) / epochs
            self._line.show(_epoch_text(self._epoch, epochs, time.monotonic() - self._start, done), done)

        def on_train_end(self, logs: Logs = None) -> None:
            self._line.close()

    return LiveLine


def _monitor_class() -> type["keras.callbacks.Callback"]:
    import keras

    from imgrec_lib.watching import Watch

    class Monitor(keras.callbacks.Callback):
        watch: "Watch | None" = None

        def on_train_begin(self, logs: Logs = None) -> None:
            if self.watch is not None:
                self.watch.interrupted()
            self.watch = Watch(self.params["epochs"], self.params.get("steps"))

        def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
            self.watch.epoch_begins(epoch)

        # At the beginning of a batch Keras hands over no numbers, so it need not wait for them.
        def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
            self.watch.batch_begins(batch)
            self._stop_if_asked()

        def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
            self.watch.epoch_ended(logs or {}, self.model.get_weights)
            self._stop_if_asked()

        def on_train_end(self, logs: Logs = None) -> None:
            self.watch.ended(self.model.set_weights)

        def _stop_if_asked(self) -> None:
            if self.watch.stop:
                self.model.stop_training = True

    return Monitor


class _Picture:
    """Learning curves in one display of a notebook, drawn anew at most once a second."""

    def __init__(self, epochs: int) -> None:
        from IPython.display import DisplayHandle

        self._epochs, self._last = epochs, 0.0
        self._handle = DisplayHandle()
        self._handle.display(self._bundle({}), raw=True)

    def _bundle(self, history: Mapping[str, list[float]]) -> dict[str, object]:
        from imgrec_lib.charts import draw_curves
        from imgrec_lib.plots import FIGURE_WIDTH, new_figure, png

        figure, axes = new_figure(1, 2, FIGURE_WIDTH, 2.7)
        draw_curves(axes[0], history, self._epochs)
        return {"text/plain": "Learning curves: loss and accuracy after each epoch", "image/png": png(figure)}

    def draw(self, history: Mapping[str, list[float]], last: bool) -> None:
        now = time.monotonic()
        if last or now - self._last >= SECONDS_BETWEEN_PICTURES:
            self._handle.update(self._bundle(history), raw=True)
            self._last = now
