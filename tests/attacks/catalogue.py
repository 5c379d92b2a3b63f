"""What an attack is, and what an honest grader must give for it.

An attack is a function. It gets a `Scene`, which tells it more of the teacher's machine than any student knows, and returns
the `Work` that is handed in: a notebook in which one exercise is answered honestly, and the rest is the attack. `@attack`
says what it has earned. The function's name is the student's name in the batch, and the name of the test.
"""

from __future__ import annotations

import copy
import enum
import hashlib
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.core.model import Assignment
from tests.attacks.course import RIGHT, SMALL, TWICE, WRONG


class Alone(enum.Enum):
    """What the attack does where a notebook is graded in one process, without walls."""

    SCORES = "gets points that it has not earned"  # proved by test_unprotected.py
    HARMLESS = "gets nothing more, and does no harm"
    NEVER = "would harm the machine that runs this test"


@dataclass(frozen=True)
class Scene:
    """The machine as an attack finds it. ``secret`` is in the canaries only; nothing that students read may show it."""

    name: str
    course: Path  # the lectures, with solutions and hidden tests
    submissions: Path
    out: Path  # the gradebook's folder
    home: Path  # a folder in the home of whoever grades
    port: int  # where somebody listens on 127.0.0.1

    @property
    def secret(self) -> str:
        return "secret-" + hashlib.sha256(f"canary of {self.name}".encode()).hexdigest()[:20]

    @property
    def canaries(self) -> tuple[Path, ...]:
        """Files that must be neither read nor changed."""
        return self.home / f"{self.name}.txt", self.out / f"private-{self.name}.txt"

    @property
    def footprint(self) -> Path:
        """A file that is there only if the attack could write outside."""
        return self.home / f"{self.name}-was-here"

    @property
    def marker(self) -> str:
        """A number of seconds, by which the processes that the attack leaves behind are known."""
        return f"86400.{int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16)}"


@dataclass
class Work:
    """What is handed in. ``cell`` comes right behind the first check; ``answers`` replace wrong or right ones."""

    cell: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[NotebookNode], None] = lambda notebook: None
    otherwise: Mapping[str, str] = field(default_factory=lambda: WRONG)

    def notebook(self, assignment: Assignment) -> NotebookNode:
        """The release with these answers. The first exercise is answered rightly, where nothing else is said."""
        notebook = copy.deepcopy(assignment.release)
        first = True
        for at, cell in reversed(list(enumerate(notebook.cells))):
            meta = cell.metadata.get("nbgrader", {})
            if meta.get("solution"):
                name = meta.grade_id
                answers = {**self.otherwise, **{name: RIGHT[name] for name in ("twice", "centred")}, **self.answers}
                cell.source = textwrap.dedent(answers[name])
            if meta.get("grade_id") in ("twice_check", "centred_check") and self.cell and first:
                notebook.cells.insert(at + 1, new_code_cell(textwrap.dedent(self.cell), id="added"))
                first = False
        self.change(notebook)
        return notebook


Delivery = Callable[[Path, Assignment], None]
"""Writes what is no plain notebook into the folder of submissions."""


@dataclass(frozen=True)
class Attack:
    """One entry of the catalogue. ``student`` is the name in the gradebook; ``told`` stands in what the teacher is told."""

    name: str
    make: Callable[[Scene], Work | Delivery]
    earned: float | None  # None: it could not be graded
    alone: Alone
    lecture: str
    student: str
    told: str

    @property
    def honest(self) -> bool:
        return self.make.__module__.endswith(".clothes")

    def deliver(self, scene: Scene, assignment: Assignment) -> None:
        """Hand it in."""
        made = self.make(scene)
        if callable(made):
            made(scene.submissions, assignment)
            return
        path = scene.submissions / self.name / f"{self.lecture}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(made.notebook(assignment)))


ATTACKS: dict[str, Attack] = {}


def attack(
    earned: float | None = TWICE,
    *,
    alone: Alone = Alone.SCORES,
    lecture: str = SMALL,
    student: str = "",
    told: str = "",
) -> Callable[[Callable[[Scene], Work | Delivery]], Callable[[Scene], Work | Delivery]]:
    """Enter a function into the catalogue."""

    def enter(make: Callable[[Scene], Work | Delivery]) -> Callable[[Scene], Work | Delivery]:
        name = make.__name__
        assert name not in ATTACKS, name
        ATTACKS[name] = Attack(name, make, earned, alone, lecture, student or name, told)
        return make

    return enter
