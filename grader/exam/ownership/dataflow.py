"""Which names are the student's, cell by cell.

In: the source notebook. Out: a `Plan`: for each cell its role, for each check the names that must be bound before it runs.

A name is the student's when a solution cell binds, deletes or perhaps changes it, and so is whatever a given cell makes of
it. A given cell that uses such a name runs in the student kernel only. All other given cells run in both processes. A later
given cell that surely binds a name anew, from given values only, gives it back to the examiner.

Where it cannot be known, the choices are these:

- A method that is not known to be harmless changes its object (`names.PURE_METHODS`), except that of an imported module or
  class: `np.random.seed(0)` does not make `np` the student's.
- A function that is given an object leaves it alone, unless it is known to change it (``shuffle(x)``, ``np.add.at(x, …)``).
- A name that is bound on one way through a cell only counts as bound by a solution cell, and as not bound by a given one.
- A function that was given before the student's names came up stays the examiner's; its student's names are bound for it.
- What a solution cell imports is never taken from the student: the examiner imports the same itself, if the student has it.
"""

from __future__ import annotations

import builtins
import enum
import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.core.cell_names import CellNames, Import, names_of
from grader.core.cells import grade_id_of, is_answer, is_demo, is_graded

if TYPE_CHECKING:  # an examiner reads plans and no notebooks, and nbformat takes a second to import
    from nbformat import NotebookNode

# What every notebook has without binding it.
ALWAYS = frozenset(dir(builtins)) | {
    "__name__",
    "__doc__",
    "get_ipython",
    "display",
    "In",
    "Out",
    "exit",
    "quit",
    "_",
    "__",
}


class Role(enum.StrEnum):
    """Where a cell runs."""

    STUDENT = "student"  # in the student kernel: solutions, what depends on them, what the student added
    BOTH = "both"  # given: in both processes
    CHECK = "check"  # in the examiner
    DEMO = "demo"  # shown to students; nothing depends on it
    PROSE = "prose"


@dataclass(frozen=True)
class CellPlan:
    """What is to be done with one cell of the source.

    The sets are filled for checks, with the names that the check uses. ``students`` are bound before it, to what the student
    kernel has; ``imports`` are bound to the examiner's own import where the student kernel has such a name. ``examiners`` were
    bound by given cells, ``checks`` by earlier checks. ``missing`` is bound by nothing.
    """

    cell_id: str
    role: Role
    students: frozenset[str] = frozenset()
    imports: dict[str, Import] = field(default_factory=dict)
    examiners: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """The plan of a whole notebook. ``warnings`` are sentences for the author."""

    cells: tuple[CellPlan, ...]
    warnings: tuple[str, ...] = ()

    def of(self, cell_id: str) -> CellPlan:
        """The plan of a cell; one that is not in the source was added by the student."""
        return self._by_id.get(cell_id, CellPlan(cell_id, Role.STUDENT))

    @property
    def _by_id(self) -> dict[str, CellPlan]:
        return {cell.cell_id: cell for cell in self.cells}


def students_names(notebook: NotebookNode) -> Plan:
    """Follow the names through a source notebook."""
    flow = _Flow()
    return Plan(tuple(flow.plan(cell) for cell in notebook.cells), tuple(flow.warnings))


