"""The listed wrong answers of a lecture, tried in one notebook.

In: a `Script` and the `Assignment` built from it. Out: the source notebook with each wrong answer, and its checks, before the
right one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from nbformat import NotebookNode

from grader.authoring.script import Cell, Kind, Script
from grader.core.cells import grade_id_of, is_answer, is_graded, set_metadata
from grader.core.model import Assignment


def with_wrong_answers(script: Script, assignment: Assignment) -> tuple[NotebookNode, dict[str, Cell]]:
    """The source notebook with each wrong answer, and its checks, before the right one.

    The ids of the checks that belong to a wrong answer read ``TRIAL:GRADE_ID``.
    """
    notebook = copy.deepcopy(assignment.source)
    trials: dict[str, Cell] = {}
    positions = {grade_id_of(cell): n for n, cell in enumerate(notebook.cells)}
    cells: list[NotebookNode] = []
    for position, source_cell in enumerate(notebook.cells):
        grade_id = grade_id_of(source_cell)
        if is_answer(source_cell) and source_cell.cell_type == "code":
            checks = [cell for cell in script.of_kind(Kind.CHECK) if cell.name == grade_id]
            last = max((positions[check.grade_id] for check in checks), default=position)
            own = {check.grade_id for check in checks}
            for wrong in script.of_kind(Kind.WRONG):
                if wrong.name == grade_id:
                    trial = f"trial{len(trials)}"
                    trials[trial] = wrong
                    cells += _trial(trial, wrong, notebook.cells[position : last + 1], own)
        cells.append(source_cell)
    notebook.cells = cells
    return notebook, trials


def _trial(trial: str, wrong: Cell, block: list[NotebookNode], own: set[str]) -> Iterator[NotebookNode]:
    for number, cell in enumerate(block):
        cell = copy.deepcopy(cell)
        cell.id = f"{trial}-{number}"
        if number == 0:
            cell.source = wrong.source
        elif is_graded(cell):
            if grade_id_of(cell) not in own:
                continue
            set_metadata(cell, grade_id=f"{trial}:{grade_id_of(cell)}")
        yield cell
