"""House rules 2, 5 and 6 as thresholds: what a module, a function and a lesson's cell may be."""

import ast
import re
from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from nbformat import NotebookNode

MODULE_LINES, LONGEST_FUNCTION, FUNCTION_MEDIAN, FUNCTION_P90 = 250, 40, 8, 25
LONGEST_CELL, CELL_P90, CELL_MEDIAN = 20, 12, (3, 5)
NETWORK_LIBRARIES = {"tensorflow", "keras", "torch", "jax"}
SHELL = re.compile(r"^\s*[!%]|\bpip3? install\b|\bconda install\b|\bos\.system\b|\bsubprocess\b", re.MULTILINE)
NETWORK = re.compile(r"\b(requests|urllib|httpx|socket|wget|kagglehub|login)\b")
SEED = re.compile(r"\b(set_random_seed|default_rng|seed)\b")
RANDOM = re.compile(r"\bnp\.random\.(?!default_rng|Generator)\w+|\brandom\.(random|shuffle|choice|randint)\(")


def ninetieth(values: Sequence[float]) -> float:
    """The 90th percentile."""
    return quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]


def functions(source: str) -> list[tuple[str, int]]:
    """Name and length in lines of every function of a module."""
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, node.end_lineno - node.lineno + 1) for node in found]


def module_faults(source: str) -> Iterator[str]:
    """What departs from rule 2 in one module."""
    if len(source.splitlines()) >= MODULE_LINES:
        yield f"{len(source.splitlines())} lines"
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            if {name.split(".")[0] for name in names} & NETWORK_LIBRARIES:
                yield f"line {node.lineno} imports a network library with the module"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield f"line {node.lineno} is a star import"
        if isinstance(node, ast.Global):
            yield f"line {node.lineno} uses a global"
    for name, length in functions(source):
        if length > LONGEST_FUNCTION:
            yield f"{name} has {length} lines"


def public_faults(source: str) -> Iterator[str]:
    """Public functions and methods without a docstring or without types (rule 3)."""
    tree = ast.parse(source)
    public_classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    for owner in [tree, *public_classes]:
        for node in owner.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            arguments = [a for a in node.args.args + node.args.kwonlyargs if a.arg not in ("self", "cls")]
            if not ast.get_docstring(node):
                yield f"{node.name} has no docstring"
            if node.returns is None or any(argument.annotation is None for argument in arguments):
                yield f"{node.name} lacks types"


def function_faults(lengths: Sequence[int]) -> Iterator[str]:
    """What departs from rule 2 in the lengths of all functions together."""
    if median(lengths) >= FUNCTION_MEDIAN:
        yield f"functions have a median of {median(lengths)} lines"
    if ninetieth(lengths) >= FUNCTION_P90:
        yield f"functions have a 90th percentile of {ninetieth(lengths)} lines"


def cell_lines(cell: NotebookNode) -> int:
    """Lines of a cell that are not blank."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def notebook_faults(notebook: NotebookNode) -> Iterator[str]:
    """What departs from rules 5 and 6 in one lesson; the Colab cell, the first, is not a taught one."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"][1:]
    sizes = [cell_lines(cell) for cell in cells]
    if not CELL_MEDIAN[0] <= median(sizes) <= CELL_MEDIAN[1]:
        yield f"cells have a median of {median(sizes)} lines"
    if ninetieth(sizes) >= CELL_P90:
        yield f"cells have a 90th percentile of {ninetieth(sizes)} lines"
    for cell, size in zip(cells, sizes, strict=True):
        if size > LONGEST_CELL:
            yield f"cell {cell.id} has {size} lines"
        if SHELL.search(cell.source):
            yield f"cell {cell.id} calls a shell or installs something"
        if NETWORK.search(cell.source):
            yield f"cell {cell.id} asks for a network or a login"
        if re.search(r"import \*", cell.source):
            yield f"cell {cell.id} has a star import"
        if RANDOM.search(cell.source):
            yield f"cell {cell.id} draws numbers without a visible seed"
