"""The sample class: it is the same each time, and contains every kind of submission."""

from __future__ import annotations

import copy

import nbformat
import pytest

from grader.authoring.build import read_course
from grader.authoring.course import Course
from grader.authoring.sample import ATTACKERS, HONEST, MAKERS, STUDENTS, write_sample
from grader.authoring.script import Kind, read_script
from grader.core.model import Limits
from grader.exam.execution import execute
from grader.exam.ownership.demos import demos_of
from grader.exam.verdicts import judge
from grader.grading.loop import grade
from grader.submissions.repair import repair
from tests.kernel.conftest import needs_sandbox


def earned(course: Course) -> float:
    """The points of the first exercise of the first lecture."""
    return read_script(course.lectures()[0]).of_kind(Kind.CHECK)[0].points


def test_the_courses_sample_contains_every_kind_and_enough_students(real_course, tmp_path):
    written = write_sample(real_course, tmp_path)
    assert {submission.kind for submission in written} == set(MAKERS)
    assert len(written) >= 16
    assert {submission.assignment for submission in written} == {path.stem for path in real_course.lectures()}
    assert all(submission.honest == (submission.kind in HONEST) for submission in written)


def test_the_sample_is_the_same_each_time(real_course, tmp_path):
    first, second = (write_sample(real_course, tmp_path / name) for name in ("one", "two"))
    assert [one.path.read_bytes() for one in first] == [two.path.read_bytes() for two in second]


def test_no_submission_contains_a_hidden_test_or_a_mark_scheme(real_course, tmp_path):
    for submission in write_sample(real_course, tmp_path):
        content = submission.path.read_bytes()
        for secret in (b"HIDDEN TESTS", b"Mark scheme", b"reference_", b"BEGIN SOLUTION"):
            assert secret not in content, f"{submission.path} holds {secret!r}"


def test_the_class_has_eighteen_students_and_five_attackers_called_mallory(real_course, tmp_path):
    written = write_sample(real_course, tmp_path)
    assert {submission.student for submission in written} == {*STUDENTS, *ATTACKERS}
    assert (len(STUDENTS), len(ATTACKERS)) == (18, 5)
    attacks = [submission for submission in written if submission.student.startswith("Mallory")]
    assert {(attack.student, attack.kind) for attack in attacks} == set(ATTACKERS.items())
    assert {attack.assignment for attack in attacks} == {real_course.lectures()[0].stem}
    assert not any(attack.honest for attack in attacks)


@pytest.mark.slow
@pytest.mark.parametrize("student", ATTACKERS)
def test_each_attack_scores_if_checks_run_in_the_students_process(real_course, tmp_path, student):
    (attack,) = [submission for submission in write_sample(real_course, tmp_path) if submission.student == student]
    (assignment,) = [each for each in read_course(real_course) if each.name == attack.assignment]
    notebook, _ = repair(nbformat.read(attack.path, as_version=4), assignment.with_stubs)
    without = copy.deepcopy(notebook)
    without.cells = [cell for cell in without.cells if cell.id != "attack"]
    scores = []
    for each in (without, notebook):
        limits = Limits(cell_seconds=20, notebook_seconds=120)
        execute(each, limits, files=assignment.files, skip=demos_of(each))
        scores.append(sum(verdict.points for verdict in judge(each)))
    assert scores[0] == earned(real_course) < scores[1], scores


@needs_sandbox
@pytest.mark.slow
def test_with_two_processes_each_attack_gets_only_what_it_has_earned(real_course, tmp_path):
    attacks = [each for each in write_sample(real_course, tmp_path / "in") if each.student in ATTACKERS]
    batch = grade(real_course, [attack.path.parent for attack in attacks], tmp_path / "out", Limits())
    assert {notebook.student: notebook.points for notebook in batch.grades.notebooks} == dict.fromkeys(
        ATTACKERS, earned(real_course)
    )
