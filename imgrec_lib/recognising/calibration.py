"""Confidences that mean what they say, and the confidence below which the answer is "none of these"."""

import numpy as np

COLDEST, HOTTEST = 0.2, 10.0
# How far from 1 a temperature is expected to be, as a factor of e to this: it holds back where few pictures speak.
SPREAD = 0.5
ANSWERED = 0.95  # Of the validation pictures that it gets right, this share still gets its answer
SUREST = 0.95


def temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The number to divide logits, count × classes, by, so that softmax gives calibrated probabilities.

    It has the lowest cross-entropy on the given pictures (Guo et al., "On calibration of modern neural networks",
    ICML 2017), under a log-normal prior around 1: a handful of pictures, all right, would ask for no doubt at all.
    """
    logits, labels = np.asarray(logits, "float64"), np.asarray(labels)
    if len(labels) == 0:
        return 1.0
    steps = np.linspace(np.log(COLDEST), np.log(HOTTEST), 400)
    losses = [len(labels) * cross_entropy(logits / np.exp(step), labels) + 0.5 * (step / SPREAD) ** 2 for step in steps]
    return float(np.exp(steps[int(np.argmin(losses))]))


def cross_entropy(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The mean of −log probability of the true classes, for logits, count × classes."""
    logits = np.asarray(logits, "float64")
    shifted = logits - logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return float(np.average(losses, weights=weights))


def threshold(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The largest probability below which the answer is "none of these"; calibrated probabilities, count × classes.

    It is the highest that still lets 95 % of the right answers on the validation pictures through (a baseline of
    Hendrycks and Gimpel, ICLR 2017), at most 0.95, and never under the share of pure guessing.
    """
    probabilities, labels = np.asarray(probabilities, "float64"), np.asarray(labels)
    largest, classes = probabilities.max(axis=1), probabilities.shape[1]
    right = largest[probabilities.argmax(axis=1) == labels]
    guessing = 1 / classes
    if len(right) == 0:
        return guessing
    return float(np.clip(np.quantile(right, 1 - ANSWERED, method="lower"), guessing, SUREST))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> float:
    """How far confidence and share of right answers lie apart, 0 to 1: expected calibration error (Guo et al. 2017)."""
    largest = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((largest * bins).astype(int), bins - 1)
    gaps = [abs(right[places == one].sum() - largest[places == one].sum()) for one in range(bins)]
    return float(sum(gaps) / max(1, len(labels)))
