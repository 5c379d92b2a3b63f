"""The verdict of each check.

In: an executed notebook. Out: for each check its points as nbgrader counts them, and a sentence for the student.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Collection
from dataclasses import replace

from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from grader.core.cells import checks_with_solutions, grade_id_of, max_points_of
from grader.core.model import Outcome, Verdict
from grader.exam.messages import message_of


def judge(notebook: NotebookNode, unprotected: Collection[str] | None = None) -> tuple[Verdict, ...]:
    """The verdict of every check of an executed notebook, in order. Points as nbgrader counts them.

    ``unprotected`` are the checks that ran in the student kernel; None means all of them.
    """
    verdicts = []
    for cell, solution in checks_with_solutions(notebook):
        protected = unprotected is not None and grade_id_of(cell) not in unprotected
        verdicts.append(replace(_verdict(cell, solution), protected=protected))
    return tuple(verdicts)


def _verdict(cell: NotebookNode, solution: NotebookNode | None) -> Verdict:
    outcome, message = message_of(cell, solution)
    # Stock nbgrader takes output on stderr for a failure. A warning or a progress bar of the student's code is none.
    judged = copy.deepcopy(cell)
    judged.outputs = [out for out in judged.outputs if out.get("name") != "stderr"]
    try:
        points, most = determine_grade(judged, logging.getLogger("grader"))
    except (KeyError, TypeError, ValueError):  # the value is not a number of points, or is more than the check has
        points, most = 0.0, max_points_of(cell)
        outcome, message = Outcome.ERROR, "The check gave an impossible number of points. Tell your teacher."
    return Verdict(grade_id_of(cell), float(points), float(most), outcome, message)
