"""What an executed notebook tells of its checks and answers: all that marks and pages need of it.

In: an autograded notebook. Out: a small `Autograded`, so that a notebook is read once and need not be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from grader.core.model import Outcome, Problem
from grader.exam.messages import answer_of, checks_with_solutions, message_of


@dataclass(frozen=True)
class AutogradedCheck:
    """How a check ended. ``solution`` is the grade_id of the student's cell that it belongs to, where there is one."""

    outcome: Outcome
    message: str
    protected: bool
    solution: str | None = None


@dataclass(frozen=True)
class Autograded:
    """What a notebook tells. ``order`` holds the grade_ids as they stand in it.

    ``answers`` are the texts of all cells that a student answers in; ``written`` those graded by hand, as Markdown.
    ``state`` and ``points`` are what `CourseFolder.save` noted: of what this is the result, and what each check scored.
    """

    order: tuple[str, ...] = ()
    checks: Mapping[str, AutogradedCheck] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    seconds: float | None = None
    peak_bytes: int = 0
    state: str = ""
    points: Mapping[str, float] = field(default_factory=dict)


def autograded_from(notebook: NotebookNode) -> Autograded:
    """Read a notebook. One that stock nbgrader has autograded tells less, and may hold whatever its student wrote."""
    known = {_grade_id(cell): cell for cell in notebook.cells if _grade_id(cell)}
    answers = {grade_id: cell for grade_id, cell in known.items() if cell.metadata.nbgrader.get("solution")}
    noted = _mapping(notebook.metadata.get("grader"))
    seconds = noted.get("seconds")
    return Autograded(
        order=tuple(known),
        checks={_grade_id(cell): _check(cell, solution) for cell, solution in checks_with_solutions(notebook)},
        answers={grade_id: cell.source for grade_id, cell in answers.items()},
        written={
            grade_id: answer_of(cell) for grade_id, cell in answers.items() if cell.metadata.nbgrader.get("grade")
        },
        problems=tuple(_problems(noted.get("problems"))),
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
        peak_bytes=peak if isinstance(peak := noted.get("peak_bytes"), int) else 0,
        state=str(noted.get("state", "")),
        points=_mapping(noted.get("points")),
    )


def headings_of(source: NotebookNode | None) -> dict[str, str]:
    """For each graded cell of a source, the last heading above it."""
    heading, found = "", {}
    for cell in source.cells if source is not None else ():
        is_graded = cell.metadata.get("nbgrader", {}).get("grade", False)
        if cell.cell_type == "markdown" and not is_graded:
            lines = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
            heading = lines[-1] if lines else heading
        elif is_graded and heading:
            found[_grade_id(cell)] = heading
    return found


def title_of(source: NotebookNode | None, otherwise: str) -> str:
    """A source's first main heading."""
    for cell in source.cells if source is not None else ():
        heading = re.search(r"^#\s+(.+?)\s*#*$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return heading[1]
    return otherwise


def _check(cell: NotebookNode, solution: NotebookNode | None) -> AutogradedCheck:
    """What the exam has noted; what the outputs look like, where another tool has run the cell."""
    noted = _mapping(cell.metadata.get("grader"))
    if noted.get("outcome") in list(Outcome):
        outcome, message = Outcome(noted["outcome"]), str(noted.get("message", ""))
        protected = noted.get("protected") is True
    else:
        (outcome, message), protected = message_of(cell, solution), False
    return AutogradedCheck(outcome, message, protected, _grade_id(solution) if solution is not None else None)


def _problems(noted: object) -> Iterable[Problem]:
    for each in noted if isinstance(noted, list) else ():
        if isinstance(each, dict):
            yield Problem(str(each.get("text", "")), (each.get("fixed") or each.get("mended")) is True)


def _mapping(noted: object) -> Mapping[str, Any]:
    return noted if isinstance(noted, dict) else {}


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
