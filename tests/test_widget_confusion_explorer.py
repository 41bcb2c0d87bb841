"""The confusion explorer and its pure functions, without a browser."""

import numpy as np
import pytest

from imgrec_lib import evaluation, plots, widgets
from imgrec_lib.widgets import confusion_explorer

NAMES = ["shirt", "dress", "bag", "hat"]
SMALL = np.array([[3, 1, 0, 0], [0, 2, 1, 0], [2, 0, 1, 0], [0, 0, 0, 0]])


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def explorer(generator) -> widgets.ConfusionExplorer:
    """Of 200 pictures; 60 shirts are taken for bags, and no hat is there."""
    labels = np.repeat([0, 1, 2], [100, 60, 40])
    predictions = labels.copy()
    predictions[:60] = 2
    predictions[100] = 3
    images = generator.integers(0, 256, (200, 5, 6), dtype="uint8")
    order = generator.permutation(200)
    return widgets.ConfusionExplorer(labels[order], predictions[order], images, NAMES)


def sent(explorer) -> np.ndarray:
    return np.frombuffer(explorer.pictures, "uint8").reshape(-1, *explorer.size)


def test_sentences_hold_count_recall_and_precision_of_a_mistake():
    assert confusion_explorer.sentences(SMALL, NAMES, 0, 1) == [
        "1 of 4 pictures labelled shirt was taken for dress: 25.0 % of the row.",
        "Along the row: 3 of 4 were found, so the recall of shirt is 0.75.",
        "Down the column: 2 of 3 answers dress were right, so its precision is 0.67.",
    ]


def test_sentences_speak_of_right_answers_on_the_diagonal():
    assert confusion_explorer.sentences(SMALL, NAMES, 0, 0)[0] == (
        "3 of 4 pictures labelled shirt were named rightly: 75.0 % of the row."
    )
    assert confusion_explorer.sentences(SMALL * 1000, NAMES, 0, 0)[2] == (
        "Down the column: 3,000 of 5,000 answers shirt were right, so its precision is 0.60."
    )


def test_empty_cells_rows_and_columns_are_said_in_words():
    assert confusion_explorer.sentences(SMALL, NAMES, 0, 2)[0] == "None of 4 pictures labelled shirt was taken for bag."
    assert confusion_explorer.sentences(np.diag([0, 1]) + [[0, 3], [0, 0]], NAMES, 0, 0)[0] == (
        "None of 3 pictures labelled shirt was named rightly."
    )
    assert confusion_explorer.sentences(SMALL, NAMES, 3, 3) == [
        "No picture is labelled hat.",
        "The row of hat is empty, so there is no recall.",
        "Nothing was answered with hat, so there is no precision.",
    ]


def test_cells_are_blue_where_right_and_orange_where_wrong_deeper_with_their_share():
    colours = confusion_explorer.shades(np.array([[1, 3], [0, 5]]))
    assert np.allclose(colours[1, 1], np.array([0, 114, 178]) / 255)
    assert np.allclose(colours[1, 0], 1)
    assert np.allclose(colours[0, 0], 1 + (np.array([0, 114, 178]) / 255 - 1) * 0.5)
    assert np.allclose(colours[0, 1], 1 + (np.array([230, 159, 0]) / 255 - 1) * np.sqrt(0.75))
    assert np.allclose(confusion_explorer.shades(SMALL)[3], 1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [1, 6, 7, 24])
def test_the_montage_holds_every_picture_in_its_place(generator, count, channels):
    pictures = generator.integers(0, 255, (count, 3, 5, channels), dtype="uint8")
    together = confusion_explorer.montage(pictures)
    for place, picture in enumerate(pictures):
        top, left = place // 6 * 5, place % 6 * 7
        assert np.array_equal(together[top : top + 3, left : left + 5], picture)
    assert (together != 255).sum() == pictures.size


def test_it_begins_with_the_commonest_mistake(explorer):
    assert (explorer.row, explorer.column, explorer.page) == (0, 2, 0)
    assert explorer.said[0].startswith("60 of 100 pictures labelled shirt were taken for bag")
    assert widgets.ConfusionExplorer([0, 1], [0, 1], np.zeros((2, 3, 3), "uint8"), NAMES).count == 1


def test_every_cell_sends_its_own_pictures_and_no_others(explorer):
    assert explorer.matrix == evaluation.confusion_matrix(explorer._labels, explorer._predictions, 4).tolist()
    for row in range(4):
        for column in range(4):
            explorer.row, explorer.column = row, column
            wanted = [
                place
                for place in range(200)
                if explorer._labels[place] == row and explorer._predictions[place] == column
            ]
            assert explorer.chosen().tolist() == wanted
            assert explorer.numbers == wanted[:24] and explorer.count == len(wanted) == explorer.matrix[row][column]
            assert np.array_equal(sent(explorer)[..., 0], explorer._images[wanted[:24], ..., 0])


