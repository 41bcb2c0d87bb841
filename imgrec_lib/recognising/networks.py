"""The networks that a recogniser may hold: raw pictures 0…255 go in, logits come out.

`expected` knows the weights of the course's own two without TensorFlow, so that a file is checked before it is loaded.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgrec_lib import models
from imgrec_lib.backbone import FEATURES, SMALLEST_INPUT, WIDENING, blocks
from imgrec_lib.quiet import quiet
from imgrec_lib.recognising import HEAD, familiarity
from imgrec_lib.recognising.document import LARGEST_SIDE, Description, RecogniserError

if TYPE_CHECKING:
    import keras

OWN = ("efficientnet_lite0", "classic")
Shapes = dict[str, tuple[int, ...]]


def check_side(network: str, side: int) -> None:
    """Raises RecogniserError where there is no such network, or where it does not take pictures of this side."""
    if network == "efficientnet_lite0":
        smallest = SMALLEST_INPUT
    elif network == "classic":
        smallest = models.SMALLEST
    else:
        from imgrec_lib.recognising.applications import smallest_side

        smallest = smallest_side(network)
    if not smallest <= side <= LARGEST_SIDE:
        raise RecogniserError(
            f"{network} takes pictures with a side of {smallest} to {LARGEST_SIDE} pixels, not {side}; choose another"
        )


def is_own(network: str) -> bool:
    """Whether a network is one of the course's own, whose weights `expected` knows."""
    return network in OWN


def build(network: str, side: int, classes: int, *, weights: str | None = "imagenet") -> "keras.Model":
    """A Keras model from raw pictures, float32, count × side × side × 3, 0…255, to logits, count × classes.

    All but the classic one hold the logits of unfamiliar pictures near 0: see `familiarity`. A network of
    keras.applications starts from its ImageNet weights, which are downloaded once, or from random ones with
    `weights=None`. Raises RecogniserError in one sentence.
    """
    check_side(network, side)
    if network == "classic":
        with quiet():
            return models.classic_network((side, side, 3), classes)
    if network == "efficientnet_lite0":
        return _efficientnet_lite0(side, classes)
    from imgrec_lib.recognising.applications import build_application

    return build_application(network, side, classes, weights)


def _efficientnet_lite0(side: int, classes: int) -> "keras.Model":
    from imgrec_lib.backbone import efficientnet_lite0

    backbone = efficientnet_lite0(classes=False, input_size=side)
    import keras

    pictures = keras.Input((side, side, 3), name="pictures")
    scaled = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="rescaling")(pictures)
    features = _copied(backbone, scaled)
    copy = keras.Model(pictures, features)
    copy.set_weights(backbone.get_weights())
    evidence = keras.layers.Dense(classes, name=HEAD)(features)
    return keras.Model(pictures, familiarity.applied(features, evidence), name="efficientnet_lite0")


def _copied(network: "keras.Model", start: "keras.KerasTensor") -> "keras.KerasTensor":
    """The output of a copy of each layer, one after the other, where a call of the network would nest it."""
    tensors = {id(network.input): start}
    for layer in network.layers[1:]:
        taken = layer.input if isinstance(layer.input, list) else [layer.input]
        given = [tensors[id(one)] for one in taken]
        copy = type(layer).from_config(layer.get_config())
        tensors[id(layer.output)] = copy(given if len(given) > 1 else given[0])
    return tensors[id(network.output)]


def expected(description: Description) -> Shapes:
    """The names, "layer/variable", and shapes of all weights of one of the course's own networks, in Keras's order.

    Raises RecogniserError for other networks, whose weights are known only once they are built.
    """
    network, classes = description.network, len(description.class_names)
    check_side(network, description.side)
    if network == "classic":
        return dict(_classic_shapes(description.side, classes))
    if network == "efficientnet_lite0":
        return dict(_efficientnet_shapes(classes))
    raise RecogniserError(f"the weights of {network} are known only once it is built; use network()")


def classic_sides(side: int) -> tuple[int, int, int]:
    """The sides of the feature maps after each of the three convolutions of the classic network."""
    first = side - 2
    second = first // 2 - 2
    return first, second, second // 2 - 2


def _classic_shapes(side: int, classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for number, (channels, kernels) in enumerate(((3, 32), (32, 64), (64, 64)), start=1):
        yield f"convolution_{number}/kernel", (3, 3, channels, kernels)
        yield f"convolution_{number}/bias", (kernels,)
    for name, inputs, neurons in (("dense", 64 * classic_sides(side)[-1] ** 2, 64), (HEAD, 64, classes)):
        yield f"{name}/kernel", (inputs, neurons)
        yield f"{name}/bias", (neurons,)


def efficientnet_blocks() -> Iterator[tuple[str, int, int, int, int, int]]:
    """Name, kernel size, stride, channels in, channels between and channels out of each of the sixteen blocks."""
    before = 32
    for number, (size, stride, channels) in enumerate(blocks(), start=1):
        between = before * (1 if number == 1 else WIDENING)
        yield f"block_{number:02}", size, stride, before, between, channels
        before = channels


def _efficientnet_shapes(classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from _convolution_shapes("stem", (3, 3, 3, 32), 32)
    for name, size, _, before, between, after in efficientnet_blocks():
        if between != before:
            yield from _convolution_shapes(f"{name}_expand", (1, 1, before, between), between)
        yield from _convolution_shapes(f"{name}_depthwise", (size, size, between, 1), between)
        yield from _convolution_shapes(f"{name}_project", (1, 1, between, after), after)
    yield from _convolution_shapes("head", (1, 1, after, FEATURES), FEATURES)
    yield from familiarity.shapes(FEATURES, classes).items()
    yield f"{HEAD}/kernel", (FEATURES, classes)
    yield f"{HEAD}/bias", (classes,)


def _convolution_shapes(name: str, kernel: tuple[int, ...], channels: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A convolution without bias and its batch normalisation."""
    yield f"{name}/kernel", kernel
    for variable in ("gamma", "beta", "moving_mean", "moving_variance"):
        yield f"{name}_normalisation/{variable}", (channels,)
