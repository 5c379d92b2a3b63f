"""Grade any nbgrader course: the same folder, the same gradebook, the same scores as `nbgrader autograde`.

In: a course folder, where assignments have been generated and submissions collected. Out: grades in the course's gradebook
and `autograded/` as nbgrader leaves them, so that formgrader, `nbgrader generate_feedback` and `nbgrader export` go on from
there; pages of the grader's own in `grader_report/`.

nbgrader does everything but the execution: it sanitises a submission, a pool of workers examines it, nbgrader saves what
came out. Only this process touches the gradebook.
"""

from __future__ import annotations

import copy
import fnmatch
import glob
import hashlib
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePath

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import NbGraderException
from nbgrader.utils import find_all_files
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.core.atomic import write_atomically
from grader.core.calibration import calibration_bytes, read_calibration
from grader.core.errors import CourseError, IntakeError
from grader.core.fingerprints import assignment_fingerprint, submission_fingerprint
from grader.core.model import Calibration, ExamResult, Limits, Problem, Submission
from grader.core.profile import Profile
from grader.core.record import ExamRecord, read_exam_record
from grader.exam.backend import Backend, modules_of
from grader.gradebook.nbgrader_converter import Converter, HandedIn, opened, said_by
from grader.gradebook.nbgrader_source import NotebookSource, checks_of, files_beside, is_ordinary, read_notebook
from grader.grading.loop import Batch, Progress
from grader.grading.nbgrader_pages import REPORT, read_autograded, write_course_pages
from grader.grading.pool import hold_exams
from grader.kernel.sandbox import SandboxKind
from grader.submissions.found import MOST_BYTES, Stray
from grader.submissions.notebook_file import read_notebook as read_submitted
from grader.submissions.repair import repair

NBGRADERS = f"{NbGraderException.__module__}.{NbGraderException.__qualname__}: "
GENERATE = "Make its release with `nbgrader generate_assignment NAME`, then grade."


def grade_course(
    root: Path,
    limits: Limits,
    *,
    sandbox: SandboxKind = SandboxKind.BUBBLEWRAP,
    data: Mapping[str, Path] | None = None,
    assignments: Sequence[str] = (),
    students: Sequence[str] = (),
    workers: int | None = None,
    force: bool = False,
    progress: Progress = lambda done, total: None,
) -> Batch:
    """Grade what was submitted in a course: all of it, or that of the assignments and students named.

    What has been graded and has not changed is kept, unless ``force`` says otherwise.

    Raises:
        CourseError: the folder is no nbgrader course, or not as it should be.
        IntakeError: nothing was submitted.
        SandboxError: the sandbox cannot be raised here.
    """
    data = {name: path.resolve() for name, path in (data or {}).items()}
    with opened(root.resolve()) as converter:
        run = _Run(converter, limits, sandbox, data)
        return run.grade(assignments, students, workers, force, progress)


