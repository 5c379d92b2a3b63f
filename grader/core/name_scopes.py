"""What an expression, a function or a class does with names that are not its own: it reads, binds and changes them.

In: nodes of a syntax tree. Out: `BodyNames`. Locals of functions, classes and comprehensions are left out, as Python's scopes
say. The standard library's symtable knows scopes, but neither what is changed in place nor when something is read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

# Methods that leave their object as it was. A method that is not among them is taken to change it.
_PURE = """
    all any argmax argmin argsort astype clip conj copy cumprod cumsum diagonal dot flatten item max mean min nonzero prod
    ravel repeat reshape round searchsorted squeeze std sum swapaxes take tobytes tolist trace transpose var view
    count endswith find format index isalpha isdigit isupper islower join lower lstrip replace rsplit rstrip split
    splitlines startswith strip title upper zfill encode decode get items keys values difference intersection issubset
    issuperset union symmetric_difference bit_length conjugate is_integer
    abs agg aggregate apply corr describe drop dropna fillna groupby head isin isna median merge notna nunique quantile
    query reset_index sample set_index sort_values tail to_dict to_list to_numpy unique value_counts
    predict predict_proba score evaluate count_params get_config get_weights get_layer summary numpy
    exists is_file is_dir read_text read_bytes
"""
PURE_METHODS = frozenset(_PURE.split())
# Functions that change an argument in place, by the last part of their name, and the place of that argument.
CHANGES_ARGUMENT = {
    "shuffle": 0, "at": 0, "put": 0, "place": 0, "copyto": 0, "fill_diagonal": 0, "putmask": 0, "setattr": 0, "delattr": 0,
    "heappush": 0, "heappop": 0, "heapify": 0, "insort": 0,
}  # fmt: skip


class BodyNames:
    """What the body of a function or class reads and does, in names of the notebook."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.changes: set[str] = set()


class Scope:
    """Walks an expression or a function's body and finds what it does with names that are not its own."""

    def __init__(self, found: BodyNames, local: frozenset[str] = frozenset(), *, inner: bool = False) -> None:
        self.found, self.local, self.inner = found, local, inner
        self.later: set[str] = set()  # read within a lambda, so not at once

    def read(self, name: str) -> None:
        if name not in self.local:
            self.found.reads.add(name)
            if self.inner:
                self.later.add(name)

    def change(self, name: str | None) -> None:
        if name is not None and name not in self.local:
            self.found.changes.add(name)

    def store(self, name: str) -> None:
        if name not in self.local:
            self.found.binds.add(name)

    def expression(self, node: ast.AST) -> None:
        self.visit(node)

    def nested(self, local: Iterable[str], *, inner: bool = True) -> Scope:
        scope = Scope(self.found, self.local | frozenset(local), inner=self.inner or inner)
        scope.later = self.later
        return scope

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda) -> None:
        if isinstance(node, ast.ClassDef):
            # The names of a class body are not seen from its methods. Those that it binds are its own when it reads them.
            own = _stores(node.body) - _declared(node.body)
            for statement in node.body:
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    self.definition(statement, within=own)
                else:
                    self.nested(own, inner=False).visit(statement)
            return
        arguments = node.args
        names = {a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]}
        names |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None}
        body: list[ast.stmt] = [ast.Expr(node.body)] if isinstance(node, ast.Lambda) else node.body
        declared = _declared(body)
        inside = self.nested((names | _stores(body)) - declared)
        inside.local -= frozenset(declared - _outer(body))
        for statement in body:
            inside.visit(statement)

    def definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, within: Iterable[str] = ()
    ) -> None:
        outside = self.nested(within, inner=False)
        for decorator in node.decorator_list:
            outside.visit(decorator)
        if isinstance(node, ast.ClassDef):
            for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
                outside.visit(base)
        else:
            outside.defaults(node.args)
        self.define(node)

    def defaults(self, arguments: ast.arguments) -> None:
        for default in [*arguments.defaults, *arguments.kw_defaults]:
            if default is not None:
                self.visit(default)

    def visit(self, node: ast.AST) -> None:
        match node:
            case ast.Name(ctx=ast.Load()):
                self.read(node.id)
            case ast.Name():
                self.store(node.id)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.store(node.name)
                self.definition(node)
            case ast.Lambda():
                self.defaults(node.args)
                self.define(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self.comprehension(node)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self.store((alias.asname or alias.name).split(".")[0])
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if node.name:
                self.store(node.name)
                self.children(node)
            case ast.AugAssign():
                if isinstance(node.target, ast.Name):
                    self.read(node.target.id)
                    self.change(node.target.id)
                self.children(node)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                self.change(root_of(node))
                self.children(node)
            case ast.Call():
                self.call(node)
                self.children(node)
            case ast.AnnAssign() if node.value is None:
                pass
            case _:
                self.children(node)

    def children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self.visit(node.generators[0].iter)
        own = {name for part in node.generators for name in plain_names(part.target)}
        inside = self.nested(own, inner=False)
        for number, part in enumerate(node.generators):
            if number:
                inside.visit(part.iter)
            for condition in part.ifs:
                inside.visit(condition)
        for element in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            inside.visit(element)

    def call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr not in PURE_METHODS:
            self.change(root_of(function))
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        place = CHANGES_ARGUMENT.get(last)
        if place is not None and len(node.args) > place:
            self.change(root_of(node.args[place]))
        for keyword in node.keywords:
            if keyword.arg == "out" or (keyword.arg == "inplace" and isinstance(function, ast.Attribute)):
                self.change(root_of(keyword.value) if keyword.arg == "out" else root_of(function))


def root_of(node: ast.AST) -> str | None:
    """The name that an attribute or a subscript starts from: ``a`` of ``a.b[0].c``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def plain_names(target: ast.AST) -> Iterable[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from plain_names(part)
    elif isinstance(target, ast.Starred):
        yield from plain_names(target.value)


def _of_scope(body: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """The nodes that belong to a scope itself: not those within its functions, classes and comprehensions."""
    for node in body:
        yield node
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            # Only a walrus binds beyond a comprehension.
            yield from (part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _of_scope(ast.iter_child_nodes(node))


def _stores(body: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in _of_scope(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found


def _declared(body: Iterable[ast.AST]) -> set[str]:
    """What `global` and `nonlocal` name."""
    return {name for node in _of_scope(body) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}


def _outer(body: Iterable[ast.AST]) -> set[str]:
    """What `nonlocal` names: it stays the enclosing function's."""
    return {name for node in _of_scope(body) if isinstance(node, ast.Nonlocal) for name in node.names}
