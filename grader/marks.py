"""What students got: plain data that the gradebook fills, and that feedback, report and export show.

Comes in: nothing but values. Goes out: derived numbers and words, and :func:`message_of`, which reads an executed check.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nbformat import NotebookNode

from grader.results import Outcome, Problem

UNANSWERED = "This exercise has not been answered yet."
NO_SENTENCE = "This check did not pass."
_LONGEST_VALUE = 300  # characters of an error's text
_LONGEST_SENTENCE = 1500  # characters of an author's sentence; NumPy's comparisons can be long


class Status(enum.StrEnum):
    """How far the grading of one student's notebook has come."""

    GRADED = "graded"
    WAITING = "waiting for hand grading"
    UNGRADABLE = "could not be graded"
    MISSING = "not handed in"


@dataclass(frozen=True)
class Mark:
    """One graded cell.

    ``title`` is the nearest heading above the cell in the source. ``points`` is None while the cell waits to be graded by hand;
    what a teacher added as extra credit is part of them. ``outcome`` and ``message`` belong to a check; the message is empty when
    it passed. ``answer`` is a student's own text, Markdown, see :func:`answer_of`. ``comment`` is the teacher's.
    """

    grade_id: str
    title: str
    kind: Literal["check", "written"]
    points: float | None
    max_points: float
    outcome: Outcome | None = None
    message: str = ""
    comment: str = ""
    answer: str = ""

    @property
    def full(self) -> bool:
        """Whether nothing is missing. A check worth no points is full when it passed."""
        if self.points is None:
            return False
        return self.points >= self.max_points and (self.max_points > 0 or self.outcome in (None, Outcome.PASSED))


@dataclass(frozen=True)
class NotebookMarks:
    """One student's notebook of one assignment, graded as far as it is."""

    student: str
    assignment: str
    title: str
    marks: tuple[Mark, ...] = ()
    problems: tuple[Problem, ...] = ()
    late_penalty: float = 0.0
    seconds: float | None = None
    submitted: bool = True

    @property
    def points(self) -> float:
        """All points given so far, before the late penalty."""
        return self.points_of("check") + self.points_of("written")

    @property
    def score(self) -> float:
        """What counts: the points less the late penalty, never below 0, as nbgrader exports it."""
        return max(0.0, self.points - self.late_penalty)

    @property
    def max_score(self) -> float:
        return float(sum(mark.max_points for mark in self.marks))

    @property
    def waiting(self) -> float:
        """The points that nobody has given or refused yet."""
        return float(sum(mark.max_points for mark in self.marks if mark.points is None))

    @property
    def status(self) -> Status:
        if not self.submitted:
            return Status.MISSING
        checks = [mark for mark in self.marks if mark.kind == "check"]
        if not self.marks or (checks and all(check.points is None for check in checks)):
            return Status.UNGRADABLE
        return Status.WAITING if any(mark.points is None for mark in self.marks) else Status.GRADED

    def points_of(self, kind: Literal["check", "written"]) -> float:
        return float(sum(mark.points or 0.0 for mark in self.marks if mark.kind == kind))


@dataclass(frozen=True)
class AssignmentInfo:
    """An assignment as the class sees it."""

    name: str
    title: str
    max_score: float


@dataclass(frozen=True)
class ClassMarks:
    """Everything: all students, all assignments. A student who handed nothing in may have no notebook here at all."""

    course: str
    assignments: tuple[AssignmentInfo, ...]
    notebooks: tuple[NotebookMarks, ...]

    @cached_property
    def students(self) -> tuple[str, ...]:
        return tuple(sorted({notebook.student for notebook in self.notebooks}))

    def of(self, student: str, assignment: AssignmentInfo) -> NotebookMarks:
        """The notebook of a student; where there is none, one that was not handed in."""
        missing = NotebookMarks(student, assignment.name, assignment.title, submitted=False)
        return self._by_key.get((student, assignment.name), missing)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], NotebookMarks]:
        return {(notebook.student, notebook.assignment): notebook for notebook in self.notebooks}


# Reading an executed notebook ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Error:
    """The error that a cell ended with. Its traceback is left behind on purpose: it would show hidden tests."""

    name: str
    value: str

    def __str__(self) -> str:
        name, value = _cut(self.name, 80), _cut(self.value, _LONGEST_VALUE)
        return f"{name}: {value}" if value else name