class _Run:
    """One run over a course."""

    def __init__(self, converter: Converter, limits: Limits, sandbox: SandboxKind, data: Mapping[str, Path]) -> None:
        self.converter, self.limits, self.sandbox, self.data = converter, limits, sandbox, data
        self.root = Path(converter.coursedir.root)
        self.began, self.profile = time.monotonic(), Profile()
        self.strays: list[Stray] = []
        self.graded_before: set[tuple[str, str]] = set()
        self.notebooks: dict[str, NotebookSource] = {}
        self.calibrations: dict[str, Calibration] = {}
        self.states: dict[str, str] = {}

    def grade(
        self,
        assignments: Sequence[str],
        students: Sequence[str],
        workers: int | None,
        force: bool,
        progress: Progress,
    ) -> Batch:
        with self.profile.step("intake"):
            found = self.handed_in(assignments, students)
        with self.profile.step("gradebook"):
            self.read_course({each.assignment for each in found}, force)
            for each in found:
                each.state = self.state(each)
            todo = [each for each in found if force or not self.is_kept(each)]
        progress(0, len(todo))
        done = graded = 0
        try:
            for each in self.examined(todo, workers):
                with self.profile.step("gradebook"):
                    graded += self.save(each)
                done += 1
                progress(done, len(todo))
        finally:  # after Ctrl-C, too: the pages show what has been graded so far
            with self.profile.step("pages"), self.gradebook() as gradebook:
                marks = write_course_pages(self.converter.coursedir, gradebook, self.notebooks, self.calibrations)
        return Batch(
            marks,
            tuple(self.strays),
            graded,
            len(found) - len(todo),
            self.profile,
            time.monotonic() - self.began,
            self.converter.coursedir.db_url,
        )

    # What there is ------------------------------------------------------------------------------------------

    def handed_in(self, assignments: Sequence[str], students: Sequence[str]) -> list[HandedIn]:
        """What lies in ``submitted/``, as far as it is wanted and the gradebook knows the assignment."""
        with self.gradebook() as gradebook:
            known = {row.name: sorted(each.name for each in row.notebooks) for row in gradebook.assignments}
            self.graded_before = {
                (row.name, each.student.id) for row in gradebook.assignments for each in row.submissions
            }
        if not any(known.values()):
            raise CourseError(f"{self.root}: the gradebook knows no notebook. {GENERATE}")
        unknown = [name for name in assignments if name not in known]
        if unknown:
            raise CourseError(
                f"{self.root}: the gradebook knows no assignment {', '.join(unknown)}, only {', '.join(known)}. {GENERATE}"
            )
        found = []
        for student, assignment, folder in self.folders():
            if (assignments and assignment not in assignments) or (students and student not in students):
                continue
            if assignment not in known:
                self.strays.append(Stray(folder, f"The gradebook knows no assignment '{assignment}'. {GENERATE}"))
                continue
            paths = {path.stem: path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")}
            other = [f"{name}.ipynb" for name in paths if name not in known[assignment]]
            paths = {name: path for name, path in paths.items() if name in known[assignment]}
            if other:
                wanted = ", ".join(f"{name}.ipynb" for name in known[assignment])
                told = f"{', '.join(other)} is not graded: the notebooks of {assignment} are {wanted}."
                self.strays.append(Stray(folder, f"{told} Rename it, if it is one of them."))
            if paths:
                found.append(HandedIn(student, assignment, folder, paths))
            elif not other:
                self.strays.append(Stray(folder, "No notebook was submitted."))
        if not found:
            told = "".join(f"{stray.path}: {stray.text}\n" for stray in self.strays)
            where = self.converter.coursedir.format_path(self.converter.coursedir.submitted_directory, "*", "*")
            raise IntakeError(f"{told}{where}: nothing to grade is there. Run `nbgrader collect`, or copy it there.")
        return found

    def folders(self) -> Iterator[tuple[str, str, Path]]:
        """Student, assignment and folder of each submission."""
        folders = self.converter.coursedir
        structure = folders.directory_structure.format(
            nbgrader_step=glob.escape(folders.submitted_directory), student_id="*", assignment_id="*"
        )
        names = re.compile(
            folders.format_path(folders.submitted_directory, "(?P<student_id>.*)", "(?P<assignment_id>.*)", escape=True)
        )
        excluded = folders.student_id_exclude.split(",")
        for place in sorted(glob.glob(os.path.join(glob.escape(folders.root), structure))):  # noqa: PTH118, PTH207
            match = names.fullmatch(place)
            if match is None or not Path(place).is_dir():
                continue
            student = match["student_id"]
            if student not in excluded and fnmatch.fnmatchcase(student, folders.student_id):
                yield student, match["assignment_id"], Path(place)

    def gradebook(self) -> Gradebook:
        url = self.converter.coursedir.db_url
        place = make_url(url)
        if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
            raise CourseError(f"{self.root}: there is no gradebook at {url}. {GENERATE}")
        try:
            return Gradebook(url, self.converter.coursedir.course_id)
        except SQLAlchemyError as error:
            raise CourseError(
                f"{url}: nbgrader cannot open it ({str(error).splitlines()[0]}). If nbgrader is newer than it, make a "
                "copy of it, then run `nbgrader db upgrade`."
            ) from error

    def read_course(self, assignments: set[str], force: bool) -> None:
        """The teacher's side of every notebook of these assignments, and what their solutions have shown before."""
        foreign = self.converter.foreign_step()
        why = f"nbgrader_config.py has {foreign} run notebooks, so its checks are not protected." if foreign else ""
        with self.gradebook() as gradebook:
            for assignment in sorted(assignments):
                for row in gradebook.find_assignment(assignment).notebooks:
                    notebook = read_notebook(self.converter, gradebook, assignment, row.name)
                    notebook = replace(notebook, stock=notebook.stock or why)
                    self.notebooks[notebook.key] = notebook
        self.converter.prepare(self.notebooks, self.limits, self.sandbox, self.data)
        self.limits = self.converter.exam.limits_of_course(self.limits)
        for key, notebook in self.notebooks.items():
            self.states[key] = (
                assignment_fingerprint(notebook.exam, self.sandbox, self.data) if notebook.exam is not None else ""
            )
            kept = self.calibration_path(key)
            known = read_calibration(kept.read_bytes()) if kept.is_file() else None
            if notebook.exam is not None and (why := notebook.stock or notebook.unprotected):
                names = checks_of(notebook.exam.with_stubs)
                self.calibrations[key] = Calibration(unprotected=dict.fromkeys(names, why), problems=(why,))
            elif known is not None and known[1] == self.states[key] and not force:
                self.calibrations[key] = known[0]

    def calibration_path(self, key: str) -> Path:
        return self.root / REPORT / "references" / f"{key}.json"

    # What need not be done again ----------------------------------------------------------------------------

    def state(self, handed_in: HandedIn) -> str:
        """A hash of all that decides the result: what lies in the folder, the teacher's side of it, the limits."""
        parts = [self.states[f"{handed_in.assignment}/{name}"] for name in handed_in.paths]
        content = bytearray()
        for path in map(Path, sorted(find_all_files(str(handed_in.folder), self.converter.coursedir.ignore))):
            name = path.relative_to(handed_in.folder).as_posix()
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_ordinary(path) else "left out"
            content += f"{name!r} {digest};".encode("utf-8", "surrogatepass")
        whole = Submission(handed_in.student, handed_in.assignment, handed_in.folder, bytes(content))
        return submission_fingerprint(" ".join(parts), whole, self.limits)

    def is_kept(self, handed_in: HandedIn) -> bool:
        """Whether this very submission has been graded already.

        What nbgrader itself has graded is kept by nbgrader's rule: until another submission has a newer timestamp.
        """
        if (handed_in.assignment, handed_in.student) not in self.graded_before:
            return False
        folders = self.converter.coursedir
        folder = folders.format_path(folders.autograded_directory, handed_in.student, handed_in.assignment)
        notebooks = [read_autograded(Path(folder, f"{name}.ipynb")) for name in handed_in.paths]
        records = [read_exam_record(notebook) if notebook is not None else ExamRecord() for notebook in notebooks]
        if any(record is not None for record in records):
            return all(record is not None and record.fingerprint == handed_in.state for record in records)
        try:
            new, old = self.timestamp(handed_in.folder), self.timestamp(Path(folder))
        except ValueError:
            return False
        return new is None or old is None or new <= old

    def timestamp(self, folder: Path) -> datetime | None:
        """When it was submitted, if that is known.

        Raises:
            ValueError: what is said there is no time.
        """
        try:
            return self.converter.coursedir.get_existing_timestamp(str(folder))
        except AttributeError as error:  # nbgrader means to say so, and stumbles over its own words
            raise ValueError from error

    # The exams ----------------------------------------------------------------------------------------------

    def examined(self, todo: Sequence[HandedIn], workers: int | None) -> Iterator[HandedIn]:
        """Each submission, when all its notebooks have been examined that can be."""
        places: dict[PurePath, tuple[HandedIn, str]] = {}
        submissions: list[Submission] = []
        for handed_in in todo:
            with self.profile.step("sanitize"):
                prepared = self.prepared(handed_in)
            if prepared is None:
                continue
            handed_in.awaited = {each.origin.stem for each in prepared}
            places |= {each.origin: (handed_in, each.origin.stem) for each in prepared}
            submissions += prepared
            if not prepared:
                yield handed_in
        if not submissions:
            return
        keys = sorted({each.assignment or "" for each in submissions})
        exams = {key: exam for key in keys if (exam := self.notebooks[key].exam) is not None}
        with Backend(self.sandbox, modules_of(each.source for each in exams.values()), self.data) as backend:
            results = hold_exams(
                exams,
                submissions,
                self.limits,
                backend,
                calibrations={key: self.calibrations[key] for key in keys if key in self.calibrations},
                on_calibration=self.note_calibration,
                workers=workers,
            )
            with closing(results):
                for submission, result in results:
                    handed_in, name = places[submission.origin]
                    handed_in.results[name] = result
                    handed_in.awaited.discard(name)
                    self.profile.add(result.cpu)
                    if not handed_in.awaited:
                        yield handed_in

    def prepared(self, handed_in: HandedIn) -> list[Submission] | None:
        """The first half of nbgrader's work on a submission. Returns the notebooks to be examined; None if it failed."""
        try:
            self.timestamp(handed_in.folder)
        except ValueError:
            told = "timestamp.txt holds no time. Write it like this: 2030-01-31 12:00:00 UTC"
            self.strays.append(Stray(handed_in.folder, told))
            return None
        self.converter.before(handed_in)
        files, left_out = files_beside(handed_in.folder, self.converter.coursedir.ignore, self.limits.disk_bytes)
        handed_in.links = tuple(name for name in left_out if not is_ordinary(handed_in.folder / name))
        without = [Problem(f"{name} {why}") for name, why in left_out.items()]
        found = []
        for name, path in list(handed_in.paths.items()):
            course = self.notebooks[f"{handed_in.assignment}/{name}"]
            notebook, problems = _submitted(path)
            handed_in.problems[name] = [*without, *problems]
            if notebook is None:
                if course.exam is None:
                    self.strays.append(Stray(path, " ".join(problem.text for problem in problems)))
                    return None
                handed_in.unreadable.add(name)
                handed_in.results[name] = ExamResult(copy.deepcopy(course.exam.with_stubs), (), 0.0)
                continue
            if course.exam is not None:
                notebook, fixed = repair(notebook, course.exam.with_stubs)
                handed_in.problems[name] += fixed
            try:
                notebook = self.converter.sanitize(handed_in, name, notebook)
            except Exception as error:  # a step of the course's own may raise anything; the others go on
                told = f"nbgrader refuses it: {type(error).__name__}: {error}. Put that right, and run again."
                self.strays.append(Stray(path, told))
                return None
            handed_in.sanitized[name] = notebook
            if course.exam is not None and not course.stock:
                # What the teacher has given out need not travel with each submission.
                own = {file: text for file, text in files.items() if course.exam.files.get(file) != text}
                found.append(Submission(handed_in.student, course.key, path, b"", notebook, files=own))
        return found

    def note_calibration(self, key: str, calibration: Calibration) -> None:
        self.calibrations[key] = calibration
        write_atomically(self.calibration_path(key), calibration_bytes(calibration, self.states[key]))

    def save(self, handed_in: HandedIn) -> bool:
        """The second half. Whether nbgrader could do it."""
        try:
            self.converter.save(handed_in)
        except NbGraderException as error:
            said = (said_by(self.converter.log) or str(error)).removeprefix(NBGRADERS)
            told = f"nbgrader could not save it: {said}. Put that right, and run again."
            self.strays.append(Stray(handed_in.folder, told))
            return False
        return True


def _submitted(path: Path) -> tuple[NotebookNode | None, tuple[Problem, ...]]:
    if not is_ordinary(path):
        return None, (Problem("It is a link or no file at all, so it was not read."),)
    if path.stat().st_size > MOST_BYTES:
        return None, (Problem(f"It is larger than {MOST_BYTES // 1_000_000} MB. Clear its outputs."),)
    return read_submitted(path.read_bytes())
