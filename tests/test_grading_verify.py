"""An executed notebook is verified as it is, and every kind of damage to it is found in the cell that has it."""

import base64
import configparser
import copy
import io
import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image, ImageDraw
from test_solved_lessons import exercises_of, solved

from imgrec_lib import authoring
from imgrec_lib.grading import likeness, outputs, rerun, sandbox, sanitising, stored, verify

SOURCES = {
    "imports": "import sys, warnings, os\nfrom IPython.display import HTML, display, update_display\ntotal = 12",
    "prints": "print('sum:', total); print('aside', file=sys.stderr); print('\\x1b[31mred\\x1b[0m 1%\\r 2%')",
    "result": "import ipywidgets\nslider = ipywidgets.IntSlider(total)\nslider",
    "object": "object(), sys.stdout.__class__",
    "warns": "warnings.warn('beware of total')",
    "raises": "raise ValueError(f'not {total}')",
    "page": "display(HTML('<b>bold</b>'))\nhandle = display('first', display_id=True)\nhandle.update('second')",
    "picture": "import matplotlib.pyplot as plt\nplt.plot([1, 4, 2])\nplt.show()",
    "quiet": "total = 13",
    "measured": "from imgrec_lib import report\nreport.measured('memory', float(os.getpid()), 0, 1e9)",
    "file": "print(open('named by the code.txt').read())",
    "comment": "# nothing",
    "blank": "  \n",
    "last": "total",
}


def saved(folder: Path, notebook: NotebookNode, name: str = "done.ipynb") -> Path:
    path = folder / name
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NotebookNode]:
    """A folder with a file, and a notebook as a front end leaves it after one run there."""
    folder = tmp_path_factory.mktemp("executed")
    (folder / "named by the code.txt").write_text("what the file says")
    cells = [new_code_cell(source, id=name) for name, source in SOURCES.items()]
    notebook = new_notebook(cells=[new_markdown_cell("# Homework", id="title"), *cells])
    where = {"metadata": {"path": str(folder)}}
    return folder, NotebookClient(notebook, kernel_name="python3", allow_errors=True, resources=where).execute()


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(one for one in notebook.cells if one.get("id") == name)


def named(sentences: list[str]) -> list[str]:
    """The ids of the cells that the sentences name."""
    return [sentence.split("(")[1].split(")")[0] for sentence in sentences]


def as_another_front_end(notebook: NotebookNode) -> None:
    """Change what differs between front ends, and nothing else."""
    notebook.metadata = {"colab": {"provenance": []}, "kernelspec": {"name": "x", "language": "python"}, "vscode": 3}
    notebook.nbformat_minor = 2
    for one in notebook.cells:
        one.source = one.source.splitlines(keepends=True)
        one.metadata = {"id": one.pop("id"), "outputId": "x", "execution": {"iopub.status.busy": "2026"}}
        for output in one.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
            output.get("data", {}).update({"application/vnd.google.colaboratory.intrinsic+json": {"type": "string"}})
    prints = notebook.cells[2].outputs
    text = next(output.text for output in prints if output.name == "stdout")
    rest = [output for output in prints if output.name != "stdout"]
    pieces = [{"output_type": "stream", "name": "stdout", "text": [piece]} for piece in (text[:3], text[3:])]
    notebook.cells[2].outputs = [pieces[0], *rest, pieces[1]]


def test_a_notebook_is_verified_as_run_and_as_another_front_end_saves_it(executed: tuple[Path, NotebookNode]) -> None:
    folder, notebook = executed
    as_another_front_end(other := copy.deepcopy(notebook))
    assert cell(notebook, "last").outputs[0].data == {"text/plain": "13"}
    assert verify.verify(saved(folder, notebook)) == []
    assert verify.verify(saved(folder, other)) == []


