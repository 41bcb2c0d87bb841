"""The report on a training: one HTML file that fetches nothing, needs no script, and is fit to print."""

import base64
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib import evaluation
from imgrec_lib.grading.report.cleaning import clean, clean_name
from imgrec_lib.recognising.epochs import best_epoch
from imgrec_lib.recognising.evaluating import Measured
from imgrec_lib.recognising.intervals import Estimate
from imgrec_lib.recognising.learned import Learned
from imgrec_lib.recognising.report_charts import Chart, chart
from imgrec_lib.templates import environment

if TYPE_CHECKING:
    from jinja2 import Environment

    from imgrec_lib.collecting import Collection
    from imgrec_lib.recognising.document import Description

TEMPLATES = Path(__file__).parent / "templates"
MISTAKES, MOST_PROBLEMS, MOST_IN_MATRIX, THUMBNAIL = 12, 200, 30, 160


@dataclass(frozen=True, eq=False)
class Findings:
    """All that the report tells: what was learned from, what came out, and `test`, probabilities of the test part."""

    file_name: str
    collection: "Collection"
    places: dict[str, np.ndarray]
    learned: Learned
    description: "Description"
    measured: Measured
    test: np.ndarray


def page(findings: Findings) -> str:
    """The text of the HTML file."""
    collection, measured = findings.collection, findings.measured
    problems = [(problem.name, problem.kind, problem.sentence) for problem in collection.problems]
    return (
        _environment()
        .get_template("training.html")
        .render(
            file_name=findings.file_name,
            collection=collection.name,
            description=findings.description,
            parts=_parts(findings),
            measured=measured,
            rows=measured.rows(),
            matrix=_matrix(measured),
            confused=_confused(measured),
            charts=_charts(findings.learned),
            how=_how(findings),
            mistakes=_mistakes(findings),
            wrong=measured.count - measured.right,
            problems=problems[:MOST_PROBLEMS],
            more_problems=max(0, len(problems) - MOST_PROBLEMS),
        )
    )


@cache
def _environment() -> "Environment":
    filters = {"name": clean_name, "said": clean, "percent": _percent, "interval": _interval}
    return environment(TEMPLATES, filters)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def _interval(found: Estimate) -> str:
    return "" if found.value is None else f"{100 * found.low:.0f} to {100 * found.high:.0f}"


def _parts(findings: Findings) -> list[tuple[str, list[int]]]:
    """For each class its numbers of photographs in train, validation and test."""
    counts = list(findings.description.trained_on["counts"].values())
    return [(name, [part.get(name, 0) for part in counts]) for name in findings.collection.class_names]


def _matrix(measured: Measured) -> list[tuple[str, list[tuple[int, float]]]]:
    """Rows of counts and of shares of the row; nothing where there are too many classes to read it."""
    if len(measured.class_names) > MOST_IN_MATRIX:
        return []
    totals = np.maximum(measured.matrix.sum(axis=1), 1)
    return [
        (name, [(int(count), float(count / total)) for count in row])
        for name, row, total in zip(measured.class_names, measured.matrix, totals)
    ]


def _confused(measured: Measured) -> list[tuple[str, str, int]]:
    """True class, answer and count of the most frequent mistakes."""
    wrong = measured.matrix - np.diag(np.diag(measured.matrix))
    order = np.argsort(-wrong, axis=None, kind="stable")[:5]
    found = [divmod(int(place), len(wrong)) for place in order]
    names = measured.class_names
    return [(names[true], names[answer], int(wrong[true, answer])) for true, answer in found if wrong[true, answer]]


def _charts(learned: Learned) -> list[Chart]:
    found = []
    if learned.head is not None:
        head = learned.head
        lines = {"training": head.losses, "validation": head.val_losses}
        names = [f"{strength:g}" for strength in head.strengths]
        best = int(np.argmin(head.val_losses))
        found.append(chart("Loss of the head", "how loosely its weights are held", lines, names, best))
    history = learned.history
    if history.get("loss"):
        names = [str(epoch) for epoch in range(len(history["val_loss"]))]
        for key, title, top in (("loss", "Loss", None), ("accuracy", "Share of right answers", 1.0)):
            lines = {"training": [None, *history[key]], "validation": history[f"val_{key}"]}
            found.append(chart(f"{title} by epoch", "epoch", lines, names, best_epoch(history), top))
    return found


def _how(findings: Findings) -> str:
    """What was trained, in one or two sentences."""
    description, learned = findings.description, findings.learned
    if description.network == "classic":
        return (
            f"The network of lesson 3 was trained from nothing on pictures of {description.side} × {description.side} "
            f"pixels. Epoch {best_epoch(learned.history)} was the best on validation photographs and was kept."
        )
    words = (
        f"A head was trained on the features of {description.network.removeprefix('applications.')}, at "
        f"{description.side} × {description.side} pixels."
    )
    if not learned.history:
        return (
            f"{words} Its blocks stay as they were: fine-tuning takes 100 training photographs of each class, and the "
            "course's own backbone."
        )
    if learned.fine_tuned:
        epoch = best_epoch(learned.history)
        return f"{words} Fine-tuning its last blocks lowered the loss on validation photographs until epoch {epoch}."
    return f"{words} Fine-tuning its last blocks did not lower the loss on validation photographs, and was not kept."


def _mistakes(findings: Findings) -> list[dict[str, Any]]:
    collection, test = findings.collection, findings.places["test"]
    names, found = collection.class_names, []
    for place in evaluation.worst_mistakes(findings.test, collection.labels[test], MISTAKES):
        row = findings.test[place]
        found.append(
            {
                "picture": thumbnail(collection.images[test[place]]),
                "file": collection.names[test[place]],
                "true": names[collection.labels[test[place]]],
                "answer": names[int(row.argmax())],
                "probability": float(row.max()),
                "unsure": bool(row.max() < findings.description.threshold),
            }
        )
    return found


def thumbnail(image: np.ndarray) -> str:
    """A data URI of a uint8 RGB image as JPEG, at most 160 pixels on a side."""
    from PIL import Image

    picture = Image.fromarray(image)
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    picture.save(buffer, format="jpeg", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
