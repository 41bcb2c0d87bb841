"""A worker's trainings start sooner, and learn what they would have learnt."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from imgrec_lib.grading import networks

keras = pytest.importorskip("keras")
tensorflow = pytest.importorskip("tensorflow")

IMAGES = np.random.default_rng(0).random((70, 8, 8, 1), dtype=np.float32)
LABELS = np.random.default_rng(1).integers(0, 3, 70)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Networks that start sooner, in this test only."""
    monkeypatch.setattr(keras.Model, "_maybe_symbolic_build", keras.Model._maybe_symbolic_build)
    networks.quicken()
    yield
    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The class of a network for each time that its training step is traced."""
    seen: list[str] = []
    step = keras.Model.train_step
    monkeypatch.setattr(
        keras.Model, "train_step", lambda self, data: seen.append(type(self).__name__) or step(self, data)
    )
    return seen


def network(**compiled: Any) -> Any:
    """A small one, from the same first numbers each time."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    made = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    made.compile(**{"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]} | compiled)
    return made


def learnt(made: Any, **options: Any) -> dict[str, list[float]]:
    return made.fit(IMAGES, LABELS, epochs=2, verbose=0, shuffle=False, **options).history


WAYS = {
    "plain": {},
    "validated": {"validation_split": 0.2},
    "weighted": {"sample_weight": np.linspace(0.1, 2, 70)},
    "by classes": {"class_weight": {0: 1.0, 1: 2.0, 2: 3.0}},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_step_is_traced_once_and_learns_the_same(way: str, traced: list[str], request: pytest.FixtureRequest) -> None:
    plain = learnt(network(), **WAYS[way])
    assert len(traced) == 2, "Keras traces once by itself now, and quicken is no longer needed"
    traced.clear()
    request.getfixturevalue("quick")
    assert learnt(network(), **WAYS[way]) == {name: pytest.approx(values, rel=1e-4) for name, values in plain.items()}
    assert len(traced) == 1


@pytest.mark.parametrize("compiled", [{"metrics": None}, {"optimizer": "sgd"}, {"weighted_metrics": ["accuracy"]}])
def test_whatever_it_is_compiled_with_it_trains(compiled: dict[str, Any], quick: None, traced: list[str]) -> None:
    assert np.isfinite(learnt(network(**compiled))["loss"]).all()
    assert len(traced) == 1


def test_a_network_evaluated_first_trains_on(quick: None) -> None:
    made = network()
    before, _ = made.evaluate(IMAGES, LABELS, verbose=0)
    learnt(made)
    assert made.evaluate(IMAGES, LABELS, verbose=0)[0] < before


class Subclassed(keras.Model):
    """A network whose layers are known only once it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten, self.dense = keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")

    def call(self, images: Any) -> Any:
        return self.dense(self.flatten(images))


def test_what_cannot_be_built_before_trains_as_keras_does_it(quick: None) -> None:
    inputs = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(inputs)
    outputs = [keras.layers.Dense(3, activation="softmax", name=name)(flat) for name in "ab"]
    two, subclassed = keras.Model(inputs, outputs), Subclassed()
    two.compile("adam", ["sparse_categorical_crossentropy"] * 2)
    subclassed.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert np.isfinite(two.fit(IMAGES, [LABELS, LABELS], verbose=0).history["loss"]).all()
    assert np.isfinite(subclassed.fit(IMAGES, LABELS, verbose=0).history["loss"]).all()


def test_a_dataset_is_trained_on_from_its_beginning(quick: None) -> None:
    seen = []

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for place in range(0, 60, 20):
            seen.append(place)
            yield IMAGES[place : place + 20], LABELS[place : place + 20]

    network().fit(batches(), verbose=0)
    assert seen == [0, 20, 40]


def test_what_is_wrong_is_said_in_the_words_of_keras(quick: None) -> None:
    with pytest.raises(ValueError, match="compile"):
        keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]).fit(IMAGES, LABELS, verbose=0)
    with pytest.raises(Exception, match="same rank"):
        network(loss="categorical_crossentropy").fit(IMAGES, LABELS, verbose=0)


def test_without_tensorflow_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(__import__("sys").modules, "tensorflow")
    before = keras.Model._maybe_symbolic_build
    networks.quicken()
    assert keras.Model._maybe_symbolic_build is before


def test_a_keras_without_the_place_is_left_alone() -> None:
    class Other:
        """No Keras that is known."""

    networks._build_before_tracing(Other)
    assert not hasattr(Other, "_maybe_symbolic_build")
