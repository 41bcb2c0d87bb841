"""Small changes to a function's source: an operator, a constant, an axis, an off-by-one, a comparison, a bound."""

import ast
import copy
from collections.abc import Iterator

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.USub: ast.UAdd,
}


def _constants(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [value * 1.1 + 0.05] if isinstance(value, float) else []


def _changes(node: ast.AST) -> Iterator[tuple[str, str, object]]:
    """(what, attribute, new value) for each way to change one node."""
    operator = getattr(node, "op", None)
    if type(operator) in OPERATORS:
        new = OPERATORS[type(operator)]
        yield f"{type(operator).__name__} to {new.__name__}", "op", new()
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        new = OPERATORS[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} to {new.__name__}", "ops", [new()]
    if isinstance(node, ast.Constant):
        for value in _constants(node.value):
            yield f"{node.value!r} to {value!r}", "value", value
    if isinstance(node, ast.Call) and len(node.args) == 2:
        yield "arguments exchanged", "args", node.args[::-1]
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.ctx, ast.Load):
        yield "pair exchanged", "elts", node.elts[::-1]
    if isinstance(node, ast.Slice):
        for end in ("lower", "upper"):
            if bound := getattr(node, end):
                yield f"{end} bound + 1", end, ast.BinOp(copy.deepcopy(bound), ast.Add(), ast.Constant(1))


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """(name, source) of every mutant; a name holds the changed line, what was changed, and a number if it repeats."""
    tree = ast.parse(source)
    lines, seen = source.splitlines(), {}
    for place, node in enumerate(ast.walk(tree)):
        for what, attribute, value in _changes(node):
            other = copy.deepcopy(tree)
            twin = list(ast.walk(other))[place]
            setattr(twin, attribute, value)
            line = lines[getattr(node, "lineno", 1) - 1].strip() if hasattr(node, "lineno") else "slice"
            name = f"{line} | {what}"
            seen[name] = seen.get(name, 0) + 1
            yield name if seen[name] == 1 else f"{name} #{seen[name]}", ast.unparse(ast.fix_missing_locations(other))
