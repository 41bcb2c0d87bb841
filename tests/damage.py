"""Ways to damage a stored lesson, and the strict check run on what is left of it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from imgrec_lib.authoring import sealed
from imgrec_lib.sealing import seal

ROOT = Path(__file__).resolve().parent.parent
Damage = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Verdict:
    """What the strict check said: whether it was green, and everything that it printed."""

    green: bool
    text: str


def lesson(number: int) -> Path:
    """The path of lesson `number`."""
    return next((ROOT / "notebooks").glob(f"{number:02d}_*.ipynb"))


def strict_check(notebook: Path, library: Path = ROOT) -> Verdict:
    """Run strict nbval on one notebook until its first red cell, with `imgrec_lib` taken from the folder `library`."""
    environment = {**os.environ, "PYTHONPATH": str(library)}
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
    done = subprocess.run(
        [*command, f"--nbval-sanitize-with={ROOT / 'tests/sanitize.cfg'}", "--nbval", "-x", "-q", str(notebook)],
        cwd=library,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return Verdict(done.returncode == 0, re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr))


def damaged(original: Path, damage: Damage, folder: Path, sealed_again: bool) -> Path:
    """A copy of a lesson after `damage`; `sealed_again` leaves it to nbval alone to notice."""
    notebook = nbformat.read(original, as_version=4)
    before = seal(notebook)
    damage(notebook)
    if seal(notebook) == before and not sealed_again:
        raise ValueError(f"{damage.__name__} changed nothing that the seal of {original.name} covers")
    copy = folder / original.name
    copy.write_text(sealed(notebook) if sealed_again else nbformat.writes(notebook), encoding="utf-8")
    return copy


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printing(notebook: NotebookNode, pattern: str = r"\S") -> NotebookNode:
    """The first cell that prints text matching `pattern`."""
    for cell in code_cells(notebook):
        if any(output.output_type == "stream" and re.search(pattern, output.text) for output in cell.outputs):
            return cell
    raise LookupError(f"no cell prints {pattern}")


def stream(cell: NotebookNode) -> NotebookNode:
    """The cell's first printed output."""
    return next(output for output in cell.outputs if output.output_type == "stream")


def a_range_is_wrong(notebook: NotebookNode) -> None:
    """The range in code and in output is one that the measured number is not in."""
    cell = printing(notebook, r"\(expected ")
    cell.source = re.sub(r"measured\((.+?), (-?[\d.]+), (-?[\d.]+)", r"measured(\1, 1e6, 2e6", cell.source)
    stream(cell).text = re.sub(r"expected \S+ to \S+?\)", "expected 1000000.000 to 2000000.000)", stream(cell).text)


def a_stored_range_is_edited(notebook: NotebookNode) -> None:
    """The output claims a narrower range than the code checks."""
    output = stream(printing(notebook, r"\(expected "))
    output.text = re.sub(r"expected (\S+) to", "expected 0.123 to", output.text, count=1)


def a_print_is_changed(notebook: NotebookNode) -> None:
    """A cell prints one word more than is stored."""
    printing(notebook).source += "\nprint('one line more')"


def a_stored_output_is_edited(notebook: NotebookNode) -> None:
    """The stored text is not what the cell prints."""
    stream(printing(notebook)).text += "edited by hand\n"


def an_exception_is_raised(notebook: NotebookNode) -> None:
    """A cell raises."""
    printing(notebook).source += "\nraise RuntimeError('broken')"


def the_imports_are_removed(notebook: NotebookNode) -> None:
    """The cell that imports what later cells use is gone."""
    notebook.cells.remove(next(cell for cell in code_cells(notebook) if "from imgrec_lib" in cell.source))


def outputs_are_cleared(notebook: NotebookNode) -> None:
    """A cell that prints has no output, though it counts as run."""
    printing(notebook).outputs = []


def a_cell_is_removed(notebook: NotebookNode) -> None:
    """A cell on which nothing depends is gone."""
    notebook.cells.remove(next(cell for cell in reversed(notebook.cells) if cell.cell_type == "markdown"))


def a_picture_is_exchanged(notebook: NotebookNode) -> None:
    """A picture is not the one that was stored."""
    pictures = [output.data for cell in code_cells(notebook) for output in cell.outputs if "data" in output]
    pictures = [data for data in pictures if "image/png" in data]
    pictures[0]["image/png"] = pictures[-1]["image/png"]


def a_cell_was_never_run(notebook: NotebookNode) -> None:
    """A cell has neither outputs nor a count, which nbval passes over."""
    cell = printing(notebook)
    cell.outputs, cell.execution_count = [], None


def a_cell_is_exempted(notebook: NotebookNode) -> None:
    """A tag tells nbval to look away."""
    printing(notebook).metadata["tags"] = ["nbval-ignore-output"]


def the_network_learns_nothing(notebook: NotebookNode) -> None:
    """Every optimiser stands still."""
    for cell in code_cells(notebook):
        cell.source = re.sub(r"learning_rate=[\w.e-]+", "learning_rate=0.0", cell.source)
        cell.source = re.sub(r'optimizer="adam"', "optimizer=keras.optimizers.SGD(0.0)", cell.source)
