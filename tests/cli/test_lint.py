"""`grader lint`: what it prints, and what a missing library means."""

from __future__ import annotations

import re
import sys

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from tests.conftest import says_how_to_fix


@pytest.fixture
def run(make_course):
    root = make_course().root
    return lambda *words: CliRunner().invoke(app, ["lint", *words, "--course", str(root)])


def test_each_finding_is_a_line_with_its_place_its_rule_and_the_fix(run):
    result = run("01_doubling")
    assert result.exit_code == 1
    for line in result.output.splitlines():
        assert re.match(r"\S+/solutions/01_doubling\.py:\d+: \[\w+\] ", line)
        assert says_how_to_fix(line)
    assert ": [recap_comes_last] The lecture does not end with a recap." in result.output


def test_files_are_named_from_where_one_is(run, make_course, monkeypatch):
    monkeypatch.chdir(make_course().root)
    assert all(line.startswith("solutions/01_doubling.py:") for line in run().output.splitlines())


def test_a_clean_course_is_a_success_without_words(run, make_course):
    make_course(
        """\
        # %% [markdown]
        # # Lecture 01: doubling
        #
        # A **weight** is a number.

        # %% [markdown]
        # ## Recap
        #
        # **Next**: the end.
        #
        # **Glossary**: weight
        #
        # **Sources**: none.
        """
    )
    result = run()
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("module, package", [("codespell_lib", "codespell"), ("markdown_it", "markdown-it-py")])
def test_a_missing_library_is_named_with_the_way_to_install_it(run, monkeypatch, module, package):
    for name in [name for name in sys.modules if name.startswith(("grader.authoring.lint", module))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    result = run()
    assert result.exit_code == 1
    assert f"`grader lint` needs {package}, which is not installed. Run `pip install" in result.output
