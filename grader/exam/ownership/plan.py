"""What is to be done with each cell of a source notebook: the types of the plan.

In: nothing. Out: `Plan`, `CellPlan`, `Role`, `PlanWarning`. The examiner reads plans and no notebooks, so this module imports
nothing heavy; `dataflow` makes the plans.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from grader.core.cell_names import Import


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
    kernel has; ``imports`` are bound to the examiner's own import where the student kernel has such a name. ``checks`` were
    bound by earlier checks. ``missing`` is bound by nothing.
    """

    cell_id: str
    role: Role
    students: frozenset[str] = frozenset()
    imports: dict[str, Import] = field(default_factory=dict)
    checks: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlanWarning:
    """What could not be known of a cell, as a sentence for the author."""

    cell_id: str
    message: str


@dataclass(frozen=True)
class Plan:
    """The plan of a whole notebook."""

    cells: tuple[CellPlan, ...]
    warnings: tuple[PlanWarning, ...] = ()

    def of(self, cell_id: str) -> CellPlan:
        """The plan of a cell; one that is not in the source was added by the student."""
        return self._by_id.get(cell_id, CellPlan(cell_id, Role.STUDENT))

    @property
    def _by_id(self) -> dict[str, CellPlan]:
        return {cell.cell_id: cell for cell in self.cells}
