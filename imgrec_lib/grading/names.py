"""Which names a piece of code binds and which it uses, found without running it."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """The names of a piece of code that stands at the top of a cell.

    It `binds` names, some of them by `imports`; it uses others `now`, as it runs, and others `later`, as the functions
    in it are called; and it `touches` objects under names that it may not bind, as `table[0] = 1` does.
    """

    binds: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset()

    @property
    def uses(self) -> frozenset[str]:
        """All that it uses, at once or later."""
        return self.now | self.later


def names_of(statements: Iterable[ast.stmt]) -> Names:
    """The names of statements that run one after another; `RecursionError` where they nest too deep."""
    visitor = _Visitor()
    for statement in statements:
        visitor.visit(statement)
    return Names(
        frozenset(visitor.binds),
        frozenset(visitor.imports),
        frozenset(visitor.now),
        frozenset(visitor.later - visitor.binds),
        frozenset(visitor.touches),
    )


def base_name(node: ast.expr) -> str:
    """The name at the beginning of an expression such as `a.b[0]`, "" where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class _Visitor(ast.NodeVisitor):
    """Goes through code in the order in which it runs."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.imports: set[str] = set()
        self.now: set[str] = set()
        self.later: set[str] = set()
        self.touches: set[str] = set()
        self.elsewhere: set[str] = set()  # Declared global or nonlocal

    def _visit_all(self, *nodes: ast.AST | Sequence[ast.AST] | None) -> None:
        for node in nodes:
            for one in node if isinstance(node, list) else [node]:
                if one is not None:
                    self.visit(one)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.binds.add(node.id)
        elif node.id not in self.binds:
            self.now.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_all(node.value, node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.binds:
            self.now.add(node.target.id)
        self._visit_all(node.value, node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all(node.annotation, node.value)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit_all(node.value, node.target)

    def _visit_for(self, node: ast.For | ast.AsyncFor) -> None:
        self._visit_all(node.iter, node.target, node.body, node.orelse)

    visit_For = visit_AsyncFor = _visit_for  # noqa: N815

    def _visit_place(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.touches.add(base_name(node))
        self.generic_visit(node)

    visit_Attribute = visit_Subscript = _visit_place  # noqa: N815

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self.touches.add(base_name(node.value.func))
        self.generic_visit(node)

    def _visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        self.binds |= names
        self.imports |= names

    visit_Import = visit_ImportFrom = _visit_import  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.binds |= {node.name} - {None}
        self.generic_visit(node)

    def _visit_capture(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        self.binds |= {getattr(node, "name", None), getattr(node, "rest", None)} - {None}
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _visit_capture  # noqa: N815

    def _visit_elsewhere(self, node: ast.Global | ast.Nonlocal) -> None:
        self.elsewhere |= set(node.names)

    visit_Global = visit_Nonlocal = _visit_elsewhere  # noqa: N815

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._visit_all(node.decorator_list, node.returns)
        self._visit_arguments(node.args)
        self.binds.add(node.name)
        self._add_function(node.args, node.body)

    visit_FunctionDef = visit_AsyncFunctionDef = _visit_function  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_arguments(node.args)
        self._add_function(node.args, [node.body])

    def _visit_arguments(self, arguments: ast.arguments) -> None:
        """Defaults and annotations, which are looked at where the function is defined."""
        self._visit_all(arguments.defaults, arguments.kw_defaults)
        self._visit_all([argument.annotation for argument in _arguments(arguments)])

    def _add_function(self, arguments: ast.arguments, body: Sequence[ast.AST]) -> None:
        inner = _Visitor()
        inner.binds = {argument.arg for argument in _arguments(arguments)}
        inner._visit_all(body)
        own = inner.binds - inner.elsewhere
        self.later |= (inner.now | inner.later | inner.elsewhere) - own
        self.touches |= inner.touches - own
        self.binds |= inner.binds & inner.elsewhere

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(node.decorator_list, node.bases, [keyword.value for keyword in node.keywords])
        inner = _Visitor()
        inner._visit_all(node.body)
        self.now |= inner.now - self.binds
        self.later |= inner.later
        self.touches |= inner.touches - inner.binds
        self.binds.add(node.name)

    def _visit_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        inner = _Visitor()
        for part in node.generators:
            inner._visit_all(part.iter, part.target, part.ifs)
        inner._visit_all(*([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]))
        self.now |= inner.now - self.binds
        self.later |= inner.later - inner.binds

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _visit_comprehension  # noqa: N815


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    """All arguments of a function, in any order."""
    several = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *several]
