"""The exam of one submission: points and sentences, whatever was handed in."""

from __future__ import annotations

import copy
from pathlib import PurePath

import pytest
from nbformat.v4 import new_code_cell

from grader.authoring.build import build_assignment
from grader.authoring.script import read_script
from grader.core.model import Calibration, Limits, Outcome, Stopped, StopReason, Submission
from grader.core.record import read_stopped, write_stopped
from grader.exam.calibrate import calibrate
from grader.exam.exam import hold_exam
from tests.exam.conftest import points_of

LIMITS = Limits(cell_seconds=3, notebook_seconds=30)
RIGHT = {"double": "def double(x):\n    return 2 * x", "quadruple": "def quadruple(x):\n    return 4 * x"}


@pytest.fixture
def reference(doubling, backend):
    return calibrate(doubling, LIMITS, backend)


@pytest.fixture
def exam(doubling, backend, reference):
    """Hold the exam of a release with the given answers; `change` may spoil the notebook further."""

    def hold(answers, change=lambda notebook: None, limits=LIMITS):
        notebook = copy.deepcopy(doubling.release)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        change(notebook)
        submission = Submission("Ada", "01_doubling", PurePath("Ada/01_doubling.ipynb"), b"", notebook)
        result = hold_exam(doubling, submission, limits, backend, reference)
        return result, {verdict.grade_id: verdict for verdict in result.verdicts}

    return hold


def test_right_answers_get_full_marks(exam):
    result, verdicts = exam(RIGHT)
    assert points_of(result) == 5
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PASSED}
    assert result.problems == ()


def test_the_untouched_release_gets_nothing_and_is_called_unanswered(exam):
    result, verdicts = exam({})
    assert points_of(result) == 0
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.UNANSWERED}


def test_a_wrong_answer_gets_the_author_s_sentence(exam):
    _, verdicts = exam({**RIGHT, "double": "def double(x):\n    return x"})
    assert verdicts["double_check"].outcome is Outcome.FAILED
    assert verdicts["double_check"].message == "Twice 3 is not 3."


def test_a_hidden_test_judges_too(exam):
    _, verdicts = exam({**RIGHT, "double": "def double(x):\n    return abs(2 * x)"})
    assert verdicts["double_check"].message == "Negative numbers are doubled, too."


def test_a_wrong_helper_costs_its_own_points_only(exam):
    _, verdicts = exam({"double": "def double(x):\n    return x", "quadruple": RIGHT["quadruple"]})
    assert (verdicts["double_check"].points, verdicts["quadruple_check"].points) == (0, 2)


def test_code_that_stops_is_reported_as_its_error(exam):
    _, verdicts = exam({**RIGHT, "double": "def double(x):\n    return x.twice"})
    assert verdicts["double_check"].outcome is Outcome.ERROR
    assert "AttributeError" in verdicts["double_check"].message


def test_a_cell_that_python_cannot_read_is_named_first(exam):
    _, verdicts = exam({**RIGHT, "double": "def double(x)\n    return 2 * x"})
    assert verdicts["double_check"].points == 0
    assert "SyntaxError" in verdicts["double_check"].message


def test_an_endless_loop_costs_its_own_exercise_only(exam):
    result, verdicts = exam({**RIGHT, "double": "def double(x):\n    while True: pass"})
    assert verdicts["double_check"].outcome is Outcome.TIMEOUT
    assert "3 seconds" in verdicts["double_check"].message
    assert verdicts["quadruple_check"].points == 2
    assert any("double_check" in problem.text for problem in result.problems)


def test_a_student_cannot_say_that_a_cell_was_stopped(exam):
    def forge(notebook):
        notebook.cells.insert(1, new_code_cell("def helper(x):\n    return x"))
        for cell in notebook.cells:
            write_stopped(cell, Stopped(StopReason.CELL_TIME, 99))
        assert all(read_stopped(cell) for cell in notebook.cells)

    result, verdicts = exam({**RIGHT, "double": "def double(x):\n    return x"}, forge)
    assert [read_stopped(cell) for cell in result.notebook.cells] == [None] * len(result.notebook.cells)
    assert verdicts["double_check"].outcome is Outcome.FAILED
    slow, verdicts = exam({**RIGHT, "double": "def double(x):\n    while True: pass"}, forge)
    noted = {cell.id: read_stopped(cell) for cell in slow.notebook.cells if read_stopped(cell)}
    assert noted == {"double-check": Stopped(StopReason.CELL_TIME, 3)}
    assert "99" not in verdicts["double_check"].message


def test_an_error_that_is_called_like_a_timeout_gets_no_number(exam):
    answer = "class CellTimeoutError(Exception): pass\nraise CellTimeoutError('stopped after 99 s')"
    result, verdicts = exam({**RIGHT, "double": answer})
    assert verdicts["double_check"].points == 0
    assert "99" not in verdicts["double_check"].message
    assert not any("was stopped" in problem.text for problem in result.problems)


