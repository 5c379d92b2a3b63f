"""A submitted notebook is repaired before it is graded, whatever happened to it on the way."""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    DeduplicateIds,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)
from nbgrader.utils import determine_grade

from grader.submissions.repair import describe, repair
from grader.submissions.repair.source import _describe
from tests.submissions.repair.samples import (
    GRADED,
    KERNEL,
    KEYED,
    RELEASE,
    answered,
    assert_gradable,
    at_of,
    cell_of,
    nbgrader_of,
    repaired,
    run,
)

_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "copy", "move", "edit", "swap", "strip", "retype", "merge", "rename", "add"]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=12,
)


def _vandalise(notebook: NotebookNode, edit: str, a: int, b: int) -> None:
    """One thing that a student or an editor may do to a notebook."""
    cells = notebook.cells
    if not cells:
        return
    a, b = a % len(cells), b % len(cells)
    if edit == "delete":
        del cells[a]
    elif edit == "copy":
        cells.insert(b, copy.deepcopy(cells[a]))
    elif edit == "move":
        cells.insert(b, cells.pop(a))
    elif edit == "edit":
        cells[a].source += "\nadd = times = None"
    elif edit == "swap":
        cells[a].source, cells[b].source = cells[b].source, cells[a].source
    elif edit == "strip":
        cells[a].metadata = NotebookNode()
        cells[a].id = f"stripped-{a}-{b}"
    elif edit == "retype":
        made = new_markdown_cell if cells[a].cell_type == "code" else new_code_cell
        cells[a] = made(cells[a].source, id=cells[a].id, metadata=cells[a].metadata)
    elif edit == "merge" and a + 1 < len(cells):
        cells[a].source += "\n" + cells.pop(a + 1).source
    elif edit == "rename" and "nbgrader" in cells[a].metadata:
        cells[a].metadata.nbgrader.grade_id = KEYED[b % len(KEYED)]
    elif edit == "add":
        cells.insert(a, new_code_cell("def add(a, b):\n    return 5"))


def test_an_honest_notebook_is_repaired_to_exactly_what_nbgrader_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls alembic
    url = f"sqlite:///{tmp_path}/gradebook.db"
    resources: dict[str, object] = {"nbgrader": {"notebook": "sums", "assignment": "sums", "db_url": url}}
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("sums")
    run(GRADED, SaveCells, resources=resources)
    stock = run(
        answered(), ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata,
        resources=resources,
    )  # fmt: skip
    notebook, told = repaired(answered())
    assert told == []
    assert notebook.cells == stock.cells
    assert notebook.metadata.kernelspec == stock.metadata.kernelspec


def test_an_untouched_release_keeps_the_checksums_by_which_nbgrader_sees_that_nothing_was_answered() -> None:
    notebook, told = repaired(RELEASE)
    assert told == []
    assert determine_grade(cell_of(notebook, "why")) == (0, 4)
    after, _ = repaired(answered())
    assert determine_grade(cell_of(after, "why")) == (None, 4)


def test_other_courses_with_tasks_and_unlocked_given_cells() -> None:
    task = new_markdown_cell("Draw a neuron.", metadata=nbgrader_of("draw", 5, task=True, locked=True))
    source = new_notebook(
        cells=[new_code_cell("x = 1"), task, new_markdown_cell("Below.")], metadata={"kernelspec": KERNEL}
    )
    graded = run(source, LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
    submitted = copy.deepcopy(graded)
    submitted.cells[0].source = "x = 2"
    submitted.cells[1].source = "Done."
    submitted.cells.insert(2, new_markdown_cell("My drawing."))
    notebook, problems = repair(submitted, graded)
    MetadataValidator().validate_nb(notebook)
    assert [cell.source for cell in notebook.cells] == ["x = 2", "Draw a neuron.", "My drawing.", "Below."]
    assert [problem.text for problem in problems] == ["The task cell 'draw' had been edited; the original was used."]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=_EDITS)
def test_whatever_is_done_to_a_release_no_check_is_lost(edits: list[tuple[str, int, int]]) -> None:
    submitted = answered()
    for edit in edits:
        _vandalise(submitted, *edit)
    notebook, _ = repaired(submitted)
    for answer in ("add", "times"):
        assert at_of(notebook, answer) < at_of(notebook, f"check_{answer}")
    again, _ = repair(notebook, GRADED)
    assert_gradable(again)
    assert {cell.source for cell in again.cells} == {cell.source for cell in notebook.cells}


def test_a_source_is_described_once_for_all_submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    described: list[NotebookNode] = []
    monkeypatch.setattr(
        "grader.submissions.repair.source._describe", lambda cell: described.append(cell) or _describe(cell)
    )
    source = copy.deepcopy(GRADED)
    first = repair(answered(), source)
    assert described == source.cells
    assert repair(answered(), source) == first == repair(answered(), describe(source))
    assert len(described) == len(source.cells)
