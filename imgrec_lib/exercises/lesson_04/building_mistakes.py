"""What people get wrong when they put dropout into a network."""

from collections.abc import Callable, Sequence
from typing import Any

from imgrec_lib.exercises.lesson_04.building import dropout_network


def _stack(*layers: Any, flat: bool = True) -> Any:
    """A network of these layers after the usual opening."""
    import keras

    opening = [keras.Input((8, 8, 1)), keras.layers.Rescaling(1 / 127.5, offset=-1)]
    return keras.Sequential([*opening, *([keras.layers.Flatten()] if flat else []), *layers])


def _layers(rate: float, units: int = 10, activation: str | None = None) -> Sequence[Any]:
    import keras

    dense = keras.layers.Dense(64, activation="relu")
    return dense, keras.layers.Dropout(rate), keras.layers.Dense(units, activation=activation)


def _with(rate_used: Callable[[float], float] = lambda rate: rate, flat: bool = True, **last: Any) -> Callable:
    """The right network with another rate, or another last layer."""
    return lambda rate: _stack(*_layers(rate_used(rate), **last), flat=flat)


def _without_dropout(rate):
    dense, _, last = _layers(rate)
    return _stack(dense, last)


def _at_the_end(rate):
    dense, dropout, last = _layers(rate)
    return _stack(dense, last, dropout)


def _everywhere(rate):
    import keras

    return _stack(*_layers(rate), keras.layers.Dropout(rate))


def _always_on(rate):
    import keras

    dense, dropout, last = _layers(rate)
    opening = _stack(dense)
    return keras.Model(opening.inputs[0], last(dropout(opening.outputs[0], training=True)))


def _for_larger_pictures(rate):
    import keras

    return keras.Sequential([keras.Input((48, 48, 1)), keras.layers.Flatten(), *_layers(rate)])


dropout_network.misconception(
    "In training nothing is left to chance: put the dropout layer into the list, before the last dense layer.",
    _without_dropout,
    _with(lambda rate: 0),
)
dropout_network.misconception(
    "Two predictions for one picture differ: `training=True` is typed in, so leave it to Keras to switch dropout off.",
    _always_on,
)
dropout_network.misconception(
    "The dropout stands after the last dense layer, so it sets answers to 0: put it before that layer.",
    _at_the_end,
    _everywhere,
)


def _early(*places, activation="relu"):
    """Dropout before the hidden layer (1) or the last one (2), or before both."""

    def answer(rate):
        import keras

        before, after = ([keras.layers.Dropout(rate)] * (place in places) for place in (1, 2))
        return _stack(*before, keras.layers.Dense(64, activation=activation), *after, keras.layers.Dense(10))

    return answer


def _before_all(rate):
    import keras

    layers = keras.layers
    dense, dropout, last = _layers(rate)
    return _stack(layers.Dropout(rate), layers.Dropout(rate), dense, dropout, last)


dropout_network.misconception(
    "Dropout stands before a hidden layer, whose activation then bends the average: put one just before the last "
    "dense layer, and no other.",
    _early(1),
    _early(1, activation="tanh"),
    _early(1, 2),
    _before_all,
)


def _with_noise(rate):
    import keras

    dense, _, last = _layers(rate)
    return _stack(dense, keras.layers.GaussianNoise(rate), last)


dropout_network.misconception(
    "Chance changes too little in training: the layer is `Dropout`, which sets numbers to 0, and its rate is the "
    "share itself, not percent.",
    _with(lambda rate: rate / 100),
    _with_noise,
)
dropout_network.misconception(
    "The rate is typed in: use the argument `rate`, so that a rate of 0 drops nothing.",
    _with(lambda rate: 0.5),
)
dropout_network.misconception(
    "You gave the layer the share to keep: Keras wants the rate itself, which is the share that becomes 0.",
    _with(lambda rate: 1 - rate),
)
dropout_network.misconception(
    "Probabilities come back, and logits are asked for: the last layer has no activation here, since the loss does "
    "the softmax.",
    _with(activation="softmax"),
)
dropout_network.misconception(
    "The answers are never below 0: the last layer has no activation, so that a logit may be negative.",
    _with(activation="relu"),
    _with(activation="sigmoid"),
)
dropout_network.misconception(
    "There is another number of answers for each picture: the last dense layer has one logit for each of ten classes.",
    _with(units=1),
    _with(units=64),
    lambda rate: _stack(*_layers(rate)[:2]),
)
dropout_network.misconception(
    "Ten numbers come back for every pixel: flatten the picture before the first dense layer.",
    _with(flat=False),
)
dropout_network.misconception(
    "The network can't take pictures of 8 × 8 × 1: look at the shape in `keras.Input`, and whether each layer fits.",
    _for_larger_pictures,
)
dropout_network.misconception(
    "No network came back: give back the `keras.Sequential` itself, not a list of layers or a training's history.",
    lambda rate: list(_layers(rate)),
    lambda rate: _layers(rate)[1],
)


@dropout_network.misconception("Training changes nothing: the layers are frozen, so leave `trainable` as it is.")
def _frozen(rate):
    network = _stack(*_layers(rate))
    network.trainable = False
    return network