def test_a_kernel_that_dies_costs_what_comes_after(exam):
    _, verdicts = exam({**RIGHT, "quadruple": "import os\nos._exit(0)"})
    assert (verdicts["double_check"].points, verdicts["quadruple_check"].outcome) == (3, Outcome.NOT_RUN)


def test_a_right_answer_that_writes_to_stderr_is_right(exam):
    warns = "import sys\ndef double(x):\n    print('hm', file=sys.stderr)\n    return 2 * x"
    result, _ = exam({**RIGHT, "double": warns})
    assert points_of(result) == 5


def test_a_demo_runs_when_an_answer_uses_it(exam):
    result, _ = exam({**RIGHT, "double": "def double(x):\n    return 2 * x + 0 * drawn"})
    assert points_of(result) == 5


def test_a_copied_cell_is_repaired_and_reported(exam):
    def copy_a_cell(notebook):
        twin = copy.deepcopy(next(cell for cell in notebook.cells if cell.id == "double"))
        twin.id = "twin"
        notebook.cells.insert(5, twin)

    result, _ = exam(RIGHT, copy_a_cell)
    assert points_of(result) == 5
    assert any("double" in problem.text and problem.fixed for problem in result.problems)


def test_an_edited_check_is_put_back(exam):
    def edit(notebook):
        next(cell for cell in notebook.cells if cell.id == "double-check").source = "pass"

    result, _ = exam({}, edit)
    assert points_of(result) == 0


def test_a_student_s_own_cells_run(exam):
    def add(notebook):
        notebook.cells.insert(1, new_code_cell("def helper(x):\n    return x + x"))

    result, _ = exam({**RIGHT, "double": "def double(x):\n    return helper(x)"}, add)
    assert points_of(result) == 5


def test_the_submitted_notebook_is_not_changed(exam, doubling):
    before = copy.deepcopy(doubling.release)
    exam(RIGHT)
    assert doubling.release == before


def test_a_file_that_cannot_be_read_gets_no_verdict(doubling, backend):
    result = hold_exam(
        doubling, Submission("Ada", "01_doubling", PurePath("x"), b"no", None), LIMITS, backend, Calibration()
    )
    assert result.verdicts == ()
    answers = [cell.source for cell in result.notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert all("raise NotImplementedError()" in text or text == "YOUR ANSWER HERE" for text in answers)


def test_a_check_that_is_quoted_in_an_error_is_not_shown(exam):
    peeks = "def double(x):\n    raise Exception(In[-1])"
    _, verdicts = exam({**RIGHT, "double": peeks})
    assert verdicts["double_check"].points == 0
    assert "-10" not in verdicts["double_check"].message and "HIDDEN" not in verdicts["double_check"].message


def test_a_sentence_may_say_what_was_returned_though_the_solution_returns_it_too(backend, make_course):
    cells = """
    # %% exercise="never"
    def never():
        ### BEGIN SOLUTION
        return False
        ### END SOLUTION

    # %% check="never" points=1
    ### BEGIN HIDDEN TESTS
    # reference: never
    assert never() == reference_never(), "You should return False."
    ### END HIDDEN TESTS
    """
    course = make_course(cells, 1)
    assignment = build_assignment(course, read_script(course.lectures()[0]))
    notebook = copy.deepcopy(assignment.release)
    notebook.cells[0].source = "def never():\n    return True"
    submission = Submission("Ada", assignment.name, PurePath("x"), b"", notebook)
    [verdict] = hold_exam(assignment, submission, LIMITS, backend, calibrate(assignment, LIMITS, backend)).verdicts
    assert verdict.message == "You should return False."


PARTLY = """
# %% exercise="half"
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% check="half" points=3
print("Whole numbers are right, odd ones are not.")
### BEGIN HIDDEN TESTS
{value}
### END HIDDEN TESTS
"""


@pytest.mark.parametrize(
    "value, points, message",
    [("1.5", 1.5, "Whole numbers are right, odd ones are not."), ("3", 3, ""), ("7", 0, "impossible number of points")],
)
def test_a_check_may_give_a_part_of_its_points_as_nbgrader_s_do(backend, make_course, value, points, message):
    course = make_course(PARTLY.format(value=value), 3)
    assignment = build_assignment(course, read_script(course.lectures()[0]))
    submission = Submission("Ada", assignment.name, PurePath("x"), b"", copy.deepcopy(assignment.release))
    [verdict] = hold_exam(assignment, submission, LIMITS, backend, Calibration()).verdicts
    assert verdict.points == points
    assert message in verdict.message
