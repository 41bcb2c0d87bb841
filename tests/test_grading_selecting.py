"""The cells that run are the right ones, whatever was done to a notebook, and no source harms the judge."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence

import nbformat
import pytest
from damage import lesson
from test_solved_lessons import exercises_of, solved

from imgrec_lib.grading.names import names_of
from imgrec_lib.grading.notebook_files import Cell, read_cells
from imgrec_lib.grading.parsing import parsed
from imgrec_lib.grading.published import Published
from imgrec_lib.grading.publishing import digest
from imgrec_lib.grading.selecting import Step, choose, select, syntax_faults

ANSWERS = {number: [exercise.answer_name for exercise in exercises_of(number)] for number in range(1, 7)}
TRAINING = (".fit(", "train_pair(", "accuracy_after_training(", "losses_with(")


def entries(number: int, answered: bool = True) -> list[dict]:
    """The cells of a lesson as its file has them, solved or as published."""
    notebook = nbformat.read(lesson(number), as_version=4)
    return json.loads(nbformat.writes(solved(notebook, exercises_of(number)) if answered else notebook))["cells"]


def steps(number: int, cells: Sequence[dict]) -> list[Step]:
    data = json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": list(cells)}).encode()
    return select(read_cells(data), Published.of(lesson(number)), ANSWERS[number])


def changed(cells: list[dict], **sources: str) -> list[dict]:
    """The cells, with other sources for some ids, whose dashes are written as underscores."""
    new = {name.replace("_", "-"): source for name, source in sources.items()}
    return [cell | {"source": new.get(cell["id"], cell["source"])} for cell in cells]


def own(*sources: str) -> list[Cell]:
    return [Cell(number, "", "code", source, {}) for number, source in enumerate(sources, start=1)]


def by_role(found: Sequence[Step], role: str) -> list[str]:
    return [step.id for step in found if step.role == role]


def answers(found: Sequence[Step]) -> list[str]:
    return [name for step in found for name in step.answers]


def run(found: Sequence[Step]) -> dict[str, object]:
    """The names after these cells ran here; only for what this file wrote."""
    names: dict[str, object] = {}
    for step in found:
        exec(compile(step.source, f"<cell {step.number}>", "exec"), names)
    return names


# Real lessons


@pytest.mark.parametrize("number", range(1, 7))
def test_of_a_solved_lesson_the_answers_and_what_defines_run_and_no_demonstration(number: int) -> None:
    found = steps(number, entries(number))
    assert answers(found) == ANSWERS[number]
    assert by_role(found, "answer") == [f"answer-{name.replace('_', '-')}" for name in ANSWERS[number]]
    assert by_role(found, "setup")[0] == "imports"
    assert by_role(found, "needed") == by_role(found, "own") == []
    assert [step.number for step in found] == sorted(step.number for step in found)


@pytest.mark.parametrize("number", range(1, 7))
def test_of_an_untouched_lesson_the_stubs_run_and_no_solution(number: int) -> None:
    found = steps(number, entries(number, answered=False))
    assert answers(found) == ANSWERS[number]
    assert all("..." in step.source for step in found if step.role == "answer")
    bound = {name for step in found if step.role != "answer" for name in names_of(parsed(step.source).tree.body).binds}
    assert bound.isdisjoint(ANSWERS[number])


def test_what_runs_of_lesson_two_stands_by_itself() -> None:
    names = run(steps(2, entries(2)))
    assert names["convolve"](names["np"].ones((3, 3)), names["np"].ones((2, 2))).tolist() == [[4, 4], [4, 4]]


def test_an_answer_that_calls_the_lessons_function_gets_it_and_nothing_else_of_its_cell() -> None:
    convolve = (
        "def convolve(image, kernel):\n    rows, columns = kernel.shape\n"
        "    return np.array([[weigh(image[r:r + rows, c:c + columns], kernel)\n"
        "        for c in range(image.shape[1] - columns + 1)] for r in range(image.shape[0] - rows + 1)])"
    )
    cells = changed(entries(2, answered=False), answer_convolve=convolve)
    found = steps(2, cells)
    assert by_role(found, "needed") == ["weigh"]
    needed = next(step for step in found if step.role == "needed")
    assert needed.source.startswith("def weigh") and "print" not in needed.source
    assert needed.answers == ()
    names = run(found)
    assert names["convolve"](names["np"].ones((3, 3)), names["np"].ones((3, 3))).tolist() == [[9]]
    without = steps(2, [cell for cell in cells if cell["id"] != "weigh"])
    assert [(step.id, step.number) for step in without if step.role == "needed"] == [("weigh", 0)]


def test_a_learners_own_later_function_makes_the_lessons_unneeded() -> None:
    cells = changed(entries(2), answer_convolve="def convolve(image, kernel):\n    return weigh(image, kernel)")
    place = next(place for place, cell in enumerate(cells) if cell["id"] == "run-convolve")
    cells.insert(place, {"cell_type": "code", "source": "def weigh(a, b):\n    return (a * b).sum()"})
    found = steps(2, cells)
    assert by_role(found, "needed") == []
    assert answers(found).count("weigh") == 2


def test_a_need_is_followed_through_functions_and_values() -> None:
    cells = changed(
        entries(1, answered=False),
        answer_to_gray="def to_gray(image):\n    return helper(image)",
        own_rule="def helper(image):\n    return np.round(weighted_grey(image)) + len(eye)",
    )
    found = steps(1, cells)
    assert by_role(found, "needed") == ["two-photographs", "eye", "to-grey"]
    assert "plots.show" not in "".join(step.source for step in found)
    assert by_role(found, "own") == ["own-rule"]


def test_what_was_changed_in_its_own_cell_comes_with_it() -> None:
    cells = changed(entries(1), answer_cut_out_shape="cut_out_shape = face.shape + (int(face[2, 2]),)")
    found = steps(1, cells)
    assert by_role(found, "needed") == ["typed-face"]
    assert run([step for step in found if "shape" in step.id or step.role != "answer"])["cut_out_shape"] == (8, 8, 0)


def test_in_lesson_three_nothing_is_trained_because_a_learner_played_with_a_demonstration() -> None:
    cells = changed(
        entries(3),
        one_prediction="number = 7\nprint(dataset.class_names[predictions[number]])",
        test_guess="my_guess = 0.9",
        answer_softmax="def softmax(logits):\n    return stable_softmax(logits)",
    )
    found = steps(3, cells)
    assert by_role(found, "own") == ["test-guess", "one-prediction"]
    assert by_role(found, "needed") == ["softmax", "stable-softmax"]
    ran = "".join(step.source for step in found if step.role == "needed")
    assert not any(call in ran for call in TRAINING)
    assert "keras" not in ran


def test_a_value_that_an_answer_needs_brings_the_data_and_no_network() -> None:
    cells = changed(entries(3), answer_diagnose_matrix="diagnose_matrix = {'A': class_count, 'B': shape}")
    found = steps(3, cells)
    assert by_role(found, "needed") == ["load", "network"]
    assert "Sequential" not in "".join(step.source for step in found if step.role == "needed")


# What people do to notebooks


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_moved_cells_run_all_the_same(number: int, seed: int) -> None:
    cells = entries(number)
    random.Random(seed).shuffle(cells)
    found = steps(number, cells)
    assert sorted(answers(found)) == sorted(ANSWERS[number])
    assert sum(step.role == "needed" for step in found) <= 3
    assert not any(call in step.source for step in found if step.role == "needed" for call in TRAINING)


@pytest.mark.parametrize("number", [2, 3])
def test_cells_without_ids_and_with_other_front_ends_metadata_are_the_same_cells(number: int) -> None:
    plain = [(step.number, step.role, step.answers) for step in steps(number, entries(number))]
    colab = [
        {key: value for key, value in cell.items() if key not in ("id", "outputs")}
        | {"metadata": {"id": f"x{place}", "colab": {"base_uri": "https://localhost"}, "cellView": "form"}}
        for place, cell in enumerate(entries(number))
    ]
    assert [(step.number, step.role, step.answers) for step in steps(number, colab)] == plain
    windows = [
        cell | {"id": "same", "source": "".join(cell["source"]).replace("\n", "  \r\n") + "\r\n\r\n"}
        for cell in entries(number)
    ]
    assert [(step.number, step.role, step.answers) for step in steps(number, windows)] == plain


def test_a_second_stub_never_takes_the_answers_place() -> None:
    cells = entries(2)
    stub = next(cell for cell in entries(2, answered=False) if cell["id"] == "answer-weigh")
    slightly_changed = stub | {"source": "def weigh(window, kernel):\n    'Not yet.'\n    return ..."}
    for second in (stub, slightly_changed):
        found = steps(2, [second, *cells, second])
        assert answers(found) == ANSWERS[2]
        assert by_role(found, "own") == []
        assert "..." not in next(step.source for step in found if "weigh" in step.answers)


def test_duplicated_answers_all_count_in_their_order() -> None:
    cells = entries(2)
    place = next(place for place, cell in enumerate(cells) if cell["id"] == "answer-relu")
    cells.insert(place, cells[place] | {"source": "def relu(values):\n    return values"})
    assert [step.number for step in steps(2, cells) if step.answers == ("relu",)] == [place + 1, place + 2]


def test_a_changed_demonstration_is_no_answer() -> None:
    solution = "def weigh(window, kernel):\n    return (window * kernel).sum()"
    cells = changed(entries(2, answered=False), weigh=solution)
    found = steps(2, cells)
    assert [step.id for step in found if "weigh" in step.answers] == ["answer-weigh"]
    assert by_role(found, "own") == ["weigh"]


def test_an_answer_in_a_cell_of_the_learners_own_counts() -> None:
    cells = entries(2, answered=False)
    source = "import numpy as np\nclass Tool:\n    pass\nrelu = lambda values: np.maximum(values, 0)"
    found = steps(2, [*cells, {"cell_type": "code", "source": source}])
    assert [step.source for step in found if "relu" in step.answers] == [source]


def test_asking_for_feedback_is_no_cell_to_run() -> None:
    asked = ["exercises.weigh.check(weigh)", "exercises.weigh.hint()\nexercises.weigh.solution()", "exercises.done( )"]
    assert select(own(*asked, "a = 1"), Published.none(), ["weigh"]) == [Step(4, "", "a = 1", "own")]


def test_a_homework_says_itself_what_it_published() -> None:
    parts = {
        "published": ["import math\ndef twice(x):\n    return 2 * x", "show = print('shown')\nbase = 3", "while 1: 1"],
        "stub": ["def area(r):\n    return ...  # replace the dots", "answer = ...  # replace the dots"],
    }
    cells = [
        {"cell_type": "code", "source": source, "metadata": {"imgrec": {kind: digest(source)}}}
        for kind, sources in parts.items()
        for source in sources
    ]
    cells[3]["source"] = "def area(r):\n    return base * twice(r)"
    read = read_cells(json.dumps({"nbformat": 4, "cells": cells}).encode())
    found = select(read, Published.none(), ["area", "answer"])
    assert [(step.number, step.role, step.answers) for step in found] == [
        (1, "setup", ()),
        (2, "needed", ()),
        (4, "answer", ("area",)),
        (5, "answer", ("answer",)),
    ]
    assert found[1].source == "\nbase = 3"
    forged = [Cell(1, "", "code", "area = 1", {"imgrec": {"published": digest("area = 2")}})]
    assert answers(select(forged, Published.none(), ["area"])) == []


def test_a_definition_that_needs_a_demonstration_is_no_set_up() -> None:
    sources = ["size = print('shown')", "import math\ndef f(x, y=size): return x", "def g(x, y=math.pi): return x"]
    metadata = [{"imgrec": {"published": digest(source)}} for source in sources]
    cells = [Cell(place, "", "code", *one) for place, one in enumerate(zip(sources, metadata), start=1)]
    assert select(cells, Published.none(), ["area"]) == []
    cells.append(Cell(9, "", "code", "area = g", {}))
    assert [(one.number, one.role) for one in select(cells, Published.none(), ["area"])] == [
        (2, "needed"),
        (3, "needed"),
        (9, "answer"),
    ]


@pytest.mark.parametrize(
    ("source", "binds"),
    [
        ("%matplotlib inline\nweigh = 1", True),
        ("!pip install numpy\nweigh = 1", True),
        ("%%time\nweigh = 1", True),
        ("%time weigh = 1", True),
        ("weigh = !ls", True),
        ("weigh?\nweigh = 1", True),
        (">>> weigh = 1", True),
        ("  weigh = 1\n  a = 2", True),
        ("!ls\n" * 5_000 + "if a:\n    %time b()\nweigh = 1", True),
        ("%%bash\nweigh = 1", False),
        ("await weigh", False),
    ],
)
def test_magics_are_no_syntax_errors(source: str, binds: bool) -> None:
    found = choose(own(source), Published.none(), ["weigh"])
    assert found.faults == {}
    assert found.steps[0].source == source
    assert answers(found.steps) == (["weigh"] if binds else [])


# Names


@pytest.mark.parametrize(
    ("source", "binds", "now", "later"),
    [
        ("a = b", "a", "b", ""),
        ("a += 1", "a", "a", ""),
        ("a: int = b", "a", "int b", ""),
        ("a, *b = c", "a b", "c", ""),
        ("a = 1\nb = a", "a b", "", ""),
        ("b = a\na = 1", "a b", "a", ""),
        ("a[i] = b.c", "", "a i b", ""),
        ("for a in b:\n    c = a", "a c", "b", ""),
        ("with a as b: b", "b", "a", ""),
        ("try:\n    a\nexcept b as c:\n    c", "c", "a b", ""),
        ("import a.b, c as d\nfrom e import f", "a d f", "", ""),
        ("def f(x, y=a, *z, k: b = 1, **w):\n    q = x + y + z + k + w\n    return q + g", "f", "a b", "g"),
        ("def f():\n    return f() + g()\ndef g(): return 1", "f g", "", ""),
        ("def f():\n    x = 1\n    def g(): return x + y\n    return g", "f", "", "y"),
        ("def f():\n    global a\n    a = b", "f a", "", "b"),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = y", "f", "", "y"),
        ("a = [b for b in c if d]", "a", "c d", ""),
        ("a = {b: e for b, e in c}", "a", "c", ""),
        ("a = lambda x, y=b: x + c", "a", "b", "c"),
        ("@a\nclass B(C, m=d):\n    e = f\n    def g(self): return e + h", "B", "a C d f", "e h"),
        ("if (a := b): a", "a", "b", ""),
        ("match a:\n    case [b, *c] | {'d': e, **f}: b", "b c f e", "a", ""),
        ("del a", "", "a", ""),
    ],
)
def test_names_that_are_bound_and_used_are_told_apart(source: str, binds: str, now: str, later: str) -> None:
    if source.startswith("match"):
        source = "match a:\n    case [b, *c]: b\n    case {'d': e, **f}: b"
    found = names_of(parsed(source).tree.body)
    assert (found.binds, found.now, found.later) == tuple(map(frozenset, (binds.split(), now.split(), later.split())))


# Syntax errors


@pytest.mark.parametrize(
    ("source", "line", "meaning"),
    [
        ("def weigh(a, b):\n    for i in range(3)\n        a", "Line 2 of your cell, `for i in range(3)`,", "colon"),
        ("def weigh(a, b):\nreturn a", "Line 2 of your cell, `return a`,", "four spaces further right"),
        ("def weigh(a, b):\n    a\n  b", "Line 3", "exactly below one of the lines"),
        ("weigh = 1\n  b = 2", "Line 2 of your cell, `b = 2`,", "does not end with a colon"),
        ("def weigh(a, b):\n\tif a:\n        return b", "Line 3", "tabs and spaces"),
        ("weigh = (1, [2, 3)", "Line 1", "each bracket that opens"),
        ("weigh = (1, 2", "Line 1", "each bracket that opens"),
        ("weigh = 'one", "Line 1", "quotation mark"),
        ("weigh = [1, 2 3]", "Line 1", "often a comma"),
        ("weigh = 1\nif weigh = 2: pass", "Line 2", "two == compare"),
        ("weigh = 1\nreturn weigh", "Line 2 of your cell, `return weigh`,", "below its def"),
        ("def weigh(a, a): return a", "Line 1", "between the brackets of a def"),
        ("weigh = “1”", "Line 1", "pasted quotation mark"),
        ("weigh = 1 +", "Line 1", "Python cannot read"),
        ("%time\nweigh = (", "Line 2", "each bracket that opens"),
        ("\n \n!ls\nweigh = (", "Line 4 of your cell, `weigh = (`,", "each bracket that opens"),
    ],
)
def test_a_syntax_error_is_told_with_its_line_and_meaning(source: str, line: str, meaning: str) -> None:
    said = syntax_faults(own("a = 1", source), ["weigh", "other"])
    assert set(said) == {"weigh"}
    assert said["weigh"].startswith(line)
    assert "stopped with" in said["weigh"] and "Error: " in said["weigh"]
    assert meaning in said["weigh"].partition("That means: ")[2]
    found = select(own("a = 1", source), Published.none(), ["weigh"])
    assert [(step.role, step.answers) for step in found] == [("own", ()), ("answer", ())]


def test_a_syntax_error_counts_only_where_no_other_cell_gives_the_answer() -> None:
    broken = "def weigh(a, b)\n    return a"
    assert syntax_faults(own(broken, "weigh = max"), ["weigh"]) == {}
    assert syntax_faults(own("weigh = max", broken), ["weigh"]) == {}
    assert set(syntax_faults(own("def weigh(a, b):\n    return ...", broken), ["weigh"])) == {"weigh"}
    cells = read_cells(json.dumps({"nbformat": 4, "cells": changed(entries(2), answer_weigh=broken)}).encode())
    assert set(syntax_faults(cells, ANSWERS[2], Published.of(lesson(2)))) == {"weigh"}


def test_a_broken_cell_is_an_answer_by_its_id_too() -> None:
    cell = Cell(1, "answer-edge-kernel", "code", "[[1, 2", {})
    assert [step.role for step in select([cell], Published.none(), ["edge_kernel"])] == ["answer"]
    assert set(syntax_faults([cell], ["edge_kernel"])) == {"edge_kernel"}


# Hostile sources and time


HOSTILE = """
import sys
from imgrec_lib.grading.notebook_files import Cell
from imgrec_lib.grading.published import Published
from imgrec_lib.grading.selecting import choose

