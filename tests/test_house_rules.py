"""The library and the lessons keep house rules 2, 3, 5 and 6, and the rules bite."""

from pathlib import Path

import house_rules
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from imgrec_lib import authoring

MODULES = sorted((authoring.ROOT / "imgrec_lib").rglob("*.py"))
LESSONS = authoring.lessons()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(authoring.ROOT)))
def test_a_module_keeps_the_rules(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [*house_rules.module_faults(source), *house_rules.public_faults(source)] == []


def test_functions_are_short_altogether() -> None:
    lengths = [length for path in MODULES for _, length in house_rules.functions(path.read_text(encoding="utf-8"))]
    assert list(house_rules.function_faults(lengths)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_keeps_the_rules(path: Path) -> None:
    assert list(house_rules.notebook_faults(nbformat.read(path, as_version=4))) == []


def test_there_are_six_lessons() -> None:
    assert [path.name[:2] for path in LESSONS][:6] == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("from os import *", "star import"),
        ("import keras", "network library"),
        ("def f():\n" + "    x = 1\n" * 40, "f has 41 lines"),
        ("\n" * 250, "250 lines"),
        ("def f():\n    global x\n    x = 1", "global"),
    ],
)
def test_a_fault_in_a_module_is_seen(source: str, fault: str) -> None:
    assert fault in " ".join(house_rules.module_faults(source))


@pytest.mark.parametrize(
    ("source", "fault"), [("def f() -> int:\n    pass", "docstring"), ("def f(a) -> int:\n    'A.'", "types")]
)
def test_a_public_function_without_docstring_or_types_is_seen(source: str, fault: str) -> None:
    assert fault in " ".join(house_rules.public_faults(source))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("!ls", "shell"),
        ("%pip install x", "shell"),
        ("import urllib.request", "network"),
        ("a = 1\n" * 21, "21 lines"),
        ("noise = np.random.normal(size=3)", "visible seed"),
    ],
)
def test_a_fault_in_a_cell_is_seen(source: str, fault: str) -> None:
    ordinary = [new_code_cell("a = 1\nb = 2\nc = 3") for _ in range(9)]
    assert list(house_rules.notebook_faults(new_notebook(cells=ordinary))) == []
    notebook = new_notebook(cells=[*ordinary, new_code_cell(source)])
    assert fault in " ".join(house_rules.notebook_faults(notebook))


def test_long_functions_and_cells_are_seen_together() -> None:
    assert "median" in " ".join(house_rules.function_faults([9] * 10))
    assert "percentile" in " ".join(house_rules.function_faults([2] * 8 + [26] * 4))
    long_cells = new_notebook(cells=[new_code_cell("a\n" * 8) for _ in range(9)])
    assert "median" in " ".join(house_rules.notebook_faults(long_cells))
