"""A program that runs the cells of a notebook in a fresh kernel: JSON in on standard input, JSON out on the output.

In: `{"sources": [code, …], "files": path, "cell_seconds": number, "all_seconds": number, "letters": number,
"other_tasks": number}`, where a copy of the folder `files` is what the cells find beside them.
Out: `{"outputs": [[output, …], …], "stopped": null or {"cell": index, "reason": "time" | "kernel" | "size"}}`, or
`{"failed": sentence}` where no kernel came up. `rerun` starts it, in a sandbox where there is one.
"""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib.grading.limits import Limits, hold

LONGEST_SOCKET = 90  # A socket's path may hold about 100 letters
SECONDS_TO_START = 120
MEMORY_MB, PROCESSES, DISK_MB = 8192, 512, 1024


class OwnKernel(KernelSpecManager):
    """Knows one kernel: this Python's, whatever the user or the notebook says."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """This Python's kernel."""
        from ipykernel.kernelspec import get_kernel_dict

        return KernelSpec(**get_kernel_dict())


class Client(NotebookClient):
    """Runs every cell, and keeps no more than a number of letters of what they show."""

    def __init__(self, sources: list[str], manager: AsyncKernelManager, limits: Mapping[str, float]) -> None:
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        super().__init__(notebook, km=manager, allow_errors=True, store_widget_state=False, record_timing=False)
        self.startup_timeout, self.timeout_func = SECONDS_TO_START, self.seconds_left
        self.limits, self.end = limits, time.monotonic() + limits["all_seconds"]
        self.left = limits["letters"]
        self.stopped: dict[str, Any] | None = None
        self.running = 0

    def seconds_left(self, cell: NotebookNode) -> int:
        """How long a cell may take."""
        return max(1, int(min(self.limits["cell_seconds"], self.end - time.monotonic())))

    async def run(self) -> None:
        """Run the cells, up to the one from which there is no coming back."""
        async with self.async_setup_kernel(cleanup_kc=False, cwd=os.getcwd()):
            for place, cell in enumerate(self.nb.cells):
                self.running = place
                try:
                    await self.async_execute_cell(cell, place)
                except (CellTimeoutError, DeadKernelError) as error:
                    self.stop("time" if isinstance(error, CellTimeoutError) else "kernel")
                if self.stopped:
                    return

    def stop(self, reason: str) -> None:
        """Note where and why the run ends."""
        self.stopped = self.stopped or {"cell": self.running, "reason": reason}

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Pass a message of the kernel on, unless it is an output too many."""
        if msg["msg_type"] != "status":
            self.left -= len(str(msg["content"]))
            if self.left < 0:
                self.stop("size")
                return None
        return super().process_message(msg, cell, cell_index)


async def run(request: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """What the cells show, and where the run ended early."""
    socket = os.path.join(folder, "kernel")
    is_short = os.name == "posix" and len(socket) <= LONGEST_SOCKET
    transport = {"transport": "ipc", "ip": socket} if is_short else {}
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnKernel(), **transport)
    client = Client(request["sources"], manager, request)
    try:
        await client.run()
    except RuntimeError as error:
        return {"failed": f"no kernel came up ({error})"}
    finally:
        with contextlib.suppress(Exception):
            await manager.shutdown_kernel(now=True)
    return {"outputs": [cell.outputs for cell in client.nb.cells], "stopped": client.stopped}


def prepare(request: Mapping[str, Any], folder: str) -> None:
    """Make this process's surroundings those of a learner's first start, and hold it to limits."""
    work = os.path.join(folder, "work")
    shutil.copytree(request["files"], work)
    os.chdir(work)
    os.environ.pop("MPLBACKEND", None)  # A kernel shows pictures in the notebook
    os.environ |= {name: folder for name in ("HOME", "USERPROFILE", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR")}
    os.environ["IMGREC_PROGRESS"] = os.path.join(folder, "progress.sqlite")
    hold(Limits(MEMORY_MB, PROCESSES, DISK_MB, seconds=request["all_seconds"]), request["other_tasks"])
    prepare_fonts()


def prepare_fonts() -> None:
    """Have Matplotlib make its list of fonts now, for in a cell it would say that it does."""
    with contextlib.suppress(ImportError):
        import matplotlib.font_manager  # noqa: F401


def main() -> None:
    """Run the notebook that stands on standard input."""
    request = json.load(sys.stdin)
    answer = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for inherited in (0, 1, 2):
        os.dup2(nowhere, inherited)
    with tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as folder:
        prepare(request, folder)
        result = asyncio.run(run(request, folder))
        os.chdir(os.sep)
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
