"""The note in a cell that was stopped: typed, kept beside the check's, and worth nothing if it is malformed."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from grader.core.model import MB, Outcome, Stopped, StopReason, Verdict
from grader.core.record import clear_record, read_check_record, read_stopped, write_check_record, write_stopped

VERDICT = Verdict("a_check", 0, 3, Outcome.TIMEOUT, "Your code was stopped after 4 seconds.")


@pytest.mark.parametrize(
    "stopped",
    [
        Stopped(StopReason.CELL_TIME, 4.5),
        Stopped(StopReason.MEMORY, memory_bytes=300 * MB),
        *map(Stopped, (StopReason.KILLED, StopReason.DIED, StopReason.NOTEBOOK_TIME)),
    ],
)
def test_what_is_noted_is_read_back(stopped):
    cell = new_code_cell("x")
    write_stopped(cell, stopped)
    assert read_stopped(cell) == stopped
    clear_record(cell)
    assert read_stopped(cell) is None


def test_a_check_s_record_and_the_stop_stand_side_by_side():
    cell = new_code_cell("x")
    write_stopped(cell, Stopped(StopReason.CELL_TIME, 4))
    for _ in range(2):
        write_check_record(cell, VERDICT)
        record = read_check_record(cell)
        assert record is not None and record.outcome is Outcome.TIMEOUT
        assert read_stopped(cell) == Stopped(StopReason.CELL_TIME, 4)


@pytest.mark.parametrize(
    "found",
    [None, 7, "stopped", [], {}, {"stopped": None}, {"stopped": {"seconds": 4}}, {"stopped": {"reason": "bored"}},
     {"stopped": {"reason": "cell time", "seconds": "<b>4</b>"}}],
)  # fmt: skip
def test_what_is_no_record_is_none(found):
    cell = new_code_cell("x")
    cell.metadata["grader"] = found
    assert read_stopped(cell) is None
