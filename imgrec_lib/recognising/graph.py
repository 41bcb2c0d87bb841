"""A recogniser as an ONNX model, made from its weights without TensorFlow.

Raw pictures go in as `pictures`, float32, count × side × side × 3, and `logits` come out, float32, count × classes.
Batch normalisation is folded into the convolution before it (Jacob et al. 2018, arXiv:1712.05877, section 3.2).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.recognising import HEAD, familiarity, networks
from imgrec_lib.recognising.document import Description, RecogniserError

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 17, 8
EPSILON = 1e-3  # Of the batch normalisation in the backbone
CHANNELS_FIRST = [0, 3, 1, 2]
Weights = Mapping[str, np.ndarray]


class Graph:
    """The nodes and numbers of a model that grows from its input to its output; `last` names the newest tensor."""

    def __init__(self, weights: Weights, side: int) -> None:
        self.weights, self.side, self.last = weights, side, "pictures"
        self.nodes: list[onnx.NodeProto] = []
        self.numbers: list[onnx.TensorProto] = []

    def add(self, kind: str, name: str, *numbers: np.ndarray, inputs: Sequence[str] = (), **attributes: Any) -> str:
        """Append a node that takes `inputs`, or the last tensor, and then the numbers; returns its output's name."""
        from onnx import helper, numpy_helper

        names = [f"{name}/{place}" for place in range(len(numbers))]
        self.numbers += [numpy_helper.from_array(np.ascontiguousarray(one), key) for one, key in zip(numbers, names)]
        taken = [*(inputs or [self.last]), *names]
        self.nodes.append(helper.make_node(kind, taken, [name], name=name, **attributes))
        self.last = name
        return name

    def pictures(self, scale: float, offset: float) -> None:
        """Raw pictures times a scale, plus an offset, with their channels first."""
        self.add("Mul", "scaled", np.array(scale, "float32"))
        if offset:
            self.add("Add", "centred", np.array(offset, "float32"))
        self.add("Transpose", "channels_first", perm=CHANNELS_FIRST)

    def convolution(
        self, name: str, kernel: np.ndarray, bias: np.ndarray, stride: int, same: bool, groups: int
    ) -> None:
        """A convolution by a kernel of out × in × height × width; `same` pads as Keras does, more at the end."""
        size = kernel.shape[-1]
        pads = [0, 0]
        if same:
            pads, self.side = _same_padding(self.side, size, stride)
        else:
            self.side = (self.side - size) // stride + 1
        before, after = pads
        self.add(
            "Conv", name, kernel.astype("float32"), bias.astype("float32"), kernel_shape=[size, size], group=groups,
            strides=[stride, stride], pads=[before, before, after, after],
        )  # fmt: skip

    def normalised(self, name: str, stride: int = 1, depthwise: bool = False, relu: bool = True) -> None:
        """A convolution with its batch normalisation folded into it, then ReLU6."""
        kernel = self.weights[f"{name}/kernel"].astype("float64").transpose([2, 3, 0, 1] if depthwise else [3, 2, 0, 1])
        gamma, beta, mean, variance = (
            self.weights[f"{name}_normalisation/{one}"].astype("float64")
            for one in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + EPSILON)
        folded = kernel * factor[:, np.newaxis, np.newaxis, np.newaxis]
        self.convolution(name, folded, beta - mean * factor, stride, True, len(kernel) if depthwise else 1)
        if relu:
            self.add("Clip", f"{name}_relu", np.array(0, "float32"), np.array(6, "float32"))

    def dense(self, layer: str, name: str, kernel: np.ndarray | None = None) -> None:
        """A dense layer, with a kernel of inputs × outputs in place of the layer's own where one is given."""
        kernel = self.weights[f"{layer}/kernel"] if kernel is None else kernel
        self.add("Gemm", name, kernel.astype("float32"), self.weights[f"{layer}/bias"].astype("float32"))

    def familiarity(self, features: str) -> None:
        """How familiar each picture's features are, count × 1: see `familiarity.applied`."""
        name = familiarity.NAME
        lifted = self.add("Add", f"{name}_lifted", np.array(familiarity.SMALLEST, "float32"), inputs=[features])
        self.add("ReduceL2", f"{name}_lengths", axes=[1], keepdims=1)
        self.add("Div", f"{name}_directions", inputs=[lifted, self.last])
        self.add("Gemm", familiarity.CENTRES, self.weights[f"{familiarity.CENTRES}/kernel"].astype("float32"))
        self.add("ReduceMax", f"{familiarity.CENTRES}_largest", axes=[1], keepdims=1)
        self.dense(name, f"{name}_scaled")
        self.add("Sigmoid", f"{name}_sigmoid")
        self.add("Mul", f"{name}_lowered", np.array(1 - familiarity.LEAST, "float32"))
        self.add("Add", f"{name}_raised", np.array(familiarity.LEAST, "float32"))


