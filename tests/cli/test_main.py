"""The command line: what its options do, and what it says when they are wrong."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import Sandboxes, app
from grader.core.cells import notebook_bytes
from grader.kernel.sandbox import SandboxKind
from tests.conftest import says_how_to_fix


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


def test_a_missing_bubblewrap_is_told_with_its_mend(one, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    result = one()
    assert result.exit_code == 1
    assert "apt install bubblewrap" in result.output and "--sandbox none" in result.output


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
