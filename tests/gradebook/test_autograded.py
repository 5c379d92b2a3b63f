"""What is read from an executed notebook: checks, answers, headings; from a damaged or foreign one as much as it holds."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.core.cells import new_metadata, notebook_bytes
from grader.core.model import Outcome, Problem, Verdict
from grader.core.record import CheckRecord, ExamRecord, write_check_record, write_exam_record
from grader.gradebook.autograded import (
    Autograded,
    autograded_from,
    headings_of,
    read_autograded,
    title_of,
)


def notebook_with(*, noted: bool):
    answer = new_code_cell("def f(): return 1", metadata=new_metadata("f", solution=True))
    check = new_code_cell("assert f() == 2", metadata=new_metadata("f_check", grade=True, locked=True, points=2))
    check.outputs = [new_output("error", ename="AssertionError", evalue="It is 1.", traceback=[])]
    written = new_markdown_cell("Because.", metadata=new_metadata("why", grade=True, solution=True, points=3))
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), answer, check, written])
    if noted:
        write_check_record(check, Verdict("f_check", 1, 2, Outcome.FAILED, "Half of it.", protected=True))
        write_exam_record(
            notebook, ExamRecord((Problem("Copied."),), "abc", seconds=2.5, peak_bytes=7, points={"f_check": 1})
        )
    return notebook


def test_what_the_exam_noted_is_read():
    read = autograded_from(notebook_with(noted=True))
    assert read == Autograded(
        order=("f", "f_check", "why"),
        checks={"f_check": CheckRecord(Outcome.FAILED, "Half of it.", 1, protected=True)},
        solutions={"f_check": "f"},
        answers={"f": "def f(): return 1", "why": "Because."},
        written={"why": "Because."},
        problems=(Problem("Copied."),),
        seconds=2.5,
        peak_bytes=7,
        fingerprint="abc",
        points={"f_check": 1},
    )


def test_a_notebook_that_another_tool_has_run_is_read_by_its_outputs_and_is_not_protected():
    read = autograded_from(notebook_with(noted=False))
    assert read.checks == {"f_check": CheckRecord(Outcome.FAILED, "It is 1.", None, protected=False)}
    assert read.solutions == {"f_check": "f"}
    assert (read.fingerprint, read.points, read.seconds) == ("", {}, None)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"nbformat": 9}', b'{"nbformat": 4, "cells": [7]}']
)
def test_a_damaged_notebook_counts_as_none(tmp_path, content):
    (tmp_path / "a.ipynb").write_bytes(content)
    assert read_autograded(tmp_path / "a.ipynb") is None


def test_a_notebook_that_is_not_there_counts_as_none(tmp_path):
    assert read_autograded(tmp_path / "a.ipynb") is None
    (tmp_path / "b.ipynb").write_bytes(notebook_bytes(notebook_with(noted=False)))
    assert read_autograded(tmp_path / "b.ipynb").cells[0].source == "# Title"


def test_a_graded_cell_has_the_last_heading_above_it():
    def graded(grade_id):
        return new_code_cell("x", metadata=new_metadata(grade_id, grade=True, locked=True, points=1))

    texts = ["# One ##", "text\n## Two\n### Three", "no heading"]
    cells = [
        graded("none"),
        *(each for n, text in enumerate(texts) for each in (new_markdown_cell(text), graded(f"c{n}"))),
    ]
    source = new_notebook(cells=cells)
    assert headings_of(source) == {"c0": "One", "c1": "Three", "c2": "Three"}
    assert headings_of(None) == {}
    assert (title_of(source, "x"), title_of(new_notebook(), "x"), title_of(None, "x")) == ("One", "x", "x")
