"""The Python half of the widget for your own photographs: what the browser may ask, and what it may not."""

import base64
import io

import numpy as np
import pytest
import traitlets
from PIL import Image

from imgrec_lib import album, datasets, images, widgets
from imgrec_lib.widgets import album_pictures
from imgrec_lib.widgets.your_photos import camera_problem

RED, BLUE = (np.full((20, 30, 3), colour, "uint8") for colour in ((200, 30, 30), (20, 40, 220)))


@pytest.fixture(autouse=True)
def colours_for_eyes(monkeypatch):
    monkeypatch.setattr(album, "see", lambda pictures, report=None: np.stack([one.mean((0, 1)) for one in pictures]))


@pytest.fixture
def photos() -> widgets.YourPhotos:
    return widgets.YourPhotos({"cup": [RED, RED // 2], "cat": [BLUE]})


def file(array: np.ndarray = RED, kind: str = "png") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind)
    return buffer.getvalue()


def ask(widget, wish, *parts: bytes) -> str:
    """What is wrong, as the browser is told, after a wish has come, with a file's parts."""
    replies = []
    widget.send = lambda content, buffers=None: replies.append(content)
    at = 0
    for part in parts or [None]:
        more = {} if part is None else {"at": at, "size": sum(map(len, parts))}
        widget._handle_custom_msg({"ask": 7, **more, **wish}, [] if part is None else [memoryview(part)])
        at += len(part or b"")
    assert all(one.get("reply") == 7 or one == {"pong": True} for one in replies) and len(replies) == 2 * len(
        parts or [0]
    )
    return replies[-1]["problem"]


def numbers(widget) -> list[int]:
    return [one["number"] for one in widget.classes]


def test_it_starts_with_two_empty_classes():
    assert widgets.YourPhotos().counts == {"class 1": 0, "class 2": 0}


def test_first_photographs_are_sorted(photos):
    assert photos.counts == {"cup": 2, "cat": 1} and photos.class_names == ["cup", "cat"]
    assert isinstance(photos.photographs, datasets.Split) and photos.photographs.images.shape == (3, 224, 224, 3)
    assert photos.photographs.labels.tolist() == [0, 0, 1]
    assert [one["title"] for one in photos.classes] == ["cup: 2 photographs", "cat: 1 photograph"] and photos.room == 57


def test_paths_and_bytes_are_taken_as_well():
    photos = widgets.YourPhotos({"cat": [datasets.photograph_path("cat")], "red": [file()]})
    assert photos.photographs.images[1, 0, 0].tolist() == RED[0, 0].tolist()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([RED], "photographs of type list have no class names; give a dictionary"),
        ({"": []}, "needs a name"),
        ({"cup": [], "CUP": []}, "There is a class named CUP already"),
        ({"cup": [RED / 255]}, "does not hold the whole numbers 0 to 255"),
        ({"cup": [b"text"]}, "is text, not a picture"),
        ({f"c{place}": [] for place in range(9)}, "There are 8 classes already"),
    ],
)
def test_bad_first_photographs_are_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        widgets.YourPhotos(given)


def test_thumbnails_are_small_jpegs_of_the_right_photographs(photos):
    shown = [images.load(one["jpeg"]) for kind in photos.classes for one in kind["photos"]]
    assert [one.shape for one in shown] == [(96, 96, 3)] * 3
    for thumbnail, photograph in zip(shown, photos.photographs.images, strict=True):
        assert np.allclose(thumbnail.mean((0, 1)), photograph.mean((0, 1)), atol=3)


def test_file_in_parts_is_added(photos):
    content = file(BLUE)
    assert ask(photos, {"do": "add", "number": numbers(photos)[0]}, content[:50], content[50:60], content[60:]) == ""
    assert photos.counts == {"cup": 3, "cat": 1} and photos.photographs.images[2, 0, 0].tolist() == [20, 40, 220]
    assert photos.message == "cup has 3 photographs." and photos.room == 56


@pytest.mark.parametrize(
    "parts",
    [{"at": 5}, {"at": None}, {"at": -1}, {"size": 3}, {"size": "9"}, {"size": None}, {"size": 10**12}, {"size": -1}],
)
def test_parts_that_do_not_fit_are_refused_and_kept_nowhere(photos, parts):
    assert ask(photos, {"do": "add", "number": numbers(photos)[0], **parts}, file()) == (
        "The photograph did not arrive whole; choose it again."
    )
    assert photos.counts == {"cup": 2, "cat": 1} and len(photos._parts) == 0


def test_file_is_gathered_up_to_twenty_megabytes_only(photos):
    wish = {"do": "add", "number": numbers(photos)[0], "size": 20_000_001}
    assert "did not arrive whole" in ask(photos, wish, bytes(1000))


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "add"}, {"do": "add", "number": 1}, {"do": "add", "number": [1]}, {"do": "remove", "number": {}},
        {"do": "rename", "number": 1, "name": 5}, {"do": "remove class", "number": "1"}, {"do": "add class", "name": 1},
        {"do": "test"}, {"do": "camera", "name": {}},
    ],
)  # fmt: skip
def test_strange_wishes_are_answered_in_words(photos, wish):
    assert ask(photos, wish).endswith((".", "write cup or cat."))
    assert photos.counts == {"cup": 2, "cat": 1}


@pytest.mark.parametrize(
    "content", [{"do": "fly", "ask": 1}, {"ask": None}, {}, [], "x", None, {"do": ["add"], "ask": 1}]
)
def test_strange_messages_change_nothing(photos, content):
    photos.send = lambda content, buffers=None: None
    photos._handle_custom_msg(content, [])
    assert photos.counts == {"cup": 2, "cat": 1}