def damage_all(notebook: NotebookNode) -> None:
    """Damage every cell that shows something, each in another way."""
    stdout = next(output for output in cell(notebook, "prints").outputs if output.name == "stdout")
    stdout.text = stdout.text.replace("12", "13")
    cell(notebook, "result").outputs = []
    cell(notebook, "object").outputs[0].data["text/plain"] += "x"
    cell(notebook, "warns").source += "  # looks harmless\nprint('stale')"
    cell(notebook, "raises").outputs[0].evalue = "not 13"
    cell(notebook, "page").outputs[0].data["text/html"] = "<b>bald</b>"
    data = cell(notebook, "picture").outputs[-1].data
    data["image/png"] = picture(lambda draw: draw.rectangle((10, 10, 300, 200), fill="black"))
    cell(notebook, "quiet").outputs = [{"output_type": "stream", "name": "stdout", "text": "all is well"}]
    cell(notebook, "measured").outputs[0].text = "memory 5 (expected 0.000 to 2000000000.000)\n"
    del cell(notebook, "file").outputs[0]
    cell(notebook, "last").metadata = {"tags": ["skip-execution", "raises-exception", "nbval-skip"]}
    cell(notebook, "last").outputs[0].data["text/plain"] = "14"


def test_each_damaged_cell_is_named_and_no_other(executed: tuple[Path, NotebookNode]) -> None:
    folder, original = executed
    damage_all(notebook := copy.deepcopy(original))
    found = verify.verify(saved(folder, notebook))
    assert named(found) == [name for name in SOURCES if name not in ("imports", "comment", "blank")]
    assert found[0] == (
        'Cell 3 (prints): stored output is "sum: 13", and running it gives "sum: 12": '
        "run the notebook from top to bottom and save it."
    )
    assert all("\n" not in sentence for sentence in found)


def picture(draw: Callable[[Any], Any], size: tuple[int, int] = (400, 300)) -> str:
    image = Image.new("RGB", size, "white")
    draw(ImageDraw.Draw(image))
    image.save(file := io.BytesIO(), format="png")
    return base64.b64encode(file.getvalue()).decode()


def test_a_notebook_runs_without_network_keys_or_the_files_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "42")
    (tmp_path / "nbclient.py").write_text("raise SystemExit('this is not for you')")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("1")
    (tmp_path / "other.txt").write_text("another submission")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "b.txt").write_text("2")
    (tmp_path / "link.txt").symlink_to("private")
    record = Path(os.environ["IMGREC_PROGRESS"])
    afresh = rerun.rerun(
        [
            "# nbclient, folder and link.txt are named\nimport os\n'SECRET_TOKEN' in os.environ",
            "sorted(os.listdir()), os.listdir('folder')",
            "open('folder/a.txt', 'w').write('changed'); os.remove('nbclient.py')",
            "from imgrec_lib.exercises import record\nrecord.note('01.cut_out_shape', 'correct'); record.done()",
            "import urllib.request\nurllib.request.urlopen('http://192.0.2.1', timeout=5)",
            f"os.path.exists({str(tmp_path)!r})",
        ],
        tmp_path,
    )
    shown = [json.dumps(cell) for cell in afresh.outputs]
    assert '"False"' in shown[0] and "(['folder', 'nbclient.py'], ['a.txt'])" in shown[1] and shown[2] == "[]"
    assert "checks=1" in shown[3] and "URLError" in shown[4]
    assert (tmp_path / "folder" / "a.txt").read_text() == "1" and not record.exists()
    if "Bubblewrap" in sandbox.isolation():
        assert '"False"' in shown[5] and "unreachable" in shown[4]


@pytest.mark.parametrize("isolation", ["", "limits"])
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(0)", "kernel"),
        ("while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass", "time"),
        ("print('x' * 60_000_000)", "size"),
    ],
)
def test_a_run_ends_where_there_is_no_going_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str, isolation: str
) -> None:
    monkeypatch.setenv("IMGREC_ISOLATION", isolation)
    notebook = new_notebook(cells=[new_code_cell(code, id=name) for name, code in zip("abc", ("1", source, "2"))])
    for place, one in enumerate(notebook.cells, start=1):
        one.execution_count = place
    start = time.monotonic()
    found = verify.verify(saved(tmp_path, notebook), cell_seconds=4)
    assert time.monotonic() - start < 40
    assert found[1:] == [f"Cell 2 (b) {verify.REASONS[reason]}."]
    assert found[0].startswith('Cell 1 (a): stored output is nothing, and running it gives "1"')


