"""How good a recogniser is on photographs that it has not learned from, with intervals that say how sure that is."""

from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.progress import Report, part_of
from imgrec_lib.recognising import intervals, unseen
from imgrec_lib.recognising.intervals import Estimate

if TYPE_CHECKING:
    from imgrec_lib.collecting import Problem
    from imgrec_lib.recogniser import Recogniser

BATCH = 64


@dataclass(frozen=True, eq=False)
class Measured:
    """Counts on some photographs: `matrix`, classes × classes, by the largest probability, however small that was.

    `unsure` has, for each true class, how many of its photographs would be answered "none of these"; `unsure_right`
    is how many of those had the right class on top.
    """

    class_names: list[str]
    matrix: np.ndarray
    unsure: np.ndarray
    unsure_right: int

    @property
    def count(self) -> int:
        """The number of photographs."""
        return int(self.matrix.sum())

    @property
    def right(self) -> int:
        """The number of photographs whose true class had the largest probability."""
        return int(np.trace(self.matrix))

    @property
    def accuracy(self) -> Estimate:
        """The share of right answers."""
        return intervals.wilson(self.right, self.count)

    @property
    def none_of_these(self) -> Estimate:
        """The share of photographs that would be answered "none of these"."""
        return intervals.wilson(int(self.unsure.sum()), self.count)

    @property
    def accuracy_answered(self) -> Estimate:
        """The share of right answers among the photographs that would be answered by a class."""
        return intervals.wilson(self.right - self.unsure_right, self.count - int(self.unsure.sum()))

    @property
    def sentence(self) -> str:
        """One plain sentence on how far to trust the numbers."""
        return intervals.trust(self.right, self.count, int(self.matrix.sum(axis=1).max(initial=0)))

    def rows(self) -> list[tuple[str, int, Estimate, Estimate, Estimate]]:
        """Name, number of photographs, precision, recall and F1 of each class."""
        precision, recall = intervals.precision_and_recall(self.matrix)
        counts = self.matrix.sum(axis=1).tolist()
        return list(zip(self.class_names, counts, precision, recall, intervals.f1_intervals(self.matrix)))

    def scores(self) -> dict[str, Any]:
        """The same as numbers for a file: an estimate is a list of value, low and high."""
        value, low, high = self.accuracy.as_list()
        classes = {
            name: {
                "count": count, "precision": precision.as_list(), "recall": recall.as_list(), "f1": f1.as_list()
            }
            for name, count, precision, recall, f1 in self.rows()
        }  # fmt: skip
        return {
            "count": self.count,
            "right": self.right,
            "accuracy": value,
            "interval": [low, high],
            "none_of_these": self.none_of_these.as_list(),
            "accuracy_answered": self.accuracy_answered.as_list(),
            "sentence": self.sentence,
            "per_class": classes,
        }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What `evaluate` found: the counts, how many photographs were left out because the recogniser learned from them.

    `strangers` has, for each class that it does not know, its photographs and how many it called "none of these".
    """

    measured: Measured
    left_out: int
    strangers: dict[str, tuple[int, int]]
    problems: "list[Problem]" = field(default_factory=list)

    def lines(self) -> list[str]:
        """The whole finding in plain text."""
        found = [*_table(self.measured), "", self.measured.sentence[:1].upper() + self.measured.sentence[1:]]
        unsure, answered = self.measured.none_of_these, self.measured.accuracy_answered
        if unsure.value is not None:
            found.append(f'"None of these" is the answer to {unsure}; of the others right: {answered}.')
        if self.left_out:
            found.append(f"{_photographs(self.left_out)} it was trained on {_were(self.left_out)} left out.")
        for name, (count, rejected) in self.strangers.items():
            found.append(f'It does not know {name}: {rejected} of {_photographs(count)} called "none of these".')
        return found


def measure(probabilities: np.ndarray, labels: np.ndarray, class_names: list[str], threshold: float) -> Measured:
    """Counts of answers, from probabilities, float, count × classes, and true classes, int, count."""
    answers = probabilities.argmax(axis=1)
    unsure = probabilities.max(axis=1) < threshold
    return Measured(
        list(class_names),
        intervals.confusion(labels, answers, len(class_names)),
        np.bincount(labels[unsure], minlength=len(class_names)),
        int((unsure & (answers == labels)).sum()),
    )


def logits(recogniser: "Recogniser", images: np.ndarray, report: Report = lambda words, share: None) -> np.ndarray:
    """Logits, float32, count × classes, of uint8 images at the recogniser's side, by what starts soonest."""
    from imgrec_lib.recognising import runtimes

    runtime = runtimes.start(recogniser, runtimes.quickest(recogniser))
    found = [np.empty((0, len(recogniser.description.class_names)), "float32")]
    for start in range(0, len(images), BATCH):
        report(f"Measuring: {start} of {len(images)}.", start / len(images))
        found.append(runtime.logits(images[start : start + BATCH]))
    return np.concatenate(found)


def evaluate(
    recogniser: "Recogniser", source: str | PathLike, report: Report = lambda words, share: None
) -> Evaluation:
    """How a recogniser does on the photographs of a source that `collecting.gather` takes.

    Photographs that it learned from, by the digests in its file, and near-duplicates of them are left out. Raises
    ValueError where none is left.
    """
    from imgrec_lib.collecting import gather
    from imgrec_lib.recognising.answers import probabilities

    description = recogniser.description
    collection = gather(source, description.side, report=part_of(report, 0, 0.5), to_train=False)
    fresh = unseen.fresh(collection, description)
    if not fresh.any():
        raise ValueError(
            f"every photograph of {collection.name} is one that the recogniser was trained on, and those prove "
            "nothing; give it others"
        )
    found = logits(recogniser, collection.images[fresh], part_of(report, 0.5, 1))
    found = probabilities(found, description.temperature)
    names = [collection.class_names[label] for label in collection.labels[fresh]]
    known = np.array([name in description.class_names for name in names])
    if not known.any():
        raise unseen.no_class_in_common(collection, description)
    labels = np.array([description.class_names.index(name) for name in names if name in description.class_names])
    measured = measure(found[known], labels, list(description.class_names), description.threshold)
    strangers = _strangers(names, known, found.max(axis=1) < description.threshold)
    return Evaluation(measured, int((~fresh).sum()), strangers, collection.problems)


def _strangers(names: list[str], known: np.ndarray, unsure: np.ndarray) -> dict[str, tuple[int, int]]:
    others = np.array(names, dtype=object)
    return {
        name: (int((others == name).sum()), int(unsure[others == name].sum()))
        for name in sorted({name for name, one in zip(names, known) if not one})
    }


def _table(measured: Measured) -> list[str]:
    rows = [("class", "photographs", "precision", "recall", "F1")]
    rows += [(name, f"{count}", str(p), str(r), str(f1)) for name, count, p, r, f1 in measured.rows()]
    widths = [max(len(row[place]) for row in rows) for place in range(5)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def _photographs(count: int) -> str:
    return f"{count} photograph{'' if count == 1 else 's'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
