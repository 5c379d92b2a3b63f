"""A whole batch: from files to gradebook, pages and CSV; nothing lost, nothing stopped, the same scores as nbgrader."""

from __future__ import annotations

import contextlib
import copy
import csv
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from typer.testing import CliRunner

from grader.cli.main import app
from grader.core.cells import notebook_bytes
from grader.core.errors import GraderError, IntakeError
from grader.core.model import ExamResult, Limits, Problem
from grader.exam.backend import Backend
from grader.gradebook.folder import CourseFolder
from grader.grading.executor import LocalPool
from grader.grading.loop import grade, write_pages
from grader.kernel.sandbox import SandboxKind
from tests.conftest import DOUBLING

LIMITS = Limits(cell_seconds=3, notebook_seconds=30)
NAME = "01_doubling"
RIGHT = {"double": "def double(x):\n    return 2 * x", "quadruple": "def quadruple(x):\n    return 4 * x"}
HALF = {"double": "def double(x):\n    return 2 * x", "quadruple": "def quadruple(x):\n    return double(x)"}
ANSWER = {**RIGHT, "why": "Because 2 · 2 = 4."}


@pytest.fixture(scope="module")
def warm():
    with Backend(SandboxKind.BUBBLEWRAP) as opened:
        yield opened


@pytest.fixture(autouse=True)
def one_warm_process_for_all_tests(request, monkeypatch):
    """Each run would start its own: a second or two for each of many runs here."""

    def open_backend(sandbox, modules=(), data=None):
        if sandbox is not SandboxKind.BUBBLEWRAP:
            return Backend(sandbox, modules, data)
        return contextlib.nullcontext(request.getfixturevalue("warm"))

    monkeypatch.setattr("grader.grading.executor.Backend", open_backend)


def solved(assignment, answers):
    notebook = copy.deepcopy(assignment.release)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return notebook_bytes(notebook)


@pytest.fixture
def course(make_course):
    return make_course()


@pytest.fixture
def submitted(tmp_path, doubling):
    """A folder of submissions: ``submitted(Ada=b"…")`` writes one for each student."""

    def write(**contents):
        for student, content in contents.items():
            path = tmp_path / "in" / student / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return tmp_path / "in"

    return write


def rows_of(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_a_class_is_graded_into_a_course_folder(course, doubling, submitted, tmp_path):
    folder = submitted(Ada=solved(doubling, ANSWER), Ben=solved(doubling, HALF), Chen=solved(doubling, {}))
    batch = grade(course, [folder], tmp_path / "out", LIMITS)
    assert (batch.graded, batch.kept, batch.strays) == (3, 0, ())
    rows = rows_of(tmp_path / "out")
    assert [rows[student]["score"] for student in ("Ada", "Ben", "Chen")] == ["5", "3", "0"]
    assert rows["Ada"]["waiting_points"] == "4"
    for made in ("source", "release"):
        assert (tmp_path / "out" / made / NAME / f"{NAME}.ipynb").is_file()
    for made in ("submitted", "autograded"):
        assert (tmp_path / "out" / made / "Ada" / NAME / f"{NAME}.ipynb").is_file()
    assert "course_id" in (tmp_path / "out" / "nbgrader_config.py").read_text()
    assert (tmp_path / "out" / "report.html").read_text().count("Ada") >= 1


def test_feedback_shows_points_and_sentences_and_nothing_hidden(course, doubling, submitted, tmp_path):
    grade(course, [submitted(Ben=solved(doubling, HALF))], tmp_path / "out", LIMITS)
    page = (tmp_path / "out" / "feedback" / "Ben" / NAME / f"{NAME}.html").read_text()
    assert "Exercise 2: four times" in page
    assert "That has been doubled once only." in page
    for secret in ("reference_quadruple", "-10", "HIDDEN", "Traceback", "multiplies"):
        assert secret not in page


def test_a_written_question_that_nobody_answered_is_called_so(course, doubling, submitted, tmp_path):
    grade(course, [submitted(Ben=solved(doubling, HALF))], tmp_path / "out", LIMITS)
    page = (tmp_path / "out" / "feedback" / "Ben" / NAME / f"{NAME}.html").read_text()
    assert "YOUR ANSWER HERE" not in page
    assert "This exercise has not been answered yet." in page
    assert rows_of(tmp_path / "out")["Ben"]["waiting_points"] == "0"


@pytest.mark.slow
def test_stock_nbgrader_gives_the_same_scores(course, doubling, submitted, tmp_path):
    answers = {
        "Ada": ANSWER,
        "Ben": HALF,
        "Chen": {},
        "Dora": {"double": "def double(x)\n    return 2 * x"},
        "Eve": {**RIGHT, "quadruple": "raise KeyError('no')"},
    }
    folder = submitted(**{student: solved(doubling, answer) for student, answer in answers.items()})
    grade(course, [folder], tmp_path / "ours", LIMITS)
    stock = tmp_path / "stock"
    shutil.copytree(tmp_path / "ours" / "source", stock / "source")
    shutil.copytree(tmp_path / "ours" / "submitted", stock / "submitted")
    shutil.copy(tmp_path / "ours" / "nbgrader_config.py", stock)
    for command in ("generate_assignment", "autograde"):
        nbgrader(stock, command, NAME)
    assert scores_of(stock) == scores_of(tmp_path / "ours")


def nbgrader(folder, *words):
    tools = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=tools)