def test_a_missing_tool_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerun.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install nbclient"):
        rerun.rerun(["1"], tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"x",
        b"[]",
        b"{}",
        b'{"outputs": 3, "stopped": null}',
        b"[" * 9999,
        b'{"outputs": [[]], "stopped": 4}',
        b'{"outputs": [[{}]], "stopped": null}',
        b'{"outputs": [], "stopped": null}',
        b'{"failed": ["x"]}',
        b"null",
    ],
)
def test_an_answer_that_was_tampered_with_is_one_sentence(answer: bytes) -> None:
    with pytest.raises(OSError, match="could not be run"):
        rerun._read(answer, 1)


def test_more_files_than_can_be_copied_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerun, "LARGEST_COPY", 10)
    (tmp_path / "data.csv").write_text("x" * 11)
    with pytest.raises(ValueError, match="names; use less"):
        rerun.rerun(["open('data.csv')"], tmp_path)


def test_a_solved_lesson_is_verified(tmp_path: Path) -> None:
    notebook = solved(nbformat.read(authoring.lessons()[0], as_version=4), exercises_of(1))
    assert verify.verify(saved(tmp_path, notebook)) == []


def code_cell(number: int, count: int | None, **more: Any) -> stored.StoredCell:
    return stored.StoredCell(number, "code", "1", f"c{number}", count, **more)


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ([1, 2, 3], []),
        ([], []),
        ([2, 3, 4], [1]),
        ([1, 3, 2], [2]),
        ([1, 2, 2], [3]),
        ([1, None, 2], [2, 3]),
        ([None, None], [1, 2]),
        ([0, 2], [1]),
        ([-1, 10**30], [1]),
    ],
)
def test_cells_not_run_once_in_order_are_named(counts: list[int | None], cells: list[int]) -> None:
    found = verify.order_faults([code_cell(place, count) for place, count in enumerate(counts, start=1)])
    assert named(found) == [f"c{number}" for number in cells]


def test_a_cell_without_code_shows_nothing(tmp_path: Path) -> None:
    left = [{"output_type": "stream", "name": "stdout", "text": "all correct"}]
    notebook = new_notebook(cells=[new_code_cell(" ", id="empty", outputs=left)])
    found = verify.verify(saved(tmp_path, notebook))
    assert "no code" in found[0] and found[1].startswith("Cell 1 (empty) shows something")


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: str) -> dict[str, Any]:
    forms = {"plain": "text/plain", "html": "text/html"} | {name: f"image/{name}" for name in ("png", "jpeg", "svg")}
    return {"output_type": "display_data", "data": {forms.get(name, name): text for name, text in data.items()}}


def raised(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text}


def curve(values: np.ndarray, shift: int = 0) -> str:
    points = [(60 + 18 * place, 250 - 200 * value + shift) for place, value in enumerate(values)]

    def draw_all(draw: ImageDraw.ImageDraw) -> None:
        draw.line(points, fill="blue", width=3)
        draw.rectangle((50, 30, 390, 270), outline=0)

    return picture(draw_all)


