"""What is read off learning curves: the best epoch, the gap, and words about both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

History = Mapping[str, Sequence[float]]
MOST_POINTS, MOST_IN_PICTURE = 300, 100  # A picture of more noise would be stored as JPEG
LARGEST_NUMBER = 1e30
NOT_A_NUMBER = (
    "The loss is not a number (NaN): a step was so large that the sums overflowed, and no later step can mend that. "
    "Stop, build the network anew and try a learning rate ten times smaller."
)


@dataclass(frozen=True)
class Reading:
    """What the curves say so far; epochs count from 0, and None stands for "not known".

    `best` is the epoch of the lowest `measure` ("val_loss", else "loss"). `gap` is how much better training is than
    validation in epoch `gap_epoch`: in accuracy where that was measured (`gap_in` says so), else in loss.
    """

    measure: str
    best: int | None
    gap: float | None
    gap_epoch: int | None
    gap_in: str
    loss_top: float
    accuracy_bottom: float
    broken: bool


def accuracy_name(history: History) -> str | None:
    """The name of the accuracy among what was measured, such as "sparse_categorical_accuracy", or None."""
    names = [name for name in history if "acc" in name and not name.startswith("val_")]
    return "accuracy" if "accuracy" in names else next(iter(names), None)


def finite(values: Sequence[float]) -> np.ndarray:
    """The values as floats, with NaN in the place of all that cannot be drawn."""
    array = np.array(values, dtype=float)
    return np.where(np.abs(array) < LARGEST_NUMBER, array, np.nan)


def read(history: History) -> Reading:
    """What a history says: lists of one number an epoch, NaN where nothing was measured."""
    measure = "val_loss" if len(history.get("val_loss", ())) else "loss"
    values = finite(history.get(measure, ()))
    accuracy = accuracy_name(history)
    name = accuracy if accuracy and f"val_{accuracy}" in history else "loss"
    gap, gap_epoch = _gap(history, name)
    losses = np.concatenate([finite(history.get(one, ())) for one in ("loss", "val_loss")])
    return Reading(
        measure=measure,
        best=int(np.nanargmin(values)) if np.isfinite(values).any() else None,
        gap=gap,
        gap_epoch=gap_epoch,
        gap_in="accuracy" if name == accuracy else "loss",
        loss_top=_largest(losses),
        accuracy_bottom=_bottom(history, accuracy),
        broken=bool(len(history.get("loss", ())) and not np.isfinite(finite(history["loss"])[-1])),
    )


def _gap(history: History, name: str) -> tuple[float | None, int | None]:
    train, validation = finite(history.get(name, ())), finite(history.get(f"val_{name}", ()))
    both = min(len(train), len(validation))
    difference = train[:both] - validation[:both] if name != "loss" else validation[:both] - train[:both]
    places = np.flatnonzero(np.isfinite(difference))
    return (float(difference[places[-1]]), int(places[-1])) if len(places) else (None, None)


def _largest(losses: np.ndarray) -> float:
    largest = np.nanmax(losses) if np.isfinite(losses).any() else 0.0
    return float(largest) * 1.05 if largest > 0 else 1.0


def _bottom(history: History, accuracy: str | None) -> float:
    """Where the accuracy's axis begins: at 0, or at a tenth not far below a training that is good throughout."""
    every = [finite(history.get(one, ())) for one in (accuracy, f"val_{accuracy}")] if accuracy else []
    values = np.concatenate(every) if every else np.array([])
    smallest = np.nanmin(values) if np.isfinite(values).any() else 0.0
    return float(np.clip(np.floor(smallest * 10 - 0.5) / 10, 0.0, 0.9)) if smallest > 0.5 else 0.0


def gap_words(reading: Reading, first: int = 1) -> str:
    """One sentence on the gap between training and validation; `first` is the number of the first epoch."""
    if reading.gap is None or reading.gap_epoch is None:
        return "No gap to show: there is no validation yet."
    when = f"Gap after epoch {reading.gap_epoch + first}: "
    if reading.gap_in == "loss":
        side = "above" if reading.gap >= 0 else "below"
        return f"{when}the validation loss lies {abs(reading.gap):.2f} {side} the training loss."
    points = round(abs(reading.gap) * 100)
    if points < 1:
        return f"{when}none, the two accuracies are equal."
    side = "better" if reading.gap > 0 else "worse"
    plural = "s" if points > 1 else ""
    return f"{when}training is {points} percentage point{plural} {side} than validation."


def shown_places(count: int, best: int | None, most: int = MOST_POINTS) -> np.ndarray:
    """Which of `count` epochs are drawn: all, or about `most` spread evenly, with the first, the best and the last."""
    if count <= most:
        return np.arange(count)
    places = np.linspace(0, count - 1, most).round().astype(int)
    return np.unique(np.append(places, [] if best is None else best)).astype(int)
