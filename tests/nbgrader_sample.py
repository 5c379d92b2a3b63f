"""Real nbgrader courses for tests: sources written by hand, everything else by nbgrader's own commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

TOOLS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its bare name
PYTHON = {"display_name": "Python 3", "language": "python", "name": "python3"}
FLAGS = ("grade", "solution", "locked", "task")


def _cell(make: Callable[..., NotebookNode], text: str, grade_id: str, *flags: str, points: float | None = None):
    metadata = {flag: flag in flags for flag in FLAGS}
    metadata |= {"grade_id": grade_id, "schema_version": 3, **({} if points is None else {"points": points})}
    return make(text, metadata={"nbgrader": metadata})


def prose(text: str) -> NotebookNode:
    return new_markdown_cell(text)


def given(code: str) -> NotebookNode:
    """A cell that nbgrader does not know, as most given cells are."""
    return new_code_cell(code)


def locked(grade_id: str, code: str) -> NotebookNode:
    return _cell(new_code_cell, code, grade_id, "locked")


def solution(grade_id: str, code: str) -> NotebookNode:
    return _cell(new_code_cell, f"### BEGIN SOLUTION\n{code}\n### END SOLUTION", grade_id, "solution")


def check(grade_id: str, points: float, code: str, hidden: str = "") -> NotebookNode:
    region = f"\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS" if hidden else ""
    return _cell(new_code_cell, code + region, grade_id, "grade", "locked", points=points)


def written(grade_id: str, points: float, text: str) -> NotebookNode:
    return _cell(new_markdown_cell, text, grade_id, "grade", "solution", points=points)


def task(grade_id: str, points: float, text: str) -> NotebookNode:
    return _cell(new_markdown_cell, text, grade_id, "task", "locked", points=points)


def notebook(*cells: NotebookNode, kernel: Mapping[str, str] = PYTHON, ids: bool = True) -> NotebookNode:
    """A source. Without ``ids`` it is as notebooks were before nbformat 4.5."""
    made = new_notebook(cells=list(cells), metadata={"kernelspec": dict(kernel)})
    if not ids:
        made.nbformat_minor = 4
        for cell in made.cells:
            del cell["id"]
    return made


@dataclass
class SampleCourse:
    """An nbgrader course folder, with the names of its folders, and how they lie in each other."""

    root: Path
    source: str = "source"
    release: str = "release"
    submitted: str = "submitted"
    autograded: str = "autograded"
    structure: str = "{step}/{student}/{assignment}"

    def place(self, step: str, student: str, assignment: str) -> Path:
        return self.root / self.structure.format(step=step, student=student, assignment=assignment)

    def write(self, config: str, assignments: Mapping[str, Mapping[str, NotebookNode | str]]) -> None:
        """Write the configuration and the sources, and have nbgrader make the releases."""
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "nbgrader_config.py").write_text("c = get_config()\n" + config)
        for assignment, contents in assignments.items():
            for name, content in contents.items():
                text = content if isinstance(content, str) else nbformat.writes(content)
                path = self.place(self.source, ".", assignment) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.generate(*assignments)

    def generate(self, *assignments: str) -> None:
        """What `nbgrader generate_assignment` does, in this process: starting it takes two seconds."""
        from nbgrader.apps import GenerateAssignmentApp

        path = sys.path[:]
        with chdir(self.root), pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", TOOLS)
            for assignment in assignments:
                app = GenerateAssignmentApp()
                app.initialize([assignment, "--force", "--log-level=CRITICAL"])
                app.start()
                app.reset()
        sys.path[:] = path

    def submit(
        self,
        student: str,
        assignment: str,
        answers: Mapping[str, Mapping[str, str]],
        files: Mapping[str, str] | None = None,
        change: Callable[[NotebookNode], object] = lambda notebook: None,
    ) -> Path:
        """Hand in the releases of the notebooks named, with these answers, and what else the student hands in."""
        folder = self.place(self.submitted, student, assignment)
        folder.mkdir(parents=True, exist_ok=True)
        for name, texts in answers.items():
            handed_in = nbformat.read(self.place(self.release, ".", assignment) / f"{name}.ipynb", as_version=4)
            for cell in handed_in.cells:
                cell.source = texts.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
            change(handed_in)
            (folder / f"{name}.ipynb").write_text(nbformat.writes(handed_in))
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    def executed(self, student: str, assignment: str, name: str) -> NotebookNode:
        return nbformat.read(self.place(self.autograded, student, assignment) / f"{name}.ipynb", as_version=4)


def run(folder: Path, *words: str, ok: bool = True) -> str:
    """Run a command in a folder, with this environment's tools by name. Returns what it wrote."""
    result = subprocess.run(words, cwd=folder, env={**os.environ, "PATH": TOOLS}, capture_output=True, text=True)
    assert not ok or result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def rows(db_url: str) -> dict[tuple[str, str, str, str], tuple[float | None, float, bool, float | None]]:
    """Every grade: by assignment, notebook, student and cell, what nbgrader keeps of it."""
    from nbgrader.api import Grade, Gradebook

    with Gradebook(db_url) as gradebook:
        return {
            (grade.assignment.name, grade.notebook.name, grade.student.id, grade.name): (
                grade.auto_score,
                grade.max_score,
                grade.needs_manual_grade,
                grade.notebook.late_submission_penalty,
            )
            for grade in gradebook.db.query(Grade)
        }
