import subprocess
import sys

import numpy as np
import pytest

from imgrec_lib import models


def random_pictures(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(256, size=shape, dtype="uint8")


def test_the_classic_network_on_28_pixels_has_the_parameters_counted_in_lesson_3():
    assert models.classic_network((28, 28, 1), 10).count_params() == 320 + 18_496 + 36_928 + 36_928 + 650


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (48, 48, 1), (18, 18, 1), (19, 40, 3)])
@pytest.mark.parametrize("classes", [1, 10])
def test_each_network_gives_one_logit_a_class(shape: tuple[int, int, int], classes: int):
    for network in (models.classic_network, models.dense_network):
        logits = np.asarray(network(shape, classes)(random_pictures(2, *shape)))
        assert logits.shape == (2, classes)
        assert np.isfinite(logits).all()


def test_the_networks_normalise_raw_pictures_themselves():
    import keras

    pictures = random_pictures(3, 28, 28, 1)
    model = models.classic_network((28, 28, 1), 10)
    rest = keras.Sequential(model.layers[1:])
    assert np.allclose(model(pictures), rest(pictures.astype("float32") / 255), atol=1e-5)


def test_dropout_is_a_layer_before_each_dense_layer_and_silent_outside_training():
    model = models.classic_network((28, 28, 1), 10, dropout=0.5)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds[-4:] == ["Dropout", "Dense", "Dropout", "Dense"]
    pictures = random_pictures(2, 28, 28, 1)
    assert np.allclose(model(pictures), model(pictures))
    assert not np.allclose(model(pictures, training=True), model(pictures, training=True))


def test_l2_adds_a_penalty_for_every_layer_with_weights():
    assert len(models.classic_network((28, 28, 1), 10, l2=0.001).losses) == 5
    assert models.classic_network((28, 28, 1), 10).losses == []


def test_augmentation_sees_the_raw_pictures_first():
    from keras import layers

    model = models.classic_network((28, 28, 1), 10, augmentation=[layers.RandomFlip("horizontal")])
    assert [type(layer).__name__ for layer in model.layers[:2]] == ["RandomFlip", "Rescaling"]


@pytest.mark.parametrize("shape", [(8, 8, 1), (17, 40, 3), (28, 28)])
def test_pictures_too_small_for_the_classic_network_are_refused(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match="at least 18 × 18"):
        models.classic_network(shape, 10)


def test_importing_the_module_does_not_load_keras():
    code = "import sys, imgrec_lib.models as models; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
