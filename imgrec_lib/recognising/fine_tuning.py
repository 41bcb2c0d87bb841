"""Letting the last blocks of the backbone learn too, gently, from where the head stands."""

from collections.abc import Callable

import numpy as np

from imgrec_lib.quiet import quiet
from imgrec_lib.recognising.checkpoints import Checkpoints
from imgrec_lib.recognising.epochs import BATCH, History, Lesson, Plan, best_epoch, class_weights, learn
from imgrec_lib.recognising.features import Eyes
from imgrec_lib.recognising.heads import BIAS, KERNEL, Head

# Measured on CIFAR-10 with 2 × 200 photographs: see `fine_tune`.
FEWEST_PER_CLASS = 100
EPOCHS, PATIENCE = 5, 3
LEARNING_RATE = 5e-5


def fine_tune(
    eyes: Eyes,
    head: Head,
    maps: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    checkpoints: Checkpoints,
    *,
    epochs: int | None = None,
    seed: int = 0,
    hear: Callable[[History, int], None] = lambda history, epochs: None,
) -> tuple[dict[str, np.ndarray], History, bool]:
    """The weights of the tail and the head by layer and variable, the curves, and whether it was better than before.

    maps: float16, copies · count × height × width × channels, one copy of all pictures after the other; labels: of the
    `count` pictures. Each epoch takes one copy of each picture. Where no epoch has a lower validation loss than the
    start, the weights are those of the start.
    """
    with quiet():
        import keras

    keras.utils.set_random_seed(seed)
    network = _network(eyes, head, epochs or EPOCHS, len(labels))

    def pictures(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        generator = np.random.default_rng([seed, epoch])
        places = generator.permutation(len(labels))
        copies = generator.integers(0, len(maps) // len(labels), size=len(labels))
        return places, maps[places + len(labels) * copies]

    lesson = Lesson(pictures, labels, class_weights(labels), validation)
    history = learn(network, lesson, Plan(epochs or EPOCHS, PATIENCE, "epoch", hear), checkpoints)
    dense = network.layers[-1]
    weights = {f"{layer.name}/{one.name}": np.asarray(one) for layer in eyes.tail.layers for one in layer.weights}
    weights |= {KERNEL: np.asarray(dense.kernel), BIAS: np.asarray(dense.bias)}
    return weights, history, best_epoch(history) > 0


def _network(eyes: Eyes, head: Head, epochs: int, count: int) -> "keras.Model":  # noqa: F821
    """Tail and head as one compiled network, from maps to logits."""
    import keras

    dense = keras.layers.Dense(len(head.bias))
    network = keras.Sequential([keras.Input(eyes.tail.input_shape[1:]), eyes.tail, keras.layers.Dropout(0.2), dense])
    dense.kernel.assign(head.kernel)
    dense.bias.assign(head.bias)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, epochs * max(1, count // BATCH))
    network.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
        jit_compile=False,
    )
    return network