def scores_of(folder: Path) -> dict[tuple[str, str], tuple[float | None, float, bool]]:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.max_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions(NAME)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.mark.slow
def test_nbgrader_s_own_commands_work_in_the_folder(course, doubling, submitted, tmp_path):
    out = tmp_path / "out"
    grade(course, [submitted(Ada=solved(doubling, ANSWER), Ben=solved(doubling, HALF))], out, LIMITS)
    before = scores_of(out)
    nbgrader(out, "export")
    assert rows_of(out)["Ada"]["score"] == "5"  # our own table is still there
    with (out / "nbgrader_grades.csv").open(newline="") as file:
        exported = {row["student_id"]: row for row in csv.DictReader(file)}
    assert [exported[student]["score"] for student in ("Ada", "Ben")] == ["5.0", "3.0"]
    nbgrader(out, "autograde", NAME, "--force")
    assert scores_of(out) == before
    nbgrader(out, "generate_feedback", NAME, "--force")


def test_broken_files_never_stop_a_batch(course, doubling, submitted, tmp_path):
    right = solved(doubling, RIGHT)
    folder = submitted(Ada=right, Ben=right[:500], Chen=b"", Dora=b"<html>", Eve=b'{"cells": 3}')
    grade(course, [folder], tmp_path / "out", LIMITS)
    rows = rows_of(tmp_path / "out")
    assert rows["Ada"]["score"] == "5"
    for student in ("Ben", "Chen", "Dora", "Eve"):
        assert rows[student]["status"] == "could not be graded"
        assert rows[student]["score"] == ""
        assert rows[student]["problems"]
        assert (tmp_path / "out" / "feedback" / student / NAME / f"{NAME}.html").is_file()


def test_a_submission_that_kills_its_kernel_or_loops_never_stops_a_batch(course, doubling, submitted, tmp_path):
    folder = submitted(
        Ada=solved(doubling, RIGHT),
        Ben=solved(doubling, {**RIGHT, "quadruple": "import os\nos._exit(9)"}),
        Chen=solved(doubling, {**RIGHT, "quadruple": "while True: pass"}),
    )
    grade(course, [folder], tmp_path / "out", LIMITS)
    rows = rows_of(tmp_path / "out")
    assert [rows[student]["score"] for student in ("Ada", "Ben", "Chen")] == ["5", "3", "3"]
    assert "the kernel died" in rows["Ben"]["problems"]
    assert "was stopped after 3 s" in rows["Chen"]["problems"]


KILL_THE_PARENT = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", [SandboxKind.SPAWN, SandboxKind.NONE])  # without sandbox a parent can be reached
def test_a_worker_or_zygote_that_dies_costs_only_its_own_submission(course, doubling, submitted, tmp_path, sandbox):
    right = solved(doubling, RIGHT)
    folder = submitted(Ada=right, Ben=solved(doubling, {"double": KILL_THE_PARENT}), Chen=right, Dora=right)
    grade(course, [folder], tmp_path / "out", LIMITS, workers=2, sandbox=sandbox)
    rows = rows_of(tmp_path / "out")
    assert [rows[student]["score"] for student in ("Ada", "Chen", "Dora")] == ["5", "5", "5"]
    assert rows["Ben"]["score"] in ("", "0")
    if (
        sandbox is SandboxKind.SPAWN
    ):  # a kernel without sandbox survives its zygote, and may be done before that is noticed
        assert rows["Ben"]["status"] == "could not be graded"
        assert "the process that examined it died" in rows["Ben"]["problems"]


