"""A standard nbgrader course folder and its gradebook: the one place that writes scores, and reads them back.

In: assignments, submissions, exam results. Out: ``source/ release/ submitted/ autograded/ gradebook.db`` as nbgrader
lays them out, so that ``nbgrader formgrader``, ``nbgrader export`` and every other command of nbgrader work there; and
the marks of the class, with what a teacher has given by hand. One process writes.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import (
    Base,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    InvalidEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades, SaveCells
from nbgrader.utils import is_solution
from sqlalchemy import Select, and_, create_engine, select
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from grader.core.atomic import staged, write_atomically
from grader.core.calibration import calibration_bytes, read_calibration
from grader.core.cells import grade_id_of, notebook_bytes, tidied
from grader.core.errors import GraderError
from grader.core.grades import AssignmentInfo, CellGrade, ClassGrades, NotebookGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Outcome, Problem, Submission, Verdict
from grader.core.record import exam_record, read_source_record, write_exam_record
from grader.exam.messages import UNANSWERED
from grader.gradebook.autograded import Autograded, autograded_from, headings_of, title_of
from grader.pages.sanitize_html import sanitize_notebook

USUAL_SECONDS = 120  # that stock nbgrader gives a cell, where the calibration run has not said
SIGNATURE = "# Written by `grader grade`."
CONFIG = """\
{signature} nbgrader's commands, run in this folder, read it.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = {course!r}
c.Execute.timeout = {seconds}
c.ExportPlugin.to = "nbgrader_grades.csv"  # grades.csv is the grader's own
"""
# What SQLite says, and what helps.
FIXES = {
    "locked": "Close what else writes into it (another run, the formgrader), and run the same command again",
    "full": "Free some disk space, and run the same command again",
    "disk I/O": "See that the disk is well and has room, and run the same command again",
    "readonly": "See that you may write there",
    "no such": "Run `nbgrader db upgrade` in its folder",
}


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
        self._authors: dict[str, frozenset[str]] = {}
        self._transcripts: dict[tuple[str, str], Autograded | None] = {}
        self._refuse_what_is_not_ours()
        config = self.root / "nbgrader_config.py"
        if limits is not None and not config.exists():
            seconds = round(limits.cell_seconds or USUAL_SECONDS)
            text = CONFIG.format(signature=SIGNATURE, course=course_id, seconds=seconds)
            write_atomically(config, text.encode())
        try:
            _make_gradebook(self.root / "gradebook.db")
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
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def feedback_path(self, student: str, assignment: str) -> Path:
        return self._path("feedback", student, assignment, f"{assignment}.html")

    def add_assignment(self, assignment: Assignment) -> None:
        """Write an assignment's source and release, and its cells into the gradebook.

        Raises:
            GraderError: cells were added or removed since other submissions were graded into this folder.
        """
        name = assignment.name
        with self._database_errors(), self._at_once():
            self.gradebook.update_or_create_assignment(name)
            try:
                # A notebook of its own, since the preprocessor may change it.
                _SaveCells(self.gradebook).preprocess(nbformat.from_dict(assignment.with_stubs), self._resources(name))
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

    def save_calibration(self, assignment: str, calibration: Calibration, state: str) -> None:
        """Keep what an assignment's own solution has shown. ``state`` says for what it is good: see `grader.core.fingerprints`.

        Raises:
            GraderError: it cannot be written.
        """
        write_atomically(self._path("calibration", f"{assignment}.json"), calibration_bytes(calibration, state))

    def calibration(self, assignment: str, state: str) -> Calibration | None:
        """What was kept, if it is good for this very state, and was not a failure: that is tried again."""
        kept = self._kept_calibration(assignment)
        return kept[0] if kept is not None and kept[1] == state and not kept[0].failure else None

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

    def save(self, submission: Submission, result: ExamResult, state: str) -> None:
        """Keep the executed notebook and write its scores, both or neither. What a teacher has given by hand stays.

        ``state`` says what was graded: see `grader.core.fingerprints`.

        Raises:
            GraderError: the disk is full, or the database cannot be written. All that was saved before stays as it was.
        """
        assert submission.assignment is not None
        student, name, notebook = submission.student, submission.assignment, result.notebook
        problems = [*submission.problems, *result.problems]
        if typed := sanitize_notebook(notebook, self._authors.get(name, ())):
            cells = "A cell holds" if typed == 1 else f"{typed} cells hold"
            told = f"{cells} HTML, links or pictures that a browser might act on; shown as typed."
            problems.append(Problem(told, fixed=True))
        write_exam_record(notebook, exam_record(result, problems, state, name))
        before, now = self._transcript(student, name), autograded_from(notebook)
        # The notebook takes its place last of all: a run that is stopped before that grades the submission again.
        with self._database_errors(), staged(self._autograded(student, name), notebook_bytes(notebook)):
            self._write_scores(student, name, notebook, _SaveVerdicts(result.verdicts, before, now))
        self._transcripts[student, name] = now

    def _write_scores(self, student: str, assignment: str, notebook: NotebookNode, saver: _SaveVerdicts) -> None:
        resources = self._resources(assignment, student)
        with self._at_once(), warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's, of how it makes a submission's rows
            self.gradebook.update_or_create_student(student)
            submitted = self.gradebook.update_or_create_submission(assignment, student)
            row = next(row for row in submitted.notebooks if row.name == assignment)
            row.late_submission_penalty = None
            saver.gradebook = _OneSubmission(self.gradebook.db, row)
            saver.preprocess(notebook, resources)
            is_late = submitted.total_seconds_late > 0
        if is_late:
            AssignLatePenalties(log=_quiet()).preprocess(notebook, resources)

    def has(self, submission: Submission, state: str) -> bool:
        """Whether this very submission has been graded already, by this very version of its assignment.

        The notebook must say so, and the gradebook must have the points that the notebook tells.
        """
        assert submission.assignment is not None
        graded = self._transcript(submission.student, submission.assignment)
        if graded is None or graded.state != state:
            return False
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
            .where(AssignmentRow.name == submission.assignment, SubmittedAssignment.student_id == submission.student)
        )
        with self._database_errors():
            rows = self.gradebook.db.execute(query).all()
        scores = dict(rows)
        return bool(rows) and graded.points.items() <= scores.items()

    def marks(self) -> ClassGrades:
        """What everybody has, hand-given points and comments with it, as the gradebook says now."""
        infos: list[AssignmentInfo] = []
        notebooks: list[NotebookGrades] = []
        course = ""
        with self._database_errors():
            self.gradebook.db.remove()  # what other programs have written meanwhile is read, too
            for row in sorted(self.gradebook.assignments, key=lambda row: row.name):
                source = self._notebook(self._path("source", row.name, f"{row.name}.ipynb"))
                infos.append(self._info(row, source))
                notebooks += self._class_marks(row, infos[-1].title, headings_of(source))
                course = course or (read_source_record(source).course if source is not None else "")
        return ClassGrades(course or self.root.name, tuple(infos), tuple(notebooks))

    def _info(self, row: AssignmentRow, source: NotebookNode | None) -> AssignmentInfo:
        kept = self._kept_calibration(row.name)
        known = kept[0] if kept is not None else Calibration()
        problems = (known.failure, *known.problems) if known.failure else known.problems
        return AssignmentInfo(row.name, title_of(source, row.name), row.max_score, known.unprotected, problems)

    def _class_marks(self, row: AssignmentRow, title: str, headings: Mapping[str, str]) -> Iterator[NotebookGrades]:
        """The marks of all who handed an assignment in. However many they are, the gradebook is asked three times."""
        ask = self.gradebook.db.execute
        cells = {cell.id: cell for notebook in row.notebooks for cell in (*notebook.grade_cells, *notebook.task_cells)}
        grades: dict[str, list[_GradeRow]] = defaultdict(list)
        comments: dict[str, dict[str, str]] = defaultdict(dict)
        query = select(Grade.cell_id, Grade.notebook_id, Grade.auto_score, Grade.manual_score)
        query = query.add_columns(Grade.needs_manual_grade, Grade.score)
        for cell_id, notebook, *values in ask(_of_assignment(query, Grade, row)):
            grades[notebook].append(_GradeRow(cells[cell_id], *values))
        query = select(Comment.notebook_id, BaseCell.name, Comment.manual_comment)
        query = query.join(BaseCell, BaseCell.id == Comment.cell_id)
        for notebook, grade_id, comment in ask(_of_assignment(query, Comment, row)):
            comments[notebook][grade_id] = comment or ""
        query = select(SubmittedAssignment.student_id, SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty)
        query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        query = query.where(SubmittedAssignment.assignment_id == row.id).order_by(SubmittedAssignment.student_id)
        for student, notebook, penalty in ask(query):
            told = self._transcript(student, row.name) or Autograded()
            yield NotebookGrades(
                student=student,
                assignment=row.name,
                title=title,
                marks=tuple(marks_of(grades[notebook], comments[notebook], told, headings)),
                problems=told.problems,
                late_penalty=penalty or 0.0,
                seconds=told.seconds,
                peak_bytes=told.peak_bytes,
            )

    def _transcript(self, student: str, assignment: str) -> Autograded | None:
        """What an autograded notebook tells; None where there is none. Each is read once."""
        key = student, assignment
        if key not in self._transcripts:
            notebook = self._notebook(self._autograded(student, assignment))
            self._transcripts[key] = autograded_from(notebook) if notebook is not None else None
        return self._transcripts[key]

    def _autograded(self, student: str, assignment: str) -> Path:
        return self._path("autograded", student, assignment, f"{assignment}.ipynb")

    def _path(self, *parts: str) -> Path:
        """A place in the folder. Intake makes names safe; whoever comes here on another way cannot lead out, either."""
        if any(part in ("", ".", "..") or Path(part).name != part for part in parts):
            raise GraderError(f"{'/'.join(parts)}: that is no place in {self.root}. Give it another name.")
        return self.root.joinpath(*parts)

    def _resources(self, assignment: str, student: str = "") -> dict[str, Any]:
        # What nbgrader's preprocessors expect to be told.
        nbgrader = {"notebook": assignment, "assignment": assignment, "student": student, "db_url": self.db_url}
        return {"nbgrader": nbgrader, "unique_key": assignment}

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Commit all that is written in this block when it ends, or nothing. nbgrader would commit after each cell."""
        session, engine = self.gradebook.db, self.gradebook.engine
        session.remove()
        with engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # whoever else writes is met here, not half way
            session.configure(bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False)
            try:
                yield
                session.flush()
            finally:
                session.remove()
                session.configure(bind=engine, join_transaction_mode="conditional_savepoint", expire_on_commit=True)

    @contextmanager
    def _database_errors(self) -> Iterator[None]:
        """What the database refuses, as an error with its fix."""
        # nbgrader writes a traceback into this log of what it raises as well.
        log = logging.getLogger("tornado.application")
        was_silent, log.disabled = log.disabled, True
        try:
            yield
        except (SQLAlchemyError, InvalidEntry) as error:
            told = str(getattr(error, "orig", None) or error).splitlines()[0]
            fix = next((fix for word, fix in FIXES.items() if word in told), "Grade into a new folder with --out")
            raise GraderError(f"{self.root / 'gradebook.db'}: {told}. {fix}.") from error
        finally:
            log.disabled = was_silent

    @staticmethod
    def _notebook(path: Path) -> NotebookNode | None:
        try:
            return nbformat.read(path, as_version=4) if path.is_file() else None
        except (OSError, ValueError):  # a damaged one counts as none: it is written anew by the next run
            return None


