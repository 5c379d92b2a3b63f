"""A course folder of the grader's own, laid out as nbgrader's: the one place that writes scores there, and reads them back.

In: assignments, submissions, exam results. Out: ``source/ release/ submitted/ autograded/ gradebook.db``, so that ``nbgrader
formgrader``, ``nbgrader export`` and every other command of nbgrader work there; and the grades of the class, with those that
a teacher has given. One process writes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from grader.core.atomic import staged, write_atomically
from grader.core.calibration import calibration_bytes, read_calibration
from grader.core.cells import notebook_bytes, tidied
from grader.core.errors import GraderError
from grader.core.grades import AssignmentInfo, ClassGrades, NotebookGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Problem, Submission
from grader.core.record import exam_record, read_source_record, write_exam_record
from grader.gradebook.autograded import Autograded, autograded_from, headings_of, read_autograded, title_of
from grader.gradebook.folder_steps import OneSubmission, SaveExamined
from grader.gradebook.nbgrader_private import CellsStep, quiet_log
from grader.gradebook.queries import cell_grades, class_rows, scores_of
from grader.gradebook.store import path_in
from grader.gradebook.transactions import at_once, database_errors, make_gradebook
from grader.pages.sanitize_html import sanitize_notebook

USUAL_SECONDS = 120  # that stock nbgrader gives a cell, where the calibration has not shown what it needs
SIGNATURE = "# Written by `grader grade`."
CONFIG = """\
{signature} nbgrader's commands, run in this folder, read it.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = {course!r}
c.Execute.timeout = {seconds}
c.ExportPlugin.to = "nbgrader_grades.csv"  # grades.csv is the grader's own
"""


class CourseFolder:
    """nbgrader's course folder at ``root``. Use it as a context manager: it holds the gradebook open."""

    def __init__(self, root: Path, course_id: str = "", limits: Limits | None = None) -> None:
        """Open the folder's gradebook; make both where there are none. ``course_id`` is nbgrader's.

        ``limits``, where given, go into a new folder's ``nbgrader_config.py``. It is written first of all: by it the folder
        is known as the grader's own.

        Raises:
            GraderError: the folder cannot be made, belongs to another course, or holds a database that nbgrader cannot open.
        """
        self.root = root.resolve()
        self._authors: dict[str, frozenset[str]] = {}
        self._autograded: dict[tuple[str, str], Autograded | None] = {}
        self._refuse_what_is_not_ours()
        config = self.root / "nbgrader_config.py"
        if limits is not None and not config.exists():
            seconds = round(limits.cell_seconds or USUAL_SECONDS)
            text = CONFIG.format(signature=SIGNATURE, course=course_id, seconds=seconds)
            write_atomically(config, text.encode())
        try:
            make_gradebook(self.database)
            self.gradebook = Gradebook(self.db_url, course_id)
        except (OSError, InvalidEntry, SQLAlchemyError) as error:
            raise GraderError(
                f"{self.root}: no gradebook can be opened there ({error}). Choose another folder with --out."
            ) from error

    @classmethod
    def existing(cls, root: Path) -> Self:
        """A folder that has been graded into before.

        Raises:
            GraderError: there is no gradebook.
        """
        if not (root / "gradebook.db").is_file():
            raise GraderError(f"{root}: there is no gradebook.db here. Name the folder that was given as --out.")
        return cls(root)

    def _refuse_what_is_not_ours(self) -> None:
        if "?" in str(self.root):
            raise GraderError(f"{self.root}: a gradebook's path may hold no question mark. Choose another --out.")
        config = self.root / "nbgrader_config.py"
        ours = config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(SIGNATURE)
        if not ours and any((self.root / name).exists() for name in ("gradebook.db", "source", "nbgrader_config.py")):
            raise GraderError(
                f"{self.root}: this is a course folder of nbgrader's that the grader has not made; it would be overwritten. "
                "Choose another folder with --out."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gradebook.close()

    @property
    def database(self) -> Path:
        return self.root / "gradebook.db"

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def pages(self) -> Path:
        """The folder of the feedback pages, the report and the CSV."""
        return self.root

    def add_assignment(self, assignment: Assignment) -> None:
        """Write an assignment's source and release, and its cells into the gradebook.

        Raises:
            GraderError: cells were added or removed since other submissions were graded into this folder.
        """
        name = assignment.name
        with database_errors(self.database), at_once(self.gradebook):
            self.gradebook.update_or_create_assignment(name)
            try:
                # A copy of the notebook, since the preprocessor may change it.
                CellsStep(self.gradebook).preprocess(nbformat.from_dict(assignment.with_stubs), self._resources(name))
            except RuntimeError as error:
                raise GraderError(
                    f"{self.root}: {name} has other cells than when its first submissions were graded here. "
                    "Grade into a new folder with --out."
                ) from error
            for step, notebook in (("source", assignment.source), ("release", assignment.release)):
                write_atomically(self._path(step, name, f"{name}.ipynb"), notebook_bytes(notebook))
                for file, content in assignment.files.items():
                    write_atomically(self._path(step, name, file), content)
        self._authors[name] = frozenset(tidied(cell.source) for cell in assignment.with_stubs.cells)

    def save_calibration(self, assignment: str, calibration: Calibration, fingerprint: str) -> None:
        """Keep what an assignment's own solution has shown. ``fingerprint`` is the assignment's.

        Raises:
            GraderError: it cannot be written.
        """
        write_atomically(self._path("calibration", f"{assignment}.json"), calibration_bytes(calibration, fingerprint))

    def calibration(self, assignment: str, fingerprint: str) -> Calibration | None:
        """What was kept, if it holds for this fingerprint and was not a failure: that is tried again."""
        kept = self._kept_calibration(assignment)
        return kept[0] if kept is not None and kept[1] == fingerprint and not kept[0].failure else None

    def _kept_calibration(self, assignment: str) -> tuple[Calibration, str] | None:
        try:
            return read_calibration(self._path("calibration", f"{assignment}.json").read_bytes())
        except OSError:  # there is none
            return None

    def add_submission(self, submission: Submission) -> None:
        """Keep what was handed in, byte for byte, where nbgrader looks for it."""
        assert submission.assignment is not None
        name = submission.assignment
        write_atomically(self._path("submitted", submission.student, name, f"{name}.ipynb"), submission.content)

    def save(self, submission: Submission, result: ExamResult, fingerprint: str) -> None:
        """Keep the executed notebook and write its scores, both or neither. Points that a teacher has given stay.

        ``fingerprint`` says what was graded: see `grader.core.fingerprints`.

        Raises:
            GraderError: the disk is full, or the database cannot be written. All that was saved before stays as it was.
        """
        assert submission.assignment is not None
        student, name, notebook = submission.student, submission.assignment, result.notebook
        problems = [*submission.problems, *result.problems]
        if typed := sanitize_notebook(notebook, self._authors.get(name, ())):
            cells = "A cell holds" if typed == 1 else f"{typed} cells hold"
            text = f"{cells} HTML, links or pictures that a browser might act on; shown as typed."
            problems.append(Problem(text, fixed=True))
        write_exam_record(notebook, exam_record(result, problems, fingerprint, name))
        before, now = self._read_autograded(student, name), autograded_from(notebook)
        # The notebook takes its place last of all: a run that is stopped before that grades the submission again.
        with (
            database_errors(self.database),
            staged(self._autograded_path(student, name), notebook_bytes(notebook)),
        ):
            self._write_scores(student, name, notebook, SaveExamined(result.verdicts, before, now))
        self._autograded[student, name] = now

    def _write_scores(self, student: str, assignment: str, notebook: NotebookNode, step: SaveExamined) -> None:
        resources = self._resources(assignment, student)
        with at_once(self.gradebook), warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's, about how it makes a submission's rows
            self.gradebook.update_or_create_student(student)
            submitted = self.gradebook.update_or_create_submission(assignment, student)
            row = next(row for row in submitted.notebooks if row.name == assignment)
            row.late_submission_penalty = None
            step.add_scores(OneSubmission(self.gradebook.db, row), notebook, resources)
            is_late = submitted.total_seconds_late > 0
        if is_late:
            AssignLatePenalties(log=quiet_log()).preprocess(notebook, resources)

    def is_current(self, student: str, assignment: str, fingerprint: str) -> bool:
        """Whether a student's submission has been graded already, with this fingerprint.

        The notebook must say so, and the gradebook must have the points that the notebook names.
        """
        graded = self._read_autograded(student, assignment)
        if graded is None or graded.fingerprint != fingerprint:
            return False
        with database_errors(self.database):
            scores = scores_of(self.gradebook, assignment, student)
        return bool(scores) and graded.points.items() <= scores.items()

    def grades(self) -> ClassGrades:
        """What everybody has now, with the points and comments that a teacher has given."""
        infos: list[AssignmentInfo] = []
        notebooks: list[NotebookGrades] = []
        course = ""
        with database_errors(self.database):
            self.gradebook.db.remove()  # what other programs have written meanwhile is read, too
            for row in sorted(self.gradebook.assignments, key=lambda row: row.name):
                source = read_autograded(self._path("source", row.name, f"{row.name}.ipynb"))
                infos.append(self._info(row, source))
                notebooks += self._notebook_grades(row, infos[-1].title, headings_of(source))
                course = course or (read_source_record(source).course if source is not None else "")
        return ClassGrades(course or self.root.name, tuple(infos), tuple(notebooks))

    def _info(self, row: AssignmentRow, source: NotebookNode | None) -> AssignmentInfo:
        kept = self._kept_calibration(row.name)
        known = kept[0] if kept is not None else Calibration()
        problems = (known.failure, *known.problems) if known.failure else known.problems
        return AssignmentInfo(row.name, title_of(source, row.name), row.max_score, known.unprotected, problems)

    def _notebook_grades(self, row: AssignmentRow, title: str, headings: Mapping[str, str]) -> Iterator[NotebookGrades]:
        """The grades of all who handed an assignment in."""
        for rows in class_rows(self.gradebook, row):
            autograded = self._read_autograded(rows.student, row.name) or Autograded()
            yield NotebookGrades(
                student=rows.student,
                assignment=row.name,
                title=title,
                grades=tuple(cell_grades(rows.grades, rows.comments, autograded, headings)),
                problems=autograded.problems,
                late_penalty=rows.late_penalty,
                seconds=autograded.seconds,
                peak_bytes=autograded.peak_bytes,
            )

    def _read_autograded(self, student: str, assignment: str) -> Autograded | None:
        """What an autograded notebook holds; None where there is none. Each is read once."""
        key = student, assignment
        if key not in self._autograded:
            notebook = read_autograded(self._autograded_path(student, assignment))
            self._autograded[key] = autograded_from(notebook) if notebook is not None else None
        return self._autograded[key]

    def _autograded_path(self, student: str, assignment: str) -> Path:
        return self._path("autograded", student, assignment, f"{assignment}.ipynb")

    def _path(self, *parts: str) -> Path:
        """A place in the folder. Intake makes names safe; a name that comes from elsewhere cannot lead out, either."""
        return path_in(self.root, *parts)

    def _resources(self, assignment: str, student: str = "") -> dict[str, Any]:
        # What nbgrader's preprocessors expect.
        nbgrader = {"notebook": assignment, "assignment": assignment, "student": student, "db_url": self.db_url}
        return {"nbgrader": nbgrader, "unique_key": assignment}
