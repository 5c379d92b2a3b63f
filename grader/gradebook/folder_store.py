"""The grader's own course folder as a `Store`: one notebook is one submission.

In: a `CourseFolder`, the course's lectures, what was collected. Out: what the grading loop asks a store for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.authoring.built import BuiltCourse
from grader.core.fingerprints import assignment_fingerprint, submission_fingerprint
from grader.core.grades import ClassGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits
from grader.gradebook.folder import CourseFolder
from grader.gradebook.store import Conditions, Work
from grader.submissions.collect import Collected, SubmissionHandle
from grader.submissions.found import Stray


def sorted_out(collected: Collected) -> tuple[list[SubmissionHandle], list[Stray]]:
    """The submissions that fit an assignment, and the strays: what fits none is one, since no gradebook has room for it."""
    fitting, strays = [], list(collected.strays)
    for handle in collected.submissions:
        if handle.assignment is not None:
            fitting.append(handle)
        else:
            why = " ".join(problem.text for problem in handle.problems) or "It fits no assignment."
            strays.append(Stray(handle.origin, f"{handle.student}: {why}"))
    return fitting, strays


class FolderStore:
    """Keeps the results of a course's lectures in a folder of the grader's own."""

    def __init__(
        self,
        folder: CourseFolder,
        course: BuiltCourse,
        handed_in: Sequence[SubmissionHandle],
        strays: Sequence[Stray],
        conditions: Conditions,
    ) -> None:
        """Write the assignments that were handed in into the folder.

        Raises:
            GraderError: the folder has other cells of one of them, or cannot be written.
        """
        self.folder, self.conditions, self.strays = folder, conditions, list(strays)
        self._handed_in = handed_in
        names = sorted({_name(each) for each in handed_in})
        self._assignments = {name: course.assignment(name) for name in names}
        for assignment in self._assignments.values():
            folder.add_assignment(assignment)
        self._fingerprints = {
            name: assignment_fingerprint(assignment, conditions.sandbox, conditions.data)
            for name, assignment in self._assignments.items()
        }

    @property
    def limits(self) -> Limits:
        return self.conditions.limits

    @property
    def address(self) -> str:
        return str(self.folder.database)

    @property
    def pages(self) -> Path:
        return self.folder.pages

    def handed_in(self) -> Sequence[SubmissionHandle]:
        return self._handed_in

    def exams(self, handed_in: Iterable[SubmissionHandle]) -> Mapping[str, Assignment]:
        return {name: self._assignments[name] for name in sorted({_name(each) for each in handed_in})}

    def fingerprint(self, handed_in: SubmissionHandle) -> str:
        return submission_fingerprint([self._fingerprints[_name(handed_in)]], handed_in.digest.encode(), self.limits)

    def is_current(self, handed_in: SubmissionHandle, fingerprint: str) -> bool:
        return self.folder.is_current(handed_in.student, _name(handed_in), fingerprint)

    def load(self, handed_in: SubmissionHandle) -> Work:
        return Work([handed_in.load()])

    def calibration(self, name: str, *, renew: bool = False) -> Calibration | None:
        return None if renew else self.folder.calibration(name, self._fingerprints[name])

    def save_calibration(self, name: str, calibration: Calibration) -> None:
        self.folder.save_calibration(name, calibration, self._fingerprints[name])

    def save(self, work: Work, results: Mapping[str, ExamResult], fingerprint: str) -> bool:
        [submission] = work.submissions
        self.folder.add_submission(submission)
        self.folder.save(submission, results[submission.assignment or ""], fingerprint)
        return True

    def grades(self) -> ClassGrades:
        return self.folder.grades()


def _name(handed_in: SubmissionHandle) -> str:
    assert handed_in.assignment is not None  # see `sorted_out`
    return handed_in.assignment
