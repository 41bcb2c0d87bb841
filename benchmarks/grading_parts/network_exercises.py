"""The homework of `numpy_exercises` with a fourth task: a network, judged by what it is and does in one epoch.

It is graded by `imgrec grade SUBMISSIONS --out REPORT --exercises benchmarks/grading_parts/network_exercises.py`.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import is_a, library
from imgrec_lib.exercises.making import function

sys.path.append(str(Path(__file__).parent))
from numpy_exercises import convolve, max_pool, to_gray

COUNT, SIDE, CLASSES = 256, 28, 10
A_NETWORK = "a network"
FACTS = {
    "what comes back": A_NETWORK,
    "the shape of what comes out": "a row of 10 numbers for each image",
    "convolution": "there",
    "the network": "compiled",
    "the loss after an epoch": "a number",
    "the ten numbers for an image": "probabilities",
}


@dataclass(frozen=True)
class Network:
    """A network as it would be seen: the facts, and nothing that has to be built."""

    facts: dict[str, str]


def _without(fact: str, instead: str) -> Network:
    """A network that is right up to one fact."""
    names = [*FACTS]
    return Network({**{name: FACTS[name] for name in names[: names.index(fact)]}, fact: instead})


def _convolves(network: Any) -> bool:
    """Whether a Conv2D is among the layers, those of networks inside the network included."""
    for layer in network.layers:
        if is_a(layer, "keras.layers.Conv2D") or is_a(layer, "keras.Model") and _convolves(layer):
            return True
    return False


def _is_probability(numbers: Any) -> bool:
    rows = np.asarray(numbers, dtype=float)
    return rows.shape == (2, CLASSES) and bool((rows >= 0).all() and np.allclose(rows.sum(axis=1), 1, atol=1e-4))


def _trained(network: Any, images: np.ndarray, labels: np.ndarray) -> dict[str, str]:
    history = network.fit(images, labels, epochs=1, verbose=0).history
    loss = np.asarray(history["loss"], dtype=float)
    answers = network.predict(np.stack([np.zeros_like(images[0]), images[0]]), verbose=0)
    return {
        "the loss after an epoch": "a number" if loss.shape == (1,) and np.isfinite(loss).all() else "no number",
        "the ten numbers for an image": "probabilities" if _is_probability(answers) else "something else",
    }


def behaviour(answer: Callable[[], Any], seed: int) -> Any:
    """What a network is and does, fact by fact up to the first that rules the others out.

    The networks of the instructor's own are described by their facts, so that where checks run no Keras is needed.
    """
    if isinstance(answer, Network) or answer is build_cnn.reference:
        return answer.facts if isinstance(answer, Network) else dict(FACTS)
    library(answer, "keras").utils.set_random_seed(0)
    network = answer()
    if network is None or network is ...:
        return network
    if not is_a(network, "keras.Model"):
        return {"what comes back": "no network"}
    facts = {"what comes back": A_NETWORK, "the shape of what comes out": FACTS["the shape of what comes out"]}
    if tuple(network.output_shape) != (None, CLASSES):
        return facts | {"the shape of what comes out": "another one"}
    facts["convolution"] = "there" if _convolves(network) else "missing"
    facts["the network"] = "compiled" if network.compiled is True else "not compiled"
    if facts["convolution"] == "missing" or facts["the network"] == "not compiled":
        return facts
    generator = np.random.default_rng(seed)
    images = generator.random((COUNT, SIDE, SIDE, 1), dtype=np.float32)
    return facts | _trained(network, images, generator.integers(0, CLASSES, COUNT))


@function(
    "hw1.build_cnn",
    seconds=30.0,
    observe_with=behaviour,
    hints=(
        "Which layer looks at neighbouring pixels, and which one gives a number for each class?",
        "Stack Input, Conv2D, MaxPooling2D, Flatten and a Dense layer of ten with softmax, in this order.",
        "Compile it with a loss that takes whole numbers as labels, `sparse_categorical_crossentropy`, and return it.",
    ),
    praise="It looks at neighbourhoods, it trains, and what comes out for an image are ten probabilities.",
)
def build_cnn() -> Any:
    """A compiled network with a Conv2D: images of 28 × 28 × 1 in, ten class probabilities out."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@build_cnn.cases
def _seeds(generator: np.random.Generator) -> Iterator[tuple[int]]:
    yield (int(generator.integers(2**31)),)


build_cnn.misconception(
    "No network came back: give back the model itself, not its layers and not what compiling gives.",
    _without("what comes back", "no network"),
)
build_cnn.misconception(
    "Something else than ten numbers for each image comes out: flatten, and end with a dense layer of ten.",
    _without("the shape of what comes out", "another one"),
)
build_cnn.misconception(
    "There is no convolution in it: put a Conv2D first, which looks at neighbouring pixels.",
    _without("convolution", "missing"),
)
build_cnn.misconception(
    "The network has no loss to train with: call `compile` before you give it back.",
    _without("the network", "not compiled"),
)
build_cnn.misconception(
    "Ten numbers come out and they are no probabilities: the last layer needs softmax.",
    _without("the ten numbers for an image", "something else"),
)
EXERCISES = (to_gray, convolve, max_pool, build_cnn)
