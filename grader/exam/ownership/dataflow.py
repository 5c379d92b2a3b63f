"""Which names are the student's, cell by cell.

In: the source notebook. Out: its `Plan`: for each cell its role, for each check the names that must be bound before it runs.

A name is the student's when a solution cell binds, deletes or perhaps changes it, and so is whatever a given cell makes of
it. A given cell that uses such a name runs in the student kernel only. All other given cells run in both processes. If a later
given cell certainly binds a name anew, from given values only, the name is the examiner's again.

Where this cannot be known, the choices are these:

- A method that is not known to leave its object alone changes it (`cell_names.PURE_METHODS`), except a method of an imported
  module or class: `np.random.seed(0)` does not make `np` the student's.
- A function that is given an object leaves it alone, unless it is known to change it (``shuffle(x)``, ``np.add.at(x, …)``).
- A name that only some ways through a cell bind counts as bound by a solution cell, and as not bound by a given one.
- A function that was given before the student's names came up stays the examiner's; its student's names are bound for it.
- What a solution cell imports is never taken from the student: the examiner imports the same itself, if the student has it.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterable

from nbformat import NotebookNode

from grader.core.cell_names import CellNames, Import, names_of
from grader.core.cells import grade_id_of, is_answer, is_demo, is_graded
from grader.exam.ownership.plan import CellPlan, Plan, PlanWarning, Role

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
        self.unknown_star = False  # a solution cell imports names that are not known
        self.warnings: list[PlanWarning] = []
        self.cell_id = ""

    def plan(self, cell: NotebookNode) -> CellPlan:
        self.cell_id = cell_id = str(cell.get("id", grade_id_of(cell)))
        if cell.cell_type != "code":
            return CellPlan(cell_id, Role.PROSE)
        if is_answer(cell):
            self.solution(self.names(cell))
            return CellPlan(cell_id, Role.STUDENT)
        if is_graded(cell):
            return self.check(cell_id, self.names(cell))
        if is_demo(cell):
            return CellPlan(cell_id, Role.DEMO)
        return CellPlan(cell_id, self.given_cell(self.names(cell)))

    def names(self, cell: NotebookNode) -> CellNames:
        names = names_of(cell.source)
        if not names.readable:
            self.warn("Python cannot read this cell, so the names that it binds are not known.")
        return names

    def warn(self, message: str) -> None:
        self.warnings.append(PlanWarning(self.cell_id, message))

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
            self.warn(f"The names that `from {module} import *` binds are not known. Import them by name.")
        for name in known or ():
            if self.given_imports.get(name) != Import(module, name):
                self.theirs.discard(name)
                self.imported[name] = Import(module, name)

    def changed(self, names: CellNames) -> None:
        """Names whose objects the student kernel changes without binding them: the examiner's copies are out of date.

        Changes that the cell's own functions make count, too, since a check may call them.
        """
        touched = set(names.changes).union(*names.effects.values())
        for name in self.closure(names.reads | names.changes):
            touched |= self.effects.get(name, set())
        imported = {*self.given_imports, *self.imported, *names.imports}
        self.theirs |= touched - imported - self.definitions(names)

    def definitions(self, names: CellNames) -> set[str]:
        """Functions and classes: calling a method of a class does not make it another."""
        return {name for name in {*self.needs, *names.needs} if name not in self.theirs}

    def given_cell(self, names: CellNames) -> Role:
        if not names.readable:
            return Role.STUDENT
        used = self.closure(names.reads)
        only_examiners = (used & self.from_checks) - self.theirs
        if only_examiners:
            listed = ", ".join(f"`{name}`" for name in sorted(only_examiners))
            self.warn(f"This given cell uses {listed}, which only a check binds. The student kernel has no such name.")
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
    """The names that ``from module import *`` binds. The source is the author's, so its modules may be imported."""
    root = module.split(".")[0]
    if root not in sys.stdlib_module_names and root not in sys.modules:
        return None
    try:
        loaded = importlib.import_module(module)
    except Exception:
        return None
    public = getattr(loaded, "__all__", None)
    return set(public) if public is not None else {name for name in vars(loaded) if not name.startswith("_")}