def _same_padding(side: int, size: int, stride: int) -> tuple[list[int], int]:
    """Rows before and after, and the side of what comes out."""
    after = -(-side // stride)
    padding = max(0, (after - 1) * stride + size - side)
    return [padding // 2, padding - padding // 2], after


def model_bytes(description: Description, weights: Weights) -> bytes:
    """The serialised ONNX model of one of the course's own networks; raises RecogniserError for others."""
    if not networks.is_own(description.network):
        raise RecogniserError(
            f"{description.network} cannot be made into ONNX without TensorFlow; give --runtime keras, or export it"
        )
    graph = Graph(weights, description.side)
    with np.errstate(over="ignore", invalid="ignore"):
        _classic(graph) if description.network == "classic" else _efficientnet_lite0(graph)
    if not all(np.isfinite(_array(one)).all() for one in graph.numbers):
        raise RecogniserError("the weights are so large that no network can be made of them; train it again")
    return _serialised(graph, description)


def _array(tensor: "onnx.TensorProto") -> np.ndarray:
    from onnx import numpy_helper

    return numpy_helper.to_array(tensor)


def _classic(graph: Graph) -> None:
    graph.pictures(1 / 255, 0)
    for number in (1, 2, 3):
        name = f"convolution_{number}"
        kernel = graph.weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
        graph.convolution(name, kernel, graph.weights[f"{name}/bias"], 1, False, 1)
        graph.add("Relu", f"{name}_relu")
        if number < 3:
            graph.add("MaxPool", f"pooling_{number}", kernel_shape=[2, 2], strides=[2, 2])
            graph.side //= 2
    graph.add("Flatten", "flat")
    # Keras flattens height × width × channels and ONNX channels × height × width: the rows of the kernel move instead.
    kernel = graph.weights["dense/kernel"]
    moved = kernel.reshape(graph.side, graph.side, -1, kernel.shape[1]).transpose(2, 0, 1, 3).reshape(kernel.shape)
    graph.dense("dense", "dense", moved)
    graph.add("Relu", "dense_relu")
    graph.dense(HEAD, "logits")


def _efficientnet_lite0(graph: Graph) -> None:
    graph.pictures(1 / 128, -127 / 128)
    graph.normalised("stem", stride=2)
    for name, _, stride, before, between, after in networks.efficientnet_blocks():
        start = graph.last
        if between != before:
            graph.normalised(f"{name}_expand")
        graph.normalised(f"{name}_depthwise", stride, depthwise=True)
        graph.normalised(f"{name}_project", relu=False)
        if stride == 1 and before == after:
            graph.add("Add", f"{name}_add", inputs=[graph.last, start])
    graph.normalised("head")
    graph.add("GlobalAveragePool", "means")
    features = graph.add("Flatten", "features")
    graph.dense(HEAD, "evidence")
    graph.familiarity(features)
    graph.add("Mul", familiarity.LOGITS, inputs=["evidence", graph.last])


def _serialised(graph: Graph, description: Description) -> bytes:
    from onnx import TensorProto, helper

    side, classes = description.side, len(description.class_names)
    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["count", side, side, 3])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["count", classes])
    whole = helper.make_graph(graph.nodes, description.network, [pictures], [logits], graph.numbers)
    model = helper.make_model(
        whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="imgrec"
    )
    return model.SerializeToString()
