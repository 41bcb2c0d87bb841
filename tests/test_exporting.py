"""A recogniser as ONNX and LiteRT: the same answers, a quarter of the size in int8, and what an app has to know."""

import dataclasses
import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from PIL import Image

from imgrec_lib import backbone, collecting
from imgrec_lib.datasets import photograph
from imgrec_lib.recogniser import Description, Recogniser, RecogniserError
from imgrec_lib.recognising import HEAD, exporting, exporting_pictures, litert, networks, quantising_onnx
from imgrec_lib.recognising.runtimes import LiteRTRuntime, OnnxRuntime

SIDE, EACH, LEARNED = 64, 50, 20
SHAPE = (SIDE, SIDE, 3)
NAMES = ("cat", "café & co")


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Class folders of JPEG cuts of two photographs, and of one that the recogniser does not know."""
    folder, generator = tmp_path_factory.mktemp("exporting") / "photos", np.random.default_rng(0)
    for name, source, count in ((NAMES[0], "cat", EACH), (NAMES[1], "coffee", EACH), ("rocket", "rocket", 4)):
        (folder / name).mkdir(parents=True)
        whole = photograph(source)
        for number in range(count):
            side = int(generator.integers(90, 200))
            top, left = (int(generator.integers(0, extent - side)) for extent in whole.shape[:2])
            content = io.BytesIO()
            Image.fromarray(whole[top : top + side, left : left + side]).save(content, "JPEG", quality=90)
            (folder / name / f"{number:02}.jpg").write_bytes(content.getvalue())
    return folder


@pytest.fixture(scope="module")
def collection(photos) -> collecting.Collection:
    return collecting.gather(photos, SIDE)


@pytest.fixture(scope="module")
def recogniser(collection) -> Recogniser:
    """The real backbone and a head that has learned the first photographs of both classes."""
    from sklearn.linear_model import LogisticRegression

    learned = np.array([int(Path(name).stem) < LEARNED and not name.startswith("rocket") for name in collection.names])
    labels = np.array([NAMES.index(collection.class_names[label]) for label in collection.labels[learned]])
    head = LogisticRegression(C=0.01).fit(backbone.features(collection.images[learned], SIDE), labels)
    digests = [digest for digest, used in zip(collection.digests, learned) if used]
    description = Description(
        "efficientnet_lite0", SIDE, NAMES, 1.25, 0.6, {"digests": sorted(set(digests))}, {}, False, "0.1.0"
    )
    network = networks.build("efficientnet_lite0", SIDE, 2)
    kernel = np.concatenate([-head.coef_, head.coef_]).T / 2
    network.get_layer(HEAD).set_weights([kernel, np.concatenate([-head.intercept_, head.intercept_]) / 2])
    return Recogniser.of(network, description)


@pytest.fixture(scope="module")
def as_onnx(recogniser, photos, tmp_path_factory) -> exporting.Exported:
    return exporting.export(recogniser, "onnx", tmp_path_factory.mktemp("onnx") / "pets.onnx", photos=photos)


@pytest.fixture(scope="module")
def as_litert(recogniser, photos, tmp_path_factory) -> exporting.Exported:
    return exporting.export(recogniser, "litert", tmp_path_factory.mktemp("litert") / "pets.tflite", photos=photos)


@pytest.fixture(scope="module")
def classic() -> Recogniser:
    """Lesson 3's network, untrained, without any photograph that it has learned from."""
    import keras

    keras.utils.set_random_seed(0)
    description = Description("classic", 32, ("a", "b", "c"), 1.0, 0.5, {"digests": []}, {}, False, "0.1.0")
    return Recogniser.of(networks.build("classic", 32, 3), description)


@pytest.mark.parametrize("kind", ["as_onnx", "as_litert"])
def test_int8_is_a_quarter_of_the_size_and_gives_the_same_answers(kind, request):
    large, small = request.getfixturevalue(kind).models
    assert (large.size, small.size) == (large.path.stat().st_size, small.path.stat().st_size)
    assert 3.6 <= large.size / small.size < 4
    assert large.accuracy > 0.9 and large.accuracy - small.accuracy < 0.05
    assert large.equal == 1 and small.equal >= 0.95
    assert small.path.name == f"pets.int8{large.path.suffix}"


