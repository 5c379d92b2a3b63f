"""nbgrader's step that saves scores, as the grader's own folder uses it: with verdicts, and all of a submission at once.

In: an executed notebook, its verdicts, the rows of its submission. Out: scores and comments in these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, SubmittedNotebook
from nbgrader.utils import is_solution
from sqlalchemy import select

from grader.core.cells import grade_id_of
from grader.core.model import Verdict
from grader.gradebook.autograded import Autograded
from grader.gradebook.nbgrader_private import ScoresStep, quiet_log


class SaveExamined(ScoresStep):
    """Saves the examiner's verdicts. Points that a teacher has given for what was handed in now are kept."""

    def __init__(self, verdicts: Sequence[Verdict], before: Autograded | None, now: Autograded) -> None:
        super().__init__(log=quiet_log())
        self.before, self.now = before.answers if before is not None else {}, now.answers
        self.points = {verdict.grade_id: verdict.points for verdict in verdicts}

    def add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        grade_id = grade_id_of(cell)
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        settled = grade.manual_score is not None and not grade.needs_manual_grade
        if is_solution(cell):  # written: nbgrader gives an untouched one 0 and leaves the others to the teacher
            super().add_score(cell, resources)
            same = self.before.get(grade_id) == self.now.get(grade_id)
        else:
            # A check without a verdict (the file could not be read) waits for the teacher; a 0 would look like a grade.
            grade.auto_score = self.points.get(grade_id)
            grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
            same = self.before == self.now
        if settled and same:
            grade.needs_manual_grade = False  # the teacher has graded this very answer


class OneSubmission:
    """The rows of one submission, read at once. nbgrader's step asks it in place of the gradebook, cell by cell."""

    def __init__(self, session: Any, row: SubmittedNotebook) -> None:
        cells = (*row.notebook.grade_cells, *row.notebook.solution_cells, *row.notebook.task_cells)
        names = {cell.id: cell.name for cell in cells}

        def rows_of(table: type[Grade] | type[Comment]) -> dict[str, Any]:
            query = select(table).where(table.cell_id.in_(names), table.notebook_id == row.id)
            return {names[found.cell_id]: found for found in session.scalars(query)}

        self.grades, self.comments = rows_of(Grade), rows_of(Comment)
        self.db = self

    def find_grade(self, grade_id: str, *_: str) -> Grade:
        return self.grades[grade_id]

    def find_comment(self, grade_id: str, *_: str) -> Comment:
        return self.comments[grade_id]

    def commit(self) -> None:
        """Nothing: all of the submission is committed at once."""
