"""A lecture as the rules see it.

In: a `Script`. Out: a `Lecture`: its number, its headings, its prose and its code, each parsed once for all rules.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from grader.authoring.lint.passages import Passage, is_of_quiz, of_cell, of_script
from grader.authoring.script import Cell, Kind, Script


class HeadingLine(NamedTuple):
    line: int
    level: int
    text: str


@dataclass(frozen=True)
class Lecture:
    script: Script

    @property
    def path(self) -> Path:
        return self.script.path

    @cached_property
    def number(self) -> str:
        """The lecture's number as its file is called, ``03`` or ``13a``; empty if the name has none."""
        return self.script.number

    @property
    def short_number(self) -> str:
        """The number as exercises carry it: ``3`` or ``13a``."""
        return self.number.lstrip("0")

    @cached_property
    def passages(self) -> list[Passage]:
        return of_script(self.script)

    @cached_property
    def prose(self) -> list[Passage]:
        """The cells of prose and of model answers, with the questions of the quiz where the build puts them."""
        return [of_cell(self.script, cell) for cell in self.script.of_kind(Kind.PROSE, Kind.WRITTEN)]

    @cached_property
    def headings(self) -> list[HeadingLine]:
        """The headings of the prose. Those of the quiz are not among them: the build numbers its questions."""
        cells = [cell for cell in self.script.of_kind(Kind.PROSE) if not is_of_quiz(self.script, cell)]
        return [
            HeadingLine(cell.line + 1 + cell.source.count("\n", 0, heading.start), heading.level, heading.text)
            for cell in cells
            for heading in of_cell(self.script, cell).markdown.headings
        ]

    @cached_property
    def imports(self) -> list[tuple[Cell, ast.Import | ast.ImportFrom]]:
        return [(cell, node) for cell, node in self._nodes if isinstance(node, (ast.Import, ast.ImportFrom))]

    @cached_property
    def calls(self) -> list[tuple[Cell, ast.Call]]:
        return [(cell, node) for cell, node in self._nodes if isinstance(node, ast.Call)]

    @cached_property
    def _nodes(self) -> list[tuple[Cell, ast.AST]]:
        """All that a student or the solution runs; wrong answers are not shown."""
        kinds = (Kind.SETUP, Kind.GIVEN, Kind.DEMO, Kind.PLAYGROUND, Kind.EXERCISE, Kind.CHECK)
        return [(cell, node) for cell in self.script.of_kind(*kinds) for node in ast.walk(ast.parse(cell.source))]
