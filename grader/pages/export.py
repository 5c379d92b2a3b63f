"""The class's grades as CSV: one row for each student and assignment, for Canvas, Moodle or a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from grader.core.atomic import write_atomically
from grader.core.grades import AssignmentInfo, ClassGrades, NotebookGrades, Status

COLUMNS = (
    "student",
    "assignment",
    "score",
    "max_score",
    "auto_points",
    "written_points",
    "waiting_points",
    "late_penalty",
    "status",
    "problems",
    "not_protected",  # the checks that ran in the process that runs the student's code
)


def write_grades_csv(grades: ClassGrades, path: Path) -> None:
    """Write the table. An older one stays whole until the new one is complete.

    Raises:
        GraderError: the file cannot be written, perhaps because a spreadsheet holds it open.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(grades))
    write_atomically(path, text.getvalue().encode("utf-8", "replace"))


def _rows(grades: ClassGrades) -> Iterator[list[str]]:
    for student in grades.students:
        for assignment in grades.assignments:
            yield _row(grades.of(student, assignment), assignment)


def _row(notebook: NotebookGrades, assignment: AssignmentInfo) -> list[str]:
    # A notebook that could not be graded has no score yet. A 0 there would be taken for a verdict.
    score = "" if notebook.status is Status.UNGRADABLE else _number(notebook.score)
    return [
        _text(notebook.student),
        _text(assignment.name),
        score,
        _number(notebook.max_score if notebook.grades else assignment.max_score),
        _number(notebook.points_of("check")),
        _number(notebook.points_of("written")),
        _number(notebook.waiting),
        _number(notebook.late_penalty),
        notebook.status.value,
        _text("; ".join(problem.text for problem in notebook.problems)),
        _text(" ".join(grade.grade_id for grade in notebook.unprotected)),
    ]


def _number(value: float) -> str:
    """A plain number, with a point and no exponent."""
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")


# Where a spreadsheet of some language begins a field, and how a formula begins. Both also in the width of Chinese letters.
_FORMULA = re.compile(r"(^|[,;|] *)(?=[=+\-@＝＋－＠])")


def _text(text: str) -> str:
    """Text on one line that a spreadsheet takes as text. A field that begins like a formula would be run."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in whole).split())
    return _FORMULA.sub(r"\1'", line)
