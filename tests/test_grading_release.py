"""The learner's copy of an instructor's notebook: it holds the stubs, and nothing of the solutions, anywhere."""

import ast
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from imgrec_lib.grading import publishing
from imgrec_lib.grading.release import TEXT_STUB, release

DOTS = "...  # replace the dots"
MARKED = '''\
def brighten(image, amount=10):
    """The image, brighter."""
    ### BEGIN SOLUTION
    widened = image.astype(int) + amount
    return np.clip(widened, 0, 255).astype("uint8")
    ### END SOLUTION
'''
AT_THE_TOP = """\
# begin solution
kernel, (first, *others) = secret_kernel(), secret_list()
size: int = kernel.secret_sum()
if size > secret:
    threshold = secret_threshold(size)
else:
    threshold = secret_threshold(0)
for place in secret_places():
    total += place
#    End  Solution
print(kernel, size)"""
TAGGED = '''\
import numpy as np
import secret_library
from typing import Any

LIMIT = 17 * secret_factor
@secret_library.cached
def darken(image: np.ndarray, *, amount: Any = 3) -> np.ndarray:
    """The image, darker."""
    secret_way = image - amount
    return secret_way
class Recogniser(object):
    """Says what is to be seen."""
    classes = secret_classes()
    def __init__(self, path):
        self.path = secret_path(path)
    @property
    def size(self):
        return secret_size(self)
print(darken(secret_picture))'''
HIDDEN = "assert brighten(one) is not None\n### BEGIN HIDDEN TESTS\nassert secret(brighten)\n### END HIDDEN TESTS\n"


def code(source: str, **metadata: Any) -> nbformat.NotebookNode:
    outputs = [new_output("stream", text=f"shown by {source}")]
    return new_code_cell(source, outputs=outputs, execution_count=7, metadata=metadata)


def written(folder: Path, *cells: nbformat.NotebookNode, **metadata: Any) -> Path:
    path = folder / "source.ipynb"
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def released(folder: Path, *cells: nbformat.NotebookNode, **metadata: Any) -> nbformat.NotebookNode:
    out = folder / "homework.ipynb"
    release(written(folder, *cells, **metadata), out)
    notebook = nbformat.read(out, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook


def stub(folder: Path, source: str, **metadata: Any) -> str:
    (cell,) = released(folder, code(source, **metadata)).cells
    ast.parse(cell.source)
    return cell.source


def test_a_region_in_a_function_becomes_one_return(tmp_path: Path) -> None:
    expected = f'def brighten(image, amount=10):\n    """The image, brighter."""\n    return {DOTS}'
    assert stub(tmp_path, MARKED) == expected


def test_a_region_at_the_top_becomes_its_names(tmp_path: Path) -> None:
    names = ("kernel", "first", "others", "size", "threshold", "total")
    assert stub(tmp_path, AT_THE_TOP).split("\n") == [*(f"{name} = {DOTS}" for name in names), "print(kernel, size)"]


def test_a_region_that_names_nothing_becomes_dots(tmp_path: Path) -> None:
    assert stub(tmp_path, "x = 1\n# BEGIN SOLUTION\nsecret(x)\n# END SOLUTION") == f"x = 1\n{DOTS}"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("class Box:\n    ", f"    side = {DOTS}"),
        ("class Box:\n    def __init__(self):\n        ", f"        {DOTS}"),
        ("def outer():\n    class Box:\n        ", f"        side = {DOTS}"),
        ("def outer():\n    def inner():\n        ", f"        return {DOTS}"),
        ("if ready:\n\t", f"\tside = {DOTS}"),
        ("async def f():\n  ", f"  return {DOTS}"),
        ("@decorated\ndef f():\n  for i in range(3):\n    ", f"    return {DOTS}"),
        ("match x:\n  case 1:\n    ", f"    side = {DOTS}"),
    ],
)
def test_a_stub_stands_where_its_region_stood(tmp_path: Path, before: str, line: str) -> None:
    source = f"{before}# BEGIN SOLUTION\nSIDE = 4\n# END SOLUTION".replace("SIDE", before.split("\n")[-1] + "side")
    assert stub(tmp_path, source) == before.rstrip(" \t") + line


