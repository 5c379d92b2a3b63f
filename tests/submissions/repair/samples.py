"""A lecture, its release, an honest submission of it, and what has to hold of every repaired notebook."""

from __future__ import annotations

import copy

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from grader.submissions.repair import repair

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


ADD = 'def add(a, b):\n    """Return the sum."""\n    return a + b'


TIMES = 'def times(a, b):\n    """Return the product."""\n    return a * b'


SECRET = "reference_only_here"


def nbgrader_of(grade_id: str, points: float | None = None, **flags: bool) -> dict[str, object]:
    metadata = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, **flags}
    return {"nbgrader": {**metadata, "grade_id": grade_id, **({} if points is None else {"points": points})}}


def exercise(name: str, doc: str, secret: str, points: float) -> list[NotebookNode]:
    solution = (
        f'def {name}(a, b):\n    """{doc}"""\n    ### BEGIN SOLUTION\n'
        f"    {SECRET} = {secret}\n    return {SECRET}\n    ### END SOLUTION"
    )
    check = (
        f"assert {name}(2, 3) is not None, '{name} gives nothing back'\nprint('The first checks of {name} pass.')\n"
        f"### BEGIN HIDDEN TESTS\nassert {name}(2, 3) == {eval(secret, {'a': 2, 'b': 3})}\n### END HIDDEN TESTS"
    )
    return [
        new_markdown_cell(f"## Exercise: {name}\nWrite a function that does it. {doc}", id=f"text-{name}"),
        new_code_cell(solution, id=f"solve-{name}", metadata=nbgrader_of(name, solution=True)),
        new_code_cell(
            check, id=f"check-{name}", metadata=nbgrader_of(f"check_{name}", points, grade=True, locked=True)
        ),
    ]


def source() -> NotebookNode:
    """A lecture: a given cell, two exercises, a demo, a written question, an exercise without a frame and its check."""
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Sums and products\nA short lecture.", id="title"),
            new_code_cell("import math\nTAU = 2 * math.pi", id="setup", metadata=nbgrader_of("setup", locked=True)),
            *exercise("add", "Return the sum.", "a + b", 2),
            *exercise("times", "Return the product.", "a * b", 3),
            new_code_cell("print('a long training run')", id="demo", metadata={"tags": ["demo"]}),
            new_markdown_cell("Why is a sum of products useful?", id="ask-why"),
            new_markdown_cell(
                "Because it is.",
                id="why",
                metadata=nbgrader_of("why", 4, grade=True, solution=True),
            ),
            new_markdown_cell("Set `answer` to 42 plus TAU.", id="ask-answer"),
            new_code_cell(
                "### BEGIN SOLUTION\nanswer = 42 + TAU\n### END SOLUTION",
                id="answer",
                metadata=nbgrader_of("answer", solution=True),
            ),
            new_code_cell(
                "assert answer > 42, 'the answer is too small'",
                id="check-answer",
                metadata=nbgrader_of("check_answer", 1, grade=True, locked=True),
            ),
        ],
        metadata={"kernelspec": KERNEL},
    )
    return notebook


def run(notebook: NotebookNode, *preprocessors: type, resources: dict[str, object] | None = None) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for preprocessor in preprocessors:
        notebook, _ = preprocessor().preprocess(notebook, resources or {"nbgrader": {}})
    return notebook


GRADED = run(source(), LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)


RELEASE = run(GRADED, ClearHiddenTests, ComputeChecksums)


KEYED = [cell.metadata.nbgrader.grade_id for cell in GRADED.cells if "nbgrader" in cell.metadata]


LOCKED = {
    cell.metadata.nbgrader.grade_id: cell.source for cell in GRADED.cells if not cell.metadata.get("editable", True)
}


def answered() -> NotebookNode:
    """An honest submission: every exercise answered, nothing else touched."""
    notebook = copy.deepcopy(RELEASE)
    for grade_id, text in {"add": ADD, "times": TIMES, "why": "It is a neuron.", "answer": "answer = 42 + TAU"}.items():
        cell_of(notebook, grade_id).source = text
    return notebook


def at_of(notebook: NotebookNode, grade_id: str) -> int:
    found = [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    assert len(found) == 1, f"{grade_id} stands {len(found)} times"
    return found[0]


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return notebook.cells[at_of(notebook, grade_id)]


def stripped(notebook: NotebookNode, *, ids: bool = True) -> NotebookNode:
    """The notebook as an editor leaves it that keeps no metadata, and no ids."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = NotebookNode()
    for index, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        if ids:
            cell.id = f"fresh-{index}"
    return notebook


def repaired(submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Repair, with all that has to hold of every repaired notebook."""
    before = copy.deepcopy(submitted)
    graded = copy.deepcopy(GRADED)
    notebook, problems = repair(submitted, graded)
    assert submitted == before and graded == GRADED, "repair changes nothing that it was given"
    assert_gradable(notebook)
    return notebook, [problem.text for problem in problems]


def assert_gradable(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    found = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(found) == sorted(KEYED)
    for grade_id in KEYED:
        cell, wanted = cell_of(notebook, grade_id), cell_of(GRADED, grade_id)
        assert cell.metadata == wanted.metadata and cell.cell_type == wanted.cell_type and cell.id == wanted.id
        if grade_id in LOCKED:
            assert cell.source == LOCKED[grade_id]
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.metadata.kernelspec == KERNEL
    assert SECRET not in nbformat.writes(notebook)
