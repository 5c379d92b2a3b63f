"""Reads an executed notebook: its checks and answers, all that grades and pages need.

In: an autograded notebook. Out: a small `Autograded`, so that a notebook is read once and need not be kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.core.cells import checks_with_solutions, grade_id_of, is_answer, is_graded
from grader.core.model import Problem
from grader.core.record import CheckRecord, ExamRecord, read_check_record, read_exam_record
from grader.exam.messages import answer_of, message_of

_NOT_A_NOTEBOOK = (ValueError, AttributeError, TypeError, KeyError)  # what nbformat raises for other JSON, or for none


@dataclass(frozen=True)
class Autograded:
    """What a notebook holds. ``order`` lists the grade_ids in the notebook's order.

    ``checks`` says how each check ended, ``solutions`` which solution cell it judges; both by the check's grade_id.
    ``answers`` are the texts of all cells that a student answers in; ``written`` those graded manually, as Markdown.
    ``fingerprint`` and ``points`` are what a store noted: what this is the result of, and what each check scored.
    """

    order: tuple[str, ...] = ()
    checks: Mapping[str, CheckRecord] = field(default_factory=dict)
    solutions: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    seconds: float | None = None
    peak_bytes: int = 0
    fingerprint: str = ""
    points: Mapping[str, float] = field(default_factory=dict)


def read_autograded(path: Path) -> NotebookNode | None:
    """A notebook of the course folder. None if there is none, or a damaged one: the next run writes it again."""
    try:
        notebook = nbformat.read(path, as_version=4) if path.is_file() else None
    except (OSError, *_NOT_A_NOTEBOOK):
        return None
    return notebook if notebook is not None and all(map(_is_cell, notebook.cells)) else None


def _is_cell(cell: object) -> bool:
    """Whether it is a cell as far as this module reads it. nbformat only writes a line into a log if it is not."""
    return isinstance(cell, dict) and isinstance(cell.get("source"), str) and isinstance(cell.get("metadata"), dict)


def autograded_from(notebook: NotebookNode) -> Autograded:
    """Read a notebook. One that stock nbgrader has autograded holds less, and its metadata may be the student's."""
    known = {grade_id_of(cell): cell for cell in notebook.cells if grade_id_of(cell)}
    answers = {grade_id: cell for grade_id, cell in known.items() if is_answer(cell)}
    checks = [(grade_id_of(cell), cell, solution) for cell, solution in checks_with_solutions(notebook)]
    record = read_exam_record(notebook) or ExamRecord()
    return Autograded(
        order=tuple(known),
        checks={grade_id: _check(cell, solution) for grade_id, cell, solution in checks},
        solutions={grade_id: grade_id_of(solution) for grade_id, _, solution in checks if solution is not None},
        answers={grade_id: cell.source for grade_id, cell in answers.items()},
        written={grade_id: answer_of(cell) for grade_id, cell in answers.items() if is_graded(cell)},
        problems=record.problems,
        seconds=record.seconds,
        peak_bytes=record.peak_bytes,
        fingerprint=record.fingerprint,
        points=record.points,
    )


def headings_of(source: NotebookNode | None) -> dict[str, str]:
    """For each graded cell of a source, the last heading above it."""
    heading, found = "", {}
    for cell in source.cells if source is not None else ():
        if cell.cell_type == "markdown" and not is_graded(cell):
            lines = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
            heading = lines[-1] if lines else heading
        elif is_graded(cell) and heading:
            found[grade_id_of(cell)] = heading
    return found


def title_of(source: NotebookNode | None, otherwise: str) -> str:
    """A source's first main heading."""
    for cell in source.cells if source is not None else ():
        heading = re.search(r"^#\s+(.+?)\s*#*$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return heading[1]
    return otherwise


def _check(cell: NotebookNode, solution: NotebookNode | None) -> CheckRecord:
    """What the exam has noted; what the outputs look like, if another tool has run the cell."""
    return read_check_record(cell) or CheckRecord(*message_of(cell, solution))
