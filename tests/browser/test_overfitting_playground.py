"""The overfitting playground in a real browser."""

import bridge as bridges
import looking
import numpy as np
import pytest

from imgrec_lib.widgets import overfitting_playground as playground
from imgrec_lib.widgets.overfitting_playground import OverfittingPlayground

pytestmark = pytest.mark.browser
VIEW = "#widget"
CELL = """\
from imgrec_lib.widgets.overfitting_playground import OverfittingPlayground
playground = OverfittingPlayground()
playground"""


def slider(view, name):
    """The slider with a label."""
    return view.get_by_label(name)


def test_javascript_finds_pythons_curves(call):
    known, generator = playground.results(), np.random.default_rng(1)
    counts = [len(known.sizes), len(known.dropout), len(known.l2)]
    table = known.table.ravel().tolist()
    for _ in range(6):
        places, epoch = [int(generator.integers(count)) for count in counts], int(generator.integers(1, 41))
        values = [names[at] for names, at in zip((known.sizes, known.dropout, known.l2), places)]
        theirs = call(OverfittingPlayground, "curvesAt", table, places, counts, known.epochs, epoch)
        assert np.allclose(theirs, list(known.curves(*values, epoch).values()))


def test_javascript_and_python_give_one_diagnosis(page):
    known = playground.results()
    pairs = (known.table[:, :2, ::3].transpose(0, 2, 1).reshape(-1, 2) / 1000).tolist() + [[0.75, 0.5], [0.8, 0.55]]
    script = """async ([source, pairs]) => { const { diagnosis } = await import(source);
        return pairs.map(([a, b]) => diagnosis(a, b, 0.75, 0.25)); }"""
    theirs = page.evaluate(script, [bridges.address(OverfittingPlayground._esm), pairs])
    assert theirs == [playground.diagnosis(*pair) for pair in pairs]
    assert set(theirs) == {"underfits", "overfits", "fine"}


def points(page, selector):
    """The points of a line, as the picture has them."""
    d = page.locator(selector).get_attribute("d")
    return np.array([point.split() for point in d.removeprefix("M").removesuffix("h0.1").split("L")], dtype=float)


@pytest.mark.parametrize("setting", [(200, 0, 0, 40), (40, 0.5, 0.01, 17), (120, 0.75, 0.1, 1)])
def test_the_lines_are_the_numbers(mount, page, setting):
    widget = OverfittingPlayground(*setting)
    mount(widget)
    curves = widget.curves()
    top = max(3, *curves["loss"], *curves["val_loss"])
    for at, name, reach in ((0, "loss", top), (1, "accuracy", 1)):
        for kind, key in (("training", name), ("validation", f"val_{name}")):
            found = points(page, f"{VIEW} figure >> nth={at} >> path.{kind}")
            assert np.allclose(found[:, 0], 44 + 364 * np.arange(1, setting[3] + 1) / 40, atol=0.06)
            assert np.allclose(found[:, 1], 194 - 168 * curves[key] / reach, atol=0.06)


def test_keyboard_and_mouse_choose_a_setting(mount, page):
    bridge = mount(OverfittingPlayground())
    view = page.locator(VIEW)
    slider(view, "dropout").press("ArrowRight")
    bridge.until("dropout", 0.25)
    slider(view, "epochs").press("Home")
    bridge.until("epoch", 1)
    slider(view, "L2 strength").click()
    bridge.until("l2", lambda value: value in (0.001, 0.01))
    slider(view, "training pictures").press("ArrowLeft")
    bridge.until("size", 120)
    words = page.locator(".numbers").text_content()
    assert words.startswith("Accuracy after epoch 1: training 0.") and "test 0." in words


def test_a_curve_is_kept_and_let_go(mount, page):
    bridge = mount(OverfittingPlayground())
    page.get_by_role("button", name="Keep this curve").click()
    bridge.until("kept", [200, 0, 0, 40])
    slider(page.locator(VIEW), "dropout").press("End")
    assert page.locator(f"{VIEW} path.kept").count() == 4
    assert np.allclose(points(page, f"{VIEW} figure >> nth=1 >> path.kept.validation")[:, 1],
                       194 - 168 * OverfittingPlayground().curves()["val_accuracy"], atol=0.06)  # fmt: skip
    page.get_by_role("button", name="Let the grey curve go").click()
    bridge.until("kept", [])
    assert page.locator(f"{VIEW} path.kept").count() == 0


def test_what_python_sets_is_shown(mount, page):
    bridge = mount(OverfittingPlayground())
    bridge.widget.size, bridge.widget.l2, bridge.widget.dropout = 40, 0.1, 0.75
    bridge.push()
    page.wait_for_function("document.querySelector('#widget').dataset.diagnosis === 'underfits'")
    assert page.locator("#widget output").all_text_contents() == ["40", "0.75", "0.1", "40"]


def test_a_screen_reader_hears_the_result_after_a_pause(mount, page):
    mount(OverfittingPlayground())
    slider(page.locator(VIEW), "epochs").press("PageDown")
    page.wait_for_function("document.querySelector('#widget .status').textContent.includes('dropout 0, L2 0, epoch')")
    label = page.locator(f"{VIEW} svg[role=img]").nth(1).get_attribute("aria-label")
    assert label.startswith("accuracy up to epoch ") and "validation at 0." in label


def test_it_answers_while_python_is_silent_and_says_so(mount, page):
    page.clock.install()
    bridge = mount(OverfittingPlayground())
    bridge.silent = True
    before = page.locator(".numbers").text_content()
    slider(page.locator(VIEW), "training pictures").press("Home")
    assert page.locator(".numbers").text_content() != before
    page.clock.run_for(6000)
    assert "Python does not answer" in page.locator(".problem").text_content()


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_accessible(mount, page, dark):
    mount(OverfittingPlayground())
    if dark:
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        page.evaluate("document.body.style.cssText = 'background: #111; color: #eee'")
    looking.assert_accessible(page, VIEW)
    page.get_by_role("button", name="Keep this curve").click()
    slider(page.locator(VIEW), "L2 strength").press("End")
    looking.assert_accessible(page, VIEW)


def test_it_fits_a_phone(mount, page):
    mount(OverfittingPlayground())
    page.get_by_role("button", name="Keep this curve").click()
    looking.assert_fits(page, VIEW)


def use(notebook, name):
    """Choose a setting, keep a curve and let it go, in the widget called `name`."""
    view = notebook.page.locator(".imgrec-overfitting-playground").last
    view.scroll_into_view_if_needed()
    slider(view, "dropout").press("Home")
    slider(view, "dropout").press("ArrowRight")
    notebook.until(f"{name}.dropout", 0.25)
    slider(view, "epochs").press("Home")
    notebook.until(f"{name}.epoch", 1)
    view.get_by_role("button", name="Keep this curve").click()
    notebook.until(f"{name}.kept", lambda value: value[1:2] + value[3:] == [0.25, 1])
    slider(view, "epochs").press("End")
    notebook.until(f"{name}.epoch", 40)
    view.get_by_role("button", name="Let the grey curve go").click()
    notebook.until(f"{name}.kept", [])


def test_in_a_notebook(open_notebook):
    notebook = open_notebook(CELL, "print('ready')")
    notebook.run_all()
    use(notebook, "playground")
