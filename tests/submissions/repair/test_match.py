"""Each submitted cell is recognised, whatever an editor or a student did to its metadata, id and text."""

from __future__ import annotations

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.submissions.repair import repair
from grader.submissions.repair.match import MOST_PARSED_IN_ALL
from grader.submissions.repair.source import names_in
from tests.submissions.repair.samples import (
    ADD,
    GRADED,
    RELEASE,
    TIMES,
    answered,
    assert_gradable,
    at_of,
    cell_of,
    repaired,
    stripped,
)


def test_a_copied_cell_is_repaired_and_reported() -> None:
    submitted = answered()
    at = at_of(submitted, "add")
    first = copy.deepcopy(submitted.cells[at])
    first.source = first.source.replace("a + b", "a - b")
    submitted.cells.insert(at, first)
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "add").source == ADD, "the last one counts, as in nbgrader"
    assert notebook.cells[at_of(notebook, "add") - 1].source == first.source
    assert told == [
        "The solution cell 'add' was there 2 times; the last one counts, the others are kept as ordinary cells."
    ]


@pytest.mark.parametrize("stub_first", [True, False])
def test_of_an_answer_and_a_copy_of_its_stub_the_answer_counts(stub_first: bool) -> None:
    submitted = answered()
    at = at_of(submitted, "add")
    submitted.cells.insert(at if stub_first else at + 1, copy.deepcopy(cell_of(RELEASE, "add")))
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "add").source == ADD
    assert len(notebook.cells) == len(RELEASE.cells), "a stub behind the answer would undo it"
    assert told == ["The solution cell 'add' was there 2 times; the untouched copies were removed."]


def test_a_copied_check_is_graded_once_and_in_its_place() -> None:
    submitted = answered()
    submitted.cells.append(copy.deepcopy(cell_of(submitted, "check_add")))
    notebook, told = repaired(submitted)
    assert at_of(notebook, "check_add") == at_of(RELEASE, "check_add")
    assert "nbgrader" not in notebook.cells[-1].metadata
    assert told == ["The check 'check_add' was there 2 times; the original counts, once."]


def test_without_any_metadata_cells_are_recognised_by_their_ids() -> None:
    notebook, told = repaired(stripped(answered(), ids=False))
    assert [(cell.id, cell.source) for cell in notebook.cells] == [
        (cell.id, cell.source) for cell in repaired(answered())[0].cells
    ]
    assert told == ["The nbgrader metadata of all cells was lost; recognised by cell id."]


def test_without_ids_too_cells_are_recognised_by_text_likeness_and_place() -> None:
    notebook, told = repaired(stripped(answered()))
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in repaired(answered())[0].cells]
    assert "nbgrader metadata of all cells was lost; recognised by text, likeness and place" in told[0]
    assert {"'why'", "'answer'"} == {f"'{text.split(chr(39))[1]}'" for text in told if "place only" in text}


def test_an_answer_is_recognised_by_its_place_though_its_question_is_gone() -> None:
    submitted = stripped(answered())
    submitted.cells = [cell for cell in submitted.cells if not cell.source.startswith("Why is")]
    notebook, _ = repaired(submitted)
    assert cell_of(notebook, "why").source == "It is a neuron."


def test_of_two_cells_where_one_answer_was_neither_is_taken_for_it() -> None:
    submitted = stripped(answered())
    at = [cell.source for cell in submitted.cells].index("It is a neuron.")
    submitted.cells.insert(at, new_markdown_cell("Dear teacher,"))
    notebook, problems = repair(submitted, GRADED)
    assert_gradable(notebook)
    assert cell_of(notebook, "why").source == "YOUR ANSWER HERE"
    assert {"Dear teacher,", "It is a neuron."} <= {cell.source for cell in notebook.cells}
    assert any("'why' was missing" in problem.text and not problem.fixed for problem in problems)


