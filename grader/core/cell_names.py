"""What one cell does with the notebook's names: which it reads, binds, changes in place, and what its functions need later.

In: a cell's code, magics and all, or one statement. Out: `CellNames`. Nothing is run. Only names of the notebook's own
namespace count; locals of functions and comprehensions do not. All rooms ask here: repair, ownership, references, validation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.core.magics import without_magics
from grader.core.name_scopes import BodyNames, Scope, plain_names, root_of


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
    for each function or class what it reads when it is called, ``effects`` what it binds or changes then. ``lines`` tells for
    each name that is bound or deleted the line of the first statement that does so. ``readable`` is False if Python cannot read
    the cell; it has no names then.
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
    lines: dict[str, int] = field(default_factory=dict)
    readable: bool = True


def names_of(code: str | ast.stmt) -> CellNames:
    """The names of a cell, or of one statement. A cell that Python cannot read has none: it fails before it does anything."""
    if isinstance(code, ast.stmt):
        return _names_of([code])
    tree = _parse(code) or _parse(without_magics(code))
    try:
        return CellNames(readable=False) if tree is None else _names_of(tree.body)
    except RecursionError:  # nested deeper than anybody writes
        return CellNames(readable=False)


def guessed_names(code: str) -> CellNames:
    """The names of a cell by the looks of it, for code that Python cannot read: broken, or of another language."""
    pairs = re.findall(r"^(?:async )?(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]", code, flags=re.MULTILINE)
    binds = {name for pair in pairs for name in pair if name}
    return CellNames(reads=set(re.findall(r"\b[A-Za-z_]\w*", code)) - binds, binds=binds, readable=False)


def _names_of(statements: list[ast.stmt]) -> CellNames:
    cell = _Cell()
    cell.run(statements)
    return cell.finish()


def modules_imported(code: str) -> set[str]:
    """The modules that a cell imports, at any depth: ``scipy.stats`` of ``from scipy.stats import norm``."""
    tree = _parse(code) or _parse(without_magics(code))
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
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Cell:
    """Reads a cell's statements in their order, as they would run."""

    def __init__(self) -> None:
        self.names = CellNames()
        self.line = 1
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
        self.line = node.lineno
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
                    for name in plain_names(target):
                        self.read(name)
                        self.names.binds.discard(name)
                        self.names.deletes.add(name)
                        self.note(name)
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
                            self.note(bound)
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
                self.line = handler.lineno
                self.note(handler.name)
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
        body = BodyNames()
        if isinstance(node, ast.ClassDef):
            for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
                self.expression(base)
        Scope(body).define(node)
        if isinstance(node, ast.ClassDef):  # a class body runs now, its methods later
            self.names.changes |= body.changes
            self.names.binds |= body.binds
            for name in body.binds:
                self.note(name)
        else:
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None:
                    self.expression(default)
        self.bind(node.name)
        self.keep(node.name, body)

    def keep(self, name: str, body: BodyNames) -> None:
        self.names.needs[name] = set(body.reads)
        self.names.effects[name] = body.binds | body.changes
        self.late |= body.reads

    def remember_function(self, targets: list[ast.expr], value: ast.expr) -> None:
        """``f = lambda …`` is a function, too; so is what holds one, as a list or a dictionary of lambdas does."""
        names = [name for target in targets for name in plain_names(target)]
        if names and any(isinstance(part, ast.Lambda) for part in ast.walk(value)):
            body = BodyNames()
            Scope(body).expression(value)
            for name in names:
                self.keep(name, body)

    def note(self, name: str) -> None:
        self.names.lines.setdefault(name, self.line)

    def bind(self, name: str, imported: Import | None = None) -> None:
        self.note(name)
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
        found = BodyNames()
        scope = Scope(found)
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
            root = root_of(node)
            if root is not None:
                self.names.changes.add(root)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.expression(child)
