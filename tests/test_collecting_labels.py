"""Objects labelled by LabelImg and CVAT, in Pascal VOC's XML and YOLO's text files."""

import numpy as np
import pytest
from collecting_sources import kinds, pieces, write

from imgrec_lib import collecting, datasets
from imgrec_lib.collecting import sources, yolo_names

BOX = (10, 20, 50, 70)


def voc(filename, *objects, size=(80, 80)):
    """An XML file as LabelImg writes it; each object is a name and a box."""
    body = "".join(
        f"<object><name>{name}</name><pose>Unspecified</pose><truncated>0</truncated><difficult>1</difficult><bndbox>"
        f"<xmin>{box[0]}</xmin><ymin>{box[1]}</ymin><xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"
        for name, box in objects
    )
    return (
        f"<annotation><folder>images</folder><filename>{filename}</filename><path>C:\\me\\{filename}</path>"
        f"<size><width>{size[1]}</width><height>{size[0]}</height><depth>3</depth></size>{body}</annotation>"
    )


def label_of(number):
    return "cat" if number < 4 else "dog"


def pictures(root, folder, count=8):
    for number, image in enumerate(pieces(count)):
        write(root / folder / f"{number}.jpg", image)


@pytest.fixture
def objects(tmp_path):
    pictures(tmp_path, "JPEGImages")
    for number in range(8):
        write(tmp_path / "Annotations" / f"{number}.xml", voc(f"{number}.jpg", (label_of(number), BOX)))
    return tmp_path


@pytest.mark.parametrize("places", [("JPEGImages", "Annotations"), ("", ""), ("images", "annotations"), ("a/b", "a/b")])
def test_objects_in_xml_are_cut_out_wherever_the_files_lie(tmp_path, places):
    pictures(tmp_path, places[0])
    for number in range(8):
        write(tmp_path / places[1] / f"{number}.xml", voc(f"{number}.jpg", (label_of(number), BOX)))
    found = collecting.gather(tmp_path)
    assert found.class_names == ["cat", "dog"] and found.sizes.tolist() == [[50, 40]] * 8
    assert set(kinds(found.problems)) == {"few"}


def test_a_crop_holds_the_pixels_within_its_box(objects):
    from imgrec_lib import images

    found = collecting.gather(objects, 64)
    whole = images.load(objects / "JPEGImages" / "2.jpg")
    assert np.array_equal(found.images[2], images.load(np.ascontiguousarray(whole[20:70, 10:50]), 64))


def test_objects_of_one_photograph_share_a_group_and_so_a_part(objects):
    two = voc("0.jpg", ("cat", (0, 0, 40, 40)), ("dog", (40, 40, 80, 80)))
    write(objects / "Annotations" / "0.xml", two)
    found = collecting.gather(objects)
    assert found.names[:2] == ["JPEGImages/0.jpg #1", "JPEGImages/0.jpg #2"]
    assert found.groups[0] == found.groups[1] and len(set(found.groups.tolist())) == 8
    assert "near-duplicate" not in kinds(found.problems)


def test_parts_come_from_the_lists_in_image_sets(objects):
    write(objects / "ImageSets" / "Main" / "train.txt", "".join(f"{n}\n" for n in (0, 1, 2, 4, 5, 6)))
    write(objects / "ImageSets" / "Main" / "val.txt", "3\n7 1\n")
    assert collecting.gather(objects).parts == ["train"] * 3 + ["validation"] + ["train"] * 3 + ["validation"]


