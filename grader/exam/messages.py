"""What an executed cell shows: how its check ended, and the sentence for the student.

In: cells with their outputs; of a check only the outputs that belong to its verdict. Out: an `Outcome` and a sentence. Only
the name and the text of an error are read, never its traceback, so that hidden tests stay hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.core.cells import checksum_of, max_points_of, released_text
from grader.core.model import Outcome, Stopped
from grader.core.record import read_stopped
from grader.exam.orders import TIMEOUT
from grader.exam.stopped import DEAD, phrase_for_student

UNANSWERED = "This exercise has not been answered yet."
NO_SENTENCE = "This check did not pass."
_LONGEST_VALUE = 300  # characters of an error's text
_LONGEST_SENTENCE = 1500  # characters of an author's sentence; NumPy's comparisons can be long


@dataclass(frozen=True)
class _Error:
    """The error that a cell ended with, without its traceback, which would show hidden tests.

    ``stopped`` is why the cell was stopped, if this grader ran it and stopped it.
    """

    name: str
    value: str
    stopped: Stopped | None = None

    def __str__(self) -> str:
        name, value = _cut(self.name, 80), _cut(self.value, _LONGEST_VALUE)
        return f"{name}: {value}" if value else name


def message_of(cell: NotebookNode, solution_cell: NotebookNode | None = None) -> tuple[Outcome, str]:
    """How an executed check ended, and the sentence for the student.

    ``solution_cell`` is the student's cell that the check belongs to: it distinguishes an empty answer from a wrong one.
    """
    outcome, message = _message_of(cell, solution_cell)
    # A student's code that runs during a check may raise an error with what it finds there. A sentence that quotes the check
    # is not shown; "you return False" does not count as a quotation.
    shown = set(released_text(cell).splitlines())
    hidden = (line.strip() for line in cell.source.splitlines() if line not in shown)
    if any(len(line) >= 12 and line in message and not re.fullmatch(r"return \w+", line) for line in hidden):
        message = NO_SENTENCE
    return outcome, message


def _message_of(cell: NotebookNode, solution_cell: NotebookNode | None) -> tuple[Outcome, str]:
    error = _error_of(cell)
    if error is None:
        return Outcome.PASSED, _partly(cell)
    if error.name == DEAD:
        return Outcome.NOT_RUN, "Python itself broke off before this check could run, perhaps for want of memory."
    if _is_timeout(error):
        return (
            Outcome.TIMEOUT,
            f"Your code was {phrase_for_student(error.stopped)}. Look for a loop that never ends, or for slow work.",
        )
    if error.name == "AssertionError":
        return Outcome.FAILED, _cut(error.value, _LONGEST_SENTENCE) or NO_SENTENCE
    return _reason_of(error, solution_cell)


def _partly(cell: NotebookNode) -> str:
    """For a check that gave part of its points (by nbgrader's rule, the cell's value): the last line that it printed."""
    value = next((out for out in cell.get("outputs", ()) if out.get("output_type") == "execute_result"), None)
    if value is None:
        return ""
    most = max_points_of(cell)
    try:
        points = float(value["data"]["text/plain"])
    except (KeyError, ValueError):
        return ""
    if not 0 <= points < most:
        return ""
    printed = [out["text"] for out in cell.outputs if out.get("name") == "stdout" and out["text"].strip()]
    last = _plain(printed[-1].strip().splitlines()[-1]) if printed else ""
    return _cut(last, _LONGEST_SENTENCE) or f"{points:g} of {most:g} points: a part of it is right."


def _reason_of(error: _Error, solution_cell: NotebookNode | None) -> tuple[Outcome, str]:
    """Why a check ended before it could judge: there is no answer, or its cell or a call of it raised an error."""
    cause = _error_of(solution_cell) if solution_cell is not None else None
    unwritten = cause is not None and cause.name == "NotImplementedError"
    if error.name == "NotImplementedError" or unwritten or (error.name == "NameError" and _is_stub(solution_cell)):
        return Outcome.UNANSWERED, UNANSWERED
    if error.name == "BoundaryError":  # how the examiner refuses an answer
        return Outcome.ERROR, _cut(error.value, _LONGEST_SENTENCE)
    if cause is None:
        return Outcome.ERROR, f"Your code stopped with {error}"
    if cause.name == DEAD:
        return Outcome.NOT_RUN, "Python itself broke off in the cell of this exercise, perhaps for want of memory."
    if _is_timeout(cause):
        return (
            Outcome.TIMEOUT,
            f"The cell of this exercise was {phrase_for_student(cause.stopped)}, so the check could not run.",
        )
    if error.name == "NameError":  # of a name that the cell should have bound; repeating it helps nobody
        return Outcome.ERROR, f"The cell of this exercise stopped with {cause}, so the check could not run."
    return Outcome.ERROR, f"The cell of this exercise stopped with {cause}\nThe check then stopped with {error}"


def answer_of(cell: NotebookNode) -> str:
    """What a student wrote in a cell that is graded manually, as Markdown: code is fenced."""
    if cell.cell_type != "code":
        return str(cell.source)
    longest = max((len(run) for run in re.findall("`+", cell.source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{cell.source}\n{fence}"


def _error_of(cell: NotebookNode) -> _Error | None:
    """The most informative error. An interrupted cell has two: the KeyboardInterrupt, and why it was interrupted."""
    stopped = read_stopped(cell)
    outputs: Iterable[NotebookNode] = cell.get("outputs", ())
    errors = [
        _Error(_plain(output.get("ename", "")) or "an error", _value(output.get("evalue", "")), stopped)
        for output in outputs
        if output.get("output_type") == "error"
    ]
    decisive = [error for error in errors if error.name in (DEAD, TIMEOUT)]
    return next(iter(decisive + errors), None)


def _is_timeout(error: _Error) -> bool:
    return error.name in (TIMEOUT, "KeyboardInterrupt")


def _is_stub(cell: NotebookNode | None) -> bool:
    """Whether a solution cell is still the stub that was released, by nbgrader's checksum or by the stub's last line."""
    if cell is None:
        return False
    checksum = checksum_of(cell)
    if checksum is not None:
        from nbgrader.utils import compute_checksum  # here, so that pages can be drawn without it

        if checksum == compute_checksum(cell):
            return True
    return not cell.source.strip() or re.search(r"^\s*raise NotImplementedError\b", cell.source, re.M) is not None


_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_POSITION = re.compile(r"\((?:<[^<>]*>|[^\s()]+\.py), line (\d+)\)")


def _value(text: object) -> str:
    """An error's text. IPython puts the names of its temporary files into it; only the line number helps a student."""
    return _POSITION.sub(r"(line \1)", _plain(text))


def _plain(text: object) -> str:
    return _CONTROL.sub("", _ANSI.sub("", str(text))).strip()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
