"""The warm parent: a process that has imported what lessons need, and forks a worker for one submission at a time.

It runs inside the sandbox, as `python -m imgrec_lib.grading.warm ORDERS`, hears the judge over one socket, watches what
the worker uses, and ends everything that the worker started. It runs nothing that a learner wrote.

The judge says "F", with a socket for the worker beside it, or "E" for the end of the worker; every answer is one line.
A closed socket means that the judge is gone: then everything ends.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import NoReturn

from imgrec_lib.grading import linux
from imgrec_lib.grading.confining import acting_as, confine, ignore_signals
from imgrec_lib.grading.ending import NotEnded, empty, end_all
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.networks import quicken
from imgrec_lib.grading.usage import excess, others
from imgrec_lib.quiet import quiet

OWN = "imgrec_lib."
LIGHT = (
    "numpy", "cv2", "PIL.Image", "matplotlib.pyplot", "IPython.core.inputtransformer2", "IPython.display", "ipywidgets",
    "anywidget", "sklearn.linear_model", "sklearn.svm", "sklearn.metrics", "sklearn.datasets", f"{OWN}images",
    f"{OWN}filters", f"{OWN}datasets", f"{OWN}plots", f"{OWN}charts", f"{OWN}report", f"{OWN}evaluation",
    f"{OWN}widgets", f"{OWN}album", f"{OWN}augmenting", f"{OWN}progress", f"{OWN}watching",
)  # fmt: skip
HEAVY = (
    *LIGHT, "tensorflow", "keras", "keras.applications", f"{OWN}models", f"{OWN}training", f"{OWN}backbone",
    f"{OWN}explaining",
    *(f"tensorflow.python.data.ops.{name}_op" for name in ("range", "from_tensors", "zip", "concatenate", "flat_map")),
)  # fmt: skip
LAZY = ("layers", "models", "optimizers", "losses", "utils", "callbacks", "datasets")
SECONDS_BETWEEN_LOOKS, LOOKS_PER_WALK = 0.08, 5
SECONDS_TO_BEGIN, SECONDS_TO_SPARE = 10.0, 5.0
MOST_THREADS = 2


@dataclass(frozen=True)
class Orders:
    """What the judge tells a warm parent at its start.

    `scratch` are the folders that a worker may write in, `apart` says whether the sandbox has a process table of its
    own, `user` is whom a worker runs as where that differs, and `serve` names the function that a worker is.
    """

    control: int
    kind: str
    serve: str
    scratch: list[str]
    apart: bool
    user: int | None
    reads_all: bool
    other_tasks: int
    limits: Limits = field(default_factory=Limits)


def read_orders(text: str) -> Orders:
    """The orders that were written as JSON."""
    told = json.loads(text)
    return Orders(**told | {"limits": Limits(**told["limits"])})


def import_lessons(kind: str) -> None:
    """Import what lessons of that kind need, and start nothing; what is not installed is left out."""
    for name in HEAVY if kind == "heavy" else LIGHT:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if tensorflow := sys.modules.get("tensorflow"):
        for name in LAZY:
            getattr(tensorflow.keras, name, None)
        quicken()


def unfit() -> str:
    """Why a fork of this process would not work, in a sentence; nothing where it would."""
    context = sys.modules.get("tensorflow.python.eager.context")
    if getattr(getattr(context, "_context", None), "_initialized", False):
        return "TensorFlow's runtime has started in the process that workers are forked from, and such forks hang."
    threads = len(os.listdir("/proc/self/task")) if linux.IS_LINUX else 1
    if threads > MOST_THREADS:
        return f"The process that workers are forked from has {threads} threads, and such forks hang."
    return ""


class WarmParent:
    """Forks workers, watches them and ends them, until the judge is gone."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.control = socket.socket(fileno=orders.control)
        self.worker: int | None = None
        self._how, self._begun, self._looks = "ended", 0.0, 0

    def prepare(self) -> None:
        """Import everything, so that a fork finds it there, and let nobody look into this process."""
        module, _, function = self.orders.serve.partition(":")
        gc.disable()  # Collections while so much is imported take an eighth of the time
        with quiet():
            import_lessons(self.orders.kind)
            self._serve = getattr(importlib.import_module(module), function)
        for folder in self.orders.scratch:
            empty(folder)
            if self.orders.user is not None and not self.orders.apart:
                os.chown(folder, self.orders.user, self.orders.user)
        linux.set_process(linux.DUMPABLE, 0)
        linux.set_process(linux.CHILD_SUBREAPER, 1)
        gc.collect()
        gc.enable()
        gc.freeze()  # A collection in a worker would otherwise copy every page that is shared with it

    def say(self, words: str) -> None:
        """Tell the judge, in one line."""
        self.control.sendall((" ".join(words.split()) + "\n").encode())

    def run(self) -> None:
        """Do what the judge orders, until its socket closes."""
        self.say("ready")
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        while True:
            if not poll.poll(None if self.worker is None else 1000 * SECONDS_BETWEEN_LOOKS):
                self._look()
                continue
            order, files, _, _ = socket.recv_fds(self.control, 1, 1)
            if order == b"F":
                self._fork(files[0])
            elif order == b"E":
                self._end()
                self.say(self._how)
            else:
                return

    def leave(self) -> None:
        """End and remove everything that is left."""
        end_all(self.orders.apart, None)
        for folder in self.orders.scratch:
            with acting_as(self.orders.user):
                empty(folder)
            if not self.orders.apart:
                os.rmdir(folder)

    def _fork(self, channel: int) -> None:
        if self.worker is not None:
            self._end()
        if words := unfit():
            os.close(channel)
            return self.say(f"refused {words}")
        reading, writing = os.pipe()
        sys.stdout.flush()
        self._how, self._begun = "ended", time.monotonic()
        self.worker = os.fork()
        if self.worker == 0:
            os.close(reading)
            self._be_worker(channel, writing)
        os.close(channel)
        os.close(writing)
        words = self._first_words(reading)
        return self.say(f"refused A worker could not be confined: {words}" if words else "forked")

    def _first_words(self, reading: int) -> str:
        """What keeps a new worker from its work; nothing once it is confined."""
        with open(reading, encoding="utf-8", errors="replace") as stream:
            if not select.select([stream], [], [], SECONDS_TO_BEGIN)[0]:
                return "it did not begin in time"
            return stream.read()

    def _be_worker(self, channel: int, writing: int) -> NoReturn:
        """Be a worker: confined first, then whatever the submission makes of it."""
        status, orders = 1, self.orders
        try:
            self.control.close()
            confine(orders.limits, orders.scratch[0], orders.user, orders.reads_all, orders.other_tasks)
            os.close(writing)
            ours = socket.socket(fileno=channel)  # Open as long as the process, so that its end is the worker's
            self._serve(ours)
            status = 0
        except BaseException as error:  # noqa: B036 - Nothing may come back from here
            with contextlib.suppress(OSError):
                os.write(writing, f"{type(error).__name__}: {error}".encode()[:500])
        finally:
            os._exit(status)

    def _look(self) -> None:
        """End the worker and all that it started, where it uses too much or has ended by itself."""
        self._looks += 1
        orders = self.orders
        found = [one for one in others(orders.apart) if not one.ended]
        walks = orders.apart or self._looks % LOOKS_PER_WALK == 0
        with acting_as(orders.user if orders.apart else None):  # A user's own processes can be looked into
            self._how = excess(found, orders.scratch if walks else (), orders.apart, orders.limits) or "ended"
        late = time.monotonic() - self._begun > orders.limits.seconds + SECONDS_TO_SPARE
        if self._how != "ended" or late or self.worker not in {one.number for one in found}:
            self._end()

    def _end(self) -> None:
        """End the worker and all that it started, and empty what it wrote in."""
        leader, self.worker = self.worker, None
        if leader is None:
            return
        status = end_all(self.orders.apart, leader)[leader]
        if self._how == "ended" and os.WIFSIGNALED(status):
            self._how = "killed"
        with acting_as(self.orders.user):
            for folder in self.orders.scratch:
                empty(folder)


def main(text: str) -> None:
    """Be a warm parent, as the orders say."""
    ignore_signals()
    parent = WarmParent(read_orders(text))
    try:
        parent.prepare()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            parent.run()
        parent.leave()
    except (OSError, NotEnded, ImportError, AttributeError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.flush()
    os._exit(0)
