"""From script to notebooks: nbgrader's metadata, nothing hidden in the release, the same bytes each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grader.authoring.build import build_assignment, read_course
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.cli.main import app
from grader.core.atomic import write_atomically
from grader.core.cells import notebook_bytes
from grader.core.errors import AuthoringErrors, CourseError, GraderError
from tests.conftest import DOUBLING

PLAYGROUND = '# %% playground="toy" height=300\nseed = {"w": "</script>"}\n'
PAGE = '<!doctype html><title>Toy</title><script type="application/json" id="seed">__SEED__</script><p>A toy</p>'


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def text_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells)


def test_the_release_has_stubs_for_solutions_and_no_hidden_test(doubling):
    text = text_of(doubling.release)
    assert text.count("raise NotImplementedError()") == 2
    assert "YOUR ANSWER HERE" in text
    for secret in ("2 * x", "double(double(x))", "-10", "Mark scheme", "reference_", "HIDDEN", "SOLUTION"):
        assert secret not in text


def test_wrong_answers_are_in_neither_version(doubling):
    for version in (doubling.source, doubling.with_stubs, doubling.release):
        assert "return x\n" not in text_of(version) + "\n"


def test_the_graded_version_has_hidden_tests_and_no_solution(doubling):
    assert "double(-5) == -10" in text_of(doubling.with_stubs)
    assert "2 * x" not in cell_of(doubling.with_stubs, "double").source


def test_cells_carry_nbgrader_s_metadata(doubling):
    check, exercise = cell_of(doubling.release, "double_check"), cell_of(doubling.release, "double")
    assert (check.metadata.nbgrader.grade, check.metadata.nbgrader.locked) == (True, True)
    assert check.metadata.nbgrader.points == 3
    assert check.metadata.editable is False
    assert (exercise.metadata.nbgrader.solution, exercise.metadata.nbgrader.locked) == (True, False)
    written = cell_of(doubling.release, "why")
    assert (written.metadata.nbgrader.grade, written.metadata.nbgrader.solution) == (True, True)


def test_nbgrader_itself_makes_the_same_release_from_our_source(doubling, tmp_path):
    source = tmp_path / "source" / "01_doubling"
    source.mkdir(parents=True)
    (source / "01_doubling.ipynb").write_bytes(notebook_bytes(doubling.source))
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01_doubling"]
    tools = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # nbgrader calls alembic
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=tools)
    made = nbformat.read(tmp_path / "release" / "01_doubling" / "01_doubling.ipynb", as_version=4)
    assert notebook_bytes(made) == notebook_bytes(doubling.release)


def test_two_builds_in_two_processes_give_the_same_bytes(make_course):
    course = make_course()
    built = []
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "grader.cli.main", "build", "--course", course.root],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        )
        built.append((course.notebooks / "01_doubling.ipynb").read_bytes())
        (course.notebooks / "01_doubling.ipynb").unlink()
    assert built[0] == built[1]
    assert built[0].endswith(b"}\n") and b"\r" not in built[0]


def test_cell_ids_stay_when_a_cell_is_added_elsewhere(make_course):
    exercise = "# %% [markdown]\n# ## Exercise 1"
    before = build(make_course())
    after = build(make_course(DOUBLING.replace(exercise, f"# %%\nextra = 1\n\n{exercise}")))
    kept = {cell.id for cell in before.release.cells} & {cell.id for cell in after.release.cells}
    assert len(kept) == len(before.release.cells)


def build(course):
    return build_assignment(course, read_script(course.lectures()[0]))


def test_build_check_names_the_stale_files_and_changes_nothing(make_course):
    course, runner = make_course(), CliRunner()
    assert runner.invoke(app, ["build", "--course", str(course.root)]).exit_code == 0
    assert runner.invoke(app, ["build", "--check", "--course", str(course.root)]).exit_code == 0
    path = course.notebooks / "01_doubling.ipynb"
    changed = path.read_bytes().replace(b"Twice as much", b"Twice as many")
    path.write_bytes(changed)
    (course.notebooks / "02_gone.ipynb").write_text("{}")
    result = runner.invoke(app, ["build", "--check", "--course", str(course.root)])
    assert result.exit_code == 1
    assert "stale: notebooks/01_doubling.ipynb" in result.output and "`grader build`" in result.output
    assert "no source: notebooks/02_gone.ipynb. Delete it." in result.output
    assert path.read_bytes() == changed


def test_a_playground_runs_in_a_sandboxed_frame_and_gets_its_seed(make_course):
    course = make_course(PLAYGROUND + "\n" + DOUBLING)
    (course.playgrounds / "toy.html").write_text(PAGE)
    cell = build(course).release.cells[0]
    assert "demo" in cell.metadata.tags
    shown = []
    names = {"display": shown.append}
    exec(cell.source.replace("from IPython.display import HTML, display", "from IPython.display import HTML"), names)
    html = shown[0].data
    assert html.startswith('<div><iframe sandbox="allow-scripts"')
    assert "&lt;p&gt;A toy" in html
    assert "</script>" not in html  # neither the page's own nor the seed's ends the frame's attribute


@pytest.mark.parametrize(
    "page, what",
    [
        (None, "there is no playground"),
        (PAGE.replace("__SEED__", "{}"), "has no __SEED__"),
        (PAGE.replace("<title>Toy</title>", ""), "no plain <title>"),
        (PAGE + "'''", "holds '''"),
        (PAGE.replace("Toy<", "To\\xy<"), "no plain <title>"),
        (PAGE + "BEGIN SOLUTION", "which nbgrader cuts out"),
        (PAGE.encode() + b"\xe4", "cannot be read"),
    ],
)
def test_a_playground_that_cannot_be_shown_is_told(make_course, page, what):
    course = make_course(PLAYGROUND + "\n" + DOUBLING)
    if page is not None:
        (course.playgrounds / "toy.html").write_bytes(page if isinstance(page, bytes) else page.encode())
    with pytest.raises(AuthoringErrors, match=what):
        build(course)


def test_a_playground_without_a_seed_is_told(make_course):
    course = make_course(PLAYGROUND.replace("seed =", "sed =") + "\n" + DOUBLING)
    (course.playgrounds / "toy.html").write_text(PAGE)
    with pytest.raises(AuthoringErrors, match="sets no `seed`"):
        build(course)


def test_a_file_that_is_missing_from_data_is_told(make_course):
    from tests.conftest import HEADER

    with pytest.raises(AuthoringErrors, match=r"digits.npz` is not in"):
        build(make_course(header=HEADER.replace("# ---\n\n", "#     files: [digits.npz]\n# ---\n\n")))


def test_the_mistakes_of_all_lectures_are_told_together(make_course):
    course = make_course()
    for name in ("02_bad", "03_bad"):
        (course.solutions / f"{name}.py").write_text("# %%\nx = 1\n")
    with pytest.raises(AuthoringErrors) as caught:
        read_course(course)
    assert {error.path.stem for error in caught.value.errors} == {"02_bad", "03_bad"}


def test_the_release_is_valid_and_has_no_outputs(doubling):
    nbformat.validate(doubling.release)
    assert not any(cell.get("outputs") for cell in doubling.release.cells)
    assert json.loads(notebook_bytes(doubling.release))["metadata"]["grader"]["assignment"] == "01_doubling"


def test_a_file_that_cannot_be_written_is_told_and_leaves_no_half(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(GraderError, match="cannot be written"):
        write_atomically(tmp_path / "taken" / "x.ipynb", b"x")
    write_atomically(tmp_path / "y", b"one")
    write_atomically(tmp_path / "y", b"two")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["taken", "y"]


def test_the_course_is_called_what_its_file_says(make_course):
    course = make_course()
    assert (course.name, course.id) == ("course", "course")
    (course.solutions / "course.toml").write_text('name = "Doubling for all"\nid = "doubling"\n')
    named = Course(course.root)
    assert (named.name, named.id) == ("Doubling for all", "doubling")
    assert build(named).release.metadata.grader.course == "Doubling for all"
    (course.solutions / "course.toml").write_text("name = Doubling")
    with pytest.raises(CourseError, match=r"course.toml: .* Write it as TOML"):
        build(Course(course.root))


def test_lectures_with_a_letter_come_between_their_neighbours(make_course):
    course = make_course()
    names = ["12_more", "13_images", "13a_vision", "13b_sound", "14_end", "9_early"]
    for name in reversed(names):
        (course.solutions / f"{name}.py").write_bytes((course.solutions / "01_doubling.py").read_bytes())
    (course.solutions / "appendix.py").write_bytes((course.solutions / "01_doubling.py").read_bytes())
    order = ["01_doubling", "9_early", "12_more", "13_images", "13a_vision", "13b_sound", "14_end", "appendix"]
    assert [path.stem for path in course.lectures()] == order
    assert [path.stem for path in course.lectures(["13b_sound", "13a_vision"])] == ["13a_vision", "13b_sound"]
    assert [script.number for script in map(read_script, course.lectures())] == [
        "01", "9", "12", "13", "13a", "13b", "14", "",
    ]  # fmt: skip


def test_a_lecture_with_a_letter_is_built_under_its_name(make_course):
    course = make_course()
    (course.solutions / "01_doubling.py").rename(course.solutions / "13a_vision.py")
    result = CliRunner().invoke(app, ["build", "13a_vision", "--course", str(course.root)])
    assert result.exit_code == 0 and "built notebooks/13a_vision.ipynb" in result.output
    built = nbformat.read(course.notebooks / "13a_vision.ipynb", as_version=4)
    assert built.metadata.grader.assignment == "13a_vision"