@pytest.mark.parametrize("metadata", [{"tags": ["solution"]}, {"nbgrader": {"solution": True, "points": 3}}])
def test_a_whole_cell_keeps_signatures_docstrings_and_names(tmp_path: Path, metadata: dict[str, Any]) -> None:
    made = stub(tmp_path, TAGGED, **metadata)
    assert made == (
        f"import numpy as np\nfrom typing import Any\nLIMIT = {DOTS}\n\n"
        f'def darken(image: np.ndarray, *, amount: Any=3) -> np.ndarray:\n    """The image, darker."""\n'
        f'    return {DOTS}\n\nclass Recogniser(object):\n    """Says what is to be seen."""\n'
        f"    classes = {DOTS}\n\n    def __init__(self, path):\n        {DOTS}\n\n"
        f"    @property\n    def size(self):\n        return {DOTS}"
    )


def test_the_marks_decide_in_a_cell_of_nbgrader_that_has_them(tmp_path: Path) -> None:
    assert stub(tmp_path, MARKED + "\nlimit = 3", nbgrader={"solution": True}).endswith("\n\nlimit = 3")


def test_a_written_answer_becomes_a_line_to_write_on(tmp_path: Path) -> None:
    notebook = released(tmp_path, new_markdown_cell("The secret.", metadata={"tags": ["solution"]}))
    assert [cell.source for cell in notebook.cells] == [TEXT_STUB]


def test_hidden_tests_and_cells_for_the_instructor_are_left_out(tmp_path: Path) -> None:
    whole = "### BEGIN HIDDEN TESTS\nassert secret\n### END HIDDEN TESTS"
    for_me = [code("# BEGIN SOLUTION", tags=["instructor"]), new_markdown_cell("x", metadata={"tags": ["instructor"]})]
    notebook = released(tmp_path, code(HIDDEN), code(whole), *for_me, new_markdown_cell("end"))
    assert [cell.source for cell in notebook.cells] == ["assert brighten(one) is not None", "end"]


def test_nothing_of_a_solution_remains_anywhere(tmp_path: Path) -> None:
    secret = {"image/png": "secret picture"}
    text = new_markdown_cell("See ![](attachment:task.png)", metadata={"solution": "secret"})
    text.attachments = {"task.png": {"image/png": "dGFzaw=="}, "answer.png": secret}
    cells = [code(source, nbgrader={"answer": "secret"}, secret=1) for source in (MARKED, AT_THE_TOP, HIDDEN)]
    cells += [code(TAGGED, tags=["solution", "week-1"]), text]
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"secret": {}}}}
    kernel = {"name": "python3", "display_name": "Python 3", "x": "secret"}
    notebook = released(tmp_path, *cells, widgets=widgets, notes="secret", kernelspec=kernel)
    held = (tmp_path / "homework.ipynb").read_text(encoding="utf-8")
    kept = ("def ", "class ", "@property", "import numpy as np", "from typing", "print(kernel", "assert brighten")
    taken = [line.strip() for line in (MARKED + AT_THE_TOP + TAGGED + HIDDEN).split("\n")]
    taken = [line for line in taken if len(line) > 4 and not line.startswith(kept) and '"""' not in line]
    assert len(taken) > 20
    assert [line for line in [*taken, "secret", "shown by"] if json.dumps(line)[1:-1] in held] == []
    assert notebook.cells[3].metadata.tags == ["week-1"]
    assert list(notebook.cells[4].attachments) == ["task.png"]
    assert notebook.metadata == {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    assert [cell.get("execution_count") for cell in notebook.cells] == [None] * 5


def test_cells_say_whether_they_are_as_released(tmp_path: Path) -> None:
    notebook = released(tmp_path, code(MARKED), code("print(1)\n"), code(HIDDEN), new_markdown_cell("text"))
    assert [publishing.is_stub(cell) for cell in notebook.cells] == [True, False, False, False]
    assert [publishing.is_published(cell) for cell in notebook.cells] == [False, True, True, True]
    notebook.cells[1].source = "print(1)\r\n\r\n"
    assert publishing.is_published(notebook.cells[1])
    for cell in notebook.cells[:2]:
        cell.source += "x"
        assert not publishing.is_published(cell) and not publishing.is_stub(cell)


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"published": []}, {"published": {}}, {"published": None}])
def test_metadata_of_any_form_is_taken(value: Any) -> None:
    for cell in (value, {"metadata": value}, {"metadata": {"imgrec": value}, "source": value}, {"source": [value]}):
        assert publishing.is_published(cell) is publishing.is_stub(cell) is False