def message_of(cell: NotebookNode, solution_cell: NotebookNode | None = None) -> tuple[Outcome, str]:
    """How an executed check ended, and the sentence for the student.

    Only the error's name and text are read, never its traceback or the check's source, so that hidden tests stay hidden.
    ``solution_cell`` is the student's cell that the check belongs to; it tells an empty answer from a wrong one.
    """
    error = _error_of(cell)
    if error is None:
        return Outcome.PASSED, ""
    if error.name == "DeadKernelError":
        return Outcome.NOT_RUN, "Python itself broke off before this check could run, perhaps for want of memory."
    if _is_timeout(error):
        return Outcome.TIMEOUT, f"Your code was {_stopped(error)}. Look for a loop that never ends, or for slow work."
    if error.name == "AssertionError":
        return Outcome.FAILED, _cut(error.value, _LONGEST_SENTENCE) or NO_SENTENCE
    return _reason_of(error, solution_cell)


def _reason_of(error: _Error, solution_cell: NotebookNode | None) -> tuple[Outcome, str]:
    """Why a check stopped before it could judge: no answer, an answer that stops by itself, or one that fails when called."""
    cause = _error_of(solution_cell) if solution_cell is not None else None
    unwritten = cause is not None and cause.name == "NotImplementedError"
    if error.name == "NotImplementedError" or unwritten or (error.name == "NameError" and _is_stub(solution_cell)):
        return Outcome.UNANSWERED, UNANSWERED
    if cause is None:
        return Outcome.ERROR, f"Your code stopped with {error}"
    if cause.name == "DeadKernelError":
        return Outcome.NOT_RUN, "Python itself broke off in the cell of this exercise, perhaps for want of memory."
    if _is_timeout(cause):
        return Outcome.TIMEOUT, f"The cell of this exercise was {_stopped(cause)}, so the check could not run."
    if error.name == "NameError":  # what the cell should have bound; naming it again helps nobody
        return Outcome.ERROR, f"The cell of this exercise stopped with {cause}, so the check could not run."
    return Outcome.ERROR, f"The cell of this exercise stopped with {cause}\nThe check then stopped with {error}"


def answer_of(cell: NotebookNode) -> str:
    """What a student wrote in a cell that is graded by hand, as Markdown: code stands in a fence."""
    if cell.cell_type != "code":
        return str(cell.source)
    longest = max((len(run) for run in re.findall("`+", cell.source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{cell.source}\n{fence}"


def _error_of(cell: NotebookNode) -> _Error | None:
    """The error that says most. An interrupted cell has two: the KeyboardInterrupt, and why it was interrupted."""
    outputs: Iterable[NotebookNode] = cell.get("outputs", ())
    errors = [
        _Error(_plain(output.get("ename", "")) or "an error", _value(output.get("evalue", "")))
        for output in outputs
        if output.get("output_type") == "error"
    ]
    decisive = [error for error in errors if error.name == "DeadKernelError" or _is_timeout(error)]
    return next(iter(decisive + errors), None)


def _is_timeout(error: _Error) -> bool:
    return error.name in ("CellTimeoutError", "KeyboardInterrupt")


def _stopped(error: _Error) -> str:
    """``stopped after 60 seconds``. Nothing else of nbclient's text is used: it quotes the cell."""
    found = re.search(r"after\s+(\d+(?:\.\d+)?)\s*s", error.value)
    if found is None:
        return "stopped because it took too long"
    return f"stopped after {found[1]} {'second' if found[1] == '1' else 'seconds'}"


def _is_stub(cell: NotebookNode | None) -> bool:
    """Whether a solution cell still is what was released: nbgrader's checksum says so, or the stub's last line."""
    if cell is None:
        return False
    checksum = cell.metadata.get("nbgrader", {}).get("checksum")
    if checksum is not None:
        from nbgrader.utils import compute_checksum  # here, so that pages can be drawn without it

        if checksum == compute_checksum(cell):
            return True
    return not cell.source.strip() or re.search(r"^\s*raise NotImplementedError\b", cell.source, re.M) is not None


_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PLACE = re.compile(r"\((?:<[^<>]*>|[^\s()]+\.py), line (\d+)\)")


def _value(text: object) -> str:
    """An error's text. IPython names its temporary files in it; only the line means something to a student."""
    return _PLACE.sub(r"(line \1)", _plain(text))


def _plain(text: object) -> str:
    return _CONTROL.sub("", _ANSI.sub("", str(text))).strip()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
