"""Trains lesson 3's network on Fashion-MNIST with the lesson's recipe, once a seed: test accuracy and training seconds.

    python benchmarks/lesson_03.py [--seeds N]

The promise, on two cores: at least 88 % of the 10,000 test images after less than 60 seconds of training.
"""

import argparse
import math
import sys
import time
from collections.abc import Sequence

import numpy as np

from imgrec_lib import datasets, evaluation, models
from imgrec_lib.quiet import quiet

ACCURACY, SECONDS = 0.88, 60.0
BATCH_SIZE, EPOCHS, LEARNING_RATE = 64, 3, 0.002


def train(dataset: datasets.Dataset, seed: int) -> tuple[float, float]:
    """Test accuracy and training seconds of one network, validation after each epoch included."""
    with quiet():
        import keras

    keras.utils.set_random_seed(seed)
    model = models.classic_network(dataset.train.images.shape[1:], len(dataset.class_names))
    steps = math.ceil(len(dataset.train) / BATCH_SIZE) * EPOCHS
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, decay_steps=steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    start = time.monotonic()
    model.fit(
        dataset.train.images,
        dataset.train.labels,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        verbose=0,
        validation_data=(dataset.validation.images, dataset.validation.labels),
    )
    seconds = time.monotonic() - start
    answers = model.predict(dataset.test.images, batch_size=500, verbose=0).argmax(axis=1)
    return evaluation.accuracy(dataset.test.labels, answers), seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a seed, then mean and spread; returns 1 where a seed misses the promise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many networks to train (default 3)")
    chosen = parser.parse_args(arguments)
    if chosen.seeds < 1:
        parser.error(f"--seeds is {chosen.seeds}, but at least 1 network must be trained")
    dataset = datasets.load("fashion_mnist")
    results = []
    for seed in range(1, chosen.seeds + 1):
        results.append(train(dataset, seed))
        print(f"seed {seed}: test accuracy {results[-1][0]:.4f} after {results[-1][1]:.1f} s of training", flush=True)
    accuracies, seconds = np.array(results).T
    print(
        f"slowest training {seconds.max():.1f} s (limit {SECONDS:.0f} s), worst accuracy {accuracies.min():.4f} "
        f"(limit {ACCURACY})"
    )
    print(f"test accuracy over {chosen.seeds} seeds: {accuracies.mean():.4f} ± {accuracies.std():.4f}")
    return 0 if accuracies.min() >= ACCURACY and seconds.max() < SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
