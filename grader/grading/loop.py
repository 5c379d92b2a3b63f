"""A whole batch, from what was handed in to scores and pages: one loop for the grader's own folder and any nbgrader course.

In: a `Store`, an `Executor`. Out: results in the store, feedback pages, the report, the CSV. What is graded is saved at once,
so that a run that is broken off loses nothing, and the next one goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic

from grader.authoring.built import BuiltCourse
from grader.authoring.course import Course
from grader.core.atomic import write_atomically
from grader.core.errors import IntakeError
from grader.core.grades import ClassGrades
from grader.core.model import Assignment, ExamResult, Limits, Submission
from grader.core.profile import Profile
from grader.gradebook.folder import CourseFolder
from grader.gradebook.folder_store import FolderStore, sorted_out
from grader.gradebook.nbgrader_converter import opened
from grader.gradebook.nbgrader_course import NbgraderStore
from grader.gradebook.store import Conditions, Graded, H, Store, W, path_in
from grader.grading.executor import Executor, LocalPool
from grader.kernel.sandbox import SandboxKind
from grader.pages.export import write_grades_csv
from grader.pages.feedback import render_feedback
from grader.pages.report import render_report
from grader.submissions.collect import collect
from grader.submissions.found import Stray

Progress = Callable[[int, int], None]  # (how many are done, of how many)
MakeExecutor = Callable[[Mapping[str, Assignment], Limits], Executor]


@dataclass(frozen=True)
class Batch:
    """What a run did. ``kept`` counts the submissions that had been graded before and have not changed.

    ``profile`` shows what took CPU time, by step; ``seconds`` is what the run took in all; ``gradebook`` is where the scores
    are.
    """

    grades: ClassGrades
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

    ``sandbox`` is put around the students' code; ``data`` maps names of Keras' data sets to files.

    Raises:
        IntakeError: a path is not there, nothing that is there is a submission, or ``out`` lies in it.
        SandboxError: the sandbox does not work here.
        GraderError: the course or the folder is not as it should be.
    """
    began, profile = time.monotonic(), Profile()
    for path in paths:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise IntakeError(f"{out}: --out lies inside {path}, which is to be graded. Choose a folder outside.")
    conditions = Conditions(limits, sandbox, data or {})
    with profile.step("intake"):
        built = BuiltCourse(course)
        handed_in, strays = sorted_out(collect(paths, built.with_stubs()))
    if not handed_in:
        found = [f"{stray.path}: {stray.text}" for stray in strays] or [f"{path}: nothing is there." for path in paths]
        raise IntakeError("\n".join([*found, "Name the folder that holds the submissions."]))
    with CourseFolder(out, course.id, limits) as folder:
        with profile.step("gradebook"):
            store = FolderStore(folder, built, handed_in, strays, conditions)
        return Loop(store, _local(conditions, workers), force, progress, profile, began).run()


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
    """Grade what was submitted in an nbgrader course: all of it, or that of the assignments and students named.

    What has been graded and has not changed is kept, unless ``force`` is set.

    Raises:
        CourseError: the folder is not an nbgrader course, or is damaged.
        IntakeError: nothing was submitted.
        SandboxError: the sandbox does not work here.
    """
    began, profile = time.monotonic(), Profile()
    conditions = Conditions(limits, sandbox, {name: path.resolve() for name, path in (data or {}).items()})
    with opened(root.resolve()) as converter:
        with profile.step("intake"):
            store = NbgraderStore(converter, conditions, assignments, students)
        return Loop(store, _local(conditions, workers), force, progress, profile, began).run()


def _local(conditions: Conditions, workers: int | None) -> MakeExecutor:
    return lambda exams, limits: LocalPool(exams, limits, conditions.sandbox, conditions.data, workers)


@dataclass
class _InHand(Generic[W]):
    """A work whose notebooks are being examined."""

    work: W
    fingerprint: str
    results: dict[str, ExamResult] = field(default_factory=dict)


class Loop(Generic[H, W]):
    """One run: for each submission its fingerprint; kept, or loaded, examined and saved; at the end the pages."""

    def __init__(
        self,
        store: Store[H, W],
        make_executor: MakeExecutor,
        force: bool,
        progress: Progress,
        profile: Profile,
        began: float,
    ) -> None:
        self.store, self.make_executor, self.force = store, make_executor, force
        self.progress, self.profile, self.began = progress, profile, began
        self.todo: list[tuple[H, str]] = []
        self.done = self.graded = 0

    def run(self) -> Batch:
        with self.profile.step("gradebook"):
            found = self.store.handed_in()
            for each in found:
                fingerprint = self.store.fingerprint(each)
                if self.force or not self.store.is_current(each, fingerprint):
                    self.todo.append((each, fingerprint))
        self.progress(0, len(self.todo))
        try:
            self.examine()
        finally:  # after Ctrl-C, too: the pages show what has been graded so far
            with self.profile.step("pages"):
                grades = write_pages(self.store)
        kept, seconds = len(found) - len(self.todo), time.monotonic() - self.began
        strays = tuple(self.store.strays)
        return Batch(grades, strays, self.graded, kept, self.profile, seconds, self.store.address)

    def examine(self) -> None:
        """Examine and save what is to be done."""
        exams = self.store.exams(each for each, _ in self.todo)
        if not exams:
            for _ in self.loaded():
                raise AssertionError("a notebook without an assignment cannot be examined")
            return
        known = {name: self.store.calibration(name, renew=self.force) for name in exams}
        calibrations = {name: found for name, found in known.items() if found is not None}
        with self.make_executor(exams, self.store.limits) as executor:
            results = executor.hold_exams(self.loaded(), calibrations, self.store.save_calibration)
            with closing(results):
                for (in_hand, name), result in results:
                    self.profile.add(result.cpu)
                    in_hand.results[name] = result
                    if len(in_hand.results) == len(in_hand.work.submissions):
                        self.save(in_hand)

    def loaded(self) -> Iterator[tuple[tuple[_InHand[W], str], Submission]]:
        """The notebooks to be examined, as they are asked for. A work that has none is saved at once."""
        for each, fingerprint in self.todo:
            with self.profile.step("loading"):
                work = self.store.load(each)
            if work is None:
                continue
            in_hand = _InHand(work, fingerprint)
            for submission in work.submissions:
                yield (in_hand, submission.assignment or ""), submission
            if not work.submissions:
                self.save(in_hand)

    def save(self, in_hand: _InHand[W]) -> None:
        with self.profile.step("gradebook"):
            self.graded += self.store.save(in_hand.work, in_hand.results, in_hand.fingerprint)
        self.done += 1
        self.progress(self.done, len(self.todo))


def write_pages(graded: Graded) -> ClassGrades:
    """Write every feedback page, ``report.html`` and ``grades.csv`` from what the gradebook has now."""
    grades = graded.grades()
    for notebook in grades.notebooks:
        page = render_feedback(notebook, grades.course)
        name = notebook.assignment
        path = path_in(graded.pages, "feedback", notebook.student, name, f"{name}.html")
        write_atomically(path, page.encode("utf-8", "replace"))
    write_atomically(graded.pages / "report.html", render_report(grades).encode("utf-8", "replace"))
    write_grades_csv(grades, graded.pages / "grades.csv")
    return grades
