"""A course as `lint` reads it: which files, in which order, and what of those that cannot be read."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

from grader.authoring.course import Course
from grader.authoring.lint import LECTURE_RULES, READABLE, TEXT_RULES, lint
from grader.core.errors import CourseError
from tests import authoring
from tests.authoring.lint.samples import TITLE, lecture, prose
from tests.conftest import HEADER


def test_every_rule_has_a_sample_that_it_catches_and_one_that_it_lets_pass():
    samples = {}
    for module in pkgutil.iter_modules([f"{authoring.__path__[0]}/lint"]):
        tests = importlib.import_module(f"tests.authoring.lint.{module.name}")
        for table in ("SAMPLES", "NAMES"):
            samples |= getattr(tests, table, {})
    for rule in (*LECTURE_RULES, *TEXT_RULES):
        assert {message is None for _, message in samples[rule]} == {True, False}, rule.name


def test_every_rule_has_a_name_that_no_other_has():
    names = [rule.name for rule in (*LECTURE_RULES, *TEXT_RULES)]
    assert len({*names, READABLE}) == len(names) + 1


def unreadable(folder, cells):
    path = folder / "solutions" / "04_trial.py"
    path.parent.mkdir()
    path.write_text(cells)
    findings = lint(Course(folder))
    assert {each.rule for each in findings} == {READABLE}, "another rule has read the script"
    return [each.what for each in findings]


@pytest.mark.parametrize("line", ["# !pip list", "# %matplotlib inline"])  # as Jupytext writes them
def test_lines_for_a_shell_or_for_ipython_are_reported(line, tmp_path):
    [what] = unreadable(tmp_path, f"{HEADER.format(points=0)}# %%\nx = 1\n{line}\n")
    assert "Python cannot read this cell" in what


def test_a_script_that_cannot_be_read_is_reported_and_no_rule_reads_it(tmp_path):
    assert any("Python cannot read this cell" in what for what in unreadable(tmp_path, "# %%\nx = ("))


@pytest.fixture
def course(tmp_path):
    """A course with American spelling in every kind of file."""
    (tmp_path / "data" / "quizzes").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    playground = '# %% playground="page" height=100\nseed = {}\n'
    lecture(tmp_path, prose("# Lecture 05: more", "Two colors."), "05_more")
    choices = "".join(f"  - {{text: 'n{n}', why: Because., right: {n == 1}}}\n" for n in (1, 2, 3))
    (tmp_path / "data" / "quizzes" / "04_trial.yml").write_text(
        f"- name: one\n  question: A color?\n  choices:\n{choices}"
    )
    lecture(tmp_path, TITLE + prose("One color.") + playground + '# %% quiz="one" points=1\n')
    (tmp_path / "solutions" / "playgrounds").mkdir()
    for name in ("page", "unused"):
        (tmp_path / "solutions" / "playgrounds" / f"{name}.html").write_text("<p>The color</p>")
    (tmp_path / "solutions" / "setup").mkdir()
    (tmp_path / "solutions" / "setup" / "figures.py").write_text("# The color of a line.\n")
    for page in ("README.md", "docs/guide.md", "data/README.md"):
        (tmp_path / page).write_text("The color.\n")
    hidden = tmp_path / ".venv"
    hidden.mkdir()
    (hidden / "README.md").write_text("The color.\n")
    return Course(tmp_path)


def american(course, *names):
    return [str(each.path.relative_to(course.root)) for each in lint(course, names) if each.rule == "british_spelling"]


def test_without_names_every_lecture_and_every_page_is_read(course):
    assert american(course) == [
        "README.md",
        "data/README.md",
        "data/quizzes/04_trial.yml",
        "docs/guide.md",
        "solutions/04_trial.py",
        "solutions/05_more.py",
        "solutions/playgrounds/page.html",
        "solutions/playgrounds/unused.html",
        "solutions/setup/figures.py",
    ]


def test_a_named_lecture_is_read_with_its_quiz_and_its_playgrounds(course):
    assert american(course, "04_trial") == [
        "data/quizzes/04_trial.yml",
        "solutions/04_trial.py",
        "solutions/playgrounds/page.html",
    ]
    with pytest.raises(CourseError, match="no lecture is called 06_none"):
        lint(course, ["06_none"])


def test_the_title_of_a_demo_is_read(tmp_path):
    cells = TITLE + '# %% tags=["demo"] title="Two colors"\nx = 1\n'
    lecture(tmp_path, cells)
    assert [each.rule for each in lint(Course(tmp_path))].count("british_spelling") == 1


def test_a_bank_that_cannot_be_read_is_reported_once(course):
    (course.quizzes / "04_trial.yml").write_text("- name: one\n  question: [\n")
    findings = [each for each in lint(course, ["04_trial"]) if each.rule == READABLE]
    assert len(findings) == 1 and findings[0].path.name == "04_trial.yml"


def test_nothing_of_nbgrader_or_tensorflow_is_imported_and_nothing_is_run(course):
    code = (
        "import sys\nimport typer\nfrom pathlib import Path\nfrom grader.cli.lint import lint\n"
        f"try:\n    lint([], Path({str(course.root)!r}))\n    sys.exit('nothing was found')\nexcept typer.Exit:\n    pass\n"
        "heavy = {'tensorflow', 'keras', 'nbgrader', 'nbconvert', 'numpy', 'matplotlib', 'nbclient'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
