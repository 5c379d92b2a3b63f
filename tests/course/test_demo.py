"""`make demo`, held to what it claims: the sample class gets what it earned, and stock nbgrader agrees."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.authoring.course import Course
from grader.authoring.sample import ATTACKERS, SampleSubmission, write_sample
from grader.authoring.script import Kind, read_script
from grader.core.grades import Status
from grader.core.model import Limits
from grader.grading.loop import Batch, grade

Score = tuple[float | None, float, bool]
COURSE = Course(Path(__file__).parent.parent.parent)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[list[SampleSubmission], Path, Batch]:
    """The sample class, graded as `make demo` does."""
    folder = tmp_path_factory.mktemp("demo")
    written = write_sample(COURSE, folder / "submissions")
    batch = grade(COURSE, [folder / "submissions"], folder / "course", Limits(cell_seconds=30))
    return written, folder / "course", batch


def of_kind(demo, kind):
    written, _, batch = demo
    wanted = {(submission.student, submission.assignment) for submission in written if submission.kind == kind}
    found = [notebook for notebook in batch.grades.notebooks if (notebook.student, notebook.assignment) in wanted]
    assert found and len(found) == len(wanted), f"the sample has no submission of the kind {kind!r}, or lost one"
    return found


def test_every_submission_is_in_the_gradebook(demo):
    written, _, batch = demo
    assert batch.strays == ()
    assert {(notebook.student, notebook.assignment) for notebook in batch.grades.notebooks} == {
        (submission.student, submission.assignment) for submission in written
    }


def test_perfect_work_waits_for_nothing_but_the_written_questions(demo):
    for notebook in of_kind(demo, "perfect"):
        assert notebook.score + notebook.waiting == notebook.max_score
        assert notebook.problems == ()


def test_an_empty_notebook_gets_nothing(demo):
    for notebook in of_kind(demo, "empty"):
        assert (notebook.score, notebook.waiting, notebook.status) == (0, 0, Status.GRADED)


def test_work_that_is_partly_right_gets_points_in_part(demo):
    for notebook in of_kind(demo, "partly right"):
        assert 0 < notebook.score < notebook.max_score


@pytest.mark.parametrize("kind", ["colab", "no metadata", "copied cell", "deleted check", "nbformat 3", "moved cell"])
def test_an_honest_notebook_that_was_damaged_on_the_way_gets_its_points(demo, kind):
    for notebook in of_kind(demo, kind):
        assert notebook.score > 0.3 * notebook.max_score
        assert notebook.status is not Status.UNGRADABLE


@pytest.mark.parametrize("kind", ["truncated", "not json", "empty file"])
def test_a_file_that_cannot_be_read_is_told_and_gets_no_score(demo, kind):
    for notebook in of_kind(demo, kind):
        assert notebook.status is Status.UNGRADABLE
        assert notebook.problems


def test_the_attackers_get_the_points_of_the_one_exercise_that_they_have_answered(demo):
    _, _, batch = demo
    got = {notebook.student: notebook.points for notebook in batch.grades.notebooks if notebook.student in ATTACKERS}
    first = read_script(COURSE.lectures()[0]).of_kind(Kind.CHECK)[0]
    assert got == dict.fromkeys(ATTACKERS, first.points)


def test_an_endless_loop_is_stopped_and_told_and_the_rest_counts(demo):
    for notebook in of_kind(demo, "endless loop"):
        assert notebook.score > 0.8 * notebook.points_of("check")
        assert any("was stopped after" in problem.text for problem in notebook.problems)


def test_no_page_shows_hidden_code(demo):
    _, course, _ = demo
    for page in [*(course / "feedback").rglob("*.html"), course / "report.html"]:
        text = page.read_text()
        if page.name == "report.html" or any(student in str(page) for student in ATTACKERS):
            # One of them asks for references by their names, and is told that there are none; the report tells it, too.
            text = re.sub(r"(?:&#39;|')reference_\w+(?:&#39;|')", "", text)
        for secret in ("HIDDEN TESTS", "reference_", "BEGIN SOLUTION", "Mark scheme", "Traceback", "_rng"):
            assert secret not in text, f"{page} shows {secret}"


def test_stock_nbgrader_gives_the_honest_ones_the_same_scores(demo, tmp_path):
    """Every third lecture, since stock takes minutes for all. Solutions and untouched releases `grader validate` proves."""
    written, ours, _ = demo
    assignments = [path.stem for path in COURSE.lectures()[1::3]]
    told = [
        each
        for each in written
        if each.honest and each.kind not in ("perfect", "empty") and each.assignment in assignments
    ]
    assert {submission.assignment for submission in told} == set(assignments)

    def grade_by_stock(assignment: str) -> dict[tuple[str, str, str], Score]:
        folder = tmp_path / assignment  # one for each, so that two can be graded at the same time
        shutil.copytree(ours / "source" / assignment, folder / "source" / assignment)
        (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 120\n")
        for submission in told:
            if submission.assignment == assignment:
                target = folder / "submitted" / submission.student / assignment / f"{assignment}.ipynb"
                target.parent.mkdir(parents=True)
                shutil.copy(submission.path, target)
        tools = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        for command in ("generate_assignment", "autograde"):
            words = [sys.executable, "-m", "nbgrader", command, assignment]
            subprocess.run(words, cwd=folder, check=True, capture_output=True, env=tools)
        return scores_of(folder)

    with ThreadPoolExecutor(2) as pool:
        stock = {key: score for scores in pool.map(grade_by_stock, assignments) for key, score in scores.items()}
    own = scores_of(ours)
    assert len({key[:2] for key in stock}) == len(told)
    assert stock == {key: own[key] for key in stock}


def scores_of(folder: Path) -> dict[tuple[str, str, str], Score]:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {
            (submission.student.id, assignment.name, each.name): (
                each.auto_score,
                each.max_score,
                each.needs_manual_grade,
            )
            for assignment in gradebook.assignments
            for submission in assignment.submissions
            for notebook in submission.notebooks
            for each in notebook.grades
        }