def test_ids_are_kept_or_given_and_stay_the_same(tmp_path: Path) -> None:
    cells = [code(MARKED), code("1"), code("2"), code("3"), code("4")]
    for cell, name in zip(cells, ("first", "cell-3", "cell-3", "not valid!", None)):
        cell.id = name
    del cells[-1]["id"]
    first = [cell.id for cell in released(tmp_path, *cells).cells]
    assert first[:2] == ["first", "cell-3"] and len(set(first)) == 5
    assert [cell.id for cell in released(tmp_path, *cells).cells] == first


@pytest.mark.parametrize("minor", range(6))
def test_every_notebook_of_format_four_is_taken(tmp_path: Path, minor: int) -> None:
    cell = {"cell_type": "code", "source": MARKED.splitlines(keepends=True), "metadata": {}, "outputs": []}
    path = tmp_path / "source.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": minor}))
    release(path, tmp_path / "out.ipynb")
    nbformat.validate(nbformat.read(tmp_path / "out.ipynb", as_version=4))


def test_the_course_s_own_kind_of_cell_is_left_as_it_is(tmp_path: Path) -> None:
    sources = ["%matplotlib inline\n!ls\nfiles = !ls\nprint?", "%%time\nx = 1", "def broken(:", "", "x = '\u2028'"]
    notebook = released(tmp_path, *map(code, sources), code("%%time\n!ls\n" + MARKED))
    assert [cell.source for cell in notebook.cells[:5]] == sources
    last = notebook.cells[5].source
    assert last.startswith("%%time\n!ls\ndef brighten") and "widened" not in last


BROKEN = {
    "no END": ("# BEGIN SOLUTION\nx = 1", "without its END"),
    "no BEGIN": ("x = 1\n# END SOLUTION", "without its BEGIN"),
    "nested": ("# BEGIN SOLUTION\n# BEGIN HIDDEN TESTS\nx\n# END HIDDEN TESTS\n# END SOLUTION", "within the region"),
    "crossed": ("# BEGIN SOLUTION\nx = 1\n# END HIDDEN TESTS", "without its BEGIN"),
    "empty": ("# BEGIN SOLUTION\n# a comment\n# END SOLUTION", "no statement"),
    "in a line": ("x = 1  # BEGIN SOLUTION\ny = 2\n# END SOLUTION", "line of its own"),
    "Otter's line": ("x = 42  # SOLUTION", "line of its own"),
    "an expression": ("print(1,\n# BEGIN SOLUTION\n2,\n# END SOLUTION\n)", "cut a statement"),
    "a text": ('x = """\n# BEGIN SOLUTION\n1\n# END SOLUTION\n"""', "cut a statement"),
    "a head": ("def f(\n# BEGIN SOLUTION\na,\n# END SOLUTION\n): pass", "no statement"),
    "two blocks": ("for i in x:\n    y = 1\n    # BEGIN SOLUTION\n    z = 2\nw = 3\n# END SOLUTION", "cut a statement"),
    "an else": ("if x:\n    y = 1\n# BEGIN SOLUTION\nelse:\n    y = 2\n# END SOLUTION", "cut a statement"),
    "half": ("# BEGIN SOLUTION\nif x:\n    y = 1\n# END SOLUTION\n    z = 2", "cut a statement"),
    "nothing left": ("def f():\n    # BEGIN HIDDEN TESTS\n    x\n    # END HIDDEN TESTS", "no valid Python without"),
    "no Python": ("# BEGIN SOLUTION\nx = = 1\n# END SOLUTION", "not valid Python"),
    "a return": ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION\nreturn x", "no valid Python without"),
}


