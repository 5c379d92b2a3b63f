"""Folders that earlier versions of the grader wrote open, and their results are read."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from grader.core.calibration import read_calibration
from grader.core.model import Assignment, Calibration, Limits, Problem
from grader.core.record import read_exam_record
from grader.gradebook.folder import CourseFolder
from tests.gradebook.test_folder import FULL, NAME, autograded, result_of, submission_of

CALIBRATION = Calibration(frozenset({"double()"}), {"double_check": "NameError: plt"}, ("Slow.",), 1.5, 2.5, 10)


def as_version_0_wrote(notebook: NotebookNode, fixed: str) -> NotebookNode:
    """The notebook with the names that its record had then. ``fixed`` was called "mended" first."""
    record = notebook.metadata["grader"]
    record["state"] = record.pop("fingerprint")
    record["problems"] = [{"text": each["text"], fixed: each["fixed"]} for each in record["problems"]]
    return notebook


@pytest.fixture(params=["mended", "fixed"])
def old(request: pytest.FixtureRequest, tmp_path: Path, doubling: Assignment) -> Path:
    """A folder with one result and one calibration, as an earlier version left it."""
    result = result_of(doubling, FULL, seconds=2.5, peak_bytes=300 << 20)
    result.problems = (Problem("Copied.", fixed=True), Problem("Slow."))
    with CourseFolder(tmp_path / "out", "course", Limits()) as folder:
        folder.add_assignment(doubling)
        folder.save(submission_of("Ada"), result, "as it was")
        path = autograded(folder)
    notebook = as_version_0_wrote(nbformat.read(path, as_version=4), request.param)
    nbformat.write(notebook, path)
    kept = {"state": "as it was", "paths": ["double()"], "unprotected": {"double_check": "NameError: plt"}}
    kept |= {"problems": ["Slow."], "cell_seconds": 1.5, "seconds": 2.5, "peak_bytes": 10, "failure": ""}
    calibration = tmp_path / "out" / "calibration" / f"{NAME}.json"
    calibration.parent.mkdir()
    calibration.write_text(json.dumps(kept))
    return tmp_path / "out"


def test_results_of_an_earlier_version_are_read_and_count_as_current(old):
    with CourseFolder.existing(old) as folder:
        assert folder.is_current("Ada", NAME, "as it was")
        assert not folder.is_current("Ada", NAME, "as it is")
        [notebook] = folder.grades().notebooks
        assert (notebook.score, notebook.seconds, notebook.peak_bytes) == (5, 2.5, 300 << 20)
        assert notebook.problems == (Problem("Copied.", fixed=True), Problem("Slow."))


def test_a_calibration_of_an_earlier_version_is_read(old):
    with CourseFolder.existing(old) as folder:
        assert folder.calibration(NAME, "as it was") == CALIBRATION
        assert folder.grades().assignments[0].unprotected == {"double_check": "NameError: plt"}
    assert read_calibration((old / "calibration" / f"{NAME}.json").read_bytes()) == (CALIBRATION, "as it was")


def test_the_next_result_has_today_s_names(old, doubling):
    with CourseFolder.existing(old) as folder:
        folder.save(submission_of("Ada"), result_of(doubling, FULL), "as it is")
        assert folder.is_current("Ada", NAME, "as it is")
        notebook = nbformat.read(autograded(folder), as_version=4)
    assert read_exam_record(notebook).fingerprint == "as it is"
    assert "state" not in notebook.metadata["grader"]