@pytest.mark.parametrize("kind", ["as_onnx", "as_litert"])
def test_only_photographs_that_it_has_not_learned_from_measure(kind, request, recogniser, collection):
    exported = request.getfixturevalue(kind)
    learned = np.isin(collection.digests, recogniser.description.trained_on["digests"])
    alike = np.isin(collection.groups, collection.groups[learned])
    stranger = np.array([name.startswith("rocket") for name in collection.names])
    assert f"Measured on {(~alike & ~stranger).sum()} photographs" in exported.sentence
    assert f"from {learned.sum()} photographs that it has learned from" in exported.sentence
    assert "does not know them: rocket" in exported.sentence


@pytest.mark.parametrize("kind", ["as_onnx", "as_litert"])
def test_the_lines_name_size_accuracy_what_is_lost_and_the_ratio(kind, request):
    exported = request.getfixturevalue(kind)
    first, second, *rest = exported.lines()
    large, small = exported.models
    assert f"{large.size / 1e6:.1f} MB, accuracy {large.accuracy:.3f}" in first and "lost" not in first
    assert f"accuracy lost {large.accuracy - small.accuracy:.3f}" in second
    assert second.endswith(f"{large.size / small.size:.2f} times smaller")
    assert rest[-1] == exported.sentence


def runtime_of(path: Path) -> OnnxRuntime | LiteRTRuntime:
    return (OnnxRuntime if path.suffix == ".onnx" else LiteRTRuntime)(path.read_bytes(), SHAPE)


@pytest.mark.parametrize("kind", ["as_onnx", "as_litert"])
def test_float32_is_what_keras_computes_and_int8_is_near(kind, request, recogniser, collection):
    pictures = collection.images[:20].astype("float32")
    expected = recogniser.network().predict_on_batch(pictures)
    large, small = (runtime_of(model.path).logits(pictures) for model in request.getfixturevalue(kind).models)
    assert np.abs(large - expected).max() < 1e-3
    assert np.corrcoef(small.ravel(), expected.ravel())[0, 1] > 0.98


def test_the_first_kernels_of_a_litert_model_stay_in_float32(as_litert):
    from ai_edge_litert import schema_py_generated as schema

    graph = schema.ModelT.InitFromPackedBuf(as_litert.models[1].path.read_bytes(), 0).subgraphs[0]
    types = [graph.tensors[one.inputs[1]].type for one in graph.operators if len(one.inputs) == 3]
    # 49 convolutions; centres, familiarity and head
    in_float, in_int8 = schema.TensorType.FLOAT32, schema.TensorType.INT8
    assert types == [in_float] * 6 + [in_int8] * 43 + [in_int8, in_float, in_int8]


def test_the_familiarity_of_every_backbone_stays_in_float32(tmp_path):
    from ai_edge_litert import schema_py_generated as schema

    description = Description("applications.MobileNetV2", 32, NAMES, 1.0, 0.5, {}, {}, False, "0.1.0")
    network = networks.build(description.network, 32, 2, weights=None)
    exporting.export(Recogniser.of(network, description), "litert", tmp_path / "pets.tflite")
    graph = schema.ModelT.InitFromPackedBuf((tmp_path / "pets.int8.tflite").read_bytes(), 0).subgraphs[0]
    made = [graph.tensors[one.outputs[0]] for one in graph.operators]
    types = [tensor.type for tensor in made if b"familiarity" in tensor.name]
    assert len(types) >= 7 and set(types) == {schema.TensorType.FLOAT32}


