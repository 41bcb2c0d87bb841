"""The network of lesson 3, trained from nothing on photographs of one's own."""

from collections.abc import Callable

import numpy as np

from imgrec_lib.models import classic_network
from imgrec_lib.quiet import quiet
from imgrec_lib.recognising.checkpoints import Checkpoints
from imgrec_lib.recognising.epochs import History, Lesson, Plan, class_weights, learn
from imgrec_lib.recognising.features import changed

EPOCHS, PATIENCE = 40, 8
SIDE, SMALLEST_SIDE, LARGEST_SIDE = 64, 32, 96


def checked_side(side: int | None) -> int:
    """The side of the pictures in pixels: 64 where none is asked for, else one from 32 to 96."""
    if side is not None and not SMALLEST_SIDE <= side <= LARGEST_SIDE:
        raise ValueError(
            f"a side of {side} pixels does not fit --from-scratch; give --side {SMALLEST_SIDE} to {LARGEST_SIDE}, "
            f"or leave it out for {SIDE}"
        )
    return side or SIDE


def train_from_scratch(
    images: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    classes: int,
    checkpoints: Checkpoints,
    *,
    epochs: int | None = None,
    seed: int = 0,
    hear: Callable[[History, int], None] = lambda history, epochs: None,
) -> tuple[list[np.ndarray], History]:
    """The weights in the order of the layers, and the curves.

    images: uint8, count × side × side × 3. Half of them are mirrored and all are cropped a little, anew in each epoch.
    """
    with quiet():
        import keras

    keras.utils.set_random_seed(seed)
    network = classic_network(images.shape[1:], classes, dropout=0.5)
    network.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
        jit_compile=False,
    )

    def pictures(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        generator = np.random.default_rng([seed, epoch])
        places = generator.permutation(len(images))
        half = len(places) // 2
        parts = [changed(images[places[:half]], 2, seed + epoch), changed(images[places[half:]], 3, seed + epoch)]
        order = generator.permutation(len(places))
        return places[order], np.concatenate(parts)[order]

    lesson = Lesson(pictures, labels, class_weights(labels), validation)
    history = learn(network, lesson, Plan(epochs or EPOCHS, PATIENCE, "epoch", hear), checkpoints)
    return [np.asarray(one) for layer in network.layers for one in layer.weights], history
