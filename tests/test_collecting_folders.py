"""Photographs of class folders are gathered, and everything that is wrong with them is listed at once."""

import io
import os

import numpy as np
import pytest
from collecting_sources import class_folders, jpeg, kinds, pieces, write

from imgrec_lib import collecting, datasets
from imgrec_lib.collecting import gathering, opening, records, trees


@pytest.fixture
def pets(tmp_path):
    return class_folders(tmp_path / "pets", {"cat": 12, "dog": 14})


def sentences(collection, kind):
    return [problem.sentence for problem in collection.problems if problem.kind == kind]


def test_class_folders_are_gathered_with_names_labels_sizes_and_digests(pets):
    found = collecting.gather(pets)
    assert (found.name, found.class_names, found.problems) == ("pets", ["cat", "dog"], [])
    assert found.images.shape == (26, 160, 160, 3) and found.images.dtype == np.uint8
    assert found.labels.tolist() == [0] * 12 + [1] * 14 and found.labels.dtype == np.int64
    assert found.names[:2] == ["cat/00.jpg", "cat/01.jpg"] and found.sizes.tolist() == [[80, 80]] * 26
    assert len(set(found.digests)) == 26 and all(len(digest) == 16 for digest in found.digests)
    assert len(set(found.groups.tolist())) == 26 and found.parts == [""] * 26 and len(found) == 26


@pytest.mark.parametrize(("size", "side"), [(32, 96), (64, 96), (65, 160), (300, 160)])
def test_the_side_is_chosen_from_the_sizes(tmp_path, size, side):
    assert collecting.gather(class_folders(tmp_path, {"cat": 3, "dog": 3}, size)).side == side


def test_images_are_those_that_load_gives_at_the_same_side(pets):
    from imgrec_lib import images

    for side in (32, 80, 224):
        found = collecting.gather(pets, side)
        assert np.array_equal(found.images[3], images.load(pets / "cat" / "03.jpg", side))


def test_everything_wrong_is_listed_at_once_and_nothing_is_changed(pets):
    write(pets / "cat" / "cut.jpg", jpeg(pieces(1)[0])[:700])
    write(pets / "cat" / "notes.txt", "my cats")
    write(pets / "dog" / "empty.png", b"")
    write(pets / "loose.jpg", pieces(30)[29])
    write(pets / "bird" / "a.jpg", pieces(31)[30])
    (pets / "fish").mkdir()
    for junk in (pets / ".DS_Store", pets / "cat" / "._00.jpg", pets / "__MACOSX" / "x.jpg"):
        write(junk, b"junk")
    before = {path: path.read_bytes() for path in pets.rglob("*") if path.is_file()}
    found = collecting.gather(pets)
    assert {path: path.read_bytes() for path in pets.rglob("*") if path.is_file()} == before
    assert kinds(found.problems) == {
        "no label": ["loose.jpg"],
        "few": ["fish", "bird"],
        "unreadable": ["cat/cut.jpg", "cat/notes.txt", "dog/empty.png"],
    }
    assert found.class_names == ["cat", "dog"] and len(found) == 26


def test_sentences_name_the_file_within_the_folder_and_say_what_to_do(pets):
    write(pets / "cat" / "cut.jpg", jpeg(pieces(1)[0])[:700])
    (sentence,) = sentences(collecting.gather(pets), "unreadable")
    assert sentence == "cat/cut.jpg is cut short, so part of the picture is missing; download or copy it again."


def test_a_class_with_fewer_than_ten_is_named_and_one_with_two_is_left_out(tmp_path):
    found = collecting.gather(class_folders(tmp_path, {"cat": 12, "dog": 9, "owl": 2}))
    assert found.class_names == ["cat", "dog"] and kinds(found.problems) == {"few": ["dog", "owl"]}
    assert "only 9" in sentences(found, "few")[0] and "left out" in sentences(found, "few")[1]