class _SaveCells(SaveCells):
    """nbgrader's step, in a gradebook that is open."""

    def __init__(self, gradebook: Gradebook) -> None:
        super().__init__(log=_quiet())  # what it says is in our error
        self.gradebook = gradebook

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        told = resources["nbgrader"]
        self.notebook_id, self.assignment_id = told["notebook"], told["assignment"]
        for kind in ("grade", "solution", "task", "source"):
            setattr(self, f"new_{kind}_cells", {})
        for index, cell in enumerate(nb.cells):
            self.preprocess_cell(cell, resources, index)
        self._create_notebook(nb)
        return nb, resources


class _OneSubmission:
    """The rows of one submission, read at once, in the place of the gradebook that nbgrader's step asks for each cell's."""

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


class _SaveVerdicts(SaveAutoGrades):
    """nbgrader's step, with the examiner's verdict in the place of what the cell's output looks like."""

    def __init__(self, verdicts: Sequence[Verdict], before: Autograded | None, now: Autograded) -> None:
        super().__init__(log=_quiet())
        self.before, self.now = before.answers if before is not None else {}, now.answers
        self.points = {verdict.grade_id: verdict.points for verdict in verdicts}

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        # The parent opens a gradebook of its own for each notebook; here it is given.
        told = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = told["notebook"], told["assignment"], told["student"]
        for index, cell in enumerate(nb.cells):
            self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        grade_id = grade_id_of(cell)
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


