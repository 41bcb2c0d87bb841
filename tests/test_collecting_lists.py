"""Lists in CSV and JSON, of LabelImg's, Roboflow's and COCO's kind: read with line numbers, and never an exception."""

import http.server
import json
import threading

import numpy as np
import pytest
from collecting_sources import jpeg, kinds, pieces, write

from imgrec_lib import collecting, datasets
from imgrec_lib.collecting import sources


@pytest.fixture
def folder(tmp_path):
    for number, image in enumerate(pieces(8)):
        write(tmp_path / "images" / f"{number}.jpg", image)
    return tmp_path


def rows(first="images/", delimiter=","):
    return "".join(f"{first}{n}.jpg{delimiter}{'cat' if n < 4 else 'dog'}\n" for n in range(8))


def labels(found):
    return {name.split("/")[-1]: found.class_names[label] for name, label in zip(found.names, found.labels)}


EXPECTED = {f"{n}.jpg": "cat" if n < 4 else "dog" for n in range(8)}


@pytest.mark.parametrize(
    "content",
    [
        "photo,label\n" + rows(),
        "Filename;Class\n" + rows(delimiter=";"),
        "label\tignored\timage path\n".replace("image path", "image_path")
        + "".join(f"{'cat' if n < 4 else 'dog'}\tx\t{n}.jpg\n" for n in range(8)),
        rows(),
        "".join(f"{'cat' if n < 4 else 'dog'},{n}.jpg\n" for n in range(8)),
        "\ufeffimage,category\r\n" + rows().replace("\n", "\r\n"),
        "\n\nphoto,label\n" + rows() + "\n,\n",
        '"photo","label"\n' + rows('"./images/').replace(".jpg,", '.jpg",'),
        "path,species\n" + rows("images\\"),
        "image_id,breed,label\n" + "".join(f"{n},x,{'cat' if n < 4 else 'dog'}\n" for n in range(8)),
    ],
)
def test_csv_lists_of_every_usual_form_are_read(folder, content):
    found = collecting.gather(write(folder / "labels.csv", content))
    assert labels(found) == EXPECTED and set(kinds(found.problems)) <= {"few"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_beyond_ascii_survive_the_encodings_that_programs_write(folder, encoding):
    text = "photo,label\n" + rows().replace("dog", "Bär")
    found = collecting.gather(write(folder / "labels.csv", text.encode(encoding)))
    assert found.class_names == ["Bär", "cat"]


def test_what_is_wrong_with_rows_is_listed_with_their_lines(folder):
    write(folder.parent / "outside.jpg", pieces(1)[0])
    text = "photo,label,split,xmin,ymin,xmax,ymax\n" + rows().replace("\n", ",,,,,\n") + (
        "images/0.jpg,cat\n"  # 10: named twice
        "images/missing.jpg,cat\n"
        "../outside.jpg,cat\n"
        "/etc/passwd,cat\n"
        "images/1.jpg,\n"
        ",cat\n"
        "images/1.jpg,cat,training-ish\n"
        "images/2.jpg,cat,,0,0,nan,20\n"  # 17
        "images/2.jpg,cat,,0,0,200,20\n"
        "images/2.jpg,cat,,0,0,\n"
        "C:\\Users\\me\\a.jpg,cat\n"
    )  # fmt: skip
    found = collecting.gather(write(folder / "labels.csv", text))
    expected = {
        "list": ["labels.csv, line 10", "labels.csv, line 16"],
        "no picture": ["labels.csv, line 11", "labels.csv, line 15"],
        "outside": ["labels.csv, line 12", "labels.csv, line 13", "labels.csv, line 20"],
        "no label": ["labels.csv, line 14"],
        "box": ["labels.csv, line 17", "labels.csv, line 19", "images/2.jpg"],
        "few": ["cat", "dog"],
    }
    assert kinds(found.problems) == expected and labels(found) == EXPECTED


def test_a_quotation_mark_that_never_closes_is_named_and_swallows_no_exception(folder):
    found = collecting.gather(
        write(folder / "l.csv", "photo,label\n" + rows() + '"images/1.jpg,cat\nimages/2.jpg,cat\n')
    )
    assert kinds(found.problems)["list"] == ["l.csv, line 10"] and labels(found) == EXPECTED


def test_a_cell_of_many_letters_is_one_problem(folder):
    found = collecting.gather(write(folder / "l.csv", "photo,label\n" + "x" * 200_000 + ",cat\n" + rows()))
    assert kinds(found.problems)["list"] == ["l.csv, line 2"] and labels(found) == EXPECTED


def test_pictures_that_the_list_does_not_name_are_listed(folder):
    write(folder / "images" / "more.jpg", pieces(9)[8])
    found = collecting.gather(write(folder / "labels.csv", rows()))
    assert kinds(found.problems)["no label"] == ["images/more.jpg"]


def test_the_folder_of_a_list_is_a_source_too(folder):
    write(folder / "labels.csv", rows())
    assert labels(collecting.gather(folder)) == EXPECTED


def test_parts_are_laid_down_by_a_column(folder):
    text = "photo,label,split\n" + "".join(
        f"images/{n}.jpg,{'cat' if n < 4 else 'dog'},{'val' if n in (3, 7) else 'train'}\n" for n in range(8)
    )
    found = collecting.gather(write(folder / "labels.csv", text))
    assert [found.parts[place] for place in (3, 7)] == ["validation"] * 2 and found.parts.count("train") == 6


def test_boxes_of_a_list_cut_out_objects(folder):
    text = "filename,width,height,class,xmin,ymin,xmax,ymax\n" + "".join(
        f"{n}.jpg,80,80,{'cat' if n < 4 else 'dog'},10,20,50,70\n" for n in range(8)
    )
    found = collecting.gather(write(folder / "labels.csv", text))
    assert found.sizes.tolist() == [[50, 40]] * 8


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b,c\n1,2,3\n", "name one column"),
        (b"\0\0\0\0", "is not text"),
        (b"photo,label\n", "no photograph with a label"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_write(tmp_path, content, words):
    with pytest.raises(datasets.DatasetError, match=words):
        collecting.gather(write(tmp_path / "labels.csv", content))


def test_a_list_of_more_than_fifty_megabytes_is_not_read(tmp_path):
    with (tmp_path / "labels.csv").open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(datasets.DatasetError, match="larger than the 50,000,000 bytes"):
        collecting.gather(tmp_path / "labels.csv")


def test_whole_paths_into_the_folder_of_the_list_are_read(folder):
    found = collecting.gather(write(folder / "labels.csv", rows(f"{folder.resolve()}/images/")))
    assert labels(found) == EXPECTED


def test_a_name_with_a_colon_is_no_way_out_of_the_folder(folder, monkeypatch):
    (folder / "elsewhere" / "ab:x").mkdir(parents=True)
    write(folder / "secret.jpg", pieces(9)[8])
    monkeypatch.chdir(folder / "elsewhere")
    text = rows() + "ab:x/../../secret.jpg,cat\nmailto:me,cat\n"
    found = collecting.gather(write(folder / "images" / "labels.csv", text.replace("images/", "")))
    assert labels(found) == EXPECTED and set(kinds(found.problems)) <= {"few", "no picture", "outside"}


# JSON.


def coco():
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 80, "height": 80} for n in range(8)]
    boxes = [
        {"id": n, "image_id": n, "category_id": 1 + n // 4, "bbox": [10, 20, 40, 50], "segmentation": []}
        for n in range(8)
    ]
    return {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}


@pytest.mark.parametrize(
    "content",
    [
        [{"photo": f"images/{n}.jpg", "label": EXPECTED[f"{n}.jpg"]} for n in range(8)],
        [{"file": f"images/{n}.jpg", "class": EXPECTED[f"{n}.jpg"], "box": [0, 0, 40, 40]} for n in range(8)],
        {f"images/{name}": label for name, label in EXPECTED.items()},
        coco(),
    ],
)
def test_json_lists_of_every_usual_form_are_read(folder, content):
    path = write(folder / "labels.json", json.dumps(content))
    for source in (path, folder):
        found = collecting.gather(source)
        assert labels(found) == EXPECTED and set(kinds(found.problems)) == {"few"}


def test_boxes_of_coco_are_left_top_width_height(folder):
    write(folder / "annotations" / "instances.json", json.dumps(coco()))
    found = collecting.gather(folder)
    assert found.sizes.tolist() == [[50, 40]] * 8


def test_what_is_wrong_in_coco_is_listed_by_its_annotation(folder):
    content = coco()
    content["images"] += [{"id": 99, "file_name": "gone.jpg"}, "no object", {"id": 100, "file_name": "lonely.jpg"}]
    content["annotations"] += [
        {"image_id": 77, "category_id": 1},
        {"image_id": 0, "category_id": 77},
        {"image_id": 99, "category_id": 1, "bbox": [0, 0, 1, 1]},
        {"image_id": 0, "category_id": 1, "bbox": [0, 0, float("nan"), 5]},
        {"image_id": 0, "category_id": 1, "bbox": "all of it"},
        ["no object"],
    ]
    found = collecting.gather(write(folder / "labels.json", json.dumps(content)))
    assert {kind: len(names) for kind, names in kinds(found.problems).items()} == {
        "no picture": 3, "list": 1, "box": 2, "no label": 1, "few": 2,
    }  # fmt: skip
    assert labels(found) == EXPECTED


@pytest.mark.parametrize(
    "entry",
    [7, None, "a", [], {}, {"photo": 7, "label": []}, {"photo": ["a"], "label": "b"}, {"photo": "a.jpg", "label": None},
     {"photo": "images/1.jpg", "label": "cat", "box": {"a": 1}}, {"photo": "images/1.jpg", "label": "cat", "bbox": [1]},
     {"photo": "images/1.jpg", "label": "cat", "part": "north"}, {"photo": "\0", "label": "cat"}],
)  # fmt: skip
def test_an_entry_that_cannot_be_used_is_a_problem(folder, entry):
    content = [{"photo": f"images/{name}", "label": label} for name, label in EXPECTED.items()]
    found = collecting.gather(write(folder / "labels.json", json.dumps([*content, entry])))
    (problem,) = [problem for problem in found.problems if problem.kind != "few"]
    assert problem.name == "labels.json, entry 9" and labels(found) == EXPECTED


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ('[{"photo": "a.jpg",]', "not JSON: line 1"),
        ("[" * 100_000, "nested too deeply|not JSON"),
        ("[" + "9" * 10_000 + "]", "too long a number|no photograph"),
        ("7", "holds no photographs"),
        ("{}", "holds no photographs"),
        ("[]", "no photograph with a label"),
    ],
)
def test_json_that_is_no_list_says_what_to_write(tmp_path, content, words):
    with pytest.raises(datasets.DatasetError, match=words):
        collecting.gather(write(tmp_path / "labels.json", content))


