"""A measured number is printed beside its range, and fails outside it."""

import math
import re
from pathlib import Path

import pytest

from imgrec_lib import report

PATTERN = re.search(r"regex: (.*)", (Path(__file__).parent / "sanitize.cfg").read_text(encoding="utf-8"))[1]


def test_a_number_is_printed_with_its_range(capsys: pytest.CaptureFixture[str]) -> None:
    report.measured("test accuracy", 0.8891, 0.85, 0.97)
    assert capsys.readouterr().out == "test accuracy 0.889 (expected 0.850 to 0.970)\n"


def test_a_spread_stands_behind_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    report.measured("gap", 45.26, 40, 60, digits=1, spread=2.04)
    assert capsys.readouterr().out == "gap 45.3 ± 2.0 (expected 40.0 to 60.0)\n"


@pytest.mark.parametrize("value", [0.849, 0.971, math.nan, math.inf, -math.inf])
def test_a_number_outside_its_range_is_printed_and_raises_one_sentence(
    value: float, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(report.OutOfRange) as error:
        report.measured("test accuracy", value, 0.85, 0.97)
    assert "test accuracy" in capsys.readouterr().out
    assert "0.850 to 0.970" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("value", [0.85, 0.97])
def test_the_ends_belong_to_the_range(value: float) -> None:
    report.measured("test accuracy", value, 0.85, 0.97)


@pytest.mark.parametrize("spread", [None, 0.01])
@pytest.mark.parametrize("digits", [0, 1, 3])
@pytest.mark.parametrize("value", [-3.2, 0.1, 12345.6])
def test_the_sanitising_pattern_covers_the_digits_only(
    value: float, digits: int, spread: float | None, capsys: pytest.CaptureFixture[str]
) -> None:
    report.measured("loss of 3 seeds", value, -1e6, 1e6, digits=digits, spread=spread)
    report.measured("loss of 3 seeds", value + 1.7, -1e6, 1e6, digits=digits, spread=spread)
    first, second = capsys.readouterr().out.splitlines()
    assert first != second
    assert re.sub(PATTERN, "X", first) == re.sub(PATTERN, "X", second)
    assert re.sub(PATTERN, "X", first).startswith("loss of 3 seeds X (expected -1000000")


@pytest.mark.parametrize("text", ["accuracy 0.889", "3 of 10 pictures", "shape (28, 28)", "0.889 expected"])
def test_the_sanitising_pattern_leaves_other_numbers_alone(text: str) -> None:
    assert re.sub(PATTERN, "X", text) == text


def test_a_number_of_unknown_range_is_printed_without_one(capsys: pytest.CaptureFixture[str]):
    report.noted("test accuracy", 0.58931, 0.88, 0.92)
    assert capsys.readouterr().out == "test accuracy 0.589 (no range is known for this data)\n"
