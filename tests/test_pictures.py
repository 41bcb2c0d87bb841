"""The still pictures show what they are given, on any kind of array that a lesson has."""

import io

import numpy as np
import pytest

from imgrec_lib import charts, plots

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)
COLOUR = np.stack([GREY, GREY * 2, GREY * 3], axis=-1)
HISTORY = {"loss": [1.0, 0.5], "accuracy": [0.5, 0.8], "val_loss": [1.1, 0.7], "val_accuracy": [0.4, 0.7]}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    bundles: list[dict[str, object]] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda bundle, raw, metadata: bundles.append({**bundle, "metadata": metadata})
    )
    return bundles


def pixels(bundle: dict[str, object]) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(bundle["image/png"])).convert("RGB"))


@pytest.mark.parametrize("image", [GREY, COLOUR, GREY / 255, COLOUR / 255.0, GREY[:, :, None], GREY - 20.0, GREY > 9])
def test_every_kind_of_picture_is_shown(image: np.ndarray, shown: list[dict[str, object]]) -> None:
    plots.show(image, titles=["one"])
    assert pixels(shown[0]).std() > 0


@pytest.mark.parametrize("image", [np.zeros(3), np.zeros((2, 2, 5)), np.zeros((2, 2, 2, 2))])
def test_what_is_no_picture_is_refused_in_a_sentence(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="is not a picture"):
        plots.show(image)


def test_a_picture_without_pixels_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="has no pixels"):
        plots.show(COLOUR[4:2])


def test_the_text_form_does_not_depend_on_titles(shown: list[dict[str, object]]) -> None:
    plots.show(GREY, GREY, titles=["accuracy 0.81", "b"])
    assert shown[0]["text/plain"] == "Picture with 2 panel(s)"
    assert shown[0]["metadata"]["image/png"]["alt"] == "accuracy 0.81; b"


def test_black_is_black_and_white_is_white(shown: list[dict[str, object]]) -> None:
    plots.show(np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint8))
    middle = pixels(shown[0])
    row = middle[middle.shape[0] // 2]
    assert row.min() == 0 and row.max() == 255


def test_numbers_draws_windows_and_refuses_large_matrices(shown: list[dict[str, object]]) -> None:
    plots.numbers(GREY, titles=["plain"])
    plots.numbers(GREY, titles=["plain"], highlight=(1, 1, 3, 3))
    assert np.any(pixels(shown[0]) != pixels(shown[1]))
    with pytest.raises(ValueError, match="too many numbers"):
        plots.numbers(np.zeros((33, 4)))


@pytest.mark.parametrize(("value", "text"), [(3, "3"), (-0.25, "-0.25"), (0.5, "0.50"), (12.34, "12.3"), (-1.0, "-1")])
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert plots._number(value) == text


def test_every_chart_is_drawn(shown: list[dict[str, object]]) -> None:
    charts.curves(HISTORY)
    charts.curves({"one": HISTORY, "two": {"loss": [1.0], "accuracy": [0.5]}})
    charts.confusion(np.array([[5, 1], [0, 7]]), ["cat", "cup"])
    charts.probabilities(COLOUR, [0.2, 0.8], ["cat", "cup"])
    charts.spread({"nothing": [0.4, 0.5], "dropout": [0.6]})
    charts.lines({"a": ([1, 2], [3, 4])}, "x", "y")
    assert len(shown) == 6 and all(pixels(bundle).std() > 0 for bundle in shown)


def test_drawing_a_chart_leaves_no_figure_open_and_needs_no_pyplot() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from imgrec_lib import plots\n"
        "figure, axes = plots.new_figure(1, 1, 2, 2); plots.png(figure)\n"
        "assert 'matplotlib.pyplot' not in sys.modules and 'tensorflow' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("epochs", [1, 2, 3, 8, 40])
def test_epochs_are_marked_by_whole_numbers(epochs: int) -> None:
    figure, axes = plots.new_figure(1, 2, 8, 3)
    charts.draw_curves(axes[0], HISTORY, epochs=epochs)
    figure.canvas.draw()
    for axis in axes[0]:
        low, high = axis.get_xlim()
        marked = [place for place in axis.get_xticks() if low <= place <= high]
        assert len(marked) >= 2 and all(float(place).is_integer() for place in marked)
