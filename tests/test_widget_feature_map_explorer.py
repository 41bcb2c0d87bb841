"""The feature-map explorer and its pure functions, without a browser."""

import json
import subprocess
import sys

import numpy as np
import pytest
import traitlets

from imgrec_lib import explaining, filters, models, plots, widgets
from imgrec_lib.quiet import quiet
from imgrec_lib.widgets import map_pictures

NAMES = ["cup", "cat", "hat", "owl"]


@pytest.fixture(scope="module")
def keras():
    with quiet():
        import keras
    return keras


@pytest.fixture(scope="module")
def network(keras):
    keras.utils.set_random_seed(1)
    return models.classic_network((20, 24, 3), 4)


@pytest.fixture
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 20, 24, 3), dtype="uint8")


@pytest.fixture
def explorer(network, pictures) -> widgets.FeatureMapExplorer:
    return widgets.FeatureMapExplorer(network, pictures, NAMES, [0, 1, 2, 3, 0])


def sent(explorer) -> np.ndarray:
    """The numbers on their way to the browser, rows × columns."""
    return np.frombuffer(explorer.maps, "<f4").reshape(-1, explorer.shown["width"])


def by_hand(network, picture: np.ndarray) -> list[np.ndarray]:
    """The outputs of the classic network's layers by lesson 2's functions."""
    weights = [layer.get_weights() for layer in network.layers]
    outputs = [picture / 255]
    for place in (1, 3, 5):
        kernels, biases = weights[place]
        outputs.append(filters.relu(filters.convolve_channels(outputs[-1], kernels) + biases))
        if place < 5:
            outputs.append(filters.max_pool(outputs[-1]))
    outputs.append(outputs[-1].ravel())
    outputs.append(filters.relu(outputs[-1] @ weights[7][0] + weights[7][1]))
    outputs.append(outputs[-1] @ weights[8][0] + weights[8][1])
    return outputs


def test_feature_maps_are_those_of_lesson_2s_functions(network, pictures):
    maps = explaining.feature_maps(network, pictures[2])
    assert list(maps) == [layer.name for layer in network.layers]
    for given, wanted in zip(maps.values(), by_hand(network, pictures[2]), strict=True):
        assert given.shape == wanted.shape
        assert np.allclose(given, wanted, atol=1e-4)


def test_feature_maps_of_a_functional_network_with_branches(keras):
    keras.utils.set_random_seed(0)
    entry = keras.Input((6, 7, 1))
    left = keras.layers.Conv2D(2, 3, name="left")(entry)
    right = keras.layers.MaxPooling2D(2, name="right")(entry)
    both = keras.layers.Concatenate(name="both")([keras.layers.Flatten()(left), keras.layers.Flatten()(right)])
    network = keras.Model(entry, keras.layers.Dense(2, activation="softmax", name="end")(both))
    picture = np.random.default_rng(0).normal(size=(6, 7))
    maps = explaining.feature_maps(network, picture)
    kernels, biases = network.get_layer("left").get_weights()
    assert np.allclose(maps["left"], filters.convolve_channels(picture[:, :, None], kernels) + biases, atol=1e-5)
    assert np.allclose(maps["right"], filters.max_pool(picture[:, :, None]), atol=1e-6)
    assert np.allclose(maps["both"], np.concatenate([maps["left"].ravel(), maps["right"].ravel()]))
    assert np.allclose(maps["end"], network(picture[None, :, :, None])[0], atol=1e-6)


def test_a_sequential_network_of_anothers_layers_shows_its_own_path(keras, network, pictures):
    part = keras.Sequential([keras.Input((20, 24, 3)), *network.layers[1:3]])
    maps = list(explaining.feature_maps(part, pictures[0]).values())
    kernels, biases = network.layers[1].get_weights()
    wanted = filters.relu(filters.convolve_channels(pictures[0].astype(float), kernels) + biases)
    assert np.allclose(maps[0], wanted, atol=1e-2)
    assert np.allclose(maps[1], filters.max_pool(wanted), atol=1e-2)


def test_dropout_lets_everything_through(keras):
    network = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dropout(0.9)])
    flat, dropped = explaining.feature_maps(network, np.ones((2, 2))).values()
    assert np.array_equal(flat, dropped)


def test_a_network_that_was_called_once_can_be_looked_into(keras):
    network = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
    network(np.zeros((1, 4, 5, 1)))
    assert [one.shape for one in explaining.feature_maps(network, np.zeros((4, 5))).values()] == [(20,), (3,)]


