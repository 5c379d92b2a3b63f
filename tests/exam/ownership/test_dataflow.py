"""Which names are the student's: what solution cells bind, and all that depends on them."""

from __future__ import annotations

import nbformat
import pytest

from grader.authoring.build import read_course
from grader.core.cell_names import Import
from grader.exam.ownership.dataflow import students_names
from grader.exam.ownership.plan import Role


def follow(*cells):
    """The plan of a notebook of (kind, code) cells; the last one is mostly a check."""
    notebook = nbformat.v4.new_notebook()
    for number, (kind, code) in enumerate(cells):
        cell = nbformat.v4.new_code_cell(code, id=f"c{number}")
        if kind in ("solution", "check"):
            cell.metadata.nbgrader = {
                "solution": kind == "solution",
                "grade": kind == "check",
                "grade_id": f"c{number}",
            }
        if kind == "demo":
            cell.metadata.tags = ["demo"]
        notebook.cells.append(cell)
    return students_names(notebook)


def students(*cells):
    """The student's names among all of one letter, after the cells."""
    return follow(*cells, ("check", "\n".join("abcdefghijklmnopqrstuvwxyz"))).cells[-1].students


def is_the_examiner_s(plan, name):
    """Whether the last cell, a check, finds a name where given cells have bound it in the examiner."""
    check = plan.cells[-1]
    return name not in check.students | set(check.imports) | check.checks | check.missing


GIVEN = ("given", "a = [1]\nb = {}\nc = 3")


@pytest.mark.parametrize(
    ("solution", "theirs"),
    [
        ("x = 1", {"x"}),
        ("def f(): pass\nclass g: pass", {"f", "g"}),
        ("c += 1", {"c"}),
        ("del c", {"c"}),
        ("a[0] = 2", {"a"}),
        ("b.x = 2", {"b"}),
        ("a.append(1)", {"a"}),
        ("d = a.copy()", {"d"}),
        ("d = [i for i in a]", {"d"}),
        ("for i in a: j = i", {"i", "j"}),
        ("def f():\n    global n, c\n    n = 1\n    c = 2\nf()", {"f", "n", "c"}),
        ("def f():\n    a.append(1)", {"f", "a"}),
        ("with open('x') as h: pass", {"h"}),
        ("if (w := 3): pass", {"w"}),
        ("match c:\n    case [p, *q]: pass", {"p", "q"}),
        ("if c:\n    x = 1", {"x"}),
        ("%time x = a", {"x"}),
    ],
)
def test_what_a_solution_binds_or_changes_is_the_student_s(solution, theirs):
    assert students(GIVEN, ("solution", solution)) == theirs


def test_a_given_cell_that_uses_a_student_s_name_runs_with_the_student_only():
    plan = follow(GIVEN, ("solution", "x = 1"), ("given", "y = x + c"), ("given", "z = y"), ("check", "y, z, c"))
    assert [cell.role for cell in plan.cells] == [Role.BOTH, Role.STUDENT, Role.STUDENT, Role.STUDENT, Role.CHECK]
    assert plan.cells[-1].students == {"y", "z"}
    assert is_the_examiner_s(plan, "c")


def test_a_student_s_name_is_found_at_any_depth_of_a_given_function():
    plan = follow(("solution", "def f(): pass"), ("given", "def g():\n    def h():\n        return f()\n    return h"))
    assert plan.cells[-1].role is Role.STUDENT


def test_a_function_given_before_stays_the_examiner_s_and_gets_the_student_s_names():
    plan = follow(("given", "def g(): return f(1)"), ("solution", "def f(x): return x"), ("check", "g()"))
    assert plan.cells[0].role is Role.BOTH
    assert plan.cells[-1].students == {"f"}
    assert is_the_examiner_s(plan, "g")


def test_a_given_cell_that_calls_such_a_function_runs_with_the_student():
    plan = follow(("given", "def g(): return f(1)"), ("solution", "def f(x): return x"), ("given", "y = g()"))
    assert plan.cells[-1].role is Role.STUDENT


def test_a_name_bound_anew_from_given_values_is_the_examiner_s_again():
    plan = follow(GIVEN, ("solution", "x = 1"), ("given", "x = c\nprint(x)"), ("check", "x"))
    assert plan.cells[2].role is Role.BOTH
    assert plan.cells[-1].students == set()
    assert is_the_examiner_s(plan, "x")


def test_a_name_bound_anew_on_one_way_only_stays_the_student_s():
    plan = follow(GIVEN, ("solution", "x = 1"), ("given", "if c > 5:\n    x = c"), ("check", "x"))
    assert plan.cells[-1].students == {"x"}


