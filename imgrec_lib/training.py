"""What a learner sees while a network trains: Keras's own `fit` does the work, this callback shows how far it is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

    from imgrec_lib.watching import Watch

Logs = Mapping[str, float] | None


def monitor() -> "keras.callbacks.Callback":
    """A Keras callback that shows live curves, the time left and a stop button while `fit` runs, then a still picture.

    Give it as `fit(..., verbose=0, callbacks=[training.monitor()])`. Stop ends the training after the present
    batch and a validation, and puts the weights of the best epoch back: that with the lowest validation loss, or with
    the lowest loss where nothing is validated.
    The callback's `watch` holds the view, `watch.widget`, and after a stop the number of the epoch kept, `watch.kept`.
    """
    return _monitor_class()()


def _monitor_class() -> type["keras.callbacks.Callback"]:
    # Made on demand, so that importing this module does not import Keras.
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
