"""`imgrec train`, `evaluate` and `predict` from end to end, on a few pictures of the embedded photographs."""

import json
from pathlib import Path

import pytest
from collecting_sources import coffee_and_fur

from imgrec_lib import cli

pytest.importorskip("imgrec_lib.recogniser")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty JPEG pictures of coffee and fur, and one that is none."""
    root = coffee_and_fur(tmp_path_factory.mktemp("pictures"), 30)
    (root / "cat" / "broken.jpg").write_bytes(b"no picture")
    return root


@pytest.fixture(scope="module")
def recogniser(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recogniser trained by the command."""
    out = tmp_path_factory.mktemp("out") / "pets.imgrec"
    assert cli.main(["train", str(folder), "--out", str(out)]) == 0
    return out


def test_training_leaves_a_file_and_a_report_and_nothing_else(recogniser: Path):
    assert sorted(path.name for path in recogniser.parent.iterdir()) == ["pets.imgrec", "pets.report.html"]
    page = (recogniser.parent / "pets.report.html").read_text(encoding="utf-8")
    assert "broken.jpg" in page and "right" in page


def test_predict_answers_the_good_and_names_the_bad(recogniser: Path, folder: Path, capsys: pytest.CaptureFixture):
    photos = [str(folder / name) for name in ("cat/00.jpg", "cat/broken.jpg", "coffee/00.jpg")]
    assert cli.main(["predict", str(recogniser), *photos, "--json"]) == 1
    said = capsys.readouterr()
    answers = json.loads(said.out)
    assert [one["photo"] for one in answers] == [photos[0], photos[2]]
    assert all(sum(one["probabilities"].values()) == pytest.approx(1) for one in answers)
    assert len(said.err.splitlines()) == 1 and "broken.jpg" in said.err
    assert cli.main(["predict", str(recogniser), photos[0]]) == 0
    assert "cat" in capsys.readouterr().out


def test_evaluate_leaves_out_what_was_learned(recogniser: Path, folder: Path, capsys: pytest.CaptureFixture):
    assert cli.main(["evaluate", str(recogniser), str(folder)]) == 0
    said = capsys.readouterr().out
    assert "trained on were left out" in said and "precision" in said


def test_a_file_that_is_no_recogniser_is_a_no_in_one_line(folder: Path, capsys: pytest.CaptureFixture):
    assert cli.main(["evaluate", str(folder / "cat" / "00.jpg"), str(folder)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["train"], ["train", "x"], ["predict", "x"], ["train", "x", "--out", "y", "--side", "a"]]
)
def test_wrong_use_is_exit_2(arguments: list[str]):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