# URLs.


@pytest.fixture
def server(folder):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = folder / "images" / self.path.split("/")[-1].split("?")[0]
            self.send_response(200 if path.exists() else 404)
            self.end_headers()
            if path.exists():
                self.wfile.write(path.read_bytes())

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_photographs_behind_addresses_are_fetched_and_missing_ones_listed(tmp_path, server):
    text = "url,label\n" + rows(f"{server}/") + f"{server}/gone.jpg?key=secret,cat\nfile:///etc/passwd,cat\n"
    found = collecting.gather(write(tmp_path / "elsewhere" / "list.csv", text))
    assert labels(found) == EXPECTED
    wrong = [problem for problem in found.problems if problem.kind == "unreadable"]
    assert [problem.name for problem in wrong] == [f"{server}/gone.jpg", "file:///etc/passwd"]
    assert "404" in wrong[0].sentence and "secret" not in str(wrong)


def test_random_bytes_as_a_list_raise_nothing_but_dataset_errors(tmp_path):
    generator = np.random.default_rng(0)
    whole = {"csv": "photo,label\n" + rows(), "json": json.dumps(coco())}
    for suffix, text in whole.items():
        for _ in range(60):
            data = bytearray(text.encode())
            for place in generator.integers(0, len(data), 5):
                data[place] = generator.integers(0, 256)
            try:
                sources.listing_of(write(tmp_path / f"labels.{suffix}", bytes(data)))
            except datasets.DatasetError as error:
                assert "\n" not in str(error)


def test_a_list_through_a_link_out_of_its_folder_is_refused(folder, tmp_path):
    write(tmp_path / "far" / "labels.csv", rows())
    (folder / "images" / "labels.csv").symlink_to(tmp_path / "far" / "labels.csv")
    with pytest.raises(datasets.DatasetError, match="hidden, or a link"):
        collecting.gather(folder / "images" / "labels.csv")


def test_one_photograph_with_two_classes_is_left_out(folder):
    found = collecting.gather(write(folder / "labels.csv", rows() + "images/0.jpg,dog\n"))
    assert kinds(found.problems)["two labels"] == ["images/0.jpg"] * 2 and len(found) == 7
    assert jpeg(pieces(1)[0]) == (folder / "images" / "0.jpg").read_bytes()
