"""The exam of an assignment's own solution, before that of any submission.

In: an assignment, limits, a backend. Out: a `Calibration`: how proxies may be used, which checks must run in the student
kernel, how long a notebook takes.
"""

from __future__ import annotations

import copy
import time

from grader.core.model import Assignment, Calibration, Limits
from grader.exam.backend import BackendAddress
from grader.exam.exam import NotebookExam
from grader.exam.execution import execute
from grader.exam.ownership.demos import demos_of
from grader.exam.verdicts import judge


def calibrate(assignment: Assignment, limits: Limits, backend: BackendAddress) -> Calibration:
    """Put the assignment's own solution through the exam: which checks work across two processes, and how long it takes.

    Raises:
        GraderError: no exam can be held here.
    """
    unprotected: dict[str, str] = {}
    while True:
        exam = NotebookExam(copy.deepcopy(assignment.source), assignment, limits, backend, None, frozenset(unprotected))
        began = time.monotonic()
        executed, verdicts = exam.hold(demos_of(assignment.source), {**assignment.files, **assignment.students_files})
        seconds = time.monotonic() - began
        failed = {verdict.grade_id: verdict.message for verdict in verdicts if verdict.points < verdict.max_points}
        broken = _passed_in_one_kernel(assignment, limits, backend, set(failed) - set(unprotected)) if failed else set()
        if not broken:
            break
        # A check that runs in the student kernel leaves its names there: what needs them may fail in the next round.
        unprotected |= {grade_id: failed[grade_id] for grade_id in broken}
    failed = {grade_id: message for grade_id, message in failed.items() if grade_id not in unprotected}
    problems = [
        f"The source's own solution does not get full points for {grade_id}: {message}"
        for grade_id, message in failed.items()
    ]
    return Calibration(
        frozenset(exam.seen),
        unprotected,
        (*problems, *executed.lines),
        executed.cell_seconds,
        seconds,
        executed.peak_bytes,
        failed=failed,
    )


def _passed_in_one_kernel(
    assignment: Assignment, limits: Limits, backend: BackendAddress, failed: set[str]
) -> set[str]:
    """Which of the checks that failed in the examiner pass in one kernel, where stock nbgrader would run them."""
    if not failed:
        return set()
    notebook = copy.deepcopy(assignment.source)
    files = {**assignment.files, **assignment.students_files}
    execute(notebook, limits, files=files, skip=demos_of(notebook), backend=backend)
    return {
        verdict.grade_id
        for verdict in judge(notebook)
        if verdict.grade_id in failed and verdict.points == verdict.max_points
    }