def test_a_given_function_that_changes_a_global_makes_it_the_student_s_when_a_solution_calls_it():
    given = ("given", "n = 0\ndef tick():\n    global n\n    n += 1")
    assert follow(given, ("solution", "tick()"), ("check", "n")).cells[-1].students == {"n"}
    assert follow(given, ("solution", "x = 1"), ("check", "n")).cells[-1].students == set()


def test_using_a_module_does_not_make_it_the_student_s():
    plan = follow(
        ("given", "import numpy as np\nfrom random import Random"),
        ("solution", "np.random.seed(0)\nRandom.seed\nx = np.zeros(3)"),
        ("check", "np.isclose(x, 0)"),
    )
    assert plan.cells[-1].students == {"x"}
    assert is_the_examiner_s(plan, "np")


def test_what_a_solution_imports_is_imported_by_the_examiner_itself():
    plan = follow(("solution", "import numpy as np\nfrom math import sqrt"), ("check", "np.isclose(sqrt(4), 2)"))
    assert plan.cells[-1].students == set()
    assert plan.cells[-1].imports == {"np": Import("numpy"), "sqrt": Import("math", "sqrt")}


def test_an_import_repeated_by_a_solution_stays_the_examiner_s():
    plan = follow(("given", "import numpy as np"), ("solution", "import numpy as np"), ("check", "np.pi"))
    assert plan.cells[-1].imports == {} and is_the_examiner_s(plan, "np")


def test_a_name_imported_and_then_bound_by_a_solution_is_the_student_s():
    plan = follow(("solution", "from math import sqrt"), ("solution", "def sqrt(x): return x"), ("check", "sqrt(4)"))
    assert plan.cells[-1].students == {"sqrt"}


def test_import_star_of_a_known_module_is_resolved():
    plan = follow(("solution", "from math import *"), ("check", "sqrt(4)"))
    assert plan.cells[-1].imports == {"sqrt": Import("math", "sqrt")}
    assert plan.cells[-1].missing == set()


def test_import_star_of_an_unknown_module_makes_unknown_names_the_student_s():
    plan = follow(("solution", "from no_such_module import *"), ("check", "strange(len('x'))"))
    assert plan.cells[-1].students == {"strange"}
    assert [(warning.cell_id, "no_such_module" in warning.message) for warning in plan.warnings] == [("c0", True)]


def test_names_of_checks_live_on_in_the_examiner():
    plan = follow(
        ("solution", "def f(): pass"),
        ("check", "_want = 3\ndef _run(): return f()"),
        ("check", "assert _run() == _want"),
    )
    assert plan.cells[-1].checks == {"_run", "_want"}
    assert plan.cells[-1].students == {"f"}


def test_the_author_is_warned_of_a_given_cell_that_needs_a_check_s_name():
    plan = follow(("solution", "x = 1"), ("check", "result = x"), ("given", "print(result)"))
    (warning,) = plan.warnings
    assert warning.cell_id == "c2" and "uses `result`, which only a check binds" in warning.message


def test_a_name_that_nothing_binds_is_missing_and_builtins_are_not():
    plan = follow(("given", "a = 1"), ("check", "len(a) + nothing"))
    assert plan.cells[-1].missing == {"nothing"}


def test_demos_and_prose_take_no_part():
    plan = follow(("demo", "x = 1"), ("check", "x"))
    assert plan.cells[0].role is Role.DEMO
    assert plan.cells[-1].missing == {"x"}


def test_a_manually_graded_code_cell_is_the_student_s():
    plan = follow(("solution", "x = 1"), ("check", "x"))
    cell = nbformat.v4.new_code_cell("y = 1", id="m", metadata={"nbgrader": {"solution": True, "grade": True}})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    assert students_names(notebook).cells[0].role is Role.STUDENT
    assert plan.of("not in the source").role is Role.STUDENT


def test_a_given_cell_that_python_cannot_read_is_left_to_the_student():
    plan = follow(("given", "def f(:"))
    assert plan.cells[0].role is Role.STUDENT
    assert [(warning.cell_id, "cannot read" in warning.message) for warning in plan.warnings] == [("c0", True)]


@pytest.mark.parametrize("name", ["03_neuron", "09_softmax", "10_mnist"])
def test_the_lectures_have_plain_plans(real_course, name):
    """Every check of our own finds its names, and no given cell depends on a student's name."""
    (assignment,) = (a for a in read_course(real_course) if a.name == name)
    plan = students_names(assignment.source)
    assert plan.warnings == ()
    for cell in plan.cells:
        if cell.role is Role.CHECK:
            assert cell.students and not cell.missing and not cell.imports
            assert "np" not in cell.students
