"""Demo cells are skipped unless the student's own code needs them."""

from __future__ import annotations

import copy

import pytest

from grader.exam.ownership.demos import idle_demos, names_used


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


@pytest.mark.parametrize(
    "code, names",
    [
        ("x = a + 1", {"a"}),
        ("a += 1", {"a"}),
        ("def f(a):\n    return a + b", {"b"}),
        ("f = lambda a: a + b", {"b"}),
        ("[a for a in b]", {"b"}),
        ("class A:\n    def m(self):\n        return b", {"b"}),
        ("def f():\n    global a\n    return a", {"a"}),
        ("a.b.c = 1", {"a"}),
        ("this is no Python", set()),
    ],
)
def test_the_names_that_a_cell_takes_from_the_notebook(code, names):
    assert names_used(code) - {"a"} >= names - {"a"}
    assert names <= names_used(code)
    assert ("a" in names_used(code)) == ("a" in names)
