"""Whether an executed notebook is what running it gives: all cells run, once, in order, and showing what they show.

The notebook is run afresh, and what it shows is compared cell by cell with what is stored. So an output that was
edited, one of a cell that was changed after it ran, and one that depends on cells run twice or out of order are found.
Nothing can be found that running does not show: code that prints a wish prints the same wish again.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from imgrec_lib.grading import stored
from imgrec_lib.grading.outputs import difference
from imgrec_lib.grading.rerun import CELL_SECONDS, Rerun, rerun
from imgrec_lib.grading.stored import StoredCell, StoredNotebook

ADVICE = "run the notebook from top to bottom and save it"
REASONS = {
    "time": "does not end in time: make the notebook faster, or find the loop that never ends",
    "kernel": "ends the kernel, so no cell after it can run: find out which line does",
    "size": "makes the notebook show more than can be compared: print less",
}


def verify(path: Path, *, cell_seconds: float = CELL_SECONDS) -> list[str]:
    """What is wrong with an executed notebook, a sentence each that names the cell; empty where all is well.

    A file that is no notebook of Python raises a ValueError or an OSError in one sentence.
    """
    path = Path(path)
    notebook = stored.read(path)
    _check_language(notebook, path)
    cells = [cell for cell in notebook.cells if cell.runs]
    found = [*_leftovers(notebook), *order_faults(cells)]
    if cells:
        afresh = rerun([cell.source for cell in cells], path.absolute().parent, cell_seconds=cell_seconds)
        found += output_faults(cells, afresh)
    return found


def _check_language(notebook: StoredNotebook, path: Path) -> None:
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        values = notebook.metadata.get(part)
        language = values.get(key) if isinstance(values, dict) else None
        if isinstance(language, str) and language.lower() not in ("python", "ipython", ""):
            words = stored.printable(language, 30)
            raise ValueError(f"{path} is a notebook of {words}: only those of Python can be verified.")


def _leftovers(notebook: StoredNotebook) -> Iterator[str]:
    if not any(cell.runs for cell in notebook.cells):
        yield "It holds no code, so there is nothing that could have been run."
    for cell in notebook.cells:
        if cell.kind == "code" and not cell.runs and cell.outputs:
            yield f"{cell.name} shows something and holds no code: {ADVICE}."


def order_faults(cells: Sequence[StoredCell]) -> list[str]:
    """Cells that were not run, and the first of those that were run more than once or out of order."""
    found = [f"{cell.name} was not run: {ADVICE}." for cell in cells if cell.count is None]
    for place, cell in enumerate(cells, start=1):
        if cell.count not in (None, place):
            found.append(f"{cell.name} was run as number {cell.count}, and in order it is number {place}: {ADVICE}.")
            break
    return found


def output_faults(cells: Sequence[StoredCell], afresh: Rerun) -> list[str]:
    """The cells that do not show what running them shows, up to the one where running them ended."""
    found = []
    for place, (cell, fresh) in enumerate(zip(cells, afresh.outputs)):
        if place == afresh.stopped_at:
            return [*found, f"{cell.name} {REASONS.get(afresh.reason, REASONS['kernel'])}."]
        if cell.count is None and not cell.outputs:
            continue
        if other := difference(cell.outputs, fresh):
            found.append(
                f"{cell.name}: stored output is {other.stored}, and running it gives {other.fresh}: {ADVICE}."
            )
    return found
