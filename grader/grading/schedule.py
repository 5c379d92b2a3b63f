"""The order of a batch: the assignments' own solutions first, then the submissions, each when there is room.

In: submissions, as an iterator; outcomes, as they come. Out: what can be done next, and results. It knows no process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Generic, TypeVar

from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.grading.tasks import Outcome, Task, ungraded

K = TypeVar("K")
OnCalibration = Callable[[str, Calibration], None]


@dataclass(frozen=True)
class Entry(Generic[K]):
    """A task in hand. ``key`` is the caller's, by which it knows the result; None for a calibration.

    ``outcome`` is there if it is known without doing the task.
    """

    key: K | None
    task: Task
    outcome: Outcome | None = None


class Schedule(Generic[K]):
    """What is still to be done. All assignments are calibrated first; a submission waits for its assignment's.

    Submissions are asked for one by one, when there is room: few of a class are in memory at a time.
    """

    def __init__(
        self,
        assignments: Mapping[str, Assignment],
        limits: Limits,
        submissions: Iterable[tuple[K, Submission]],
        calibrations: Mapping[str, Calibration],
        on_calibration: OnCalibration,
    ) -> None:
        self.assignments, self.limits = assignments, limits
        self.calibrations, self.on_calibration = dict(calibrations), on_calibration
        self.uncalibrated = deque(name for name in assignments if name not in calibrations)
        self.coming = iter(submissions)
        self.held: tuple[K, Submission] | None = None  # the next one, until its assignment is calibrated

    def take(self) -> Entry[K] | None:
        """What can be done next; None if nothing can be, for now."""
        if self.uncalibrated:
            return Entry(None, Task(self.uncalibrated.popleft(), self.limits))
        self.held = self.held or next(self.coming, None)
        if self.held is None:
            return None
        key, submission = self.held
        name = submission.assignment or ""
        assignment, calibration = self.assignments[name], self.calibrations.get(name)
        if calibration is None:
            return None
        self.held = None
        # The bytes and the place of the file are of no use to an exam.
        task = Task(name, self.limits, replace(submission, content=b"", origin=PurePath(name)), calibration)
        if not calibration.failure:
            return Entry(key, task)
        why = f"the assignment's own solution could not be examined: {calibration.failure}"
        return Entry(key, task, ungraded(assignment, why))

    def settle(self, entry: Entry[K], outcome: Outcome) -> Iterator[tuple[K, ExamResult]]:
        """Take the outcome of a task. Gives the results that are known with it."""
        if isinstance(outcome, ExamResult):
            assert entry.key is not None
            yield entry.key, outcome
            return
        self.calibrations[entry.task.assignment] = outcome
        self.on_calibration(entry.task.assignment, outcome)

    def failed(self, entry: Entry[K], why: str) -> Outcome:
        """The outcome of a task that nobody could do."""
        if entry.task.submission is None:
            return Calibration(failure=why)
        return ungraded(self.assignments[entry.task.assignment], why)
