"""The pictures that an export needs: some to find the ranges for int8 on, and others to measure what it costs."""

from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.progress import Report
from imgrec_lib.recognising import unseen

if TYPE_CHECKING:
    from imgrec_lib.collecting import Collection
    from imgrec_lib.recognising.document import Description

MOST_CALIBRATING, FEWEST_CALIBRATING = 128, 32
CUTS_CALIBRATING, CUTS_MEASURING = 4, 8  # Of each of the 24 embedded photographs
SMALLEST_CUT = 0.4  # Of the shorter side


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures to calibrate and to measure with, uint8, count × side × side × 3.

    labels: places among the recogniser's class names, int64, or None where the classes of the measuring pictures are
    not among them. sentence: says in words what is measured, and on what.
    """

    calibrating: np.ndarray
    measuring: np.ndarray
    labels: np.ndarray | None
    sentence: str


def embedded(side: int) -> Pictures:
    """Random cuts of the course's photographs: the left halves calibrate, the right halves measure."""
    from imgrec_lib.datasets import PHOTOGRAPHS, photograph

    generator = np.random.default_rng(0)
    left, right = [], []
    for name in PHOTOGRAPHS:
        whole = photograph(name)
        middle = whole.shape[1] // 2
        left += [_cut(whole[:, :middle], side, generator) for _ in range(CUTS_CALIBRATING)]
        right += [_cut(whole[:, middle:], side, generator) for _ in range(CUTS_MEASURING)]
    sentence = (
        f"No photographs of its classes were given, so accuracy is unknown: the share of equal answers is that of "
        f"{len(right)} cuts of the course's photographs. Give --photos FOLDER to measure accuracy."
    )
    return Pictures(np.stack(left), np.stack(right), None, sentence)


def _cut(photograph: np.ndarray, side: int, generator: np.random.Generator) -> np.ndarray:
    from imgrec_lib import images

    shorter = min(photograph.shape[:2])
    size = int(generator.integers(int(SMALLEST_CUT * shorter), shorter, endpoint=True))
    top, left = (int(generator.integers(0, extent - size, endpoint=True)) for extent in photograph.shape[:2])
    return images.load(np.ascontiguousarray(photograph[top : top + size, left : left + size]), side)


def gathered(description: "Description", source: str | PathLike, report: Report) -> tuple[Pictures, "Collection"]:
    """The photographs of a source that `collecting.gather` takes, and the collection that they are from.

    Those that the recogniser was trained on calibrate, and the others measure, without near-duplicates of the former.
    Where one of the two is missing, the course's photographs stand in.
    """
    from imgrec_lib.collecting import gather

    collection = gather(source, description.side, report=report, to_train=False)
    names = np.array(collection.class_names)[collection.labels]
    known = np.isin(names, description.class_names)
    if not known.any():
        raise unseen.no_class_in_common(collection, description)
    stand_in = embedded(description.side)
    calibrating = _spread(collection.images[unseen.learned_from(collection, description)], MOST_CALIBRATING)
    few = len(calibrating) < FEWEST_CALIBRATING
    if few:
        calibrating = np.concatenate([calibrating, stand_in.calibrating])
    measured = known & unseen.fresh(collection, description)
    if not measured.any():
        return Pictures(calibrating, stand_in.measuring, None, _nothing_fresh(collection, stand_in)), collection
    labels = np.array([description.class_names.index(name) for name in names[measured]], "int64")
    sentence = _sentence(len(labels), len(calibrating), few, sorted(set(names[~known].tolist())))
    return Pictures(calibrating, collection.images[measured], labels, sentence), collection


def _spread(pictures: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the pictures, evenly spread, so that every class is among them."""
    places = np.linspace(0, len(pictures) - 1, min(most, len(pictures)))
    return pictures[places.round().astype(int)]


def _sentence(measured: int, calibrating: int, few: bool, strangers: list[str]) -> str:
    found = f"Measured on {_photographs(measured)} that it has not learned from. "
    if few:
        found += "Few that it has learned from were given, so the course's own helped with the ranges for int8"
    else:
        found += f"The ranges for int8 are from {_photographs(calibrating)} that it has learned from"
    left_out = f"; left out, since it does not know them: {', '.join(strangers[:8])}" if strangers else ""
    return f"{found}{left_out}."


def _nothing_fresh(collection: "Collection", stand_in: Pictures) -> str:
    return (
        f"Every photograph of {collection.name} is one that it has learned from, or nearly, and those prove "
        f"nothing: the share of equal answers is that of {len(stand_in.measuring)} cuts of the course's photographs."
    )


def _photographs(count: int) -> str:
    return f"{count:,} photograph{'' if count == 1 else 's'}"
