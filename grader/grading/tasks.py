"""One task of a batch, and how it is done: an exam of a submission, or of an assignment's own solution.

In: a `Task`, which is plain data and can be sent to another machine; the assignment; where exams are held. Out: an
`ExamResult` or a `Calibration`, whatever the submission did.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass

import nbformat

from grader.core.errors import GraderError
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Problem, Submission
from grader.exam.backend import BackendAddress
from grader.exam.calibrate import calibrate
from grader.exam.exam import hold_exam
from grader.kernel.sandbox import ZygoteLost

Outcome = ExamResult | Calibration


@dataclass(frozen=True)
class Task:
    """What is to be examined. Without a ``submission`` it is the assignment's own solution, which has no calibration yet."""

    assignment: str
    limits: Limits
    submission: Submission | None = None
    calibration: Calibration | None = None


def perform(task: Task, assignment: Assignment, backend: BackendAddress) -> Outcome:
    """Do a task. What goes wrong in it is in its outcome, so that the others go on.

    Raises:
        ZygoteLost: the warm process is gone; the task can be done again.
    """
    try:
        if task.submission is None:
            return calibrate(assignment, task.limits, backend)
        return hold_exam(assignment, task.submission, task.limits, backend, task.calibration or Calibration())
    except ZygoteLost:
        raise
    except Exception as error:  # one submission never stops a batch; the report names it
        if backend.zygote is not None and not backend.zygote.answers:
            # Whatever failed, failed because of that.
            raise ZygoteLost("the warm process that kernels are forked from is gone. Run again.") from error
        why = str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
        if task.submission is None:
            return Calibration(failure=why)
        result = ungraded(assignment, f"the grader failed on it: {why}")
        result.log = traceback.format_exc().splitlines()
        return result


def ungraded(assignment: Assignment, why: str) -> ExamResult:
    """The result of a submission that could not be examined. Its log makes the next run try again."""
    return ExamResult(nbformat.from_dict(assignment.with_stubs), (), 0.0, (Problem(why),), log=[why])
