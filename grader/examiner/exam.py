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
from grader.examiner.verdicts import is_check, judge, max_points
from grader.repair import repair
from grader.results import ExamResult, Limits, Outcome, Problem, Submission, Verdict


def hold_exam(assignment: Assignment, submission: Submission, limits: Limits) -> ExamResult:
    """Examine one submission.

    A submission without a readable notebook gets the empty release in its place, which scores nothing: so it has its
    place in the gradebook, and its student a page that says what was wrong.
    """
    began = time.monotonic()
    if submission.notebook is None:
        notebook = copy.deepcopy(assignment.graded)
        verdicts = [
            Verdict(
                cell.metadata.nbgrader.grade_id, 0.0, max_points(cell), Outcome.NOT_RUN, "Your file could not be read."
            )
            for cell in notebook.cells
            if is_check(cell)
        ]
        return ExamResult(notebook, tuple(verdicts), time.monotonic() - began, ())
    notebook, problems = repair(submission.notebook, assignment.graded)
    lines = execute(notebook, limits, files=assignment.files, skip=idle_demos(notebook, assignment.graded))
    return ExamResult(
        notebook,
        judge(notebook),
        time.monotonic() - began,
        (*problems, *(Problem(line) for line in lines)),
    )