def test_what_is_graded_is_kept_when_a_run_is_broken_off(course, doubling, submitted, tmp_path, monkeypatch):
    right = solved(doubling, RIGHT)
    folder = submitted(Ada=right, Ben=right, Chen=right)

    hold_exams = LocalPool.hold_exams

    def broken_off(*words):
        results = hold_exams(*words)
        yield next(results)
        results.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalPool, "hold_exams", broken_off)
    with pytest.raises(KeyboardInterrupt):
        grade(course, [folder], tmp_path / "out", LIMITS, workers=1)
    monkeypatch.undo()
    batch = grade(course, [folder], tmp_path / "out", LIMITS, workers=1)
    assert (batch.graded, batch.kept) == (2, 1)
    assert {row["score"] for row in rows_of(tmp_path / "out").values()} == {"5"}


def test_only_what_has_changed_is_graded_again(course, doubling, submitted, tmp_path):
    out = tmp_path / "out"
    folder = submitted(Ada=solved(doubling, HALF), Ben=solved(doubling, RIGHT))
    grade(course, [folder], out, LIMITS)
    submitted(Ada=solved(doubling, RIGHT))
    batch = grade(course, [folder], out, LIMITS)
    assert (batch.graded, batch.kept) == (1, 1)
    assert rows_of(out)["Ada"]["score"] == "5"
    assert grade(course, [folder], out, LIMITS, force=True).graded == 2


def test_a_mended_check_grades_everybody_again(make_course, doubling, submitted, tmp_path):
    folder = submitted(Ada=solved(doubling, HALF))
    grade(make_course(), [folder], tmp_path / "out", LIMITS)
    milder = DOUBLING.replace("assert quadruple(1) != 2", "assert quadruple(1)").replace(
        "quadruple(7) ==", "quadruple(7) !="
    )
    batch = grade(make_course(milder), [folder], tmp_path / "out", LIMITS)
    assert batch.graded == 1
    assert rows_of(tmp_path / "out")["Ada"]["score"] == "5"


def test_cells_added_after_grading_ask_for_a_new_folder(make_course, doubling, submitted, tmp_path):
    folder = submitted(Ada=solved(doubling, RIGHT))
    grade(make_course(), [folder], tmp_path / "out", LIMITS)
    more = DOUBLING + '\n# %% check="double" part="more" points=1\nassert double(9) == 18\n'
    with pytest.raises(GraderError, match="Grade into a new folder"):
        grade(make_course(more, 10), [folder], tmp_path / "out", LIMITS)
    assert rows_of(tmp_path / "out")["Ada"]["score"] == "5"


def test_points_and_comments_given_by_hand_reach_the_student_and_stay(course, doubling, submitted, tmp_path):
    out, folder = tmp_path / "out", submitted(Ada=solved(doubling, ANSWER))
    grade(course, [folder], out, LIMITS)
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        given = gradebook.find_grade("why", NAME, NAME, "Ada")
        given.manual_score, given.needs_manual_grade = 3.5, False
        gradebook.find_comment("why", NAME, NAME, "Ada").manual_comment = "Say also what twice means."
        gradebook.db.commit()
    with CourseFolder.existing(out) as opened:
        assert write_pages(opened).course == course.name
    page = (out / "feedback" / "Ada" / NAME / f"{NAME}.html").read_text()
    assert "Say also what twice means." in page
    assert rows_of(out)["Ada"] | {"score": "8.5", "waiting_points": "0", "status": "graded"} == rows_of(out)["Ada"]
    grade(course, [folder], out, LIMITS, force=True)
    assert rows_of(out)["Ada"]["score"] == "8.5"


def test_a_zip_and_single_notebooks_are_graded_too(course, doubling, submitted, tmp_path):
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(f"submissions/Ada/{NAME}.ipynb", solved(doubling, RIGHT))
    single = tmp_path / f"{NAME}_Ben.ipynb"
    single.write_bytes(solved(doubling, HALF))
    grade(course, [archive, single], tmp_path / "out", LIMITS)
    rows = rows_of(tmp_path / "out")
    assert (rows["Ada"]["score"], rows["Ben"]["score"]) == ("5", "3")


def test_a_path_that_is_not_there_is_told_before_anything_is_written(course, tmp_path):
    with pytest.raises(IntakeError, match="nowhere"):
        grade(course, [tmp_path / "nowhere"], tmp_path / "out", LIMITS)
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_told(course, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(IntakeError, match="Name the folder that holds the submissions"):
        grade(course, [tmp_path / "empty"], tmp_path / "out", LIMITS)


def test_a_notebook_that_fits_no_assignment_is_told_and_the_rest_is_graded(course, doubling, submitted, tmp_path):
    folder = submitted(Ada=solved(doubling, RIGHT))
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("my_diary = 'Monday: rain'")])
    (folder / "Ben").mkdir()
    nbformat.write(other, folder / "Ben" / "diary.ipynb")
    batch = grade(course, [folder], tmp_path / "out", LIMITS)
    assert rows_of(tmp_path / "out")["Ada"]["score"] == "5"
    assert [stray.path.name for stray in batch.strays] == ["diary.ipynb"]
    assert "Ben" in batch.strays[0].text


