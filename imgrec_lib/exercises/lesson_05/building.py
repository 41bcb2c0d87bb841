"""A small backbone, and what a network built upon it is and does: the facts by which `add_head` is judged."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.exercises.elsewhere import is_a, library

if TYPE_CHECKING:
    import keras

SIDE, PICTURES = 6, 24
ALIKE = 1e-4  # Outputs that differ by less, from picture to picture, tell nothing of it
PREPARED_AGAIN = (
    (1 / 255, 0.0),
    (1 / 128, -127 / 128),
    (1 / 127.5, -1.0),
    (1 / 128, 0.0),
    (255.0, 0.0),
    (128.0, 127.0),
    (127.5, 127.5),
    (0.5, 0.5),
    (0.5, 0.0),
    (2.0, -1.0),
)


@dataclass(frozen=True)
class SmallBackbone:
    """A recipe for a small network from prepared pictures to features, with weights drawn by the seed.

    `steps` says how long a network built upon it is trained to see what moves; 0 is for a look at its shape.
    """

    features: int
    seed: int
    steps: int

    def build(self, keras: Any) -> "keras.Model":
        """The network, made by a Keras: convolution, batch normalisation and global average pooling."""
        layers = keras.layers
        look, norm = layers.Conv2D(self.features, kernel_size=3), layers.BatchNormalization()
        image = keras.Input((SIDE, SIDE, 3))
        maps = layers.Activation("relu")(norm(look(image)))
        network = keras.Model(image, layers.GlobalAveragePooling2D()(maps))
        generator = np.random.default_rng(self.seed)
        look.set_weights([generator.normal(size=each.shape) for each in look.get_weights()])
        norm.set_weights([generator.uniform(0.5, 1.5, each.shape) for each in norm.get_weights()])
        return network

    def pictures(self) -> np.ndarray:
        """Prepared pictures to try a network on, count × height × width × 3."""
        generator = np.random.default_rng(self.seed)
        return generator.uniform(-1, 1, (PICTURES, SIDE, SIDE, 3)).astype("float32")


def _moved(before: list[np.ndarray], after: list[np.ndarray]) -> str:
    return "unchanged" if all(np.array_equal(old, new) for old, new in zip(before, after)) else "changed"


def _trained(model: "keras.Model", head: int) -> str:
    """How many of a model's numbers are trained, compared with those of one dense layer."""
    count = sum(int(np.prod(each.shape)) for each in model.trainable_variables)
    if not count:
        return "nothing"
    return "the head alone" if count == head else "more than a dense layer" if count > head else "less"


def _train(keras: Any, model: "keras.Model", pictures: np.ndarray, steps: int) -> None:
    """Some steps towards class 0 alone: so logits of the others fall below 0, which no probability can."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss=loss, run_eagerly=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of a softmax under this loss, and the verdict says it better
        for _ in range(steps):
            model.train_on_batch(pictures, np.zeros(len(pictures), dtype="int32"))


def _follows(outputs: np.ndarray, features: Any) -> str:
    """Whether outputs differ and are weighted sums of the features, found by least squares, against their spread."""
    inputs = np.column_stack([features, np.ones(len(outputs))])
    left = outputs - inputs @ np.linalg.lstsq(inputs, outputs, rcond=None)[0]
    spread = np.ptp(outputs, axis=0)
    return "yes" if spread.min() > ALIKE and (abs(left).max(axis=0) < 0.01 * spread).all() else "no"


def _with_other_head(model: "keras.Model", backbone: "keras.Model", pictures: np.ndarray) -> np.ndarray:
    """The outputs with weights of the head drawn around 0, so that each lies on both sides of 0 for some picture."""
    known, generator = {id(each) for each in backbone.weights}, np.random.default_rng(len(pictures))
    for each in model.trainable_variables:
        if id(each) not in known:
            drawn = generator.normal(size=each.shape)
            each.assign(drawn - drawn.mean(axis=0))
    return np.asarray(model(pictures))


def _reach(model: "keras.Model", backbone: "keras.Model", pictures: np.ndarray) -> str:
    """Whether outputs that do not follow the features would, had the pictures been prepared once more."""
    outputs = np.asarray(model(pictures))
    prepared = [factor * pictures + shift for factor, shift in PREPARED_AGAIN]
    follow = [_follows(outputs, np.asarray(backbone(each.astype("float32")))) for each in prepared]
    return "prepared once more" if "yes" in follow else "in no known way"


def _needs(model: "keras.Model", backbone: "keras.Model", pictures: np.ndarray) -> str:
    """Whether a model's outputs stop depending on the picture once the backbone's weights are all 0."""
    backbone.set_weights([0 * each for each in backbone.get_weights()])
    outputs = np.asarray(model(pictures))
    return "yes" if np.allclose(outputs, outputs[:1], atol=1e-5) else "no"


def _parts(model: "keras.Model", backbone: "keras.Model") -> dict[str, list[np.ndarray]]:
    """The weights of the backbone's two kinds of layers, and those that the model has besides."""
    known = {id(each) for each in backbone.weights}
    rest = [each.numpy() for each in model.weights if id(each) not in known]
    look, norm = (layer.get_weights() for layer in backbone.layers[1:3])
    return {"the backbone's kernels": look, "the backbone's batch-norm": norm, "the head": rest}


def _training(
    keras: Any, model: "keras.Model", backbone: "keras.Model", pictures: np.ndarray, steps: int
) -> dict[str, str]:
    """What some steps of training change, and, where only the head has moved, what the outputs are afterwards."""
    before = _parts(model, backbone)
    _train(keras, model, pictures, steps)
    after = _parts(model, backbone)
    facts = {f"{name}, after training": _moved(before[name], after[name]) for name in before}
    if list(facts.values()) != ["unchanged", "unchanged", "changed"]:
        return facts
    outputs = np.asarray(model(pictures))
    facts["outputs below 0, as logits can be"] = "yes" if outputs.min() < 0 else "no"
    if outputs.min() < 0:
        features = np.asarray(backbone(pictures))
        looks = [outputs, _with_other_head(model, backbone, pictures)]
        follows = facts["outputs that are weighted sums of the features"] = min(
            _follows(one, features) for one in looks
        )
        if follows == "no":
            facts["how the pictures reach the backbone"] = _reach(model, backbone, pictures)
        facts["outputs that depend on the backbone"] = "yes" if follows == "yes" else _needs(model, backbone, pictures)
    return facts


def behaviour(answer: Callable[..., Any], eyes: SmallBackbone, classes: int) -> Any:
    """What the network that `answer(backbone, classes)` gives is and does, as facts; None and dots as they are."""
    keras = library(answer, "keras")
    backbone, pictures = eyes.build(keras), eyes.pictures()
    keras.utils.set_random_seed(eyes.seed)  # The first weights of a head decide whether one with ReLU learns at all
    model = answer(backbone, classes)
    if model is None or model is ...:
        return model
    if not is_a(model, "keras.Model"):
        return {"what comes back": "no Keras network"}
    shape = tuple(model(pictures).shape)
    known = {(PICTURES, classes): "one for each class", (PICTURES, eyes.features): "one for each feature"}
    other = "another number" if len(shape) == 2 else "whole maps"
    facts = {"what comes back": "a Keras network", "outputs for each picture": known.get(shape, other)}
    if shape != (PICTURES, classes):
        return facts
    facts["what is trained"] = _trained(model, eyes.features * classes + classes)
    if eyes.steps and facts["what is trained"] != "nothing":
        facts |= _training(keras, model, backbone, pictures, eyes.steps)
    return facts
