"""A sample class: submissions made from a course's own solutions and listed wrong answers, to try the grader on.

In: the lectures. Out: a folder as a teacher gets it, with honest work of every quality, and with files that were copied,
cut, saved by Colab, or broken. Everything is chosen by a fixed seed: the same course gives the same class.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.authoring import build_assignment, notebook_bytes
from grader.course import Assignment, Course
from grader.files import write_atomically
from grader.script import BEGIN_SOLUTION, END_SOLUTION, Kind, Script, inside, read_script

SEED = 20261120
STUDENTS = (
    "Ada Achterberg", "Bilal Benali", "Chen Chia-Hao", "Dilnoza Davronova", "Emeka Eze", "Freya Fjellstad",
    "Gabriela Gómez", "Hana Hoshino", "Imani Igwe", "Jonas Järvinen", "Kavya Krishnan", "Lucía Lafuente",
    "Mateus Moreira", "Nadia Nowak", "Omar O'Neill", "Priya Patel", "Quentin Quirk", "Rosa Rossi",
)  # fmt: skip


@dataclass(frozen=True)
class Lesson:
    """A lecture as the makers below need it: its script, and its notebooks."""

    script: Script
    assignment: Assignment

    def release(self) -> NotebookNode:
        return copy.deepcopy(self.assignment.release)


@dataclass(frozen=True)
class SampleSubmission:
    """One file of the sample. ``honest``: a notebook as a student saves it, which any nbgrader can grade."""

    student: str
    assignment: str
    kind: str
    path: Path
    honest: bool


Maker = Callable[[Lesson, random.Random], bytes]


def write_sample(course: Course, folder: Path) -> list[SampleSubmission]:
    """Write the class into ``folder``, one folder for each student.

    Raises:
        AuthoringErrors: a lecture cannot be built.
        GraderError: the folder cannot be written.
    """
    lessons = [Lesson(script, build_assignment(course, script)) for script in map(read_script, course.lectures())]
    return [
        _write(folder, student, lesson, kind)
        for student, kinds in zip(STUDENTS, _plan(len(lessons)), strict=False)
        for lesson, kind in zip(lessons, kinds, strict=True)
        if kind is not None
    ]


def _plan(lectures: int) -> list[Sequence[str | None]]:
    """What each student does in each lecture. The hard cases are spread over the first lectures that there are."""
    hard = ["colab", "copied cell", "deleted check", "edited check", "no metadata", "endless loop", "syntax error",
            "truncated", "not json", "empty file", "nbformat 3", "moved cell", "much output"]  # fmt: skip
    rows: list[list[str | None]] = [["perfect"] * lectures, ["empty"] * lectures]
    for number in range(2, len(STUDENTS)):
        row: list[str | None] = [None] * lectures
        row[number % lectures] = "partly right"  # one lecture each: enough to see, and soon done
        if hard and number > 4:
            row[0 if number % lectures else 1 % lectures] = hard.pop(0)
        rows.append(row)
    return list(rows)


def _write(folder: Path, student: str, lesson: Lesson, kind: str) -> SampleSubmission:
    name = lesson.assignment.name
    content = MAKERS[kind](lesson, random.Random(f"{SEED} {student} {name}"))
    path = folder / student / f"{name}.ipynb"
    write_atomically(path, content)
    return SampleSubmission(student, name, kind, path, kind in HONEST)


def perfect(lesson: Lesson, rng: random.Random) -> bytes:
    return notebook_bytes(_answered(lesson, rng, share=1.0))


def partly_right(lesson: Lesson, rng: random.Random) -> bytes:
    return notebook_bytes(_answered(lesson, rng, share=rng.uniform(0.3, 0.9)))


def empty(lesson: Lesson, rng: random.Random) -> bytes:
    return notebook_bytes(lesson.release())


def colab(lesson: Lesson, rng: random.Random) -> bytes:
    """Colab drops the cells' ids, keeps one of its own in their metadata, and adds metadata of its own."""
    notebook = json.loads(notebook_bytes(_answered(lesson, rng, share=0.8)))
    for cell in notebook["cells"]:
        del cell["id"]
        cell["metadata"]["id"] = "".join(rng.choices("abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789_-", k=12))
        if cell["cell_type"] == "code":
            cell["metadata"]["outputId"] = "abc"
            cell["metadata"].pop("deletable", None)
            cell["metadata"].pop("editable", None)
    notebook["metadata"] |= {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    notebook["nbformat_minor"] = 0
    return json.dumps(notebook).encode()


def no_metadata(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.8)
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = NotebookNode(), f"cell-{number}"
    notebook.metadata.pop("grader")
    return notebook_bytes(notebook)


def copied_cell(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.8)
    position = _solution_positions(notebook)[1]
    twin = copy.deepcopy(notebook.cells[position])
    twin.id = "a-copy"
    notebook.cells.insert(position + 1, twin)
    return notebook_bytes(notebook)


def deleted_check(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.9)
    del notebook.cells[_check_positions(notebook)[0]]
    return notebook_bytes(notebook)


def edited_check(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.3)
    for position in _check_positions(notebook)[:3]:
        notebook.cells[position].source = "pass  # it works on my machine"
    return notebook_bytes(notebook)


def moved_cell(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.9)
    check = notebook.cells.pop(_check_positions(notebook)[1])
    notebook.cells.insert(1, check)
    return notebook_bytes(notebook)


def endless_loop(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=1.0)
    notebook.cells[_solution_positions(notebook)[2]].source += "\n\nwhile True:\n    pass"
    return notebook_bytes(notebook)


def syntax_error(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.9)
    cell = notebook.cells[_solution_positions(notebook)[0]]
    cell.source = cell.source.replace(":", "", 1)
    return notebook_bytes(notebook)


def much_output(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = _answered(lesson, rng, share=0.9)
    notebook.cells[
        _solution_positions(notebook)[1]
    ].source += '\n\nfor i in range(100_000):\n    print(i, "still here")'
    return notebook_bytes(notebook)


def truncated(lesson: Lesson, rng: random.Random) -> bytes:
    content = perfect(lesson, rng)
    return content[: len(content) * 2 // 3]


def not_json(lesson: Lesson, rng: random.Random) -> bytes:
    return f"<!doctype html><title>{lesson.assignment.name}.ipynb</title><p>Sign in to see this file</p>".encode()


def empty_file(lesson: Lesson, rng: random.Random) -> bytes:
    return b""


def old_format(lesson: Lesson, rng: random.Random) -> bytes:
    notebook = nbformat.convert(_answered(lesson, rng, share=0.8), 3)
    return nbformat.v3.writes_json(notebook).encode()


MAKERS: dict[str, Maker] = {
    "perfect": perfect,
    "partly right": partly_right,
    "empty": empty,
    "syntax error": syntax_error,
    "colab": colab,
    "no metadata": no_metadata,
    "copied cell": copied_cell,
    "deleted check": deleted_check,
    "edited check": edited_check,
    "moved cell": moved_cell,
    "endless loop": endless_loop,
    "much output": much_output,
    "truncated": truncated,
    "not json": not_json,
    "empty file": empty_file,
    "nbformat 3": old_format,
}
HONEST = {"perfect", "partly right", "empty", "syntax error"}


def _answered(lesson: Lesson, rng: random.Random, share: float) -> NotebookNode:
    """The release with answers: ``share`` of the exercises right, most others with a listed wrong answer, some left out."""
    notebook = lesson.release()
    solutions = {cell.name: cell for cell in lesson.script.of_kind(Kind.EXERCISE, Kind.WRITTEN)}
    for cell in notebook.cells:
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        solution = solutions[cell.metadata.nbgrader.grade_id]
        if solution.kind is Kind.WRITTEN:
            if rng.random() < share:
                cell.source = _prose(solution.source)
        elif rng.random() < share:
            kept = (line for line in solution.source.splitlines() if not re.search("(BEGIN|END) SOLUTION", line))
            cell.source = "\n".join(kept)
        elif rng.random() < 0.8:
            wrong = [cell for cell in lesson.script.of_kind(Kind.WRONG) if cell.name == solution.name]
            cell.source = rng.choice(wrong).source if wrong else cell.source
    return notebook


def _prose(solution: str) -> str:
    # The mark scheme is the teacher's; an answer is what stands above it.
    answer = "\n".join(inside(solution, BEGIN_SOLUTION, END_SOLUTION))
    return answer.partition("**Mark scheme**")[0].strip()


def _solution_positions(notebook: NotebookNode) -> list[int]:
    return _positions(notebook, lambda meta: meta.get("solution") and not meta.get("grade"))


def _check_positions(notebook: NotebookNode) -> list[int]:
    return _positions(notebook, lambda meta: meta.get("grade") and not meta.get("solution"))


def _positions(notebook: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> list[int]:
    cells = enumerate(notebook.cells)
    return [n for n, cell in cells if "nbgrader" in cell.metadata and wanted(cell.metadata.nbgrader)]