def test_unforeseen_error_is_answered_in_words_too(photos, monkeypatch):
    monkeypatch.setattr(album, "see", lambda pictures, report=None: (_ for _ in ()).throw(MemoryError()))
    before = photos.message
    assert ask(photos, {"do": "train"}) == "Python could not do this (MemoryError); run the cell again."
    assert (photos.message, photos.share) == (before, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("classes", []),
        ("classes", [5]),
        ("room", 10**9),
        ("tested", {"chances": 3}),
        ("message", "<b>"),
        ("share", 2.0),
    ],
)
def test_traits_say_only_what_the_widget_holds(photos, name, value):
    before = getattr(photos, name)
    with pytest.raises(traitlets.TraitError, match=f"{name} only says what the widget holds"):
        setattr(photos, name, value)
    with pytest.raises(traitlets.TraitError):
        photos.set_state({name: value})
    assert getattr(photos, name) == before


def test_few_photographs_are_learned_with_a_remark(photos):
    assert photos.train() == (
        "Learned from 3 photographs of 2 classes. Test it on a new one. "
        "That is few: give cup and cat at least 5, for surer answers."
    )


def test_five_a_class_are_learned_without_a_remark():
    photos = widgets.YourPhotos({"cup": [RED] * 5, "cat": [BLUE] * 5})
    assert photos.train() == "Learned from 10 photographs of 2 classes. Test it on a new one."


def test_recognise_gives_each_class_by_name_its_probability(photos):
    photos.train()
    chances = photos.recognise(BLUE)
    assert list(chances) == ["cup", "cat"] and chances["cat"] > 0.9 and sum(chances.values()) == pytest.approx(1)
    assert dict(photos.tested["chances"]) == chances and photos.message == "Answer: cat, 1.00."
    assert ask(photos, {"do": "test"}, file(RED)) == "" and photos.message == "Answer: cup, 1.00."


def test_nothing_learned_nothing_recognised(photos):
    with pytest.raises(ValueError, match="Nothing has been learned yet; press Train first, or call .train()"):
        photos.recognise(BLUE)


def test_renamed_class_keeps_what_was_learned(photos):
    photos.train()
    photos.recognise(BLUE)
    assert ask(photos, {"do": "rename", "number": numbers(photos)[1], "name": "dog"}) == ""
    assert [name for name, _ in photos.tested["chances"]] == ["cup", "dog"]
    assert photos.recognise(BLUE)["dog"] > 0.9 and "press Train again" not in photos.message


def test_changed_photographs_are_spoken_of_until_the_next_training(photos):
    photos.train()
    photos.add("cup", RED)
    photos.recognise(BLUE)
    assert photos.message == "Answer: cat, 1.00. Your photographs have changed since: press Train again."
    photos.train()
    photos.recognise(BLUE)
    assert photos.message == "Answer: cat, 1.00."


def test_tested_photograph_is_judged_anew_after_training(photos):
    photos.train()
    photos.recognise(BLUE)
    ask(photos, {"do": "add class", "name": "sea"})
    for _ in range(3):
        photos.add("sea", BLUE)
    photos.train()
    assert [name for name, _ in photos.tested["chances"]] == ["cup", "cat", "sea"]


def test_removed_class_takes_what_was_learned_with_it(photos):
    photos.train()
    photos.recognise(BLUE)
    ask(photos, {"do": "remove class", "number": numbers(photos)[0]})
    assert photos.tested == {}
    assert "Nothing has been learned yet" in ask(photos, {"do": "test"}, file(RED))


def test_photograph_is_removed(photos):
    place = photos.classes[0]["photos"][0]["number"]
    assert ask(photos, {"do": "remove", "number": place}) == ""
    assert photos.counts == {"cup": 1, "cat": 1} and photos.photographs.images[0, 0, 0].tolist() == [100, 15, 15]


def test_unknown_class_name_is_answered_with_the_known_ones(photos):
    with pytest.raises(ValueError, match="there is no class 'owl'; there are cup, cat"):
        photos.add("owl", RED)


@pytest.mark.parametrize("name", ["NotAllowedError", "NotFoundError", "NotReadableError", "TypeError", ""])
def test_camera_problem_points_to_the_files(name):
    assert camera_problem(name).endswith(". Choose a file instead.")


def test_text_form_is_the_same_each_time(photos):
    assert repr(photos) == repr(widgets.YourPhotos({"cup": [RED, RED], "cat": [RED]})) == "YourPhotos: cup 2, cat 1"
    photos.train()
    photos.recognise(BLUE)
    assert repr(photos) == "YourPhotos: cup 2, cat 1"


def test_still_picture_changes_with_photographs_and_with_the_test(photos):
    def picture():
        return np.asarray(images.load(_png(photos)))

    first = picture()
    photos.add("cat", BLUE)
    second = picture()
    photos.train()
    photos.recognise(BLUE)
    assert not np.array_equal(first, second) and picture().shape[0] > second.shape[0]


def _png(photos) -> bytes:
    data, _ = photos._repr_mimebundle_()
    return base64.b64decode(data.get("image/png") or data["image/jpeg"])


def test_still_picture_of_nothing_is_drawn():
    assert _png(widgets.YourPhotos({}))


def test_strip_shows_the_first_photographs_in_their_order():
    pictures = np.stack([images.load(one, size=224) for one in (RED, BLUE, RED // 2)])
    row = album_pictures.strip(pictures, columns=2, gap=4)
    assert row.shape == (224, 452, 3)
    assert row[0, [0, 225, 300]].tolist() == [[200, 30, 30], [255, 255, 255], [20, 40, 220]]
