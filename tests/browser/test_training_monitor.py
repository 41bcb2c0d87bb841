"""The training monitor in a real browser, and its stop button while the kernel is busy."""

import time

import looking
import numpy as np
import pytest

from imgrec_lib.widgets.training_monitor import TrainingMonitor

pytestmark = pytest.mark.browser
VIEW = "#widget"
STATE = "[...document.querySelectorAll('.imgrec-training-monitor')].at(-1)?.dataset"
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


NAN = float("nan")


def monitor(epochs: int = 12, planned: int = 40, first: int = 1, **more: list[float]) -> TrainingMonitor:
    """A monitor in the middle of a training."""
    widget, at = TrainingMonitor(planned, first), np.arange(epochs)
    made = {"loss": 2.3 * np.exp(-at / 4), "val_loss": 1.5 + (at - 5) ** 2 / 50}
    made |= {"accuracy": 1 - 0.9 * np.exp(-at / 3), "val_accuracy": 0.4 - 0.3 * np.exp(-at / 3), **more}
    widget.history = {name: list(values) for name, values in made.items() if values is not None}
    widget.tell("training", f"Epoch {first + epochs} of {planned}, about 8 s left.", epochs / planned)
    return widget


def points(page, name, selector):
    """The points of a line in the picture of loss or of accuracy."""
    figure = page.locator(f"{VIEW} figure").nth(["loss", "accuracy"].index(name))
    d = figure.locator(selector).get_attribute("d")
    return np.array([point.split() for point in d.removeprefix("M").removesuffix("h0.1").split("L")], dtype=float)


def expected(numbers, values, first, last, bottom, top):
    """Where the points must lie in a picture of 420 × 230."""
    share = (np.asarray(values) - bottom) / (top - bottom)
    return np.stack([44 + 364 * (np.asarray(numbers) - first) / (last - first), 194 - 168 * share], axis=1)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 2.4), (0, 40), (3, 17), (0.5, 1), (0, 5000), (0, 1e-5), (0, 1e12)]
)
def test_axes_have_round_numbers(call, low, high):
    found = np.array(call(TrainingMonitor, "ticks", low, high))
    steps = np.diff(found)
    assert 2 <= len(found) <= 6 and np.allclose(steps, steps[0]) and low <= found[0] and found[-1] <= high * 1.000001
    mantissa = steps[0] / 10.0 ** np.floor(np.log10(steps[0] * 1.0000001))
    assert round(mantissa, 4) in (1, 2, 5)


def test_numbers_arrive_as_they_were_sent(call):
    rows = np.random.default_rng(1).random((5, 7)).astype("<f4")
    assert np.array_equal(call(TrainingMonitor, "rowsOf", rows.ravel().tolist()), rows)


@pytest.mark.parametrize("first", [1, 11])
def test_the_lines_are_the_numbers(mount, page, first):
    widget = monitor(first=first)
    mount(widget)
    numbers, left = np.arange(first, first + 12), 0 if first == 1 else first - 1
    for name, bottom, top in (("loss", 0, widget.axes["loss"]), ("accuracy", widget.axes["accuracy"], 1)):
        for kind, key in (("training", name), ("validation", f"val_{name}")):
            wanted = expected(numbers, widget.history[key], left, 40, bottom, top)
            assert np.allclose(points(page, name, f"path.{kind}"), wanted, atol=0.06)


def test_the_gap_stands_between_the_last_two_accuracies_and_the_best_epoch_is_marked(mount, page):
    widget = monitor()
    mount(widget)
    a, b = (expected([12], [widget.history[name][-1]], 0, 40, 0, 1)[0] for name in ("accuracy", "val_accuracy"))
    d = page.locator(f"{VIEW} path.gap").get_attribute("d")
    numbers = [float(one) for one in d.replace("M", " ").replace("h10", "").replace("V", " ").split()]
    assert np.allclose(numbers, [a[0] - 5, a[1], a[0], a[1], b[1], b[0] - 5, b[1]], atol=1e-3)
    assert page.locator(f"{VIEW} .best").text_content() == "best: 6"
    assert page.locator(".gap-words").text_content().startswith("Gap after epoch 12: training is ")


def test_without_accuracy_only_the_loss_is_drawn(mount, page):
    mount(monitor(accuracy=None, val_accuracy=None))
    assert page.locator(f"{VIEW} figure:visible").count() == 1
    assert page.locator(f"{VIEW} figure").first.locator("path.gap").count() == 1


def test_without_validation_there_is_no_gap(mount, page):
    mount(monitor(val_loss=None, val_accuracy=None))
    assert page.locator(f"{VIEW} path.gap").count() == 0
    assert page.locator(f"{VIEW} path.validation").first.get_attribute("d") == ""
    assert "no validation yet" in page.locator(".gap-words").text_content()


