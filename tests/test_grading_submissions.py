"""What was handed in is found, and one hostile file is read or refused in a sentence."""

import json
import os
import socket
import time
from pathlib import Path

import pytest

from imgrec_lib import authoring
from imgrec_lib.grading import notebook_files
from imgrec_lib.grading.lesson_names import lesson_by_name
from imgrec_lib.grading.notebook_files import NotebookError, read_cells, read_file
from imgrec_lib.grading.published import Published, lesson_of
from imgrec_lib.grading.submissions import NOT_HANDED_IN, NOTHING, Submission, find

LESSONS = [path.stem for path in authoring.lessons()]
TWO, THREE = LESSONS[1:3]
CODE = {"cell_type": "code", "source": "a = 1", "metadata": {}, "outputs": []}


def notebook(*cells: object, **changes: object) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | changes).encode()


def hand_in(folder: Path, *names: str) -> Path:
    """The folder with an empty notebook, or another file, at each of these places."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook(CODE))
    return folder


def rows(folder: Path, lessons: list[str] = LESSONS) -> dict[tuple[str, str], Submission]:
    found = find(folder, lessons)
    assert found == sorted(found, key=lambda one: (one.student, one.lesson))
    assert len({(one.student, one.lesson) for one in found}) == len(found)
    return {(one.student, one.lesson): one for one in found}


# One file


@pytest.mark.parametrize("number", range(5))
def test_every_lesson_is_read_whole(number: int) -> None:
    data = authoring.lessons()[number].read_bytes()
    entries = json.loads(data)["cells"]
    cells = read_cells(data)
    assert [cell.source for cell in cells] == ["".join(entry["source"]) for entry in entries]
    assert [cell.id for cell in cells] == [entry["id"] for entry in entries]
    assert [cell.number for cell in cells] == list(range(1, len(entries) + 1))


def test_cells_of_every_odd_form_are_read() -> None:
    cells = read_cells(
        notebook(
            {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
            {"cell_type": "code", "source": 7, "id": 8, "metadata": 9},
            {"cell_type": "code", "metadata": {"id": "from-colab"}},
            {"cell_type": "raw", "source": [1, "c", None]},
            "no cell",
            None,
            {"source": "of no kind"},
            {"cell_type": ["code"], "source": "a"},
            {"cell_type": "markdown", "source": "m", "id": "one"},
            {"cell_type": "code", "source": "a\0b\ud800", "id": "one"},
        )
    )
    assert [(cell.number, cell.id, cell.kind) for cell in cells] == [
        (1, "", "code"),
        (2, "", "code"),
        (3, "from-colab", "code"),
        (4, "", "raw"),
        (9, "one", "markdown"),
        (10, "one", "code"),
    ]
    assert [cell.source for cell in cells] == ["a = 1\nb = 2", "", "", "c", "m", "a\0b\N{REPLACEMENT CHARACTER}"]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_other_codings_of_text_are_read(coding: str) -> None:
    text = '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "größe = 1"}]}'
    assert read_cells(text.encode(coding))[0].source == "größe = 1"


def test_numbers_beyond_all_measure_and_raw_control_characters_do_no_harm() -> None:
    data = notebook(CODE, metadata={"a": float("nan"), "b": float("-inf")}).replace(b"a = 1", b"a\0 = 1")
    data = data.replace(b'"nbformat_minor": 5', b'"nbformat_minor": ' + b"9" * 100_000)
    assert read_cells(data)[0].source == "a\0 = 1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.4", "not JSON"),
        (b"\x80\x81{}", "not UTF-8"),
        (b"[" * 1_000_000, "too deep"),
        (b'{"cells":' * 100_000, "too deep"),
        (b"[1, 2]", "holds no notebook"),
        (b'{"a": 1}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 3, "worksheets": []}', "open it in Jupyter and save it"),
        (b'{"worksheets": []}', "3 or older"),
        (notebook(CODE, nbformat=5), "format 5"),
        (b'{"nbformat": ' + b"9" * 9_999 + b', "cells": []}', "save it"),
        (b"[" + b"[]," * 2_000_000 + b"[]]", "parts"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(NotebookError, match=said) as caught:
        read_cells(data)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 200


def test_a_huge_output_is_read_and_a_huge_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = {"output_type": "stream", "name": "stdout", "text": "1, [2], \\\\\" {3}\n" * 1_000_000}
    assert [cell.source for cell in read_cells(notebook(CODE | {"outputs": [text]}))] == ["a = 1"]
    monkeypatch.setattr(notebook_files, "LARGEST_FILE", 10)
    with pytest.raises(NotebookError, match="MB are read"):
        read_cells(notebook(CODE))


def test_only_files_inside_the_folder_are_opened(tmp_path: Path) -> None:
    root = hand_in(tmp_path / "class", "anna/a.ipynb")
    secret = hand_in(tmp_path / "other", "secret.ipynb")
    (root / "anna/out.ipynb").symlink_to(secret / "secret.ipynb")
    (root / "ben").symlink_to(secret)
    (root / "anna/in.ipynb").symlink_to(root / "anna/a.ipynb")
    (root / "anna/nowhere.ipynb").symlink_to(root / "nothing")
    (root / "anna/loop.ipynb").symlink_to(root / "anna/loop.ipynb")
    (tmp_path / "link to class").symlink_to(root)
    for place in (root, tmp_path / "link to class"):
        assert read_cells(read_file(place / "anna/a.ipynb", place))
        assert read_cells(read_file(place / "anna/in.ipynb", place))
        for name in ("anna/out.ipynb", "ben/secret.ipynb"):
            with pytest.raises(NotebookError, match="leads out"):
                read_file(place / name, place)
    for name in ("nowhere", "loop", "not there"):
        with pytest.raises(NotebookError, match="could not be opened"):
            read_file(root / f"anna/{name}.ipynb", root)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.ipynb")
        for name in ("folder", "pipe", "socket"):
            with pytest.raises(NotebookError, match="no file but a folder, a pipe or a device"):
                read_file(tmp_path / f"{name}.ipynb", tmp_path)


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(NotebookError, match="1,048,576 MB and 64 MB are read"):
        read_file(tmp_path / "a.ipynb", tmp_path)


# Names of lessons


@pytest.mark.parametrize(
    "name",
    [
        "02_convolution_by_hand",
        "02_Convolution_By_Hand",
        "02 convolution by hand",
        "02-convolution-by-hand (1)",
        "02_convolution_by_hand-Copy1",
        "02_convolution_by_hand_solved",
        "02_convolution_by_hand_anna_müller",
        "Anna 02_convolution_by_hand",
        "Copy of 02_convolution_by_hand",
        "02convolutionbyhand",
        "AnnaConvolutionByHand",
        "convolution by hand",
        "02",
        "02-anna",
        "lesson 2",
        "Anna_Lesson02_final",
    ],
)
def test_a_lesson_is_known_by_its_name(name: str) -> None:
    assert lesson_by_name(name, LESSONS) == TWO


@pytest.mark.parametrize("name", ["", "anna", "2024-02", "12", "Untitled2", "convolution", "lesson 22", "2 cats"])
def test_another_name_is_no_lesson(name: str) -> None:
    assert lesson_by_name(name, LESSONS) is None


def test_a_lesson_is_known_by_its_cells() -> None:
    published = {path.stem: Published.of(path) for path in authoring.lessons()}
    for path in authoring.lessons():
        cells = read_cells(path.read_bytes())
        assert lesson_of(cells, published) == path.stem
        assert lesson_of(cells[20:60], published) == path.stem
    assert lesson_of(read_cells(notebook(CODE)), published) is None
    shared = [cell for cell in read_cells(authoring.lessons()[1].read_bytes()) if cell.id == "colab"]
    assert len(shared) == 1
    assert lesson_of(shared, published) is None


# A class


def test_every_student_has_a_row_for_each_lesson_that_anybody_handed_in(tmp_path: Path) -> None:
    hand_in(tmp_path, f"anna/{TWO}.ipynb", f"ben/{THREE}.ipynb", "no notebook/report.pdf", "class list.csv")
    found = rows(tmp_path)
    assert set(found) == {(student, lesson) for student in ("anna", "ben", "no notebook") for lesson in (TWO, THREE)}
    assert found["anna", TWO] == Submission("anna", TWO, tmp_path / "anna" / f"{TWO}.ipynb")
    for key in [("anna", THREE), ("ben", TWO), ("no notebook", TWO)]:
        assert found[key].path is None
        assert found[key].fault == NOT_HANDED_IN


def test_what_systems_leave_behind_is_passed_over(tmp_path: Path) -> None:
    hand_in(tmp_path, f"anna/{TWO}.ipynb", f"anna/.ipynb_checkpoints/{TWO}-checkpoint.ipynb", ".DS_Store")
    hand_in(tmp_path, f"__MACOSX/anna/._{TWO}.ipynb", f"anna/._{TWO}.ipynb", f"anna/__MACOSX/{TWO}.ipynb")
    assert rows(tmp_path) == {("anna", TWO): Submission("anna", TWO, tmp_path / "anna" / f"{TWO}.ipynb")}


def test_names_with_spaces_and_letters_of_any_alphabet_are_kept(tmp_path: Path) -> None:
    names = ["Ásta Þórsdóttir", "李 小龙", "a'b\"c,d", "-rf", "new\nline"]
    hand_in(tmp_path, *(f"{name}/{TWO}.ipynb" for name in names))
    bad = os.fsencode(tmp_path) + b"/by\xffte"
    os.mkdir(bad)
    found = rows(tmp_path)
    assert {student for student, _ in found} == {*names, "by\\xffte"}
    assert all(student.encode() for student, _ in found)


def test_notebooks_in_a_zip_archives_folder_are_found(tmp_path: Path) -> None:
    hand_in(tmp_path, f"anna/homework/{TWO}.ipynb", f"ben/a/b/{TWO}.IPYNB", f"eve/{TWO}.ipynb.txt")
    assert [one.fault for one in rows(tmp_path).values()] == ["", "", ""]


def test_of_two_notebooks_of_a_lesson_the_exact_name_is_graded_and_else_the_newest(tmp_path: Path) -> None:
    hand_in(tmp_path, f"anna/{TWO}.ipynb", f"anna/{TWO} (1).ipynb", f"ben/{TWO}-a.ipynb", f"ben/{TWO}-b.ipynb")
    hand_in(tmp_path, f"ben/{TWO}-c.ipynb")
    for age, name in enumerate(["anna/{} (1)", "ben/{}-a", "anna/{}", "ben/{}-c", "ben/{}-b"]):
        os.utime(tmp_path / f"{name.format(TWO)}.ipynb", (0, 1_000_000 - age))
    found = rows(tmp_path)
    assert found["anna", TWO].path == tmp_path / "anna" / f"{TWO}.ipynb"
    assert found["anna", TWO].note == f"Two notebooks of this lesson were handed in; {TWO}.ipynb was graded."
    assert found["ben", TWO].path == tmp_path / "ben" / f"{TWO}-a.ipynb"
    assert found["ben", TWO].note.startswith("3 notebooks")


def test_the_same_student_twice_is_graded_twice_and_told(tmp_path: Path) -> None:
    names = ["Zoë", "Zoe\u0308", "anna ", "Anna"]
    hand_in(tmp_path, *(f"{name}/{TWO}.ipynb" for name in [*names, "ben"]))
    found = rows(tmp_path)
    assert len(found) == 5
    assert [found[name, TWO].note != "" for name in [*names, "ben"]] == [True] * 4 + [False]
    assert {one.fault for one in found.values()} == {""}


def test_links_that_lead_out_get_their_rows_and_a_reason(tmp_path: Path) -> None:
    root = hand_in(tmp_path / "class", f"anna/{TWO}.ipynb", "ben/empty.txt", "cleo/empty.txt", f"dora/{TWO}.ipynb")
    other = hand_in(tmp_path / "other", f"{TWO}.ipynb")
    (root / f"ben/{TWO}.ipynb").symlink_to(root / f"anna/{TWO}.ipynb")
    (root / "cleo/all").symlink_to(other)
    (root / "eve").symlink_to(other)
    (root / "finn").symlink_to(tmp_path / "nowhere")
    (root / "gus").symlink_to(root / "anna")
    (root / f"dora/{TWO}.ipynb").rename(root / f"dora/{TWO} new.ipynb")
    (root / f"dora/{TWO}.ipynb").symlink_to(other / f"{TWO}.ipynb")
    found = rows(root)
    assert {student for student, _ in found} == {"anna", "ben", "cleo", "dora", "eve", "finn", "gus"}
    assert {student for (student, _), one in found.items() if not one.fault} == {"anna", "dora"}
    assert all("is a link" in one.fault for one in found.values() if one.fault)


def test_a_notebook_of_no_lesson_is_named_with_the_lessons_that_there_are(tmp_path: Path) -> None:
    hand_in(tmp_path, "anna/my work.ipynb", "ben/report.pdf")
    found = rows(tmp_path)
    assert found["anna", "my work"].fault.startswith("my work.ipynb belongs to no lesson")
    assert f"{TWO}.ipynb" in found["anna", "my work"].fault
    assert found["ben", ""].fault == NOTHING


def test_a_lesson_that_its_name_hides_is_asked_for(tmp_path: Path) -> None:
    hand_in(tmp_path, "anna/my work.ipynb", "ben/broken.ipynb")

    def recognise(path: Path) -> str | None:
        if path.stem == "broken":
            raise NotebookError("broken")
        return TWO

    found = find(tmp_path, LESSONS, recognise)
    assert [(one.student, one.lesson, bool(one.fault)) for one in found] == [
        ("anna", TWO, False),
        ("ben", TWO, True),
        ("ben", "broken", True),
    ]


def test_a_homework_is_a_students_only_notebook_whatever_its_name(tmp_path: Path) -> None:
    hand_in(tmp_path, "anna/Untitled.ipynb", "ben/HW1 ben.ipynb", "ben/tries.ipynb", "cleo/report.pdf", "dora/a.ipynb")
    hand_in(tmp_path, "dora/b.ipynb")
    found = rows(tmp_path, ["hw1"])
    assert set(found) == {(student, "hw1") for student in ("anna", "ben", "cleo", "dora")}
    assert found["anna", "hw1"].path == tmp_path / "anna/Untitled.ipynb"
    assert found["ben", "hw1"].path == tmp_path / "ben/HW1 ben.ipynb"
    assert found["cleo", "hw1"].fault == NOT_HANDED_IN
    assert "Two notebooks" in found["dora", "hw1"].note


def test_a_folder_without_students_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no folder"):
        find(tmp_path / "nowhere", LESSONS)
    with pytest.raises(ValueError, match="holds no student's folder"):
        find(tmp_path, LESSONS)
    hand_in(tmp_path, "anna.ipynb")
    with pytest.raises(ValueError, match="give each student a folder, such as"):
        find(tmp_path, LESSONS)
    with pytest.raises(ValueError, match="is no folder"):
        find(tmp_path / "anna.ipynb", LESSONS)
    hand_in(tmp_path, f"anna/{TWO}.ipynb")
    assert "beside the students' folders" in rows(tmp_path)["anna.ipynb", "anna"].fault


def test_thousands_of_students_are_found_at_once(tmp_path: Path) -> None:
    hand_in(tmp_path, *(f"student {number}/{TWO}.ipynb" for number in range(2_000)))
    begin = time.perf_counter()
    assert len(find(tmp_path, LESSONS)) == 2_000
    assert time.perf_counter() - begin < 5