@pytest.mark.parametrize(("source", "words"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_mark_stops_it_and_names_the_cell(tmp_path: Path, source: str, words: str) -> None:
    cell = code(source)
    assert_refused(tmp_path, cell, words)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (new_markdown_cell("### BEGIN SOLUTION\nx\n### END SOLUTION"), "markdown cell"),
        (new_raw_cell("# BEGIN SOLUTION"), "raw cell"),
        (code("def f(:", tags=["solution"]), "not valid Python"),
    ],
)
def test_a_mark_in_the_wrong_cell_stops_it(tmp_path: Path, cell: nbformat.NotebookNode, words: str) -> None:
    assert_refused(tmp_path, cell, words)


def assert_refused(folder: Path, cell: nbformat.NotebookNode, words: str) -> None:
    cell.id = "the-cell"
    path, out = written(folder, new_markdown_cell("a"), code(MARKED), cell), folder / "homework.ipynb"
    out.write_text("as it was")
    with pytest.raises(ValueError) as error:
        release(path, out)
    sentence = str(error.value)
    assert words in sentence and "Cell 3 (the-cell, `" in sentence and "\n" not in sentence
    assert cell.source.split("\n")[0] in sentence
    assert out.read_text() == "as it was"
    assert sorted(file.name for file in folder.iterdir() if file.is_file()) == ["homework.ipynb", "source.ipynb"]


def test_a_notebook_without_marks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no marked solution"):
        release(written(tmp_path, code("x = 1"), new_markdown_cell("text")), tmp_path / "out.ipynb")


@pytest.mark.parametrize("how", ["same", "dotted", "symlink", "hard link"])
def test_the_source_is_never_overwritten(tmp_path: Path, how: str) -> None:
    path = written(tmp_path, code(MARKED))
    before, out = path.read_bytes(), tmp_path / "out.ipynb"
    if how == "symlink":
        out.symlink_to(path)
    elif how == "hard link":
        out.hardlink_to(path)
    else:
        out = path if how == "same" else tmp_path / "." / ".." / tmp_path.name / "source.ipynb"
    with pytest.raises(ValueError, match="is the source itself"):
        release(path, out)
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["", "missing/out.ipynb"])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, place: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        release(written(tmp_path, code(MARKED)), tmp_path / place)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = written(tmp_path, code(MARKED)), tmp_path / "out.ipynb"
    out.write_text("as it was")

    def full(number: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("imgrec_lib.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        release(path, out)
    assert out.read_text() == "as it was"
    assert sorted(file.name for file in tmp_path.iterdir() if file.name != "deep") == ["out.ipynb", "source.ipynb"]


NO_NOTEBOOKS = ["", "x", "{}", "[]", "null", '{"nbformat": 3}', "[" * 9999, '{"cells": 1, "nbformat": 4}']


@pytest.mark.parametrize("text", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "source.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match="source.ipynb") as error:
        release(path, tmp_path / "out.ipynb")
    assert "\n" not in str(error.value) and not (tmp_path / "out.ipynb").exists()


def test_a_missing_source_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"source\.ipynb cannot be read"):
        release(tmp_path / "source.ipynb", tmp_path / "out.ipynb")
