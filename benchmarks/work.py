"""What is graded: the kinds of work, each as a course of this project, a course of nbgrader's, and a class of submissions.

In: a kind and how many students. Out: a `Work`, all of it in one folder. Submissions are made from solutions and listed wrong
answers: every other student has everything right, the others some of it. The same kind gives the same class each time.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.sample import Lesson, partly_right, perfect
from grader.authoring.script import Kind as CellKind
from grader.authoring.script import Script, read_script
from grader.core.cells import notebook_bytes
from grader.core.errors import GraderError
from grader.core.model import Assignment

ROOT = Path(__file__).parent.parent
LECTURES = Path(__file__).parent / "lectures"
CONFIG = """\
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "benchmark"
c.Execute.timeout = 600
"""
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   lecture:
#     title: Idle
#     minutes: 1
#     points: {points}
# ---

# %%
{first}
"""


@dataclass(frozen=True)
class Kind:
    """A kind of work: its lectures' scripts, and what the ratio to stock nbgrader should be at least."""

    letter: str
    title: str
    scripts: tuple[Path, ...]
    ratio: float | None = None


KINDS = {
    kind.letter: kind
    for kind in (
        Kind("a", "NumPy lectures", (ROOT / "solutions/03_neuron.py", ROOT / "solutions/09_softmax.py"), 6),
        Kind("b", "imports TensorFlow", (LECTURES / "tensors.py",), 15),
        Kind("c", "small Keras models", (LECTURES / "small_models.py",), 5),
        Kind("d", "MNIST", (ROOT / "solutions/10_mnist.py",)),
    )
}


@dataclass(frozen=True)
class Work:
    """A kind of work, ready to be graded. ``submitted`` is laid out as nbgrader has it; ``data`` goes to ``--data``."""

    folder: Path
    course: Course
    assignments: tuple[Assignment, ...]
    students: int
    data: Mapping[str, Path] = field(default_factory=dict)

    @property
    def submitted(self) -> Path:
        return self.folder / "submitted"

    @property
    def submissions(self) -> int:
        return self.students * len(self.assignments)

    def files(self) -> list[tuple[Assignment, Path]]:
        """Each submission's file."""
        return [
            (assignment, path)
            for assignment in self.assignments
            for path in sorted(self.submitted.glob(f"*/{assignment.name}/*.ipynb"))
        ]


def make_work(folder: Path, scripts: Mapping[str, str], students: int, data: Mapping[str, Path] | None = None) -> Work:
    """Write a course with these scripts (name to text), and what a class of ``students`` handed in.

    Raises:
        AuthoringErrors: a script is not sound.
    """
    course = Course(folder / "course")
    shutil.copytree(ROOT / "data", course.data)
    shutil.copytree(ROOT / "solutions" / "playgrounds", course.playgrounds)
    for name, text in scripts.items():
        (course.solutions / f"{name}.py").write_text(text, encoding="utf-8")
    lessons = [Lesson(script, build_assignment(course, script)) for script in map(read_script, course.lectures())]
    work = Work(folder, course, tuple(lesson.assignment for lesson in lessons), students, data or {})
    for lesson in lessons:
        for number in range(students):
            name, student = lesson.assignment.name, f"student-{number + 1:03}"
            maker = partly_right if number % 2 else perfect
            place = work.submitted / student / name
            place.mkdir(parents=True)
            (place / f"{name}.ipynb").write_bytes(maker(lesson, random.Random(f"{student} {name}")))
    return work


def scripts_of(kind: Kind) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in kind.scripts}


def make_nbgrader_course(work: Work, folder: Path) -> None:
    """nbgrader's course folder with the same assignments and submissions; nothing of the grader is in it."""
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    for assignment in work.assignments:
        place = folder / "source" / assignment.name
        place.mkdir(parents=True)
        (place / f"{assignment.name}.ipynb").write_bytes(notebook_bytes(assignment.source))
        for name, content in assignment.files.items():
            (place / name).write_bytes(content)
    shutil.copytree(work.submitted, folder / "submitted")


def idle_script(like: Script | None = None, first: str = "pass") -> str:
    """The text of a lecture whose cells do nothing, as many of each kind as the lecture ``like`` has; else one exercise.

    ``first`` is the code of its first cell.
    """
    cells = list(_idle_cells(like)) if like else [_idle_exercise("answer"), _idle_check("answer", "answer_check")]
    points = sum(cell.startswith("# %% check") for cell in cells)
    return HEADER.format(points=points, first=first) + "".join(f"\n{cell}\n" for cell in cells)


def _idle_cells(like: Script) -> Iterable[str]:
    for cell in like.cells:
        if cell.kind is CellKind.EXERCISE:
            yield _idle_exercise(cell.name)
        elif cell.kind is CellKind.CHECK:
            part = f' part="{cell.part}"' if cell.part else ""
            yield _idle_check(cell.name, cell.grade_id, part)
        elif cell.kind is CellKind.WRONG:
            yield f'# %% wrong="{cell.name}" says="not 1"\n{cell.name} = 0'
        elif cell.kind in (CellKind.DEMO, CellKind.PLAYGROUND):
            yield '# %% tags=["demo"]\npass'
        elif cell.kind in (CellKind.SETUP, CellKind.GIVEN):
            yield "# %%\npass"
        else:
            yield "# %% [markdown]\n# Some text."


def _idle_exercise(name: str) -> str:
    return f'# %% exercise="{name}"\n### BEGIN SOLUTION\n{name} = 1\n### END SOLUTION'


def _idle_check(name: str, grade_id: str, part: str = "") -> str:
    test = f'assert {name} == 1, "It is not 1."'
    hidden = f"### BEGIN HIDDEN TESTS\n_of_{grade_id} = {name}\n### END HIDDEN TESTS"
    return f'# %% check="{name}"{part} points=1\n{test}\n{hidden}'


def read_data(words: Iterable[str]) -> dict[str, Path]:
    """``mnist=FILE`` as a mapping.

    Raises:
        GraderError: it is not of that form, or there is no such file.
    """
    data = {}
    for word in words:
        name, _, path = word.partition("=")
        if not path or not Path(path).is_file():
            raise GraderError(f"--data {word}: no such file. Write it as mnist=FILE.")
        data[name] = Path(path).resolve()
    return data
