"""What is measured and how it is told: counts, tables, and a page that hostile names cannot break out of."""

import re
import types
from pathlib import Path

import numpy as np
import pytest

from imgrec_lib import datasets
from imgrec_lib.collecting import Collection, Problem
from imgrec_lib.recognising import evaluating, training_report
from imgrec_lib.recognising.heads import Head
from imgrec_lib.recognising.learned import Learned
from imgrec_lib.recognising.report_charts import chart

HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}\u202e"
PROBABILITIES = np.array([[0.9, 0.1], [0.2, 0.8], [0.55, 0.45], [0.95, 0.05], [0.58, 0.42]])
LABELS = np.array([0, 1, 1, 1, 0])


@pytest.fixture
def measured() -> evaluating.Measured:
    return evaluating.measure(PROBABILITIES, LABELS, ["cat", HOSTILE], 0.6)


def test_counts_of_right_and_unsure_answers(measured: evaluating.Measured):
    assert measured.matrix.tolist() == [[2, 0], [2, 1]]
    assert (measured.right, measured.count, measured.unsure.tolist(), measured.unsure_right) == (3, 5, [1, 1], 1)
    assert measured.none_of_these.value == 0.4 and measured.accuracy_answered.value == pytest.approx(2 / 3)


def test_the_scores_fit_into_a_recognisers_file(measured: evaluating.Measured):
    document = pytest.importorskip("imgrec_lib.recognising.document")
    scores = evaluating.measure(PROBABILITIES, LABELS, ["cat", "dog"], 0.6).scores()
    document.check_tree(scores)
    assert scores["accuracy"] == 0.6 and scores["interval"][0] < 0.6 < scores["interval"][1]
    assert scores["per_class"]["cat"]["precision"][0] == pytest.approx(1 / 2, abs=1e-3)


def test_an_evaluation_names_what_was_left_out_and_what_is_unknown(measured: evaluating.Measured):
    text = "\n".join(evaluating.Evaluation(measured, 1, {"bird": (5, 2)}).lines())
    assert "1 photograph it was trained on was left out." in text
    assert "It does not know bird: 2 of 5 photographs" in text
    assert "3 of 5 right" in text


def findings(names: list[str], history: dict[str, list[float]]) -> training_report.Findings:
    photographs = [datasets.photograph("cat"), datasets.photograph("coffee")]
    images = np.stack([photograph[:64, :64] for photograph in photographs * 2 + photographs[:1]])
    collection = Collection(
        HOSTILE, names, images, LABELS, np.arange(5), [""] * 5, [f"{HOSTILE}{place}.jpg" for place in range(5)],
        np.full((5, 2), 64), ["0" * 16] * 5, [Problem(HOSTILE, "unreadable", HOSTILE)], 64,
    )  # fmt: skip
    part = dict.fromkeys(names, 2)
    description = types.SimpleNamespace(
        network="efficientnet_lite0", side=64, threshold=0.6, temperature=1.2,
        trained_on={"counts": {"train": part, "validation": part, "test": part}, "date": "2026-01-01"},
    )  # fmt: skip
    head = Head(np.zeros((2, 2)), np.zeros(2), [0.1, 1.0], [0.5, 0.4], [0.6, 0.7])
    places = {part: np.arange(5) for part in ("train", "validation", "test")}
    measured = evaluating.measure(PROBABILITIES, LABELS, names, 0.6)
    learned = Learned({}, history, head, False)
    return training_report.Findings(HOSTILE, collection, places, learned, description, measured, PROBABILITIES)


def test_hostile_names_stay_text_in_the_page():
    page = training_report.page(findings(["cat", HOSTILE], {}))
    assert "<script" not in page and "{{ 7 * 7 }}" in page and "\u202e" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:image/jpeg;base64,)""", page)
    assert page.count("data:image/jpeg;base64,") == 2


def test_the_page_tells_of_epochs_where_there_were_some():
    history = {
        "loss": [0.5, 0.4],
        "accuracy": [0.8, 0.9],
        "val_loss": [0.6, 0.5, 0.55],
        "val_accuracy": [0.7, 0.8, 0.8],
    }
    without, with_ = (training_report.page(findings(["cat", "dog"], one)) for one in ({}, history))
    assert without.count("<svg") == 1 and with_.count("<svg") == 3
    assert "was not kept" in with_


def test_a_chart_keeps_its_lines_within_the_picture():
    drawn = chart(
        "Loss", "epoch", {"training": [None, 9.0, 0.0], "validation": [1.0, 2.0, 3.0]}, ["0", "1", "2"], 2, 3.0
    )
    points = [pair.split(",") for _, line, _ in drawn.paths for pair in line.split()]
    assert len(points) == 5
    assert all(0 <= float(x) <= 340 and 0 <= float(y) <= 210 for x, y in points)


def test_the_names_of_what_was_learned_are_those_of_the_file(tmp_path: Path):
    networks = pytest.importorskip("imgrec_lib.recognising.networks")
    from imgrec_lib.models import classic_network
    from imgrec_lib.recognising.features import Eyes
    from imgrec_lib.recognising.learned import _named

    def expected(network: str) -> dict[str, tuple[int, ...]]:
        return networks.expected(types.SimpleNamespace(network=network, side=64, class_names=("a", "b", "c")))

    named, wanted = _named(Eyes(64)), expected("efficientnet_lite0")
    assert {name: named[name].shape for name in list(wanted)[:-5]} == dict(list(wanted.items())[:-5])
    layers = classic_network((64, 64, 3), 3, dropout=0.5).layers
    assert [tuple(one.shape) for layer in layers for one in layer.weights] == list(expected("classic").values())


@pytest.mark.parametrize("highest", [0.002, 0.02, 0.39, 1.0, 7.5])
def test_the_numbers_beside_a_chart_differ(highest: float):
    words = [word for _, word in chart("Loss", "epoch", {"a": [highest, 0.0]}, ["1", "2"]).rows]
    assert len(set(words)) == 5 and max(map(len, words)) <= 6