@pytest.mark.parametrize("kind", ["as_onnx", "as_litert"])
def test_any_number_of_pictures_fits(kind, request, collection):
    for model in request.getfixturevalue(kind).models:
        runtime = runtime_of(model.path)
        seven, one = runtime.logits(collection.images[:7]), runtime.logits(collection.images[6:7])
        assert seven.dtype == np.float32 and np.abs(seven[6:] - one).max() < 0.2


def test_every_kernel_has_a_scale_for_each_channel_and_no_array_is_there_twice(as_onnx):
    model = onnx.load(as_onnx.models[1].path)
    onnx.checker.check_model(model)
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    contents = [(array.dtype.str, array.shape, array.tobytes()) for array in arrays.values()]
    assert len(set(contents)) == len(contents)
    made = {node.output[0]: node for node in model.graph.node}
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    in_float = [node.name for node in convolutions if node.input[1] not in made]
    assert len(convolutions) == 49 and len(in_float) == 6
    assert in_float[0] == "stem" and in_float[-1] == "block_02_project"
    kernels = [made[node.input[1]] for node in convolutions if node.input[1] in made]
    for node in kernels:
        assert node.op_type == "DequantizeLinear" and arrays[node.input[0]].dtype == np.int8
        assert arrays[node.input[1]].shape == arrays[node.input[0]].shape[:1]
        assert not arrays[node.input[2]].any()


def test_an_onnx_model_says_what_goes_in_and_what_comes_out(as_onnx):
    import onnxruntime

    for model in as_onnx.models:
        session = onnxruntime.InferenceSession(model.path, providers=["CPUExecutionProvider"])
        facts = session.get_modelmeta().custom_metadata_map
        assert json.loads(facts["class_names"]) == list(NAMES)
        assert (float(facts["temperature"]), float(facts["threshold"])) == (1.25, 0.6)
        assert "raw RGB 0…255, float32, count × 64 × 64 × 3" in facts["input"]
        assert [one.name for one in (*session.get_inputs(), *session.get_outputs())] == ["pictures", "logits"]


def test_a_litert_model_carries_the_same_facts_and_they_lie_beside_it(as_litert):
    (beside,) = as_litert.beside
    facts = json.loads(beside.read_text(encoding="utf-8"))
    assert facts["class_names"] == list(NAMES) and facts["temperature"] == 1.25 and facts["side"] == SIDE
    for model in as_litert.models:
        assert json.loads(litert.facts_of(model.path.read_bytes())) == facts


def test_a_phone_finds_the_signature_of_a_litert_model(as_litert, collection):
    from ai_edge_litert.interpreter import Interpreter

    for model in as_litert.models:
        runner = Interpreter(model_path=str(model.path)).get_signature_runner("serving_default")
        picture = collection.images[:1].astype("float32")
        logits = runner(pictures=picture)["logits"]
        assert np.abs(logits - runtime_of(model.path).logits(picture)).max() < 0.05


def test_the_weights_in_a_litert_model_lie_where_a_phone_can_use_them(as_litert):
    from ai_edge_litert import schema_py_generated as schema

    for model in as_litert.models:
        content = model.path.read_bytes()
        assert content[4:8] == b"TFL3"
        tree = schema.Model.GetRootAs(content, 0)
        buffers = [tree.Buffers(place) for place in range(tree.BuffersLength())]
        starts = [one._tab.Vector(one._tab.Offset(4)) for one in buffers if one.DataLength()]
        assert len(starts) > 50 and not any(start % 16 for start in starts)


def test_the_runtime_gets_the_model_that_is_exported(recogniser, collection):
    model = exporting.litert_model(recogniser)
    pictures = collection.images[:5]
    onnx_logits = OnnxRuntime(recogniser.graph(), SHAPE).logits(pictures)
    assert np.abs(LiteRTRuntime(model, SHAPE).logits(pictures) - onnx_logits).max() < 1e-3


