"""Lectures, submissions and zips for the tests of what was handed in."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.core.model import Submission
from grader.submissions.collect import Stray, collect


def lecture(name: str) -> NotebookNode:
    """A lecture with an exercise and its check."""
    flags: dict[str, Any] = {"schema_version": 3, "task": False}
    solution = {"nbgrader": {"grade": False, "solution": True, "locked": False, "grade_id": f"{name}-f", **flags}}
    check = {
        "nbgrader": {"grade": True, "solution": False, "locked": True, "points": 1, "grade_id": f"{name}-t", **flags}
    }
    return new_notebook(
        cells=[
            new_markdown_cell(f"# The lecture {name}\nA long story about {name}.", id=f"{name}-title"),
            new_code_cell(
                "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()", id=f"{name}-a", metadata=solution
            ),
            new_code_cell(f"assert f() == '{name}', 'f of {name} is wrong'", id=f"{name}-b", metadata=check),
        ],
        metadata={"grader": {"assignment": name}, "kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


ASSIGNMENTS = {name: lecture(name) for name in ("03_neuron", "04_network")}


def submitted(name: str = "03_neuron", answer: str = "def f(): return 1", *, said: bool = False) -> bytes:
    """A submission; it says of itself which lecture it is only where asked to."""
    notebook = lecture(name)
    notebook.cells[1].source = answer
    if not said:
        del notebook.metadata["grader"]
    return str(nbformat.writes(notebook)).encode()


def write(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(submitted("04_network" if "network" in name else "03_neuron"))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return root


def zip_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@dataclass(frozen=True)
class Loaded:
    """What was collected, every submission loaded."""

    submissions: tuple[Submission, ...]
    strays: tuple[Stray, ...]


def collect_and_load(paths: list[Path], assignments: dict[str, NotebookNode]) -> Loaded:
    collected = collect(paths, assignments)
    return Loaded(tuple(each.load() for each in collected.submissions), collected.strays)


def who(collected: Loaded) -> list[tuple[str, str | None]]:
    return [(each.student, each.assignment) for each in collected.submissions]


def messages_of(submission: Submission) -> str:
    return " ".join(problem.text for problem in submission.problems)


ADA_AND_BOB = [("ada", "03_neuron"), ("bob", "03_neuron")]
