"""What the drawing pad asks of a network: one answer a drawing, as probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np

from imgrec_lib.explaining import softmax

Network = Callable[[np.ndarray], Any]
ACTIVATIONS = {"linear": True, "softmax": False}  # Does the last layer leave logits?


def probabilities_of(numbers: np.ndarray, logits: bool) -> np.ndarray:
    """The probabilities of one row of logits, by softmax, or of one row of probabilities, as they are."""
    return softmax(numbers) if logits else np.clip(numbers, 0, 1)


def network_size(network: Network) -> int | None:
    """The side of the square pictures that a Keras network takes; None where it does not say."""
    shape = _shape(network)
    if len(shape) == 4 and shape[1] and shape[1] != shape[2]:
        raise ValueError(f"the network takes pictures of {shape[1]} × {shape[2]}, and the pad is square: give another")
    return shape[1] if len(shape) == 4 else None


def gives_logits(network: Network, said: bool | None = None) -> bool:
    """Whether the network ends in logits: as `said`, else by the activation of its last layer."""
    if said is not None:
        return bool(said)
    last = (getattr(network, "layers", None) or [None])[-1]
    name = getattr(getattr(last, "activation", None), "__name__", type(last).__name__.lower())
    if name not in ACTIVATIONS:
        raise ValueError(
            "the network does not say whether it gives logits or probabilities: add logits=True or logits=False"
        )
    return ACTIVATIONS[name]


def probed(
    network: Network, size: int, classes: int, said: bool | None
) -> tuple[Callable[[np.ndarray], np.ndarray], bool]:
    """A function from a drawing, size × size, to its probabilities, tried once, and whether those come from logits."""
    if not callable(network):
        raise ValueError(f"{type(network).__name__} is no network: give a Keras network or a function of pictures")
    logits = gives_logits(network, said)
    channels = (_shape(network) or (1,))[-1] or 1

    def answer(drawing: np.ndarray) -> np.ndarray:
        picture = np.repeat(drawing[np.newaxis, :, :, np.newaxis], channels, axis=3).astype("float32")
        numbers = np.asarray(network(picture), dtype=float)
        _refuse(numbers, classes, logits)
        return probabilities_of(numbers[0], logits)

    try:
        answer(np.zeros((size, size), "uint8"))
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(
            f"the network does not take a picture of 1 × {size} × {size} × {channels} ({type(error).__name__}): "
            "give size= and a network that fit"
        ) from error
    return answer, logits


def _shape(network: Network) -> tuple[int | None, ...]:
    shape = getattr(network, "input_shape", ())
    return tuple(shape) if isinstance(shape, tuple) else ()


def _refuse(numbers: np.ndarray, classes: int, logits: bool) -> None:
    if numbers.shape != (1, classes):
        raise ValueError(
            f"the network answers with shape {numbers.shape}: for {classes} class names it has to be 1 × {classes}"
        )
    if not np.isfinite(numbers).all():
        raise ValueError("the network answers with numbers that are not finite: train it again with smaller steps")
    if not logits and (numbers.min() < -1e-3 or abs(numbers.sum() - 1) > 1e-2):
        raise ValueError(
            f"the network's numbers add up to {numbers.sum():.3g}, so they are no probabilities: add logits=True"
        )
