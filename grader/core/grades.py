"""Grades as plain data: the gradebook fills them in, and feedback, report and export show them.

In: values from the gradebook. Out: the sums, scores and states derived from them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from grader.core.model import Outcome, Problem


class Status(enum.StrEnum):
    """How far the grading of one student's notebook has got."""

    GRADED = "graded"
    WAITING = "waiting for manual grading"
    UNGRADABLE = "could not be graded"
    MISSING = "not handed in"


@dataclass(frozen=True)
class CellGrade:
    """One graded cell.

    ``title`` is the nearest heading above the cell in the source. ``points`` includes extra credit; it is None while the cell
    waits for manual grading. ``outcome`` and ``message`` belong to checks; the message is empty if the check passed.
    ``answer`` is the student's own text, as Markdown. ``comment`` is the teacher's. ``protected`` is False for a check that ran
    in the process that runs the student's code.
    """

    grade_id: str
    title: str
    kind: Literal["check", "written"]
    points: float | None
    max_points: float
    outcome: Outcome | None = None
    message: str = ""
    comment: str = ""
    answer: str = ""
    protected: bool = True

    @property
    def full(self) -> bool:
        """Whether the cell got all its points. A check worth no points is full if it passed."""
        if self.points is None:
            return False
        return self.points >= self.max_points and (self.max_points > 0 or self.outcome in (None, Outcome.PASSED))


@dataclass(frozen=True)
class NotebookGrades:
    """One student's notebook of one assignment, graded as far as possible. ``peak_bytes`` is 0 if it is not known."""

    student: str
    assignment: str
    title: str
    grades: tuple[CellGrade, ...] = ()
    problems: tuple[Problem, ...] = ()
    late_penalty: float = 0.0
    seconds: float | None = None
    submitted: bool = True
    peak_bytes: int = 0

    @property
    def unprotected(self) -> tuple[CellGrade, ...]:
        """The checks that ran in the process that runs the student's code, which could have tampered with them."""
        return tuple(grade for grade in self.grades if not grade.protected)

    @property
    def points(self) -> float:
        """All points given so far, before the late penalty."""
        return self.points_of("check") + self.points_of("written")

    @property
    def score(self) -> float:
        """The points minus the late penalty, never below 0, as nbgrader exports it."""
        return max(0.0, self.points - self.late_penalty)

    @property
    def max_score(self) -> float:
        return float(sum(grade.max_points for grade in self.grades))

    @property
    def waiting(self) -> float:
        """The points of the cells that still have to be graded manually."""
        return float(sum(grade.max_points for grade in self.grades if grade.points is None))

    @property
    def status(self) -> Status:
        if not self.submitted:
            return Status.MISSING
        checks = [grade for grade in self.grades if grade.kind == "check"]
        if not self.grades or (checks and all(check.points is None for check in checks)):
            return Status.UNGRADABLE
        return Status.WAITING if any(grade.points is None for grade in self.grades) else Status.GRADED

    def points_of(self, kind: Literal["check", "written"]) -> float:
        return float(sum(grade.points or 0.0 for grade in self.grades if grade.kind == kind))


@dataclass(frozen=True)
class AssignmentInfo:
    """An assignment, as the report and the export show it.

    ``unprotected`` and ``problems`` come from its calibration: why some checks cannot be protected, by their grade_id, and
    what else the teacher should know.
    """

    name: str
    title: str
    max_score: float
    unprotected: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClassGrades:
    """All students and all assignments. A student who handed nothing in may have no notebook here at all."""

    course: str
    assignments: tuple[AssignmentInfo, ...]
    notebooks: tuple[NotebookGrades, ...]

    @cached_property
    def students(self) -> tuple[str, ...]:
        return tuple(sorted({notebook.student for notebook in self.notebooks}))

    def of(self, student: str, assignment: AssignmentInfo) -> NotebookGrades:
        """The student's notebook; if there is none, a notebook that is marked as not handed in."""
        missing = NotebookGrades(student, assignment.name, assignment.title, submitted=False)
        return self._by_key.get((student, assignment.name), missing)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], NotebookGrades]:
        return {(notebook.student, notebook.assignment): notebook for notebook in self.notebooks}
