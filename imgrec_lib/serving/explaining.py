"""Where a network looked: how much each place of a picture speaks for a class.

For a network that ends in a mean over its last feature maps and one dense layer, this is the class activation map
(Zhou et al. 2016, arXiv:1512.04150): the maps, weighted by the dense layer. Grad-CAM (Selvaraju et al. 2017,
arXiv:1610.02391) is the same there but for a factor, and needs gradients elsewhere: those Keras gives.
"""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from imgrec_lib.recognising import HEAD
from imgrec_lib.recognising.familiarity import LOGITS

if TYPE_CHECKING:
    import keras
    import onnx

    from imgrec_lib.recogniser import Recogniser

# Dark violet over magenta to light yellow, lighter and lighter: told apart without seeing hues (matplotlib's "plasma").
COLOURS = np.array([(13, 8, 135), (126, 3, 168), (204, 71, 120), (248, 149, 64), (240, 249, 33)], "float64")
MOST_OPAQUE = 0.75


class Explainer(Protocol):
    """What can say where a network looked."""

    def heat(self, picture: np.ndarray, place: int) -> np.ndarray:
        """float32, height × width of the last feature maps, 0…1, for one picture, uint8, side × side × 3, and the
        place of a class."""


def explainer(recogniser: Recogniser, runtime: str) -> Explainer | None:
    """What explains this recogniser, or None where its network cannot be explained on this runtime."""
    try:
        if runtime == "keras":
            return KerasExplainer(_evidence(recogniser.network()))
        return OnnxExplainer(recogniser.graph())
    except ValueError:
        return None


def _evidence(network: keras.Model) -> keras.Model:
    """The network up to the evidence for each class, which its familiarity with the picture only scales."""
    import keras

    if network.layers[-1].name != LOGITS:
        return network
    return keras.Model(network.inputs, network.get_layer(HEAD).output)


class OnnxExplainer:
    """Class activation maps out of an ONNX graph; raises ValueError where it does not end in a mean and a dense layer.

    Safe to call from several threads at once.
    """

    def __init__(self, graph: bytes) -> None:
        import onnx

        from imgrec_lib.recognising.runtimes import onnx_session

        model = onnx.load_from_string(graph)
        maps, self._weights = _ending(model)
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(maps))
        self._session = onnx_session(model.SerializeToString(), threads=1)
        self._maps, self._input = maps, self._session.get_inputs()[0].name

    def heat(self, picture: np.ndarray, place: int) -> np.ndarray:
        """The class activation map of a class, cut off below 0 and scaled to 1 at its highest place."""
        (maps,) = self._session.run([self._maps], {self._input: picture[np.newaxis].astype("float32")})
        return scaled(np.tensordot(self._weights[place], maps[0], axes=1))


def _ending(model: onnx.ModelProto) -> tuple[str, np.ndarray]:
    """The name of the feature maps, channels first, whose means reach the dense layer, and its weights, classes ×
    channels."""
    from onnx import numpy_helper

    made_by = {output: node for node in model.graph.node for output in node.output}
    dense = made_by.get(model.graph.output[0].name)
    numbers = {one.name: one for one in model.graph.initializer}
    if dense is not None and dense.op_type == "Mul":  # By the familiarity of the picture
        dense = made_by.get(dense.input[0])
    if dense is None or dense.op_type not in ("Gemm", "MatMul", "Add"):
        raise ValueError("the graph does not end in a dense layer")
    if dense.op_type == "Add":
        dense = made_by.get(next(name for name in dense.input if name in made_by))
    mean = made_by.get(dense.input[0])
    while mean is not None and mean.op_type in ("Flatten", "Reshape", "Squeeze", "Identity"):
        mean = made_by.get(mean.input[0])
    if mean is None or mean.op_type != "GlobalAveragePool" or dense.input[1] not in numbers:
        raise ValueError("the graph does not end in the means of its feature maps and a dense layer")
    weights = numpy_helper.to_array(numbers[dense.input[1]])
    transposed = any(one.name == "transB" and one.i for one in dense.attribute)
    return mean.input[0], weights if transposed else weights.T


class KerasExplainer:
    """Grad-CAM of a Keras network from raw pictures to logits, at the last layer whose output is feature maps.

    Raises ValueError where it has none. One picture is explained at a time.
    """

    def __init__(self, network: keras.Model) -> None:
        self._layers, self._lock = _chain(network), threading.Lock()

    def heat(self, picture: np.ndarray, place: int) -> np.ndarray:
        """The feature maps, each weighted by the mean of the logit's gradient over it, cut off below 0, scaled to 1."""
        import tensorflow

        before, after = self._layers
        with self._lock, tensorflow.GradientTape() as tape:
            maps = before(picture[np.newaxis].astype("float32"), training=False)
            tape.watch(maps)
            logit = after(maps, training=False)[0, place]
        gradient = tape.gradient(logit, maps)[0].numpy()
        return scaled(maps[0].numpy() @ gradient.mean((0, 1)))


def _chain(network: keras.Model) -> tuple[Callable, Callable]:
    """The network as two: from the picture to the last feature maps, and from there to the logits."""
    import keras

    layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
    places = [place for place, layer in enumerate(layers) if _maps_inside(layer)]
    if not places:
        raise ValueError(f"the network {network.name!r} has no feature maps to look at")
    last, ending = layers[places[-1]], layers[places[-1] + 1 :]
    if not isinstance(last, keras.Model):
        return keras.Model(network.inputs[0], last.output), _in_turn(ending)
    entry = network.inputs[0]
    beginning = keras.Model(entry, layers[places[-1] - 1].output) if places[-1] else None
    before, after = _chain(last)
    return _in_turn([beginning, before] if beginning else [before]), _in_turn([after, *ending])


def _in_turn(layers: Sequence[Callable]) -> Callable:
    """One function that calls each layer on what the one before it gave."""

    def call(tensor: Any, training: bool = False) -> Any:
        for layer in layers:
            tensor = (
                layer(tensor, training=training) if getattr(layer, "_call_has_training_arg", True) else layer(tensor)
            )
        return tensor

    return call


def _maps_inside(layer: Any) -> bool:
    """Whether a layer gives feature maps, or is a network with such a layer."""
    if hasattr(layer, "layers"):
        return any(map(_maps_inside, layer.layers))
    try:
        shape = layer.output.shape
    except (AttributeError, ValueError):
        return False
    return type(layer).__name__ != "InputLayer" and len(shape) == 4 and shape[1] != 1


def scaled(heat: np.ndarray) -> np.ndarray:
    """The heat as float32 from 0 to 1; what speaks against the class counts as 0."""
    heat = np.maximum(np.nan_to_num(heat), 0).astype("float32")
    highest = heat.max(initial=0)
    return heat / highest if highest > 0 else heat


def overlay(heat: np.ndarray, side: int) -> bytes:
    """A PNG, side × side, to be laid over the picture: no colour where nothing speaks for the class."""
    from PIL import Image

    small = Image.fromarray(np.asarray(heat, "float32"))
    smooth = np.clip(np.asarray(small.resize((side, side), Image.Resampling.BICUBIC)), 0, 1)
    steps = np.linspace(0, 1, len(COLOURS))
    channels = [np.interp(smooth, steps, COLOURS[:, channel]) for channel in range(3)]
    layered = np.stack([*channels, 255 * MOST_OPAQUE * smooth], axis=-1).round().astype("uint8")
    file = io.BytesIO()
    Image.fromarray(layered).save(file, "PNG")
    return file.getvalue()


def data_uri(png: bytes) -> str:
    """The PNG as a `data:` address, which a page can show."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
