"""An exercise on building a network with dropout, judged by what the network does."""

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import is_a, library
from imgrec_lib.exercises.making import function

PICTURES, DRAWS, STEPS, CALLS = 60, 12, 8, 40
BESIDE = 2.5  # In trials at most 1.2 where dropout stands right before the last layer, and above 4 elsewhere
LITTLE, VERY_MUCH = 0.3, 4  # A rate of 0.005 gives about 0.1, one of 0.5 gives 1 to 2.5, one of 0.995 at least 8
AT_REST = "what it gives without dropout"
ORDINARY = (0.2, 0.7)  # Rates at which zeros are neither rare nor everywhere


def _answers(network: Any, pictures: np.ndarray, training: bool) -> np.ndarray:
    return np.array(network(pictures, training=training))


def _kind(logits: np.ndarray) -> str:
    """What ten numbers a picture look like."""
    if (logits < 0).any() or not logits.any():
        return "logits"
    if np.allclose(logits.sum(axis=1), 1, atol=1e-3):
        return "probabilities"
    return "numbers never below 0"


def _chance(draws: np.ndarray, quiet: np.ndarray, rate: float) -> str:
    """How much the answers in training vary from call to call, measured by how far pictures lie apart."""
    share = float(draws.std(axis=0).max() and np.sqrt(draws.var(axis=0).mean()) / max(quiet.std(), 1e-9))
    if share < LITTLE:
        return "none" if share < 1e-5 else "little"
    return "less than at so high a rate" if rate > 0.9 and share < VERY_MUCH else "much"


def _gaps(draws: np.ndarray) -> str:
    """Whether some of the ten logits of a picture, but not all, are exactly 0 in training."""
    zeros = (draws == 0).sum(axis=-1)
    return "logits" if ((zeros > 0) & (zeros < 10)).mean() > 0.2 else "what comes before them"


def _at_rest(answer: Callable, network: Any, tiled: np.ndarray) -> np.ndarray | None:
    """The answers in training with the same weights and a rate of 0; None where these can't be had."""
    still, weights = answer(0.0), network.get_weights()
    still(tiled[:1])
    if [weight.shape for weight in still.get_weights()] != [weight.shape for weight in weights]:
        return None
    still.set_weights(weights)
    rests = _answers(still, tiled, True).reshape(DRAWS, PICTURES, 10)
    return rests[0] if np.allclose(rests, rests[0], rtol=1e-3, atol=1e-3) and rests.std() > 1e-6 else None


def _mean_in_training(network: Any, tiled: np.ndarray, rest: np.ndarray | None) -> str:
    """Whether many calls in training give, on average, what the network gives with the same weights and a rate of 0.

    They do where nothing but sums comes after the dropout: a layer with ReLU after it would shift the average.
    """
    if rest is None:
        return AT_REST
    draws = np.concatenate([_answers(network, tiled, True).reshape(DRAWS, PICTURES, 10) for _ in range(CALLS)])
    by_chance = draws.var(axis=0).mean() / len(draws)
    return AT_REST if ((draws.mean(axis=0) - rest) ** 2).mean() < BESIDE * by_chance else "something else"


def _trained(keras: Any, network: Any, pictures: np.ndarray, labels: np.ndarray) -> str:
    """Whether a few steps make the loss smaller."""
    if not network.trainable_weights:
        return "no smaller loss"
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    before = float(loss(labels, network(pictures, training=True)))
    network.compile(keras.optimizers.Adam(0.003), loss=loss, run_eagerly=True)
    with warnings.catch_warnings(action="ignore"):  # Layers that learn nothing make Keras speak
        for _ in range(STEPS):
            network.train_on_batch(pictures, labels)
    return "a smaller loss" if float(loss(labels, network(pictures, training=True))) < before else "no smaller loss"


def _shape(logits: np.ndarray) -> str:
    if logits.shape == (PICTURES, 10):
        return f"{PICTURES} × 10"
    return f"{PICTURES} × another number" if logits.ndim == 2 else "another number of axes"


def _facts(answer: Callable, network: Any, rate: float) -> dict[str, str]:
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, (PICTURES, 8, 8, 1)).astype("float32")
    try:
        quiet = _answers(network, pictures, False)
    except ValueError:
        return {"shape of the answers for 60 pictures": "none, for the pictures don't fit in"}
    facts = {"shape of the answers for 60 pictures": _shape(quiet)}
    if quiet.shape != (PICTURES, 10):
        return facts
    facts["the answers are"] = _kind(quiet)
    again = np.array(network(pictures))
    facts["two predictions for one picture"] = "are the same" if np.allclose(again, quiet) else "differ"
    if facts["the answers are"] != "logits" or facts["two predictions for one picture"] == "differ":
        return facts
    tiled = np.tile(pictures, (DRAWS, 1, 1, 1))
    draws = _answers(network, tiled, True).reshape(DRAWS, PICTURES, 10)
    rest = _at_rest(answer, network, tiled) if rate else None
    facts["chance in training"] = _chance(draws, quiet if rest is None else rest, rate)
    if ORDINARY[0] < rate < ORDINARY[1]:
        facts["zeros in training fall on"] = _gaps(draws)
        facts["many calls in training give on average"] = _mean_in_training(network, tiled, rest)
    if rate == 0 and facts["chance in training"] == "none":
        labels = generator.integers(0, 10, PICTURES)
        facts["a few steps of training give"] = _trained(library(answer, "keras"), network, pictures, labels)
    return facts


def _observed(answer: Callable, rate: float) -> Any:
    library(answer, "keras").utils.set_random_seed(0)
    network = answer(rate)
    if network is None or network is ...:
        return network
    if not is_a(network, "keras.Model"):
        return {"what comes back": "no network"}
    return {"what comes back": "a network"} | _facts(answer, network, rate)


_remembered = functools.cache(_observed)


def behaviour(answer: Callable, rate: float) -> Any:
    """What the network of an answer does with some pictures, outside training and in it.

    Networks take time to build: what the reference and the misconceptions do is looked at once for each rate.
    """
    known = [dropout_network.reference, *(one for wrong in dropout_network.misconceptions for one in wrong.answers)]
    return _remembered(answer, rate) if any(answer is one for one in known) else _observed(answer, rate)


@function(
    "04.dropout_network",
    seconds=30.0,
    observe_with=behaviour,
    hints=(
        "Between which two layers must the zeros fall, so that the last layer never knows which inputs will come?",
        "Stack Input, Rescaling, Flatten, a dense layer with ReLU, the dropout, and a dense layer without "
        "activation, in this order.",
        "`keras.layers.Dropout(rate)` stands just before `keras.layers.Dense(10)`. Keras itself switches it off at "
        "prediction. Don't forget to return the network.",
    ),
    praise="One layer more in the list, and Keras does the rest: random zeros while it trains, and none when it "
    "predicts.",
)
def dropout_network(rate: float) -> Any:
    """A network for pictures of 8 × 8 × 1 that gives ten logits, with dropout before its last dense layer."""
    import keras

    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Rescaling(1 / 127.5, offset=-1),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(rate),
            keras.layers.Dense(10),
        ]
    )


@dropout_network.cases
def _rates(generator: np.random.Generator) -> Iterator[tuple[float]]:
    yield (round(float(generator.uniform(0.3, 0.6)), 2),)
    yield (0.0,)
    yield (round(float(generator.uniform(0.994, 0.996)), 4),)