class _Flow:
    """Who owns which name, at the cell that has been reached."""

    def __init__(self) -> None:
        self.theirs: set[str] = set()
        self.imported: dict[str, Import] = {}  # by solution cells: the examiner imports them itself
        self.given: set[str] = set()
        self.given_imports: dict[str, Import] = {}
        self.from_checks: set[str] = set()
        self.needs: dict[str, set[str]] = {}
        self.effects: dict[str, set[str]] = {}
        self.unknown_star = False  # a solution cell imports names that cannot be told
        self.warnings: list[str] = []

    def plan(self, cell: NotebookNode) -> CellPlan:
        cell_id = str(cell.get("id", grade_id_of(cell)))
        if cell.cell_type != "code":
            return CellPlan(cell_id, Role.PROSE)
        if is_answer(cell):
            self.solution(self.names(cell, cell_id))
            return CellPlan(cell_id, Role.STUDENT)
        if is_graded(cell):
            return self.check(cell_id, self.names(cell, cell_id))
        if is_demo(cell):
            return CellPlan(cell_id, Role.DEMO)
        return CellPlan(cell_id, self.given_cell(cell_id, self.names(cell, cell_id)))

    def names(self, cell: NotebookNode, cell_id: str) -> CellNames:
        names = names_of(cell.source)
        if not names.readable:
            self.warnings.append(f"Python cannot read the cell `{cell_id}`, so what it binds is not known.")
        return names

    def solution(self, names: CellNames) -> None:
        for module in names.stars:
            self.star(module)
        for name in names.binds:
            self.needs.pop(name, None)
            self.effects.pop(name, None)
            target = names.imports.get(name)
            if target is None:
                self.imported.pop(name, None)
                self.theirs.add(name)
            elif self.given_imports.get(name) != target or name in self.theirs or name in self.imported:
                self.theirs.discard(name)
                self.imported[name] = target
        for name in names.deletes - names.binds:
            self.imported.pop(name, None)
            self.theirs.add(name)
        self.changed(names)

    def star(self, module: str) -> None:
        known = _names_in(module)
        if known is None:
            self.unknown_star = True
            self.warnings.append(f"What `from {module} import *` binds in a solution cell is not known here.")
        for name in known or ():
            if self.given_imports.get(name) != Import(module, name):
                self.theirs.discard(name)
                self.imported[name] = Import(module, name)

    def changed(self, names: CellNames) -> None:
        """What the student kernel changes without binding it: the examiner's copy of it is out of date.

        What the cell's own functions change counts, too, for a check may call them.
        """
        touched = set(names.changes).union(*names.effects.values())
        for name in self.closure(names.reads | names.changes):
            touched |= self.effects.get(name, set())
        imported = {*self.given_imports, *self.imported, *names.imports}
        self.theirs |= touched - imported - self.definitions(names)

    def definitions(self, names: CellNames) -> set[str]:
        """Functions and classes: calling a method of a class does not make it another."""
        return {name for name in {*self.needs, *names.needs} if name not in self.theirs}

    def given_cell(self, cell_id: str, names: CellNames) -> Role:
        if not names.readable:
            return Role.STUDENT
        used = self.closure(names.reads)
        only_examiners = (used & self.from_checks) - self.theirs
        if only_examiners:
            listed = ", ".join(f"`{name}`" for name in sorted(only_examiners))
            self.warnings.append(f"The given cell `{cell_id}` uses {listed}, which only a check binds.")
        if used & self.theirs or (self.unknown_star and used - self.known()):
            for name in names.binds | names.deletes:
                self.imported.pop(name, None)
                self.needs.pop(name, None)
                self.effects.pop(name, None)
                if name in names.imports:
                    self.give(name, names)  # an import depends on nobody, and the examiner can do it, too
                    self.imported[name] = names.imports[name]
                else:
                    self.theirs.add(name)
            self.changed(names)
            return Role.STUDENT
        for module in names.stars:
            for name in _names_in(module) or ():
                self.give(name, names)
                self.given_imports[name] = Import(module, name)
        for name in names.binds:
            if name in names.surely or name not in self.theirs:
                self.give(name, names)
        for name in names.deletes - names.binds:
            self.theirs.discard(name)
            self.given.discard(name)
        return Role.BOTH

    def give(self, name: str, names: CellNames) -> None:
        self.theirs.discard(name)
        self.imported.pop(name, None)
        self.from_checks.discard(name)
        self.given.add(name)
        self.remember(name, names)
        self.given_imports.pop(name, None)
        if name in names.imports:
            self.given_imports[name] = names.imports[name]

    def remember(self, name: str, names: CellNames) -> None:
        for kept, new in ((self.needs, names.needs), (self.effects, names.effects)):
            kept.pop(name, None)
            if name in new:
                kept[name] = new[name]

    def check(self, cell_id: str, names: CellNames) -> CellPlan:
        used = self.closure(names.reads)
        unknown = used - self.known()
        students = (used & self.theirs) | (unknown if self.unknown_star else set())
        plan = CellPlan(
            cell_id,
            Role.CHECK,
            frozenset(students),
            {name: self.imported[name] for name in sorted(used & set(self.imported))},
            frozenset((used & self.given) - students - set(self.imported)),
            frozenset((used & self.from_checks) - students),
            frozenset(unknown - students),
        )
        for name in names.binds:
            if name in names.surely or name not in self.theirs:
                self.theirs.discard(name)
                self.imported.pop(name, None)
                self.given.discard(name)
                self.given_imports.pop(name, None)
                self.from_checks.add(name)
                self.remember(name, names)
        return plan

    def known(self) -> set[str]:
        return self.theirs | set(self.imported) | self.given | self.from_checks | ALWAYS

    def closure(self, used: Iterable[str]) -> set[str]:
        """The names used, and what the functions among them read when they are called."""
        found: set[str] = set()
        waiting = list(used)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            if name not in self.theirs:
                waiting += self.needs.get(name, ())
        return found


def _names_in(module: str) -> set[str] | None:
    """What ``from module import *`` binds. The source is the author's, so its modules may be imported to see."""
    root = module.split(".")[0]
    if root not in sys.stdlib_module_names and root not in sys.modules:
        return None
    try:
        loaded = importlib.import_module(module)
    except Exception:
        return None
    public = getattr(loaded, "__all__", None)
    return set(public) if public is not None else {name for name in vars(loaded) if not name.startswith("_")}
