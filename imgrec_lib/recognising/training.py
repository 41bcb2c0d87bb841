"""From photographs to a recogniser in one call: collect, split, train, calibrate, measure, write, report."""

import dataclasses
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import imgrec_lib
from imgrec_lib.progress import Report, part_of
from imgrec_lib.recognising import calibration, evaluating
from imgrec_lib.recognising.checkpoints import Checkpoints, key_of
from imgrec_lib.recognising.learned import Learned, Options, learn_from

if TYPE_CHECKING:
    from imgrec_lib.collecting import Collection, Problem
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.document import Description

PARTS = ("train", "validation", "test")
UNSET_THRESHOLD, UNSET_TEMPERATURE = 0.0, 1.0


@dataclass(frozen=True, eq=False)
class Trained:
    """A new recogniser, where its report lies, what was wrong with photographs, and the scores on the test part."""

    recogniser: "Recogniser"
    report_path: Path
    problems: "list[Problem]"
    scores: dict[str, Any]


def train(
    source: str | PathLike,
    out: str | PathLike,
    *,
    from_scratch: bool = False,
    backbone: str | None = None,
    epochs: int | None = None,
    seed: int = 0,
    side: int | None = None,
    report: Report | None = None,
    progress: Callable[[dict[str, list[float]], int], None] | None = None,
) -> Trained:
    """Train a recogniser on what `collecting.gather` takes, write it to `out`, and its report beside it.

    All problems of the photographs are printed before training. `report(words, share)` hears how far it is, 0 to 1,
    `progress(history, epochs)` the curves after each epoch. Stopped anywhere, the same call goes on from the last
    epoch. Raises ValueError or OSError in one sentence.
    """
    options = Options(from_scratch, backbone, epochs, seed, side)
    report, progress = report or (lambda words, share: None), progress or (lambda history, epochs: None)
    out = checked_out(out)
    collection, places = _collect(source, options, report)
    checkpoints = Checkpoints(out, _key(collection, places, options))
    learned = learn_from(collection, places, options, checkpoints, part_of(report, 0.15, 0.9), progress)
    report("Measuring on the test photographs.", 0.9)
    recogniser, measured, test = _measured(collection, places, options, learned)
    path = report_path(out)
    _write_report(path, out, collection, places, learned, recogniser, measured, test)
    recogniser.save(out)
    checkpoints.remove()
    report("Done.", 1.0)
    return Trained(recogniser, path, collection.problems, recogniser.description.scores)


def report_path(out: Path) -> Path:
    """Where the report on a recogniser lies: pets.report.html beside pets.imgrec."""
    return out.with_name(f"{out.name.removesuffix('.imgrec')}.report.html")


def checked_out(out: str | PathLike) -> Path:
    """The file to be written, as a path; it is looked at before training, not after."""
    out = Path(out)
    if out.is_dir():
        raise OSError(f"{out} is a folder; name a file in it, such as {out / 'pets.imgrec'}")
    if not out.absolute().parent.is_dir():
        raise OSError(f"the folder {out.absolute().parent} is not there; make it, or give --out another place")
    return out


def _collect(source: str | PathLike, options: Options, report: Report) -> "tuple[Collection, dict[str, np.ndarray]]":
    from imgrec_lib import collecting

    collection = collecting.gather(source, options.image_side(), report=part_of(report, 0, 0.15))
    places = collecting.split(collection, options.seed)
    collecting.print_problems(collection.problems)
    empty = [part for part in PARTS if not len(places[part])]
    if empty:
        raise ValueError(
            f"{collection.name} leaves no photograph for {' and '.join(empty)}; add more that are not alike"
        )
    missing = sorted(set(collection.labels.tolist()) - set(collection.labels[places["train"]].tolist()))
    if missing:
        name = collection.class_names[missing[0]]
        raise ValueError(f"{name} has no photograph left to train on, since they are so alike; add others of it")
    return collection, places


def _key(collection: "Collection", places: dict[str, np.ndarray], options: Options) -> str:
    return key_of(
        options=dataclasses.asdict(options),
        imgrec=imgrec_lib.__version__,
        side=collection.side,
        class_names=collection.class_names,
        labels=collection.labels.tolist(),
        digests=collection.digests,
        places={part: places[part].tolist() for part in PARTS},
    )


def _measured(
    collection: "Collection", places: dict[str, np.ndarray], options: Options, learned: Learned
) -> "tuple[Recogniser, evaluating.Measured, np.ndarray]":
    """The recogniser with its calibration and scores, and the probabilities of the test photographs.

    They are measured with the file's own numbers by the runtime that will serve it, not with the network in training.
    """
    from imgrec_lib.recognising.answers import probabilities

    recogniser = learned.recogniser(_description(collection, places, options, learned))
    labels = collection.labels
    held_out = collection.images[np.concatenate([places["validation"], places["test"]])]
    found, unused = np.split(evaluating.logits(recogniser, held_out), [len(places["validation"])])
    heat = calibration.temperature(found, labels[places["validation"]])
    least = calibration.threshold(probabilities(found, heat), labels[places["validation"]])
    test = probabilities(unused, heat)
    measured = evaluating.measure(test, labels[places["test"]], collection.class_names, least)
    calibrated = dataclasses.replace(
        recogniser.description, temperature=heat, threshold=least, scores=measured.scores()
    )
    return dataclasses.replace(recogniser, description=calibrated), measured, test


def _description(
    collection: "Collection", places: dict[str, np.ndarray], options: Options, learned: Learned
) -> "Description":
    from imgrec_lib.recognising.document import Description

    used = np.concatenate([places["train"], places["validation"]])
    counts = {
        part: dict(zip(collection.class_names, np.bincount(
            collection.labels[places[part]], minlength=len(collection.class_names)).tolist()))
        for part in PARTS
    }  # fmt: skip
    return Description(
        network=options.network,
        side=collection.side,
        class_names=tuple(collection.class_names),
        temperature=UNSET_TEMPERATURE,
        threshold=UNSET_THRESHOLD,
        trained_on={
            "name": collection.name,
            "date": datetime.date.today().isoformat(),
            "counts": counts,
            "digests": sorted({collection.digests[place] for place in used}),
        },
        scores={},
        fine_tuned=learned.fine_tuned,
        imgrec=imgrec_lib.__version__,
    )


def _write_report(
    path: Path,
    out: Path,
    collection: "Collection",
    places: dict[str, np.ndarray],
    learned: Learned,
    recogniser: "Recogniser",
    measured: evaluating.Measured,
    test: np.ndarray,
) -> None:
    from imgrec_lib.files import write_whole
    from imgrec_lib.recognising import training_report

    findings = training_report.Findings(out.name, collection, places, learned, recogniser.description, measured, test)
    write_whole(path, training_report.page(findings))
