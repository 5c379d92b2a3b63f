"""Every lecture, run: sound, complete, quick enough, and built from its source."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from grader.authoring.build import read_course, stale_releases
from grader.authoring.course import Course
from grader.authoring.script import Kind, read_script
from grader.authoring.validate import validate_lecture
from grader.core.model import Assignment, Limits
from grader.exam.execution import execute
from grader.exam.verdicts import judge
from grader.kernel.sandbox import SandboxKind
from tests.kernel.conftest import sandbox_works

COURSE = Course(Path(__file__).parent.parent.parent)
LECTURES = [path.stem for path in COURSE.lectures()]
SANDBOX = SandboxKind.BUBBLEWRAP if sandbox_works() else SandboxKind.SPAWN
REAL_MNIST = Path(os.environ.get("MNIST_NPZ") or COURSE.root.parent / "shared" / "data" / "mnist.npz")


@pytest.fixture(scope="module")
def assignments() -> dict[str, Assignment]:
    return {assignment.name: assignment for assignment in read_course(COURSE)}


def test_the_committed_notebooks_are_what_their_sources_give(assignments):
    assert stale_releases(COURSE, assignments.values()) == []


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_has_enough_exercises_questions_and_something_to_play_with(name):
    script = read_script(COURSE.solutions / f"{name}.py")
    asked = script.of_kind(Kind.EXERCISE)
    quiz = [exercise for exercise in asked if exercise.name.startswith("quiz_")]
    assert len(asked) - len(quiz) >= 10
    assert len(quiz) >= 5
    assert len(script.of_kind(Kind.WRITTEN)) >= 2
    assert script.of_kind(Kind.PLAYGROUND)
    for exercise in set(asked) - set(quiz):
        assert sum(wrong.name == exercise.name for wrong in script.of_kind(Kind.WRONG)) >= 3, exercise.name


@pytest.mark.slow
@pytest.mark.apart
@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_is_sound(name):
    """In one kernel and in the exam: solutions pass, the release scores nothing, wrong answers fail with their sentence."""
    report = validate_lecture(COURSE, COURSE.solutions / f"{name}.py", SANDBOX)
    assert list(map(str, report.errors)) == []
    assert report.wrong_answers >= 30


@pytest.mark.slow
def test_the_reference_model_reads_98_percent_of_the_real_test_digits(assignments, monkeypatch):
    if not REAL_MNIST.is_file():
        pytest.skip("the real MNIST is not here; name its file with MNIST_NPZ")
    monkeypatch.setenv("MNIST_NPZ", str(REAL_MNIST))
    notebook = nbformat.from_dict(assignments["10_mnist"].source)
    notebook.cells.append(
        nbformat.v4.new_code_cell(
            "guessed = my_model.predict(flatten_and_scale(x_test), verbose=0).argmax(1)\n"
            "print('measured', (guessed == y_test).mean(), len(y_test))"
        )
    )
    demos = {n for n, cell in enumerate(notebook.cells) if "demo" in cell.metadata.get("tags", [])}
    execute(notebook, Limits(cell_seconds=300, notebook_seconds=600), files=assignments["10_mnist"].files, skip=demos)
    said = "".join(out.get("text", "") for out in notebook.cells[-1].outputs)
    share, digits = re.search(r"measured ([\d.]+) (\d+)", said).groups()
    assert int(digits) == 10_000
    assert float(share) >= 0.98
    assert all(verdict.points == verdict.max_points for verdict in judge(notebook))


def test_the_small_digits_are_what_their_script_makes(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(COURSE.data)
    script = importlib.import_module("make_digits")
    monkeypatch.setattr(script, "OUT", tmp_path / "digits.npz")
    script.main()
    with np.load(COURSE.data / "digits.npz") as ours, np.load(tmp_path / "digits.npz") as again:
        assert ours["x_train"].shape[1:] == (28, 28) and ours["x_train"].dtype == np.uint8
        for name in ("x_train", "y_train", "x_test", "y_test"):
            # Releases of SciPy may round a pixel differently.
            assert np.abs(ours[name].astype(int) - again[name].astype(int)).max() <= 1
