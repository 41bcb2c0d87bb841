"""A recogniser of colours and a server around it, for the tests of serving: quick, and its answers are known."""

import contextlib
import io
import threading
import time
from collections.abc import Iterator

import numpy as np
from PIL import Image

from imgrec_lib.recognising.document import Description
from imgrec_lib.serving import app, server
from imgrec_lib.serving.limits import Limits
from imgrec_lib.serving.service import Service

SIDE, CLASSES, SHARPNESS = 32, ("red", "green", "blue"), 20.0


class Colours:
    """Stands where a `Recogniser` stands: the class is the strongest colour."""

    def __init__(self, class_names: tuple[str, ...] = CLASSES, threshold: float = 0.5) -> None:
        trained_on = {"name": "colours", "counts": {"train": {"red": 7}}, "digests": ["0123456789abcdef"]}
        self.description = Description(
            network="efficientnet_lite0",
            side=SIDE,
            class_names=class_names,
            temperature=1.0,
            threshold=threshold,
            trained_on=trained_on,
            scores={"accuracy": 0.95},
            fine_tuned=False,
            imgrec="0.1.0",
        )

    def graph(self) -> bytes:
        """Mean colours, then a dense layer, so that the feature maps are the picture itself."""
        from onnx import TensorProto, helper, numpy_helper

        weights = (SHARPNESS / 255 * np.eye(3)).astype("float32")
        numbers = [numpy_helper.from_array(weights, "weights")]
        nodes = [
            helper.make_node("Transpose", ["pictures"], ["maps"], perm=[0, 3, 1, 2]),
            helper.make_node("GlobalAveragePool", ["maps"], ["means"]),
            helper.make_node("Flatten", ["means"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weights"], ["logits"], transB=1),
        ]
        inputs = [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", SIDE, SIDE, 3])]
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 3])]
        graph = helper.make_graph(nodes, "colours", inputs, outputs, numbers)
        opset = [helper.make_opsetid("", 17)]
        return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


class Means:
    """A runtime that answers like `Colours`, notes the size of each batch, and can be made slow or stopped."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.sizes: list[int] = []
        self.seconds, self.go = seconds, threading.Event()
        self.go.set()

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        assert self.go.wait(60)
        self.sizes.append(len(pictures))
        time.sleep(self.seconds)
        return (pictures.mean((1, 2)) * SHARPNESS / 255).astype("float32")


def picture(colour: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (40, 30), kind: str = "png") -> bytes:
    """A picture file of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


@contextlib.contextmanager
def running(
    recogniser: Colours | None = None,
    runtime: Means | None = None,
    limits: Limits | None = None,
    host: str = "127.0.0.1",
) -> Iterator[int]:
    """The port of a real server on this machine, which ends with the block."""
    recogniser, limits = recogniser or Colours(), limits or Limits()
    service = Service(recogniser, runtime or Means(), "onnx", limits)
    up = threading.Event()
    with server.listen(host, 0) as listener:
        serving = server.prepare(app.create(service, host), limits, up.set)
        thread = threading.Thread(target=server.answer, args=(serving, listener))
        thread.start()
        try:
            assert up.wait(20)
            yield listener.getsockname()[1]
        finally:
            serving.should_exit = True
            thread.join(20)
            assert not thread.is_alive()
