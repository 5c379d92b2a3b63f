"""The grader's notes in a notebook come back as they were written; what is not the grader's counts as none."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.core.model import ExamResult, Outcome, Problem, Verdict
from grader.core.record import (
    CheckRecord,
    ExamRecord,
    SourceRecord,
    clear_record,
    exam_record,
    read_check_record,
    read_exam_record,
    read_source_record,
    write_check_record,
    write_exam_record,
    write_source_record,
)

VERDICT = Verdict("a_check", 1.5, 2, Outcome.FAILED, "The bias is missing.", protected=True)
FOREIGN = ["x", ["x"], 7, {"outcome": "great", "problems": {}, "seconds": "long"}, None]


def result_of(log: list[str] | None = None) -> ExamResult:
    return ExamResult(new_notebook(), (VERDICT,), 2.345, (), 300 << 20, log=log or [])


def test_a_source_says_which_assignment_it_is():
    notebook = new_notebook()
    assert read_source_record(notebook) == SourceRecord()
    write_source_record(notebook, SourceRecord("03_neuron", "Neural networks"))
    assert read_source_record(notebook) == SourceRecord("03_neuron", "Neural networks")
    clear_record(notebook)
    assert read_source_record(notebook) == SourceRecord()


def test_an_exam_s_record_comes_back():
    notebook, problems = new_notebook(), [Problem("Copied.", fixed=True), Problem("Deleted.")]
    record = exam_record(result_of(), problems, "abc", "03_neuron")
    assert record == ExamRecord(tuple(problems), "abc", "03_neuron", (), 2.35, 300 << 20, {"a_check": 1.5})
    write_exam_record(notebook, record)
    assert read_exam_record(notebook) == record


def test_what_the_grader_itself_failed_on_has_no_fingerprint():
    record = exam_record(result_of(log=["Traceback"]), [], "abc")
    assert (record.fingerprint, record.log) == ("", ("Traceback",))


def test_a_verdict_comes_back_from_its_cell():
    cell = new_code_cell("x")
    assert read_check_record(cell) is None
    write_check_record(cell, VERDICT)
    assert read_check_record(cell) == CheckRecord(Outcome.FAILED, "The bias is missing.", 1.5, protected=True)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_is_not_the_grader_s_counts_as_none(foreign):
    notebook, cell = new_notebook(metadata={"grader": foreign}), new_code_cell("x", metadata={"grader": foreign})
    assert read_exam_record(notebook) is None
    assert read_check_record(cell) is None
    assert read_source_record(notebook) == SourceRecord()


def test_a_record_of_an_earlier_version_is_read():
    kept = {"state": "abc", "problems": [{"text": "Copied.", "mended": True}], "seconds": 1, "points": {"a": 1}}
    record = read_exam_record(new_notebook(metadata={"grader": kept}))
    assert record == ExamRecord((Problem("Copied.", fixed=True),), "abc", seconds=1, points={"a": 1})
