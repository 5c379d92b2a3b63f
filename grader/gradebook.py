"""A standard nbgrader course folder and its gradebook: the one place that writes scores, and reads them back.

In: assignments, submissions, exam results. Out: ``source/ release/ submitted/ autograded/ gradebook.db`` as nbgrader
lays them out, so that ``nbgrader formgrader``, ``nbgrader export`` and every other command of nbgrader work there; and
the marks of the class, with what a teacher has given by hand. One process writes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades, SaveCells
from nbgrader.utils import is_grade, is_solution, is_task
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from grader import __version__
from grader.authoring import notebook_bytes
from grader.course import Assignment
from grader.errors import GraderError
from grader.examiner.messages import UNANSWERED, answer_of, message_of
from grader.files import write_atomically
from grader.marks import AssignmentInfo, ClassMarks, Mark, NotebookMarks
from grader.results import ExamResult, Limits, Outcome, Problem, Submission, Verdict

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
            GraderError: the folder cannot be made, is somebody else's, or holds a database that nbgrader cannot open.
        """
        self.root = root.resolve()
        self._refuse_what_is_not_ours()
        config = self.root / "nbgrader_config.py"
        if limits is not None and not config.exists():
            text = CONFIG.format(signature=SIGNATURE, course=course_id, seconds=round(limits.cell_seconds))
            write_atomically(config, text.encode())
        try:
            with _own_tools_on_path():
                self.gradebook = Gradebook(self.db_url, course_id)
        except (OSError, SQLAlchemyError) as error:
            raise GraderError(
                f"{self.root}: no gradebook can be opened there ({error}). Mend: choose another folder with --out."
            ) from error

    @classmethod
    def existing(cls, root: Path) -> Self:
        """A folder that has been graded into before.

        Raises:
            GraderError: there is no gradebook.
        """
        if not (root / "gradebook.db").is_file():
            raise GraderError(f"{root}: there is no gradebook.db here. Mend: name the folder that was given as --out.")
        return cls(root)

    def _refuse_what_is_not_ours(self) -> None:
        if "?" in str(self.root):
            raise GraderError(f"{self.root}: a gradebook's path may hold no question mark. Mend: choose another --out.")
        config = self.root / "nbgrader_config.py"
        ours = config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(SIGNATURE)
        if not ours and any((self.root / name).exists() for name in ("gradebook.db", "source", "nbgrader_config.py")):
            raise GraderError(
                f"{self.root}: this is a course folder of nbgrader's that the grader has not made; it would be overwritten. "
                "Mend: choose another folder with --out."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gradebook.close()

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def feedback_path(self, student: str, assignment: str) -> Path:
        return self.root / "feedback" / student / assignment / f"{assignment}.html"

    def add_assignment(self, assignment: Assignment) -> None:
        """Write an assignment's source and release, and its cells into the gradebook.

        Raises:
            GraderError: cells were added or removed since other submissions were graded into this folder.
        """
        name = assignment.name
        for step, notebook in (("source", assignment.source), ("release", assignment.release)):
            write_atomically(self.root / step / name / f"{name}.ipynb", notebook_bytes(notebook))
            for file, content in assignment.files.items():
                write_atomically(self.root / step / name / file, content)
        self.gradebook.update_or_create_assignment(name)
        try:
            # A notebook of its own, since the preprocessor may change it; quiet, since what it says is in our error.
            saver = SaveCells(log=_quiet())
            saver.preprocess(nbformat.from_dict(assignment.graded), self._resources(name))
        except RuntimeError as error:
            raise GraderError(
                f"{self.root}: {name} has other cells than when its first submissions were graded here. "
                "Mend: grade into a new folder with --out."
            ) from error
        self.gradebook.db.expire_all()

    def add_submission(self, submission: Submission) -> None:
        """Keep what was handed in, byte for byte, where nbgrader looks for it."""
        assert submission.assignment is not None
        name = submission.assignment
        write_atomically(self.root / "submitted" / submission.student / name / f"{name}.ipynb", submission.content)

    def save(self, submission: Submission, result: ExamResult, state: str) -> None:
        """Keep the executed notebook and write its scores. What a teacher has given by hand stays.

        ``state`` says what was graded: see `state_of`.
        """
        assert submission.assignment is not None
        student, name = submission.student, submission.assignment
        before = self._notebook(self._autograded(student, name))
        self.gradebook.update_or_create_student(student)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's, of how it makes a submission's rows
            self.gradebook.update_or_create_submission(name, student)
        resources = self._resources(name, student)
        saver = _SaveVerdicts(self.gradebook, result.verdicts, before)
        saver.preprocess(result.notebook, resources)
        AssignLatePenalties(log=_quiet()).preprocess(result.notebook, resources)
        self.gradebook.db.expire_all()
        problems = [*submission.problems, *result.problems]
        result.notebook.metadata["grader"] = {
            "assignment": name,
            "log": result.log,
            "problems": [{"text": problem.text, "mended": problem.mended} for problem in problems],
            "seconds": round(result.seconds, 2),
            # What the grader itself failed on is tried again by the next run.
            "state": "" if result.log else state,
        }
        # Last of all: a run that is stopped before this line grades the submission again.
        write_atomically(self._autograded(student, name), notebook_bytes(result.notebook))

    def has(self, submission: Submission, state: str) -> bool:
        """Whether this very submission has been graded already, by this very version of its assignment."""
        assert submission.assignment is not None
        graded = self._notebook(self._autograded(submission.student, submission.assignment))
        if graded is None or graded.metadata.get("grader", {}).get("state") != state:
            return False
        rows = self.gradebook.db.query(SubmittedAssignment).join(SubmittedAssignment.assignment)
        found = rows.filter(
            SubmittedAssignment.student_id == submission.student, AssignmentRow.name == submission.assignment
        )
        return found.first() is not None

    def marks(self) -> ClassMarks:
        """What everybody has, hand-given points and comments with it, as the gradebook says now."""
        rows = sorted(self.gradebook.assignments, key=lambda row: row.name)
        sources = {row.name: self._notebook(self.root / "source" / row.name / f"{row.name}.ipynb") for row in rows}
        infos = tuple(AssignmentInfo(row.name, _title(sources[row.name], row.name), row.max_score) for row in rows)
        notebooks = [
            self._notebook_marks(row, submission, sources[row.name])
            for row in rows
            for submission in sorted(row.submissions, key=lambda submission: submission.student.id)
        ]
        said = [source.metadata.get("grader", {}) for source in sources.values() if source is not None]
        course = next((each["course"] for each in said if "course" in each), self.root.name)
        return ClassMarks(course, infos, tuple(notebooks))

    def _notebook_marks(
        self, row: AssignmentRow, submission: SubmittedAssignment, source: NotebookNode | None
    ) -> NotebookMarks:
        student, name = submission.student.id, row.name
        graded = self._notebook(self._autograded(student, name))
        said = graded.metadata.get("grader", {}) if graded is not None else {}
        marks = [
            mark
            for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name)
            for mark in _marks(notebook, graded, source)
        ]
        return NotebookMarks(
            student=student,
            assignment=name,
            title=_title(source, name),
            marks=tuple(marks),
            problems=tuple(Problem(each["text"], each["mended"]) for each in said.get("problems", [])),
            late_penalty=sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks),
            seconds=said.get("seconds"),
        )

    def _autograded(self, student: str, assignment: str) -> Path:
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def _resources(self, assignment: str, student: str = "") -> dict[str, Any]:
        # What nbgrader's preprocessors expect to be told.
        nbgrader = {"notebook": assignment, "assignment": assignment, "student": student, "db_url": self.db_url}
        return {"nbgrader": nbgrader, "unique_key": assignment}

    @staticmethod
    def _notebook(path: Path) -> NotebookNode | None:
        try:
            return nbformat.read(path, as_version=4) if path.is_file() else None
        except (OSError, ValueError):  # a damaged one counts as none: it is written anew by the next run
            return None