def test_pages_show_the_pictures_one_after_the_other(explorer):
    wanted, seen = explorer.chosen().tolist(), []
    for page in range(3):
        explorer.page = page
        seen += explorer.numbers
        assert len(sent(explorer)) == len(explorer.numbers) <= 24
    assert seen == wanted and len(wanted) == 60


@pytest.mark.parametrize(("page", "kept"), [(99, 2), (10**9, 2)])
def test_a_page_that_is_not_there_becomes_the_nearest(explorer, page, kept):
    explorer.page = page
    assert explorer.page == kept and explorer.numbers


def test_another_cell_begins_with_its_first_page(explorer):
    explorer.page = 2
    explorer.column = 0
    assert explorer.page == 0 and explorer.numbers == explorer.chosen()[:24].tolist()


def test_a_message_with_cell_and_page_is_answered(explorer):
    explorer.page = 1
    explorer.set_state({"row": 1, "column": 1, "page": 0})
    assert explorer.numbers == explorer.chosen()[:24].tolist() and explorer.count == 59
    explorer.set_state({"row": 3, "column": 3, "page": 0})
    assert explorer.numbers == [] and explorer.pictures == b"" and explorer.size == [5, 6, 1]


@pytest.mark.parametrize("trait", ["row", "column"])
@pytest.mark.parametrize("value", [4, -1, 10**400])
def test_a_class_that_is_not_there_is_refused_in_one_sentence(explorer, trait, value):
    before = explorer.row, explorer.column, explorer.pictures
    with pytest.raises(ValueError, match=f"there is no {trait}.*from 0 to 3|{trait} is .* a whole number"):
        setattr(explorer, trait, value)
    assert (explorer.row, explorer.column, explorer.pictures) == before


@pytest.mark.parametrize("trait", ["row", "column", "page"])
@pytest.mark.parametrize("value", [None, "1", [0], 1.5, True, -1])
def test_values_of_another_kind_are_refused_in_one_sentence(explorer, trait, value):
    with pytest.raises(ValueError, match="a whole number"):
        setattr(explorer, trait, value)


def test_nonsense_from_the_browser_in_other_traits_hurts_nothing(explorer):
    explorer.set_state({"matrix": [], "class_names": [], "numbers": ["x"], "said": [], "size": [], "count": -1})
    explorer.row, explorer.column = 1, 1
    explorer.figure()
    assert explorer.words() and explorer.count == 59


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"labels": [0, 1]}, "cannot be compared"),
        ({"labels": [[0], [1]]}, "not class numbers"),
        ({"predictions": [0.5, 1.0, 0.0]}, "float64"),
        ({"labels": [0, 1, 7]}, "from 0 to 7"),
        ({"labels": [], "predictions": []}, "not class numbers"),
        ({"images": np.zeros((2, 3, 3), "uint8")}, "2 images do not go with 3 labels"),
        ({"images": np.zeros((3, 3, 3))}, "uint8"),
        ({"images": np.zeros((3, 3, 3, 2), "uint8")}, "cannot be shown"),
        ({"images": np.zeros((3, 3), "uint8")}, "cannot be shown"),
        ({"class_names": ["one"]}, "1 class names"),
        ({"class_names": ["x"] * 41}, "2 to 40"),
        ({"row": 9}, "no row"),
    ],
)
def test_bad_arguments_are_refused_in_one_sentence(change, word):
    arguments = {
        "labels": [0, 1, 2],
        "predictions": [0, 1, 1],
        "images": np.zeros((3, 4, 4), "uint8"),
        "class_names": NAMES,
    }
    with pytest.raises(ValueError, match=word) as caught:
        widgets.ConfusionExplorer(**arguments | change)
    assert "\n" not in str(caught.value)


def test_large_pictures_are_thinned_before_they_are_sent(generator):
    images = generator.integers(0, 256, (2, 200, 300, 3), dtype="uint8")
    explorer = widgets.ConfusionExplorer([0, 0], [1, 1], images, NAMES)
    assert explorer.size == [50, 75, 3]
    assert np.array_equal(sent(explorer), images[:, ::4, ::4])


def test_the_words_hold_no_counts_of_mistakes(explorer):
    wanted = "ConfusionExplorer: 4 classes, 200 pictures; rows are the true classes, columns the answers"
    assert repr(explorer) == wanted
    explorer.row = explorer.column = 1
    assert repr(explorer) == wanted


def test_the_still_picture_changes_with_cell_and_page(explorer):
    drawn = [plots.png(explorer.figure())]
    for trait, value in (("page", 1), ("column", 0), ("row", 3)):
        setattr(explorer, trait, value)
        drawn.append(plots.png(explorer.figure()))
    assert len(set(drawn)) == 4 and all(one.startswith(b"\x89PNG") for one in drawn)
