"""The grader's own course folder as a `Store`: one notebook is one submission.

In: a `CourseFolder`, the course's lectures, what was collected. Out: what the grading loop asks a store for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.built import BuiltCourse
from grader.core.fingerprints import assignment_fingerprint, submission_fingerprint
from grader.core.grades import ClassGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.gradebook.folder import CourseFolder
from grader.gradebook.store import Conditions, Work
from grader.submissions.collect import Collected, Stray


@dataclass(frozen=True)
class CollectedNotebook:
    """A handle of one notebook that was handed in. ``digest`` is of its bytes; ``load`` reads it."""

    student: str
    assignment: str
    digest: bytes
    load: Callable[[], Submission]


def handles_of(collected: Collected) -> tuple[list[CollectedNotebook], list[Stray]]:
    """A handle for each submission that fits an assignment; what fits none is a stray, since no gradebook has room for it."""
    handles, strays = [], list(collected.strays)
    for submission in collected.submissions:
        if submission.assignment is None:
            why = " ".join(problem.text for problem in submission.problems) or "It fits no assignment."
            strays.append(Stray(submission.origin, f"{submission.student}: {why}"))
        else:
            digest = hashlib.sha256(submission.content).digest()
            load = _loader(submission)
            handles.append(CollectedNotebook(submission.student, submission.assignment, digest, load))
    return handles, strays


def _loader(submission: Submission) -> Callable[[], Submission]:
    return lambda: submission


class FolderStore:
    """Keeps the results of a course's lectures in a folder of the grader's own."""

    def __init__(
        self,
        folder: CourseFolder,
        course: BuiltCourse,
        handed_in: Sequence[CollectedNotebook],
        strays: Sequence[Stray],
        conditions: Conditions,
    ) -> None:
        """Write the assignments that were handed in into the folder.

        Raises:
            GraderError: the folder has other cells of one of them, or cannot be written.
        """
        self.folder, self.conditions, self.strays = folder, conditions, list(strays)
        self._handed_in = handed_in
        names = sorted({each.assignment for each in handed_in})
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

    def handed_in(self) -> Sequence[CollectedNotebook]:
        return self._handed_in

    def exams(self, handed_in: Iterable[CollectedNotebook]) -> Mapping[str, Assignment]:
        return {name: self._assignments[name] for name in sorted({each.assignment for each in handed_in})}

    def fingerprint(self, handed_in: CollectedNotebook) -> str:
        return submission_fingerprint([self._fingerprints[handed_in.assignment]], handed_in.digest, self.limits)

    def is_current(self, handed_in: CollectedNotebook, fingerprint: str) -> bool:
        return self.folder.is_current(handed_in.student, handed_in.assignment, fingerprint)

    def load(self, handed_in: CollectedNotebook) -> Work:
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