def state_of(assignment: Assignment, submission: Submission, limits: Limits) -> str:
    """A hash of all that decides a result: what was handed in, the checks, the files they read, the limits, the grader."""
    digest = hashlib.sha256(submission.content)
    digest.update(f"{__version__} {limits}".encode())
    digest.update(notebook_bytes(assignment.graded))
    for name, content in sorted(assignment.files.items()):
        digest.update(name.encode() + content)
    return digest.hexdigest()


class _SaveVerdicts(SaveAutoGrades):
    """nbgrader's step, with the examiner's verdict in the place of what the cell's output looks like."""

    def __init__(self, gradebook: Gradebook, verdicts: Sequence[Verdict], before: NotebookNode | None) -> None:
        super().__init__(log=_quiet())
        self.gradebook = gradebook
        self.before = _answers(before)
        self.points = {verdict.grade_id: verdict.points for verdict in verdicts}

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        # The parent opens a gradebook of its own for each notebook; ours is open.
        told = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = told["notebook"], told["assignment"], told["student"]
        self.now = _answers(nb)
        for index, cell in enumerate(nb.cells):
            self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        grade_id = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        settled = grade.manual_score is not None and not grade.needs_manual_grade
        if is_solution(cell):  # written: nbgrader gives an untouched one 0 and leaves the others to the teacher
            super()._add_score(cell, resources)
            same = self.before.get(grade_id) == self.now.get(grade_id)
        else:
            # A check without a verdict (the file could not be read) waits for the teacher; a 0 would pass for a mark.
            grade.auto_score = self.points.get(grade_id)
            grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
            same = self.before == self.now
        if settled and same:
            grade.needs_manual_grade = False  # what a teacher has marked by hand is still what was handed in
        self.gradebook.db.commit()


