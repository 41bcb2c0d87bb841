"""Code with its solutions taken out: in place of each stands a stub that compiles and says what to do.

A stub is `return ...  # replace the dots` in a function and `name = ...  # replace the dots` elsewhere, as in the
course's own lessons.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from imgrec_lib.grading.marks import MarkError, Region, regions

Statements = Sequence[ast.stmt]
Function = ast.FunctionDef | ast.AsyncFunctionDef
DOTS = "...  # replace the dots"
CELL_MAGIC = re.compile(r"\A(\s*)%%")
MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?+)$", re.MULTILINE)
ASSIGNED_MAGIC = re.compile(r"^([^\n=]*= *)[%!].*$", re.MULTILINE)
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
KEPT_DECORATORS = ("property", "staticmethod", "classmethod")
_PLACE = "replace_the_dots_"


def stubbed(source: str) -> str:
    """A cell's source with its marked regions taken out, and a stub in place of each solution."""
    found = regions(source)
    tree, lines = parsed(source), source.split("\n")
    for region in reversed(found):
        block = _block(tree, region, lines)
        lines[region.begin - 1 : region.end] = _stub(tree, region, block, lines) if region.is_solution else []
    text = "\n".join(lines).strip("\n")
    check_compiles(text)
    return text


def outline(source: str) -> str:
    """What stays of a cell that is a solution as a whole: signatures, docstrings and names."""
    body = parsed(source).body
    kept = list(_kept(body)) or [ast.Expr(_dots())]
    used = {node.id for statement in kept for node in ast.walk(statement) if isinstance(node, ast.Name)}
    imports = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom) and used & _imported(one)]
    module = ast.fix_missing_locations(ast.Module([*imports, *kept], type_ignores=[]))
    text = ast.unparse(module).replace(_PLACE, DOTS)
    check_compiles(text)
    return text


def parsed(source: str) -> ast.Module:
    """The syntax tree of a cell; magics and shell commands count as `pass`. A MarkError where it is not Python."""
    masked = ASSIGNED_MAGIC.sub(r"\1None", MAGIC.sub(r"\1pass", CELL_MAGIC.sub(r"\1##", source)))
    try:
        try:
            return ast.parse(source)
        except SyntaxError:
            return ast.parse(masked)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = getattr(error, "msg", None) or "it cannot be read"
        raise MarkError(f"is not valid Python ({what}): make it run before you release it") from None


def check_compiles(source: str) -> None:
    """A MarkError where a cell without its solutions is not valid Python."""
    try:
        tree = parsed(source)
        compile(tree, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (MarkError, SyntaxError, ValueError, RecursionError):
        raise MarkError("is no valid Python without its marked region: move the marks to whole statements") from None


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _is_inside(statement: ast.stmt, region: Region) -> bool:
    return region.begin < _first_line(statement) and statement.end_lineno < region.end


def _cuts(statement: ast.stmt, region: Region, last: int) -> bool:
    """Whether a statement is partly in a region whose last statement ends in the line `last`."""
    first, end = _first_line(statement), statement.end_lineno
    if _is_inside(statement, region) or end < region.begin or first > region.end:
        return False
    is_simple = not isinstance(getattr(statement, "body", None), list) and not isinstance(statement, ast.Match)
    return is_simple or first > region.begin or end < last


def _block(tree: ast.Module, region: Region, lines: Sequence[str]) -> Statements:
    """The statements of a region, all of one block; none for hidden tests that are comments only."""
    inside = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _is_inside(node, region)]
    last = max((statement.end_lineno for statement in inside), default=region.end)
    below = {id(node) for statement in inside for node in ast.walk(statement) if node is not statement}
    outermost = [statement for statement in inside if id(statement) not in below]
    blocks = [block for block in _blocks(tree) if any(one in block for one in outermost)]
    cut = any(isinstance(node, ast.stmt) and _cuts(node, region, last) for node in ast.walk(tree))
    if cut or len(blocks) > 1 or blocks and _has_code(lines[region.begin : _first_line(outermost[0]) - 1]):
        raise MarkError(f"has marks in lines {region.begin} and {region.end} that cut a statement in two: move them")
    if region.is_solution and not outermost:
        raise MarkError(f"has no statement between the marks in lines {region.begin} and {region.end}: move them")
    return outermost


def _has_code(lines: Sequence[str]) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def _blocks(tree: ast.Module) -> Iterator[Statements]:
    for node in ast.walk(tree):
        for name in BLOCKS:
            if isinstance(block := getattr(node, name, None), list):
                yield block


def _stub(tree: ast.Module, region: Region, block: Statements, lines: Sequence[str]) -> list[str]:
    """The lines that take the place of a region."""
    first = lines[_first_line(block[0]) - 1]
    indentation = first[: len(first) - len(first.lstrip())]
    owners = [node for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef) and _holds(node, block)]
    owner = max(owners, key=lambda node: node.lineno, default=None)
    return [indentation + line for line in _stub_lines(owner, block)]


def _stub_lines(owner: ast.stmt | None, block: Statements) -> list[str]:
    if isinstance(owner, Function):
        # What a class is made with may return nothing but None.
        return [DOTS] if owner.name == "__init__" else [f"return {DOTS}"]
    return [f"{name} = {DOTS}" for name in dict.fromkeys(_names(block))] or [DOTS]


def _holds(owner: ast.stmt, block: Statements) -> bool:
    return any(node is block[0] for node in ast.walk(owner)) and owner is not block[0]


def _names(block: Statements) -> Iterator[str]:
    """The names that statements give a value to, in their order; what functions and classes do within is their own."""
    for statement in block:
        if isinstance(statement, Function | ast.ClassDef):
            yield statement.name
        else:
            yield from _assigned(statement)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement other than a definition assigns, its blocks included, loop variables not."""
    targets = [*getattr(statement, "targets", []), getattr(statement, "target", None)]
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        stored = (node for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name))
        yield from (node.id for node in stored if isinstance(node.ctx, ast.Store))
    for name in BLOCKS:
        yield from _names_within(getattr(statement, name, None))


def _names_within(block: object) -> Iterator[str]:
    for one in block if isinstance(block, list) else []:
        yield from _names([one] if isinstance(one, ast.stmt) else one.body)


def _dots() -> ast.Name:
    return ast.Name(_PLACE, ast.Load())


def _kept(body: Statements) -> Iterator[ast.stmt]:
    """The outline of a block: definitions without their bodies, and each name that is assigned, once."""
    seen: set[str] = set()
    for statement in body:
        if isinstance(statement, Function | ast.ClassDef):
            yield _without_body(statement)
            continue
        for name in _assigned(statement):
            if name not in seen:
                yield ast.Assign([ast.Name(name, ast.Store())], _dots())
            seen.add(name)


def _without_body(statement: Function | ast.ClassDef) -> ast.stmt:
    docstring = statement.body[:1] if ast.get_docstring(statement) is not None else []
    statement.decorator_list = [one for one in statement.decorator_list if _is_kept(one)]
    if isinstance(statement, ast.ClassDef):
        statement.body = [*docstring, *(list(_kept(statement.body)) or [ast.Expr(_dots())])]
    else:
        stub = ast.Expr(_dots()) if statement.name == "__init__" else ast.Return(_dots())
        statement.body = [*docstring, stub]
    return statement


def _is_kept(decorator: ast.expr) -> bool:
    """Whether a decorator says how a method is called, as a signature does."""
    return getattr(decorator, "id", None) in KEPT_DECORATORS or getattr(decorator, "attr", None) == "setter"


def _imported(statement: ast.Import | ast.ImportFrom) -> set[str]:
    return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
