"""A whole batch, from what was handed in to scores, feedback pages, the report and the CSV.

In: a course, paths, a folder. Out: that folder, as nbgrader lays it out. What is graded is kept at once, so that a run that
is broken off loses nothing, and the next one goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.build import read_course
from grader.authoring.course import Course
from grader.core.atomic import write_atomically
from grader.core.errors import IntakeError
from grader.core.fingerprints import assignment_fingerprint, submission_fingerprint
from grader.core.grades import ClassGrades
from grader.core.model import Limits, Submission
from grader.core.profile import Profile
from grader.exam.backend import Backend, modules_of
from grader.gradebook.folder import CourseFolder
from grader.grading.pool import hold_exams, warm_up
from grader.kernel.sandbox import SandboxKind
from grader.pages.export import write_grades_csv
from grader.pages.feedback import render_feedback
from grader.pages.report import render_report
from grader.submissions.collect import Stray, SubmissionHandle, collect

Progress = Callable[[int, int], None]  # (how many are done, of how many)


@dataclass(frozen=True)
class Batch:
    """What a run did. ``kept`` counts the submissions that had been graded before and have not changed.

    ``profile`` tells what took CPU time, by step; ``seconds`` is what the run took in all; ``gradebook`` is where the
    scores are.
    """

    marks: ClassGrades
    strays: tuple[Stray, ...]
    graded: int
    kept: int
    profile: Profile
    seconds: float
    gradebook: str


def grade(
    course: Course,
    paths: Sequence[Path],
    out: Path,
    limits: Limits,
    *,
    sandbox: SandboxKind = SandboxKind.BUBBLEWRAP,
    data: Mapping[str, Path] | None = None,
    workers: int | None = None,
    force: bool = False,
    progress: Progress = lambda done, total: None,
) -> Batch:
    """Grade what lies at ``paths`` into the course folder ``out``. With ``force``, also what has been graded already.

    ``sandbox`` stand around the students' code; ``data`` maps names of Keras' data sets to files.

    Raises:
        IntakeError: a path is not there, nothing that is there is a submission, or ``out`` lies in it.
        SandboxError: the sandbox cannot be raised here.
        GraderError: the course or the folder is not as it should be.
    """
    began, profile = time.monotonic(), Profile()
    for path in paths:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise IntakeError(f"{out}: --out lies inside {path}, which is to be graded. Choose a folder outside.")
    with profile.step("intake"):
        assignments = {assignment.name: assignment for assignment in read_course(course)}
        collected = collect(paths, {name: assignment.with_stubs for name, assignment in assignments.items()})
    placed = [submission for submission in collected.submissions if submission.assignment is not None]
    unplaced = [submission for submission in collected.submissions if submission.assignment is None]
    strays = (*collected.strays, *(_as_stray(submission) for submission in unplaced))
    if not placed:
        found = [f"{stray.path}: {stray.text}" for stray in strays] or [f"{path}: nothing is there." for path in paths]
        raise IntakeError("\n".join([*found, "Name the folder that holds the submissions."]))
    with CourseFolder(out, course.id, limits) as folder:
        used = {name: assignments[name] for name in sorted({submission.assignment or "" for submission in placed})}
        with profile.step("gradebook"):
            for assignment in used.values():
                folder.add_assignment(assignment)
            versions = {name: assignment_fingerprint(each, sandbox, data or {}) for name, each in used.items()}
            states: dict[tuple[str, str | None], str] = {}
            todo: list[SubmissionHandle] = []
            for each in placed:
                unread = Submission(each.student, each.assignment, each.origin, each.content())
                state = submission_fingerprint(versions[each.assignment or ""], unread, limits)
                states[each.student, each.assignment] = state
                if force or not folder.has(unread, state):
                    todo.append(each)
        progress(0, len(todo))
        try:
            if todo:
                warm_up()
                wanted = {name: used[name] for name in sorted({submission.assignment or "" for submission in todo})}
                with Backend(sandbox, modules_of(each.source for each in wanted.values()), data) as backend:
                    known = {name: folder.calibration(name, versions[name]) for name in wanted}
                    results = hold_exams(
                        wanted,
                        (each.load() for each in todo),
                        limits,
                        backend,
                        calibrations={name: found for name, found in known.items() if found is not None},
                        on_calibration=lambda name, found: folder.save_calibration(name, found, versions[name]),
                        workers=workers,
                    )
                    with closing(results):
                        for done, (submission, result) in enumerate(results, start=1):
                            with profile.step("gradebook"):
                                folder.add_submission(submission)
                                folder.save(submission, result, states[submission.student, submission.assignment])
                            profile.add(result.cpu)
                            progress(done, len(todo))
        finally:  # after Ctrl-C, too: the pages show what has been graded so far
            with profile.step("pages"):
                marks = write_pages(folder)
    kept, seconds = len(placed) - len(todo), time.monotonic() - began
    return Batch(marks, strays, len(todo), kept, profile, seconds, str(out / "gradebook.db"))


def _as_stray(submission: SubmissionHandle) -> Stray:
    """One that fits no assignment has no place in the gradebook, so it is told beside it."""
    told = " ".join(problem.text for problem in submission.problems) or "It fits no assignment."
    return Stray(submission.origin, f"{submission.student}: {told}")


def write_pages(folder: CourseFolder) -> ClassGrades:
    """Write every feedback page, ``report.html`` and ``grades.csv`` from what the gradebook says now."""
    marks = folder.marks()
    for notebook in marks.notebooks:
        page = render_feedback(notebook, marks.course)
        write_atomically(folder.feedback_path(notebook.student, notebook.assignment), page.encode("utf-8", "replace"))
    write_atomically(folder.root / "report.html", render_report(marks).encode("utf-8", "replace"))
    write_grades_csv(marks, folder.root / "grades.csv")
    return marks
