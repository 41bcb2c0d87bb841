"""The callback that watches a training leaves it as it is, and stops it when asked."""

import numpy as np
import pytest

from imgrec_lib import training


def fit(callbacks: list[object], epochs: int) -> dict[str, list[float]]:
    import keras

    keras.utils.set_random_seed(1)
    inputs = np.random.default_rng(1).random((40, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    labels = (inputs[:, 0] > 0.5).astype(int)
    history = model.fit(
        inputs, labels, epochs=epochs, batch_size=8, validation_split=0.2, verbose=0, callbacks=callbacks
    )
    return history.history


def test_the_monitor_does_not_change_what_is_learnt() -> None:
    assert fit([training.monitor()], 2) == fit([], 2)


def test_the_monitor_watches_every_kind_of_training(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    inputs, callback = np.random.default_rng(1).random((40, 3)), training.monitor()
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    for rate, more, words in (
        (0.01, {"validation_split": 0.2, "validation_freq": 2}, "Finished: 3 of 3 epochs. The validation loss"),
        (0.01, {"initial_epoch": 1}, "Finished: 3 of 3 epochs. The loss was lowest in epoch "),
        (1e30, {}, "Finished: 3 of 3 epochs."),
    ):
        model.compile(keras.optimizers.SGD(rate), "mse", steps_per_execution=3)
        model.fit(inputs, inputs[:, 0], epochs=3, batch_size=8, verbose=0, callbacks=[callback], **more)
        assert callback.watch.widget.state == "finished"
        assert callback.watch.widget.said["progress"].startswith(words)
    assert callback.watch.widget.said["problem"].startswith("The loss is not a number")


def test_a_stop_ends_the_training_in_the_epoch_and_keeps_the_best() -> None:
    import keras

    class Stopper(keras.callbacks.Callback):
        def on_train_begin(self, logs: object = None) -> None:
            callback.watch._handle = type("Handle", (), {"update": lambda *given: None})()

        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            if len(ends) == 2 and batch == 1:
                callback.watch.widget.stop_asked = True

        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            ends.append(self.model.get_weights())

    inputs, callback, ends = np.random.default_rng(1).random((40, 3)), training.monitor(), []
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.MonkeyPatch.context() as patch:
        shell = type("Shell", (), {"events": type("Events", (), {"unregister": lambda *given: None})()})
        patch.setattr("IPython.get_ipython", shell)
        history = model.fit(inputs, inputs[:, 0], epochs=50, batch_size=8, verbose=0, callbacks=[callback, Stopper()])
    assert len(history.history["loss"]) == len(ends) == 3
    assert callback.watch.kept == int(np.argmin(history.history["loss"])) + 1
    kept = ends[callback.watch.kept - 1]
    assert all(np.array_equal(now, then) for now, then in zip(model.get_weights(), kept))