def test_a_loss_that_is_no_number_is_left_out_and_told(mount, page):
    widget = monitor(5, loss=[2, 1, NAN, float("inf"), NAN], val_loss=None)
    mount(widget)
    assert len(points(page, "loss", "path.training")) == 2
    assert "not a number (NaN)" in page.locator(".problem").text_content()


def test_a_training_of_thousands_of_epochs_is_drawn_with_few_points(mount, page):
    generator = np.random.default_rng(1)
    mount(
        monitor(
            5000, 5000, **{name: generator.random(5000) for name in ("loss", "val_loss", "accuracy", "val_accuracy")}
        )
    )
    assert 290 < len(points(page, "loss", "path.training")) <= 301


def test_what_python_tells_is_shown(mount, page):
    bridge = mount(monitor(3))
    bridge.widget.add({"loss": 0.1, "val_loss": 0.2, "accuracy": 0.9, "val_accuracy": 0.9})
    bridge.widget.tell("training", "Epoch 5 of 40.", 0.1)
    bridge.push()
    page.wait_for_function("document.querySelector('#widget').dataset.epochs === '4'")
    assert page.locator(".progress").text_content() == "Epoch 5 of 40."
    assert page.locator("progress").get_attribute("value") == "0.1"
    bridge.widget.tell("stopped", "Stopped in epoch 5 of 40.", 1.0)
    bridge.push()
    page.wait_for_function("document.querySelector('#widget').dataset.state === 'stopped'")
    assert page.get_by_role("button").count() == 0
    assert page.locator(".status").text_content() == "Stopped."


@pytest.mark.parametrize("way", ["click", "Enter", "Space"])
def test_stop_reaches_python_once(mount, page, way):
    bridge, heard = mount(monitor()), []
    bridge.widget.on_msg(lambda widget, content, buffers: heard.append(content))
    button = page.get_by_role("button", name="Stop")
    for _ in range(2):
        button.click(force=True) if way == "click" else button.press(way)
    bridge.until("stop_asked", True)
    assert heard == [{"stop": True}]
    assert "Stopping after this batch" in page.locator(".status").text_content()


def test_a_kernel_that_does_not_hear_is_told(mount, page):
    page.clock.install()
    bridge = mount(monitor())
    bridge.silent = True
    page.get_by_role("button", name="Stop").click()
    page.clock.run_for(4000)
    assert page.locator(".problem").text_content() == ""
    page.clock.run_for(2000)
    assert "use the notebook's own stop button" in page.locator(".problem").text_content()


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_accessible(mount, page, dark):
    bridge = mount(monitor())
    if dark:
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        page.evaluate("document.body.style.cssText = 'background: #111; color: #eee'")
    looking.assert_accessible(page, VIEW)
    page.get_by_role("button", name="Stop").click()
    looking.assert_accessible(page, VIEW)
    bridge.widget.tell("stopped", "Stopped in epoch 5 of 40.", 1.0)
    bridge.push()
    looking.assert_accessible(page, VIEW)


def test_a_screen_reader_hears_how_the_curves_stand(mount, page):
    widget = monitor()
    mount(widget)
    labels = [page.locator(f"{VIEW} svg[role=img]").nth(at).get_attribute("aria-label") for at in (0, 1)]
    for name, label in zip(("loss", "accuracy"), labels):
        ends = [widget.history[key][-1] for key in (name, f"val_{name}")]
        assert label == f"{name}, 12 epochs drawn: training {ends[0]:.2f}, validation {ends[1]:.2f} at the end"


def test_it_fits_a_phone(mount, page):
    mount(monitor())
    looking.assert_fits(page, VIEW)


def stop_in(notebook) -> float:
    """Press Stop in a training that runs, with the keyboard; gives the seconds until its end back."""
    page, view = notebook.page, notebook.page.locator(".imgrec-training-monitor").last
    view.wait_for(timeout=60_000)
    view.scroll_into_view_if_needed()
    page.wait_for_function(f"Number({STATE}.epochs) > 2", timeout=60_000)
    button = view.get_by_role("button", name="Stop")
    button.focus()
    begin = time.monotonic()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{STATE}?.state === 'stopped'", timeout=60_000)
    return time.monotonic() - begin


def use(notebook, name: str) -> None:
    """Stop the training that runs, whose callback is called `name`, and see what was kept."""
    seconds = stop_in(notebook)
    assert seconds < 10
    notebook.until(f"{name}.watch.widget.state", "stopped")
    kept = notebook.python(f"{name}.watch.kept")
    measured = notebook.python(f"{name}.watch.widget.history.get('val_loss', {name}.watch.widget.history['loss'])")
    assert kept == int(np.argmin(measured)) + 1


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "order.append('second')", "order.append('third')")
    notebook.start()
    use(notebook, "monitor")
    notebook.until("order", ["fit", "second", "third"])
    val_loss = "model.evaluate(pictures[200:], labels[200:], verbose=0)[0] - min(history['val_loss'])"
    assert abs(notebook.python(val_loss)) < 1e-3