forms = ["(", "[" , "{", "-", "not ", "lambda: ", "1 if a else ", "a + ", "a and ", "weigh = ", "f(*", "[a for a in ",
         "await ", "'' ", "a.", "a[", "@a\\n", "%time ", "%time\\n", "!ls\\n", "?", "\\n", " ", "#", "f'{", "a:", "a<",
         "*", "if a:\\n pass\\nelif b:\\n pass\\nel", "x = !ls\\n", "def weigh(",
         "class A:\\n ", "9", "\\\\\\n", "'''", ";", "\\0"]
ends = ["", "a", "a" + ")" * 2_000, "a" + "]" * 2_000, "a" + "()" * 3_000, ".a" * 5_000]
for count in (90, 190, 950, 2_950, 5_950, 60_000):
    for form in forms:
        for end in ends:
            source = "weigh = " + form * count + end
            found = choose([Cell(1, "answer-weigh", "code", source, {})], Published.none(), ["weigh"])
            assert len(found.steps) < 2 and all(len(said) < 600 for said in found.faults.values())
print("alive")
"""


def test_no_source_stops_the_judge() -> None:
    begin = time.perf_counter()
    ended = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, timeout=200)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "alive\n", "")
    assert time.perf_counter() - begin < 120


@pytest.mark.parametrize("source", ["x = 1\n" * 50_000, f"weigh = '{'a' * 200_000}'", "weigh = \0", "weigh = 1\ud800"])
def test_what_is_too_long_or_holds_no_text_is_told(source: str) -> None:
    said = choose([Cell(1, "answer-weigh", "code", source, {})], Published.none(), ["weigh"]).faults["weigh"]
    assert said.startswith("Your cell ") and said.endswith(".")


def test_a_notebook_of_endless_cells_costs_little_time() -> None:
    begin = time.perf_counter()
    many = [Cell(number, "", "code", "x = x.a\nx.b()\ndef f(): return x", {}) for number in range(50_000)]
    assert choose([*many, *own("weigh = x")], Published.none(), ["weigh"]).faults == {}
    long = own(*["y = 1\n" * 30_000] * 40, "weigh = 1")
    assert "too long" not in choose(long, Published.none(), ["weigh"]).faults["weigh"]
    assert time.perf_counter() - begin < 60


def test_reading_and_selecting_a_lesson_takes_milliseconds() -> None:
    notebook = solved(nbformat.read(lesson(2), as_version=4), exercises_of(2))
    data, published = nbformat.writes(notebook).encode(), Published.of(lesson(2))
    times = []
    for _ in range(10):
        begin = time.perf_counter()
        select(read_cells(data), published, ANSWERS[2])
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.05
    assert "nbformat" not in subprocess.run(
        [sys.executable, "-c", "import sys, imgrec_lib.grading.selecting as s; print(*sys.modules)"],
        capture_output=True,
        text=True,
    ).stdout.split()
