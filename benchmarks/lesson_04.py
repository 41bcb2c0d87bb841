"""Measures lesson 4 at length: every remedy against overfitting, on materials, over several seeds.

python benchmarks/lesson_04.py [--seeds N] [--epochs N] [--per-class N]
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib import datasets, models
from imgrec_lib.quiet import quiet

if TYPE_CHECKING:
    import keras

BATCH, RATE, STRENGTH, PATIENCE = 25, 0.6, 0.001, 5
SHAPE, CLASSES = (48, 48, 1), 10


@dataclass(frozen=True)
class Remedy:
    """A way to build the network, and what its training is given besides."""

    build: Callable[[], "keras.Model"]
    callbacks: Callable[[], list] = field(default=list)


def changes() -> list["keras.layers.Layer"]:
    """The augmentation of lesson 4, fresh layers each time."""
    from keras import layers

    return [
        layers.RandomFlip("horizontal_and_vertical"),
        layers.RandomRotation(30 / 360, fill_mode="reflect"),
        layers.RandomZoom(0.15, fill_mode="reflect"),
    ]


def stopper() -> list["keras.callbacks.Callback"]:
    """Early stopping as in lesson 4."""
    from keras.callbacks import EarlyStopping

    return [EarlyStopping(monitor="val_loss", patience=PATIENCE, restore_best_weights=True)]


REMEDIES = {
    "nothing": Remedy(lambda: models.small_network(SHAPE, CLASSES)),
    "L2": Remedy(lambda: models.small_network(SHAPE, CLASSES, l2=STRENGTH)),
    "early stopping": Remedy(lambda: models.small_network(SHAPE, CLASSES), stopper),
    "dropout": Remedy(lambda: models.small_network(SHAPE, CLASSES, dropout=RATE)),
    "augmentation": Remedy(lambda: models.small_network(SHAPE, CLASSES, augmentation=changes())),
    "both": Remedy(lambda: models.small_network(SHAPE, CLASSES, dropout=RATE, augmentation=changes())),
}


def measure(remedy: Remedy, data: datasets.Dataset, seed: int, epochs: int) -> tuple[float, float, float]:
    """Training accuracy, test accuracy and test loss of one training."""
    import keras
    from tensorflow.data import Dataset

    keras.utils.set_random_seed(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model, callbacks = remedy.build(), remedy.callbacks()
    model.compile("adam", loss=loss, metrics=["accuracy"], steps_per_execution=8)
    train = Dataset.from_tensor_slices((data.train.images, data.train.labels)).cache().shuffle(len(data.train))
    held_out = Dataset.from_tensor_slices((data.validation.images, data.validation.labels)).batch(100)
    model.fit(
        train.batch(BATCH),
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
        validation_data=held_out if callbacks else None,
    )
    train_logits, test_logits = (np.array(model(part.images)) for part in (data.train, data.test))
    right = [
        np.mean(logits.argmax(axis=1) == part.labels)
        for logits, part in ((train_logits, data.train), (test_logits, data.test))
    ]
    return float(right[0]), float(right[1]), float(loss(data.test.labels, test_logits))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each remedy, then what dropout is worth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--per-class", type=int, default=20)
    options = parser.parse_args(arguments)
    with quiet():
        import keras  # noqa: F401
    data = datasets.load("materials", per_class=options.per_class)
    found = {}
    print(f"{'':16} training       test            gap    test loss")
    for name, remedy in REMEDIES.items():
        rows = np.array([measure(remedy, data, seed, options.epochs) for seed in range(1, options.seeds + 1)])
        (train, test, loss), (_, spread, loss_spread) = rows.mean(axis=0), rows.std(axis=0, ddof=1)
        shown = f"{test:.3f} ± {spread:.3f}    {train - test:.3f}    {loss:.2f} ± {loss_spread:.2f}"
        print(f"{name:16} {train:.3f}    {shown}", flush=True)
        found[name] = rows[:, 1]
    gains = found["dropout"] - found["nothing"]
    print(
        f"dropout gains {gains.mean():.3f} ± {gains.std(ddof=1):.3f} of test accuracy, seed by seed from "
        f"{gains.min():.3f} to {gains.max():.3f}: ratio {found['dropout'].mean() / found['nothing'].mean():.2f}"
    )


if __name__ == "__main__":
    main()
