"""What the grader notes in a notebook's metadata, as typed records. No other module reads or writes that key.

In: records of a source, of an examined notebook, of a check, of a cell that was stopped. Out: the same, read back; None where
a record is missing or is not the grader's, since anybody can write metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from nbformat import NotebookNode

from grader.core.model import ExamResult, Outcome, Problem, Stopped, Verdict

_KEY = "grader"
_STOPPED = "stopped"
T = TypeVar("T")


@dataclass(frozen=True)
class SourceRecord:
    """Which assignment a notebook belongs to. The build notes it in the source, and so every submission carries it."""

    assignment: str = ""
    course: str = ""


@dataclass(frozen=True)
class ExamRecord:
    """What is noted in an autograded notebook.

    ``fingerprint`` says what this is the result of; it is empty if the grader itself failed, so that the next run tries
    again. ``points`` are those of each check by its grade_id, ``log`` is the grader's traceback where it failed. ``seconds``
    is how long the exam took, None if there was none. ``peak_bytes`` is the most memory that the student kernel used.
    """

    problems: tuple[Problem, ...] = ()
    fingerprint: str = ""
    assignment: str = ""
    log: tuple[str, ...] = ()
    seconds: float | None = None
    peak_bytes: int = 0
    points: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckRecord:
    """How a check ended. ``protected`` is False if it ran in the process that runs the student's code."""

    outcome: Outcome
    message: str = ""
    points: float | None = None
    protected: bool = False


def exam_record(result: ExamResult, problems: Sequence[Problem], fingerprint: str, assignment: str = "") -> ExamRecord:
    """The record of a result. What the grader itself failed on gets no fingerprint, so that the next run tries again."""
    return ExamRecord(
        problems=tuple(problems),
        fingerprint="" if result.log else fingerprint,
        assignment=assignment,
        log=tuple(result.log),
        seconds=round(result.seconds, 2),
        peak_bytes=result.peak_bytes,
        points={verdict.grade_id: verdict.points for verdict in result.verdicts},
    )


def write_source_record(notebook: NotebookNode, record: SourceRecord) -> None:
    notebook.metadata[_KEY] = NotebookNode(msgspec.to_builtins(record))


def read_source_record(notebook: NotebookNode) -> SourceRecord:
    """An empty record if there is none."""
    return _read(notebook, SourceRecord) or SourceRecord()


def write_exam_record(notebook: NotebookNode, record: ExamRecord) -> None:
    notebook.metadata[_KEY] = NotebookNode(msgspec.to_builtins(record))


def read_exam_record(notebook: NotebookNode) -> ExamRecord | None:
    return _read(notebook, ExamRecord)


def write_check_record(cell: NotebookNode, verdict: Verdict) -> None:
    """Note how a check ended. What is noted about a stop stays."""
    record = CheckRecord(verdict.outcome, verdict.message, verdict.points, verdict.protected)
    stopped = read_stopped(cell)
    cell.metadata[_KEY] = NotebookNode(msgspec.to_builtins(record))
    if stopped is not None:
        write_stopped(cell, stopped)


def read_check_record(cell: NotebookNode) -> CheckRecord | None:
    return _read(cell, CheckRecord)


def write_stopped(cell: NotebookNode, stopped: Stopped) -> None:
    """Note why a cell was stopped. Only `clear_record` removes it."""
    noted = cell.metadata.setdefault(_KEY, NotebookNode())
    noted[_STOPPED] = NotebookNode(msgspec.to_builtins(stopped))


def read_stopped(cell: NotebookNode) -> Stopped | None:
    """Why a cell was stopped; None if it was not, or if another tool ran it."""
    noted = cell.metadata.get(_KEY)
    return _converted(noted.get(_STOPPED), Stopped) if isinstance(noted, dict) else None


def clear_record(node: NotebookNode) -> None:
    """Remove what a notebook or a cell holds under the grader's key."""
    node.metadata.pop(_KEY, None)


def _read(node: NotebookNode, kind: type[T]) -> T | None:
    return _converted(node.metadata.get(_KEY), kind)


def _converted(found: object, kind: type[T]) -> T | None:
    try:
        return msgspec.convert(_as_now(found), kind) if isinstance(found, dict) else None
    except (msgspec.ValidationError, RecursionError):
        return None


def _as_now(found: Mapping[str, Any]) -> dict[str, Any]:
    """A record with today's names: version 0.x called a fixed problem mended, and a fingerprint a state."""
    renamed = {"state": "fingerprint", "mended": "fixed"}
    now = {renamed.get(name, name): value for name, value in found.items()}
    if isinstance(problems := now.get("problems"), list):
        now["problems"] = [
            {renamed.get(name, name): value for name, value in each.items()} if isinstance(each, dict) else each
            for each in problems
        ]
    return now
