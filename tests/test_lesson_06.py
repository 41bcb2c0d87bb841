"""What lesson 6 rests on: its example folders, the sums that its tasks do by hand, and the page that it serves."""

import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from collecting_sources import coffee_and_fur
from damage import lesson

from imgrec_lib import collecting, datasets, widgets
from imgrec_lib.datasets import grounds
from imgrec_lib.exercises import lesson_06
from imgrec_lib.recogniser import Recogniser
from imgrec_lib.recognising import intervals, networks
from imgrec_lib.recognising.document import Description
from imgrec_lib.serving import beside


def test_grounds_by_night_are_dark_and_all_others_as_they_were():
    day, dark = grounds.grounds(count=4), grounds.grounds(count=4, night=["gravel"])
    assert day.images.shape == (12, 48, 48, 3) and day.images.dtype == np.uint8
    assert np.array_equal(day.labels, np.repeat([0, 1, 2], 4))
    gravel = day.labels == 1
    assert np.array_equal(day.images[~gravel], dark.images[~gravel])
    assert dark.images[gravel].mean() < 0.5 * day.images[gravel].mean()


def test_the_same_seed_draws_the_same_grounds_and_another_seed_others():
    one, again, other = (grounds.grounds(count=3, night=["water"], seed=seed).images for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_more_grounds_than_fit_side_by_side_are_refused():
    with pytest.raises(datasets.DatasetError, match="ask for 1 to 30"):
        grounds.grounds(count=31, part="test")


def test_the_walks_of_the_lesson_hold_no_near_duplicates_and_the_folder_as_it_comes_one(tmp_path):
    for seed, night in ((0, ["water"]), (1, [])):
        walk = grounds.grounds(night=night, seed=seed)
        datasets.write_folder(walk.images, walk.labels, grounds.GROUNDS, tmp_path / "walk")
        assert collecting.gather(tmp_path / "walk").problems == []
    found = collecting.gather(grounds.as_it_comes(tmp_path / "messy"))
    kinds = ["few", "near-duplicate", "no label", "sizes", "two labels", "two labels", "unreadable", "unreadable"]
    assert sorted(problem.kind for problem in found.problems) == kinds
    assert len(found.labels) == 91


def test_shots_of_one_place_are_alike_and_no_two_of_them_equal():
    shots, names = grounds.bursts(places=2, shots=3)
    assert shots.images.shape == (60, 48, 48, 1) and len(names) == 10 and shots.labels.tolist()[::6] == list(range(10))
    assert len(np.unique(shots.images.reshape(60, -1), axis=0)) == 60


def test_a_folder_as_it_comes_holds_eight_files_that_do_not_belong(tmp_path):
    folder = grounds.as_it_comes(tmp_path / "grounds")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 98
    assert sorted(path.name for path in folder.iterdir()) == ["grass", "gravel", "loose.png", "sand", "water"]


def test_a_folder_as_it_comes_is_not_written_over_another(tmp_path):
    grounds.as_it_comes(tmp_path / "grounds")
    with pytest.raises(datasets.DatasetError, match="holds other files"):
        grounds.as_it_comes(tmp_path / "grounds")


def test_what_the_tasks_do_by_hand_is_what_the_references_do():
    assert lesson_06.leaks.reference(np.array([7, 7, 4, 9, 4]), np.array([0, 2]), np.array([1, 3, 4])) == [1, 4]
    assert np.round(lesson_06.share_with_interval.reference(9, 10), 3).tolist() == [0.9, 0.596, 0.982]
    assert tuple(lesson_06.most_confused.reference(np.array([[8, 2], [9, 91]]))) == (0, 1)
    largest, right = np.array([0.9, 0.5, 0.8, 0.6]), np.array([True, True, True, False])
    assert lesson_06.choose_threshold.reference(largest, right, 0.6) == 0.8
    assert np.mean(largest[right] >= 0.8) > 0.6


@pytest.mark.parametrize(("right", "count"), [(0, 5), (9, 10), (20, 20), (123, 500)])
def test_the_interval_of_the_exercise_is_the_one_of_the_report(right, count):
    assert np.allclose(lesson_06.share_with_interval.reference(right, count), intervals.wilson(right, count).as_list(),
                       atol=1e-4)  # fmt: skip


def test_the_lesson_stores_no_port_and_no_path():
    notebook = nbformat.read(lesson(6), as_version=4)
    text = "".join(str(output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    assert "127.0.0.1" not in text and "/tmp" not in text and str(Path.home()) not in text


def test_photographs_given_to_the_widget_become_a_recogniser_of_ones_own(tmp_path, monkeypatch):
    cells = {cell.id: cell.source for cell in nbformat.read(lesson(6), as_version=4).cells}
    pictures = coffee_and_fur(tmp_path / "pictures", 20)
    given = {folder.name: sorted(folder.iterdir()) for folder in sorted(pictures.iterdir())}
    monkeypatch.chdir(tmp_path)
    names = {"my_photos": widgets.YourPhotos(given), "work": tmp_path}
    for name in ("imports", "my-folder", "yours", "familiar"):
        exec(compile(cells[name], name, "exec"), names)
    assert names["mine"].recogniser.description.class_names == ("cat", "coffee") and len(names["familiar"]) == 40
    assert Recogniser.open(tmp_path / "mine.imgrec").description.trained_on["name"] == "taken_photographs"


def test_a_form_of_photographs_is_read_as_it_was_written():
    from email.parser import BytesParser

    body = beside._multipart([("a.jpg", b"\xff\r\n--x"), ('b"\n.png', b"")], "mark")
    parts = BytesParser().parsebytes(b"Content-Type: multipart/form-data; boundary=mark\r\n\r\n" + body).get_payload()
    assert [part.get_filename() for part in parts] == ["a.jpg", "b__.png"]
    assert [part.get_payload(decode=True) for part in parts] == [b"\xff\r\n--x", b""]
    assert {part.get_param("name", header="content-disposition") for part in parts} == {"file"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recogniser that says cat, dog or bird without having learned anything."""
    known = Description("efficientnet_lite0", 64, ("cat", "dog", "bird"), 1.0, 0.0, {}, {}, False, "0.1.0")
    generator = np.random.default_rng(0)
    shapes = networks.expected(known)
    weights = {name: abs(generator.normal(0, 0.05, shape)).astype("float32") for name, shape in shapes.items()}
    path = tmp_path_factory.mktemp("beside") / "pets.imgrec"
    Recogniser(known, weights).save(path)
    return path


def test_a_page_beside_the_lesson_answers_and_ends_with_the_block(file):
    cat = datasets.photograph_path("cat")
    with beside.served(file) as page:
        reply = page.predict(cat, cat.read_bytes(), explain=True)
        told, known = page.predict(b"no picture"), page.get("/model")
    assert reply.status == 200 and [answer["photo"] for answer in reply.content] == ["cat.png", "2.jpg"]
    assert reply.content[0]["probabilities"] == reply.content[1]["probabilities"]
    assert told.status == 400 and "not a picture" in told.content["detail"]
    assert known.content["class_names"] == ["cat", "dog", "bird"]
    picture = beside.explained(cat, reply.content[0])
    assert picture.shape == (64, 64, 3) and picture.dtype == np.uint8
    with pytest.raises(ConnectionError):
        page.get("/health")


def test_a_page_ends_where_the_lesson_breaks_off(file):
    with pytest.raises(KeyError), beside.served(file) as page:
        raise KeyError
    with pytest.raises(ConnectionError):
        page.get("/health")


def test_an_answer_without_an_explanation_says_what_to_do():
    with pytest.raises(ValueError, match="explain=True"):
        beside.explained(datasets.photograph_path("cat"), {"label": "cat"})


def test_a_server_that_does_not_start_says_why(tmp_path):
    nowhere = tmp_path / "nowhere.imgrec"
    with pytest.raises(ValueError, match="The server has ended: .*nowhere.imgrec"), beside.served(nowhere):
        pytest.fail("nothing is served here")


def test_importing_what_the_lesson_serves_with_loads_no_network_library():
    seen = "import sys, imgrec_lib.serving.beside, imgrec_lib.datasets.grounds; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
