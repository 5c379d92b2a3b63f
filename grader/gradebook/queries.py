"""What a gradebook knows, in as few queries as possible: the scores of one submission, the grades of a class.

In: nbgrader's `Gradebook` and its rows. Out: plain data. However large a class is, it takes the same number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Select, and_, select

from grader.core.grades import CellGrade
from grader.core.model import Outcome
from grader.exam.messages import UNANSWERED
from grader.gradebook.autograded import Autograded


class GradeRow(Protocol):
    """What a gradebook has of one graded cell of one student: a row of nbgrader's, or a `Graded`."""

    cell: GradeCell
    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    score: float


@dataclass
class Graded:
    """A `GradeRow` that is not an object of the database."""

    cell: GradeCell
    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    score: float


@dataclass(frozen=True)
class SubmissionRows:
    """What a gradebook has of one student's notebook. ``comments`` are by grade_id."""

    student: str
    late_penalty: float
    grades: Sequence[GradeRow]
    comments: Mapping[str, str]


def scores_of(gradebook: Gradebook, assignment: str, student: str) -> dict[str, float | None]:
    """The automatic score of each cell of a submission; empty if the gradebook has no such submission."""
    # By the ways that nbgrader's tables have an index for, so that it takes no longer in a large class.
    handed_in = and_(
        SubmittedNotebook.notebook_id == Notebook.id, SubmittedNotebook.assignment_id == SubmittedAssignment.id
    )
    query = (
        select(BaseCell.name, Grade.auto_score)
        .select_from(AssignmentRow)
        .join(SubmittedAssignment, SubmittedAssignment.assignment_id == AssignmentRow.id)
        .join(Notebook, Notebook.assignment_id == AssignmentRow.id)
        .join(SubmittedNotebook, handed_in)
        .outerjoin(BaseCell, BaseCell.notebook_id == Notebook.id)
        .outerjoin(Grade, and_(Grade.cell_id == BaseCell.id, Grade.notebook_id == SubmittedNotebook.id))
        .where(AssignmentRow.name == assignment, SubmittedAssignment.student_id == student)
    )
    return dict(gradebook.db.execute(query).all())


def class_rows(gradebook: Gradebook, row: AssignmentRow) -> Iterator[SubmissionRows]:
    """The rows of all who handed in an assignment of one notebook, by student. The gradebook is asked three times."""
    ask = gradebook.db.execute
    cells = {cell.id: cell for notebook in row.notebooks for cell in (*notebook.grade_cells, *notebook.task_cells)}
    grades: dict[str, list[GradeRow]] = defaultdict(list)
    comments: dict[str, dict[str, str]] = defaultdict(dict)
    query = select(Grade.cell_id, Grade.notebook_id, Grade.auto_score, Grade.manual_score)
    query = query.add_columns(Grade.needs_manual_grade, Grade.score)
    for cell_id, notebook, *values in ask(_of_assignment(query, Grade, row)):
        grades[notebook].append(Graded(cells[cell_id], *values))
    query = select(Comment.notebook_id, BaseCell.name, Comment.manual_comment)
    query = query.join(BaseCell, BaseCell.id == Comment.cell_id)
    for notebook, grade_id, comment in ask(_of_assignment(query, Comment, row)):
        comments[notebook][grade_id] = comment or ""
    query = select(SubmittedAssignment.student_id, SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    query = query.where(SubmittedAssignment.assignment_id == row.id).order_by(SubmittedAssignment.student_id)
    for student, notebook, penalty in ask(query):
        yield SubmissionRows(student, penalty or 0.0, grades[notebook], comments[notebook])


def _of_assignment(query: Select[Any], table: type[Grade] | type[Comment], row: AssignmentRow) -> Select[Any]:
    """Those of a query's rows that belong to submissions of an assignment."""
    query = query.join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    return query.where(SubmittedAssignment.assignment_id == row.id)


def cell_grades(
    rows: Sequence[GradeRow], comments: Mapping[str, str], autograded: Autograded, headings: Mapping[str, str]
) -> Iterator[CellGrade]:
    """The grades of one notebook, in the order of its cells: what the gradebook has, and what the notebook shows of it."""
    # A comment belongs to the student's own cell; the check of that cell shows it, once.
    left = dict(comments)
    order = {grade_id: place for place, grade_id in enumerate(autograded.order)}
    for row in sorted(rows, key=lambda row: order.get(row.cell.name, len(order))):
        grade_id = row.cell.name
        check = autograded.checks.get(grade_id)
        written = row.cell.cell_type == "markdown" or grade_id in autograded.written
        waits = row.needs_manual_grade or (row.manual_score is None and row.auto_score is None)
        untouched = written and row.manual_score is None and not waits  # nbgrader gives it 0 by itself
        outcome, message, protected = (Outcome.UNANSWERED, UNANSWERED, True) if untouched else (None, "", True)
        if not written and check is not None and row.auto_score is not None:
            outcome, message, protected = check.outcome, check.message, check.protected
        yield CellGrade(
            grade_id=grade_id,
            title=headings.get(grade_id, grade_id),
            kind="written" if written else "check",
            points=None if waits else row.score,
            max_points=row.cell.max_score,
            outcome=outcome,
            message=message,
            comment=left.pop(autograded.solutions.get(grade_id, grade_id), ""),
            # A task's own cell holds the question and its mark scheme; the answer is in cells of the student's.
            answer="" if untouched else autograded.written.get(grade_id, ""),
            protected=protected,
        )
