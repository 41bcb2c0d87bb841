"""The machinery of the exercises: whatever an answer does, the learner gets one helpful sentence."""

import itertools
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from imgrec_lib.exercises import lesson_01, record
from imgrec_lib.exercises.comparing import Closeness, difference, same
from imgrec_lib.exercises.feedback import Feedback
from imgrec_lib.exercises.making import function, value
from imgrec_lib.exercises.observing import PRINTED_CHARACTERS, observe

HINTS = ("What is half of 3?", "Divide.", "A slash divides.")


@function("09.halve", hints=HINTS, praise="Half of everything.", seconds=0.5)
def halve(values: np.ndarray) -> np.ndarray:
    """Each number divided by 2."""
    return values / 2


@halve.cases
def _values(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    for shape in ((3,), (2, 2), (20, 30)):
        yield (generator.integers(1, 9, shape) * 2 + 1.0,)


halve.misconception("You rounded down: one slash keeps the halves.", lambda values: values // 2)
halve.misconception("You doubled: divide.", lambda values: values * 2)

seven = value("09.seven", 7, hints=HINTS, praise="Seven.")
seven.misconception("Six is one too few.", 6)


def for_ever(values):
    while True:
        pass


def for_ever_against_all_stops(values):
    for _ in itertools.count():
        try:
            time.sleep(60)
        except BaseException:
            continue
        return values


def prints(values):
    print(values / 2)


def prints_without_end(values):
    while True:
        print("more " * 100)


def forgets_return(values):
    values = values / 2


def changes_argument(values):
    values /= 2
    return values


def ends_the_program(values):
    sys.exit("goodbye")


def unknown_name(values):
    return valeus / 2  # noqa: F821


def raises_in_a_library(values):
    return np.reshape(values, (7, 77))


def raises_an_exception_that_has_no_text(values):
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    raise Mute


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (for_ever, "within 0.5 seconds"),
        (for_ever_against_all_stops, "within 0.5 seconds"),
        (prints_without_end, "within 0.5 seconds"),
        (prints, "`return` where `print` stands"),
        (forgets_return, "end it with `return`"),
        (changes_argument, "begin with a copy, `values.copy()`"),
        (ends_the_program, "a function ends with return"),
        (unknown_name, "`return valeus / 2  # noqa: F821`, stopped with NameError"),
        (raises_in_a_library, "`return np.reshape(values, (7, 77))`, stopped with ValueError"),
        (raises_an_exception_that_has_no_text, "stopped with Mute."),
        (lambda: 0, "TypeError"),
        (lambda values: 3.5, "gives a number, and an array is asked for"),
        (lambda values: list(values / 2), "gives a list, and an array is asked for, so put np.array(…) around it"),
        (lambda values: (values / 2)[:1], "shape 1, and 3 is asked for"),
        (lambda values: (values / 2).astype(str), "and numbers are asked for"),
        (
            lambda values: values / 2 + np.arange(values.size).reshape(values.shape),
            "The first difference is at place 1",
        ),
        (lambda values: np.array([1.5, 2.5, 3.5]), "typed in"),
        (lambda values: values // 2, "You rounded down"),
        (lambda values: (values // 2).astype(int).astype("float32"), "You rounded down"),
        (lambda values: values + values, "You doubled"),
        (3, "Give the function itself"),
    ],
)
def test_wrong_answer_gets_the_sentence_that_helps(answer, words):
    feedback = halve.check(answer)
    assert feedback.outcome == "not yet"
    assert words in feedback.message
    assert "Traceback" not in repr(feedback)


@pytest.mark.parametrize(
    "answer",
    [
        lambda values: values * 0.5,
        lambda values: (values / 2).astype("float32"),
        lambda values: np.broadcast_to(values / 2, values.shape),
        lambda values, factor=0.5: values * factor,
        np.vectorize(lambda value: value / 2),
    ],
)
def test_right_answer_is_correct_however_it_is_written(answer):
    assert halve.check(answer).outcome == "correct"


def test_a_tensor_counts_as_an_array():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0])

    assert isinstance(observe(Tensor, (), 1).value, np.ndarray)


def test_an_answer_is_stopped_and_leaves_nothing_running():
    begin, counter = time.monotonic(), [0]

    def counts(values):
        while True:
            counter[0] += 1

    halve.check(counts)
    assert time.monotonic() - begin < 3
    stopped_at = counter[0]
    time.sleep(0.1)
    assert counter[0] == stopped_at


def test_prints_of_an_answer_are_kept_apart_and_short(capsys):
    def print_much():
        print("x" * 10 * PRINTED_CHARACTERS)
        return 1

    assert len(observe(print_much, (), 1).printed) == PRINTED_CHARACTERS
    assert capsys.readouterr().out == ""


def test_an_answer_works_on_copies():
    given = np.ones(3)
    seen = observe(changes_argument, (given,), 1)
    assert seen.changed == (0,)
    assert (given == 1).all()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(7, "correct"), (7.0, "correct"), (np.int64(7), "correct"), (True, "not yet"), ("7", "not yet")],
)
def test_a_value_is_compared_as_a_number(answer, outcome):
    assert seven.check(answer).outcome == outcome


def test_a_misconception_of_a_value_gets_its_sentence():
    assert seven.check(6).message == "Six is one too few."


EXACT = Closeness()


