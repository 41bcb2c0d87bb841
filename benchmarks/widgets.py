"""Times the widgets in a real browser, in JupyterLab or whatever front end this environment has.

    python benchmarks/widgets.py [--seconds N] [--epochs N]

The limits: 60 frames a second while a hand drags on a photograph of 224 × 224, under 50 ms from the pointer to the new
picture, under 150 ms to the value in Python, under 2 % of an epoch's time for the training monitor.
"""

import argparse
import itertools
import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib import authoring

sys.path.append(str(authoring.ROOT / "tests" / "browser"))
import conftest
import front_ends

FRAMES_A_SECOND, TO_PICTURE, TO_PYTHON, MONITOR_SHARE = 60, 50, 150, 0.02
PHOTOGRAPH = """\
import time
import cv2
import numpy as np
from imgrec_lib import datasets, models, widgets
photograph = cv2.resize(datasets.photograph("cat"), (224, 224), interpolation=cv2.INTER_AREA)
grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)

def mean(pictures):
    return np.stack([pictures.mean(axis=(1, 2, 3)) / 255, 1 - pictures.mean(axis=(1, 2, 3)) / 255], axis=1)"""
WATCH = """\
arrived = []
{name}.observe(lambda change: arrived.append(time.time()), {traits!r})
{name}"""
MONITOR = """\
import statistics
import time
from imgrec_lib import datasets, models, training
from imgrec_lib.quiet import quiet
with quiet():
    import keras
dataset = datasets.load("fashion_mnist")
images, labels = dataset.train.images[:12800], dataset.train.labels[:12800]
keras.utils.set_random_seed(1)
model = models.classic_network((28, 28, 1), 10)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
HOOKS = ("on_epoch_begin", "on_train_batch_begin", "on_epoch_end")
inside = []

class Clock(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.begins = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begins.append(time.perf_counter())

def timed(hook):
    def call(*given, **named):
        begin = time.perf_counter()
        hook(*given, **named)
        inside.append(time.perf_counter() - begin)
    return call

def epoch_seconds(*callbacks):
    clock = Clock()
    model.fit(images, labels, batch_size=64, epochs={epochs} + 1, verbose=0, callbacks=[clock, *callbacks])
    return [after - before for before, after in zip(clock.begins, clock.begins[1:])]

def watched():
    callback = training.monitor()
    for name in HOOKS:
        setattr(callback, name, timed(getattr(callback, name)))
    return epoch_seconds(callback)

epoch_seconds()
without, with_monitor = [], []
for pair in range(6):
    without += epoch_seconds()
    with_monitor += watched()
share = sum(inside) / sum(with_monitor) * {epochs} / ({epochs} + 1)
paired = statistics.median(with_monitor) / statistics.median(without) - 1"""
# Notes when the pointer moved, when something visible was drawn, and when the browser began each frame.
PROBE = """() => {
  const note = window.imgrecNote = { moves: [], draws: [], frames: [] };
  const drawing = CanvasRenderingContext2D.prototype;
  for (const name of ["drawImage", "putImageData", "fillRect", "strokeRect"]) {
    const own = drawing[name];
    drawing[name] = function (...given) {
      if (this.canvas.isConnected) note.draws.push(performance.now());
      return own.apply(this, given);
    };
  }
  for (const kind of ["pointermove", "input"]) {
    addEventListener(kind, (event) => note.moves.push([kind, event.timeStamp]), true);
  }
  const frame = () => { note.frames.push(performance.now()); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
CLEAR = "() => { const note = window.imgrecNote; for (const name in note) note[name].length = 0; }"
READ = "() => ({ ...window.imgrecNote, origin: performance.timeOrigin })"


@dataclass(frozen=True)
class Widget:
    """A widget to drag on: the cell that makes it, the place in it, and the traits that a drag changes in Python."""

    name: str
    cell: str
    place: str
    traits: list[str]
    event: str = "pointermove"


@dataclass(frozen=True)
class Times:
    """Frames a second while dragging; milliseconds from the pointer to the picture and to Python, 95th percentiles."""

    frames: float
    picture: float
    python: float

    @property
    def good(self) -> bool:
        """Whether all three keep the limits; a screen of 60 Hz gives 59 to 61 frames in a second."""
        return self.frames > FRAMES_A_SECOND - 1.5 and self.picture < TO_PICTURE and self.python < TO_PYTHON


def walk(box: dict[str, float], count: int) -> Iterator[tuple[float, float]]:
    """Places of a pointer that draws loops inside a box."""
    for step in range(count):
        across, down = math.sin(step / 17), math.sin(step / 11 + 1)
        yield box["x"] + box["width"] * (0.5 + 0.42 * across), box["y"] + box["height"] * (0.5 + 0.42 * down)


def following(times: Sequence[float], start: float) -> float:
    """The first of some ascending times after a start, or infinity."""
    place = np.searchsorted(times, start)
    return times[place] if place < len(times) else math.inf


def times_of(note: dict[str, Any], event: str) -> list[float]:
    """When the events of one kind came, in the browser's milliseconds."""
    return [time for kind, time in note["moves"] if kind == event]