@pytest.mark.parametrize(
    ("ending", "wanted"),
    [
        (("linear", 3), [0.09003057, 0.24472847, 0.66524096]),
        (("softmax", 3), [0.2, 0.3, 0.5]),
        (("linear", 1), [0.11920292, 0.88079708]),
        (("sigmoid", 1), [0.75, 0.25]),
    ],
)
def test_probabilities_come_from_logits_or_are_there_already(keras, ending, wanted):
    activation, units = ending
    network = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(name="flat")])
    network.add(keras.layers.Dense(units, activation=activation, name="end"))
    values = {"linear": {3: [0.0, 1.0, 2.0], 1: [2.0]}, "softmax": {3: [0.2, 0.3, 0.5]}, "sigmoid": {1: [0.25]}}
    maps = {"end": np.array(values[activation][units], dtype="float32")}
    assert np.allclose(explaining.LayerOutputs(network).probabilities(maps), wanted, atol=1e-6)


def test_large_logits_give_probabilities_too(keras):
    network = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(2, name="end")])
    values = explaining.LayerOutputs(network).probabilities({"end": np.array([1000.0, 0.0])})
    assert np.allclose(values, [1, 0])


def test_a_network_that_ends_in_maps_has_no_probabilities(keras):
    network = keras.Sequential([keras.Input((5, 5, 1)), keras.layers.Conv2D(4, 3)])
    explorer = widgets.FeatureMapExplorer(network, np.zeros((2, 5, 5, 1)))
    assert explorer.shown["answers"] == [] and explorer.class_names == []
    explorer.figure()


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        (np.zeros((20, 24)), "shape \\(20, 24\\)"),
        (np.zeros((24, 20, 3)), "20 × 24 × 3"),
        (np.zeros((1, 20, 24, 3)), "one picture"),
        (np.full((20, 24, 3), "a"), "numbers"),
        (None, "shape \\(\\)"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(network, picture, word):
    with pytest.raises(ValueError, match=word):
        explaining.feature_maps(network, picture)


def test_networks_that_cannot_be_looked_into_are_refused_with_the_way_out(keras):
    with pytest.raises(ValueError, match="keras.Input"):
        explaining.feature_maps(keras.Sequential([keras.layers.Dense(2)]), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="a Dense is not a network"):
        explaining.feature_maps(keras.layers.Dense(2), np.zeros((2, 2)))
    two = [keras.Input((2, 2, 1)), keras.Input((2, 2, 1))]
    with pytest.raises(ValueError, match="takes 2 inputs"):
        explaining.feature_maps(keras.Model(two, keras.layers.Add()(two)), np.zeros((2, 2)))


def test_a_functional_network_of_anothers_layers_shows_its_own_path(keras, network, pictures):
    entry = keras.Input((20, 24, 3))
    upside_down = keras.layers.Rescaling(-1.0)(entry)
    other = keras.Model(entry, network.layers[1](upside_down))
    maps = list(explaining.feature_maps(other, pictures[0]).values())
    kernels, biases = network.layers[1].get_weights()
    assert np.array_equal(maps[0], -pictures[0].astype(float))
    assert np.allclose(maps[1], filters.relu(filters.convolve_channels(maps[0], kernels) + biases), atol=1e-2)
    assert other.layers[-1] is network.layers[1]


@pytest.mark.parametrize("again", [False, True])
def test_a_network_inside_a_network_is_one_layer(keras, again):
    inner = keras.Sequential([keras.Input((6, 7, 1)), keras.layers.Conv2D(2, 3)])
    entry = keras.Input((6, 7, 1))
    if again:
        inner(keras.Input((6, 7, 1)))
    doubled = keras.layers.Rescaling(2.0)(entry)
    network = keras.Model(entry, keras.layers.Flatten()(inner(doubled)))
    picture = np.random.default_rng(0).normal(size=(6, 7, 1)).astype("float32")
    maps = explaining.feature_maps(network, picture)
    assert np.allclose(maps[inner.name], inner(2 * picture[None])[0], atol=1e-5)
    assert np.allclose(maps[network.layers[-1].name], network(picture[None])[0], atol=1e-5)


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (16, (1, 16)), (17, (4, 5)), (64, (8, 8)), (576, (24, 24))])
def test_units_become_squares_in_their_order(count, shape):
    units = np.arange(count, dtype="float32")
    laid = map_pictures.squares(units)
    assert laid.shape == shape
    assert np.array_equal(laid.ravel()[:count], units) and np.isnan(laid.ravel()[count:]).all()


