"""A real notebook server and its pages: JupyterLab here, the classic notebook where Colab's versions are installed."""

import ast
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import nbformat
from bridge import wait_until
from jupyter_client import BlockingKernelClient

ROOT = Path(__file__).resolve().parents[2]


def is_classic() -> bool:
    """Whether this environment has the classic notebook, as Colab has."""
    try:
        return int(version("notebook").split(".")[0]) < 7
    except PackageNotFoundError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _command(port: int, folder: Path) -> list[str]:
    kind = ["notebook", "--NotebookApp.token="] if is_classic() else ["jupyterlab", "--IdentityProvider.token="]
    kind.append("--NotebookApp.disable_check_xsrf=True" if is_classic() else "--ServerApp.disable_check_xsrf=True")
    common = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", str(folder)]
    return [sys.executable, "-m", *kind, *common]


class Server:
    """A server without a token, for this machine only, and the folder that it serves."""

    def __init__(self, address: str, folder: Path, runtime: Path) -> None:
        self.address, self.folder, self.runtime = address, folder, runtime

    def ask(self, path: str, data: bytes | None = None) -> Any:
        """What the server's own interface answers."""
        with urllib.request.urlopen(f"{self.address}/api{path}", data=data, timeout=10) as reply:
            return json.load(reply)

    def kernel_of(self, name: str) -> str | None:
        """The id of the kernel of a notebook, once it has one."""
        found = [one["kernel"]["id"] for one in self.ask("/sessions") if one["path"].endswith(name) and one["kernel"]]
        return found[0] if found else None


@contextmanager
def serving(scratch: Path) -> Iterator[Server]:
    """A server while the block runs."""
    port, places = _free_port(), {}
    for name in ("folder", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_WORKSPACES_DIR"):
        places[name] = scratch / name.lower()
        places[name].mkdir()
    folder = places.pop("folder")
    # As start.py does it: else a question about news lies over the notebook.
    settings = places["JUPYTER_CONFIG_DIR"] / "labconfig" / "page_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {"IMGREC_PROGRESS": str(scratch / "progress.sqlite"), "PYTHONPATH": str(ROOT), "PATH": path}
    environment = {**os.environ, **variables, **{name: str(place) for name, place in places.items()}}
    with (scratch / "server.log").open("wb") as log:
        running = subprocess.Popen(_command(port, folder), env=environment, stdout=log, stderr=log, cwd=folder)
        server = Server(f"http://127.0.0.1:{port}", folder, places["JUPYTER_RUNTIME_DIR"])
        try:
            _wait(server, scratch / "server.log")
            yield server
        finally:
            running.terminate()
            running.wait(30)


def _wait(server: Server, log: Path) -> None:
    for _ in range(300):
        try:
            server.ask("")
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the notebook server did not start: " + log.read_text(errors="replace")[-2000:])


class Notebook:
    """A notebook that is open in the browser, with its kernel running."""

    def __init__(self, page: Any, server: Server, name: str) -> None:
        self.page, self.server, self.name, self.classic = page, server, name, is_classic()
        page.goto(
            server.address + (f"/notebooks/{name}" if self.classic else f"/lab/tree/{name}?reset"), timeout=60_000
        )
        if self.classic:
            page.wait_for_function("window.Jupyter?.notebook?.kernel?.widget_manager", timeout=60_000)
            page.wait_for_timeout(2500)
        else:
            page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
            page.wait_for_selector('[data-status="idle"]', timeout=60_000)
            page.wait_for_timeout(1500)
        wait_until(page, lambda: server.kernel_of(name), bool, "the kernel")
        self.kernel = server.kernel_of(name)
        self._client = BlockingKernelClient(connection_file=str(server.runtime / f"kernel-{self.kernel}.json"))
        self._client.load_connection_file()
        self._client.start_channels()

    def start(self) -> None:
        """Run all cells and do not wait for their end."""
        if self.classic:
            self.page.evaluate("Jupyter.notebook.execute_all_cells()")
        else:
            self.page.click(".jp-NotebookPanel-notebook")
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_text("Run All Cells", exact=True).click()

    def run_all(self, seconds: float = 60) -> None:
        """Run all cells and wait for the end of the last one."""
        self.start()
        # Not the next answer: ipykernel 6 takes turns between the page and this client.
        cells = nbformat.read(self.server.folder / self.name, as_version=4).cells
        count = sum(cell.cell_type == "code" for cell in cells)
        self.until("get_ipython().execution_count", lambda number: number > count, seconds)

    def run_again(self, view: str) -> None:
        """Run the cell that shows an element once more, as a learner does, and do not wait for its end."""
        cell = self.page.locator(".jp-CodeCell, .code_cell").filter(has=self.page.locator(view)).first
        cell.locator(".cm-content, .CodeMirror").first.click()
        self.page.keyboard.press("Control+Enter")
        self.page.locator(view).first.wait_for(state="detached")

    def python(self, expression: str, seconds: float = 20) -> Any:
        """The value of an expression in the notebook's kernel, after all that waits there."""
        wrapped = f"__import__('json').dumps({expression})"
        reply = self._client.execute("", silent=True, user_expressions={"it": wrapped}, reply=True, timeout=seconds)
        assert reply["content"]["status"] == "ok", f"{expression}: the kernel did not run it; did a cell fail?"
        answer = reply["content"]["user_expressions"]["it"]
        assert answer["status"] == "ok", f"{expression}: {answer.get('evalue')}"
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def until(self, expression: str, wanted: Any, seconds: float = 10) -> None:
        """Wait until an expression has a value in the kernel, or, for a function, until that says yes."""
        wait_until(self.page, lambda: self.python(expression, max(20, seconds)), wanted, expression, seconds)

    def restart_kernel(self) -> None:
        """Restart the kernel behind the page's back, as a crash does."""
        self.server.ask(f"/kernels/{self.kernel}/restart", data=b"")

    def close(self) -> None:
        """Let go of the kernel and end it."""
        self._client.stop_channels()
        request = urllib.request.Request(f"{self.server.address}/api/kernels/{self.kernel}", method="DELETE")
        urllib.request.urlopen(request, timeout=10).close()
