"""Intervals, calibration and threshold: against other people's numbers, and where little or nothing was counted."""

import numpy as np
import pytest

from imgrec_lib.recognising import calibration, intervals


@pytest.mark.parametrize(("right", "of"), [(58, 60), (0, 10), (10, 10), (1, 1), (500, 1000)])
def test_wilson_is_what_scipy_gives(right: int, of: int):
    from scipy.stats import binomtest

    expected = binomtest(right, of).proportion_ci(method="wilson")
    found = intervals.wilson(right, of)
    assert [found.low, found.high] == pytest.approx([expected.low, expected.high], abs=1e-6)


def test_wilson_holds_the_true_share_19_times_in_20():
    generator = np.random.default_rng(0)
    for share in (0.5, 0.8, 0.95):
        found = [intervals.wilson(int(right), 60) for right in generator.binomial(60, share, size=2000)]
        assert 0.92 < np.mean([one.low <= share <= one.high for one in found]) < 0.98


def test_nothing_counted_is_nothing_known():
    assert intervals.wilson(0, 0).as_list() == [None, None, None]
    assert str(intervals.wilson(0, 0)) == "–"
    assert "nothing is known" in intervals.trust(0, 0)


def test_more_right_than_there_are_is_refused():
    with pytest.raises(ValueError, match="5 of 4"):
        intervals.wilson(5, 4)


def test_f1_lies_in_its_interval_which_narrows_with_more_pictures():
    few, many = np.array([[8, 2], [1, 9]]), np.array([[800, 200], [100, 900]])
    for one, other in zip(intervals.f1_intervals(few), intervals.f1_intervals(many)):
        assert one.low <= one.value <= one.high
        assert one.value == pytest.approx(other.value) and other.high - other.low < (one.high - one.low) / 5


def test_f1_holds_the_true_value_19_times_in_20_also_where_nearly_all_is_right():
    generator = np.random.default_rng(0)
    for shares in ([0.3, 0.2, 0.1, 0.4], [0.49, 0.02, 0.01, 0.48]):
        true = 2 * shares[0] / (2 * shares[0] + shares[1] + shares[2])
        draws = generator.multinomial(60, shares, size=2000).reshape(-1, 2, 2)
        found = [intervals.f1_intervals(draw)[0] for draw in draws]
        assert 0.92 < np.mean([one.low <= true <= one.high for one in found]) < 0.99
    sure = intervals.f1_intervals(np.diag([30, 30]))[0]
    assert sure.value == sure.high == 1 and 0.93 < sure.low < 0.95


def test_a_class_without_pictures_has_no_recall_and_no_f1():
    matrix = np.array([[3, 1], [0, 0]])
    assert intervals.precision_and_recall(matrix)[1][1].value is None
    assert intervals.f1_intervals(matrix)[1].value is None


def test_the_sentence_says_counts_and_interval():
    sentence = intervals.trust(58, 60, 30)
    assert sentence.startswith("58 of 60 right") and "between 89 and 99 %" in sentence


def test_the_sentence_says_where_naming_the_commonest_class_does_as_well():
    assert "no better than always naming the commonest class (70 %)" in intervals.trust(44, 60, 42)


def noisy_logits(count: int, heat: float) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated logits times `heat`, and labels drawn from what the calibrated ones say."""
    generator = np.random.default_rng(1)
    logits = generator.normal(size=(count, 3)) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return logits * heat, (generator.random((count, 1)) > shares.cumsum(axis=1)).sum(axis=1)


@pytest.mark.parametrize("heat", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_false_confidence(heat: float):
    logits, labels = noisy_logits(5000, heat)
    assert calibration.temperature(logits, labels) == pytest.approx(heat, rel=0.1)


def test_four_pictures_all_right_do_not_make_it_certain():
    logits = np.array([[3.0, 0], [3, 0], [0, 3], [0, 3]])
    assert calibration.temperature(logits, np.array([0, 0, 1, 1])) > 0.5
    assert calibration.temperature(np.empty((0, 2)), np.array([], int)) == 1


def test_calibration_makes_the_error_of_confidence_small():
    logits, labels = noisy_logits(5000, 3.0)

    def error(heat: float) -> float:
        shares = np.exp(logits / heat - (logits / heat).max(axis=1, keepdims=True))
        return calibration.calibration_error(shares / shares.sum(axis=1, keepdims=True), labels)

    assert error(calibration.temperature(logits, labels)) < 0.03 < error(1.0)


def test_the_threshold_lets_95_percent_of_right_answers_through():
    largest = np.linspace(0.5, 0.9, 1000)
    probabilities = np.stack([largest, 1 - largest], axis=1)
    labels = np.zeros(1000, int)
    least = calibration.threshold(probabilities, labels)
    assert (largest >= least).mean() == pytest.approx(0.95, abs=0.002)


def test_the_threshold_stays_between_guessing_and_095():
    sure = np.tile([0.999, 0.001], (20, 1))
    assert calibration.threshold(sure, np.zeros(20, int)) == 0.95
    assert calibration.threshold(sure, np.ones(20, int)) == 0.5
