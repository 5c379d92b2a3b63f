"""The order of a batch: an assignment's own solution first, its submissions after it, each when there is room.

In: submissions, as an iterator; outcomes, as they come. Out: what can be done next, and results. It knows no process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.grading.tasks import Outcome, Task, ungraded

K = TypeVar("K")
OnCalibration = Callable[[str, Calibration], None]


@dataclass(frozen=True)
class Entry(Generic[K]):
    """A task in hand. ``key`` is the caller's, by which it knows the result; None for a calibration."""

    key: K | None
    task: Task


class Schedule(Generic[K]):
    """What is still to be done. A submission waits until its assignment's own solution has been examined.

    Submissions are asked for when there is room for them, so that few of them are in memory at a time.
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
        self.coming = iter(submissions)
        self.ready: deque[tuple[K, Submission]] = deque()
        self.waiting: dict[str, list[tuple[K, Submission]]] = {}

    def take(self) -> Entry[K] | None:
        """What can be done next; None if nothing can be, for now."""
        if self.ready:
            return self._exam(*self.ready.popleft())
        for key, submission in self.coming:
            name = submission.assignment or ""
            if name in self.calibrations:
                return self._exam(key, submission)
            self.waiting.setdefault(name, []).append((key, submission))
            if len(self.waiting[name]) == 1:
                return Entry(None, Task(name, self.limits))
        return None

    def _exam(self, key: K, submission: Submission) -> Entry[K]:
        name = submission.assignment or ""
        return Entry(key, Task(name, self.limits, submission, self.calibrations[name]))

    def settle(self, entry: Entry[K], outcome: Outcome) -> Iterator[tuple[K, ExamResult]]:
        """Take the outcome of a task. Gives the results that are known with it."""
        if isinstance(outcome, ExamResult):
            assert entry.key is not None
            yield entry.key, outcome
            return
        name = entry.task.assignment
        self.calibrations[name] = outcome
        self.on_calibration(name, outcome)
        waiting = self.waiting.pop(name)
        if outcome.failure:
            why = f"the assignment's own solution could not be examined: {outcome.failure}"
            yield from ((key, ungraded(self.assignments[name], why)) for key, _ in waiting)
        else:
            self.ready += waiting

    def failed(self, entry: Entry[K], why: str) -> Outcome:
        """The outcome of a task that nobody could do."""
        if entry.task.submission is None:
            return Calibration(failure=why)
        return ungraded(self.assignments[entry.task.assignment], why)
