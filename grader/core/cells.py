"""nbgrader's cells: ids, kinds, flags, texts, and each check with the solution cell above it.

In: cells and notebooks, those of a damaged submission too. Out: what nbgrader's metadata says of them. No other module reads
the metadata key ``nbgrader``; authoring writes it, and nbgrader itself does.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

DEMO_TAG = "demo"
_KEY = "nbgrader"
FLAGS = ("grade", "solution", "locked", "task")
_REGIONS = (("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"), ("BEGIN MARK SCHEME", "END MARK SCHEME"))


class CellKind(enum.Enum):
    """What a cell is for. The value is what a teacher calls it; nbgrader's own names stand beside."""

    CHECK = "check"  # an autograder tests cell
    GIVEN = "given cell"  # a read-only cell
    SOLUTION = "solution cell"  # an autograded answer
    WRITTEN = "written answer"  # a manually graded answer
    TASK = "task cell"  # a manually graded task
    PLAIN = "cell"  # nbgrader does not know it


def nbgrader_metadata(cell: NotebookNode) -> dict[str, Any]:
    """nbgrader's metadata of a cell; empty if there is none, or if it is not a dictionary."""
    metadata = cell.get("metadata")
    found = metadata.get(_KEY) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def new_metadata(
    grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: float | None = None
) -> dict[str, dict[str, object]]:
    """The metadata of a new cell that nbgrader knows (its schema, version 3)."""
    known: dict[str, object] = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        known["points"] = int(points) if points == int(points) else points
    return {_KEY: known}


def set_metadata(cell: NotebookNode, **values: object) -> None:
    """Change some of nbgrader's metadata of a cell that has them."""
    cell.metadata[_KEY].update(values)


def replace_metadata(cell: NotebookNode, metadata: Mapping[str, Any] | None) -> None:
    """Put these in place of nbgrader's metadata of a cell; None removes them."""
    if metadata is None:
        cell.metadata.pop(_KEY, None)
    else:
        cell.metadata[_KEY] = NotebookNode(metadata)


def grade_id_of(cell: NotebookNode) -> str:
    """The grade_id of a cell that nbgrader knows, else an empty string."""
    metadata = nbgrader_metadata(cell)
    grade_id = metadata.get("grade_id")
    known = any(metadata.get(flag) for flag in FLAGS)
    return grade_id if known and isinstance(grade_id, str) else ""


def ids_of(cell: NotebookNode) -> tuple[str, ...]:
    """The ids that a cell carries: nbformat's own, and the one that Colab keeps in the metadata."""
    metadata = cell.get("metadata")
    colab = metadata.get("id") if isinstance(metadata, dict) else None
    return tuple(found for found in (cell.get("id"), colab) if isinstance(found, str) and found)


def kind_of(cell: NotebookNode) -> CellKind:
    metadata = nbgrader_metadata(cell)
    if not grade_id_of(cell):
        return CellKind.PLAIN
    if metadata.get("task"):
        return CellKind.TASK
    if metadata.get("solution"):
        return CellKind.WRITTEN if metadata.get("grade") else CellKind.SOLUTION
    return CellKind.CHECK if metadata.get("grade") else CellKind.GIVEN


def is_graded(cell: NotebookNode) -> bool:
    """Whether the cell has points: a check, a written answer, a task."""
    return bool(nbgrader_metadata(cell).get("grade"))


def is_answer(cell: NotebookNode) -> bool:
    """Whether students answer in this cell, whoever grades it."""
    return bool(nbgrader_metadata(cell).get("solution"))


def is_locked(cell: NotebookNode) -> bool:
    """Whether nbgrader restores the cell from the source before it grades."""
    return bool(nbgrader_metadata(cell).get("locked"))


def is_check(cell: NotebookNode) -> bool:
    """Whether the cell is a check: code that gives points, and nothing that students write."""
    return cell.cell_type == "code" and is_graded(cell) and not is_answer(cell)


def is_demo(cell: NotebookNode) -> bool:
    """Whether the cell is tagged as a demo: shown to students, skipped when grading."""
    return DEMO_TAG in cell.metadata.get("tags", [])


def max_points_of(cell: NotebookNode) -> float:
    """The points of a graded cell."""
    return float(nbgrader_metadata(cell)["points"])


def checksum_of(cell: NotebookNode) -> str | None:
    """The checksum that nbgrader noted when the assignment was released; None if there is none."""
    checksum = nbgrader_metadata(cell).get("checksum")
    return checksum if isinstance(checksum, str) else None


def checks_with_solutions(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode | None]]:
    """Each check of a notebook, in order, with the solution cell that it judges: the last one above it, if any."""
    solution = None
    for cell in notebook.cells:
        if is_answer(cell):
            solution = solution if is_graded(cell) else cell
        elif is_check(cell):
            yield cell, solution


def text_of(cell: NotebookNode) -> str:
    """The text of a cell, even if a foreign tool left a list of lines or nothing at all."""
    text = cell.get("source", "")
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


def released_text(cell: NotebookNode) -> str:
    """The text of a source cell as students see it: without hidden tests and mark schemes."""
    lines: list[str] = []
    closing = ""
    for line in text_of(cell).split("\n"):
        opening = next((end for begin, end in _REGIONS if begin in line), "")
        if opening:
            closing = opening
        elif closing and closing in line:
            closing = ""
        elif not closing:
            lines.append(line)
    return "\n".join(lines)


def tidied(text: str) -> str:
    """The text without what editors change by themselves: line ends, trailing blanks, empty lines at either end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """The notebook as it is written to a file: the same bytes on every platform.

    Raises:
        nbformat.ValidationError: it is not a valid notebook.
    """
    nbformat.validate(notebook)
    # What a student's code prints may hold lone surrogates, which no file can.
    return (nbformat.v4.writes(notebook).rstrip("\n") + "\n").encode("utf-8", "replace")
