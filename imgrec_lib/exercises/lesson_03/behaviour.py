"""What a trained network does with new pictures, in words: up to the first thing that is not as it should be."""

from typing import Any

import numpy as np

from imgrec_lib.exercises.elsewhere import is_a

ACCURACY, LOSS = 0.85, 0.6
CLEARLY_BELOW = 0.5

DEMANDED = {
    "what comes back": "a Keras network",
    "numbers for one picture": "one for each class",
    "kind of these numbers": "logits",
    "what it has learned": "enough",
    "two pictures, one laid over the other": "not just the mean of both answers",
}


def behaviour(network: Any, classes: int, new_images: np.ndarray, new_labels: np.ndarray) -> Any:
    """Named facts about the network, those of `DEMANDED` or fewer; None or … where it is not there yet."""
    if network is None or network is ...:
        return network
    facts = dict(DEMANDED)
    if not is_a(network, "keras.Model"):
        return _stopped(facts, "what comes back", type(network).__name__)
    scores = _scores(network, new_images)
    if scores.shape != (len(new_images), classes):
        return _stopped(facts, "numbers for one picture", " × ".join(str(side) for side in scores.shape[1:]))
    if (found := _kind(scores)) != "logits":
        return _stopped(facts, "kind of these numbers", found)
    if (found := _learned(network, scores, new_images, new_labels)) != "enough":
        return _stopped(facts, "what it has learned", found)
    if _is_straight(network, new_images):
        return _stopped(facts, "two pictures, one laid over the other", "the mean of both answers")
    return facts


def _stopped(facts: dict[str, str], name: str, found: str) -> dict[str, str]:
    """The facts as far as they are known, the last one not as it should be."""
    names = list(facts)
    return {known: facts[known] for known in names[: names.index(name)]} | {name: found}


def _scores(network: Any, images: np.ndarray) -> np.ndarray:
    return np.asarray(network(images.astype("float32")), dtype=float)


def _kind(scores: np.ndarray) -> str:
    """What sort of numbers the answers are."""
    if not np.isfinite(scores).all():
        return "not finite"
    if np.ptp(scores, axis=0).max() < 1e-3:
        return "the same for each picture"
    if scores.min() < 0:
        return "logits"
    if np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        return "adding up to 1"
    return "between 0 and 1" if scores.max() <= 1 else "never below 0"


def _loss(scores: np.ndarray, labels: np.ndarray) -> float:
    """The mean cross-entropy, from logits."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]).mean())


def _learned(network: Any, scores: np.ndarray, images: np.ndarray, labels: np.ndarray) -> str:
    """Whether the network knows enough of new pictures, and where it does not, how that shows."""
    accuracy, loss = (scores.argmax(axis=1) == labels).mean(), _loss(scores, labels)
    if accuracy >= ACCURACY and loss < LOSS:
        return "enough"
    if _takes_logits_for_probabilities(network, scores, images, labels):
        return "little, from a loss that takes logits for probabilities"
    if accuracy < CLEARLY_BELOW:
        return "next to nothing"
    return "to be far too sure" if _loss(scores / 3, labels) < 0.7 * loss else "too little"


def _takes_logits_for_probabilities(network: Any, scores: np.ndarray, images: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the loss that it was compiled with is cross-entropy of logits as if they were probabilities."""
    clipped = np.clip(scores, 1e-7, 1 - 1e-7)
    shares = clipped / clipped.sum(axis=1, keepdims=True)
    mistaken = -np.log(shares[np.arange(len(labels)), labels]).mean()
    try:
        own = float(network.compute_loss(x=images, y=labels, y_pred=scores.astype("float32")))
    except Exception:  # Not compiled, or with a loss for labels of another form
        return False
    return bool(np.isclose(own, mistaken, rtol=1e-2) and not np.isclose(own, _loss(scores, labels), rtol=1e-3))


def _is_straight(network: Any, images: np.ndarray) -> bool:
    """Whether two pictures laid over each other get the mean of their two answers, as without any ReLU."""
    half = len(images) // 2
    one, other = images[:half].astype(float), images[half : 2 * half].astype(float)
    mean = (_scores(network, one) + _scores(network, other)) / 2
    apart = np.abs(_scores(network, (one + other) / 2) - mean).max()
    return bool(apart < 1e-3 * np.abs(mean).max())
