"""Every lecture in the exam: all checks are protected, solutions pass, listed wrong answers fail with their sentence."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.authoring.validate import with_wrong_answers
from grader.core.model import Limits
from grader.exam.backend import Backend, modules_of
from grader.exam.calibrate import calibrate
from grader.exam.exam import examine
from grader.kernel.sandbox import SandboxKind
from tests.conftest import two_at_a_time
from tests.kernel.conftest import needs_sandbox

COURSE = Course(Path(__file__).parents[2])
LIMITS = Limits(cell_seconds=300, notebook_seconds=1800)


def faults_in_two_processes(name: str) -> list[str]:
    """What an exam of the lecture's solution, and of each listed wrong answer before it, shows to be wrong."""
    script = read_script(COURSE.solutions / f"{name}.py")
    assignment = build_assignment(COURSE, script)
    tried, trials = with_wrong_answers(script, assignment)
    with Backend(SandboxKind.BUBBLEWRAP, modules_of([assignment.source])) as opened:
        reference = calibrate(assignment, LIMITS, opened.address)
        trial_assignment = replace(assignment, source=tried, with_stubs=tried)
        result = examine(copy.deepcopy(tried), trial_assignment, LIMITS, opened.address, reference)
    faults = [f"not protected: {check}: {why}" for check, why in reference.unprotected.items()]
    faults += map(str, reference.problems)

    messages: dict[str, list[str]] = {}
    for verdict in result.verdicts:
        trial, _, check = verdict.grade_id.rpartition(":")
        if not trial and verdict.points != verdict.max_points:
            faults.append(f"the solution does not pass: {verdict}")
        messages.setdefault(trial or check, []).append(verdict.message)
    for trial, wrong in trials.items():
        if not any(wrong.says.lower() in text.lower() for text in messages[trial]):
            faults.append(f"line {wrong.line}: no message says {wrong.says!r}; they say {messages[trial]}")
    return faults if trials else ["no wrong answer was tried"]


@pytest.fixture(scope="module")
def faults(request):
    with two_at_a_time(request, faults_in_two_processes) as started:
        yield started


@needs_sandbox
@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in COURSE.lectures()])
def test_a_lecture_holds_in_two_processes(name, faults):
    assert faults[name].result() == []
