"""All grades as CSV, for Canvas, Moodle or a spreadsheet.

In: `ClassGrades`. Out: a file with one row for each student and assignment.
"""

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
    # A notebook that could not be graded has no score yet, and a 0 would look like one.
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
    """A plain number, with a decimal point and no exponent."""
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")


# Where a field may begin (the separator depends on the spreadsheet's language), followed by a sign that begins a formula, also
# in its full-width form.
_FORMULA = re.compile(r"(^|[,;|] *)(?=[=+\-@＝＋－＠])")


def _text(text: str) -> str:
    """The text on one line, so that a spreadsheet reads it as text: it would run a field that begins like a formula."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in whole).split())
    return _FORMULA.sub(r"\1'", line)
