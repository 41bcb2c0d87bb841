"""Where a network looked: class activation maps from ONNX and from Keras, and the picture made of them."""

import io

import numpy as np
import pytest
import serving_fakes as fakes
from PIL import Image

from imgrec_lib.serving import explaining


def halves() -> np.ndarray:
    """Red above, blue below."""
    picture = np.zeros((fakes.SIDE, fakes.SIDE, 3), "uint8")
    picture[:16, :, 0] = picture[16:, :, 2] = 200
    return picture


def test_the_map_of_a_class_is_hot_where_its_colour_is():
    seen = explaining.OnnxExplainer(fakes.Colours().graph())
    red, green, blue = (seen.heat(halves(), place) for place in range(3))
    assert red.shape == (fakes.SIDE, fakes.SIDE) and red.dtype == np.float32
    assert (red[:16] == 1).all() and (red[16:] == 0).all() and (blue == 1 - red).all() and not green.any()


def small_network():
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((24, 24, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Conv2D(6, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4),
        ]
    )


def test_grad_cam_is_the_class_activation_map_of_a_network_that_ends_in_means():
    network = small_network()
    picture = np.random.default_rng(2).integers(0, 256, (24, 24, 3), dtype="uint8")
    maps = picture[np.newaxis].astype("float32")
    for layer in network.layers[:3]:
        maps = layer(maps)
    weights = network.layers[-1].kernel.numpy()
    seen = explaining.KerasExplainer(network)
    for place in range(4):
        expected = explaining.scaled(np.asarray(maps)[0] @ weights[:, place])
        assert np.allclose(seen.heat(picture, place), expected, atol=1e-4)
    assert any(seen.heat(picture, place).any() for place in range(4))


def test_grad_cam_sees_into_a_network_that_ends_in_a_list_of_its_maps():
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(3)
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input((16, 16, 3)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(3)]
    )
    heat = explaining.KerasExplainer(network).heat(np.full((16, 16, 3), 90, "uint8"), 1)
    assert heat.shape == (14, 14) and heat.min() >= 0 and heat.max() in (0, 1)


def test_grad_cam_sees_into_a_network_inside_a_network():
    keras = pytest.importorskip("keras")
    inner = small_network()
    entry = keras.Input((24, 24, 3))
    outer = keras.Model(entry, keras.layers.Dense(2)(inner(keras.layers.Rescaling(1.0)(entry))))
    picture = np.random.default_rng(2).integers(0, 256, (24, 24, 3), dtype="uint8")
    heat = [explaining.KerasExplainer(outer).heat(picture, place) for place in range(2)]
    assert [one.shape for one in heat] == [(9, 9)] * 2 and any(one.any() for one in heat)
    weights = inner.layers[-1].kernel.numpy() @ outer.layers[-1].kernel.numpy()
    maps = picture[np.newaxis].astype("float32")
    for layer in inner.layers[:3]:
        maps = layer(maps)
    for place in range(2):
        expected = explaining.scaled(np.asarray(maps)[0] @ weights[:, place])
        assert np.allclose(heat[place], expected, atol=1e-4)


def test_a_network_without_feature_maps_is_refused():
    keras = pytest.importorskip("keras")
    network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])
    with pytest.raises(ValueError, match="no feature maps"):
        explaining.KerasExplainer(network)


def test_a_graph_that_does_not_end_in_means_is_not_explained():
    import onnx

    model = onnx.load_from_string(fakes.Colours().graph())
    model.graph.node[1].op_type = "GlobalMaxPool"

    class Other(fakes.Colours):
        def graph(self) -> bytes:
            return model.SerializeToString()

    assert explaining.explainer(Other(), "onnx") is None
    assert isinstance(explaining.explainer(fakes.Colours(), "litert"), explaining.OnnxExplainer)


def test_the_overlay_is_clear_where_nothing_speaks_for_the_class_and_opaque_where_all_does():
    heat = np.zeros((4, 4), "float32")
    heat[:2] = 1
    image = Image.open(io.BytesIO(explaining.overlay(heat, 96)))
    layered = np.asarray(image)
    assert image.size == (96, 96) and image.mode == "RGBA"
    assert layered[-8:, :, 3].max() == 0 and layered[:8, :, 3].min() == round(255 * explaining.MOST_OPAQUE)
    grey = layered[..., :3] @ (0.299, 0.587, 0.114)
    assert grey[:8].mean() > 200


def test_heat_without_anything_or_with_no_numbers_stays_0():
    assert not explaining.scaled(np.full((3, 3), -2.0)).any()
    assert explaining.scaled(np.array([[np.nan, 2.0]])).tolist() == [[0.0, 1.0]]
