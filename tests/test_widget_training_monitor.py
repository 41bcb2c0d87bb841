"""What the training monitor reads off curves, which weights it keeps, and what a busy kernel lets through."""

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from imgrec_lib import plots, watching
from imgrec_lib.watching import Watch
from imgrec_lib.widgets import learning_curves as curves
from imgrec_lib.widgets.training_monitor import TrainingMonitor

NAN = float("nan")
LOOP = """\
import time
from IPython.display import display
from imgrec_lib.widgets.training_monitor import TrainingMonitor
from imgrec_lib.widgets.while_busy import hearing
widget, other, order = TrainingMonitor(5), TrainingMonitor(5), []
print(widget.model_id, other.model_id, flush=True)
hear, end = hearing(widget), time.monotonic() + 8
while not widget.stop_asked and time.monotonic() < end:
    hear()
order.append("loop")"""


class Handle:
    """Stands for a display, and keeps what it was given."""

    def __init__(self) -> None:
        self.updates: list[str] = []

    def update(self, widget: TrainingMonitor) -> None:
        self.updates.append(widget.state)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A watch over 10 epochs of 4 batches, as if in a notebook."""

    class Shell:
        events = type("Events", (), {"register": lambda *given: None, "unregister": lambda *given: None})()

    monkeypatch.setattr("IPython.get_ipython", Shell)
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_VIEWS", 0)
    one = Watch(10, 4)
    one._handle = Handle()
    return one


def run(watch: Watch, *losses: float, name: str = "val_loss", first: int = 0) -> None:
    """Epochs with the given validation losses, whose weights are the epoch's number."""
    for epoch, loss in enumerate(losses, first):
        watch.epoch_begins(epoch)
        watch.batch_begins(0)
        watch.epoch_ended({"loss": 1.0, name: loss}, lambda number=epoch + 1: [np.array(number)])


def ended(watch: Watch) -> list[int]:
    """The weights that were put back at the end."""
    found: list[int] = []
    watch.ended(lambda weights: found.extend(int(one) for one in weights))
    return found


def test_gap_and_best_epoch_are_read_off_a_history() -> None:
    history = {
        "loss": [2, 1, 0.5],
        "val_loss": [2, 1.5, 1.8],
        "accuracy": [0.2, 0.6, 0.9],
        "val_accuracy": [0.2, 0.5, 0.5],
    }
    reading = curves.read(history)
    assert (reading.measure, reading.best, reading.gap_in, reading.gap_epoch) == ("val_loss", 1, "accuracy", 2)
    assert reading.gap == pytest.approx(0.4) and reading.loss_top == pytest.approx(2.1)
    assert curves.gap_words(reading) == "Gap after epoch 3: training is 40 percentage points better than validation."


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ({}, "No gap to show: there is no validation yet."),
        ({"loss": [1.0], "accuracy": [0.5]}, "No gap to show: there is no validation yet."),
        ({"loss": [1.0], "val_loss": [1.5]}, "the validation loss lies 0.50 above the training loss."),
        ({"loss": [1.5], "val_loss": [1.0]}, "the validation loss lies 0.50 below the training loss."),
        ({"loss": [1, 1], "acc": [0.5, 0.9], "val_acc": [0.51, NAN]}, "training is 1 percentage point worse than validation."),  # noqa: E501
        ({"loss": [1], "accuracy": [0.5], "val_accuracy": [0.503]}, "none, the two accuracies are equal."),
    ],
)  # fmt: skip
def test_the_gap_is_told_in_words(history: dict[str, list[float]], words: str) -> None:
    assert curves.gap_words(curves.read(history)).removeprefix("Gap after epoch 1: ") == words


def test_nothing_measured_has_no_best_epoch() -> None:
    for history in ({}, {"loss": [NAN, float("inf")]}, {"loss": [1e300]}):
        assert curves.read(history).best is None and curves.read(history).loss_top == 1


def test_only_a_last_loss_that_is_no_number_is_broken() -> None:
    assert curves.read({"loss": [1, NAN]}).broken and curves.read({"loss": [float("inf")]}).broken
    assert not curves.read({"loss": [NAN, 1]}).broken and not curves.read({}).broken


def test_the_axis_of_accuracy_never_cuts_a_curve() -> None:
    generator = np.random.default_rng(1)
    for _ in range(200):
        values = generator.uniform(generator.uniform(0, 1), 1, 5)
        bottom = curves.read({"loss": [1] * 5, "accuracy": values}).accuracy_bottom
        assert 0 <= bottom <= values.min() and bottom <= 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 299, 300, 301, 5000])
