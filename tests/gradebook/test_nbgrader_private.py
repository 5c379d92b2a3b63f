"""What the grader uses of nbgrader beyond its public interface is there; if a new nbgrader lacks it, this names it."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from nbgrader.preprocessors import SaveAutoGrades
from packaging.requirements import Requirement

from grader.gradebook.nbgrader_private import missing_parts

ROOT = Path(__file__).parents[2]


def test_the_installed_nbgrader_has_every_private_part_that_is_used():
    assert missing_parts() == []


def test_a_part_that_is_gone_is_named(monkeypatch):
    monkeypatch.delattr(SaveAutoGrades, "_add_score")
    assert missing_parts() == ["SaveAutoGrades._add_score"]


def test_nbgrader_has_an_upper_bound_and_the_installed_one_is_within():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [nbgrader] = [each for each in map(Requirement, project["dependencies"]) if each.name == "nbgrader"]
    assert any(each.operator == "<" for each in nbgrader.specifier)
    assert version("nbgrader") in nbgrader.specifier


def test_private_parts_are_used_in_one_module_only():
    private = re.compile(r"\._(add_score|add_comment|create_notebook|init_preprocessors|sanitizing|format_dest)\b")
    using = {path.name for path in (ROOT / "grader").rglob("*.py") if private.search(path.read_text(encoding="utf-8"))}
    assert using == {"nbgrader_private.py"}