def test_copies_do_not_make_a_class_larger(tmp_path):
    class_folders(tmp_path, {"cat": 12, "dog": 12, "owl": 1})
    for number in range(5):
        write(tmp_path / "owl" / f"copy{number}.jpg", pieces(25)[24])
    found = collecting.gather(tmp_path)
    assert found.class_names == ["cat", "dog"]
    assert "6 usable photographs, of which 1 differ" in sentences(found, "few")[0]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "holds no photographs"),
        ({"cat": 12}, "one class, 'cat'.*two"),
        ({"cat": 2, "dog": 2}, "no class can be used"),
        ({"cat": 5, "none of these": 5}, "'none of these'.*rename"),
        ({"cat": 5, "None Of These": 5}, "'None Of These'.*rename"),
    ],
)
def test_a_folder_from_which_nothing_can_be_learned_says_why(tmp_path, counts, words):
    root = tmp_path / "own"
    root.mkdir()
    with pytest.raises(datasets.DatasetError, match=words):
        collecting.gather(class_folders(root, counts))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nowhere", "no folder"),
        ("https://example.org/cats", "is an address"),
        (7, "type int"),
        ("a\0b", "no name of a folder|no folder"),
        (b"abc", "type bytes"),
        ({"cat": "a.jpg"}, "a list of them"),
    ],
)
def test_what_is_no_source_is_refused_in_words(source, words):
    with pytest.raises(datasets.DatasetError, match=words):
        collecting.gather(source)


@pytest.mark.parametrize("side", [0, 7, 5000, 64.0, True, "64"])
def test_a_side_that_is_no_size_is_refused(pets, side):
    with pytest.raises(datasets.DatasetError, match="side="):
        collecting.gather(pets, side)


def test_an_archive_is_to_be_unpacked(tmp_path):
    with pytest.raises(datasets.DatasetError, match="unpack it"):
        collecting.gather(write(tmp_path / "pets.zip", b"PK"))


def test_links_out_of_the_folder_are_left_out_and_named(pets, tmp_path):
    write(tmp_path / "secret" / "a.jpg", pieces(30)[29])
    (pets / "cat" / "link.jpg").symlink_to(tmp_path / "secret" / "a.jpg")
    (pets / "secret").symlink_to(tmp_path / "secret")
    (pets / "cat" / "loop").symlink_to(pets)
    found = collecting.gather(pets)
    assert kinds(found.problems) == {"outside": ["secret", "cat/loop", "cat/link.jpg"]} and len(found) == 26


def test_a_pipe_in_a_class_folder_is_no_picture(pets):
    os.mkfifo(pets / "cat" / "pipe.jpg")
    assert kinds(collecting.gather(pets).problems) == {"unreadable": ["cat/pipe.jpg"]}


def test_a_file_of_more_than_fifty_megabytes_is_not_read(pets):
    with (pets / "cat" / "huge.jpg").open("wb") as file:
        file.truncate(opening.LARGEST_FILE + 1)
    (sentence,) = sentences(collecting.gather(pets), "unreadable")
    assert sentence.startswith("cat/huge.jpg holds 50,000,001 bytes")


def test_names_that_no_terminal_shows_are_replaced(pets):
    strange = os.fsencode(pets / "cat") + b"/\xff\x1b[31m.jpg"
    with open(strange, "wb") as file:
        file.write(b"no picture")
    (problem,) = collecting.gather(pets).problems
    assert problem.name == "cat/\ufffd\ufffd[31m.jpg" and problem.sentence.isprintable()


def test_class_names_that_cannot_be_used_are_left_out(pets):
    write(pets / "a\x1bb" / "a.jpg", pieces(1)[0])
    write(pets / ("x" * 101) / "a.jpg", pieces(1)[0])
    found = collecting.gather(pets)
    assert len(kinds(found.problems)["class"]) == 2 and found.class_names == ["cat", "dog"]


def test_class_names_that_differ_in_capitals_only_are_named(tmp_path):
    found = collecting.gather(class_folders(tmp_path, {"Cat": 10, "cat": 10, "dog": 10}))
    assert found.class_names == ["Cat", "cat", "dog"] and kinds(found.problems) == {"class": ["Cat"]}


def test_sizes_that_differ_wildly_and_small_pictures_are_named(tmp_path):
    class_folders(tmp_path, {"cat": 10, "dog": 10})
    for number, image in enumerate(pieces(26, 700)[20:]):
        write(tmp_path / "dog" / f"large{number}.jpg", image)
    for number, image in enumerate(pieces(32, 31)[26:]):
        write(tmp_path / "dog" / f"small{number}.jpg", image)
    found = collecting.gather(tmp_path)
    assert kinds(found.problems)["sizes"] == [tmp_path.name, *(f"dog/small{number}.jpg" for number in range(6))]


