"""The grades of an nbgrader course, as the grader's own pages show them.

In: the course's gradebook and ``autograded/``, the teacher's side of its notebooks, what their solutions have shown. Out: the
grades of the class, one row for each notebook of an assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.api import Notebook as NotebookRow
from nbgrader.coursedir import CourseDirectory

from grader.core.grades import AssignmentInfo, ClassGrades, NotebookGrades
from grader.core.model import Calibration
from grader.gradebook.autograded import Autograded, autograded_from, headings_of, read_autograded, title_of
from grader.gradebook.nbgrader_source import NotebookSource
from grader.gradebook.queries import cell_grades


def course_grades(
    coursedir: CourseDirectory,
    gradebook: Gradebook,
    notebooks: Mapping[str, NotebookSource],
    calibrations: Mapping[str, Calibration],
) -> ClassGrades:
    """The grades of these notebooks, as the gradebook has them now."""
    infos, grades = [], []
    for source in sorted(notebooks.values(), key=lambda each: each.key):
        row = gradebook.find_notebook(source.name, source.assignment)
        infos.append(_info(source, row, calibrations.get(source.key, Calibration())))
        submissions = sorted(row.submissions, key=lambda each: each.student.id)
        grades += [_grades(coursedir, source, submitted) for submitted in submissions]
    return ClassGrades(coursedir.course_id or Path(coursedir.root).name, tuple(infos), tuple(grades))


def _info(source: NotebookSource, row: NotebookRow, calibration: Calibration) -> AssignmentInfo:
    why = source.stock or source.unprotected
    problems = dict.fromkeys(filter(None, (why, calibration.failure, *calibration.problems)))
    name = _label(source)
    # A reason that holds for all checks is given once.
    unprotected = {} if why else calibration.unprotected
    return AssignmentInfo(name, _title(source), row.max_score, unprotected, tuple(problems))


def _grades(coursedir: CourseDirectory, source: NotebookSource, row: SubmittedNotebook) -> NotebookGrades:
    folder = coursedir.format_path(coursedir.autograded_directory, row.student.id, source.assignment)
    notebook = read_autograded(Path(folder, f"{source.name}.ipynb"))
    autograded = autograded_from(notebook) if notebook is not None else Autograded()
    comments = {comment.name: comment.manual_comment or "" for comment in row.comments}
    headings = headings_of(source.exam.source if source.exam is not None else None)
    return NotebookGrades(
        student=row.student.id,
        assignment=_label(source),
        title=_title(source),
        grades=tuple(cell_grades(row.grades, comments, autograded, headings)),
        problems=autograded.problems,
        late_penalty=row.late_submission_penalty or 0.0,
        seconds=autograded.seconds,
        submitted=notebook is not None,
        peak_bytes=autograded.peak_bytes,
    )


def _label(source: NotebookSource) -> str:
    """What the pages call a notebook."""
    return source.name if source.assignment == source.name else f"{source.assignment} {source.name}"


def _title(source: NotebookSource) -> str:
    return title_of(source.exam.source if source.exam is not None else None, _label(source))
