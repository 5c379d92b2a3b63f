"""The words for a cell that was stopped, for the notebook, the teacher and the student. No other module has any.

In: a `Stopped`. Out: an error output as nbclient would write it, a sentence for the teacher, a phrase for the student.
"""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from grader.core.model import MB, Stopped, StopReason
from grader.core.record import write_stopped
from grader.exam.orders import TIMEOUT

DEAD = "DeadKernelError"  # like TIMEOUT, nbclient's name for it
_ERROR_OF = {StopReason.CELL_TIME: TIMEOUT, StopReason.NOTEBOOK_TIME: TIMEOUT}


def mark_stopped(cell: NotebookNode, stopped: Stopped) -> None:
    """Note in a cell why it has no result: as a record, and as an error among its outputs."""
    write_stopped(cell, stopped)
    add_error(cell, _ERROR_OF.get(stopped.reason, DEAD), _cause(stopped))


def add_error(cell: NotebookNode, name: str, text: str) -> None:
    """Add an error to a cell's outputs."""
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))


def sentence_for_teacher(cell: str, stopped: Stopped) -> str:
    """What happened in the cell, which is named in words such as ``cell 3 (double_check)``."""
    match stopped.reason:
        case StopReason.CELL_TIME:
            return f"{cell} was {_cause(stopped)}."
        case StopReason.NOTEBOOK_TIME:
            return f"{cell} was stopped after the whole notebook had taken {stopped.seconds:g} s."
        case StopReason.KILLED:
            return f"{cell} could not be interrupted; the kernel was killed."
        case StopReason.MEMORY:
            return f"the kernel died in {cell}: {_cause(stopped)}."
        case StopReason.DIED:
            return f"the kernel died in {cell}."


def phrase_for_student(stopped: Stopped | None) -> str:
    """``stopped after 60 seconds``. It has no number if there is no record, as in a notebook that stock nbgrader ran."""
    if stopped is None or stopped.seconds is None:
        return "stopped because it took too long"
    return f"stopped after {stopped.seconds:g} {'second' if stopped.seconds == 1 else 'seconds'}"


def _cause(stopped: Stopped) -> str:
    match stopped.reason:
        case StopReason.CELL_TIME:
            return "stopped" if stopped.seconds is None else f"stopped after {stopped.seconds:g} s"
        case StopReason.NOTEBOOK_TIME:
            return f"the whole notebook was stopped after {stopped.seconds:g} s"
        case StopReason.KILLED:
            return "an earlier cell could not be interrupted, so the kernel was killed"
        case StopReason.MEMORY:
            return f"it used more than {(stopped.memory_bytes or 0) // MB} MB of memory"
        case StopReason.DIED:
            return "the kernel died"
