"""Measures what lesson 4's playground shows: learning curves for every size of training set, dropout and L2 strength.

    python benchmarks/overfitting_playground.py [--seeds N] [--output FILE]

Took 29 minutes on one core that did other work too. The widget reads thousandths, the mean over the seeds.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib import datasets, models
from imgrec_lib.datasets import Split
from imgrec_lib.quiet import quiet

if TYPE_CHECKING:
    import keras

RESULTS = Path(models.__file__).parent / "widgets" / "overfitting_results.json"
SIZES, RATES, STRENGTHS = (40, 80, 120, 200), (0, 0.25, 0.5, 0.75), (0, 0.001, 0.01, 0.1)
EPOCHS, STEPS, LEARNING_RATE = 40, 8, 0.001  # Eight steps an epoch as in the lesson, whatever the size
CURVES = ("accuracy", "val_accuracy", "loss", "val_loss", "test_accuracy")


def part(train: Split, size: int, seed: int) -> Split:
    """The first `size` training pictures, as many of each class, in an order that the seed gives."""
    order = np.random.default_rng(seed).permutation(len(train))
    each = size // len(np.unique(train.labels))
    chosen = [order[train.labels[order] == label][:each] for label in np.unique(train.labels)]
    return Split(train.images[np.concatenate(chosen)], train.labels[np.concatenate(chosen)])


def scores(model: "keras.Model", split: Split) -> tuple[float, float]:
    """Accuracy and cross-entropy, without dropout and without the penalty, of the network as it is now."""
    logits = np.asarray(model(split.images), dtype=float)
    logits -= logits.max(axis=1, keepdims=True)
    true = logits[np.arange(len(split)), split.labels]
    return float((logits.argmax(axis=1) == split.labels).mean()), float(
        (np.log(np.exp(logits).sum(axis=1)) - true).mean()
    )


def train(data: datasets.Dataset, size: int, rate: float, strength: float, seed: int) -> np.ndarray:
    """The five curves of one training, curves × epochs."""
    with quiet():
        import keras
        import tensorflow as tf

    chosen, rows = part(data.train, size, seed), []

    def note(epoch: int, logs: object) -> None:
        split_scores = [scores(model, one) for one in (chosen, data.validation, data.test)]
        (accuracy, loss), (val_accuracy, val_loss), (test_accuracy, _) = split_scores
        rows.append((accuracy, val_accuracy, loss, val_loss, test_accuracy))

    keras.utils.set_random_seed(seed)
    model = models.small_network((48, 48, 1), 10, dropout=rate, l2=strength)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss=loss, steps_per_execution=STEPS)
    pairs = tf.data.Dataset.from_tensor_slices((chosen.images, chosen.labels)).cache()
    batches = pairs.shuffle(size).batch(size // STEPS)
    watcher = keras.callbacks.LambdaCallback(on_epoch_end=note)
    model.fit(batches, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[watcher])
    keras.backend.clear_session()
    return np.transpose(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train every setting, print a line each, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2, help="trainings of each setting (default 2)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the file to write")
    chosen = parser.parse_args(arguments)
    if chosen.seeds < 1:
        parser.error(f"--seeds is {chosen.seeds}, but each setting must be trained at least once")
    data, start, curves = datasets.load("materials"), time.monotonic(), []
    for setting in itertools.product(SIZES, RATES, STRENGTHS):
        mean = np.mean([train(data, *setting, seed) for seed in range(1, chosen.seeds + 1)], axis=0)
        curves.append(np.rint(mean * 1000).astype(int).tolist())
        last = dict(zip(CURVES, mean[:, -1]))
        print(*setting, {name: round(float(value), 3) for name, value in last.items()}, flush=True)
    table = {"sizes": SIZES, "dropout": RATES, "l2": STRENGTHS, "epochs": EPOCHS, "seeds": chosen.seeds}
    chosen.output.write_text(json.dumps({**table, "curves": curves}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{chosen.output}: {len(curves)} settings in {(time.monotonic() - start) / 60:.0f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
