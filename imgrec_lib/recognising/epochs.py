"""One training loop for every network here: each epoch is kept, the best one wins, and a kill costs one epoch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.recognising.calibration import cross_entropy
from imgrec_lib.recognising.checkpoints import Checkpoints

if TYPE_CHECKING:
    import keras

BATCH = 32
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")
History = dict[str, list[float]]
Pictures = Callable[[int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Lesson:
    """What a network learns from.

    `pictures(epoch)` gives the places of the labels and the inputs of an epoch, float32, alike for the same epoch.
    `labels` and `weights` are those of the training pictures; `validation` is the inputs and labels to choose by.
    """

    pictures: Pictures
    labels: np.ndarray
    weights: np.ndarray
    validation: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Plan:
    """How long to train: `epochs` at most, until `patience` of them in a row were no better; `steps` an epoch."""

    epochs: int
    patience: int
    stage: str
    hear: Callable[[History, int], None] = lambda history, epochs: None


def class_weights(labels: np.ndarray) -> np.ndarray:
    """A weight for each picture, float32, of mean 1, so that every class counts alike however many it has."""
    _, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return (len(labels) / (len(counts) * counts[places])).astype("float32")


def logits_of(network: "keras.Model", inputs: np.ndarray) -> np.ndarray:
    """What a network says, float32, count × classes, in batches that all have one size, so that it is traced once."""
    found = []
    for start in range(0, len(inputs), BATCH):
        batch = np.asarray(inputs[start : start + BATCH], "float32")
        padded = np.concatenate([batch, np.repeat(batch[:1], BATCH - len(batch), axis=0)])
        found.append(np.asarray(network.predict_on_batch(padded))[: len(batch)])
    return np.concatenate(found)


def learn(network: "keras.Model", lesson: Lesson, plan: Plan, checkpoints: Checkpoints) -> History:
    """Train a compiled network and leave the weights of its best epoch in it: the lowest loss on validation pictures.

    Epoch 0, before any step, counts too. It goes on from the last epoch that the checkpoints hold.
    """
    network.optimizer.build(network.trainable_variables)
    history, best = _resumed(network, checkpoints.load(plan.stage))
    if not history["val_loss"]:
        _measure(network, lesson, history)
        best = [np.array(one) for one in network.get_weights()]
    while len(history["loss"]) < plan.epochs and _waited(history) < plan.patience:
        _epoch(network, lesson, len(history["loss"]) + 1, history)
        if _waited(history) == 0:
            best = [np.array(one) for one in network.get_weights()]
        _keep(network, best, history, plan.stage, checkpoints)
        plan.hear(history, plan.epochs)
    network.set_weights(best)
    return history


def best_epoch(history: History) -> int:
    """The number of the epoch with the lowest loss on validation pictures; 0 is before training."""
    return int(np.argmin(history["val_loss"]))


def _waited(history: History) -> int:
    return len(history["val_loss"]) - 1 - best_epoch(history)


def _epoch(network: "keras.Model", lesson: Lesson, number: int, history: History) -> None:
    places, inputs = lesson.pictures(number)
    network.reset_metrics()
    # Every batch has the same size: another one would be traced anew, for seconds.
    places, inputs = _whole_batches(places), _whole_batches(inputs)
    for start in range(0, len(places), BATCH):
        chosen = places[start : start + BATCH]
        numbers = network.train_on_batch(
            np.asarray(inputs[start : start + BATCH], "float32"), lesson.labels[chosen], lesson.weights[chosen]
        )
    history["loss"].append(float(numbers[0]))
    history["accuracy"].append(float(numbers[1]))
    _measure(network, lesson, history)


def _whole_batches(items: np.ndarray) -> np.ndarray:
    if len(items) >= BATCH:
        return items[: len(items) // BATCH * BATCH]
    return items[np.arange(BATCH) % len(items)]


def _measure(network: "keras.Model", lesson: Lesson, history: History) -> None:
    inputs, labels = lesson.validation
    logits = logits_of(network, inputs)
    history["val_loss"].append(cross_entropy(logits, labels, class_weights(labels)))
    history["val_accuracy"].append(float((logits.argmax(axis=1) == labels).mean()))


def _variables(network: "keras.Model") -> list["keras.Variable"]:
    """All that goes on changing: weights, seeds of dropout, and the optimizer's own state."""
    return [*network.variables, *network.optimizer.variables]


def _keep(
    network: "keras.Model", best: Sequence[np.ndarray], history: History, stage: str, checkpoints: Checkpoints
) -> None:
    arrays = {f"state{place:04}": np.asarray(one) for place, one in enumerate(_variables(network))}
    arrays |= {f"best{place:04}": one for place, one in enumerate(best)}
    checkpoints.save(stage, arrays, {"history": history})


def _resumed(
    network: "keras.Model", kept: tuple[dict[str, np.ndarray], dict[str, Any]] | None
) -> tuple[History, list[np.ndarray]]:
    nothing: tuple[History, list[np.ndarray]] = ({name: [] for name in CURVES}, [])
    if kept is None:
        return nothing
    arrays, facts = kept
    variables, weights = _variables(network), network.get_weights()
    state = [arrays.get(f"state{place:04}") for place in range(len(variables))]
    best = [arrays.get(f"best{place:04}") for place in range(len(weights))]
    wanted = [tuple(one.shape) for one in (*variables, *weights)]
    if [None if one is None else one.shape for one in (*state, *best)] != wanted:
        return nothing
    for variable, value in zip(variables, state):
        variable.assign(value)
    return {name: list(facts["history"][name]) for name in CURVES}, best
