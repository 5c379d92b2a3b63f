"""A repaired notebook has nbgrader's cells as in the source, the students' answers, and sound ids."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.submissions.repair import repair
from tests.submissions.repair.samples import (
    GRADED,
    KEYED,
    RELEASE,
    answered,
    assert_gradable,
    at_of,
    cell_of,
    nbgrader_of,
    repaired,
    stripped,
)


def test_outputs_and_execution_counts_are_cleared() -> None:
    submitted = answered()
    cell_of(submitted, "add").outputs = [nbformat.v4.new_output("stream", name="stdout", text="hello")]
    cell_of(submitted, "add").execution_count = 7
    cell_of(submitted, "add").metadata["collapsed"] = True
    assert repaired(submitted)[1] == []


@pytest.mark.parametrize("grade_id", ["add", "times", "answer", "why"])
def test_a_deleted_answer_is_put_back_as_the_empty_stub(grade_id: str) -> None:
    submitted = answered()
    del submitted.cells[at_of(submitted, grade_id)]
    graded = copy.deepcopy(GRADED)
    notebook, problems = repair(submitted, graded)
    assert_gradable(notebook)
    assert at_of(notebook, grade_id) == at_of(RELEASE, grade_id)
    assert cell_of(notebook, grade_id).source == cell_of(RELEASE, grade_id).source
    assert [problem.fixed for problem in problems] == [False]
    assert f"'{grade_id}' was missing" in problems[0].text


def test_points_and_flags_of_the_source_win() -> None:
    submitted = answered()
    cell_of(submitted, "check_add").metadata.nbgrader.points = 100
    cell_of(submitted, "check_times").metadata.nbgrader.locked = False
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "check_add").metadata.nbgrader.points == 2
    assert told == [
        "The points of the check 'check_add' had been changed to 100; 2 count.",
        "The nbgrader metadata of the check 'check_times' had been changed; they were restored.",
    ]


def test_a_check_that_calls_itself_a_solution_is_still_the_original() -> None:
    submitted = answered()
    cell = cell_of(submitted, "check_add")
    cell.source, cell.metadata.nbgrader.solution, cell.metadata.nbgrader.grade = "pass", True, False
    repaired(submitted)


def test_the_tags_of_the_source_come_back_with_its_cells() -> None:
    notebook, _ = repaired(stripped(answered()))
    assert [cell.metadata.get("tags") for cell in notebook.cells if "training" in cell.source] == [["demo"]]


def test_the_kernel_of_the_source_wins() -> None:
    submitted = answered()
    submitted.metadata.kernelspec = {"name": "ir", "display_name": "R"}
    _, told = repaired(submitted)
    assert told == ["The notebook asked for the kernel 'ir'; 'python3' is used."]


def test_pictures_that_were_pasted_into_an_answer_stay() -> None:
    submitted = answered()
    cell_of(submitted, "why").attachments = {"a.png": {"image/png": "iVBORw0KGgo="}, "b.png": 7}
    notebook, _ = repaired(submitted)
    assert cell_of(notebook, "why").attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}


def test_an_id_of_the_students_never_takes_that_of_a_graded_cell() -> None:
    submitted = answered()
    del submitted.cells[at_of(submitted, "check_add")]
    submitted.cells.insert(0, new_code_cell("x = 1", id="check-add", metadata=nbgrader_of("mine", solution=True)))
    submitted.cells.append(new_code_cell("y = 1", id="title"))
    notebook, _ = repaired(submitted)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_an_empty_notebook_gets_every_cell_back() -> None:
    notebook, told = repaired(new_notebook())
    assert [cell.metadata.nbgrader.grade_id for cell in notebook.cells] == KEYED
    assert len(told) == len(KEYED)
