"""What one cell does with the notebook's names: which it reads, binds, changes in place, and what its functions need later.

In: a cell's code, magics and all. Out: `CellNames`. Nothing is run. Only names of the notebook's own namespace count; locals of
functions and comprehensions do not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

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
CODE_MAGICS = {"time", "timeit", "capture", "prun"}


@dataclass(frozen=True)
class Import:
    """What an import statement takes: a module, and of it one attribute or none."""

    module: str
    attribute: str | None = None


@dataclass
class CellNames:
    """The names of one cell.

    ``reads``: taken from the notebook at any depth, and not bound by the cell itself before. ``binds``: bound for certain or
    perhaps; ``surely`` is the part that is certain. ``changes``: objects that are perhaps changed in place. ``needs`` tells
    for each function or class what it reads when it is called, ``effects`` what it binds or changes then.
    """

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    surely: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    imports: dict[str, Import] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    needs: dict[str, set[str]] = field(default_factory=dict)
    effects: dict[str, set[str]] = field(default_factory=dict)
    readable: bool = True


def names_of(code: str) -> CellNames:
    """The names of a cell. Code that Python cannot read has none, and says so by ``readable``."""
    tree = _parse(code)
    if tree is None:
        return CellNames(readable=False)
    cell = _Cell()
    cell.run(tree.body)
    return cell.finish()


def modules_imported(code: str) -> set[str]:
    """The modules that a cell imports, at any depth: ``scipy.stats`` of ``from scipy.stats import norm``."""
    tree = _parse(code)
    found: set[str] = set()
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def _parse(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        pass
    try:
        return ast.parse(_without_magics(code))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _without_magics(code: str) -> str:
    """IPython's own lines as Python: the code that a magic runs is kept, the rest becomes a call."""
    from IPython.core.inputtransformer2 import TransformerManager  # here: most cells have no magics

    lines = code.lstrip().splitlines(keepends=True)
    while lines and (head := re.match(r"%%(\w+)(.*)", lines[0])):
        if head[1] not in CODE_MAGICS:
            return ""
        output = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*", head[2]) if head[1] == "capture" else None
        lines = ([f"{output[1]} = None\n"] if output else []) + lines[1:]
    kept = [re.sub(r"^(\s*)%(?:time|prun)\s+(?=\S)", r"\1", line) for line in lines]
    text: str = TransformerManager().transform_cell("".join(kept))  # type: ignore[no-untyped-call]
    return text


