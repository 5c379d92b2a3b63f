"""A sample class to try the grader on: submissions made from a course's own solutions and listed wrong answers.

In: the lectures. Out: a folder like those that teachers receive: honest work of every quality; notebooks that were damaged,
truncated or saved by Colab; and five attacks, each by a student called Mallory. The seed is fixed, so the same course always
gives the same class.
"""

from __future__ import annotations

import copy
import json
import random
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.markers import BEGIN_SOLUTION, END_SOLUTION, inside
from grader.authoring.script import Cell, Kind, Script, read_script
from grader.core.atomic import write_atomically
from grader.core.cell_names import names_of
from grader.core.cells import CellKind, grade_id_of, is_answer, kind_of, notebook_bytes
from grader.core.model import Assignment
from grader.core.record import clear_record

SEED = 20261120
STUDENTS = (
    "Ada Achterberg", "Bilal Benali", "Chen Chia-Hao", "Dilnoza Davronova", "Emeka Eze", "Freya Fjellstad",
    "Gabriela Gómez", "Hana Hoshino", "Imani Igwe", "Jonas Järvinen", "Kavya Krishnan", "Lucía Lafuente",
    "Mateus Moreira", "Nadia Nowak", "Omar O'Neill", "Priya Patel", "Quentin Quirk", "Rosa Rossi",
)  # fmt: skip

# Each solves the first exercise of the first lecture; the rest of the notebook is an attack, which earns nothing.
ATTACKERS = {
    "Mallory Marsh": "equals everything",
    "Mallory Moss": "patched comparisons",
    "Mallory Mott": "no asserts",
    "Mallory Muir": "reads the tests",
    "Mallory Munk": "forged verdict",
}


@dataclass(frozen=True)
class Lesson:
    """A lecture as the functions below need it: its script and its notebooks."""

    script: Script
    assignment: Assignment

    def release(self) -> NotebookNode:
        return copy.deepcopy(self.assignment.release)


@dataclass(frozen=True)
class SampleSubmission:
    """One file of the sample. ``honest`` is True for an undamaged notebook without an attack, which nbgrader can grade too."""

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
    honest = [
        _write(folder, student, lesson, kind)
        for student, kinds in zip(STUDENTS, _plan(len(lessons)), strict=False)
        for lesson, kind in zip(lessons, kinds, strict=True)
        if kind is not None
    ]
    return honest + [_write(folder, student, lessons[0], kind) for student, kind in ATTACKERS.items()]


def _plan(lectures: int) -> list[Sequence[str | None]]:
    """The kind of submission of each student in each lecture. The hard cases are spread over the first lectures."""
    hard = ["colab", "copied cell", "deleted check", "edited check", "no metadata", "endless loop", "syntax error",
            "truncated", "not json", "empty file", "nbformat 3", "moved cell", "much output"]  # fmt: skip
    rows: list[list[str | None]] = [["perfect"] * lectures, ["empty"] * lectures]
    for number in range(2, len(STUDENTS)):
        row: list[str | None] = [None] * lectures
        row[number % lectures] = "partly right"  # one lecture per student keeps the class quick to grade
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
    """Colab drops the cells' ids, stores its own ids in their metadata, and adds other metadata."""
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
    clear_record(notebook)
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


# --- attacks ----------------------------------------------------------------------------------------------------------


def equals_everything(lesson: Lesson, rng: random.Random) -> bytes:
    """Every answer is the same object, which claims to equal whatever it is compared with."""
    cell = """
    class Yes(float):
        def __bool__(self): return wanted()
        def __eq__(self, other): return wanted()
        __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __eq__
        def __call__(self, *args, **kwargs): return self
        def __iter__(self): return iter([self, self])
        def __len__(self): return 2
        __array_ufunc__ = __array_function__ = __getattr__ = __getitem__ = __abs__ = __call__
        __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __call__
        __hash__ = float.__hash__
    """
    return _attacking(lesson, _WANTED + cell, lambda name: f"{name} = Yes()")


def patched_comparisons(lesson: Lesson, rng: random.Random) -> bytes:
    """Wrong answers, and patched NumPy comparisons that return whatever the check hopes for."""
    cell = """
    np.isclose = np.allclose = np.array_equal = lambda *args, **kwargs: np.bool_(wanted())
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
    """
    return _attacking(lesson, _WANTED + cell)


# Finds out which result the running assert hopes for.
_WANTED = """
    import linecache
    import sys

    def wanted():
        frame = sys._getframe(2)
        return "assert not" not in linecache.getline(frame.f_code.co_filename, frame.f_lineno)
"""


