"""Keras, the ONNX graph and the file say the same of a photograph, and an answer says no more than it knows."""

import dataclasses
import importlib.util
import sys

import numpy as np
import pytest

from imgrec_lib import images
from imgrec_lib.datasets import photograph, photograph_path
from imgrec_lib.recogniser import NONE, Description, Recogniser, RecogniserError
from imgrec_lib.recognising import HEAD, applications, networks, runtimes
from imgrec_lib.recognising.answers import answers, probabilities

NAMES = ("cat", "coffee", "dog", "rocket")


def described(network: str, side: int, classes: tuple[str, ...] = ("a", "b", "c")) -> Description:
    return Description(network, side, classes, 1.5, 0.4, {}, {}, False, "0.1.0")


def pictures(side: int) -> np.ndarray:
    return np.stack([images.load(photograph(name), side) for name in NAMES])


def shaken(network) -> None:
    """Give every bias and statistic a value of its own, so that none can be forgotten unseen."""
    generator = np.random.default_rng(0)
    for weight in network.weights:
        if weight.name in ("bias", "beta", "moving_mean"):
            weight.assign(weight + generator.normal(0, 0.05, weight.shape))
        if weight.path in ("centres/kernel", "familiarity/kernel"):
            weight.assign(generator.uniform(0, 1, weight.shape))


@pytest.fixture(scope="module", params=[
    ("efficientnet_lite0", 33), ("efficientnet_lite0", 50), ("classic", 18), ("classic", 37), ("classic", 64),
], ids=lambda one: f"{one[0]}-{one[1]}")  # fmt: skip
def built(request):
    network, side = request.param
    model = networks.build(network, side, 3)
    shaken(model)
    return model, Recogniser.of(model, described(network, side))


def test_the_graph_says_what_keras_says(built):
    model, recogniser = built
    raw = pictures(recogniser.description.side)
    said = model.predict_on_batch(raw.astype("float32"))
    found = runtimes.start(recogniser, "onnx").logits(raw)
    assert found.dtype == np.float32 and found.shape == (4, 3)
    assert np.ptp(said) > 0.05
    assert np.allclose(found, said, atol=1e-4)


def test_the_graph_is_valid_and_takes_any_count_of_raw_pictures(built):
    import onnx

    _, recogniser = built
    model = onnx.load_from_string(recogniser.graph())
    onnx.checker.check_model(model, full_check=True)
    side = recogniser.description.side
    shape = [one.dim_param or one.dim_value for one in model.graph.input[0].type.tensor_type.shape.dim]
    assert model.graph.input[0].name == "pictures" and shape == ["count", side, side, 3]
    assert [one.name for one in model.graph.output] == ["logits"]
    assert len(runtimes.start(recogniser, "onnx").logits(pictures(side)[:1])) == 1


def test_a_recogniser_gives_its_network_back(built, tmp_path):
    model, recogniser = built
    recogniser.save(tmp_path / "pets.imgrec")
    again = Recogniser.open(tmp_path / "pets.imgrec").network()
    assert all(np.array_equal(one, other) for one, other in zip(again.get_weights(), model.get_weights(), strict=True))
    raw = pictures(recogniser.description.side).astype("float32")
    assert np.allclose(again.predict_on_batch(raw), model.predict_on_batch(raw), atol=1e-6)


def test_the_names_of_weights_are_those_of_the_backbone_in_keras_order():
    model = networks.build("efficientnet_lite0", 32, 5)
    found = {f"{layer.name}/{one.name}": tuple(one.shape) for layer in model.layers for one in layer.weights}
    expected = networks.expected(described("efficientnet_lite0", 32, tuple("abcde")))
    assert list(found.items()) == list(expected.items())


def test_networks_are_flat_and_give_a_logit_for_each_class():
    import keras

    for network in networks.OWN:
        model = networks.build(network, 40, 3)
        assert model.output_shape == (None, 3)
        head = model.layers[-1] if network == "classic" else model.get_layer(HEAD)
        assert isinstance(head, keras.layers.Dense) and head.units == 3
        assert not any(isinstance(layer, keras.Model) for layer in model.layers)


def test_the_backbone_inside_sees_what_the_course_shows_it():
    from imgrec_lib import backbone

    model, raw = networks.build("efficientnet_lite0", 64, 3), pictures(64)
    head = model.get_layer(HEAD)
    said = backbone.features(raw, 64) @ np.asarray(head.kernel) + np.asarray(head.bias)
    assert np.allclose(model.predict_on_batch(raw.astype("float32")), said, atol=1e-4)


@pytest.mark.parametrize("name", ["MobileNetV2"])
def test_a_network_of_keras_applications_comes_back_from_its_file(name, tmp_path):
    description = described(f"applications.{name}", 32)
    model = networks.build(description.network, 32, 3, weights=None)
    Recogniser.of(model, description).save(tmp_path / "pets.imgrec")
    again = Recogniser.open(tmp_path / "pets.imgrec")
    raw = pictures(32)
    said = model.predict_on_batch(raw.astype("float32"))
    assert np.allclose(runtimes.start(again, "keras").logits(raw), said, atol=1e-5)
    with pytest.raises(RecogniserError, match="keras"):
        again.graph()


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("MobileNetV2", "mobilenet_v2"), ("VGG16", "vgg16"), ("DenseNet121", "densenet"),
        ("EfficientNetB0", "efficientnet"),
    ],
)  # fmt: skip
def test_a_network_of_keras_applications_prepares_pictures_as_keras_does(name, module):
    import keras

    raw = pictures(32).astype("float32")
    inputs = keras.Input((32, 32, 3))
    prepared = keras.Model(inputs, keras.layers.Identity()(applications._prepared(inputs, name)))
    wanted = getattr(keras.applications, module).preprocess_input(raw.copy())
    assert np.allclose(prepared.predict_on_batch(raw), wanted, atol=1e-4)


