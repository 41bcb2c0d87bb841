"""Stored lessons, and the one place in which the repository's address stands."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from imgrec_lib import authoring, sealing

LESSONS = authoring.lessons()
ERROR = new_output("error", ename="E", evalue="", traceback=[])
PRINTED_PATH = new_output("stream", text="in /home/ann/course/x.py")


def small_lesson(folder: Path, *sources: str) -> Path:
    cells = [new_markdown_cell("# Lesson 9: trial", id="title"), new_code_cell("pass", id="colab")]
    notebook = new_notebook(cells=[*cells, *map(new_code_cell, sources)])
    path = folder / "09_trial.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_stored_whole_in_one_clean_run(path: Path) -> None:
    assert sealing.faults(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_badge_and_first_cell_of_a_lesson_hold_the_address(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert authoring.colab_address(path.name) in notebook.cells[0].source
    assert notebook.cells[1].source == authoring.COLAB_CELL.format(repository=authoring.repository())


def test_the_badges_of_the_readme_hold_the_address() -> None:
    text = (authoring.ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"\]\((https://colab\.research\.google\.com/github/[^)]*)\)", text)
    assert found == [authoring.colab_address(path.name) for path in LESSONS]


def test_another_address_is_written_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, readme = small_lesson(tmp_path, "print(1)"), tmp_path / "README.md"
    readme.write_text(f"a\n{authoring.BADGE.format(address=authoring.colab_address('09_trial.ipynb'))}\nb\n")
    authoring.store(path)
    monkeypatch.setattr(authoring, "repository", lambda: "https://github.com/else/where")
    authoring.main(["address", str(path), str(readme)])
    notebook = nbformat.read(path, as_version=4)
    assert "github/else/where/blob/main/notebooks/09_trial.ipynb" in notebook.cells[0].source
    assert '"https://github.com/else/where"' in notebook.cells[1].source
    assert sealing.faults(notebook) == []
    assert "github/else/where/blob/main/notebooks/09_trial.ipynb" in readme.read_text()
    assert "imgrec/imgrec" not in readme.read_text() + notebook.cells[0].source + notebook.cells[1].source


def test_storing_twice_gives_the_same_file(tmp_path: Path) -> None:
    path = small_lesson(tmp_path, "print(1)", "from IPython.display import display\ndisplay(2)\n3")
    authoring.store(path)
    first = path.read_bytes()
    authoring.store(path)
    assert path.read_bytes() == first


def test_a_lesson_that_raises_is_left_as_it_was(tmp_path: Path) -> None:
    path = small_lesson(tmp_path, "raise RuntimeError('broken')")
    before = path.read_bytes()
    with pytest.raises(Exception, match="broken"):
        authoring.store(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (new_code_cell("1 # x\n# NBVAL_IGNORE_OUTPUT", execution_count=1), "exempt"),
        (new_code_cell("1", execution_count=1, metadata={"tags": ["nbval-skip"]}), "exempt"),
        (new_code_cell("1", execution_count=1, outputs=[ERROR]), "traceback"),
        (new_code_cell("1", execution_count=1, outputs=[PRINTED_PATH]), "path"),
        (new_code_cell("1", execution_count=2), "once, in order"),
        (new_code_cell("1", execution_count=1), "not as it was stored"),
    ],
)
def test_a_fault_in_a_stored_lesson_is_seen(cell: nbformat.NotebookNode, fault: str) -> None:
    assert fault in " ".join(sealing.faults(new_notebook(cells=[cell])))


def run_first_cell(folder: Path, repository: Path, prelude: str) -> subprocess.CompletedProcess[str]:
    """Run the Colab cell with /content moved to `folder`, then say where imgrec_lib comes from."""
    cell = authoring.COLAB_CELL.format(repository=repository.as_posix()).replace("/content", folder.as_posix())
    after = "\nimport imgrec_lib.datasets\nprint(imgrec_lib.__file__, imgrec_lib.datasets.photograph('cat').shape)"
    count = f"\nprint(sys.path.count('{folder.as_posix()}/imgrec'))"
    program = f"{prelude}\n{cell}\n{cell}{after if prelude else ''}{count}"
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)


def test_the_first_cell_fetches_the_course_on_colab(tmp_path: Path) -> None:
    on_colab = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')"
    done = run_first_cell(tmp_path, authoring.ROOT, on_colab)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "imgrec" / "imgrec_lib" / "__init__.py").as_posix() in done.stdout.replace("\\", "/")
    assert done.stdout.strip().endswith("1")


def test_the_first_cell_does_nothing_elsewhere(tmp_path: Path) -> None:
    done = run_first_cell(tmp_path, authoring.ROOT, "")
    assert (done.returncode, done.stdout.strip(), list(tmp_path.iterdir())) == (0, "0", [])
