"""The words for a cell that was stopped: each reason has its error, its sentence for the teacher, a phrase for the student."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from grader.core.model import MB, Stopped, StopReason
from grader.core.record import read_stopped
from grader.exam.orders import TIMEOUT
from grader.exam.stopped import DEAD, mark_stopped, phrase_for_student, sentence_for_teacher

CASES = [
    (Stopped(StopReason.CELL_TIME, 2), TIMEOUT, "stopped after 2 s", "cell 1 was stopped after 2 s."),
    (
        Stopped(StopReason.NOTEBOOK_TIME, 60.5),
        TIMEOUT,
        "the whole notebook was stopped after 60.5 s",
        "cell 1 was stopped after the whole notebook had taken 60.5 s.",
    ),
    (
        Stopped(StopReason.KILLED),
        DEAD,
        "an earlier cell could not be interrupted, so the kernel was killed",
        "cell 1 could not be interrupted; the kernel was killed.",
    ),
    (
        Stopped(StopReason.MEMORY, memory_bytes=300 * MB),
        DEAD,
        "it used more than 300 MB of memory",
        "the kernel died in cell 1: it used more than 300 MB of memory.",
    ),
    (Stopped(StopReason.DIED), DEAD, "the kernel died", "the kernel died in cell 1."),
]


def test_every_reason_has_its_words():
    assert {stopped.reason for stopped, *_ in CASES} == set(StopReason)


@pytest.mark.parametrize(("stopped", "name", "text", "sentence"), CASES, ids=lambda case: str(case)[:20])
def test_a_stop_is_an_output_a_record_and_a_sentence(stopped, name, text, sentence):
    cell = new_code_cell("x")
    mark_stopped(cell, stopped)
    [output] = cell.outputs
    assert (output.output_type, output.ename, output.evalue) == ("error", name, text)
    assert read_stopped(cell) == stopped
    assert sentence_for_teacher("cell 1", stopped) == sentence


def test_nbclient_calls_its_errors_what_the_outputs_call_them():
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    assert (CellTimeoutError.__name__, DeadKernelError.__name__) == (TIMEOUT, DEAD)


def test_a_student_reads_the_seconds_if_they_are_known():
    assert phrase_for_student(Stopped(StopReason.CELL_TIME, 1)) == "stopped after 1 second"
    assert phrase_for_student(Stopped(StopReason.NOTEBOOK_TIME, 2.5)) == "stopped after 2.5 seconds"
    for unknown in (None, Stopped(StopReason.DIED)):
        assert phrase_for_student(unknown) == "stopped because it took too long"
