"""Which lectures a course has, and where their files lie."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.core.errors import CourseError


@dataclass(frozen=True)
class Course:
    """A folder with ``solutions/``, ``notebooks/`` and ``data/``."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Course:
        """The course that ``start`` lies in.

        Raises:
            CourseError: no folder from ``start`` upwards has ``solutions/`` with a lecture in it.
        """
        start = start.resolve()
        for folder in (start, *start.parents):
            if any((folder / "solutions").glob("*.py")):
                return cls(folder)
        raise CourseError(
            f"{start}: no course here: neither this folder nor one above it has lectures in solutions/*.py. "
            "Change into the course's folder, or name it with --course."
        )

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
        scripts = {path.stem: path for path in sorted(self.solutions.glob("*.py"))}
        unknown = [name for name in names if name not in scripts]
        if unknown:
            raise CourseError(
                f"{self.solutions}: no lecture is called {', '.join(unknown)}. Use one of {', '.join(scripts)}."
            )
        return [path for name, path in scripts.items() if not names or name in names]