def test_stripped_and_shuffled_exercises_are_still_found() -> None:
    submitted = stripped(answered())
    submitted.cells = submitted.cells[5:8] + submitted.cells[:5] + submitted.cells[8:]
    notebook, _ = repaired(submitted)
    assert cell_of(notebook, "add").source == ADD and cell_of(notebook, "times").source == TIMES


def test_ids_in_colabs_metadata_are_enough() -> None:
    submitted = answered()
    for cell in submitted.cells:
        cell.metadata = NotebookNode(id=cell.pop("id"))
        cell.id = f"x{id(cell)}"
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "add").source == ADD and cell_of(notebook, "why").source == "It is a neuron."
    assert told == ["The nbgrader metadata of all cells was lost; recognised by cell id."]


def test_ids_that_an_editor_numbered_anew_do_not_mislead() -> None:
    submitted = stripped(answered())
    swapped = {"add": "times", "times": "add"}
    for cell, original in zip(submitted.cells, RELEASE.cells, strict=True):
        name = original.id.removeprefix("check-")
        if name in swapped and original.id.startswith("check-"):
            cell.id = f"check-{swapped[name]}"
    notebook, _ = repaired(submitted)
    assert (
        at_of(notebook, "add")
        < at_of(notebook, "check_add")
        < at_of(notebook, "times")
        < at_of(notebook, "check_times")
    )


def test_an_answer_merged_with_its_check_keeps_its_text() -> None:
    submitted = answered()
    at = at_of(submitted, "add")
    submitted.cells[at].source += "\n\n" + submitted.cells.pop(at + 1).source
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "add").source.startswith(ADD)
    assert at_of(notebook, "check_add") == at + 1
    assert told == ["The check 'check_add' was missing; it was restored."]


def test_an_answer_merged_into_its_check_is_parted_from_it() -> None:
    submitted = answered()
    at = at_of(submitted, "add")
    submitted.cells[at + 1].source = ADD + "\n\n" + submitted.cells[at + 1].source
    del submitted.cells[at]
    notebook, told = repaired(submitted)
    assert cell_of(notebook, "add").source.startswith(ADD)
    assert at_of(notebook, "check_add") == at_of(notebook, "add") + 1
    assert "The solution cell 'add' had been merged with a locked cell; its text is kept." in told


@pytest.mark.parametrize("metadata", ["text", 7, [], {}, {"grade_id": ["a"], "grade": True}, {"grade": True}])
def test_nbgrader_metadata_that_make_no_sense_do_no_harm(metadata: object) -> None:
    submitted = answered()
    cell_of(submitted, "add").metadata["nbgrader"] = metadata
    notebook, _ = repaired(submitted)
    assert cell_of(notebook, "add").source == ADD


def test_a_cell_with_the_id_of_a_check_and_the_text_of_another_is_not_taken_for_it() -> None:
    submitted = stripped(answered(), ids=False)
    at = [cell.id for cell in submitted.cells].index("check-add")
    submitted.cells[at].id, submitted.cells[at + 3].id = "check-times", "check-add"
    notebook, told = repaired(submitted)
    assert not any("edited" in text for text in told)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in RELEASE.cells]


def test_a_notebook_of_very_many_cells_does_not_hold_the_others_up(monkeypatch: pytest.MonkeyPatch) -> None:
    submitted = stripped(answered())
    submitted.cells += [new_code_cell("((((" * 200 + str(index)) for index in range(3000)] * 2
    for index, cell in enumerate(submitted.cells):
        cell.id = f"n{index}"
    parsed: list[str] = []
    monkeypatch.setattr("grader.submissions.repair.match.names_in", lambda text: parsed.append(text) or names_in(text))
    notebook, _ = repair(submitted, GRADED)
    assert_gradable(notebook)
    assert sum(map(len, parsed)) <= MOST_PARSED_IN_ALL < sum(len(cell.source) for cell in submitted.cells)