FALLING = np.exp(-np.arange(18) / 5)
SQUARE = picture(lambda draw: draw.rectangle((100, 100, 200, 200), fill="black"))
TABLE = '<style>#T_{0}_row0 {{}}</style><div id="{1}">9</div><img src="data:image/png;base64,{2}">'
ALIKE = {
    "split streams": (
        [printed("a"), printed("b", "stderr"), printed("c\n")],
        [printed("ac\n"), printed("b", "stderr")],
    ),
    "a last line end": ([printed("a")], [printed("a\n")]),
    "colours": ([printed("\x1b[1;31mred\x1b[0m")], [printed("red")]),
    "overwritten": ([printed("10%\r100%\rdone\n")], [printed("done\n")]),
    "taken back": ([printed("ab\b\bcd\r\n")], [printed("cd\n")]),
    "an address": (
        [shown(plain="<object object at 0x7f0b292e8410>")],
        [shown(plain="<object object at 0x7fffe0000010>")],
    ),
    "a measured number": (
        [printed("accuracy 0.912 ± 0.011 (expected 0.8 to 1.0)")],
        [printed("accuracy 0.897 ± 0.009 (expected 0.8 to 1.0)")],
    ),
    "a cell's file": (
        [printed("/tmp/ipykernel_17/123.py:1: UserWarning: x", "stderr")],
        [printed("C:\\Temp\\ipykernel_4\\99.py:1: UserWarning: x", "stderr")],
    ),
    "a widget": ([{"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": "{}"}}], []),
    "a table": (
        [shown(html=TABLE.format("0a1b2", "11111111-aaaa-4bbb-8ccc-222222222222", SQUARE))],
        [shown(html=TABLE.format("ffff0", "99999999-aaaa-4bbb-8ccc-222222222222", SQUARE))],
    ),
    "a picture drawn again": ([shown(png=curve(FALLING))], [shown(png=curve(FALLING, shift=2))]),
    "a picture in lines": ([shown(png=SQUARE)], [shown(png="\n".join([SQUARE[:76], SQUARE[76:], ""]))]),
    "a result": ([shown(plain="1")], [{"output_type": "execute_result", "data": {"text/plain": "1"}}]),
}
DIFFERENT = {
    "a word": ([printed("a\nyes\n")], [printed("a\nno\n")], '"yes"', '"no"'),
    "a space": ([printed("a b")], [printed("a  b")], '"a b"', '"a  b"'),
    "a line more": ([printed("a\nb\n")], [printed("a\n")], '"b"', "nothing"),
    "a stream": ([printed("a", "stderr")], [printed("a")], "nothing", '"a"'),
    "another stream": ([printed("a", "wish")], [], '"a"', "nothing"),
    "far to the right": (
        [printed("x" * 500 + "1")],
        [printed("x" * 500 + "2")],
        "…" + "x" * 30 + "1",
        "…" + "x" * 30 + "2",
    ),
    "a range": (
        [printed("accuracy 0.9 (expected 0.8 to 1.0)")],
        [printed("accuracy 0.9 (expected 0.2 to 1.0)")],
        "expected 0.8",
        "expected 0.2",
    ),
    "a measured name": (
        [printed("accuracy 0.9 (expected 0 to 1)")],
        [printed("loss 0.9 (expected 0 to 1)")],
        '"accuracy',
        '"loss',
    ),
    "an unmeasured number": ([printed("accuracy 0.9")], [printed("accuracy 0.8")], "0.9", "0.8"),
    "a small hexadecimal": ([shown(plain="0xff")], [shown(plain="0xfe")], "0xff", "0xfe"),
    "a figure's size": ([shown(plain="<Figure 640x480>")], [shown(plain="<Figure 640x900>")], "640x480", "640x900"),
    "one more": ([shown(plain="1"), shown(plain="2")], [shown(plain="1")], '"2"', "nothing"),
    "another order": ([shown(plain="1"), shown(plain="2")], [shown(plain="2"), shown(plain="1")], '"1"', '"2"'),
    "no HTML": ([shown(plain="1")], [shown(plain="1", html="<b>1</b>")], "nothing as text/html", '"<b>1</b>"'),
    "HTML": ([shown(html="<p>1</p>")], [shown(html="<p>2</p>")], '"<p>1</p>"', '"<p>2</p>"'),
    "JSON": ([shown(**{"application/json": "[1]"})], [shown(**{"application/json": "[2]"})], '"[1]"', '"[2]"'),
    "a picture within": (
        [shown(html=TABLE.format(1, 2, SQUARE) + TABLE.format(1, 2, SQUARE))],
        [shown(html=TABLE.format(1, 2, SQUARE) + TABLE.format(1, 2, curve(FALLING)))],
        "a picture within",
        "not",
    ),
    "a picture fewer": ([], [shown(png=SQUARE)], "nothing", "a picture"),
    "another kind": ([shown(jpeg=SQUARE)], [shown(png=SQUARE)], "a picture", "nothing as image/jpeg"),
    "a vector picture": ([shown(svg="<svg>1</svg>")], [shown(svg="<svg>2</svg>")], "1", "2"),
    "an error": ([], [raised("ValueError", "x")], "nothing", '"ValueError: x"'),
    "an error's name": ([raised("TypeError", "x")], [raised("ValueError", "x")], '"TypeError: x"', '"ValueError: x"'),
    "a hostile line": ([printed("\x00\u202e" + "y" * 999)], [printed("z")], "\N{REPLACEMENT CHARACTER}" * 2, '"z"'),
}


