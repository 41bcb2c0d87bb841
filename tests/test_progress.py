"""Progress is live, says what is left, and leaves nothing behind."""

import pytest

from imgrec_lib import progress


class Recorder:
    """Stands in for IPython's display handle."""

    def __init__(self) -> None:
        self.states: list[dict[str, str]] = []

    def display(self, bundle: dict[str, str], raw: bool) -> None:
        self.states.append(bundle)

    update = display


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    found = Recorder()
    shell = type("Shell", (), {"kernel": object()})()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr("IPython.display.DisplayHandle", lambda: found)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_UPDATES", 0)
    return found


def test_all_items_come_through_in_order_without_a_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.progress("abc", "letters")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_the_line_ends_as_it_began(recorder: Recorder) -> None:
    list(progress.progress(range(3), "training"))
    assert recorder.states[0] == recorder.states[-1] == {"text/plain": "", "text/html": ""}


def test_the_line_counts_what_is_done(recorder: Recorder) -> None:
    list(progress.progress(range(3), "training <fast>"))
    assert [state["text/plain"] for state in recorder.states[1:-1]] == [
        f"training <fast>: {index} of 3 done" for index in range(3)
    ]
    assert "training &lt;fast&gt;" in recorder.states[1]["text/html"]


def test_the_line_is_emptied_where_the_loop_breaks(recorder: Recorder) -> None:
    with pytest.raises(KeyboardInterrupt):
        for _ in progress.progress(range(3), "training"):
            raise KeyboardInterrupt
    assert recorder.states[-1]["text/html"] == ""


def test_items_without_a_length_may_come_with_a_total(recorder: Recorder) -> None:
    list(progress.progress(iter(range(2)), "reading", total=2))
    assert "1 of 2 done" in recorder.states[-2]["text/plain"]


@pytest.mark.parametrize(
    ("seconds", "done", "words"),
    [(0.5, 0.5, ""), (10, 0, ""), (10, 0.5, "about 10 s left"), (100, 0.1, "about 15 min left")],
)
def test_the_time_left_is_told_in_words(seconds: float, done: float, words: str) -> None:
    assert progress.remaining(seconds, done) == words
