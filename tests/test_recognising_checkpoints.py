"""What a training keeps: whole, its own, and nothing that a damaged or foreign folder can do harm with."""

from pathlib import Path

import numpy as np
import pytest

from imgrec_lib.recognising.checkpoints import Checkpoints, key_of

ARRAYS = {"weights": np.arange(1000, dtype="float32"), "step": np.array(3)}


@pytest.fixture
def kept(tmp_path: Path) -> Checkpoints:
    checkpoints = Checkpoints(tmp_path / "pets.imgrec", "key")
    checkpoints.save("epoch", ARRAYS, {"history": [1.0, 0.5]})
    return checkpoints


def test_what_was_saved_comes_back(kept: Checkpoints):
    arrays, facts = kept.load("epoch")
    assert (arrays["weights"] == ARRAYS["weights"]).all() and facts == {"history": [1.0, 0.5]}
    assert kept.folder.name == ".pets.imgrec.training"


def test_a_newer_save_takes_the_place_of_the_older(kept: Checkpoints):
    for number in range(3):
        kept.save("epoch", {"weights": np.full(4, number)}, {"number": number})
        arrays, facts = kept.load("epoch")
        assert facts == {"number": number} and (arrays["weights"] == number).all()
        assert len(list(kept.folder.iterdir())) == 2


def test_other_pictures_or_options_do_not_take_it_up(kept: Checkpoints, tmp_path: Path):
    assert Checkpoints(tmp_path / "pets.imgrec", "another").load("epoch") is None
    assert key_of(seed=1, digests=["a"]) != key_of(seed=2, digests=["a"])
    assert key_of(seed=1, digests=["a"]) == key_of(digests=["a"], seed=1)


@pytest.mark.parametrize("place", range(0, 4000, 97))
def test_a_file_cut_off_counts_as_not_there(kept: Checkpoints, place: int):
    path = next(kept.folder.glob("*.npz"))
    path.write_bytes(path.read_bytes()[:place])
    assert kept.load("epoch") is None


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"key": "key", "file": "../../x.npz", "facts": {}}'])
def test_facts_that_are_none_count_as_not_there(kept: Checkpoints, text: str):
    (kept.folder / "epoch.json").write_text(text)
    assert kept.load("epoch") is None


@pytest.mark.parametrize("noisy", [True, False])
def test_a_compressed_file_is_not_opened(kept: Checkpoints, noisy: bool):
    # Noise does not shrink, so that its sizes alone give nothing away; zeros shrink a thousandfold.
    array = np.random.default_rng(0).bytes(100_000) if noisy else bytes(10_000_000)
    np.savez_compressed(next(kept.folder.glob("*.npz")), weights=np.frombuffer(array, "uint8"))
    assert kept.load("epoch") is None


def test_a_pickle_is_not_opened(kept: Checkpoints):
    np.savez(next(kept.folder.glob("*.npz")), weights=np.array([{"a": 1}], dtype=object))
    assert kept.load("epoch") is None


def test_removing_leaves_what_is_not_ours(kept: Checkpoints):
    (kept.folder / "notes.txt").write_text("mine")
    kept.remove()
    assert [path.name for path in kept.folder.iterdir()] == ["notes.txt"]
    (kept.folder / "notes.txt").unlink()
    kept.remove()
    assert not kept.folder.exists()


def test_a_link_in_its_place_is_refused(tmp_path: Path):
    (tmp_path / ".pets.imgrec.training").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="is a link"):
        Checkpoints(tmp_path / "pets.imgrec", "key")
