"""A recogniser of your own: what it knows in words and numbers, kept in one file that is safe to open.

recogniser = Recogniser.open("pets.imgrec")
recogniser.predict(["photo.jpg"])
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.recognising import NONE, archive, networks
from imgrec_lib.recognising.answers import Answer, answers
from imgrec_lib.recognising.document import Description, RecogniserError

if TYPE_CHECKING:
    import keras

    from imgrec_lib.recognising.evaluating import evaluate
    from imgrec_lib.recognising.training import train

__all__ = ["NONE", "Answer", "Description", "Recogniser", "RecogniserError", "evaluate", "train"]


@dataclass(frozen=True, eq=False)
class Recogniser:
    """A description and the weights, float32, by "layer/variable", in the order of `networks.expected`."""

    description: Description
    weights: Mapping[str, np.ndarray]

    @classmethod
    def open(cls, path: str | os.PathLike) -> "Recogniser":
        """The recogniser of a file, which may come from a stranger; raises RecogniserError in one sentence."""
        return cls(*archive.read(path))

    def save(self, path: str | os.PathLike) -> None:
        """Write the file, whole or not at all; raises RecogniserError where `open` would refuse it, and OSError."""
        archive.write(path, self.description, self.weights)

    @classmethod
    def of(cls, network: "keras.Model", description: Description) -> "Recogniser":
        """The recogniser with the weights of a network that `networks.build` gave, or of one built alike."""
        arrays = [np.asarray(one, "float32") for one in network.weights]
        shapes = _shapes(network, description)
        if [one.shape for one in arrays] != list(shapes.values()):
            raise RecogniserError(
                f"the network {network.name} has other weights than {description.network} at {description.side} × "
                f"{description.side} with {len(description.class_names)} classes; build it with networks.build"
            )
        return cls(description, dict(zip(shapes, arrays, strict=True)))

    def network(self) -> "keras.Model":
        """A Keras model from raw pictures, float32, count × side × side × 3, 0…255, to logits, count × classes."""
        description = self.description
        network = networks.build(description.network, description.side, len(description.class_names), weights=None)
        shapes = _shapes(network, description)
        if {name: np.shape(array) for name, array in self.weights.items()} != shapes:
            raise RecogniserError(
                f"the weights are not those of {description.network} as this version of Keras builds it; train it again"
            )
        network.set_weights([self.weights[name] for name in shapes])
        return network

    def graph(self) -> bytes:
        """The same as an ONNX model: `pictures`, float32, count × side × side × 3, 0…255, to `logits`.

        It is made without TensorFlow. Raises RecogniserError for a network of keras.applications.
        """
        from imgrec_lib.recognising.graph import model_bytes

        return model_bytes(self.description, self.weights)

    def predict(self, photographs: Iterable[Any] | Any, runtime: str | None = None) -> list[Answer]:
        """An answer for each photograph; each may be anything that `images.load` takes, and one alone is a list of one.

        Raises ImageError for the first that cannot be read. `runtime` is "onnx", "keras" or "litert"; without it, the
        one that answers soonest.
        """
        from imgrec_lib import images
        from imgrec_lib.recognising import runtimes

        side = self.description.side
        some = _listed(photographs)
        pictures = np.array([images.load(one, side) for one in some], "uint8").reshape(-1, side, side, 3)
        if not len(pictures):
            return []
        logits = runtimes.in_batches(runtimes.start(self, runtime or runtimes.quickest(self)), pictures)
        return answers(logits, self.description, [_name(one, place) for place, one in enumerate(some, 1)])


def _listed(photographs: Any) -> list[Any]:
    single = isinstance(photographs, str | os.PathLike | bytes | bytearray | memoryview)
    if single or isinstance(photographs, np.ndarray) and photographs.ndim < 4:
        return [photographs]
    return list(photographs)


def _name(photograph: Any, place: int) -> str:
    return os.fsdecode(photograph) if isinstance(photograph, str | os.PathLike) else f"photograph {place}"


def _shapes(network: "keras.Model", description: Description) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all weights: the course's own names where it has some, else numbered ones."""
    if networks.is_own(description.network):
        return networks.expected(description)
    return {f"{place:04}/{one.name}": tuple(one.shape) for place, one in enumerate(network.weights)}


def __getattr__(name: str) -> Any:
    # Training needs much that opening and asking do not.
    if name == "train":
        from imgrec_lib.recognising.training import train

        return train
    if name == "evaluate":
        from imgrec_lib.recognising.evaluating import evaluate

        return evaluate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
