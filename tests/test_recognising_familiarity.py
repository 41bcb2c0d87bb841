"""What is unlike all that was learned from is not answered with confidence, on every runtime."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from collecting_sources import coffee_and_fur

from imgrec_lib import cli, datasets
from imgrec_lib.recogniser import NONE, Description, Recogniser
from imgrec_lib.recognising import familiarity, networks, runtimes
from imgrec_lib.recognising.answers import probabilities
from imgrec_lib.serving import explaining

STRANGERS = ("brick", "clock", "galaxies", "pagoda", "retina", "rocket", "sheep", "tissue")


def share(known: familiarity.Familiarity, features: np.ndarray) -> np.ndarray:
    """The familiarity of features, count × numbers, as a network computes it, in NumPy."""
    directions = features / np.linalg.norm(features, axis=1, keepdims=True)
    return 0.001 + 0.999 / (1 + np.exp(-known.slope * (directions @ known.centres).max(axis=1) - known.offset))


def two_classes(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features in 20 numbers, around two directions, of very different lengths; and labels."""
    generator, labels = np.random.default_rng(seed), np.arange(count) % 2
    directions = np.eye(2, 20)[labels] + generator.normal(0, 0.1, (count, 20))
    return directions * generator.uniform(0.1, 50, (count, 1)), labels


def test_what_was_learned_is_familiar_and_another_direction_is_not():
    features, labels = two_classes(80)
    held_out, _ = two_classes(40, seed=1)
    known = familiarity.fit(features, labels, held_out, 2)
    assert known.centres.shape == (20, 8) and known.centres.dtype == np.float32
    assert np.linalg.norm(known.centres, axis=0) == pytest.approx(1, abs=1e-6)
    assert np.median(share(known, held_out)) > 0.98
    others = np.eye(20)[2:] * 10 + np.eye(20)[0]
    assert share(known, others).max() < 0.01


def test_the_least_familiar_of_95_in_100_is_familiar_and_soon_below_nothing_is():
    features = np.tile([3.0, 0.0], (10, 1))
    angles = np.linspace(0.1, 0.9, 41)
    held_out = 4 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    known = familiarity.fit(features, np.zeros(10, int), held_out, 1)
    spread, lowest = np.cos(angles).std(), np.sort(np.cos(angles))[2]
    for below, expected in ((0, 2), (2, 0), (4, -2), (8, -6)):
        angle = np.arccos(lowest - below * spread / 8)
        familiar = share(known, np.array([[np.cos(angle), np.sin(angle)]]))[0]
        assert familiar == pytest.approx(1 / (1 + np.exp(-expected)), abs=2e-3)


def test_a_few_pictures_that_agree_by_chance_do_not_make_strangers_of_all_others():
    features, labels = np.eye(2, 6).repeat(2, axis=0), np.array([0, 0, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        known = familiarity.fit(features, labels, np.eye(2, 6), 2)
    assert known.centres.shape == (6, 8)
    assert share(known, np.array([[1, 0.1, 0, 0, 0, 0]]))[0] > 0.9


def test_many_classes_have_one_centre_each_so_that_the_file_stays_small():
    assert [familiarity.centres_for(count) for count in (2, 100, 101, 1000)] == [8, 400, 101, 1000]


@pytest.fixture(scope="module")
def known() -> familiarity.Familiarity:
    """One that has nothing of which it is certain among `patches`."""
    centres = np.abs(np.random.default_rng(3).normal(0, 1, (1280, 12)))
    return familiarity.Familiarity((centres / np.linalg.norm(centres, axis=0)).astype("float32"), 15.0, -5.0)


@pytest.fixture(scope="module")
def learned(known: familiarity.Familiarity) -> Recogniser:
    """The backbone with that familiarity, and a head with an answer of its own for each of `patches`."""
    description = Description("efficientnet_lite0", 48, ("a", "b", "c"), 1.0, 0.5, {}, {}, False, "0.1.0")
    recogniser = Recogniser.of(networks.build("efficientnet_lite0", 48, 3), description)
    head = np.random.default_rng(10).normal(0, 0.05, (1280, 3)).astype("float32")
    return Recogniser(description, {**recogniser.weights, **known.weights(), "head_dense/kernel": head})


def patches() -> np.ndarray:
    return np.stack([datasets.photograph(name)[:48, :48] for name in ("cat", "coffee", "rocket", "owl")])


def test_every_runtime_scales_the_evidence_by_the_familiarity(known: familiarity.Familiarity, learned: Recogniser):
    from imgrec_lib import backbone

    features = backbone.features(patches(), 48)
    scales = share(known, features)
    assert 0.05 < scales.min() < scales.max() - 0.3
    evidence = features @ learned.weights["head_dense/kernel"] + learned.weights["head_dense/bias"]
    for name in ("onnx", "keras", "litert"):
        found = runtimes.start(learned, name).logits(patches())
        assert found == pytest.approx(evidence * scales[:, np.newaxis], abs=1e-4), name


def test_a_complete_stranger_still_has_a_likeliest_class(learned: Recogniser):
    strange = Recogniser(learned.description, {**learned.weights, "familiarity/bias": np.array([-200], "float32")})
    expected = runtimes.start(learned, "onnx").logits(patches()).argmax(axis=1)
    assert len(set(expected.tolist())) > 1
    for name in ("onnx", "keras", "litert"):
        found = runtimes.start(strange, name).logits(patches())
        assert found.argmax(axis=1).tolist() == expected.tolist(), name
        assert probabilities(found, 1.0).max() < 0.35, name


def test_features_that_are_all_zero_are_answered_too(learned: Recogniser):
    dark = {"head_normalisation/gamma": 0, "head_normalisation/beta": -1}
    weights = {name: np.full_like(one, dark.get(name, 1)) if name in dark else one
               for name, one in learned.weights.items()}  # fmt: skip
    blind = Recogniser(learned.description, weights)
    for name in ("onnx", "keras", "litert"):
        found = runtimes.start(blind, name).logits(patches())
        assert np.isfinite(found).all() and np.isfinite(probabilities(found, 1.0)).all(), name


def test_where_the_network_looked_does_not_depend_on_the_familiarity(learned: Recogniser):
    strange = {**learned.weights, "familiarity/bias": learned.weights["familiarity/bias"] - 8}
    for runtime in ("onnx", "keras"):
        heats = []
        for weights in (learned.weights, strange):
            explainer = explaining.explainer(Recogniser(learned.description, weights), runtime)
            heats.append(np.stack([explainer.heat(patches()[0], place) for place in range(3)]))
        assert heats[0].any() and heats[0] == pytest.approx(heats[1], abs=1e-5), runtime


def test_a_trained_recogniser_refuses_noise_colours_and_other_photographs(tmp_path: Path, capsys):
    folder = coffee_and_fur(tmp_path / "pictures", 30)
    assert cli.main(["train", str(folder), "--out", str(tmp_path / "pets.imgrec")]) == 0
    recogniser = Recogniser.open(tmp_path / "pets.imgrec")
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 256, (10, 96, 96, 3), dtype="uint8")
    colours = np.broadcast_to(generator.integers(0, 256, (10, 1, 1, 3), dtype="uint8"), noise.shape)
    photographs = [datasets.photograph(name) for name in STRANGERS]
    for strangers, least in ((noise, 10), (colours, 10), (photographs, 6)):
        answers = recogniser.predict(list(strangers))
        refused = sum(answer.label == NONE for answer in answers)
        assert refused >= least, answers
    known = recogniser.predict(sorted(folder.rglob("*.jpg")))
    assert sum(answer.label == NONE for answer in known) <= len(known) // 8