def drag(page: Any, box: dict[str, float], seconds: float, event: str) -> tuple[float, float]:
    """Frames a second, and the 95th percentile of milliseconds from a move to the frame with the new picture."""
    steps = walk(box, 10**9)
    page.mouse.move(*next(steps))
    page.mouse.down()
    page.evaluate(CLEAR)
    end = page.evaluate("performance.now()") + seconds * 1000
    while page.evaluate("performance.now()") < end:
        for place in itertools.islice(steps, 8):
            page.mouse.move(*place)
    note = page.evaluate(READ)
    page.mouse.up()
    shown = [following(note["frames"], following(note["draws"], move)) - move for move in times_of(note, event)]
    frames = note["frames"]
    rate = (len(frames) - 1) / (frames[-1] - frames[0]) * 1000
    return rate, float(np.percentile([one for one in shown if one < 1000], 95))


def to_python(notebook: front_ends.Notebook, box: dict[str, float], event: str, count: int = 20) -> float:
    """The 95th percentile of milliseconds from single moves to the first value that they changed in Python."""
    page, waits = notebook.page, []
    page.mouse.down()
    for place in itertools.islice(walk(box, 10**9), 0, count * 9, 9):
        before = notebook.python("len(arrived)")
        page.evaluate(CLEAR)
        page.mouse.move(*place)
        page.wait_for_timeout(300)
        note = page.evaluate(READ)
        stamps = notebook.python(f"arrived[{before}:]")
        moves = times_of(note, event)
        if stamps and moves:
            waits.append(stamps[0] * 1000 - note["origin"] - moves[0])
    page.mouse.up()
    return float(np.percentile(waits, 95))


def measure(open_notebook: Callable[..., front_ends.Notebook], widget: Widget, seconds: float) -> Times:
    """The times of one widget in a notebook of its own."""
    notebook = open_notebook(PHOTOGRAPH, f"{widget.name} = {widget.cell}", WATCH.format(**vars(widget)))
    notebook.page.evaluate(PROBE)
    notebook.run_all()
    place = notebook.page.locator(widget.place).first
    place.scroll_into_view_if_needed()
    notebook.page.wait_for_timeout(500)
    box = place.bounding_box()
    rate, picture = drag(notebook.page, box, seconds, widget.event)
    notebook.page.wait_for_timeout(500)
    return Times(rate, picture, to_python(notebook, box, widget.event))


@contextmanager
def notebooks() -> Iterator[Callable[..., front_ends.Notebook]]:
    """A function that opens a notebook of given cells in a new page of a real browser."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as scratch,
        front_ends.serving(Path(scratch)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=conftest.CHROMIUM, args=conftest.FLAGS)
        numbers = itertools.count()

        def open_notebook(*cells: str) -> front_ends.Notebook:
            name = f"n{next(numbers)}.ipynb"
            made = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=authoring.KEPT_METADATA)
            nbformat.write(made, server.folder / name)
            return front_ends.Notebook(browser.new_page(viewport={"width": 1300, "height": 1000}), server, name)

        yield open_notebook
        browser.close()


def monitor_share(open_notebook: Callable[..., front_ends.Notebook], epochs: int) -> tuple[float, float, float]:
    """Seconds of an epoch of lesson 3's network, the share spent in the monitor, and what paired epochs say of it."""
    notebook = open_notebook(MONITOR.replace("{epochs}", str(epochs)))
    notebook.run_all(seconds=600)
    seconds, share, paired = notebook.python("[statistics.median(without), share, paired]", 600)
    return seconds, share, paired


WIDGETS = (
    Widget("inspector", "widgets.PixelInspector(photograph)", ".imgrec-pixel-inspector canvas", ["row", "column"]),
    Widget("stepper", "widgets.ConvolutionStepper(grey)", ".imgrec-convolution-stepper canvas", ["row", "column"]),
    Widget(
        "pad",
        "widgets.DrawingPad(mean, ['light', 'dark'], size=28, logits=False)",
        ".imgrec-drawing-pad canvas",
        ["pixels"],
    ),
    Widget(
        "explorer",
        "widgets.AugmentationExplorer([cv2.resize(photograph, (96, 96))])",
        '.imgrec-augmentation-explorer input[type="range"]',
        ["rotation"],
        "input",
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a widget and the monitor's cost; returns 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4, help="how long each drag lasts")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of each of the monitor's twelve trainings")
    options = parser.parse_args(arguments)
    good = True
    with notebooks() as open_notebook:
        for widget in WIDGETS:
            times = measure(open_notebook, widget, options.seconds)
            good &= times.good
            waits = f"{times.picture:5.1f} ms to the picture, {times.python:5.1f} ms to Python"
            print(f"{widget.name:10} {times.frames:5.1f} frames a second, {waits}", flush=True)
        seconds, share, paired = monitor_share(open_notebook, options.epochs)
    print(
        f"an epoch of lesson 3's network takes {seconds:.2f} s; paired epochs differ by {paired:+.1%} with the monitor"
    )
    print(f"share of an epoch spent in the monitor (at most {MONITOR_SHARE}): {share:.4f}")
    return 0 if good and share < MONITOR_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
