"""Checks in a real kernel: what a learner sees after each kind of answer, with their own line in it."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

START = """\
import numpy as np
from imgrec_lib.exercises import lesson_01 as exercises
"""
ANSWERS = {
    "raises": "def to_gray(image):\n    planes = image / 255\n    return planes[:, :, 3]",
    "raises deeper": "def grey_of(pixel):\n    return pixle.sum()\ndef to_gray(image):\n    return grey_of(image[0])",
    "prints": 'def to_gray(image):\n    print("my grey:", image.mean(axis=2))',
    "never returns": "def to_gray(image):\n    while True:\n        image = image + 1",
    "untouched": "def to_gray(image):\n    return ...  # replace the dots",
    "ends": "def to_gray(image):\n    raise SystemExit",
}
CHECK = "exercises.to_gray.check(to_gray)"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The outputs of the check after each answer, all from one kernel."""
    folder = tmp_path_factory.mktemp("kernel")
    cells = [new_code_cell(START)]
    for answer in ANSWERS.values():
        cells += [new_code_cell(answer), new_code_cell(CHECK)]
    cells.append(new_code_cell('print("still here")'))
    client = NotebookClient(new_notebook(cells=cells), timeout=120, kernel_name="python3")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMGREC_PROGRESS", str(folder / "progress.sqlite"))
        done = client.execute()
    seen = dict(zip(ANSWERS, [cell.outputs for cell in done.cells[2:-1:2]]))
    seen["end"] = done.cells[-1].outputs
    nbformat.validate(done)
    return seen


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "Line 3 of your cell, `return planes[:, :, 3]`, stopped with IndexError"),
        ("raises deeper", "Line 2 of your cell, `return pixle.sum()`, stopped with NameError"),
        ("prints", "`return` where `print` stands"),
        ("never returns", "look for a loop that never ends"),
        ("untouched", "Put your answer in place of the dots"),
        ("ends", "a function ends with return"),
    ],
)
def test_a_learner_sees_one_output_with_the_sentence(outputs, name, words):
    (output,) = outputs[name]
    assert output.output_type == "execute_result"
    assert words in output.data["text/plain"]
    assert output.data["text/html"].startswith("<div")


def test_the_kernel_lives_on(outputs):
    assert outputs["end"][0].text == "still here\n"