def test_what_is_wrong_with_xml_is_listed_file_by_file(objects):
    place = objects / "Annotations"
    write(place / "broken.xml", "<annotation>\n<filename>")
    write(place / "bomb.xml", '<!DOCTYPE a [<!ENTITY b "bb">]><annotation>&b;</annotation>')
    write(place / "bomb16.xml", '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a []><annotation/>'.encode("utf-16"))
    write(place / "huge.xml", b"<annotation>" + b" " * 1_000_000)
    write(place / "deep.xml", "<a>" * 100_000)
    write(place / "other.xml", "<html/>")
    write(place / "gone.xml", voc("gone.jpg", ("cat", BOX)))
    write(place / "away.xml", voc("../../../etc/passwd", ("cat", BOX)))
    write(place / "0.xml", voc("0.jpg", ("cat", BOX), ("cat", (0, 0, "nan", 9)), ("cat", (0, 0, 300, 40)), ("", BOX),
                               ("cat", (50, 50, 10, 60)), ("cat", (5, 5, 6, 60)), ("cat", ("", 0, 9, 9))))  # fmt: skip
    write(place / "1.xml", voc("1.jpg", ("cat", BOX), size=(160, 160)))
    write(place / "2.xml", voc("2.jpg"))
    write(objects / "JPEGImages" / "alone.jpg", pieces(10)[9])
    found = collecting.gather(objects, to_train=False)
    assert kinds(found.problems) == {
        "list": [f"Annotations/{name}.xml" for name in ("bomb", "bomb16", "broken", "deep", "huge", "other")],
        "box": ["Annotations/0.xml"] * 2 + [f"JPEGImages/0.jpg #{n}" for n in (3, 5, 6)] + ["JPEGImages/1.jpg"],
        "class": ["JPEGImages/0.jpg #4"],
        "no label": ["JPEGImages/2.jpg", "JPEGImages/alone.jpg"],
        "no picture": ["Annotations/away.xml", "Annotations/gone.xml"],
    }
    assert len(found) == 6


def test_a_box_that_sticks_out_by_a_pixel_is_cut(objects):
    write(objects / "Annotations" / "0.xml", voc("0.jpg", ("cat", (0, 0, 81, 81))))
    assert collecting.gather(objects).sizes[0].tolist() == [80, 80]


# YOLO.


def yolo(number, box=(0.375, 0.5625, 0.5, 0.625)):
    return f"{number // 4} " + " ".join(f"{value:.6f}" for value in box) + "\n"


def yolo_labels(root, folder):
    for number in range(8):
        write(root / folder / f"{number}.txt", yolo(number))


@pytest.fixture
def shares(tmp_path):
    pictures(tmp_path, "images")
    yolo_labels(tmp_path, "labels")
    write(tmp_path / "labels" / "classes.txt", "cat\ndog\n")
    return tmp_path


@pytest.mark.parametrize(
    ("places", "names"),
    [
        (("", ""), {"classes.txt": "cat\ndog\n"}),
        (("obj_train_data", "obj_train_data"), {"obj.names": "cat\ndog\n", "train.txt": "data/obj_train_data/0.jpg\n"}),
        (("images/train", "labels/train"), {"data.yaml": "path: .\ntrain: images/train\nnames:\n  0: cat\n  1: dog\n"}),
        (("train/images", "train/labels"), {"data.yaml": "nc: 2\nnames: ['cat', 'dog']\n"}),
        (("photos", "marks"), {"marks/classes.txt": "cat\ndog"}),
    ],
)
def test_labels_of_yolo_are_read_as_the_programs_lay_them_out(tmp_path, places, names):
    pictures(tmp_path, places[0])
    yolo_labels(tmp_path, places[1])
    for name, text in names.items():
        write(tmp_path / name, text)
    found = collecting.gather(tmp_path)
    assert found.class_names == ["cat", "dog"] and found.labels.tolist() == [0] * 4 + [1] * 4
    assert found.sizes.tolist() == [[50, 40]] * 8 and set(kinds(found.problems)) == {"few"}
    assert set(found.parts) == ({"train"} if "train" in "".join(places) else {""})


def test_parts_of_yolo_come_from_the_folders(tmp_path):
    for part, numbers in {"train": (0, 1, 2, 4, 5, 6), "val": (3, 7)}.items():
        for number in numbers:
            write(tmp_path / "images" / part / f"{number}.jpg", pieces(8)[number])
            write(tmp_path / "labels" / part / f"{number}.txt", yolo(number))
    write(tmp_path / "data.yaml", "names: {0: cat, 1: dog}\n")
    found = collecting.gather(tmp_path)
    assert found.parts.count("train") == 6 and found.parts.count("validation") == 2


def test_an_outline_becomes_the_box_around_it(shares):
    write(shares / "labels" / "0.txt", "0 0.25 0.25 0.75 0.5 0.5 1.0\n")
    assert collecting.gather(shares).sizes[0].tolist() == [60, 40]