def test_what_a_student_writes_cannot_steer_the_terminal(course, doubling, submitted, tmp_path):
    folder = submitted(Ada=solved(doubling, RIGHT))
    (folder / "B\x1b[31m[bold]n").mkdir()
    (folder / "B\x1b[31m[bold]n" / f"{NAME}.ipynb").write_bytes(b"")
    words = ["grade", str(folder), "--out", str(tmp_path / "out"), "--course", str(course.root)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "\x1b[31m" not in result.output and "not graded" in result.output


def test_the_command_shows_a_table_and_where_things_are(course, doubling, submitted, tmp_path):
    folder = submitted(Ada=solved(doubling, ANSWER), Ben=b"")
    out = tmp_path / "out"
    words = ["grade", str(folder), "--out", str(out), "--course", str(course.root), "--cell-time", "3"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "5 +4" in result.output and "not graded*" in result.output
    assert "Ben, 01_doubling: The file is empty." in result.output.replace("\n", " ")
    for made in ("grades.csv", "report.html", "feedback", "gradebook.db"):
        assert (out / made).exists()
    told = CliRunner().invoke(app, ["feedback", str(out)])
    assert told.exit_code == 0 and "2 feedback pages" in told.output


def test_feedback_of_a_folder_without_a_gradebook_is_told(tmp_path):
    result = CliRunner().invoke(app, ["feedback", str(tmp_path)])
    assert result.exit_code == 1 and "no gradebook.db" in result.output


def test_the_autograded_notebook_is_valid_and_keeps_what_happened(course, doubling, submitted, tmp_path):
    grade(course, [submitted(Ada=solved(doubling, RIGHT))], tmp_path / "out", LIMITS)
    notebook = nbformat.read(tmp_path / "out" / "autograded" / "Ada" / NAME / f"{NAME}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "double(3) is right." in str(notebook.cells)
    assert notebook.metadata.grader.seconds > 0


def test_a_run_that_is_broken_off_while_it_saves_grades_that_submission_again(
    course, doubling, submitted, tmp_path, monkeypatch
):
    folder = submitted(Ada=solved(doubling, RIGHT))

    def broken_off(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.gradebook.folder.SaveExamined.add_scores", broken_off)
    with pytest.raises(KeyboardInterrupt):
        grade(course, [folder], tmp_path / "out", LIMITS)
    monkeypatch.undo()
    assert grade(course, [folder], tmp_path / "out", LIMITS).graded == 1
    assert rows_of(tmp_path / "out")["Ada"]["score"] == "5"


def test_without_its_gradebook_or_with_other_limits_everything_is_graded_again(course, doubling, submitted, tmp_path):
    folder, out = submitted(Ada=solved(doubling, RIGHT)), tmp_path / "out"
    grade(course, [folder], out, LIMITS)
    assert grade(course, [folder], out, LIMITS).graded == 0
    assert grade(course, [folder], out, Limits(cell_seconds=4)).graded == 1
    (out / "gradebook.db").unlink()
    assert grade(course, [folder], out, Limits(cell_seconds=4)).graded == 1
    assert rows_of(out)["Ada"]["score"] == "5"


def test_a_folder_inside_the_submissions_is_refused(course, doubling, submitted):
    folder = submitted(Ada=solved(doubling, RIGHT))
    with pytest.raises(IntakeError, match="Choose a folder outside"):
        grade(course, [folder], folder / "graded", LIMITS)
    assert not (folder / "graded").exists()


def test_a_teacher_s_own_course_folder_is_refused_and_left_alone(course, doubling, submitted, tmp_path):
    own = tmp_path / "own" / "source" / NAME / f"{NAME}.ipynb"
    own.parent.mkdir(parents=True)
    own.write_text("my own work")
    with pytest.raises(GraderError, match="Choose another folder"):
        grade(course, [submitted(Ada=solved(doubling, RIGHT))], tmp_path / "own", LIMITS)
    assert own.read_text() == "my own work"
    assert not (tmp_path / "own" / "gradebook.db").exists()


def test_a_mark_given_by_hand_waits_again_when_the_answer_has_changed(course, doubling, submitted, tmp_path):
    out, folder = tmp_path / "out", submitted(Ada=solved(doubling, ANSWER))
    grade(course, [folder], out, LIMITS)
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        given = gradebook.find_grade("why", NAME, NAME, "Ada")
        given.manual_score, given.needs_manual_grade = 4, False
        gradebook.db.commit()
    submitted(Ada=solved(doubling, {**ANSWER, "why": "It is magic."}))
    grade(course, [folder], out, LIMITS)
    assert (rows_of(out)["Ada"]["score"], rows_of(out)["Ada"]["waiting_points"]) == ("5", "4")


def test_late_work_costs_what_the_course_s_rule_says(course, doubling, submitted, tmp_path, monkeypatch):
    class TwoPoints(LateSubmissionPlugin):
        def late_submission_penalty(self, student_id, score, total_seconds_late):
            return 2

    monkeypatch.setattr("nbgrader.preprocessors.AssignLatePenalties.plugin_class", TwoPoints)
    out, folder = tmp_path / "out", submitted(Ada=solved(doubling, RIGHT))
    grade(course, [folder], out, LIMITS)
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-01-01T00:00:00")
        gradebook.update_or_create_submission(NAME, "Ada", timestamp="2026-01-02T00:00:00")
    grade(course, [folder], out, LIMITS, force=True)
    assert (rows_of(out)["Ada"]["late_penalty"], rows_of(out)["Ada"]["score"]) == ("2", "3")


def test_what_the_grader_itself_fails_on_is_told_and_tried_again(course, doubling, submitted, tmp_path, monkeypatch):
    folder, out = submitted(Ada=solved(doubling, RIGHT)), tmp_path / "out"

    def failing(pool, submissions, *_):
        for key, _submission in submissions:
            notebook = copy.deepcopy(pool.assignments[NAME].with_stubs)
            yield key, ExamResult(notebook, (), 0.0, (Problem("the grader failed on it"),), log=["Traceback"])

    monkeypatch.setattr(LocalPool, "hold_exams", failing)
    grade(course, [folder], out, LIMITS)
    assert rows_of(out)["Ada"]["status"] == "could not be graded"
    monkeypatch.undo()
    assert grade(course, [folder], out, LIMITS).graded == 1
    assert rows_of(out)["Ada"]["score"] == "5"


def test_a_damaged_result_is_made_anew(course, doubling, submitted, tmp_path):
    out, folder = tmp_path / "out", submitted(Ada=solved(doubling, RIGHT))
    grade(course, [folder], out, LIMITS)
    (out / "autograded" / "Ada" / NAME / f"{NAME}.ipynb").write_text("{")
    assert grade(course, [folder], out, LIMITS).graded == 1
    assert rows_of(out)["Ada"]["score"] == "5"


NO_NOTEBOOK_MAY_HOLD = """
from IPython.display import display
def double(x):
    display({"text/plain": 5, "image/png": [None]}, raw=True)
    if x < 0:
        raise ValueError("a bell \\x07 and an escape \\x1b[31m")
    return 2 * x
"""


def test_output_that_no_notebook_may_hold_never_stops_a_batch(course, doubling, submitted, tmp_path):
    right = solved(doubling, RIGHT)
    odd = solved(doubling, {**RIGHT, "double": NO_NOTEBOOK_MAY_HOLD})
    half = solved(
        doubling, {**RIGHT, "double": "def double(x):\n    print('half a character: \\ud83d')\n    return 2 * x"}
    )
    grade(course, [submitted(Ada=right, Ben=odd, Chen=right, Dora=half)], tmp_path / "out", LIMITS)
    rows = rows_of(tmp_path / "out")
    assert [rows[student]["score"] for student in ("Ada", "Ben", "Chen")] == ["5", "2", "5"]
    assert rows["Dora"]["status"] == "graded"  # the kernel itself may break at that; the batch does not
    nbformat.validate(nbformat.read(tmp_path / "out" / "autograded" / "Ben" / NAME / f"{NAME}.ipynb", as_version=4))


def test_a_run_that_ends_before_its_gradebook_is_made_can_be_run_again(
    course, doubling, submitted, tmp_path, monkeypatch
):
    folder, out = submitted(Ada=solved(doubling, RIGHT)), tmp_path / "out"

    def broken_off(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.gradebook.folder.Gradebook", broken_off)
    with pytest.raises(KeyboardInterrupt):
        grade(course, [folder], out, LIMITS)
    monkeypatch.undo()
    assert grade(course, [folder], out, LIMITS).graded == 1
