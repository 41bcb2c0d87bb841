"""An executed notebook is verified as it is, and every kind of damage to it is found in the cell that has it."""

import base64
import configparser
import copy
import io
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

from imgrec_lib import authoring
from imgrec_lib.exercises import lesson_01
from imgrec_lib.grading import likeness, outputs, rerun, sanitising, sandbox, stored, verify

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
    (folder / "link").symlink_to("/etc")
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


def picture(draw: Callable[[Any], Any], size: tuple[int, int] = (400, 300), kind: str = "png") -> str:
    image = Image.new("RGB", size, "white")
    draw(ImageDraw.Draw(image))
    image.save(file := io.BytesIO(), format=kind)
    return base64.b64encode(file.getvalue()).decode()


def run(*sources: str, **limits: Any) -> rerun.Rerun:
    return rerun.rerun(sources, Path("/nonexistent-is-never-listed").parent / "proc" / "self" / "fdinfo", **limits)
