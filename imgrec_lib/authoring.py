"""For maintainers: lessons stored with clean outputs, and the repository's address written where it must stand.

python -m imgrec_lib.authoring store [NOTEBOOK …]      run each lesson once, in order, and store what it shows
python -m imgrec_lib.authoring address [NOTEBOOK …]    write badges and first cells from pyproject.toml's address
"""

import argparse
import os
import re
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imgrec_lib.files import write_whole
from imgrec_lib.sealing import is_sealed, seal

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({address})"
BADGE_PATTERN = re.compile(r"\[!\[Open in Colab\]\([^)]*\)\]\([^)]*?(?P<notebook>[^/)]*)\)")
COLAB_CELL = """\
# On Colab this cell fetches the course; everywhere else it does nothing.
import os
import subprocess
import sys

if "google.colab" in sys.modules and "/content/imgrec" not in sys.path:
    address, folder = "{repository}", "/content/imgrec"
    if not os.path.isdir(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    sys.path.insert(0, folder)"""


def repository() -> str:
    """The repository's web address, from pyproject.toml, its only place."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["project"]["urls"]["Repository"].removesuffix("/")


def colab_address(notebook: str) -> str:
    """The address that opens a notebook of this repository, such as `01_pixels_as_matrices.ipynb`, on Colab."""
    owner_and_name = repository().split("github.com/")[1]
    return f"https://colab.research.google.com/github/{owner_and_name}/blob/main/notebooks/{notebook}"


def lessons() -> list[Path]:
    """The course's notebooks in their order."""
    return sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def addressed(notebook: "NotebookNode", name: str) -> "NotebookNode":
    """The notebook with the badge under its title and the Colab cell after it, as the address demands."""
    title = BADGE_PATTERN.sub("", notebook.cells[0].source).rstrip()
    notebook.cells[0].source = f"{title}\n\n{BADGE.format(address=colab_address(name))}"
    notebook.cells[1].source = COLAB_CELL.format(repository=repository())
    return notebook


def cleaned(notebook: "NotebookNode") -> "NotebookNode":
    """The notebook without what differs from run to run: times, widget state, a front end's own metadata."""
    notebook.metadata = dict(KEPT_METADATA)
    for cell in notebook.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        if cell.cell_type == "code":
            for output in cell.outputs:
                output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def sealed(notebook: "NotebookNode") -> str:
    """The notebook's text, with the digest of its cells and outputs in it."""
    import nbformat

    notebook.metadata["imgrec"] = {"seal": seal(notebook)}
    return nbformat.writes(notebook)


def store(path: Path) -> None:
    """Run a lesson once, in order, in a fresh kernel, and store its outputs; a lesson that raises is left as it was."""
    import nbformat
    from nbclient import NotebookClient

    notebook = addressed(nbformat.read(path, as_version=4), path.name)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with tempfile.TemporaryDirectory() as folder:
        executed = client.execute(env=os.environ | {"IMGREC_PROGRESS": str(Path(folder) / "progress.sqlite")})
    write_whole(path, sealed(cleaned(executed)))


def address(path: Path) -> None:
    """Write the badge and the Colab cell of a lesson, or the badges of README.md, from the repository's address."""
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
        write_whole(path, BADGE_PATTERN.sub(lambda found: BADGE.format(address=colab_address(found["notebook"])), text))
        return
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    was_sealed = is_sealed(notebook)
    addressed(notebook, path.name)
    write_whole(path, sealed(notebook) if was_sealed else nbformat.writes(notebook))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m imgrec_lib.authoring", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["store", "address"])
    parser.add_argument("files", nargs="*", type=Path, help="by default every lesson, and README.md for address")
    chosen = parser.parse_args(arguments)
    everything = lessons() + ([ROOT / "README.md"] if chosen.command == "address" else [])
    for path in chosen.files or everything:
        print(f"{chosen.command} {path.name}", file=sys.stderr)
        {"store": store, "address": address}[chosen.command](path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
