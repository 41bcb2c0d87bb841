"""A learner's function in another process looks to an observer as it would beside it, and harms nobody from there."""

import collections
import copy
import pathlib
import random
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from grading_workers import HEADER, Forks, false_worker, session, steps
from test_grading_wire import alike, mangled

from imgrec_lib.exercises.elsewhere import Blank, each_call, is_a, library
from imgrec_lib.exercises.failures import MEANINGS, UNKNOWN
from imgrec_lib.exercises.observing import Observation, observe
from imgrec_lib.grading import connection, remote, standins, wire
from imgrec_lib.grading.connection import Connection, Died, Late, Missing, RemoteError, Unreadable, remote_error
from imgrec_lib.grading.remote import Remote, RemoteFunction, RemoteObject, RemoteValue

SOURCE = '''
import os, random, sys, time, warnings
import numpy as np

class Box:
    """Holds things."""
    def __init__(self, *things): self.things, self.size = list(things), np.float32(2.5)
    def __len__(self): return len(self.things)
    def __getitem__(self, place): return self.things[place]
    def __iter__(self): return iter(self.things)
    def __call__(self, *numbers, scale=1): return scale * sum(numbers)
    def lid(self, colour="red"): return Box(colour)

class Grid:
    def __array__(self, dtype=None, copy=None): return np.eye(2)

class Told(KeyError):
    pass

class Endless(list):
    def __iter__(self):
        while True: time.sleep(0.01)

VALUES = [None, ..., 3, 2.5, "text", [1, (2, None)], {"a": np.arange(3), 5: [True]}, np.zeros((2, 0)), np.float32(1.5),
          np.array(["a", "bc"]), (), float("inf"), 1j, np.array(7), np.array([None, 1], dtype=object)]

def nothing(*arguments): return None
def same(value): return value
def one_of(number): return VALUES[number]
def box(*things): return Box(*things)
def grid(): return Grid()
def throw(name, text):
    kinds = vars(__builtins__) | {"Told": Told}
    raise kinds[name](text)
def halve(values):
    values /= 2
    return values
def draw(generator, count): return generator.random(count)
def chance(): return [random.random(), float(np.random.rand())]
def says(text): print(text)
def keyword(a, *, b=2): return a - b
def loop():
    while True: pass
def loop_against_all_stops():
    while True:
        try: time.sleep(60)
        except BaseException: continue
def sleep_long(seconds): time.sleep(seconds); return 1
def dies(): os._exit(3)
def endless(): return Endless()
def deep():
    value = []
    for _ in range(100): value = [value]
    return value
def large(): return np.zeros(10**8, np.float64)
def huge_text(): return "x" * 20_000_000
def has(blank): return type(blank).__name__
def touches(blank): return blank + 1
def warns(): return np.float32(1) / np.float32(0) + np.array([1]) / 0
def reference():
    from imgrec_lib.exercises import lesson_02, catalogue
    from imgrec_lib.exercises.lesson_02 import weighing
    return [repr(lesson_02.convolve), repr(weighing.weigh), catalogue()]
def look_for_judge(): import imgrec_lib.grading.judge
def look_round():
    import imgrec_lib.exercises, imgrec_lib.grading
    names = {*dir(imgrec_lib.exercises), *dir(imgrec_lib.grading)}
    return sorted(names & {"lesson_01", "exercise", "judge", "remote", "session", "desk"})
def grows(values): values.append(1); return 1
'''
NAMES = [line.split()[1].split("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]
NAMES += ["VALUES", "Box"]


@pytest.fixture(scope="module")
def one() -> Iterator[Remote]:
    """A worker in which the functions above are answers."""
    sandbox = Forks()
    yield session(sandbox, steps(SOURCE, answers=NAMES)).remote()
    sandbox.end()


@pytest.fixture
def fresh() -> Iterator[Callable[[], Remote]]:
    """Makes a worker that may be spoilt."""
    sandbox = Forks()
    yield lambda: session(sandbox, steps(SOURCE, answers=NAMES)).remote()
    sandbox.end()


def function(worker: Remote, name: str) -> RemoteFunction:
    worker.answer(name)
    return RemoteFunction(worker, name)


def seen(worker: Remote, name: str, look: Any = None, case: tuple[Any, ...] = (), seconds: float = 5.0) -> Observation:
    """What an observer sees of a function; without one, what it gives back for the case."""
    return function(worker, name).observe_elsewhere(look or (lambda answer, *given: answer(*given)), case, seconds)


def test_values_come_back_as_they_are(one: Remote) -> None:
    local: dict[str, Any] = {}
    exec(SOURCE, local)
    for number, value in enumerate(local["VALUES"]):
        found = seen(one, "one_of", case=(number,))
        assert alike(observe(lambda value=value: value, ()).value, found.value) or value is local["VALUES"][-1]
    assert found.value.dtype == object and found.value.shape == (2,)


def test_all_values_at_once_come_back_from_a_value_too(one: Remote) -> None:
    assert isinstance(one.answer("VALUES"), list)
    look = lambda answer: len(answer)  # noqa: E731
    assert RemoteValue(one, "VALUES").observe_elsewhere(look, (), 5).value == 15


def test_arguments_arrive_as_they_are(one: Remote) -> None:
    given = [1, "a", [None, ...], {"b": (2.5,)}, np.arange(6).reshape(2, 3), slice(1, 2), np.float32(3)]
    assert alike(observe(lambda: given, ()).value, seen(one, "same", case=(given,)).value)


def test_keyword_arguments_arrive(one: Remote) -> None:
    assert seen(one, "keyword", lambda answer: answer(7, b=3)).value == 4
    assert seen(one, "keyword", lambda answer: answer(7)).value == 5


def test_what_cannot_be_given_is_said(one: Remote) -> None:
    assert "a set cannot be given" in seen(one, "same", lambda answer: answer({1})).failure.text


def test_blanks_arrive_as_blanks(one: Remote) -> None:
    assert seen(one, "has", case=(Blank(),)).value == "Blank"
    assert seen(one, "touches", case=(Blank(),)).failure.kind == "TypeError"
    assert seen(one, "nothing", case=(Blank(), Blank())).is_empty


@pytest.mark.parametrize("kind", [kind for kind in MEANINGS if issubclass(kind, Exception)])
def test_a_built_in_exception_can_be_caught_as_its_class(one: Remote, kind: type[Exception]) -> None:
    def look(answer: Any) -> Any:
        try:
            answer(kind.__name__, "some words")
        except kind as error:
            return str(error)

    assert "some words" in seen(one, "throw", look).value


@pytest.mark.parametrize("kind", MEANINGS)
def test_an_exception_becomes_the_failure_that_it_would_be_here(one: Remote, kind: type[BaseException]) -> None:
    found = seen(one, "throw", case=(kind.__name__, "some words")).failure
    assert (found.kind, found.line) == (kind.__name__, "raise kinds[name](text)")
    assert found.text.strip("'") == "some words"
    assert found.meaning == MEANINGS[kind]
    assert found.line_number == 1 + SOURCE.splitlines().index("    raise kinds[name](text)")


def test_an_exception_of_the_learners_own_class_has_the_meaning_of_the_one_above(one: Remote) -> None:
    found = seen(one, "throw", case=("Told", "words")).failure
    assert (found.kind, found.meaning) == ("Told", MEANINGS[KeyError])
    assert seen(one, "throw", case=("StopAsyncIteration", "words")).failure.meaning == UNKNOWN


def test_an_exception_without_meaning_cannot_be_caught_as_another(one: Remote) -> None:
    def look(answer: Any) -> Any:
        try:
            answer("StopAsyncIteration", "words")
        except (LookupError, ValueError, TypeError, ArithmeticError):
            return "another"

    assert seen(one, "throw", look).failure.kind == "StopAsyncIteration"


def test_a_list_that_is_changed_is_named_too(one: Remote) -> None:
    given = [[1, 2], 3]
    assert seen(one, "grows", case=(given,)).changed == (0,)
    assert seen(one, "same", case=(given,)).changed == () and given == [[1, 2], 3]


def test_a_changed_argument_is_changed_here_and_named(one: Remote) -> None:
    given = np.array([2.0, 4.0])
    found = seen(one, "halve", lambda answer, other, values: answer(values), (1, given))
    assert found.changed == (1,) and found.value.tolist() == [1, 2]
    assert given.tolist() == [2, 4]


def test_what_an_observer_gave_is_changed_before_its_eyes(one: Remote) -> None:
    def look(answer: Any) -> Any:
        mine = np.array([2.0, 4.0])
        answer(mine)
        return mine

    assert seen(one, "halve", look).value.tolist() == [1, 2]


def test_a_generator_goes_on_over_several_calls(one: Remote) -> None:
    def look(answer: Any, generator: np.random.Generator) -> Any:
        return [answer(generator, 2), generator.random(1), *each_call(answer, [(generator, 1), (generator, 1)])]

    found = seen(one, "draw", look, (np.random.default_rng(3),)).value
    assert alike(np.concatenate(found), np.random.default_rng(3).random(5))


def test_a_generator_of_the_cases_is_not_used_up(one: Remote) -> None:
    mine = np.random.default_rng(3)
    assert alike(seen(one, "draw", case=(mine, 2)).value, seen(one, "draw", case=(mine, 2)).value)


def test_chance_starts_anew_for_each_observation_and_goes_on_within_one(one: Remote) -> None:
    two = lambda answer: [answer(), answer()]  # noqa: E731
    first, again = seen(one, "chance", two).value, seen(one, "chance", two).value
    assert first == again and first[0] != first[1]


def test_prints_are_kept(one: Remote) -> None:
    assert seen(one, "says", case=("hello",)).printed == "hello\n"
    assert len(seen(one, "says", case=("x" * 100_000,)).printed) <= connection.LONGEST_TEXT
    assert seen(one, "nothing").printed == ""


def test_calls_in_one_go_give_what_they_give_one_by_one(one: Remote) -> None:
    look = lambda answer: each_call(answer, [(5,), (np.arange(3),), (None,)])  # noqa: E731
    assert alike(seen(one, "same", look).value, [5, np.arange(3), None])
    assert seen(one, "same", lambda answer: each_call(answer, [])).value == []
    assert seen(one, "throw", lambda answer: each_call(answer, [("KeyError", "a")])).failure.kind == "KeyError"


def test_an_object_is_used_as_one_would_here(one: Remote) -> None:
    def look(answer: Any) -> Any:
        box = answer("a", 2)
        assert isinstance(box, RemoteObject) and callable(box) and repr(box) == "<Box>"
        assert len(box) == 2 and box[0] == "a" and [*box] == ["a", 2] and bool(answer())
        assert box.size == np.float32(2.5) and box.things == ["a", 2]
        assert box(1, 2, scale=10) == 30
        assert box.lid(colour="blue")[0] == "blue" and box.lid() is not box
        assert not hasattr(box, "nothing") and hasattr(box, "size")
        for error, ask in ((IndexError, lambda: box[9]), (AttributeError, lambda: box.nothing)):
            with pytest.raises(error):
                ask()
        return "used"

    assert seen(one, "box", look).value == "used"


def test_the_same_object_has_one_stand_in_and_can_be_given_back(one: Remote) -> None:
    def look(answer: Any) -> Any:
        box = answer("inner")
        return answer(box)[0] is box and answer(box)[0][0] == "inner"

    assert seen(one, "box", look).value is True


def test_an_object_with_numbers_becomes_an_array(one: Remote) -> None:
    assert alike(seen(one, "grid").value, np.eye(2))
    assert seen(one, "grid", lambda answer: np.asarray(answer(), dtype="float32").dtype.name).value == "float32"
    assert not hasattr(one.answer("same"), "__array__")


def test_classes_are_asked_about_by_their_path(one: Remote) -> None:
    paths = ("decimal.Decimal", "builtins.object")
    assert seen(one, "box", lambda answer: [is_a(answer(), path) for path in paths]).value == [False, True]
    assert is_a(3, "builtins.int") and not is_a(3, "builtins.str")


def test_a_library_is_the_workers_own(one: Remote) -> None:
    assert seen(one, "same", lambda answer: library(answer, "math").sqrt(9.0)).value == 3.0
    assert seen(one, "same", lambda answer: library(answer, "no_such_module")).failure.kind == "ModuleNotFoundError"


def test_references_and_the_judge_are_not_there(one: Remote) -> None:
    assert seen(one, "reference").value == [standins.ANSWER, standins.ANSWER, {}]
    assert seen(one, "look_for_judge").failure.kind == "ImportError"
    assert seen(one, "look_round").value == []


def test_objects_of_the_last_observation_are_forgotten(fresh: Callable[[], Remote]) -> None:
    worker, kept = fresh(), []
    seen(worker, "box", lambda answer: kept.append(answer("a")))
    with pytest.raises(Died):
        seen(worker, "nothing", lambda answer: kept[0].size)


def test_an_object_as_an_answer_can_be_looked_at_case_by_case(fresh: Callable[[], Remote]) -> None:
    worker = fresh()
    worker.answer("Box")
    for number in range(3):
        found = RemoteValue(worker, "Box").observe_elsewhere(lambda answer, n: answer(n)[0], (number,), 5)
        assert found.value == number


def test_a_name_that_the_notebook_does_not_give_is_missing(one: Remote) -> None:
    with pytest.raises(Missing):
        one.answer("no_such_name")


def test_warnings_of_numbers_are_no_matter(one: Remote) -> None:
    with np.errstate(all="raise"):
        assert np.isinf(seen(one, "warns").value).all()


@pytest.mark.parametrize(("name", "words"), [("deep", "deep"), ("large", "too large")])
def test_a_value_that_cannot_come_over_is_said_in_words(one: Remote, name: str, words: str) -> None:
    assert words in seen(one, name).failure.text
    assert seen(one, "same", case=(1,)).value == 1


def test_a_text_without_measure_is_given_up(fresh: Callable[[], Remote]) -> None:
    with pytest.raises(Unreadable):
        seen(fresh(), "huge_text")


@pytest.mark.parametrize("name", ["loop", "loop_against_all_stops"])
def test_what_does_not_come_back_is_late(fresh: Callable[[], Remote], name: str) -> None:
    worker, began = fresh(), time.monotonic()
    found = seen(worker, name, seconds=0.3)
    assert found.timed_out and not found.has_value and worker.is_waiting
    assert time.monotonic() - began < 5


def test_a_value_that_never_ends_is_late(
    fresh: Callable[[], Remote], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgrec_lib.grading.worker.LONGEST_TELLING", 0.2)
    assert seen(fresh(), "endless").timed_out


def test_many_quick_calls_are_late_together(fresh: Callable[[], Remote]) -> None:
    worker, began = fresh(), time.monotonic()
    look = lambda answer: [answer(0.1) for _ in range(1000)]  # noqa: E731
    assert seen(worker, "sleep_long", look, seconds=0.5).timed_out
    assert time.monotonic() - began < 3


def test_the_deadline_of_the_submission_cuts_everything() -> None:
    sandbox = Forks()
    worker = session(sandbox, steps(SOURCE, answers=NAMES), seconds=3).remote()
    began = time.monotonic()
    assert seen(worker, "loop_against_all_stops", seconds=60).timed_out
    assert time.monotonic() - began < 4
    with pytest.raises(Late):
        worker.answer("same")
    sandbox.end()


def test_a_worker_that_dies_is_said_to_have_died(fresh: Callable[[], Remote]) -> None:
    worker = fresh()
    with pytest.raises(Died):
        seen(worker, "dies")
    with pytest.raises(Died):
        worker.answer("same")


def test_an_observers_own_exception_shows_no_line_of_the_instructors_file(one: Remote) -> None:
    def look(answer: Any) -> Any:
        secret = answer(3) + "secret"
        return secret

    found = seen(one, "same", look).failure
    assert (found.kind, found.line, found.line_number) == ("TypeError", "", 0)
    assert "secret =" not in found.sentence()


def test_an_observer_that_never_ends_over_what_it_got_is_stopped(
    one: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "GRACE", 0.2)
    monkeypatch.setattr(remote, "SECONDS_TO_SPARE", 0.1)

    def look(answer: Any) -> Any:
        while answer:
            time.sleep(0.01)

    assert seen(one, "same", look, case=(), seconds=0.2).timed_out and one.is_waiting
    one.is_waiting = False


# A worker that says what no worker says

OK = HEADER | {"value": 1}


def told(*replies: Any, case: tuple[Any, ...] = (), look: Any = None, seconds: float = 5) -> Observation:
    """What is seen of a function of a worker that answers so."""
    with false_worker(*replies, seconds=seconds) as worker:
        found = look or (lambda answer, *given: answer(*given))
        return RemoteFunction(worker, "f").observe_elsewhere(found, case, seconds)


def result(value: Any) -> dict[str, Any]:
    return HEADER | {"value": {"list": [value]}}


NO_ANSWERS: list[Any] = [
    b"", b"\0" * 16, b"\xff" * 16, b"GET / HTTP/1.1\r\n\r\n" * 10, {}, {"value": None}, {"value": {"list": []}},
    {"value": {"list": [1, 2]}}, {"value": {"tuple": [1]}}, {"value": 3}, {"value": "ab"}, {"value": {"array": []}},
    {"value": {"list": [{"object": "0"}]}}, {"value": {"list": [{"object": None}]}},
    {"value": {"list": [{"other": 1}]}},
    {"value": {"list": [{"object": 1, "classes": 3}]}}, {"value": {"list": [{"object": [1]}]}},
    {"value": {"list": [{"tensor": 3}]}}, {"value": {"list": [{"tensor": {"object": 0, "array": True}}]}},
    {"value": {"list": [{"tensor": {"list": [1]}}]}}, {"value": {"list": [{"name": "f"}]}},
    result(1) | {"changed": 3}, result(1) | {"changed": [1]}, result(1) | {"changed": [[0, 0]]},
    result(1) | {"changed": [[5, 0, 1]]}, result(1) | {"changed": [[0, 5, 1]]}, result(1) | {"changed": [["a", 0, 1]]},
    result(1) | {"changed": [[0, 0, {"array": 1}]]}, result(1) | {"generators": 3}, result(1) | {"generators": [3]},
    result(1) | {"generators": [{"bit_generator": "MT19937"}]}, result(1) | {"generators": {"a": 1}},
    [result(1)],
]  # fmt: skip


@pytest.mark.parametrize("reply", NO_ANSWERS, ids=lambda reply: ascii(reply)[:70])
def test_what_is_no_answer_is_died_or_late(reply: Any) -> None:
    case = (np.zeros(3), np.random.default_rng(0))
    try:
        found = told(reply, case=case, seconds=0.4)
        assert found.timed_out
    except Died:
        pass


FAILURES: list[Any] = [
    None, 3, [], "x", {}, {"kind": 3}, {"kind": []}, {"classes": 3}, {"classes": [3]}, {"classes": ["__dict__"]},
    {"classes": ["\ud800", "print", "__import__", "int"]}, {"classes": ["ValueError"] * 1000}, {"line_number": "x"},
    {"line_number": -1}, {"line_number": 10**30}, {"line_number": True}, {"line": None, "text": {}}, {"text": "\ud800"},
    {"text": "x" * 10**6, "kind": "k" * 10**6, "line": "l" * 10**6, "meaning": "correct"},
    {"classes": ["SystemExit", "KeyboardInterrupt", "UnboundLocalError", "NameError", "KeyError", "ImportError"]},
]  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: ascii(failure)[:70])
def test_whatever_is_told_of_an_exception_is_an_exception_in_the_judges_words(failure: Any) -> None:
    found = told(HEADER | {"failure": failure}).failure
    sentence = found.sentence()
    assert len(sentence) < 4 * connection.LONGEST_TEXT and sentence.encode()
    assert found.meaning in {UNKNOWN, *MEANINGS.values()}
    assert type(found.line_number) is int and 0 <= found.line_number < connection.LARGEST_LINE_NUMBER


def test_an_exception_has_the_nearest_class_that_is_known() -> None:
    classes = ["Told", "KeyError", "LookupError", "Exception"]
    error = remote_error({"kind": "Told", "classes": classes, "line_number": 3})
    assert isinstance(error, KeyError) and isinstance(error, RemoteError) and not isinstance(error, ValueError)
    assert (error.seen.kind, error.seen.line_number) == ("Told", 3)
    assert not isinstance(remote_error({"classes": ["SystemExit"]}), SystemExit)


def test_nothing_is_written_but_where_shape_and_kind_of_number_are_the_same() -> None:
    given = np.zeros(2, np.int32)
    for dtype, shape in (("<f8", [2]), ("<i4", [1]), ("<c16", [2]), ("<U1", [2])):
        size = np.dtype(dtype).itemsize * shape[0]
        reply = result(1) | {"changed": [[0, 0, {"array": [dtype, shape, 0, size]}]]}
        found = told((reply, b"\1\0\0\0" * (size // 4)), case=(given,))
        assert found.changed == () and found.value == 1
    found = told((result(1) | {"changed": [[0, 0, {"array": ["<i4", [2], 0, 8]}]]}, b"\1\0\0\0" * 2), case=(given,))
    assert found.changed == (0,) and not given.any()


def test_what_is_said_in_one_exercise_is_limited_altogether() -> None:
    body = bytes(wire.LARGEST_BODY // 2)
    value = result({"array": ["|u1", [len(body)], 0, len(body)]})
    with pytest.raises(Unreadable):
        told(*[(value, body)] * 3, look=lambda answer: [answer().size for _ in range(3)])


def test_each_exercise_may_say_as_much_again() -> None:
    with false_worker(*[(OK, bytes(wire.LARGEST_BODY))] * 2) as worker:
        assert worker.answer("f") == 1 and worker.answer("f") == 1


def test_objects_without_number_are_given_up() -> None:
    many = {"list": [{"object": number} for number in range(remote.MOST_OBJECTS + 2)]}
    with pytest.raises(Unreadable):
        told(HEADER | {"value": {"list": [many]}})


def test_an_object_whose_numbers_are_no_numbers_is_no_endless_story() -> None:
    thing = {"object": 0, "classes": ["a.Thing"], "array": True, "callable": True}
    for numbers in (thing, 3, "x", {"list": [1]}, None):
        found = told(result(thing), HEADER | {"value": numbers})
        assert found.failure.kind == "TypeError"


@pytest.mark.parametrize("length", ["x", -1, 2**70, None, {"object": 1}, 1.5, {"list": []}])
def test_a_length_that_is_none_is_the_observers_failure(length: Any) -> None:
    found = told(result({"object": 0}), HEADER | {"value": length}, look=lambda answer: len(answer()))
    assert found.failure is not None or found.value == 1


def test_the_class_of_an_object_is_never_a_plain_one() -> None:
    module = types.ModuleType("keras.false")
    module.Tracked = type("Tracked", (list,), {"__module__": "keras.false"})
    module.Layer = type("Layer", (), {"__module__": "keras.false"})
    module.Ordered, module.array, module.Path = collections.OrderedDict, np.ndarray, pathlib.Path
    sys.modules["keras.false"] = module
    try:
        names = {"Layer": True, "Tracked": False, "Ordered": False, "array": False, "Path": False, "no": False}
        for name, wanted in names.items():
            thing = {"object": 0, "classes": [f"keras.false.{name}", "builtins.object"]}
            kind = vars(module).get(name, int)
            assert told(result(thing), look=lambda answer, kind=kind: isinstance(answer(), kind)).value is wanted
    finally:
        del sys.modules["keras.false"]


def test_numbers_of_a_tensor_are_an_array_or_nothing() -> None:
    thing = {"tensor": {"object": 0, "array": True}}
    with pytest.raises(Unreadable):
        told(result(thing), seconds=0.5)  # Nothing is asked of the object
    assert told(result({"tensor": {"array": ["|u1", [0], 0, 0]}})).value.shape == (0,)


def test_a_strange_name_of_a_class_is_an_object() -> None:
    for classes in (["\ud800"], ["a.b c"], [""], [3], [], ["x" * 500], {"a": 1}, "text", None):
        found = told(result({"object": 0, "classes": classes}))
        assert len(type(found.value).__name__) <= 60 and f"{found.value!r}".encode()


def test_replies_damaged_at_random_are_seen_or_given_up() -> None:
    chance, ends = random.Random(11), {"seen": 0, "died": 0}
    writer = wire.Writer(lambda value: {"object": 0, "classes": ["a.B"], "callable": True, "array": False})
    value = {"list": [writer.node([np.arange(3), {"a": 1.5}, object(), None])]}
    failure = {"kind": "KeyError", "text": "x", "classes": ["KeyError"], "line": "y", "line_number": 3}
    state = wire.plain_state(np.random.default_rng(1))
    changed = [[0, 0, writer.node(np.ones(3))]]
    whole = HEADER | {"value": value, "changed": changed, "generators": [state]}
    for number in range(150):
        reply = mangled(copy.deepcopy(whole | ({"failure": failure} if number % 3 == 0 else {})), chance)
        case = (np.zeros(3), np.random.default_rng(0))
        try:
            told((reply, bytes(writer.body)), case=case)
            ends["seen"] += 1
        except Died:
            ends["died"] += 1
    assert min(ends.values()) > 20


def test_a_connection_has_no_seconds_left_after_its_deadline() -> None:
    with false_worker() as worker, pytest.raises(Late):
        Connection(worker.connection.channel, time.monotonic() - 1).ask({"do": "answer"})


def test_grace_does_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "GRACE", 0.3)
    began = time.monotonic()
    with false_worker(*[result(1)] * 3) as worker:
        answer = RemoteFunction(worker, "f")
        assert answer.observe_elsewhere(lambda f: [f() for _ in range(10)], (), 0.3).timed_out
    assert 0.5 < time.monotonic() - began < 1.5


NETWORK = """
import keras, tensorflow as tf, numpy as np
def build():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="last")])
def tensor():
    return tf.constant([[1.0, 2.0]]), tf.constant(3), tf.cast(tf.constant([1.5]), tf.bfloat16), tf.Variable([7.0])
"""


@pytest.fixture(scope="module")
def heavy() -> Iterator[Remote]:
    sandbox = Forks()
    yield session(sandbox, steps(NETWORK, answers=["build", "tensor"])).remote()
    sandbox.end()


def test_a_network_in_a_worker_is_looked_at_as_one_here(heavy: Remote) -> None:
    def look(answer: Any) -> Any:
        library(answer, "keras").utils.set_random_seed(1)
        model = answer()
        assert is_a(model, "keras.Model") and not is_a(model, "keras.layers.Dense") and model.output_shape == (None, 2)
        assert is_a(model.layers[-1], "keras.layers.Dense") and model.get_layer("last").units == 2
        kernel, bias = model.get_weights()
        given = np.ones((4, 3), "float32")
        assert np.allclose(model(given), given @ kernel + bias, atol=1e-5)
        assert np.allclose(model(given).numpy(), model.predict(given, verbose=0), atol=1e-5)
        assert np.allclose(np.asarray(model.weights[0]), kernel)
        return kernel

    first = seen(heavy, "build", look, seconds=30)
    assert first.failure is None, first.failure
    assert alike(first.value, seen(heavy, "build", look, seconds=30).value)


def test_tensors_come_back_as_numbers(heavy: Remote) -> None:
    first, second, third, fourth = seen(heavy, "tensor", seconds=30).value
    assert alike(first, np.array([[1, 2]], "float32")) and second == 3
    assert third.tolist() == [1.5] and fourth.tolist() == [7]
