"""The grader's own pages for an nbgrader course, beside those of nbgrader: report, CSV, and a page for each notebook.

In: the course's gradebook and `autograded/`, and what the solutions have shown. Out: `grader_report/`, and the marks in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.api import Notebook as NotebookRow
from nbgrader.coursedir import CourseDirectory

from grader.core.atomic import write_atomically
from grader.core.grades import AssignmentInfo, ClassGrades, NotebookGrades
from grader.core.model import Calibration
from grader.gradebook.autograded import Autograded, autograded_from, headings_of, title_of
from grader.gradebook.folder import marks_of
from grader.gradebook.nbgrader_source import NotebookSource
from grader.pages.export import write_grades_csv
from grader.pages.feedback import render_feedback
from grader.pages.render import feedback_address
from grader.pages.report import render_report

REPORT = "grader_report"


def write_course_pages(
    coursedir: CourseDirectory,
    gradebook: Gradebook,
    notebooks: Mapping[str, NotebookSource],
    calibrations: Mapping[str, Calibration],
) -> ClassGrades:
    """Write the pages of these notebooks, as the gradebook says now. Nothing of nbgrader's is touched."""
    infos, marks = [], []
    for course in sorted(notebooks.values(), key=lambda each: each.key):
        row = gradebook.find_notebook(course.name, course.assignment)
        infos.append(_info(course, row, calibrations.get(course.key, Calibration())))
        submissions = sorted(row.submissions, key=lambda each: each.student.id)
        marks += [_marks(coursedir, course, submitted) for submitted in submissions]
    root = Path(coursedir.root)
    whole = ClassGrades(coursedir.course_id or root.name, tuple(infos), tuple(marks))
    for notebook in marks:
        page = root / REPORT / unquote(feedback_address(notebook.student, notebook.assignment))
        write_atomically(page, render_feedback(notebook, whole.course).encode("utf-8", "replace"))
    write_atomically(root / REPORT / "report.html", render_report(whole).encode("utf-8", "replace"))
    write_grades_csv(whole, root / REPORT / "grades.csv")
    return whole


def read_autograded(path: Path) -> NotebookNode | None:
    """A notebook of `autograded/`; None where there is none."""
    try:
        return nbformat.read(path, as_version=4) if path.is_file() else None
    except (OSError, ValueError):  # a damaged one counts as none: it is written anew by the next run
        return None


def _info(course: NotebookSource, row: NotebookRow, calibration: Calibration) -> AssignmentInfo:
    told = course.stock or course.unprotected
    problems = dict.fromkeys(filter(None, (told, calibration.failure, *calibration.problems)))
    name = _label(course)
    source = course.exam.source if course.exam is not None else None
    # Where one reason holds for all checks, it is told once.
    unprotected = {} if told else calibration.unprotected
    return AssignmentInfo(name, title_of(source, name), row.max_score, unprotected, tuple(problems))


def _marks(coursedir: CourseDirectory, course: NotebookSource, row: SubmittedNotebook) -> NotebookGrades:
    folder = coursedir.format_path(coursedir.autograded_directory, row.student.id, course.assignment)
    notebook = read_autograded(Path(folder, f"{course.name}.ipynb"))
    told = autograded_from(notebook) if notebook is not None else Autograded()
    source = course.exam.source if course.exam is not None else None
    comments = {comment.name: comment.manual_comment or "" for comment in row.comments}
    return NotebookGrades(
        student=row.student.id,
        assignment=_label(course),
        title=title_of(source, _label(course)),
        marks=tuple(marks_of(row.grades, comments, told, headings_of(source))),
        problems=told.problems,
        late_penalty=row.late_submission_penalty or 0.0,
        seconds=told.seconds,
        submitted=notebook is not None,
        peak_bytes=told.peak_bytes,
    )


def _label(course: NotebookSource) -> str:
    """What the pages call a notebook."""
    return course.name if course.assignment == course.name else f"{course.assignment} {course.name}"
