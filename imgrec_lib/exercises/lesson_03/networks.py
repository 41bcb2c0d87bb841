"""An exercise on a whole network, built and trained by the learner, and judged by what it says of new pictures."""

import functools
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.exercises.elsewhere import library
from imgrec_lib.exercises.lesson_03.behaviour import DEMANDED, behaviour
from imgrec_lib.exercises.making import function
from imgrec_lib.quiet import quiet

if TYPE_CHECKING:
    import keras

KINDS = (1, 2, 5, 8, 9)  # Trouser, pullover, sandal, bag and ankle boot: a few hundred pictures teach them well
TRAINING_PICTURES, NEW_PICTURES = 600, 250


def _observed(answer: Any, images: np.ndarray, labels: np.ndarray, classes: int, *new: np.ndarray) -> Any:
    """What the network does that the answer trains; what it should do is known without training the reference."""
    if answer is train_network.reference:
        return dict(DEMANDED)
    library(answer, "keras").utils.set_random_seed(0)  # The same answer gets the same verdict each time
    return behaviour(answer(images, labels, classes), classes, *new)


@function(
    "03.train_network",
    seconds=30.0,
    observe_with=_observed,
    hints=(
        "What must go in, height × width × channels, and how many numbers must come out of the last layer?",
        "Build as the lesson built for two classes, but with `classes` outputs; then compile, fit, and give it back.",
        "The last layer is `Dense(classes)` without an activation, and the loss gets `from_logits=True`. "
        'Ten epochs with `optimizer="adam"` are enough.',
    ),
    praise="Layers, loss, fit: these few lines serve for boots and bags, and for whatever else you have labels for.",
)
def train_network(images: np.ndarray, labels: np.ndarray, classes: int) -> "keras.Model":
    """A trained Keras network that gives logits, one for each class, for pictures as they are, 0 to 255."""
    model = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(16, kernel_size=3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    model.fit(images, labels, epochs=10, verbose=0)
    return model


@functools.cache
def _clothing() -> tuple[np.ndarray, np.ndarray]:
    """Pictures of five kinds, cut to 24 × 20 pixels, and their labels, 0 to 4."""
    from imgrec_lib import datasets

    train = datasets.load("fashion_mnist").train
    chosen = np.isin(train.labels, KINDS)
    return train.images[chosen][:5000, 2:26, 4:24], np.searchsorted(KINDS, train.labels[chosen][:5000])


@train_network.cases
def _few_pictures(generator: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    gc.collect()  # Dozens of forgotten networks take seconds to clear away: not in the time of an answer
    images, labels = _clothing()
    order = generator.permutation(len(images))
    old, new = order[:TRAINING_PICTURES], order[TRAINING_PICTURES : TRAINING_PICTURES + NEW_PICTURES]
    yield images[old], labels[old], len(KINDS), images[new], labels[new]


def _kept(answer):
    """The same answer, which remembers its networks of the last data sets: a wrong one need not be made twice."""
    networks = {}

    def remembering(images, labels, classes):
        key = hash(images.tobytes())
        if key not in networks:
            networks.update({key: answer(images, labels, classes)})
        return networks[key]

    return remembering


def _untrained(outputs, activation=None, weights="glorot_uniform"):
    """An answer that gives a network which was never trained."""

    def answer(images, labels, classes):
        import keras

        return keras.Sequential(
            [
                keras.Input(images.shape[1:]),
                keras.layers.Rescaling(1 / 255),
                keras.layers.Flatten(),
                keras.layers.Dense(outputs or classes, activation=activation, kernel_initializer=weights),
            ]
        )

    return _kept(answer)


def _straight(images, labels, classes, scale):
    """A trained network without an activation."""
    import keras

    network = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            keras.layers.Rescaling(scale),
            keras.layers.Flatten(),
            keras.layers.Dense(classes),
        ]
    )
    network.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    network.fit(images, labels, epochs=8, verbose=0)
    return network


@_kept
def _without_relu(images, labels, classes):
    return _straight(images, labels, classes, scale=1 / 255)


@_kept
def _with_raw_pixels(images, labels, classes):
    return _straight(images, labels, classes, scale=1.0)


def _scaled_afterwards(factor):
    """An answer whose network is right often, and far too sure or unsure: its logits are multiplied."""

    def answer(images, labels, classes):
        import keras

        return keras.Sequential([_without_relu(images, labels, classes), keras.layers.Rescaling(factor)])

    return _kept(answer)


@_kept
def _without_from_logits(images, labels, classes):
    import keras

    network = _untrained(classes)(images, labels, classes)
    network.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy())
    return network


def _outputs_that_do_not_fit(images, labels, classes):
    import keras

    network = _untrained(1)(images, labels, classes)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer="adam", loss=loss, run_eagerly=True)
    with quiet():  # TensorFlow says it on stderr too
        network.fit(images, labels, verbose=0)
    return network


@_kept
def _history(images, labels, classes):
    import keras

    network = _untrained(classes)(images, labels, classes)
    network.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return network.fit(images[:1], labels[:1], verbose=0)


train_network.misconception(
    "You give back what `fit` returns, the history of the losses: end with `return` and the network itself.", _history
)
train_network.misconception(
    "You give back numbers, not the network: end with `return` and the network itself, which is not asked yet.",
    lambda images, labels, classes: np.zeros((len(images), classes)),
    lambda images, labels, classes: 0.0,
)
train_network.misconception(
    "You give back two things: the network alone is asked for, without the history of its losses.",
    lambda images, labels, classes: (None, None),
    lambda images, labels, classes: [None, None],
)
train_network.misconception(
    "The last layer has one output: with more than two classes it needs one for each, so `classes` of them.",
    _untrained(1),
    _untrained(1, "sigmoid"),
)
train_network.misconception(
    "The number of outputs is typed in: this data has another number of classes, and `classes` says how many.",
    _untrained(10),
    _untrained(10, "softmax"),
)
train_network.misconception(
    "Outputs and labels do not fit, so `fit` stopped: one output a class, and a loss for labels that are numbers.",
    _outputs_that_do_not_fit,
)
train_network.misconception(
    "Your numbers add up to 1, so softmax stands at the end: logits are asked for, and the loss takes softmax itself.",
    _untrained(None, "softmax"),
)
train_network.misconception(
    "All your numbers lie between 0 and 1, so a sigmoid stands at the end: logits may be anything, leave it away.",
    _untrained(None, "sigmoid"),
)
train_network.misconception(
    "None of your numbers is below 0, so ReLU stands at the end: there it cuts scores off, leave it away.",
    _untrained(None, "relu", weights="ones"),
)
train_network.misconception(
    "Each picture gets the same numbers, so the network is dead: try a learning rate near 0.001, and ReLU inside only.",
    _untrained(None, weights="zeros"),
)
train_network.misconception(
    "The loss takes your logits for probabilities, so it leads nowhere: tell it `from_logits=True`.",
    _without_from_logits,
)
train_network.misconception(
    "It knows next to nothing of new pictures: call `fit` with each picture's own label, and a rate near 0.001.",
    _untrained(None),
)
train_network.misconception(
    "It has learned something, and not enough: let `fit` go through the pictures more often, at a rate near 0.001.",
    _scaled_afterwards(0.1),
)
train_network.misconception(
    "It is often right, and far too sure where it is wrong: bring pixels to 0 … 1 by a `Rescaling` layer inside it.",
    _scaled_afterwards(100.0),
    _with_raw_pixels,
)
train_network.misconception(
    "Without ReLU all your layers together are one single weighted sum: give the layers before the last one a ReLU.",
    _without_relu,
)
