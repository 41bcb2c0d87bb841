"""The playground's numbers are those that were measured, and its sentence follows the lesson's rule."""

import json
import subprocess
import sys

import numpy as np
import pytest

from imgrec_lib import plots
from imgrec_lib.exercises import lesson_04
from imgrec_lib.widgets import overfitting_playground as playground
from imgrec_lib.widgets.overfitting_playground import OverfittingPlayground


def test_every_setting_was_measured_and_the_file_is_small() -> None:
    known = playground.results()
    settings = len(known.sizes) * len(known.dropout) * len(known.l2)
    assert known.table.shape == (settings, 5, known.epochs) and known.epochs == 40
    assert playground.RESULTS.stat().st_size < 200_000


def test_accuracies_are_shares_and_losses_positive() -> None:
    table = playground.results().table
    assert table[:, [0, 1, 4]].max() <= 1000 and table.min() >= 0 and table.max() < np.iinfo(np.uint16).max


def test_the_curves_of_a_setting_are_those_of_the_file() -> None:
    known, read = playground.results(), json.loads(playground.RESULTS.read_text(encoding="utf-8"))
    nested = np.reshape(read["curves"], (len(known.sizes), len(known.dropout), len(known.l2), 5, known.epochs))
    for at in np.ndindex(nested.shape[:3]):
        setting = known.sizes[at[0]], known.dropout[at[1]], known.l2[at[2]]
        curves = known.curves(*setting, 7)
        assert list(curves) == list(playground.CURVES)
        assert np.allclose(list(curves.values()), nested[at][:, :7] / 1000)


def test_the_lessons_findings_are_among_the_results() -> None:
    known = playground.results()
    last = {rate: {name: curve[-1] for name, curve in known.curves(200, rate, 0, 40).items()} for rate in (0, 0.5)}
    assert last[0]["accuracy"] > 0.97 and 0.25 < last[0]["test_accuracy"] < 0.58
    assert last[0.5]["test_accuracy"] > last[0]["test_accuracy"]
    assert known.curves(40, 0, 0, 40)["test_accuracy"][-1] < last[0]["test_accuracy"]


@pytest.mark.parametrize(
    ("accuracy", "val_accuracy", "word"),
    [
        (0.9, 0.5, "overfits"),
        (0.5, 0.1, "underfits"),
        (0.75, 0.5, "fine"),
        (0.749, 0.7, "underfits"),
        (0.751, 0.5, "overfits"),
        (0.8, 0.55, "fine"),
        (0.8, 0.9, "fine"),
    ],
)
def test_the_diagnosis_follows_the_rule(accuracy: float, val_accuracy: float, word: str) -> None:
    assert playground.diagnosis(accuracy, val_accuracy) == word


def test_the_rule_is_the_one_that_the_exercise_accepts() -> None:
    assert "Correct" in repr(lesson_04.diagnose.check(playground.diagnosis))


def test_words_hold_the_setting_and_the_verdict() -> None:
    words = OverfittingPlayground(200, 0, 0, 40).words()
    assert words.startswith("200 pictures, dropout 0, L2 0, 40 epochs: training 1.00, validation ")
    assert words.endswith(", overfits")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 201}, "size is 201, but only some were measured: give 40, 80, 120 or 200"),
        ({"size": "200"}, "size is '200'"),
        ({"dropout": 0.6}, "dropout is 0.6, but only some were measured: give 0, 0.25, 0.5 or 0.75"),
        ({"l2": None}, "l2 is None"),
        ({"size": True}, "size is True"),
        ({"epoch": 0}, "epoch is 0, but must be a whole number from 1 to 40"),
        ({"epoch": 2.5}, "epoch is 2.5"),
        ({"dropout": float("nan")}, "dropout is nan"),
    ],
)
def test_other_settings_are_refused_in_words(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OverfittingPlayground(**arguments)


HOSTILE = [
    None,
    "x",
    [1],
    [1, 2, 3, 4],
    [200, 0, 0, 0],
    [200, 0, 0, 41],
    [200, 0, 0, True],
    {"a": 1},
    [[]] * 4,
    10**400,
]


@pytest.mark.parametrize("name", ["size", "dropout", "l2", "epoch", "kept"])
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_from_the_browser_change_nothing(name: str, value: object) -> None:
    widget = OverfittingPlayground()
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=f"^{name} is .*: give "):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_a_setting_can_be_kept_and_let_go() -> None:
    widget = OverfittingPlayground()
    widget.kept = [40, 0.25, 0.001, 12]
    widget.figure()
    widget.kept = []
    assert widget.kept == []


@pytest.mark.parametrize(
    "change", [{"size": 40}, {"dropout": 0.5}, {"l2": 0.1}, {"epoch": 9}, {"kept": [80, 0, 0, 40]}]
)
def test_the_still_picture_follows_the_state(change: dict[str, object]) -> None:
    widget = OverfittingPlayground()
    before = plots.png(widget.figure())
    for name, value in change.items():
        setattr(widget, name, value)
    assert plots.png(widget.figure()) != before


def test_the_import_takes_no_keras() -> None:
    script = "import sys, imgrec_lib.widgets.overfitting_playground; print('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"
