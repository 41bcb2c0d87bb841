"""The three programs that can run a recogniser: ONNX Runtime, Keras and LiteRT."""

import threading
from typing import TYPE_CHECKING, Protocol

import numpy as np

from imgrec_lib.quiet import quiet
from imgrec_lib.recognising import RUNTIMES, networks
from imgrec_lib.recognising.document import shown

if TYPE_CHECKING:
    import keras
    import onnxruntime

    from imgrec_lib.recogniser import Recogniser

THREADS = 2
PIXELS_TOGETHER = 32 * 96 * 96


class Runtime(Protocol):
    """What answers pictures with logits. It may be called from one thread at a time."""

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        """float32, count × classes, of raw pictures, uint8 or float32 from 0 to 255, count × side × side × 3."""


def in_batches(runtime: Runtime, pictures: np.ndarray) -> np.ndarray:
    """Logits, float32, count × classes, of one or more pictures, in batches that take little memory at any side."""
    step = max(1, PIXELS_TOGETHER // pictures.shape[1] ** 2)
    return np.concatenate([runtime.logits(pictures[start : start + step]) for start in range(0, len(pictures), step)])


def quickest(recogniser: "Recogniser") -> str:
    """The name of the runtime that answers soonest here: ONNX Runtime where it can run the network, else Keras."""
    if not networks.is_own(recogniser.description.network):
        return "keras"
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError:
        return "keras"
    return "onnx"


def start(recogniser: "Recogniser", name: str, *, threads: int = THREADS) -> Runtime:
    """The runtime of this name, ready for this recogniser, on so many threads where the runtime can be told.

    Raises ImportError where its package is missing, and RecogniserError where the network does not run on it.
    """
    if name not in RUNTIMES:
        raise ValueError(f"there is no runtime {shown(name)}; take {', '.join(RUNTIMES)}")
    shape = (recogniser.description.side, recogniser.description.side, 3)
    if name == "onnx":
        return OnnxRuntime(_onnx_model(recogniser), shape, threads)
    if name == "keras":
        return KerasRuntime(recogniser.network(), shape)
    from imgrec_lib.recognising.exporting import litert_model

    return LiteRTRuntime(litert_model(recogniser), shape, threads)


def _onnx_model(recogniser: "Recogniser") -> bytes:
    if networks.is_own(recogniser.description.network):
        return recogniser.graph()
    from imgrec_lib.recognising.exporting import onnx_model

    try:
        return onnx_model(recogniser)
    except ImportError as error:
        raise ImportError(_missing("onnx", "tf2onnx", f"for {recogniser.description.network} ")) from error


def onnx_session(model: bytes, threads: int) -> "onnxruntime.InferenceSession":
    """An ONNX model at work on the processor; raises ImportError where its package is missing."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError(_missing("onnx", "onnxruntime")) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    # A thread that waits by spinning takes the processor from those that read pictures and answer requests
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class OnnxRuntime:
    """An ONNX model, as bytes, on the processor; `shape` is height × width × 3 of its pictures."""

    def __init__(self, model: bytes, shape: tuple[int, int, int], threads: int = THREADS) -> None:
        self._session, self._shape = onnx_session(model, threads), shape
        self._input, self._output = self._session.get_inputs()[0].name, self._session.get_outputs()[0].name

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        """float32, count × classes, of raw pictures, count × side × side × 3."""
        return self._session.run([self._output], {self._input: checked(pictures, self._shape)})[0]


class KerasRuntime:
    """A Keras model from raw pictures to logits."""

    def __init__(self, network: "keras.Model", shape: tuple[int, int, int]) -> None:
        self._network, self._shape = network, shape

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        """float32, count × classes, of raw pictures, count × side × side × 3."""
        return np.asarray(self._network.predict_on_batch(checked(pictures, self._shape)), "float32")


class LiteRTRuntime:
    """A LiteRT model, as bytes, whose input and output are floating point."""

    def __init__(self, model: bytes, shape: tuple[int, int, int], threads: int = THREADS) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise ImportError(_missing("litert", "ai-edge-litert")) from error
        with quiet():
            self._interpreter = Interpreter(model_content=model, num_threads=threads)
            self._interpreter.allocate_tensors()  # It says what computes for it at its first allocation
        self._shape, self._count, self._lock = shape, 0, threading.Lock()

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        """float32, count × classes, of raw pictures, count × side × side × 3."""
        pictures = checked(pictures, self._shape)
        source, target = self._interpreter.get_input_details()[0], self._interpreter.get_output_details()[0]
        with self._lock:
            if self._count != len(pictures):
                self._interpreter.resize_tensor_input(source["index"], pictures.shape)
                self._interpreter.allocate_tensors()
                self._count = len(pictures)
            self._interpreter.set_tensor(source["index"], pictures)
            self._interpreter.invoke()
            return self._interpreter.get_tensor(target["index"]).copy()


def checked(pictures: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """The pictures as float32; raises ValueError where they are not count × height × width × 3, at least one."""
    pictures = np.asarray(pictures)
    if pictures.ndim != 4 or pictures.shape[1:] != shape or not len(pictures) or pictures.dtype.kind not in "uf":
        wanted = " × ".join(map(str, shape))
        raise ValueError(
            f"pictures of {pictures.dtype}, {shown(pictures.shape)}, do not fit; give one or more of {wanted}, uint8 "
            "or float32, such as images.load(photograph, size) gives"
        )
    return np.ascontiguousarray(pictures, "float32")


def _missing(name: str, package: str, network: str = "") -> str:
    others = " or ".join(f"--runtime {other}" for other in RUNTIMES if other != name)
    missing = f"the runtime {name} {network}needs {package}, which is not installed"
    return f"{missing}; run `pip install {package}`, or give {others}"
