"""`imgrec train`, `evaluate` and `predict` from end to end, on a few pictures of the embedded photographs."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from collecting_sources import coffee_and_fur
from PIL import Image

from imgrec_lib import cli, collecting
from imgrec_lib.recogniser import Recogniser, evaluate
from imgrec_lib.recognising import unseen


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


def test_evaluate_leaves_out_what_shows_the_same_as_what_was_learned(recogniser: Path, folder: Path, tmp_path: Path):
    opened = Recogniser.open(recogniser)
    collection = collecting.gather(folder, opened.description.side)
    learned = unseen.learned_from(collection, opened.description)
    for name in [collection.names[place] for place in [*np.flatnonzero(~learned), np.flatnonzero(learned)[0]]]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(folder / name, tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        width, height = picture.size
        larger = picture.resize((width * 3 // 2, height * 3 // 2))
        larger.point(lambda value: value * 0.9).save(tmp_path / f"{name}.png")
    found = evaluate(opened, tmp_path)
    assert found.left_out == 2 and found.measured.matrix.sum() == (~learned).sum()


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
