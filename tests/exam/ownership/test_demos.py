"""Demo cells are skipped unless the student's own code needs them."""

from __future__ import annotations

import copy

import pytest

from grader.exam.ownership.demos import idle_demos


def position_of_demo(notebook):
    return next(n for n, cell in enumerate(notebook.cells) if "demo" in cell.metadata.get("tags", []))


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def test_an_untouched_demo_is_skipped(doubling):
    assert idle_demos(doubling.release, doubling.with_stubs) == {position_of_demo(doubling.release)}


def test_a_demo_that_the_student_has_changed_runs(doubling):
    notebook = copy.deepcopy(doubling.release)
    notebook.cells[position_of_demo(notebook)].source += "\nmine = 1"
    assert idle_demos(notebook, doubling.with_stubs) == set()


def test_a_demo_runs_when_the_student_s_code_uses_what_it_binds(doubling):
    notebook = copy.deepcopy(doubling.release)
    cell_of(notebook, "double").source = "def double(x):\n    return 2 * x + 0 * drawn"
    assert idle_demos(notebook, doubling.with_stubs) == set()


def test_a_local_variable_of_the_same_name_needs_no_demo(doubling):
    notebook = copy.deepcopy(doubling.release)
    cell_of(notebook, "double").source = "def double(x):\n    drawn = 2 * x\n    return drawn"
    assert idle_demos(notebook, doubling.with_stubs) == {position_of_demo(notebook)}


@pytest.mark.parametrize("code", ["%time y = drawn", "%%time\ny = drawn", "!ls\ny = drawn", "y = drawn\ny?"])
def test_a_magic_does_not_hide_that_a_demo_is_needed(doubling, code):
    notebook = copy.deepcopy(doubling.release)
    cell_of(notebook, "double").source = code
    assert idle_demos(notebook, doubling.with_stubs) == set()


def test_a_demo_may_hold_magics(doubling):
    source = copy.deepcopy(doubling.with_stubs)
    demo = source.cells[position_of_demo(source)]
    demo.source = f"%matplotlib inline\n{demo.source}"
    notebook = copy.deepcopy(source)
    assert idle_demos(notebook, source) == {position_of_demo(notebook)}
    cell_of(notebook, "double").source = "y = drawn"
    assert idle_demos(notebook, source) == set()
