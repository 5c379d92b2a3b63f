"""All that the grader uses of nbgrader beyond its public interface, so that a new nbgrader can break one file only.

In: nbgrader's own steps and converter. Out: the same with public hooks in place of private methods. `missing_parts` names what
an nbgrader lacks; pyproject.toml has the upper bound of its version.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import SaveAutoGrades, SaveCells

_NEEDED: tuple[tuple[type, tuple[str, ...]], ...] = (
    (SaveCells, ("_create_notebook", "preprocess_cell")),
    (SaveAutoGrades, ("_add_score", "_add_comment", "preprocess_cell")),
    (
        Autograde,
        (
            "_sanitizing",
            "_init_preprocessors",
            "init_single_notebook_resources",
            "write_single_notebook",
            "convert_single_notebook",
            "convert_notebooks",
            "run_pre_convert_hook",
        ),
    ),
)


def missing_parts() -> list[str]:
    """The private parts of nbgrader that are needed here, and that the installed one does not have."""
    return [f"{kind.__name__}.{name}" for kind, names in _NEEDED for name in names if not hasattr(kind, name)]


def stamp_version(connection: Any) -> None:
    """Note in a new gradebook that its tables are of the newest version."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "heads")


class CellsStep(SaveCells):
    """nbgrader's step that saves a source's cells, in a gradebook that is open already."""

    def __init__(self, gradebook: Gradebook) -> None:
        super().__init__(log=quiet_log())
        self.gradebook = gradebook

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        for kind in ("grade", "solution", "task", "source"):
            setattr(self, f"new_{kind}_cells", {})
        for index, cell in enumerate(nb.cells):
            self.preprocess_cell(cell, resources, index)
        self._create_notebook(nb)
        return nb, resources


class ScoresStep(SaveAutoGrades):
    """nbgrader's step that saves what a submission scored. Subclasses override `add_score`."""

    def add_score(self, cell: NotebookNode, resources: Any) -> None:
        """Save the score of one cell, by nbgrader's own rule: what the cell's output looks like."""
        SaveAutoGrades._add_score(self, cell, resources)

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        self.add_score(cell, resources)

    def add_scores(self, gradebook: Any, nb: NotebookNode, resources: Any) -> None:
        """Save the scores of a notebook in a gradebook that is open already; the step itself would open another."""
        names = resources["nbgrader"]
        self.gradebook = gradebook
        self.notebook_id, self.assignment_id, self.student_id = names["notebook"], names["assignment"], names["student"]
        for index, cell in enumerate(nb.cells):
            self.preprocess_cell(cell, resources, index)


class TwoHalves(Autograde):
    """nbgrader's converter, whose two halves can be called one by one: sanitise a submission, and save it."""

    def make_steps_ready(self) -> None:
        """Register the steps of the present half with the exporter."""
        self._init_preprocessors()

    @contextmanager
    def second_half(self) -> Iterator[None]:
        self._sanitizing = False
        self._init_preprocessors()
        try:
            yield
        finally:
            self._sanitizing = True

    def autograded_folder(self, assignment: str, student: str) -> str:
        """Where the second half writes."""
        return self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment)


def quiet_log() -> logging.Logger:
    """A log for nbgrader's steps that shows errors only: the rest is in our own messages."""
    return logging.Logger("grader.nbgrader", logging.ERROR)