def _marks(row: SubmittedNotebook, graded: NotebookNode | None, source: NotebookNode | None) -> Iterator[Mark]:
    grades = {grade.name: grade for grade in row.grades}
    # A comment stands on the student's own cell; a check shows the one on the cell that it checks, once.
    comments = {comment.name: comment.manual_comment or "" for comment in row.comments}
    titles = _headings(source)
    executed = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in graded.cells} if graded else {}
    solutions = _solutions_above_checks(graded)
    order = list(executed) or list(grades)
    for grade_id in sorted(grades, key=lambda name: order.index(name) if name in order else len(order)):
        grade, cell = grades[grade_id], executed.get(grade_id)
        written = grade.cell_type == "markdown" or (cell is not None and is_solution(cell))
        waits = grade.needs_manual_grade or (grade.manual_score is None and grade.auto_score is None)
        solution = solutions.get(grade_id)
        commented = grade_id if written or solution is None else solution.metadata.nbgrader.grade_id
        outcome, message = None, ""
        untouched = written and grade.manual_score is None and not waits  # nbgrader gives it 0 by itself
        if untouched:
            outcome, message = Outcome.UNANSWERED, UNANSWERED
        elif not written and cell is not None and grade.auto_score is not None:
            outcome, message = message_of(cell, solution)
        yield Mark(
            grade_id=grade_id,
            title=titles.get(grade_id, grade_id),
            kind="written" if written else "check",
            points=None if waits else grade.score,
            max_points=grade.max_score,
            outcome=outcome,
            message=message,
            comment=comments.pop(commented, ""),
            # A task's own cell holds the question and its mark scheme; the answer stands in cells of the student's.
            answer=answer_of(cell) if written and cell is not None and not untouched and not is_task(cell) else "",
        )


def _answers(notebook: NotebookNode | None) -> dict[str, str]:
    """The text of every cell that a student answers in."""
    cells = notebook.cells if notebook is not None else ()
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if is_solution(cell)}


def _headings(source: NotebookNode | None) -> dict[str, str]:
    """For each graded cell of a source, the last heading above it."""
    heading, found = "", {}
    for cell in source.cells if source is not None else ():
        if cell.cell_type == "markdown" and not is_grade(cell):
            lines = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
            heading = lines[-1] if lines else heading
        elif is_grade(cell) and heading:
            found[cell.metadata.nbgrader.grade_id] = heading
    return found


def _solutions_above_checks(graded: NotebookNode | None) -> dict[str, NotebookNode]:
    solution, found = None, {}
    for cell in graded.cells if graded is not None else ():
        if is_solution(cell) and not is_grade(cell):
            solution = cell
        elif is_grade(cell) and solution is not None:
            found[cell.metadata.nbgrader.grade_id] = solution
    return found


def _title(source: NotebookNode | None, otherwise: str) -> str:
    for cell in source.cells if source is not None else ():
        heading = re.search(r"^#\s+(.+?)\s*#*$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return heading[1]
    return otherwise


@contextmanager
def _own_tools_on_path() -> Iterator[None]:
    # To make a database, nbgrader calls `alembic` by its bare name, which is not on the PATH of an environment
    # that is used without being activated.
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join(filter(None, [str(Path(sys.executable).parent), before]))
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _quiet() -> logging.Logger:
    return logging.Logger("grader.nbgrader", logging.ERROR)
