"""Photographs sorted into classes: names, counts, limits, and a recogniser that learns what lesson 5 does by hand."""

import subprocess
import sys

import numpy as np
import pytest

from imgrec_lib import album, backbone, datasets, images
from imgrec_lib.album import Album, checked_name


def plain(*colour: int, height: int = 8, width: int = 12) -> np.ndarray:
    return np.full((height, width, 3), colour, "uint8")


def sorted_album(**classes: list[np.ndarray]) -> Album:
    made = Album()
    for name, pictures in classes.items():
        number = made.add_class(name)
        for picture in pictures:
            made.add(number, picture)
    return made


@pytest.fixture
def mean_colours(monkeypatch):
    """Mean colours as features; gives back a list of how many photographs were looked at in each call."""
    calls = []

    def see(pictures, report=None):
        calls.append(len(pictures))
        return np.array([one.mean((0, 1)) for one in pictures]).reshape(-1, 3)

    monkeypatch.setattr(album, "see", see)
    return calls


@pytest.mark.parametrize(
    ("given", "kept"), [("cup", "cup"), ("  my   cup\n", "my cup"), ("x" * 30, "x" * 30), ("Ü", "Ü")]
)
def test_name_is_kept_in_one_line(given, kept):
    assert checked_name(given, ["cat"]) == kept


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "needs a name"), (" \n ", "needs a name"), ("x" * 31, "The name xxxxxxxxxxxx… is too long; write at most"),
        ("y" * 10**6, "is too long"), ("CAT", "There is a class named CAT already"), ("a\0b", "cannot be shown"),
        (None, "by text, not by an object of type NoneType"), (["cup"], "by text, not by an object of type list"),
    ],
)  # fmt: skip
def test_bad_name_is_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        checked_name(given, ["cat"])


def test_split_holds_the_photographs_class_by_class():
    sorted_one = sorted_album(cup=[plain(1, 2, 3)], cat=[plain(4, 5, 6), plain(7, 8, 9)])
    sorted_one.add(next(iter(sorted_one.names)), plain(10, 11, 12))
    split = sorted_one.split()
    assert split.images.shape == (4, 224, 224, 3) and split.images.dtype == np.uint8
    assert split.images[:, 100, 100].tolist() == [[1, 2, 3], [10, 11, 12], [4, 5, 6], [7, 8, 9]]
    assert split.labels.tolist() == [0, 0, 1, 1] and split.labels.dtype == np.int64
    assert sorted_one.counts() == {"cup": 2, "cat": 2}


def test_empty_album_has_an_empty_split():
    assert Album().split().images.shape == (0, 224, 224, 3)


def test_class_is_renamed_to_its_own_name_and_to_no_others():
    sorted_one = sorted_album(cup=[], cat=[])
    cup, cat = sorted_one.names
    sorted_one.rename(cat, "Cat")
    with pytest.raises(ValueError, match="There is a class named cup already"):
        sorted_one.rename(cat, "cup")
    assert list(sorted_one.names.values()) == ["cup", "Cat"]


def test_class_goes_with_its_photographs_and_numbers_never_come_back():
    sorted_one = sorted_album(cup=[plain(1, 2, 3)], cat=[plain(4, 5, 6)])
    cup, cat = sorted_one.names
    sorted_one.remove_class(cup)
    assert sorted_one.counts() == {"cat": 1} and sorted_one.split().images[0, 0, 0].tolist() == [4, 5, 6]
    assert sorted_one.add_class("cup") not in (cup, cat)


def test_photograph_is_removed_by_its_number():
    sorted_one = sorted_album(cup=[plain(1, 2, 3), plain(4, 5, 6)])
    first, second = sorted_one.photographs
    sorted_one.remove(first)
    assert sorted_one.places(next(iter(sorted_one.names))) == [second]


@pytest.mark.parametrize("number", [99, None, "1", [], {}, 1.5])
@pytest.mark.parametrize("action", ["remove", "remove_class", "add", "rename"])
def test_what_is_gone_is_spoken_of_in_words(action, number):
    given = {"add": (plain(1, 2, 3),), "rename": ("owl",)}.get(action, ())
    with pytest.raises(ValueError, match="is gone already"):
        getattr(sorted_album(cup=[plain(1, 2, 3)]), action)(number, *given)


