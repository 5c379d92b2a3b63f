"""The exam of an assignment's own solution: what it finds out, and what becomes of a check that cannot be protected."""

from __future__ import annotations

import pytest

from grader.authoring.build import build_assignment
from grader.authoring.script import read_script
from grader.core.model import Calibration, Limits
from grader.exam.calibrate import calibrate
from tests.conftest import DOUBLING

LIMITS = Limits(cell_seconds=10, notebook_seconds=60)


@pytest.fixture
def calibrated(make_course, backend):
    """A function that calibrates the small course's lecture, in which one text is replaced by another."""

    def calibration_of(old: str = "", new: str = "", limits: Limits = LIMITS) -> Calibration:
        assert old in DOUBLING
        course = make_course(DOUBLING.replace(old, new) if old else DOUBLING)
        return calibrate(build_assignment(course, read_script(course.lectures()[0])), limits, backend)

    return calibration_of


def test_a_sound_solution_has_no_problems_and_every_check_is_protected(calibrated):
    found = calibrated()
    assert (found.problems, dict(found.unprotected), found.failure) == ((), {}, "")
    assert found.paths, "the ways in which the checks use the solution's functions"
    assert 0 < found.cell_seconds <= found.seconds


def test_a_check_that_works_in_one_kernel_only_is_unprotected_and_the_reason_is_kept(calibrated):
    found = calibrated("assert double(-5) == -10", "assert double.__code__ and double(-5) == -10")
    assert set(found.unprotected) == {"double_check"}
    assert found.unprotected["double_check"]
    assert found.problems == ()


def test_what_needs_a_name_of_an_unprotected_check_is_found_in_the_next_round(calibrated):
    found = calibrated("assert quadruple(1) != 2", "assert double.__code__ and _got == 6 and quadruple(1) != 2")
    assert set(found.unprotected) >= {"quadruple_check"}
    assert found.problems == ()


def test_a_solution_that_fails_its_check_everywhere_is_a_problem_and_stays_protected(calibrated):
    found = calibrated("double(-5) == -10", "double(-5) == -11")
    assert dict(found.unprotected) == {}
    [problem] = found.problems
    assert problem.startswith("The source's own solution does not get full points for double_check: ")
    assert "Negative numbers are doubled, too." in problem


def test_a_solution_that_takes_too_long_is_a_problem_with_the_limit(calibrated):
    found = calibrated("start = 3", "start = 3\nwhile True: pass", Limits(cell_seconds=1, notebook_seconds=60))
    assert any("was stopped after 1 s" in problem for problem in found.problems)
