"""Training learns, goes on after a real SIGKILL to the same end, and refuses what it cannot do in one sentence."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from collecting_sources import coffee_and_fur

from imgrec_lib import datasets
from imgrec_lib.recognising import features, heads
from imgrec_lib.recognising.learned import Options
from imgrec_lib.recognising.training import checked_out, report_path

KILLED = Path(__file__).with_name("recognising_killed.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty-eight JPEG pictures of coffee and fur, cut from the embedded photographs."""
    return coffee_and_fur(tmp_path_factory.mktemp("pictures"), 24, quality=95)


def run(folder: Path, out: Path, way: str, moment: str) -> "tuple[int, dict[str, np.ndarray]]":
    weights = out.with_suffix(".npz")
    done = subprocess.run([sys.executable, KILLED, folder, out, way, moment, weights], capture_output=True, text=True)
    if done.returncode not in (0, -signal.SIGKILL):
        pytest.fail(done.stderr[-2000:])
    if done.returncode:
        return done.returncode, {}
    with np.load(weights, allow_pickle=False) as stored:
        return 0, dict(stored)


@pytest.mark.parametrize(("way", "moment", "first"), [("scratch", "between", 3), ("backbone", "after", 4)])
def test_after_a_real_kill_it_goes_on_to_the_same_end(folder: Path, tmp_path: Path, way: str, moment: str, first: int):
    _, expected = run(folder, tmp_path / "whole.imgrec", way, "never")
    assert run(folder, tmp_path / "pets.imgrec", way, moment)[0] == -signal.SIGKILL
    assert (tmp_path / ".pets.imgrec.training").is_dir()
    _, found = run(folder, tmp_path / "pets.imgrec", way, "never")
    assert found.pop("epochs")[0] == first and expected.pop("epochs")[0] == 1
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name] == pytest.approx(expected[name], abs=1e-4), name


def test_a_head_counts_classes_alike_and_does_not_chase_noise():
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], [180, 20])
    pictures = generator.normal(size=(200, 30)).astype("float32") + 0.25 * labels[:, np.newaxis]
    held_out = generator.normal(size=(200, 30)).astype("float32")
    held_labels = np.repeat([0, 1], 100)
    held_out += 0.25 * held_labels[:, np.newaxis]
    head = heads.fit(pictures, labels, 1, (held_out, held_labels), 2)
    assert min(head.val_losses) < head.val_losses[0]
    answers = head.logits(held_out).argmax(axis=1)
    assert min((answers == held_labels)[held_labels == label].mean() for label in (0, 1)) > 0.5


def test_a_head_has_a_column_for_each_class():
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    pictures = np.eye(3, 8, dtype="float32")[labels] * 9 + generator.normal(size=(60, 8)).astype("float32")
    head = heads.fit(pictures, labels, 1, (pictures, labels), 3)
    assert head.kernel.shape == (8, 3) and head.bias.shape == (3,) and head.kernel.dtype == np.float32
    assert (head.logits(pictures).argmax(axis=1) == labels).mean() == 1


def test_copies_are_the_same_again_and_the_first_is_the_picture_itself():
    images = np.stack([datasets.photograph("cat")[:64, :64], datasets.photograph("coffee")[:64, :64]])
    assert (features.changed(images, 0, 1) == images).all()
    assert (features.changed(images, 1, 1) == images[:, :, ::-1]).all()
    assert (features.changed(images, 2, 1) == features.changed(images, 2, 1)).all()
    assert (features.changed(images, 2, 1) != features.changed(images, 2, 2)).any()
    assert [features.copies_for(count) for count in (10, 280, 5000, 50_000)] == [8, 4, 2, 1]


def test_a_trunk_and_a_tail_see_what_the_whole_backbone_sees():
    from imgrec_lib import backbone

    images = np.stack([datasets.photograph("cat")[:96, :96], datasets.photograph("coffee")[:96, :96]])
    eyes = features.Eyes(96)
    found = eyes.features(eyes.look(images))
    # The maps between are float16
    assert found == pytest.approx(backbone.features(images, 96), abs=0.02)


def refusals() -> list:
    return [
        ({"from_scratch": True, "backbone": "VGG16"}, "one of the two"),
        ({"from_scratch": True, "side": 200}, "32 to 96"),
        ({"side": 8}, "32 to 512"),
        ({"epochs": 0}, "1 to 1000"),
        ({"seed": -1}, "whole number"),
    ]


@pytest.mark.parametrize(("options", "words"), refusals())
def test_wrong_options_are_refused_before_anything_is_read(options: dict, words: str):
    with pytest.raises(ValueError, match=words):
        Options(**options)


def test_a_place_that_cannot_be_written_is_refused_before_training(tmp_path: Path):
    with pytest.raises(OSError, match="is a folder"):
        checked_out(tmp_path)
    with pytest.raises(OSError, match="is not there"):
        checked_out(tmp_path / "nowhere" / "pets.imgrec")


def test_the_report_lies_beside_the_file():
    assert report_path(Path("a/pets.imgrec")) == Path("a/pets.report.html")
    assert report_path(Path("pets.bin")) == Path("pets.bin.report.html")