def test_limits_are_spoken_of_in_words(monkeypatch):
    sorted_one = sorted_album(**{f"c{place}": [] for place in range(8)})
    with pytest.raises(ValueError, match="There are 8 classes already; remove one before you add owl"):
        sorted_one.add_class("owl")
    first = next(iter(sorted_one.names))
    for _ in range(60):
        sorted_one.add(first, plain(1, 2, 3))
    monkeypatch.setattr(images, "load", lambda *given, **more: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match="There are 60 photographs already"):
        sorted_one.add(first, plain(1, 2, 3))


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ({}, "Here are 0 classes; a choice needs two or more, so add one."),
        ({"cup": [plain(1, 2, 3)]}, "Here is 1 class; a choice needs two or more, so add one."),
        ({"cup": [], "cat": [plain(1, 2, 3)]}, "cup has no photograph; add some."),
        ({"cup": [], "cat": [plain(1, 2, 3)], "owl": []}, "cup and owl have no photograph; add some."),
    ],
)
def test_too_few_photographs_teach_nothing(classes, words, mean_colours):
    with pytest.raises(ValueError, match=words):
        album.learn(sorted_album(**classes))
    assert mean_colours == []


def test_recogniser_gives_each_class_its_probability(mean_colours):
    sorted_one = sorted_album(
        red=[plain(200, 0, 0), plain(180, 10, 0)], blue=[plain(0, 0, 200)], green=[plain(0, 200, 0)]
    )
    chances = album.learn(sorted_one).probabilities([plain(190, 5, 0), plain(0, 5, 190), plain(3, 180, 0)])
    assert chances.shape == (3, 3) and np.allclose(chances.sum(axis=1), 1)
    assert chances.argmax(axis=1).tolist() == [0, 1, 2]


def test_photograph_is_looked_at_once(mean_colours):
    sorted_one = sorted_album(red=[plain(200, 0, 0)], blue=[plain(0, 0, 200)])
    album.learn(sorted_one)
    album.learn(sorted_one)
    sorted_one.add(next(iter(sorted_one.names)), plain(210, 0, 0))
    album.learn(sorted_one)
    assert mean_colours == [2, 0, 1]


def test_photograph_added_later_counts_for_its_own_class(mean_colours):
    sorted_one = sorted_album(red=[plain(200, 0, 0)], blue=[plain(0, 0, 200)])
    sorted_one.add(next(iter(sorted_one.names)), plain(0, 200, 0))
    assert album.learn(sorted_one).probabilities([plain(0, 210, 0)])[0].argmax() == 0


def test_it_learns_what_the_lesson_learns_by_hand():
    from sklearn.linear_model import LogisticRegression

    shown = {name: images.load(datasets.photograph(name), size=224) for name in ("coffee", "cat", "cup_2", "owl")}
    told: list[tuple[str, float]] = []
    sorted_one = sorted_album(
        cup=[shown["coffee"], shown["coffee"][:, ::-1]], cat=[shown["cat"], shown["cat"][:, ::-1]]
    )
    chances = album.learn(sorted_one, lambda *one: told.append(one)).probabilities([shown["cup_2"], shown["owl"]])
    eyes = backbone.efficientnet_lite0(classes=False)
    split, asked = sorted_one.split(), np.stack([shown["cup_2"], shown["owl"]])
    head = LogisticRegression(max_iter=2000).fit(eyes.predict_on_batch(backbone.prepare(split.images)), split.labels)
    assert np.allclose(chances, head.predict_proba(eyes.predict_on_batch(backbone.prepare(asked))), atol=1e-4)
    assert told[-1][0] == "Learning to tell them apart." and "Looking at photograph 4 of 4." in [one[0] for one in told]
    assert [share for _, share in told] == sorted(share for _, share in told) and 0 < told[0][1] < told[-1][1] < 1


def test_import_loads_no_tensorflow():
    script = "import sys; from imgrec_lib import album, widgets; widgets.YourPhotos(); "
    script += "print(sorted({'tensorflow', 'keras', 'sklearn', 'matplotlib.pyplot'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