def test_what_is_wrong_with_text_labels_is_listed_with_its_line(shares):
    lines = "0 nan 0.5 0.5 0.5\n7 0.5 0.5 0.5 0.5\n0 0.5 0.5\n\n0.5 0.5 0.5 0.5 0.5\n0 0.9 0.5 0.5 0.5\n"
    lines += "0 0.5 0.5 0 0.5\nx\n" + yolo(0) + "-1 0.5 0.5 0.5 0.5\n1e400 0.5 0.5 0.5 0.5"
    write(shares / "labels" / "0.txt", lines)
    write(shares / "labels" / "1.txt", "")
    write(shares / "labels" / "gone.txt", yolo(0))
    write(shares / "labels" / "2.txt", b"0 \0\0 1")
    write(shares / "labels" / "3.txt", "0 0.5 0.5 0.5 0.5\n" * 60_000)
    write(shares / "images" / "alone.jpg", pieces(9)[8])
    found = collecting.gather(shares, to_train=False)
    assert kinds(found.problems) == {
        "box": ["labels/0.txt"] * 4 + ["images/0.jpg #6", "images/0.jpg #7"],
        "list": ["labels/0.txt"] * 3 + ["labels/2.txt", "labels/3.txt"],
        "no label": ["images/1.jpg", "images/alone.jpg"],
        "no picture": ["labels/gone.txt"],
    }
    assert [p.sentence.split(" of")[0] for p in found.problems if p.name == "labels/0.txt"] == [
        f"Line {number}" for number in (1, 2, 3, 5, 8, 10, 11)
    ]
    assert len(found) == 5


@pytest.mark.parametrize(
    ("names", "words"), [({}, "no names of classes"), ({"a/classes.txt": "dog\ncat\n"}, "name classes differently")]
)
def test_without_one_list_of_names_labels_mean_nothing(shares, names, words):
    if not names:
        (shares / "labels" / "classes.txt").unlink()
    for name, text in names.items():
        write(shares / name, text)
    with pytest.raises(datasets.DatasetError, match=words):
        collecting.gather(shares)


@pytest.mark.parametrize(
    "text",
    [
        "names: [cat, 'a dog', \"x, y\"]  # all\n",
        "train: a\nnames:\n- cat\n- a dog\n- 'x, y'\nnc: 3\n",
        "names:\n    0: cat\n    1: a dog\n    2: x, y\n",
        "names: {0: cat, 1: 'a dog', 2: \"x, y\"}\n",
        "names: [\n  cat,\n  'a dog',  # two\n  'x, y',\n]\nnc: 3\n",
        "names:\n  # three\n  - cat\n\n  - a dog\n  - 'x, y'\n",
    ],
)
def test_names_are_read_from_yaml_without_a_library(text):
    assert yolo_names.names_of_yaml(text) == {0: "cat", 1: "a dog", 2: "x, y"}


@pytest.mark.parametrize(
    "text", ["", "names:", "names: cat", "names: [cat", "nc: 2\nother: [a]\n", "names: " + "[" * 9999]
)
def test_yaml_without_names_gives_none(text):
    assert yolo_names.names_of_yaml(text) == {}


def test_notes_beside_photographs_in_class_folders_are_no_labels(tmp_path):
    for number, image in enumerate(pieces(8)):
        write(tmp_path / label_of(number) / f"{number}.jpg", image)
        write(tmp_path / label_of(number) / f"{number}.txt", "a cat on a mat")
    found = collecting.gather(tmp_path)
    assert found.class_names == ["cat", "dog"] and len(kinds(found.problems)["unreadable"]) == 8


def test_damaged_labels_raise_nothing_but_dataset_errors(objects, shares):
    generator = np.random.default_rng(0)
    for path in (objects / "Annotations" / "0.xml", shares / "labels" / "0.txt", shares / "labels" / "classes.txt"):
        whole = path.read_bytes()
        for _ in range(80):
            data = bytearray(whole)
            for place in generator.integers(0, len(data), 4):
                data[place] = generator.integers(0, 256)
            path.write_bytes(data)
            try:
                sources.listing_of(path.parents[1])
            except datasets.DatasetError as error:
                assert "\n" not in str(error)
        path.write_bytes(whole)
