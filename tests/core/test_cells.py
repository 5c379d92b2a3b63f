"""What nbgrader's metadata says of a cell, also where an editor or a student has damaged it."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.core.cells import (
    CellKind,
    checks_with_solutions,
    grade_id_of,
    ids_of,
    is_check,
    kind_of,
    max_points_of,
    nbgrader_metadata,
    new_metadata,
    notebook_bytes,
    released_text,
    replace_metadata,
    set_metadata,
    text_of,
    tidied,
)


def code(grade_id: str, text: str = "x = 1", **flags: object) -> NotebookNode:
    return new_code_cell(text, metadata=new_metadata(grade_id, **flags))


KINDS = {
    CellKind.CHECK: code("a", grade=True, locked=True, points=2),
    CellKind.GIVEN: code("a", locked=True),
    CellKind.SOLUTION: code("a", solution=True),
    CellKind.WRITTEN: new_markdown_cell("x", metadata=new_metadata("a", grade=True, solution=True, points=2)),
    CellKind.TASK: new_markdown_cell("x", metadata={"nbgrader": {"grade_id": "a", "task": True, "points": 2}}),
    CellKind.PLAIN: new_code_cell("x = 1"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_cell_is_recognised(kind):
    assert kind_of(KINDS[kind]) is kind
    assert is_check(KINDS[kind]) == (kind is CellKind.CHECK)


def test_a_text_that_is_graded_without_an_answer_is_not_a_check():
    assert not is_check(new_markdown_cell("x", metadata=new_metadata("a", grade=True, points=1)))


@pytest.mark.parametrize("metadata", [None, [], "x", {"nbgrader": None}, {"nbgrader": ["grade"]}, {}])
def test_damaged_metadata_count_as_none(metadata):
    cell = NotebookNode(cell_type="code", source="", metadata=metadata)
    assert nbgrader_metadata(cell) == {}
    assert (grade_id_of(cell), kind_of(cell)) == ("", CellKind.PLAIN)


@pytest.mark.parametrize("known", [{"grade_id": "a"}, {"grade_id": 7, "grade": True}, {"grade": True}])
def test_a_grade_id_needs_a_flag_and_must_be_text(known):
    assert grade_id_of(new_code_cell("", metadata={"nbgrader": known})) == ""


def test_points_are_whole_numbers_where_they_can_be():
    assert new_metadata("a", points=2.0)["nbgrader"]["points"] == 2
    assert isinstance(new_metadata("a", points=2.0)["nbgrader"]["points"], int)
    assert max_points_of(code("a", grade=True, points=1.5)) == 1.5


def test_metadata_are_changed_replaced_and_removed():
    cell = code("a", grade=True, points=1)
    set_metadata(cell, grade_id="b", checksum="c")
    assert (grade_id_of(cell), nbgrader_metadata(cell)["checksum"]) == ("b", "c")
    replace_metadata(cell, {"grade_id": "d", "solution": True})
    assert kind_of(cell) is CellKind.SOLUTION
    replace_metadata(cell, None)
    replace_metadata(cell, None)
    assert kind_of(cell) is CellKind.PLAIN


def test_a_check_belongs_to_the_last_solution_cell_above_it():
    lone, first, written, second = (
        code("lone", grade=True, points=1),
        code("f", solution=True),
        new_markdown_cell("", metadata=new_metadata("w", grade=True, solution=True, points=1)),
        code("g", solution=True),
    )
    checks = [code(name, grade=True, locked=True, points=1) for name in ("f1", "f2", "g1")]
    notebook = new_notebook(cells=[lone, first, checks[0], written, checks[1], second, checks[2]])
    pairs = [(grade_id_of(check), above and grade_id_of(above)) for check, above in checks_with_solutions(notebook)]
    assert pairs == [("lone", None), ("f1", "f"), ("f2", "f"), ("g1", "g")]


def test_hidden_tests_and_mark_schemes_are_not_released():
    text = "a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc\n=== BEGIN MARK SCHEME ===\nd\n=== END MARK SCHEME ===\ne"
    assert released_text(new_code_cell(text)) == "a\nc\ne"
    assert released_text(new_code_cell("a\n### BEGIN HIDDEN TESTS\nb")) == "a", "a region without an end hides the rest"


@pytest.mark.parametrize(("source", "text"), [(["a\n", 3, "b"], "a\nb"), (None, ""), (7, ""), ("a", "a")])
def test_the_text_of_a_cell_is_read_however_it_is_kept(source, text):
    assert text_of(NotebookNode(cell_type="code", source=source)) == text


def test_what_editors_change_by_themselves_is_tidied_away():
    assert tidied("\n\na  \r\n b\t\rc\n\n") == "a\n b\nc"


def test_a_cell_carries_the_id_of_nbformat_and_that_of_colab():
    assert ids_of(NotebookNode(id="own", metadata={"id": "colab"})) == ("own", "colab")
    assert ids_of(NotebookNode(id="", metadata={"id": 7})) == ()


def test_half_a_character_in_an_output_does_not_keep_a_notebook_from_being_written():
    notebook = new_notebook(cells=[new_code_cell("x", id="a")])
    notebook.cells[0].outputs = [NotebookNode(output_type="stream", name="stdout", text="\ud83d")]
    assert notebook_bytes(notebook).endswith(b"\n")
