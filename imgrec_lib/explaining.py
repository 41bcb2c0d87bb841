"""What goes on inside a trained Keras network: the output of each layer for one picture."""

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from imgrec_lib.quiet import quiet

if TYPE_CHECKING:
    import keras


def feature_maps(network: "keras.Model", image: ArrayLike) -> dict[str, np.ndarray]:
    """The output of each layer for one picture, by the layer's name: height × width × channels, or units.

    The layers stand in the network's order. The image is height × width × channels, as the network takes it; a grey
    one may be height × width.
    """
    return LayerOutputs(network)(image)


class LayerOutputs:
    """A function that gives `feature_maps` of one network for picture after picture.

    Layers whose output is neither maps nor one list of units are left out. A layer used twice shows its first use.
    """

    def __init__(self, network: "keras.Model") -> None:
        with quiet():
            import keras
        entry = _entry(keras, network)
        layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
        entry, tensors = _tensors(keras, network, entry, layers)
        kept = [(layer, tensor) for layer, tensor in zip(layers, tensors, strict=True) if _fits(tensor)]
        self._model = keras.Model(entry, [tensor for _, tensor in kept])
        self.kinds = {layer.name: type(layer).__name__ for layer, _ in kept}
        self.input_shape = tuple(entry.shape[1:])
        self._last = layers[-1]

    def __call__(self, image: ArrayLike) -> dict[str, np.ndarray]:
        outputs = self._model(self._batch(image), training=False)
        outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
        return {name: np.asarray(output[0]) for name, output in zip(self.kinds, outputs, strict=True)}

    def _batch(self, image: ArrayLike) -> np.ndarray:
        array = np.asarray(image)
        if array.ndim == 2 and self.input_shape[-1:] == (1,):
            array = array[:, :, np.newaxis]
        wanted = " × ".join("any" if size is None else str(size) for size in self.input_shape)
        fits = array.ndim == len(self.input_shape) and all(
            size in (None, side) for size, side in zip(self.input_shape, array.shape)
        )
        if not fits or array.dtype.kind not in "biuf" or not array.size:
            raise ValueError(
                f"a picture of shape {array.shape} and type {array.dtype} does not fit: "
                f"this network takes one picture of numbers, {wanted}"
            )
        return array[np.newaxis].astype("float32")

    def probabilities(self, maps: dict[str, np.ndarray]) -> np.ndarray | None:
        """The probability of each class, from the maps of one picture; None where the network ends in maps.

        Logits go through softmax. One unit at the end stands for class 1; where it is a logit, the sigmoid comes first.
        """
        answer = maps.get(self._last.name)
        if answer is None or answer.ndim != 1:
            return None
        answer = answer.astype("float64")
        if len(answer) > 1:
            return answer if answer.min() >= 0 and abs(answer.sum() - 1) < 1e-3 else softmax(answer)
        activation = getattr(getattr(self._last, "activation", None), "__name__", "linear")
        return softmax(np.append(0, answer)) if activation == "linear" else np.append(1 - answer, answer)


def softmax(logits: np.ndarray) -> np.ndarray:
    """The probabilities, of the same shape, that one list of logits stands for."""
    positive = np.exp(logits - logits.max())
    return positive / positive.sum()


def _fits(tensor: Any) -> bool:
    return hasattr(tensor, "shape") and len(tensor.shape) in (2, 4)


def _entry(keras: Any, network: "keras.Model") -> Any:
    """The network's one input, where it is a network that can be looked into."""
    if not isinstance(network, keras.Model):
        raise ValueError(f"a {type(network).__name__} is not a network: give a Keras model, such as keras.Sequential")
    try:
        inputs, _ = network.inputs, network.outputs
    except AttributeError:
        inputs = None
    if not inputs:
        raise ValueError(
            f"the network {network.name!r} cannot be looked into, because it does not know the shape of its input: "
            "begin it with keras.Input(shape), or call it once on a picture"
        )
    if len(inputs) > 1:
        raise ValueError(
            f"the network {network.name!r} takes {len(inputs)} inputs: give one that takes a picture alone"
        )
    return inputs[0]


def _tensors(keras: Any, network: "keras.Model", entry: Any, layers: list) -> tuple[Any, list]:
    """An input and the symbolic output of each layer in this network."""
    try:
        outputs = [layer.output for layer in layers]
        # Keras 3.13 does not see before a call that an output has another input; a batch of 1 makes it look.
        keras.Model(entry, outputs)(keras.Input(batch_shape=(1, *entry.shape[1:]), dtype=entry.dtype))
        return entry, outputs
    except (ValueError, KeyError):  # Layers that another network used first answer with that one's tensors
        return _called_again(keras, network, entry, layers)


def _called_again(keras: Any, network: "keras.Model", entry: Any, layers: list) -> tuple[Any, list]:
    outputs: dict[str, Any] = {}

    def call(layer: "keras.layers.Layer", *given: Any, **options: Any) -> Any:
        output = layer(*given, **options)
        outputs.setdefault(layer.name, output)
        return output

    if isinstance(network, keras.Sequential):
        functools.reduce(lambda tensor, layer: call(layer, tensor), layers, entry)
    else:
        copy = keras.models.clone_model(network, clone_function=lambda layer: layer, call_function=call)
        entry = copy.inputs[0]
    return entry, [outputs[layer.name] for layer in layers]