@pytest.mark.parametrize(("first", "second"), ALIKE.values(), ids=list(ALIKE))
def test_what_differs_between_honest_runs_is_no_difference(first: list, second: list) -> None:
    assert outputs.difference(first, second) is None
    assert outputs.difference(second, first) is None


@pytest.mark.parametrize(("first", "second", "ours", "theirs"), DIFFERENT.values(), ids=list(DIFFERENT))
def test_everything_else_is_a_difference(first: list, second: list, ours: str, theirs: str) -> None:
    found = outputs.difference(first, second)
    assert ours in found.stored and theirs in found.fresh
    assert len(found.stored + found.fresh) < 250 and (found.stored + found.fresh).isprintable()
    assert outputs.difference(second, first) is not None


@pytest.mark.parametrize(
    "other",
    [
        curve(1 - FALLING),
        curve(np.exp(-np.arange(18) / 1.5)),
        SQUARE,
        picture(lambda draw: None),
        picture(lambda draw: None, size=(4000, 3)),
        "",
        "no base64!",
        base64.b64encode(b"no picture").decode(),
        base64.b64encode(base64.b64decode(SQUARE)[:100]).decode(),
        picture(lambda draw: None, size=(9000, 9000)),
    ],
)
def test_another_picture_or_a_broken_one_is_not_alike(other: str) -> None:
    assert not likeness.alike(curve(FALLING), other)
    assert not likeness.alike(other, curve(FALLING))


def test_a_picture_of_another_shape_is_not_alike() -> None:
    boxes = [
        picture(lambda draw: draw.rectangle((0, 0, 199, 999), fill="black"), size=(400, height))
        for height in (300, 370)
    ]
    assert not likeness.alike(*boxes)
    assert likeness.alike(
        boxes[0], picture(lambda draw: draw.rectangle((0, 0, 99, 999), fill="black"), size=(200, 160))
    )


def test_the_pictures_of_a_lesson_are_told_apart_but_for_those_that_show_the_same() -> None:
    same = {("photographs", "run-rule"), ("show-noise", "filter-salt")}
    for path in authoring.lessons()[:6]:
        shown = [(cell.id, data) for cell in stored.read(path).cells for data in outputs._shown(cell.outputs)]
        pictures = [(name, text) for name, data in shown for form, text in data.items() if form in outputs.PICTURES]
        decoded = {text: likeness.reduced(text) for _, text in pictures}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(likeness, "reduced", decoded.get)
            pairs = itertools.combinations(pictures, 2)
            found = {(one[0], two[0]) for one, two in pairs if likeness.alike(one[1], two[1])}
            assert found == (same if path.name.startswith("01") else set())
            assert all(likeness.alike(text, text) for text in decoded)