@pytest.mark.parametrize("count", [1, 3, 8, 9, 64, 65])
def test_every_map_is_somewhere_in_the_mosaic_with_gaps_between(count):
    maps = np.random.default_rng(0).normal(size=(3, 5, count)).astype("float32")
    together, across = map_pictures.mosaic(maps), map_pictures.across(count)
    for channel in range(count):
        top, left = channel // across * 4, channel % across * 6
        assert np.array_equal(together[top : top + 3, left : left + 5], maps[:, :, channel])
    assert (~np.isnan(together)).sum() == maps.size


def test_pictures_for_the_eye_are_uint8():
    assert np.array_equal(map_pictures.seen(np.array([[0, 255]], dtype="uint8"))[..., 0], [[0, 255]])
    assert np.array_equal(map_pictures.seen(np.array([[0.0, 0.5, 1.0]]))[..., 0], [[0, 128, 255]])
    assert np.array_equal(map_pictures.seen(np.array([[-1.0, 0.0, 1.0]]))[..., 0], [[0, 128, 255]])
    assert np.array_equal(map_pictures.seen(np.full((1, 1, 3), 7.0)), np.zeros((1, 1, 3)))
    assert np.array_equal(map_pictures.seen(np.array([[np.nan, np.inf]])).shape, (1, 2, 1))


def test_the_browser_gets_the_numbers_of_the_chosen_layer_and_picture(explorer, network, pictures):
    for picture, place in ((0, 1), (3, 2), (3, 4), (1, 8)):
        explorer.picture, explorer.layer = picture, network.layers[place].name
        wanted = explaining.feature_maps(network, pictures[picture])[explorer.layer]
        assert np.array_equal(explorer.feature_maps(), wanted)
        laid = wanted if wanted.ndim == 3 else map_pictures.squares(wanted)[:, :, None]
        assert np.array_equal(sent(explorer), map_pictures.mosaic(laid), equal_nan=True)
        assert explorer.shown["picture"] == picture and explorer.shown["layer"] == explorer.layer
        assert explorer.shown["reach"] == pytest.approx(abs(wanted).max())
        assert explorer.shown["signed"] == bool(wanted.min() < 0)
        assert explorer.pixels == pictures[picture].tobytes()


def test_it_begins_with_the_brightest_map_of_the_first_convolution(explorer, network):
    maps = explorer.feature_maps()
    assert explorer.layer == network.layers[1].name
    assert maps[:, :, explorer.channel].mean() == pytest.approx(maps.mean(axis=(0, 1)).max(), rel=1e-5)
    assert maps[explorer.row, explorer.column, explorer.channel] == maps[:, :, explorer.channel].max()


def test_the_label_and_the_answers_are_those_of_the_picture(explorer, network, pictures):
    explorer.picture = 2
    logits = np.asarray(network(pictures[2:3].astype("float32")))[0].astype(float)
    wanted = np.exp(logits) / np.exp(logits).sum()
    assert explorer.shown["label"] == "labelled hat"
    assert [name for name, _ in explorer.shown["answers"]] == [NAMES[place] for place in np.argsort(-wanted)]
    assert np.allclose([value for _, value in explorer.shown["answers"]], np.sort(wanted)[::-1], atol=1e-5)


def test_a_place_outside_is_brought_back_into_the_layer(explorer):
    explorer.channel, explorer.row, explorer.column = 10**9, np.int64(40), 99
    assert (explorer.channel, explorer.row, explorer.column) == (31, 17, 21)
    explorer.layer = explorer.layers[-1][0]
    assert (explorer.channel, explorer.row, explorer.column) == (0, 0, 3)


def test_numpys_whole_numbers_are_taken(explorer):
    explorer.picture, explorer.channel = np.int64(2), np.uint8(7)
    assert (explorer.shown["picture"], explorer.channel) == (2, 7)