@pytest.mark.parametrize("to", ["onnx", "litert"])
def test_without_photographs_the_share_of_equal_answers_is_told(to, classic, tmp_path):
    exported = exporting.export(classic, to, tmp_path / f"own{exporting.SUFFIXES[to]}")
    large, small = exported.models
    assert large.accuracy is None and small.equal > 0.8 and large.size / small.size > 3.5
    assert "accuracy is unknown" in exported.sentence and "192 cuts" in exported.sentence
    assert "accuracy" not in "".join(exported.lines()[:2]) and "equal answers" in exported.lines()[1]


@pytest.mark.parametrize("to", ["onnx", "litert"])
def test_float_only_writes_no_int8(to, classic, tmp_path):
    exported = exporting.export(classic, to, tmp_path / f"own{exporting.SUFFIXES[to]}", float_only=True)
    assert [model.path.name for model in exported.models] == [f"own{exporting.SUFFIXES[to]}"]
    assert not list(tmp_path.glob("*int8*")) and exported.sentence == ""


def test_float_only_is_measured_where_photographs_are_given(recogniser, photos, tmp_path):
    exported = exporting.export(recogniser, "onnx", tmp_path / "pets.onnx", photos=photos, float_only=True)
    assert len(exported.models) == 1 and exported.models[0].accuracy > 0.9 and "Measured on" in exported.sentence


def described(recogniser: Recogniser, **changes) -> Description:
    return dataclasses.replace(recogniser.description, **changes)


def test_a_near_duplicate_of_what_it_learned_does_not_measure(recogniser, collection, photos, tmp_path):
    before, _ = exporting_pictures.gathered(recogniser.description, photos, lambda words, share: None)
    (photos / "cat" / "again.jpg").write_bytes(_recompressed(photos / "cat" / "00.jpg"))
    try:
        after, found = exporting_pictures.gathered(recogniser.description, photos, lambda words, share: None)
    finally:
        (photos / "cat" / "again.jpg").unlink()
    assert len(found) == len(collection) + 1 and len(after.measuring) == len(before.measuring)


def _recompressed(path: Path) -> bytes:
    content = io.BytesIO()
    Image.open(path).save(content, "JPEG", quality=70)
    return content.getvalue()


def test_where_it_learned_from_all_of_them_the_course_photographs_measure(recogniser, collection, photos):
    everything = described(recogniser, trained_on={"digests": list(collection.digests)})
    pictures, _ = exporting_pictures.gathered(everything, photos, lambda words, share: None)
    assert pictures.labels is None and len(pictures.measuring) == 192
    assert "those prove nothing" in pictures.sentence


def test_where_it_learned_from_none_of_them_the_course_photographs_calibrate(recogniser, photos):
    stranger = described(recogniser, trained_on={"digests": []})
    pictures, _ = exporting_pictures.gathered(stranger, photos, lambda words, share: None)
    assert len(pictures.calibrating) == 96 and len(pictures.measuring) == 2 * EACH
    assert "the course's own helped" in pictures.sentence


def test_labels_are_places_among_the_recognisers_classes_not_the_folders(recogniser, photos):
    turned = described(recogniser, class_names=NAMES[::-1], trained_on={"digests": []})
    straight, _ = exporting_pictures.gathered(recogniser.description, photos, lambda words, share: None)
    pictures, _ = exporting_pictures.gathered(turned, photos, lambda words, share: None)
    assert pictures.labels.tolist() == [1] * EACH + [0] * EACH or pictures.labels.tolist() == [0] * EACH + [1] * EACH
    assert pictures.labels[0] == 1 - straight.labels[0]


def test_photographs_of_other_classes_are_refused(recogniser, photos):
    with pytest.raises(ValueError, match="has photographs of .* and the recogniser knows x, y"):
        exporting_pictures.gathered(described(recogniser, class_names=("x", "y")), photos, lambda words, share: None)