def test_the_digits_that_are_not_compared_are_those_of_the_strict_check() -> None:
    settings = configparser.RawConfigParser()
    settings.read(authoring.ROOT / "tests" / "sanitize.cfg", encoding="utf-8")
    found = [(settings[name]["regex"], settings[name]["replace"]) for name in settings.sections()]
    assert found == [sanitising.MEASURED]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2_000_000,
        "x" * 1_000_000 + "\b" * 1_000_000,
        "ab\r" * 700_000,
        " 1" * 1_000_000,
        "a " + " " * 2_000_000,
        "/ipykernel_1" * 150_000,
        "\x1b[" * 1_000_000,
        "\x1b]" * 1_000_000,
    ],
)
def test_no_text_takes_long_to_compare(text: str) -> None:
    start = time.process_time()
    sanitising.sanitised_markup(text)
    assert time.process_time() - start < 4


GOOD = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": 1}
WRONG_PARTS = [
    ("cells", 3),
    ("cells", {}),
    ("cells", [3]),
    ("cells", [{}]),
    ("metadata", []),
    ("nbformat", 3),
    ("nbformat", "4"),
    ("nbformat", None),
    ("cell_type", "heading"),
    ("cell_type", []),
    ("source", 3),
    ("source", [3]),
    ("source", None),
    ("id", 3),
    ("execution_count", "1"),
    ("execution_count", 1.5),
    ("execution_count", True),
    ("outputs", {}),
    ("outputs", [3]),
    ("outputs", [{}]),
    ("outputs", [{"output_type": []}]),
    ("outputs", [{"output_type": "stream"}]),
    ("outputs", [{"output_type": "stream", "name": {}, "text": "x"}]),
    ("attachments", 3),
    ("outputs", [{"output_type": "display_data", "data": []}]),
    ("outputs", [{"output_type": "error", "ename": "x"}]),
]


@pytest.mark.parametrize(("key", "value"), WRONG_PARTS)
def test_a_part_of_a_wrong_type_is_one_sentence(tmp_path: Path, key: str, value: Any) -> None:
    notebook = {"cells": [dict(GOOD)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (notebook if key in notebook else notebook["cells"][0])[key] = value
    (path := tmp_path / "bad.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(ValueError, match=r"bad\.ipynb is not a notebook") as error:
        verify.verify(path)
    assert "\n" not in str(error.value)


def deep(depth: int) -> str:
    output = {"output_type": "display_data", "data": {"application/json": 0}}
    text = json.dumps({"cells": [{**GOOD, "outputs": [output]}], "metadata": {}, "nbformat": 4})
    return text.replace('"application/json": 0', f'"application/json": {"[" * depth}{"]" * depth}')


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"\x89PNG",
        b"{}",
        b"[]",
        b"1e999",
        b"[" * 200_000,
        deep(100_000).encode(),
        b"9" * 9999,
        b"null",
        b"[" + b"{}," * 4_000_001 + b"{}]",
    ],
    ids=lambda content: repr(content[:9]),
)
def test_a_file_that_is_no_notebook_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "bad.ipynb").write_bytes(content)
    with pytest.raises(ValueError, match=r"bad\.ipynb is not a notebook"):
        verify.verify(path)


@pytest.mark.parametrize("depth", [900, 950, 980, 990])
def test_deep_data_is_read_or_refused(tmp_path: Path, depth: int) -> None:
    (path := tmp_path / "bad.ipynb").write_text(deep(depth))
    try:
        stored.read(path)
    except ValueError as error:
        assert "bad.ipynb is not a notebook" in str(error)


def test_a_place_that_holds_no_file_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(stored, "LARGEST_FILE", 10)
    (tmp_path / "large").write_text("x" * 11)
    cases = (("pipe", "not a file"), (".", "not a file"), ("large", "more than 10 bytes"), ("a\0b", "no path"))
    for name, words in cases:
        with pytest.raises((ValueError, OSError), match=words):
            verify.verify(tmp_path / name)
    with pytest.raises(OSError, match="No such file"):
        verify.verify(tmp_path / "missing.ipynb")


def test_a_notebook_of_another_language_is_one_sentence(tmp_path: Path) -> None:
    notebook = {"cells": [GOOD], "metadata": {"kernelspec": {"language": "R"}}, "nbformat": 4, "nbformat_minor": 5}
    with pytest.raises(ValueError, match="a notebook of R"):
        verify.verify(saved(tmp_path, notebook))
