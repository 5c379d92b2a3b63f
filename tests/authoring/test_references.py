"""Reference solutions in hidden tests: copied from the exercises, and independent of the student's code."""

from __future__ import annotations

import pytest

from grader.authoring.references import write_references
from grader.authoring.script import Kind, read_script
from grader.core.errors import AuthoringErrors
from tests.conftest import DOUBLING


def check_of(course, name):
    script = read_script(course.solutions / "01_doubling.py")
    return script, next(cell for cell in script.of_kind(Kind.CHECK) if cell.name == name)


def test_a_reference_is_renamed_along_with_all_solutions_that_it_uses(make_course):
    source = write_references(*check_of(make_course(), "quadruple"))
    assert "def reference_double(x):" in source
    assert "return reference_double(reference_double(x))" in source
    assert "BEGIN SOLUTION" not in source


def test_a_students_wrong_helper_does_not_affect_the_reference(make_course):
    source = write_references(*check_of(make_course(), "quadruple"))
    names = {"double": lambda x: 0, "quadruple": lambda x: 4 * x}
    exec(source, names)
    assert names["reference_quadruple"](7) == 28


def test_constants_and_classes_can_be_references(make_course):
    cells = """\
    # %% exercise="machine"
    ### BEGIN SOLUTION
    rate, base = 3, 1

    class Machine:
        def run(self, x):
            return rate * x + base
    ### END SOLUTION

    # %% check="machine" points=9
    ### BEGIN HIDDEN TESTS
    # reference: Machine, rate
    assert Machine().run(2) == reference_Machine().run(2) == 7 and rate == reference_rate
    ### END HIDDEN TESTS
    """
    source = write_references(*check_of(make_course(cells), "machine"))
    exec(source, {"Machine": type("Machine", (), {"run": lambda self, x: 7}), "rate": 3, "base": 0})
    assert source.count("reference_rate, reference_base = 3, 1") == 1


@pytest.mark.parametrize(
    "line, what",
    [
        ("# reference: triple", "no exercise defines `triple`"),
        ("    # reference: double", "outside the hidden tests, or indented"),
    ],
)
def test_an_impossible_reference_is_reported_with_its_line(make_course, line, what):
    course = make_course(DOUBLING.replace("# reference: quadruple", line))
    with pytest.raises(AuthoringErrors, match=what) as caught:
        write_references(*check_of(course, "quadruple"))
    lines = (course.solutions / "01_doubling.py").read_text().splitlines()
    assert caught.value.errors[0].line == lines.index(line) + 1


def test_a_local_variable_with_the_name_of_a_solution_is_reported(make_course):
    shadow = DOUBLING.replace("return double(double(x))", "double = x + x\n    return double + double")
    with pytest.raises(AuthoringErrors, match="local variable `double`"):
        write_references(*check_of(make_course(shadow), "quadruple"))
