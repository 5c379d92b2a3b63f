"""Any nbgrader course as a `Store`: the same folder, the same gradebook, the same scores as `nbgrader autograde`.

In: nbgrader's converter for a course folder, where assignments have been generated and submissions collected. Out: grades in
the course's gradebook and ``autograded/`` as nbgrader leaves them, so that formgrader, `nbgrader generate_feedback` and
`nbgrader export` go on from there. nbgrader does everything but the execution: it sanitises a submission, and saves what came
out of the exam. The grader's own pages, and what solutions have shown, lie in ``grader_report/``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import NbGraderException
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.core.atomic import write_atomically
from grader.core.calibration import calibration_bytes, read_calibration
from grader.core.errors import CourseError
from grader.core.fingerprints import assignment_fingerprint, submission_fingerprint
from grader.core.grades import ClassGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Problem, Submission
from grader.core.record import ExamRecord, read_exam_record
from grader.gradebook.autograded import read_autograded
from grader.gradebook.nbgrader_converter import Converter, NbgraderWork, last_error
from grader.gradebook.nbgrader_grades import course_grades
from grader.gradebook.nbgrader_source import NotebookSource, checks_of, files_beside, is_ordinary, read_notebook
from grader.gradebook.nbgrader_submitted import (
    GENERATE,
    SubmittedFolder,
    content_of,
    read_submitted,
    submitted_folders,
    timestamp_of,
)
from grader.gradebook.store import Conditions
from grader.submissions.found import Stray
from grader.submissions.repair import repair

REPORT = "grader_report"
_NBGRADERS = f"{NbGraderException.__module__}.{NbGraderException.__qualname__}: "


class NbgraderStore:
    """Keeps the results of an nbgrader course in the course itself. It is used within `nbgrader_converter.opened`."""

    def __init__(
        self,
        converter: Converter,
        conditions: Conditions,
        assignments: Sequence[str] = (),
        students: Sequence[str] = (),
    ) -> None:
        """Look at what was submitted, of all assignments and students or of those named, and read the teacher's side of it.

        Raises:
            CourseError: the course is not as it should be.
            IntakeError: nothing was submitted.
        """
        self.converter, self.coursedir = converter, converter.coursedir
        self.root = Path(self.coursedir.root)
        with self._gradebook() as gradebook:
            known = {row.name: sorted(each.name for each in row.notebooks) for row in gradebook.assignments}
            self._graded_before = {
                (row.name, each.student.id) for row in gradebook.assignments for each in row.submissions
            }
        self._handed_in, self.strays = submitted_folders(self.coursedir, known, assignments, students)
        self._notebooks = self._read_course(sorted({each.assignment for each in self._handed_in}))
        converter.prepare(self._notebooks, conditions.limits, conditions.sandbox, conditions.data)
        self._limits = converter.exam.limits_of_course(conditions.limits)
        self._fingerprints = {
            key: assignment_fingerprint(notebook.exam, conditions.sandbox, conditions.data) if notebook.exam else ""
            for key, notebook in self._notebooks.items()
        }
        self._calibrations = {key: found for key in self._notebooks if (found := self.calibration(key)) is not None}

    @property
    def limits(self) -> Limits:
        return self._limits

    @property
    def address(self) -> str:
        return str(self.coursedir.db_url)

    @property
    def pages(self) -> Path:
        return self.root / REPORT

    def _gradebook(self) -> Gradebook:
        url = self.coursedir.db_url
        place = make_url(url)
        if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
            raise CourseError(f"{self.root}: there is no gradebook at {url}. {GENERATE}")
        try:
            return Gradebook(url, self.coursedir.course_id)
        except SQLAlchemyError as error:
            raise CourseError(
                f"{url}: nbgrader cannot open it ({str(error).splitlines()[0]}). If nbgrader is newer than it, make a "
                "copy of it, then run `nbgrader db upgrade`."
            ) from error

    def _read_course(self, assignments: Sequence[str]) -> dict[str, NotebookSource]:
        """The teacher's side of every notebook of these assignments, by key."""
        foreign = self.converter.foreign_step()
        why = f"nbgrader_config.py has {foreign} run notebooks, so its checks are not protected." if foreign else ""
        found = {}
        with self._gradebook() as gradebook:
            for assignment in assignments:
                for row in gradebook.find_assignment(assignment).notebooks:
                    notebook = read_notebook(self.converter, gradebook, assignment, row.name)
                    found[notebook.key] = replace(notebook, stock=notebook.stock or why)
        return found

    # What was handed in, and what need not be done again --------------------------------------------------------

    def handed_in(self) -> Sequence[SubmittedFolder]:
        return self._handed_in

    def _sources(self, handed_in: SubmittedFolder) -> list[NotebookSource]:
        return [self._notebooks[f"{handed_in.assignment}/{name}"] for name in handed_in.paths]

    def exams(self, handed_in: Iterable[SubmittedFolder]) -> Mapping[str, Assignment]:
        sources = {source.key: source for each in handed_in for source in self._sources(each) if not source.stock}
        return {key: exam for key, source in sorted(sources.items()) if (exam := source.exam) is not None}

    def fingerprint(self, handed_in: SubmittedFolder) -> str:
        parts = [self._fingerprints[source.key] for source in self._sources(handed_in)]
        return submission_fingerprint(parts, content_of(handed_in.folder, self.coursedir.ignore), self.limits)

    def is_current(self, handed_in: SubmittedFolder, fingerprint: str) -> bool:
        """Whether this very submission has been graded already.

        What nbgrader itself has graded is kept by nbgrader's rule: until another submission has a newer timestamp.
        """
        if (handed_in.assignment, handed_in.student) not in self._graded_before:
            return False
        folder = Path(self.converter.autograded_folder(handed_in.assignment, handed_in.student))
        notebooks = [read_autograded(folder / f"{name}.ipynb") for name in handed_in.paths]
        records = [read_exam_record(notebook) if notebook is not None else ExamRecord() for notebook in notebooks]
        if any(record is not None for record in records):
            return all(record is not None and record.fingerprint == fingerprint for record in records)
        try:
            new, old = timestamp_of(self.coursedir, handed_in.folder), timestamp_of(self.coursedir, folder)
        except ValueError:
            return False
        return new is None or old is None or new <= old

    # What solutions have shown ----------------------------------------------------------------------------------

    def calibration(self, name: str, *, renew: bool = False) -> Calibration | None:
        notebook = self._notebooks[name]
        if notebook.exam is not None and (why := notebook.stock or notebook.unprotected):
            checks = checks_of(notebook.exam.with_stubs)
            return Calibration(unprotected=dict.fromkeys(checks, why), problems=(why,))
        path = self._calibration_path(name)
        kept = read_calibration(path.read_bytes()) if path.is_file() and not renew else None
        is_good = kept is not None and kept[1] == self._fingerprints[name] and not kept[0].failure
        return kept[0] if kept is not None and is_good else None

    def save_calibration(self, name: str, calibration: Calibration) -> None:
        self._calibrations[name] = calibration
        write_atomically(self._calibration_path(name), calibration_bytes(calibration, self._fingerprints[name]))

    def _calibration_path(self, name: str) -> Path:
        return self.root / REPORT / "calibration" / f"{name}.json"

    # nbgrader's two halves --------------------------------------------------------------------------------------

    def load(self, handed_in: SubmittedFolder) -> NbgraderWork | None:
        """The first half of nbgrader's work on a submission."""
        try:
            timestamp_of(self.coursedir, handed_in.folder)
        except ValueError:
            why = "timestamp.txt holds no time. Write it like this: 2030-01-31 12:00:00 UTC"
            self.strays.append(Stray(handed_in.folder, why))
            return None
        self.converter.before(handed_in)
        files, left_out = files_beside(handed_in.folder, self.coursedir.ignore, self.limits.disk_bytes)
        links = tuple(name for name in left_out if not is_ordinary(handed_in.folder / name))
        without = [Problem(f"{name} {why}") for name, why in left_out.items()]
        work = NbgraderWork([], handed_in, links)
        submissions = []
        for name, path in handed_in.paths.items():
            source = self._notebooks[f"{handed_in.assignment}/{name}"]
            notebook, problems = read_submitted(path)
            work.problems[name] = [*without, *problems]
            if notebook is None:
                if source.exam is None:
                    self.strays.append(Stray(path, " ".join(problem.text for problem in problems)))
                    return None
                work.unreadable[name] = ExamResult(copy.deepcopy(source.exam.with_stubs), (), 0.0)
                continue
            if source.exam is not None:
                notebook, fixed = repair(notebook, source.exam.with_stubs)
                work.problems[name] += fixed
            try:
                notebook = self.converter.sanitize(handed_in, name, notebook)
            except Exception as error:  # a step that the course has added may raise anything; the others go on
                why = f"nbgrader refuses it: {type(error).__name__}: {error}. Put that right, and run again."
                self.strays.append(Stray(path, why))
                return None
            if source.exam is None or source.stock:
                work.for_nbgrader[name] = notebook
            else:
                # What the teacher has given out need not travel with each submission.
                own = {file: text for file, text in files.items() if source.exam.files.get(file) != text}
                submission = Submission(handed_in.student, source.key, path, b"", notebook, files=own, repaired=True)
                submissions.append(submission)
        work.submissions = submissions
        return work

    def save(self, work: NbgraderWork, results: Mapping[str, ExamResult], fingerprint: str) -> bool:
        """The second half. False if nbgrader could not do it."""
        by_name = {key.rpartition("/")[2]: result for key, result in results.items()}
        try:
            self.converter.save(work, {**work.unreadable, **by_name}, fingerprint)
        except NbGraderException as error:
            why = (last_error(self.converter.log) or str(error)).removeprefix(_NBGRADERS)
            text = f"nbgrader could not save it: {why}. Put that right, and run again."
            self.strays.append(Stray(work.handed_in.folder, text))
            return False
        return True

    def grades(self) -> ClassGrades:
        with self._gradebook() as gradebook:
            return course_grades(self.coursedir, gradebook, self._notebooks, self._calibrations)
