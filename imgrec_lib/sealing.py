"""What a stored lesson must be before anything in it runs: whole, run once in order, and as `authoring store` left it.

Comparing outputs cannot see a cell that was taken out, one that was never run, or a picture that was exchanged. So
`store` writes a seal into the notebook, a digest of every cell with its outputs, and this module, a plugin of pytest,
makes each notebook under `--nbval` begin with a check of it.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest
    from nbformat import NotebookNode

NOT_COMPARED = re.compile(r"nbval[-_](skip|ignore[-_]output)|PYTEST_VALIDATE_IGNORE_OUTPUT", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.])(/(tmp|root|work|home/\w+|Users/\w+|private)/[\w.-]+|[A-Z]:\\\\\w+)")


def seal(notebook: "NotebookNode") -> str:
    """The digest of all cells, their tags and outputs, pictures included."""
    kept = [
        [cell.get("id"), cell.cell_type, cell.source, cell.metadata.get("tags"), cell.get("outputs")]
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def is_sealed(notebook: "NotebookNode") -> bool:
    """Whether the notebook is, to the letter, what was stored."""
    return notebook.metadata.get("imgrec", {}).get("seal") == seal(notebook)


def _cell_faults(cell: "NotebookNode") -> Iterator[str]:
    tags = cell.metadata.get("tags", [])
    outputs = json.dumps(cell.outputs)
    if NOT_COMPARED.search(cell.source) or any(NOT_COMPARED.search(tag) for tag in tags):
        yield "is exempt from comparison"
    if any(output.output_type == "error" for output in cell.outputs) and "raises-exception" not in tags:
        yield "holds a traceback"
    if found := MACHINE_PATH.search(outputs):
        yield f"shows a machine's path, {found[0]}"


def faults(notebook: "NotebookNode") -> list[str]:
    """What keeps a notebook from being a stored lesson, a sentence each; empty where all is well."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    found = [f"Cell {cell.get('id')} {fault}." for cell in cells for fault in _cell_faults(cell)]
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        found.append("Its cells were not all run once, in order.")
    if "widgets" in notebook.metadata:
        found.append("It holds saved widget state, which hides the still pictures.")
    if not is_sealed(notebook):
        found.append("It is not as it was stored: store it again with `python -m imgrec_lib.authoring store`.")
    return found


def pytest_configure(config: "pytest.Config") -> None:
    """Under `--nbval` lessons begin with an empty record of what is done, and leave the learner's own alone."""
    if not config.getoption("nbval", default=False):
        return
    folder = tempfile.TemporaryDirectory(prefix="imgrec-progress-", ignore_cleanup_errors=True)
    before = os.environ.get("IMGREC_PROGRESS")
    os.environ["IMGREC_PROGRESS"] = str(Path(folder.name) / "progress.sqlite")

    def restore() -> None:
        folder.cleanup()
        os.environ.pop("IMGREC_PROGRESS") if before is None else os.environ.update(IMGREC_PROGRESS=before)

    config.add_cleanup(restore)


def pytest_collect_file(file_path: Path, parent: "pytest.Collector") -> "pytest.Collector | None":
    """A check of the seal for each notebook that `--nbval` compares."""
    import pytest

    if not parent.config.getoption("nbval", default=False) or file_path.suffix != ".ipynb":
        return None

    class SealItem(pytest.Item):
        def runtest(self) -> None:
            import nbformat

            if found := faults(nbformat.read(self.path, as_version=4)):
                raise AssertionError(f"{self.path.name}: " + " ".join(found))

        def repr_failure(self, excinfo: "pytest.ExceptionInfo") -> str:
            return str(excinfo.value)

    class SealFile(pytest.File):
        def collect(self) -> Iterator[pytest.Item]:
            yield SealItem.from_parent(self, name="stored whole")

    return SealFile.from_parent(parent, path=file_path)