def test_the_same_pixels_in_two_classes_are_left_out_of_both(pets):
    write(pets / "dog" / "cat.jpg", (pets / "cat" / "00.jpg").read_bytes())
    found = collecting.gather(pets)
    assert kinds(found.problems) == {"two labels": ["cat/00.jpg", "dog/cat.jpg"]} and len(found) == 25


def test_given_parts_are_kept_and_copies_across_them_are_left_out_of_train(tmp_path):
    class_folders(tmp_path / "train", {"cat": 12, "dog": 12})
    images = pieces(34)[24:]
    for number, image in enumerate(images):
        write(tmp_path / "test" / ("cat" if number < 5 else "dog") / f"{number}.jpg", image)
    write(tmp_path / "train" / "cat" / "copy.jpg", jpeg(images[0], 60))
    found = collecting.gather(tmp_path)
    assert found.parts.count("train") == 25 and found.parts.count("test") == 10
    (sentence,) = sentences(found, "near-duplicate")
    assert sentence.startswith("train/cat/copy.jpg shows nearly the same as test/cat/0.jpg; it is left out of train")
    places = collecting.split(found)
    used = [found.names[place] for part in places.values() for place in part]
    assert "train/cat/copy.jpg" not in used and len(used) == 34 and len(places["test"]) == 10


@pytest.mark.parametrize("word", ["val", "valid", "Validation"])
def test_the_validation_part_has_several_names(tmp_path, word):
    class_folders(tmp_path / "train", {"cat": 5, "dog": 5})
    for number, image in enumerate(pieces(16)[10:]):
        write(tmp_path / word / ("cat" if number % 2 else "dog") / f"{number}.jpg", image)
    found = collecting.gather(tmp_path)
    assert found.class_names == ["cat", "dog"] and found.parts.count("validation") == 6


def test_a_dict_of_photographs_in_memory_is_a_source():
    images = pieces(8)
    found = collecting.gather({"cat": [jpeg(image) for image in images[:4]], "dog": images[4:]})
    assert found.class_names == ["cat", "dog"] and found.names[0] == "cat 1" and len(found) == 8


def test_reports_run_from_nothing_to_the_whole(pets):
    heard = []
    collecting.gather(pets, report=lambda words, share: heard.append((words, share)))
    shares = [share for _, share in heard]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] <= 1
    assert any(words == "Reading photograph 26 of 26." for words, _ in heard)


def test_too_much_is_refused_before_it_is_read(pets, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_PHOTOGRAPHS", 25)
    with pytest.raises(datasets.DatasetError, match="26 photographs, more than 25"):
        collecting.gather(pets)
    monkeypatch.setattr(gathering, "MOST_CLASSES", 1)
    with pytest.raises(datasets.DatasetError, match="2 classes, more than 1"):
        collecting.gather(pets)
    monkeypatch.setattr(trees, "MOST_FILES", 20)
    with pytest.raises(datasets.DatasetError, match="more than 20 files"):
        collecting.gather(pets)


def test_to_measure_with_small_classes_are_kept(tmp_path):
    found = collecting.gather(class_folders(tmp_path, {"cat": 1, "dog": 2}), to_train=False)
    assert found.class_names == ["cat", "dog"] and len(found) == 3 and found.problems == []


def test_problems_are_printed_as_a_table_with_counts():
    wrong = [records.Problem(f"{n}.jpg", "unreadable", f"{n}.jpg is cut short.") for n in range(9)]
    wrong.append(records.Problem("owl", "few", "Class owl has 2."))
    out = io.StringIO()
    collecting.print_problems(wrong, out)
    lines = out.getvalue().splitlines()
    assert lines[0].split()[:2] == ["unreadable", "9"] and "4.jpg is cut short." in lines[5]
    assert lines[6].strip() == "and 4 more" and lines[7].split()[:2] == ["few", "1"] and len(lines) == 9


def test_problems_are_printed_on_a_terminal_that_knows_few_letters():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    collecting.print_problems([records.Problem("é.jpg", "few", "Class é × 猫 has 2.")], out)
    out.flush()
    assert b"Class ? ? ? has 2." in out.buffer.getvalue()


def test_without_problems_one_sentence_is_printed(capsys):
    collecting.print_problems([])
    assert capsys.readouterr().out == "Nothing is wrong with the photographs.\n"