def test_thousands_of_epochs_are_thinned_and_the_best_stays(count: int) -> None:
    places = curves.shown_places(count, count // 3 if count else None)
    assert len(places) <= curves.MOST_POINTS + 1 and (np.diff(places) > 0).all()
    assert not count or {0, count // 3, count - 1} <= set(places.tolist())


def test_stop_puts_the_best_epochs_weights_back(watch: Watch) -> None:
    run(watch, 3, 1, 2)
    watch.widget._handle_custom_msg({"stop": True}, [])
    assert watch.stop and ended(watch) == [2] and watch.kept == 2
    assert watch.widget.state == "stopped"
    assert watch.widget.said["progress"].endswith("Kept: the weights of epoch 2, with the lowest validation loss.")


def test_without_validation_the_loss_decides(watch: Watch) -> None:
    run(watch, 0.1, 0.2, name="metric")
    watch.widget.stop_asked = True
    assert ended(watch) == [1]
    assert "with the lowest loss" in watch.widget.said["progress"]


def test_without_a_stop_the_weights_stay_as_they_are(watch: Watch) -> None:
    run(watch, 3, 1, 2)
    assert ended(watch) == [] and watch.kept is None
    assert watch.widget.said["progress"] == "Finished: 3 of 10 epochs. The validation loss was lowest in epoch 2."


def test_losses_that_are_no_numbers_are_told_and_nothing_is_put_back(watch: Watch) -> None:
    run(watch, NAN, NAN)
    watch.widget.stop_asked = True
    assert ended(watch) == [] and "No loss is a number" in watch.widget.said["progress"]


def test_a_nan_loss_is_explained(watch: Watch) -> None:
    run(watch, NAN, name="loss")
    assert watch.widget.said["problem"] == curves.NOT_A_NUMBER


def test_a_nan_after_good_epochs_leaves_the_best(watch: Watch) -> None:
    run(watch, 2, 1, NAN)
    watch.widget.stop_asked = True
    assert ended(watch) == [2]


def test_epochs_count_on_where_an_earlier_training_ended(watch: Watch) -> None:
    run(watch, 3, 1, 2, first=5)
    watch.widget.stop_asked = True
    assert ended(watch) == [7] and watch.kept == 7
    assert watch.widget.axes["best"] == 7 and "Stopped in epoch 8 of 10" in watch.widget.said["progress"]


def test_an_interrupted_training_says_so_and_leaves_a_picture(watch: Watch) -> None:
    handle = watch._handle
    run(watch, 3, 1)
    watch._cell_ended(type("Result", (), {"error_in_exec": KeyboardInterrupt()})())
    assert handle.updates == ["interrupted"]
    assert watch.widget.said["progress"].startswith("Interrupted by KeyboardInterrupt in epoch 3 of 10.")
    watch.interrupted()
    assert handle.updates == ["interrupted"]


def test_views_are_rationed(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_VIEWS", 0.2)
    told: list[str] = []
    monkeypatch.setattr(watch.widget, "tell", lambda *given: told.append(given[1]))
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        run(watch, 1.0)
    assert 2 <= len(told) <= 4


def test_measures_of_unequal_length_stay_epoch_by_epoch() -> None:
    widget = TrainingMonitor(5)
    for logs in ({"loss": 1}, {"loss": 2, "val_loss": 3}, {"loss": 4}):
        widget.add(logs)
    assert np.array_equal(widget.history["loss"], [1, 2, 4])
    assert np.array_equal(widget.history["val_loss"], [NAN, 3, NAN], equal_nan=True)
    widget.tell("training", "", 0.5)
    rows = np.frombuffer(widget.curves, "<f4").reshape(5, 3)
    assert np.array_equal(rows[:3], [[1, 2, 3], [1, 2, 4], [NAN, 3, NAN]], equal_nan=True)


@pytest.mark.parametrize("epochs", [0, -1, True, 2.5, "ten"])
def test_a_training_without_epochs_is_refused(epochs: object) -> None:
    with pytest.raises(ValueError, match="but a training to watch has at least 1 epoch"):
        TrainingMonitor(epochs)


@pytest.mark.parametrize("content", [None, [], "stop", {"stop": 1}, {"stop": "yes"}, {"other": True}])
def test_only_the_button_stops(content: object) -> None:
    widget = TrainingMonitor(5)
    widget._handle_custom_msg(content, [])
    assert not widget.stop_asked


def test_the_text_stays_and_the_picture_changes() -> None:
    widget = TrainingMonitor(5)
    before, picture = repr(widget), plots.png(widget.figure())
    widget.add({"loss": 1.0, "accuracy": 0.5})
    widget.tell("finished", "Finished.", 1.0)
    assert repr(widget) == before and plots.png(widget.figure()) != picture


def test_the_picture_of_a_long_noisy_training_stays_a_png() -> None:
    widget, generator = TrainingMonitor(4000), np.random.default_rng(1)
    falling = np.exp(-np.arange(4000) / 1000)
    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        widget.history[name] = list(falling * generator.uniform(0.8, 1, 4000))
    bundle, _ = widget._repr_mimebundle_()
    assert "image/png" in bundle


def test_the_import_takes_no_keras() -> None:
    script = "import sys, imgrec_lib.watching, imgrec_lib.training; print('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    """A real kernel, without a front end."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel()
    one = manager.client()
    one.start_channels()
    one.wait_for_ready(timeout=60)
    yield one
    one.stop_channels()
    manager.shutdown_kernel(now=True)


def told(client: object, kind: str) -> dict[str, object]:
    """The next message of a kind that the kernel publishes."""
    while True:
        message = client.get_iopub_msg(timeout=20)
        assert message["msg_type"] != "error", message["content"]
        if message["msg_type"] == kind:
            return message["content"]


def test_a_busy_kernel_hears_its_widget_and_keeps_every_other_message_in_order(client: object) -> None:
    client.execute(LOOP)
    ours, other = told(client, "stream")["text"].split()
    for name in ("first", "second", "third"):
        client.execute(f"order.append({name!r})")
    stop = {"method": "custom", "content": {"stop": True}}
    for one in (other, ours):
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": one, "data": stop}))
    client.execute("order.append(other.stop_asked)")
    reply = client.execute("", user_expressions={"order": "order"}, reply=True, timeout=30)
    found = reply["content"]["user_expressions"]["order"]["data"]["text/plain"]
    assert found == "['loop', 'first', 'second', 'third', True]"
