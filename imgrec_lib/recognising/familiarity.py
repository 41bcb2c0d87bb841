"""How like a photograph is to those learned from: what is not like them gets logits near 0, and so no confidence.

The direction of its features is compared with typical ones of each class, by the cosine between them. Sun et al.
("Out-of-distribution detection with deep nearest neighbors", ICML 2022, arXiv:2204.06507) compare with all pictures
learned from; the centres of a few groups of them do nearly as well and stay small.
"""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.recognising.calibration import ANSWERED

if TYPE_CHECKING:
    import keras

CENTRES, NAME, LOGITS = "centres", "familiarity", "logits"
# Centres for each class, and for how many classes so many are no burden
EACH, MOST_CLASSES = 4, 100
# The least cosine that is known lies so many steps above the one that is half familiar: it is 0.88 familiar. The width
# matters little: on pairs of CIFAR-10's classes, half and twice of it moved all shares refused by 3 in 100 at most.
STEPS_ABOVE, STEPS_IN_SPREAD = 2.0, 8.0
# A handful of validation pictures may agree by chance: cosines spread so far at least, and so many spreads below the
# mean is known
LEAST_SPREAD, SPREADS_BELOW = 0.04, 1.5
SMALLEST = 1e-6  # Added to every feature, so that no direction is that of a vector of length 0
LEAST = 1e-3  # What a complete stranger still has, so that its likeliest class is told
EVERYTHING = 20.0  # The offset of a network that has learned nothing: with it all is familiar


@dataclass(frozen=True)
class Familiarity:
    """The sigmoid of slope × (the cosine with the nearest of the centres) + offset, in 0.001…1.

    centres: float32, features × centres, each of length 1.
    """

    centres: np.ndarray
    slope: float
    offset: float

    def weights(self) -> dict[str, np.ndarray]:
        """Its arrays, float32, by the names that they have in a recogniser: those of `shapes`."""
        slope, offset = np.full((1, 1), self.slope, "float32"), np.full(1, self.offset, "float32")
        return {f"{CENTRES}/kernel": self.centres, f"{NAME}/kernel": slope, f"{NAME}/bias": offset}


def shapes(features: int, classes: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes of the weights of a familiarity, in Keras's order."""
    return {f"{CENTRES}/kernel": (features, centres_for(classes)), f"{NAME}/kernel": (1, 1), f"{NAME}/bias": (1,)}


def centres_for(classes: int) -> int:
    """How many centres a recogniser of so many classes has in all."""
    return classes * (EACH if classes <= MOST_CLASSES else 1)


def fit(features: np.ndarray, labels: np.ndarray, validation: np.ndarray, classes: int, seed: int = 0) -> Familiarity:
    """A familiarity near 1 for 95 % of the validation pictures, that falls to 0 soon below their cosines.

    features and validation: count × numbers, of the training pictures, which have labels, and of the validation ones.
    """
    directions, each = _directions(features), centres_for(classes) // classes
    centres = np.concatenate([_centres(directions[labels == label], each, seed) for label in range(classes)])
    cosines = (_directions(validation) @ centres.T).max(axis=1)
    spread = max(float(cosines.std()), LEAST_SPREAD)
    lowest = min(np.quantile(cosines, 1 - ANSWERED, method="lower"), cosines.mean() - SPREADS_BELOW * spread)
    slope = STEPS_IN_SPREAD / spread
    return Familiarity(centres.T.astype("float32"), slope, float(STEPS_ABOVE - slope * lowest))


def _directions(vectors: np.ndarray) -> np.ndarray:
    lifted = vectors + SMALLEST
    return lifted / np.linalg.norm(lifted, axis=1, keepdims=True)


def _centres(directions: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The directions of the centres of so many groups, count × numbers; some twice where there are fewer pictures."""
    from sklearn.cluster import KMeans

    groups = KMeans(min(count, len(directions)), n_init=1, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pictures that are alike make fewer groups
        found = _directions(groups.fit(directions).cluster_centers_)
    return found[np.arange(count) % len(found)]


def applied(features: "keras.KerasTensor", evidence: "keras.KerasTensor") -> "keras.KerasTensor":
    """Logits, count × classes: the evidence for each class times the familiarity of the features.

    The layers added are "centres…", "familiarity…" and "logits". Before anything was learned, all is familiar.
    """
    from keras import initializers, layers, ops

    class Largest(layers.Layer):
        """The largest number of each row, count × 1."""

        def call(self, rows: "keras.KerasTensor") -> "keras.KerasTensor":
            return ops.max(rows, axis=-1, keepdims=True)

    lifted = layers.Rescaling(1.0, offset=SMALLEST, name=f"{NAME}_lifted")(features)
    directions = layers.UnitNormalization(name=f"{NAME}_directions")(lifted)
    count = centres_for(evidence.shape[-1])
    cosines = layers.Dense(count, use_bias=False, kernel_initializer="zeros", name=CENTRES)(directions)
    sigmoid = layers.Dense(
        1, activation="sigmoid", kernel_initializer="zeros", bias_initializer=initializers.Constant(EVERYTHING),
        name=NAME,
    )(Largest(name=f"{CENTRES}_largest")(cosines))  # fmt: skip
    familiar = layers.Rescaling(1 - LEAST, offset=LEAST, name=f"{NAME}_raised")(sigmoid)
    return layers.Multiply(name=LOGITS)([familiar, evidence])
