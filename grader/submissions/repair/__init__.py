"""Puts a submitted notebook right, so that it can be graded: match, order, rebuild, report.

In: the notebook as it was handed in, and the source with stubs for solutions and the hidden tests still there (what
nbgrader's SaveCells keeps). Out: a notebook with every nbgrader cell of the source exactly once; what was fixed.
"""

from __future__ import annotations

from nbformat import NotebookNode

from grader.core.model import Problem
from grader.submissions.repair.match import match_cells
from grader.submissions.repair.order import (
    keep_stubs_from_hiding_answers,
    put_in_order,
    restore_missing,
    slots_of,
    with_needs_of_answer,
)
from grader.submissions.repair.rebuild import built, notebook_around
from grader.submissions.repair.report import report_matches, report_move
from grader.submissions.repair.source import SourceDescription, describe

__all__ = ["SourceDescription", "describe", "repair"]


def repair(
    submitted: NotebookNode, source: NotebookNode | SourceDescription
) -> tuple[NotebookNode, tuple[Problem, ...]]:
    """Return a notebook that can be graded, and what was found and fixed on the way.

    ``source`` is the graded version: stubs for solutions, hidden tests still there, checksums computed. It is described once
    in each process and must not change from then on. Neither notebook is changed here.
    """
    described = source if isinstance(source, SourceDescription) else describe(source)
    cells = [cell for cell in submitted.get("cells", []) if isinstance(cell, dict)]
    matches = match_cells(described.cells, cells)
    problems = report_matches(matches)
    order = slots_of(matches)
    needs = [with_needs_of_answer(index, matches) for index in range(len(described.cells))]
    restore_missing(order, matches.lacking(), needs)
    moved = put_in_order(order, needs)
    problems += [Problem(report_move(described.cells[index]), fixed=True) for index in moved if index in matches.found]
    keep_stubs_from_hiding_answers(order, matches)
    notebook, kernel = notebook_around(submitted, described.notebook, built(order, matches))
    return notebook, tuple(kernel + problems)