class _Function:
    """What the body of a function or class reads and does, in names of the notebook."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.changes: set[str] = set()


class _Cell:
    """Reads a cell's statements in their order, as they would run."""

    def __init__(self) -> None:
        self.names = CellNames()
        self.sure: set[str] = set()  # bound by now, whichever way the cell went
        self.late: set[str] = set()  # read by functions, when they are called

    def finish(self) -> CellNames:
        names = self.names
        names.surely = self.sure - names.deletes
        names.reads |= self.late - self.sure
        return names

    def run(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def branch(self, *bodies: Iterable[ast.stmt]) -> None:
        """Ways of which one is gone: certain is what all of them bind."""
        before, ends = set(self.sure), []
        for body in bodies:
            self.sure = set(before)
            self.run(body)
            ends.append(self.sure)
        self.sure = set.intersection(*ends)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node)
            case ast.Import():
                for alias in node.names:
                    module = alias.name if alias.asname else alias.name.split(".")[0]
                    self.bind(alias.asname or module, Import(module))
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    if alias.name == "*":
                        self.names.stars.append(module)
                    else:
                        self.bind(alias.asname or alias.name, Import(module, alias.name))
            case ast.Assign():
                self.expression(node.value)
                for target in node.targets:
                    self.target(target)
                self.remember_function(node.targets, node.value)
            case ast.AnnAssign():
                if node.value is not None:
                    self.expression(node.value)
                    self.target(node.target)
                    self.remember_function([node.target], node.value)
            case ast.AugAssign():
                self.expression(node.value)
                if isinstance(node.target, ast.Name):
                    self.read(node.target.id)
                    self.names.changes.add(node.target.id)
                self.target(node.target)
            case ast.Delete():
                for target in node.targets:
                    for name in _plain_names(target):
                        self.read(name)
                        self.names.binds.discard(name)
                        self.names.deletes.add(name)
                        self.sure.add(name)  # what is gone is no more what it was before the cell
                    self.target(target, deletes=True)
            case ast.If():
                self.expression(node.test)
                self.branch(node.body, node.orelse)
            case ast.For() | ast.AsyncFor():
                self.expression(node.iter)
                self.target(node.target)
                self.branch([*node.body, *node.orelse], [])
            case ast.While():
                self.expression(node.test)
                self.branch([*node.body, *node.orelse], [])
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.expression(item.context_expr)
                    if item.optional_vars is not None:
                        self.target(item.optional_vars)
                self.run(node.body)
            case ast.Try() | ast.TryStar():
                self.try_statement(node)
            case ast.Match():
                self.expression(node.subject)
                for case in node.cases:
                    for part in ast.walk(case.pattern):
                        bound = getattr(part, "name", None) or getattr(part, "rest", None)
                        if isinstance(bound, str):
                            self.names.binds.add(bound)
                        if isinstance(part, ast.expr):
                            self.expression(part)
                    if case.guard is not None:
                        self.expression(case.guard)
                self.branch(*[case.body for case in node.cases], [])
            case ast.Global() | ast.Nonlocal() | ast.Pass() | ast.Break() | ast.Continue():
                pass
            case _ if type(node).__name__ == "TypeAlias":  # Python 3.12: it is evaluated later, if at all
                self.bind(node.name.id)  # type: ignore[attr-defined]
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.expression(child)

    def try_statement(self, node: ast.Try | ast.TryStar) -> None:
        before = set(self.sure)
        self.run([*node.body, *node.orelse])
        ends = [self.sure]
        for handler in node.handlers:
            self.sure = set(before)
            if handler.type is not None:
                self.expression(handler.type)
            if handler.name:
                self.names.binds.add(handler.name)
                self.names.deletes.add(handler.name)
            inside = {handler.name} if handler.name else set()
            self.sure |= inside
            self.run(handler.body)
            ends.append(self.sure - inside)
        self.sure = set.intersection(*ends)
        self.run(node.finalbody)

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        body = _Function()
        if isinstance(node, ast.ClassDef):
            for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
                self.expression(base)
        _Scope(body).define(node)
        if isinstance(node, ast.ClassDef):  # a class body runs now, its methods later
            self.names.changes |= body.changes
            self.names.binds |= body.binds
        else:
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None:
                    self.expression(default)
        self.bind(node.name)
        self.keep(node.name, body)

    def keep(self, name: str, body: _Function) -> None:
        self.names.needs[name] = set(body.reads)
        self.names.effects[name] = body.binds | body.changes
        self.late |= body.reads

    def remember_function(self, targets: list[ast.expr], value: ast.expr) -> None:
        """``f = lambda …`` is a function, too; so is what holds one, as a list or a dictionary of lambdas does."""
        names = [name for target in targets for name in _plain_names(target)]
        if names and any(isinstance(part, ast.Lambda) for part in ast.walk(value)):
            body = _Function()
            _Scope(body).expression(value)
            for name in names:
                self.keep(name, body)

    def bind(self, name: str, imported: Import | None = None) -> None:
        self.names.binds.add(name)
        self.names.deletes.discard(name)
        self.names.needs.pop(name, None)
        self.names.effects.pop(name, None)
        self.names.imports.pop(name, None)
        if imported is not None:
            self.names.imports[name] = imported
        self.sure.add(name)

    def read(self, name: str) -> None:
        if name not in self.sure:
            self.names.reads.add(name)

    def expression(self, node: ast.expr) -> None:
        found = _Function()
        scope = _Scope(found)
        scope.expression(node)
        for name in found.reads - scope.later:
            self.read(name)
        self.late |= found.reads & scope.later
        self.names.changes |= found.changes
        for name in found.binds:  # a walrus
            self.bind(name)

    def target(self, node: ast.expr, *, deletes: bool = False) -> None:
        if isinstance(node, ast.Name):
            if not deletes:
                self.bind(node.id)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for part in node.elts:
                self.target(part, deletes=deletes)
        elif isinstance(node, ast.Starred):
            self.target(node.value, deletes=deletes)
        else:  # an attribute or a subscript: its object is changed
            root = _root(node)
            if root is not None:
                self.names.changes.add(root)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.expression(child)


class _Scope:
    """Walks an expression or a function's body and finds what it does with names that are not its own."""

    def __init__(self, found: _Function, local: frozenset[str] = frozenset(), *, inner: bool = False) -> None:
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

    def nested(self, local: Iterable[str], *, inner: bool = True) -> _Scope:
        scope = _Scope(self.found, self.local | frozenset(local), inner=self.inner or inner)
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
                self.change(_root(node))
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
        own = {name for part in node.generators for name in _plain_names(part.target)}
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
            self.change(_root(function))
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        place = CHANGES_ARGUMENT.get(last)
        if place is not None and len(node.args) > place:
            self.change(_root(node.args[place]))
        for keyword in node.keywords:
            if keyword.arg == "out" or (keyword.arg == "inplace" and isinstance(function, ast.Attribute)):
                self.change(_root(keyword.value) if keyword.arg == "out" else _root(function))


def _root(node: ast.AST) -> str | None:
    """The name that an attribute or a subscript starts from: ``a`` of ``a.b[0].c``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _plain_names(target: ast.AST) -> Iterable[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _plain_names(part)
    elif isinstance(target, ast.Starred):
        yield from _plain_names(target.value)


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
