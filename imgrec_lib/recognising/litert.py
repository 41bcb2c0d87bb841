"""LiteRT models, as phones run them, made from a Keras network: in floating point, or in 8-bit integers.

They carry what an app has to know, as JSON under the name `imgrec.json` among the model's own metadata.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.quiet import quiet
from imgrec_lib.recognising.document import RecogniserError

if TYPE_CHECKING:
    import flatbuffers
    import keras
    import tensorflow as tf

FILE_IDENTIFIER = b"TFL3"
METADATA_NAME = b"imgrec.json"
ALIGNMENT = 16  # Bytes; the format asks for it, so that weights are used where they lie.


def converted(network: "keras.Model", facts: str) -> bytes:
    """The network as a LiteRT model from `pictures`, float32, count × side × side × 3, to `logits`.

    `facts` is JSON that goes along. Raises ImportError where a package is missing, and RecogniserError where the
    network cannot be converted.
    """
    with _converter(network) as converter:
        model = converter.convert()
    return _finished(model, facts)


def quantised(
    network: "keras.Model", facts: str, pictures: np.ndarray, model: bytes, in_float: Sequence[str] = ()
) -> bytes:
    """The same in int8 inside, with a scale for each channel of a kernel (Jacob et al. 2018, arXiv:1712.05877).

    pictures: uint8, count × side × side × 3; the ranges of the activations are the widest met on them. `model` is what
    `converted` gave. Parts of it whose names have one of `in_float` in them stay in float32.
    """
    with _converter(network) as converter:
        import tensorflow as tf

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([one[np.newaxis].astype("float32")] for one in pictures)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
        names = [name for name in _operations(model) if any(part in name for part in in_float)]
        # The debugger is what TensorFlow offers to quantise all but some operations.
        options = tf.lite.experimental.QuantizationDebugOptions(denylisted_nodes=names)
        debugger = tf.lite.experimental.QuantizationDebugger(
            converter=converter, debug_dataset=converter.representative_dataset, debug_options=options
        )
        small = debugger.get_nondebug_quantized_model()
    return _finished(small, facts)


def _operations(model: bytes) -> list[str]:
    """The names of what the operations of a model give."""
    from ai_edge_litert import schema_py_generated as schema

    graph = schema.ModelT.InitFromPackedBuf(model, 0).subgraphs[0]
    return [graph.tensors[operator.outputs[0]].name.decode() for operator in graph.operators]


@contextmanager
def _converter(network: "keras.Model") -> "Iterator[tf.lite.TFLiteConverter]":
    """A converter of the network, and silence; what goes wrong in the block is told in one sentence."""
    try:
        import ai_edge_litert  # noqa: F401
    except ImportError as error:
        raise ImportError("a LiteRT model needs ai-edge-litert; run `pip install ai-edge-litert`") from error
    with _silence():
        import tensorflow as tf

        try:
            # The variant that keeps variables as resources cannot be calibrated.
            yield tf.lite.TFLiteConverter.from_concrete_functions([_function(network)])
        except Exception as error:  # The converter raises a plain Exception of its own.
            reason = " ".join(str(error).split())[:150] or type(error).__name__
            raise RecogniserError(
                f"LiteRT has no counterpart for a part of {network.name} ({reason}); export it to onnx"
            ) from error


def _function(network: "keras.Model") -> "tf.types.experimental.ConcreteFunction":
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *network.input_shape[1:]), tf.float32, name="pictures")]
    call = tf.function(lambda pictures: network(pictures, training=False), input_signature=signature, autograph=False)
    return call.get_concrete_function()


@contextmanager
def _silence() -> Iterator[None]:
    """A block in which TensorFlow's converter says nothing, neither in a terminal nor in a notebook."""
    from absl import logging

    level = logging.get_verbosity()
    with warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")
        logging.set_verbosity(logging.ERROR)
        try:
            yield
        finally:
            logging.set_verbosity(level)


def _finished(model: bytes, facts: str) -> bytes:
    """The model with names for its input and output, with the facts, and with equal arrays kept once.

    Every channel of every kernel comes with a zero of eight bytes, which is 8 % of an int8 model.
    """
    from ai_edge_litert import schema_py_generated as schema

    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    graph = tree.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
    signature.inputs = [_named(graph, graph.inputs[0], b"pictures")]
    signature.outputs = [_named(graph, graph.outputs[0], b"logits")]
    tree.signatureDefs = [signature]
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(facts.encode(), "uint8")
    entry.name, entry.buffer = METADATA_NAME, len(tree.buffers)
    tree.buffers.append(buffer)
    tree.metadata = [*(tree.metadata or []), entry]
    builder = _sharing_builder(len(model))
    builder.Finish(tree.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())


def _named(graph: "object", place: int, name: bytes) -> "object":
    """Rename a tensor of a graph, and an entry of a signature for it."""
    from ai_edge_litert import schema_py_generated as schema

    graph.tensors[place].name = name
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name, int(place)
    return entry


def _sharing_builder(size: int) -> "flatbuffers.Builder":
    """A builder that writes equal vectors of numbers once, and aligns bytes as the format asks."""
    import flatbuffers

    class SharingBuilder(flatbuffers.Builder):
        def CreateNumpyVector(self, x: np.ndarray) -> int:  # noqa: N802
            key = (x.dtype.str, x.tobytes())
            if key not in known:
                known[key] = self._aligned(x) if x.dtype == np.uint8 else super().CreateNumpyVector(x)
            return known[key]

        def _aligned(self, x: np.ndarray) -> int:
            self.StartVector(1, x.size, ALIGNMENT)
            self.head = self.Head() - x.size
            self.Bytes[self.Head() : self.Head() + x.size] = x.tobytes()
            return self.EndVector()

    known: dict[tuple[str, bytes], int] = {}
    return SharingBuilder(size)


def facts_of(model: bytes) -> str:
    """The JSON that goes along with a model that `converted` gave; empty where there is none."""
    from ai_edge_litert import schema_py_generated as schema

    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    found = [entry.buffer for entry in tree.metadata or [] if entry.name == METADATA_NAME]
    return bytes(tree.buffers[found[0]].data).decode() if found else ""
