"""The exam of one submission: mend it, run it, judge it.

A pure function of (assignment, submission, limits): it reads no gradebook and writes no file, so it can run in any
process on any machine.
"""

from __future__ import annotations

import copy
import time

from grader.course import Assignment
from grader.examiner.demos import idle_demos
from grader.examiner.execution import execute
from grader.examiner.verdicts import judge
from grader.repair import repair
from grader.results import ExamResult, Limits, Problem, Submission


def hold_exam(assignment: Assignment, submission: Submission, limits: Limits) -> ExamResult:
    """Examine one submission.

    One without a readable notebook gets no verdict. The graded version with nothing answered stands in its place, so that
    the gradebook and its student's page can say what was wrong.
    """
    began = time.monotonic()
    if submission.notebook is None:
        return ExamResult(copy.deepcopy(assignment.graded), (), 0.0)
    notebook, problems = repair(submission.notebook, assignment.graded)
    lines = execute(notebook, limits, files=assignment.files, skip=idle_demos(notebook, assignment.graded))
    return ExamResult(
        notebook,
        judge(notebook),
        time.monotonic() - began,
        (*problems, *(Problem(line) for line in lines)),
    )