@pytest.mark.parametrize(
    ("to", "name", "error", "words"),
    [
        ("onnx", "pets.tflite", ValueError, "does not end in .onnx"),
        ("litert", "pets.onnx", ValueError, "does not end in .tflite"),
        ("onnx", "missing/pets.onnx", OSError, "there is no folder"),
        ("onnx", "folder.onnx", OSError, "is a folder"),
        ("coreml", "pets.onnx", ValueError, "choose onnx or litert"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_at_once(to, name, error, words, classic, tmp_path):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(error, match=words):
        exporting.export(classic, to, tmp_path / name)


def test_accuracy_and_equal_answers_are_those_of_each_model(recogniser, photos, tmp_path, monkeypatch):
    pictures, _ = exporting_pictures.gathered(recogniser.description, photos, lambda words, share: None)
    places = np.r_[np.flatnonzero(pictures.labels == 0)[:20], np.flatnonzero(pictures.labels == 1)[:20]]
    chosen = dataclasses.replace(pictures, measuring=pictures.measuring[places], labels=pictures.labels[places])
    given = iter([np.zeros(40, int), np.repeat([0, 1], [10, 30])])
    monkeypatch.setattr(exporting_pictures, "gathered", lambda *all_of_it: (chosen, SimpleNamespace(problems=[])))
    monkeypatch.setattr(exporting, "_answers", lambda *all_of_it: next(given))
    large, small = exporting.export(recogniser, "onnx", tmp_path / "pets.onnx", photos=photos).models
    assert (large.accuracy, large.equal, small.accuracy, small.equal) == (0.5, 1.0, 0.75, 0.25)


def test_nothing_is_written_where_int8_fails(classic, tmp_path, monkeypatch):
    (tmp_path / "own.onnx").write_bytes(b"of yesterday")

    def broken(model: bytes, pictures: np.ndarray, in_float: tuple[str, ...]) -> bytes:
        raise ValueError("no ranges")

    monkeypatch.setattr(quantising_onnx, "quantised", broken)
    with pytest.raises(ValueError, match="no ranges"):
        exporting.export(classic, "onnx", tmp_path / "own.onnx")
    assert [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()] == [b"of yesterday"]


def test_a_network_of_keras_needs_tf2onnx_and_that_is_said_in_one_sentence(recogniser, monkeypatch):
    monkeypatch.setattr(exporting.importlib.util, "find_spec", lambda name: None)
    other = Recogniser(described(recogniser, network="applications.MobileNetV2"), {})
    with pytest.raises(ImportError, match="pip install tf2onnx"):
        exporting.onnx_model(other)


def test_a_network_that_litert_has_no_counterpart_for_is_told_in_one_sentence():
    import keras
    import tensorflow as tf

    pictures = keras.Input((8, 8, 3))
    words = keras.layers.Lambda(lambda some: tf.strings.length(tf.strings.as_string(some)))(pictures)
    with pytest.raises(RecogniserError, match="no counterpart for a part of odd .*export it to onnx"):
        litert.converted(keras.Model(pictures, words, name="odd"), "{}")


def test_quantising_leaves_the_loggers_as_they_were(classic):
    handlers, disabled = list(logging.root.handlers), logging.root.manager.disable
    quantising_onnx.quantised(exporting.onnx_model(classic), exporting_pictures.embedded(32).calibrating[:8])
    assert list(logging.root.handlers) == handlers and logging.root.manager.disable == disabled


@pytest.mark.parametrize(("to", "names"), [
    ("onnx", ["own.int8.onnx", "own.onnx"]), ("litert", ["own.int8.tflite", "own.json", "own.tflite"])
])  # fmt: skip
def test_the_command_writes_beside_the_recogniser_and_no_library_is_heard(to, names, classic, tmp_path):
    classic.save(tmp_path / "own.imgrec")
    arguments = [sys.executable, "-m", "imgrec_lib", "export", "own.imgrec", "--to", to]
    environment = {"PYTHONPATH": str(Path(exporting.__file__).parents[2]), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".imgrec" and path.is_file()) == names
    assert "times smaller" in done.stdout.splitlines()[1]
    ours = ("Writing the network", "Finding the ranges", "Measuring.")
    assert all(line.startswith(ours) for line in done.stderr.splitlines()), done.stderr
