"""A fingerprint changes with every library that an assignment imports, and with no other."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.core import fingerprints
from grader.core.cell_names import modules_imported
from grader.core.fingerprints import ALWAYS, assignment_fingerprint, libraries_of
from grader.core.model import Assignment


def importing(doubling: Assignment, code: str) -> Assignment:
    return replace(doubling, source=new_notebook(cells=[new_code_cell(code, id="one"), *doubling.source.cells]))


@pytest.fixture
def newer(monkeypatch):
    """Pretends that another version of a distribution is installed: ``newer("scipy")``."""

    def pretend(distribution: str) -> None:
        def other(name: str) -> str:
            return "99.0" if name == distribution else version(name)

        monkeypatch.setattr(fingerprints, "version", other)

    return pretend


@pytest.mark.parametrize(
    ("code", "distribution"),
    [
        ("import scipy.stats", "scipy"),
        ("import pandas as pd", "pandas"),
        ("from sklearn.linear_model import LinearRegression", "scikit-learn"),
        ("def late():\n    import scipy", "scipy"),
        ("%matplotlib inline\nimport scipy", "scipy"),
    ],
)
def test_a_new_version_of_an_imported_library_changes_the_fingerprint(doubling, newer, code, distribution):
    assignment = importing(doubling, code)
    before = assignment_fingerprint(assignment, "none", {}), assignment_fingerprint(doubling, "none", {})
    newer(distribution)
    assert assignment_fingerprint(assignment, "none", {}) != before[0]
    assert assignment_fingerprint(doubling, "none", {}) == before[1]  # it does not import it


@pytest.mark.parametrize("distribution", ["ipykernel", "ipython", "numpy", "tensorflow", "keras"])
def test_what_runs_a_notebook_or_lies_below_its_libraries_always_counts(doubling, newer, distribution):
    assert distribution in ALWAYS
    before = assignment_fingerprint(doubling, "none", {})
    newer(distribution)
    assert assignment_fingerprint(doubling, "none", {}) != before


def test_the_standard_library_and_modules_beside_the_notebook_have_no_version():
    cells = [new_code_cell("import math, os.path\nimport helper_of_the_course"), new_markdown_cell("import scipy")]
    assert libraries_of(new_notebook(cells=cells)) == sorted(ALWAYS)


def test_a_library_that_is_not_installed_breaks_nothing(doubling, monkeypatch):
    def none(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(fingerprints, "version", none)
    assert assignment_fingerprint(doubling, "none", {})


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import numpy as np, scipy.linalg", {"numpy", "scipy.linalg"}),
        ("from keras.datasets import mnist", {"keras.datasets"}),
        ("from . import sibling", set()),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None", {"torch"}),
        ("def broken(", set()),
        ("import math\n!pip list", {"math"}),
    ],
)
def test_the_modules_that_a_cell_imports(code, modules):
    assert modules_imported(code) == modules
