"""Which lectures a course has, and where their files lie."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import grader
from grader.core.errors import CourseError

_NUMBER = re.compile(r"(\d+)([a-z]?)_")


def lecture_number(name: str) -> str:
    """The number of a lecture, as its name has it: ``03_neuron`` gives 03, ``13a_vision`` 13a, a name without a number ""."""
    found = _NUMBER.match(name)
    return found[0].removesuffix("_") if found else ""


def _place(name: str) -> tuple[float, str, str]:
    """Where a lecture comes in the course: 12, 13, 13a, 13b, 14; those without a number last, by name."""
    found = _NUMBER.match(name)
    return (int(found[1]), found[2], name) if found else (float("inf"), "", name)


@dataclass(frozen=True)
class Course:
    """A folder with ``solutions/``, ``notebooks/`` and ``data/``."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course that ``start`` lies in. Without ``start``: that of the current folder, or else the one that came with
        the grader, which an editable install of the repository has beside the package.

        Raises:
            CourseError: there is none.
        """
        here = (start or Path()).resolve()
        for folder in (here, *here.parents):
            if _has_lectures(folder):
                return cls(folder)
        beside = Path(grader.__file__).resolve().parent.parent
        if start is None and _has_lectures(beside) and (beside / "notebooks").is_dir():
            return cls(beside)
        raise CourseError(
            f"{here}: no course here: neither this folder nor one above it has lectures in solutions/*.py. The checks and the "
            "points come from there. Change into the course's folder, or name it with --course DIR."
        )

    @property
    def is_here(self) -> bool:
        """Whether the current folder is the course's, or lies in it."""
        return Path().resolve().is_relative_to(self.root)

    @cached_property
    def _said(self) -> dict[str, object]:
        path = self.solutions / "course.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except ValueError as error:
            raise CourseError(f"{path}: {error}. Write it as TOML, with `name` and `id`.") from error

    @property
    def name(self) -> str:
        """What people call the course: ``name`` of ``solutions/course.toml``, or the folder's name."""
        return str(self._said.get("name", self.root.name))

    @property
    def id(self) -> str:
        """nbgrader's ``course_id``: ``id`` of ``solutions/course.toml``, or the folder's name."""
        return str(self._said.get("id", self.root.name))

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def setup(self) -> Path:
        return self.solutions / "setup"

    @property
    def playgrounds(self) -> Path:
        return self.solutions / "playgrounds"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def quizzes(self) -> Path:
        return self.data / "quizzes"

    def lectures(self, names: Sequence[str] = ()) -> list[Path]:
        """The scripts of the lectures, all or those named, in the order of the course.

        Raises:
            CourseError: a name is not among the lectures.
        """
        scripts = {path.stem: path for path in sorted(self.solutions.glob("*.py"), key=lambda path: _place(path.stem))}
        unknown = [name for name in names if name not in scripts]
        if unknown:
            raise CourseError(
                f"{self.solutions}: no lecture is called {', '.join(unknown)}. Use one of {', '.join(scripts)}."
            )
        return [path for name, path in scripts.items() if not names or name in names]


def _has_lectures(folder: Path) -> bool:
    return any((folder / "solutions").glob("*.py"))
