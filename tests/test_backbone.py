"""The pretrained network is the real one: it names what is in the photographs."""

import io

import numpy as np
import pytest

from imgrec_lib import backbone, datasets
from imgrec_lib.datasets import embedded

CATS = [281, 282, 285]


@pytest.fixture(scope="module")
def model():
    return backbone.efficientnet_lite0()


def probabilities(model, name: str) -> np.ndarray:
    logits = model.predict(backbone.prepare([datasets.photograph(name)], 224), verbose=0)[0]
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def test_the_weights_open_without_pickle_and_hold_4694024_numbers():
    with np.load(io.BytesIO(embedded.read("weights/efficientnet_lite0.npz")), allow_pickle=False) as stored:
        assert sum(stored[name].size for name in stored.files) == 4_694_024
        assert {stored[name].dtype.name for name in stored.files} == {"float32"}


def test_every_stored_number_is_used(model):
    assert model.count_params() == 4_694_024


def test_the_coffee_is_an_espresso(model):
    assert backbone.class_names()[967] == "espresso"
    assert probabilities(model, "coffee")[967] > 0.8


def test_the_cat_is_one_of_the_cat_classes(model):
    assert probabilities(model, "cat")[CATS].sum() > 0.8


def test_there_are_a_thousand_class_names():
    names = backbone.class_names()
    assert len(names) == 1000 and all(names)
    assert names[0] == "tench" and names[285] == "Egyptian cat"


def test_features_are_1280_numbers_an_image_and_take_grey_and_odd_sizes():
    grey = np.random.default_rng(0).integers(0, 256, (5, 37, 50, 1), dtype="uint8")
    found = backbone.features(grey, size=33, batch_size=2)
    assert found.shape == (5, 1280) and found.dtype == np.float32
    assert np.allclose(found, backbone.features(np.repeat(grey, 3, axis=-1), size=33), atol=1e-4)


def test_a_model_is_frozen_unless_asked(model):
    assert not model.trainable_weights
    assert backbone.efficientnet_lite0(classes=False, trainable=True, input_size=32).trainable_weights


def test_prepare_maps_grey_127_to_nought_and_255_to_one():
    images = np.array([127, 255, 0], "uint8").reshape(3, 1, 1, 1)
    prepared = backbone.prepare(images)
    assert prepared.shape == (3, 1, 1, 3) and prepared.dtype == np.float32
    assert prepared[:, 0, 0, 0].tolist() == [0.0, 1.0, -127 / 128]


@pytest.mark.parametrize("shape", [(4, 4, 3), (1, 4, 4, 2), (4,)])
def test_prepare_refuses_what_are_not_images(shape):
    with pytest.raises(ValueError, match="shape"):
        backbone.prepare(np.zeros(shape, "uint8"), 32)
    with pytest.raises(ValueError, match="shape"):
        backbone.prepare(np.zeros(shape, "uint8"))


def test_an_input_smaller_than_32_is_refused():
    with pytest.raises(ValueError, match="32 or more"):
        backbone.efficientnet_lite0(input_size=31)
