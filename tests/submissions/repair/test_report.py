"""What was wrong with a submitted notebook is reported in plain sentences; what is no fault is not."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.submissions.repair.samples import (
    ADD,
    answered,
    at_of,
    cell_of,
    nbgrader_of,
    repaired,
)


def test_an_edited_check_is_replaced_by_the_original() -> None:
    submitted = answered()
    cell_of(submitted, "check_add").source = "assert True"
    notebook, told = repaired(submitted)
    assert "HIDDEN" in cell_of(notebook, "check_add").source
    assert told == ["The check 'check_add' had been edited; the original was used."]


def test_line_ends_of_another_system_are_no_edit() -> None:
    submitted = answered()
    for cell in submitted.cells:
        cell.source = cell.source.replace("\n", " \r\n") + "\r\n"
    assert repaired(submitted)[1] == []


def test_a_changed_cell_type_is_changed_back() -> None:
    submitted = answered()
    for grade_id in ("add", "check_times"):
        at = at_of(submitted, grade_id)
        old = submitted.cells[at]
        submitted.cells[at] = new_markdown_cell(old.source, id=old.id, metadata=old.metadata)
    at = at_of(submitted, "why")
    submitted.cells[at] = new_code_cell("It is.", id="why", metadata=submitted.cells[at].metadata)
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "add").source == ADD and cell_of(notebook, "why").source == "It is."
    assert "The solution cell 'add' had been changed from code to markdown; it was changed back." in told
    assert len(told) == 3


def test_nbgrader_cells_that_the_source_does_not_know_become_ordinary() -> None:
    submitted = answered()
    foreign = new_code_cell("1 + 1", metadata=nbgrader_of("extra_credit", 1000, grade=True, locked=True))
    submitted.cells.insert(3, foreign)
    notebook, told = repaired(submitted)
    assert notebook.cells[3].source == "1 + 1"
    assert told == [
        "The assignment has no cell 'extra_credit'; kept as the student's own, without nbgrader's metadata."
    ]