@pytest.mark.parametrize(
    ("yours", "target"),
    [
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.float32(0.1), 0.1),
        (np.array(3), 3),
        ("Brick ", "brick"),
        (np.str_("brick"), "brick"),
        ([1, 2], (1, 2)),
        (np.array([1.0, 2.0]), (1, 2)),
        ({"a": 1, "extra": 2}, {"a": 1.0}),
        (np.array([np.nan]), np.array([np.nan])),
        (True, np.bool_(True)),
    ],
)
def test_same_value_in_another_form_is_the_same(yours, target):
    assert same(yours, target, EXACT)


@pytest.mark.parametrize(
    ("yours", "target", "words"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape 2 × 3, and 3 × 2"),
        (np.array([255], "uint8"), np.array([0], "uint8"), "yours is 255, the target is 0"),
        (np.zeros(2, "uint8"), np.ones(2, "uint8"), "at place 0"),
        (np.array(["a"]), np.array([1]), "numbers are asked for"),
        (np.array([1 + 2j]), np.array([1.0]), "numbers are asked for"),
        (3, (1, 2), "2 values are asked for"),
        ((1, 2, 3), (1, 2), "3 values, and 2"),
        ((1, 3), (1, 2), "value 2 of 2"),
        ({"b": 1}, {"a": 1}, 'nothing for "a"'),
        ("brick", True, "a text, and True or False"),
        (None, 1, "None, and one number"),
        ("x", "y", 'It is "x", and the target is "y"'),
        (False, True, "It is False, and the target is True"),
        (float("nan"), 1.0, "gives nan"),
    ],
)
def test_a_difference_is_told(yours, target, words):
    assert words in difference(yours, target, EXACT).sentence


def test_dtype_is_told_before_values_and_after_shape():
    found = difference(np.ones(2), np.zeros(2, "uint8"), Closeness(dtype="uint8"))
    assert "dtype is float64, and uint8" in found.sentence


def test_feedback_shows_few_numbers_as_text_and_a_picture_in_html():
    feedback = halve.check(lambda values: values / 2 + 1)
    assert "target:" in repr(feedback) and "yours:" in repr(feedback)
    assert "data:image/png;base64," in feedback._repr_html_()


@pytest.mark.parametrize(
    "shape", [(3,), (40,), (1, 1), (40, 30), (40, 30, 3), (5, 4, 7), (4, 3, 3, 2), (2, 3, 4, 5, 6)]
)
@pytest.mark.parametrize("dtype", ["uint8", "float64", "bool"])
def test_feedback_has_a_picture_for_arrays_of_every_shape(shape, dtype):
    target, yours = np.ones(shape, dtype), np.ones(shape, dtype)
    yours.flat[-1] = 0
    found = difference(yours, target, EXACT)
    assert "<img" in Feedback("09.x", "not yet", "A sentence.", found)._repr_html_()


@pytest.mark.parametrize("wild", [np.nan, np.inf, -np.inf])
def test_feedback_has_a_picture_where_numbers_are_not_finite(wild):
    found = difference(np.full((9, 9), wild), np.ones((9, 9)), EXACT)
    assert "<img" in Feedback("09.x", "not yet", "A sentence.", found)._repr_html_()


def test_feedback_escapes_what_a_learner_wrote():
    assert "<script" not in seven.check("<script>alert(1)</script>")._repr_html_()


def test_hints_come_in_three_steps_and_the_last_stays():
    steps = [halve.hint() for _ in range(4)]
    assert [hint.number for hint in steps] == [1, 2, 3, 3]
    assert "What is half of 3?" in repr(steps[0]) and "What is half of 3?" in steps[0]._repr_html_()


def test_solution_is_source_that_runs_by_itself():
    namespace = {}
    exec(lesson_01.to_gray.solution_source, namespace)
    assert lesson_01.to_gray.check(namespace["to_gray"]).outcome == "correct"
    assert "def to_gray(image):" in repr(lesson_01.to_gray.solution())


def test_the_best_outcome_is_kept():
    halve.check(for_ever)
    halve.check(halve.reference)
    halve.check(prints)
    assert record.done()["09.halve"] == record.Done("correct", 3)


def test_an_untouched_exercise_leaves_no_record():
    halve.check(...)
    assert not record.path().exists()


def test_a_value_that_is_wrong_does_not_tell_the_right_one():
    assert "7" not in repr(seven.check(12))


def test_a_list_that_is_sorted_in_place_counts_as_changed():
    assert observe(lambda losses: losses.sort(), ([3, 1, 2],), 1).changed == (0,)
    assert observe(lambda weights: weights[1].fill(0), ([np.ones(2), np.ones(3)],), 1).changed == (0,)


def test_the_time_of_an_import_does_not_count(tmp_path, monkeypatch):
    (tmp_path / "slow_to_load.py").write_text("import time\ntime.sleep(1.5)\nhalf = 2\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def imports(values):
        import slow_to_load

        return values / slow_to_load.half

    assert halve.check(imports).outcome == "correct"


def test_colours_of_a_terminal_are_left_out_of_an_error():
    def colourful(values):
        raise ValueError("\x1b[1mbold\x1b[0m words")

    assert "ValueError: bold words" in halve.check(colourful).message


def test_after_one_call_that_is_late_no_other_is_made():
    calls = []

    def late_from_the_second_on(values):
        calls.append(values.shape)
        while len(calls) > 1:
            pass
        return values / 2

    assert "within 0.5 seconds" in halve.check(late_from_the_second_on).message
    assert len(calls) == 2
