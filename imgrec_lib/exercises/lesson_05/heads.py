"""The exercise of building a network: a frozen backbone with a new head, judged by what it does."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.exercises.lesson_05.building import SmallBackbone, behaviour
from imgrec_lib.exercises.making import function

if TYPE_CHECKING:
    import keras


@function(
    "05.add_head",
    observe_with=behaviour,
    seconds=15,
    hints=(
        "Which part must keep what it has learned, and how many outputs does the part that learns need?",
        "Freeze the whole backbone first, so that batch-norm is frozen too. Then let one dense layer follow it.",
        "`eyes.trainable = False` freezes. In keras.Sequential, `eyes` stands first, like any layer, and Dense second.",
    ),
    praise="The borrowed weights and the stored statistics stay, and training moves nothing but the head.",
)
def add_head(eyes: "keras.Model", classes: int) -> "keras.Model":
    """A network from pictures to the logits of the classes: the frozen backbone, and one dense layer that learns."""
    from keras import Sequential, layers

    eyes.trainable = False
    return Sequential([eyes, layers.Dense(classes)])


@add_head.cases
def _backbones(generator: np.random.Generator) -> Iterator[tuple[SmallBackbone, int]]:
    for features, classes, steps in ((6, 3, 10), (4, 5, 0)):
        yield SmallBackbone(features, int(generator.integers(1000)), steps), classes


def _network(
    *, freeze: Callable[[Any], Any] | None = None, afterwards: Any = None, width: int = 0, **dense: Any
) -> Any:
    """An answer that freezes in its own way, and whose dense layer is made in its own way."""

    def build(eyes, classes):
        from keras import Sequential, layers

        if freeze:
            freeze(eyes)
        model = Sequential([eyes, layers.Dense(width or classes, **dense)])
        if afterwards:
            afterwards(model)
        return model

    return build


def _all(model):
    model.trainable = False


def _norm_only(eyes):
    eyes.layers[2].trainable = False


def _rescaled(factor, shift):
    """The frozen backbone behind a layer that changes the scale of the pictures."""

    def build(eyes, classes):
        from keras import Sequential, layers

        eyes.trainable = False
        return Sequential([layers.Rescaling(factor, offset=shift), eyes, layers.Dense(classes)])

    return build


def _kernels_only(eyes):
    eyes.layers[1].trainable = False


def _statistics_kept(activation=None):
    """Backbone called with training=False and not frozen: its statistics stay and its weights move."""

    def build(eyes, classes):
        from keras import Input, Model, layers

        image = Input(eyes.input_shape[1:])
        return Model(image, layers.Dense(classes, activation=activation)(eyes(image, training=False)))

    return build


def _head_frozen(model):
    model.layers[-1].trainable = False


def _between(*names, cut=False):
    """Other layers, by class name and arguments, between the frozen backbone, or its last maps, and the outputs."""

    def build(eyes, classes):
        import keras

        eyes.trainable = False
        start = keras.Model(eyes.inputs, eyes.layers[-2].output) if cut else eyes
        more = [getattr(keras.layers, name)(*arguments) for name, *arguments in names]
        return keras.Sequential([start, *more, keras.layers.Dense(classes)])

    return build


def _copied(eyes, classes):
    import keras

    copied = keras.models.clone_model(eyes)
    copied.trainable = False
    return keras.Sequential([copied, keras.layers.Dense(classes)])


def _without_backbone(*names):
    def build(eyes, classes):
        from keras import Input, Sequential, layers

        more = [getattr(layers, name)(*arguments) for name, *arguments in names]
        return Sequential([Input(eyes.input_shape[1:]), layers.Flatten(), *more, layers.Dense(classes)])

    return build


add_head.misconception(
    "The backbone is not frozen: training goes through it, and a few pictures destroy what a million have taught.",
    _network(),
    _network(activation="softmax"),
    _statistics_kept(),
    _statistics_kept("softmax"),
)
add_head.misconception(
    "Batch-norm was left thawed: its weights and its stored statistics move. Freeze the backbone as a whole.",
    _network(freeze=_kernels_only),
)
add_head.misconception(
    "Batch-norm alone is frozen: the kernels of the backbone move. Freeze the backbone as a whole.",
    _network(freeze=_norm_only),
)
add_head.misconception(
    "The pictures are prepared already, and your network scales them again: pass them to `eyes` as they come.",
    _rescaled(1 / 255, 0),
    _rescaled(1 / 128, -127 / 128),
)
add_head.misconception(
    "Now nothing can learn: freeze the backbone alone, and leave the dense layer as it is.",
    _network(afterwards=_all),
    _network(afterwards=_all, activation="softmax"),
)
add_head.misconception(
    "You froze the head and left the backbone to learn: it must be the other way round.",
    _network(afterwards=_head_frozen),
)
add_head.misconception(
    "The outputs are squeezed, as by softmax or ReLU: logits may be any number, so give the dense layer no activation.",
    _network(freeze=_all, activation="softmax"),
    _network(freeze=_all, activation="relu"),
    _network(freeze=_all, activation="tanh"),
)
add_head.misconception(
    "More than one dense layer stands between the features and the outputs: one is enough, for the features are good.",
    _between(("Dense", 16, "relu")),
    _between(("Dense", 16)),
    _between(("Flatten",), cut=True),
)
add_head.misconception(
    "Dense layers work on the last axis: this backbone already ends in a list of features, so cut nothing off.",
    _between(cut=True),
)
add_head.misconception(
    "The dense layer has the wrong number of outputs: one for each class, whatever `classes` is.",
    _network(freeze=_all, width=10),
    _network(freeze=_all, width=1),
)
add_head.misconception(
    "The head is missing: what comes back still ends in features.",
    lambda eyes, classes: eyes,
)
add_head.misconception(
    "Those are new weights, drawn by lot: put `eyes` itself into your network, for its weights are what you borrow.",
    _copied,
)
add_head.misconception(
    "The pictures do not pass through the backbone: put `eyes` in front of the dense layer.",
    _without_backbone(),
    _without_backbone(("Dense", 16, "relu")),
)
add_head.misconception(
    "A part came back: give the whole network, from the pictures through `eyes` to the dense layer's outputs.",
    lambda eyes, classes: (eyes, classes),
    lambda eyes, classes: eyes.output,
)
