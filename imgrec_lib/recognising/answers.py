"""From logits to an answer in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imgrec_lib.recognising import NONE
from imgrec_lib.recognising.document import Description, RecogniserError


@dataclass(frozen=True)
class Answer:
    """What a recogniser says of one photograph: its name, a class name or "none of these", and all probabilities."""

    photograph: str
    label: str
    probabilities: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """The answer as commands and the server give it."""
        return {"photo": self.photograph, "label": self.label, "probabilities": self.probabilities}


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities, float64, count × classes, each row summing to 1: softmax of logits, count × classes, divided by
    the temperature (Guo et al. 2017). Raises RecogniserError where a logit is not finite.
    """
    scaled = np.asarray(logits, "float64") / temperature
    if scaled.ndim != 2:
        raise ValueError(f"logits of shape {scaled.shape} are not count × classes; give logits[np.newaxis] for one")
    if not np.isfinite(scaled).all():
        raise RecogniserError("the network answers with what is no number, so its weights are no good; train it again")
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True, initial=-np.inf))
    return powers / powers.sum(axis=1, keepdims=True)


def answers(logits: np.ndarray, description: Description, photographs: Sequence[str]) -> list[Answer]:
    """An answer for each row of logits, count × classes, and each name of a photograph."""
    names, found = description.class_names, probabilities(logits, description.temperature)
    return [
        Answer(photograph, names[row.argmax()] if row.max() >= description.threshold else NONE,
               dict(zip(names, row.tolist(), strict=True)))
        for photograph, row in zip(photographs, found, strict=True)
    ]  # fmt: skip