@dataclass(frozen=True)
class _GradeRow:
    """What the gradebook has of one graded cell of one student."""

    cell: GradeCell
    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    score: float


def _of_assignment(query: Select[Any], table: type[Grade] | type[Comment], row: AssignmentRow) -> Select[Any]:
    """Those of a query's rows that belong to submissions of an assignment."""
    query = query.join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    return query.where(SubmittedAssignment.assignment_id == row.id)


def marks_of(
    grades: Sequence[_GradeRow], comments: Mapping[str, str], told: Autograded, headings: Mapping[str, str]
) -> Iterator[CellGrade]:
    # A comment stands on the student's own cell; a check shows the one on the cell that it checks, once.
    left = dict(comments)
    order = {grade_id: place for place, grade_id in enumerate(told.order)}
    for grade in sorted(grades, key=lambda grade: order.get(grade.cell.name, len(order))):
        grade_id = grade.cell.name
        check = told.checks.get(grade_id)
        written = grade.cell.cell_type == "markdown" or grade_id in told.written
        waits = grade.needs_manual_grade or (grade.manual_score is None and grade.auto_score is None)
        untouched = written and grade.manual_score is None and not waits  # nbgrader gives it 0 by itself
        outcome, message, protected = (Outcome.UNANSWERED, UNANSWERED, True) if untouched else (None, "", True)
        if not written and check is not None and grade.auto_score is not None:
            outcome, message, protected = check.outcome, check.message, check.protected
        yield CellGrade(
            grade_id=grade_id,
            title=headings.get(grade_id, grade_id),
            kind="written" if written else "check",
            points=None if waits else grade.score,
            max_points=grade.cell.max_score,
            outcome=outcome,
            message=message,
            comment=left.pop((check.solution if check is not None else None) or grade_id, ""),
            # A task's own cell holds the question and its mark scheme; the answer stands in cells of the student's.
            answer="" if untouched else told.written.get(grade_id, ""),
            protected=protected,
        )


def _make_gradebook(path: Path) -> None:
    """Make an empty gradebook as nbgrader does, whole or not at all, where there is none.

    nbgrader starts another Python, to ask alembic for the version of its tables; that takes two seconds.
    """
    if path.exists():
        return
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{os.getpid()}")
    engine = create_engine(f"sqlite:///{making}")
    try:
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "heads")
        engine.dispose()
        making.replace(path)
    finally:
        engine.dispose()
        making.unlink(missing_ok=True)


def _quiet() -> logging.Logger:
    return logging.Logger("grader.nbgrader", logging.ERROR)