@pytest.mark.parametrize(
    ("trait", "value"),
    [("picture", 5), ("picture", -1), ("picture", 10**400), ("layer", "none"), ("layer", "x" * 10**6), ("layer", "")],
)
def test_a_picture_or_layer_that_is_not_there_is_refused_in_one_sentence(explorer, trait, value):
    before = explorer.picture, explorer.layer, explorer.maps
    with pytest.raises(ValueError, match="there is no|a whole number") as caught:
        setattr(explorer, trait, value)
    assert len(str(caught.value)) < 500
    assert (explorer.picture, explorer.layer, explorer.maps) == before


@pytest.mark.parametrize("trait", ["picture", "channel", "row", "column", "layer"])
@pytest.mark.parametrize("value", [None, [1], {"a": 1}, 1.5])
def test_values_of_another_kind_are_refused(explorer, trait, value):
    with pytest.raises(traitlets.TraitError):
        setattr(explorer, trait, value)


def test_a_message_with_a_picture_and_a_layer_is_drawn_once(explorer):
    seen = []
    explorer.observe(seen.append, "shown")
    explorer.set_state({"picture": 1, "layer": explorer.layers[8][0], "channel": 7})
    assert explorer.shown["picture"] == 1 and explorer.shown["layer"] == explorer.layers[8][0]
    assert explorer.channel == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"images": np.zeros((20, 24, 3))}, "pictures × height"),
        ({"images": np.zeros((0, 20, 24, 3))}, "pictures × height"),
        ({"images": np.zeros((5, 24, 20, 3))}, "does not fit"),
        ({"class_names": ["one"]}, "1 class names"),
        ({"labels": [0]}, "labels of shape \\(1,\\)"),
        ({"labels": [0, 1, 2, 3, 9]}, "from 0 to 9"),
        ({"labels": [0, 1, 2, 3, 0.5]}, "one class number"),
        ({"network": "mine"}, "a str is not a network"),
        ({"picture": 7}, "no picture 7"),
        ({"layer": "conv"}, "no layer 'conv'"),
    ],
)
def test_bad_arguments_are_refused_in_one_sentence(network, pictures, change, word):
    arguments = {"network": network, "images": pictures, "class_names": NAMES, "labels": [0, 1, 2, 3, 0]} | change
    with pytest.raises(ValueError, match=word) as caught:
        widgets.FeatureMapExplorer(**arguments)
    assert "\n" not in str(caught.value)


def test_layers_too_large_for_a_browser_are_refused(keras):
    network = keras.Sequential([keras.Input((300, 300, 1)), keras.layers.Conv2D(64, 1)])
    with pytest.raises(ValueError, match="smaller pictures"):
        widgets.FeatureMapExplorer(network, np.zeros((1, 300, 300, 1), dtype="uint8"))


def test_without_names_classes_have_numbers(network, pictures):
    explorer = widgets.FeatureMapExplorer(network, pictures, labels=[3, 1, 2, 3, 0])
    assert explorer.class_names == ["class 0", "class 1", "class 2", "class 3"]
    assert explorer.shown["label"] == "labelled class 3"
    assert widgets.FeatureMapExplorer(network, pictures).shown["label"] == ""


def test_the_words_say_layers_and_sizes_and_no_values(explorer):
    assert repr(explorer) == (
        "FeatureMapExplorer: 5 pictures of 20 × 24 × 3; 9 layers: Rescaling 20 × 24 × 3, Conv2D 18 × 22 × 32, "
        "MaxPooling2D 9 × 11 × 32, Conv2D 7 × 9 × 64, MaxPooling2D 3 × 4 × 64, Conv2D 1 × 2 × 64, Flatten 128 units, "
        "Dense 64 units, Dense 4 units"
    )


def test_the_still_picture_changes_with_what_is_chosen(explorer):
    drawn = [plots.png(explorer.figure())]
    for trait, value in (("picture", 1), ("channel", 3), ("layer", explorer.layers[7][0])):
        setattr(explorer, trait, value)
        drawn.append(plots.png(explorer.figure()))
    assert len(set(drawn)) == 4 and all(one.startswith(b"\x89PNG") for one in drawn)


def test_its_import_loads_no_network_library():
    code = "import sys, imgrec_lib.widgets, imgrec_lib.explaining; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_network_gone_wild_is_shown_without_nan_in_its_words(keras):
    network = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()])
    network.layers[0].set_weights([np.full((3, 3, 1, 4), np.nan), np.zeros(4)])
    explorer = widgets.FeatureMapExplorer(network, np.ones((1, 4, 4, 1)))
    json.dumps(explorer.shown, allow_nan=False)
    explorer.figure()