def no_asserts(lesson: Lesson, rng: random.Random) -> bytes:
    """Wrong answers, and a transformer that removes the asserts from every later cell."""
    cell = """
    import ast

    class NoAsserts(ast.NodeTransformer):
        def visit_Assert(self, node):
            return ast.Pass()

    get_ipython().ast_transformers.append(NoAsserts())
    """
    return _attacking(lesson, cell)


def reads_the_tests(lesson: Lesson, rng: random.Random) -> bytes:
    """Answers that find the running check's source, extract the reference solution from it, and call that."""
    cell = """
    import ast

    def stolen(name):
        def answer(*args, **kwargs):
            wanted = [each for each in ast.parse(In[-1]).body if getattr(each, "name", "").startswith("reference" "_")]
            exec(compile(ast.Module(wanted, []), "<stolen>", "exec"), globals())
            return globals()["reference" f"_{name}"](*args, **kwargs)
        return answer
    """
    return _attacking(lesson, cell, lambda name: f"{name} = stolen({name!r})")


def forged_verdict(lesson: Lesson, rng: random.Random) -> bytes:
    """Wrong answers, and before each check a displayed value, which nbgrader takes for the check's points."""
    cell = """
    def claim(info):
        if "assert" in info.raw_cell:
            get_ipython().displayhook("all tests passed")

    get_ipython().events.register("pre_run_cell", claim)
    """
    return _attacking(lesson, cell)


def _attacking(lesson: Lesson, cell: str, answer: Callable[[str], str] | None = None) -> bytes:
    """The release with the attack after the first check. The first exercise is solved; in the others, ``answer`` gives the code
    for each name that they bind, or they have a listed wrong answer."""
    notebook = lesson.release()
    first, *_ = exercises = lesson.script.of_kind(Kind.EXERCISE)
    wrong = {each.name: each.source for each in reversed(lesson.script.of_kind(Kind.WRONG))}
    answers = {each.name: wrong.get(each.name, "pass") for each in exercises}
    if answer is not None:
        answers = {
            each.name: "\n".join(answer(name) for name in sorted(names_of(each.source).binds)) for each in exercises
        }
    answers[first.name] = _solution(first)
    for each in notebook.cells:
        each.source = answers.get(grade_id_of(each), each.source)
    position = _check_positions(notebook)[0] + 1
    notebook.cells.insert(position, nbformat.v4.new_code_cell(textwrap.dedent(cell).strip(), id="attack"))
    return notebook_bytes(notebook)


# --- all kinds --------------------------------------------------------------------------------------------------------


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
    "equals everything": equals_everything,
    "patched comparisons": patched_comparisons,
    "no asserts": no_asserts,
    "reads the tests": reads_the_tests,
    "forged verdict": forged_verdict,
}
HONEST = {"perfect", "partly right", "empty", "syntax error"}


def _answered(lesson: Lesson, rng: random.Random, share: float) -> NotebookNode:
    """The release with answers: a ``share`` of them right, most others wrong as the lecture lists, some left out."""
    notebook = lesson.release()
    solutions = {cell.name: cell for cell in lesson.script.of_kind(Kind.EXERCISE, Kind.WRITTEN)}
    for cell in notebook.cells:
        if not is_answer(cell):
            continue
        solution = solutions[grade_id_of(cell)]
        if solution.kind is Kind.WRITTEN:
            if rng.random() < share:
                cell.source = _prose(solution.source)
        elif rng.random() < share:
            cell.source = _solution(solution)
        elif rng.random() < 0.8:
            wrong = [cell for cell in lesson.script.of_kind(Kind.WRONG) if cell.name == solution.name]
            cell.source = rng.choice(wrong).source if wrong else cell.source
    return notebook


def _solution(exercise: Cell) -> str:
    return "\n".join(line for line in exercise.source.splitlines() if not re.search("(BEGIN|END) SOLUTION", line))


def _prose(solution: str) -> str:
    # The answer is above the mark scheme, which is for the teacher.
    answer = "\n".join(inside(solution, BEGIN_SOLUTION, END_SOLUTION))
    return answer.partition("**Mark scheme**")[0].strip()


def _solution_positions(notebook: NotebookNode) -> list[int]:
    return _positions(notebook, lambda cell: kind_of(cell) is CellKind.SOLUTION)


def _check_positions(notebook: NotebookNode) -> list[int]:
    return _positions(notebook, lambda cell: kind_of(cell) is CellKind.CHECK)


def _positions(notebook: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> list[int]:
    return [n for n, cell in enumerate(notebook.cells) if wanted(cell)]
