"""A logistic regression on features, whose weights are held as small as the validation pictures say."""

from dataclasses import dataclass

import numpy as np

from imgrec_lib.recognising import HEAD
from imgrec_lib.recognising.calibration import cross_entropy
from imgrec_lib.recognising.epochs import class_weights

KERNEL, BIAS = f"{HEAD}/kernel", f"{HEAD}/bias"
STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
ENOUGH_WORSE = 2  # Looser weights only fit the training pictures better once this many were no gain
STEPS = 200


@dataclass(frozen=True)
class Head:
    """A dense layer: kernel, float32, features × classes, and bias; and the losses with each strength tried."""

    kernel: np.ndarray
    bias: np.ndarray
    strengths: list[float]
    losses: list[float]
    val_losses: list[float]

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Logits, float32, count × classes, of features, count × features."""
        return features @ self.kernel + self.bias


def fit(
    features: np.ndarray, labels: np.ndarray, copies: int, validation: tuple[np.ndarray, np.ndarray], classes: int
) -> Head:
    """The head with the lowest loss on the validation features and labels.

    features: float32, count × numbers, `copies` of every picture among them; a copy counts as its share of a picture.
    """
    from sklearn.linear_model import LogisticRegression

    weights = class_weights(labels) / copies
    model = LogisticRegression(max_iter=STEPS, warm_start=True, tol=1e-3)
    best, strengths, losses, val_losses = None, [], [], []
    for strength in STRENGTHS:
        model.C = strength
        _fit_quietly(model, features, labels, weights)
        kernel, bias = _two_sided(model.coef_.T, model.intercept_)
        strengths.append(strength)
        losses.append(cross_entropy(features @ kernel + bias, labels, weights))
        val_losses.append(cross_entropy(validation[0] @ kernel + bias, validation[1], class_weights(validation[1])))
        if val_losses[-1] == min(val_losses):
            best = kernel.astype("float32"), bias.astype("float32")
        elif len(val_losses) - 1 - int(np.argmin(val_losses)) >= ENOUGH_WORSE:
            break
    return Head(*best, strengths, losses, val_losses)


def _fit_quietly(model: object, features: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
    import warnings

    with warnings.catch_warnings():
        # The loosest strengths stop before they are done, and are hardly ever chosen.
        warnings.simplefilter("ignore")
        model.fit(features, labels, sample_weight=weights)


def _two_sided(kernel: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One logit for each class, where scikit-learn keeps one for two classes: their difference."""
    if kernel.shape[1] > 1:
        return kernel, bias
    return np.hstack([-kernel / 2, kernel / 2]), np.concatenate([-bias / 2, bias / 2])
