"""The training monitor in a real browser, and its stop button while the kernel is busy."""

import time

import looking
import numpy as np
import pytest

from imgrec_lib.widgets.training_monitor import TrainingMonitor

pytestmark = pytest.mark.browser
VIEW = "#widget"
CELL = """\
import time
import numpy as np
from imgrec_lib import training
from imgrec_lib.quiet import quiet
with quiet():
    import keras
keras.utils.set_random_seed(1)
generator = np.random.default_rng(1)
pictures, labels = generator.random((400, 8)), generator.integers(0, 2, 400)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(2)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.01), loss=loss, metrics=["accuracy"])
monitor = training.monitor()
history = model.fit(pictures, labels, epochs=3000, validation_split=0.5, verbose=0, callbacks=[monitor]).history
order = ["fit"]"""


def start(notebook) -> None:
    """Run all cells and do not wait for their end."""
    if notebook.classic:
        notebook.page.evaluate("Jupyter.notebook.execute_all_cells()")
    else:
        notebook.page.click(".jp-NotebookPanel-notebook")
        notebook.page.get_by_role("menuitem", name="Run", exact=True).click()
        notebook.page.get_by_text("Run All Cells", exact=True).click()


def stop_in(notebook) -> float:
    """Press Stop in a training that runs, with the keyboard; gives the seconds until its end back."""
    page, view = notebook.page, notebook.page.locator(".imgrec-monitor").last
    view.wait_for(timeout=60_000)
    view.scroll_into_view_if_needed()
    page.wait_for_function(
        "Number([...document.querySelectorAll('.imgrec-monitor')].at(-1).dataset.epochs) > 2", timeout=60_000
    )
    button = view.get_by_role("button", name="Stop")
    button.focus()
    begin = time.monotonic()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "[...document.querySelectorAll('.imgrec-monitor')].at(-1)?.dataset.state === 'stopped'", timeout=60_000
    )
    return time.monotonic() - begin


def use(notebook, name: str) -> None:
    """Stop the training that runs, whose callback is called `name`, and see what was kept."""
    seconds = stop_in(notebook)
    print(f"stopped {seconds:.2f} s after the click")
    assert seconds < 10
    notebook.until(f"{name}.watch.widget.state", "stopped")
    kept = notebook.python(f"{name}.watch.kept")
    measured = notebook.python(f"{name}.watch.widget.history.get('val_loss', {name}.watch.widget.history['loss'])")
    assert kept == int(np.argmin(measured)) + 1


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "order.append('second')", "order.append('third')")
    start(notebook)
    use(notebook, "monitor")
    assert notebook.python("order") == ["fit", "second", "third"]
    val_loss = "model.evaluate(pictures[200:], labels[200:], verbose=0)[0] - min(history['val_loss'])"
    assert abs(notebook.python(val_loss)) < 1e-3
