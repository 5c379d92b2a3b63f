"""The verdict of each check of an executed notebook: points as nbgrader counts them, and a sentence for the student."""

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

    ``unprotected`` are the checks that ran in the student kernel; None stands for all of them.
    """
    verdicts = []
    for cell, solution in checks_with_solutions(notebook):
        protected = unprotected is not None and grade_id_of(cell) not in unprotected
        verdicts.append(replace(_verdict(cell, solution), protected=protected))
    return tuple(verdicts)


def _verdict(cell: NotebookNode, solution: NotebookNode | None) -> Verdict:
    outcome, message = message_of(cell, solution)
    # What a student's code writes to stderr (a warning, a progress bar) is no failure, though stock nbgrader takes it for one.
    heard = copy.deepcopy(cell)
    heard.outputs = [out for out in heard.outputs if out.get("name") != "stderr"]
    try:
        points, most = determine_grade(heard, logging.getLogger("grader"))
    except (KeyError, TypeError, ValueError):  # a value that is no number of points, or more than the check has
        points, most = 0.0, max_points_of(cell)
        outcome, message = Outcome.ERROR, "The check gave an impossible number of points. Tell your teacher."
    return Verdict(grade_id_of(cell), float(points), float(most), outcome, message)