def test_every_listed_network_is_one_of_keras():
    import keras

    assert [name for name in applications.NAMES if not hasattr(keras.applications, name)] == []


def test_weights_that_cannot_be_downloaded_are_one_sentence(monkeypatch):
    import keras

    def offline(**options):
        raise OSError("URL fetch failure on https://storage.googleapis.com: None")

    monkeypatch.setattr(keras.applications, "MobileNetV2", offline)
    with pytest.raises(RecogniserError, match="connect to the internet"):
        networks.build("applications.MobileNetV2", 96, 3)


@pytest.mark.parametrize(
    ("network", "side"), [("classic", 17), ("efficientnet_lite0", 31), ("applications.Xception", 70), ("classic", 513)]
)
def test_a_side_that_does_not_fit_is_refused(network, side):
    with pytest.raises(RecogniserError, match=f"not {side}"):
        networks.build(network, side, 3)


def test_other_weights_than_the_networks_are_refused():
    model = networks.build("classic", 20, 3)
    with pytest.raises(RecogniserError, match="other weights"):
        Recogniser.of(model, described("classic", 24))
    with pytest.raises(RecogniserError, match="other weights"):
        Recogniser.of(model, described("classic", 20, ("a", "b")))


def test_predict_takes_what_images_load_takes_and_names_each(tmp_path):
    recogniser = Recogniser.of(networks.build("classic", 20, 3), described("classic", 20))
    path = photograph_path("cat")
    found = recogniser.predict([str(path), path, path.read_bytes(), photograph("cat")])
    assert [one.photograph for one in found] == [str(path), str(path), "photograph 3", "photograph 4"]
    assert len({tuple(one.probabilities.values()) for one in found}) == 1
    assert [one.photograph for one in recogniser.predict(path)] == [str(path)]
    assert recogniser.predict([]) == []
    with pytest.raises(images.ImageError, match="none.jpg"):
        recogniser.predict([tmp_path / "none.jpg"])


def test_below_the_threshold_the_answer_is_none_of_these():
    description = dataclasses.replace(described("classic", 20), temperature=1.0, threshold=0.9)
    sure, unsure = answers(np.array([[9.0, 0, 0], [1.0, 0, 0]]), description, ["one", "two"])
    assert (sure.label, unsure.label) == ("a", NONE)
    assert sum(unsure.probabilities.values()) == pytest.approx(1) and list(unsure.probabilities) == ["a", "b", "c"]


def test_probabilities_are_a_softmax_of_logits_over_the_temperature():
    logits = np.array([[1.0, 3.0], [-2000.0, 2000.0]])
    found = probabilities(logits, 2.0)
    assert found.dtype == np.float64 and found[0, 1] == pytest.approx(1 / (1 + np.exp(-1)))
    assert found[1].tolist() == [0, 1]
    assert probabilities(np.empty((0, 3)), 1.0).shape == (0, 3)
    with pytest.raises(ValueError, match="no number"):
        probabilities(np.array([[np.nan, 1]]), 1.0)
    with pytest.raises(ValueError, match="count"):
        probabilities(np.zeros(3), 1.0)


def test_weights_too_large_for_a_network_are_one_sentence():
    recogniser = Recogniser.of(networks.build("efficientnet_lite0", 32, 3), described("efficientnet_lite0", 32))
    recogniser.weights["stem_normalisation/gamma"][:] = 3e38
    with pytest.raises(RecogniserError, match="so large"):
        recogniser.graph()


@pytest.mark.parametrize("shape", [(20, 20, 3), (1, 21, 20, 3), (0, 20, 20, 3), (1, 3, 20, 20)])
def test_pictures_that_do_not_fit_are_refused(shape):
    with pytest.raises(ValueError, match="20 × 20 × 3"):
        runtimes.checked(np.zeros(shape, "uint8"), (20, 20, 3))


def test_a_missing_package_is_named_with_the_way_out(monkeypatch):
    recogniser = Recogniser.of(networks.build("classic", 20, 3), described("classic", 20))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match="pip install onnxruntime.*--runtime keras"):
        runtimes.start(recogniser, "onnx")
    with pytest.raises(ValueError, match="onnx, keras, litert"):
        runtimes.start(recogniser, "torch")


def test_onnx_without_tf2onnx_names_the_way_out_for_a_network_of_keras_applications():
    if importlib.util.find_spec("tf2onnx"):
        pytest.skip("tf2onnx is installed")
    recogniser = Recogniser(described("applications.MobileNetV2", 32), {})
    with pytest.raises(ImportError, match="applications.MobileNetV2 needs tf2onnx.*--runtime keras"):
        runtimes.start(recogniser, "onnx")


def test_litert_says_what_onnx_says_for_any_count_of_pictures():
    model = networks.build("classic", 20, 3)
    shaken(model)
    recogniser, raw = Recogniser.of(model, described("classic", 20)), pictures(20)
    lite, onnx = runtimes.start(recogniser, "litert"), runtimes.start(recogniser, "onnx")
    for some in (raw, raw[:1], raw[1:]):
        assert np.allclose(lite.logits(some), onnx.logits(some), atol=1e-4)


def test_without_a_runtime_given_what_can_run_the_network_here_answers(monkeypatch):
    name = "applications.MobileNetV2"
    other = Recogniser.of(networks.build(name, 32, 3, weights=None), described(name, 32))
    assert len(other.predict(pictures(32))) == len(pictures(32))
    own = Recogniser.of(networks.build("classic", 20, 3), described("classic", 20))
    assert runtimes.quickest(own) == "onnx"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert runtimes.quickest(own) == "keras"
    assert len(own.predict(pictures(20))) == len(pictures(20))
