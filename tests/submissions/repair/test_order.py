"""Missing cells come back at their place, and moved ones only where their place broke something."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.submissions.repair.samples import (
    ADD,
    LOCKED,
    RELEASE,
    TIMES,
    answered,
    at_of,
    cell_of,
    repaired,
)


@pytest.mark.parametrize("grade_id", sorted(LOCKED))
def test_a_deleted_locked_cell_is_restored_at_its_place(grade_id: str) -> None:
    submitted = answered()
    del submitted.cells[at_of(submitted, grade_id)]
    notebook, told = repaired(submitted)
    assert at_of(notebook, grade_id) == at_of(RELEASE, grade_id)
    assert len(told) == 1 and f"'{grade_id}' was missing; it was restored" in told[0]


def test_all_checks_of_a_notebook_can_be_restored() -> None:
    submitted = answered()
    submitted.cells = [cell for cell in submitted.cells if "check" not in cell.id]
    notebook, told = repaired(submitted)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in RELEASE.cells]
    assert len(told) == 3


def test_a_restored_check_comes_behind_the_cell_into_which_the_answer_was_split() -> None:
    submitted = answered()
    at = at_of(submitted, "add")
    submitted.cells[at].source = "helper = 1"
    submitted.cells[at + 1] = new_code_cell(ADD)
    notebook, _ = repaired(submitted)
    assert notebook.cells[at + 1].source == ADD
    assert at_of(notebook, "check_add") == at + 2


def test_a_restored_stub_does_not_undo_an_answer_in_another_cell() -> None:
    submitted = answered()
    cell_of(submitted, "add").source = ADD + "\n\n" + TIMES
    del submitted.cells[at_of(submitted, "times")]
    notebook, told = repaired(submitted)
    assert at_of(notebook, "times") < at_of(notebook, "add")
    assert any("'times' was missing" in text for text in told)


def test_a_check_that_was_moved_before_its_exercise_is_put_back_behind_it() -> None:
    submitted = answered()
    check = submitted.cells.pop(at_of(submitted, "check_add"))
    submitted.cells.insert(at_of(submitted, "add"), check)
    notebook, told = repaired(submitted)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in RELEASE.cells]
    assert told == ["The check 'check_add' had been moved; it was put back behind what it checks."]


def test_an_answer_that_was_moved_behind_its_check_is_put_back() -> None:
    submitted = answered()
    submitted.cells.append(submitted.cells.pop(at_of(submitted, "add")))
    notebook, told = repaired(submitted)
    assert at_of(notebook, "add") < at_of(notebook, "check_add")
    assert len(told) == 1 and "solution cell 'add' had been moved" in told[0]


def test_given_code_that_was_moved_to_the_end_is_put_back_before_what_needs_it() -> None:
    submitted = answered()
    submitted.cells.append(submitted.cells.pop(at_of(submitted, "setup")))
    notebook, told = repaired(submitted)
    assert at_of(notebook, "setup") < at_of(notebook, "answer")
    assert len(told) == 1 and "given cell 'setup' had been moved" in told[0]


def test_a_harmless_order_stays_as_the_student_has_it() -> None:
    submitted = answered()
    at = at_of(submitted, "times") - 1
    exercise, submitted.cells[at : at + 3] = submitted.cells[at : at + 3], []
    submitted.cells[2:2] = exercise
    notebook, told = repaired(submitted)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in submitted.cells]
    assert told == []


def test_a_notebook_in_reverse_is_graded_in_the_right_order() -> None:
    submitted = answered()
    submitted.cells.reverse()
    notebook, _ = repaired(submitted)
    for answer in ("add", "times", "answer"):
        assert at_of(notebook, answer) < at_of(notebook, f"check_{answer}")
    assert at_of(notebook, "setup") < at_of(notebook, "answer")


def test_cells_that_the_student_added_stay_beside_their_neighbours() -> None:
    submitted = answered()
    submitted.cells.insert(at_of(submitted, "times"), new_code_cell("def helper():\n    return 1", id="own"))
    submitted.cells.insert(0, new_markdown_cell("My name is Ada."))
    del submitted.cells[at_of(submitted, "check_add")]
    notebook, _ = repaired(submitted)
    assert notebook.cells[0].source == "My name is Ada."
    assert notebook.cells[at_of(notebook, "times") - 1].id == "own"


def test_code_of_another_language_is_repaired_too() -> None:
    notebook, _ = repaired(answered())
    submitted = answered()
    cell_of(submitted, "add").source = "add <- function(a, b) {\n  a + b\n}"
    submitted.cells.insert(0, submitted.cells.pop(at_of(submitted, "check_add")))
    notebook, _ = repaired(submitted)
    assert at_of(notebook, "add") < at_of(notebook, "check_add")
