"""From a lecture's script to its notebooks: the source with nbgrader's metadata, and the release made from it.

The release is made by nbgrader's own preprocessors, called as ``nbgrader generate_assignment`` calls them, but without
a database. The same script gives the same bytes on every machine.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.authoring.course import Course
from grader.authoring.folding import FOLDED, SETUP_TITLE, folded, title_of
from grader.authoring.playgrounds import read_page
from grader.authoring.references import write_references
from grader.authoring.script import Cell, Kind, Script, read_script
from grader.authoring.terms import link_terms
from grader.core.atomic import write_atomically
from grader.core.cell_names import names_of
from grader.core.cells import new_metadata, notebook_bytes
from grader.core.errors import AuthoringError, AuthoringErrors
from grader.core.model import Assignment
from grader.core.record import SourceRecord, write_source_record

PLAYGROUND_CODE = """\
# @title Playground: {title} {{ display-mode: "form" }}
{seed}

from html import escape
from json import dumps

from IPython.display import HTML, display

page = r'''{page}'''
page = page.replace("__SEED__", dumps(seed).replace("<", "\\\\u003c"))
display(HTML(
    '<div><iframe sandbox="allow-scripts" width="100%" height="{height}" style="border: 0" '
    f'title="Playground: {title}" srcdoc="{{escape(page)}}"></iframe></div>'
))"""


def build_assignment(course: Course, script: Script) -> Assignment:
    """The three versions of a lecture, and the files that its notebook reads.

    Raises:
        AuthoringErrors: the script asks for a playground, a file or a reference that is not there.
    """
    errors: list[AuthoringError] = []
    files = {}
    for name in script.files:
        if Path(name).name != name or not (course.data / name).is_file():
            errors.append(
                script.error(
                    1, f"the file `{name}` is not in {course.data}.", "put it there, or fix `files:` in the header."
                )
            )
        else:
            files[name] = (course.data / name).read_bytes()
    try:
        source = source_notebook(course, script)
    except AuthoringErrors as more:
        errors += more.errors
    if errors:
        raise AuthoringErrors(errors)
    graded, release = make_release(source)
    return Assignment(script.name, script.title, source, graded, release, files)


def read_course(course: Course, names: Iterable[str] = ()) -> list[Assignment]:
    """All lectures of a course, or those named, each in its three versions.

    Raises:
        AuthoringErrors: the mistakes of all scripts together.
    """
    assignments, errors = [], []
    for path in course.lectures(list(names)):
        try:
            assignments.append(build_assignment(course, read_script(path)))
        except AuthoringErrors as more:
            errors += more.errors
    if errors:
        raise AuthoringErrors(errors)
    return assignments


def source_notebook(course: Course, script: Script) -> NotebookNode:
    """The notebook with solutions and hidden tests, with nbgrader's metadata and stable cell ids.

    Raises:
        AuthoringErrors: a playground, a reference or the definition of a term cannot be found.
    """
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    write_source_record(notebook, SourceRecord(script.name, course.name))
    errors: list[AuthoringError] = []
    try:
        script = link_terms(script)
    except AuthoringErrors as more:
        errors += more.errors
    anchor, distance = "start", 0
    for cell in script.cells:
        if cell.kind is Kind.WRONG:
            continue
        # Unnamed cells are counted from the last named one, so that a new cell renames few others.
        if cell.kind in (Kind.EXERCISE, Kind.CHECK, Kind.WRITTEN):
            anchor, distance = cell.grade_id.replace("_", "-"), 0
            cell_id = anchor
        else:
            distance += 1
            cell_id = f"{anchor}--{distance}"
        try:
            notebook.cells.append(_notebook_cell(course, script, cell, cell_id[-64:].lstrip("-")))
        except AuthoringErrors as more:
            errors += more.errors
    if errors:
        raise AuthoringErrors(errors)
    return notebook


def make_release(source: NotebookNode) -> tuple[NotebookNode, NotebookNode]:
    """The graded version (stubs for solutions, hidden tests kept) and the release (hidden tests cut out, too)."""
    # Imported here: nbgrader takes a second, and reading a script needs none of it.
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearHiddenTests,
        ClearMarkScheme,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    resources: dict[str, object] = {}
    notebook = copy.deepcopy(source)
    for preprocessor in (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums):
        notebook, resources = preprocessor().preprocess(notebook, resources)
    graded = copy.deepcopy(notebook)
    for preprocessor in (ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata):
        notebook, resources = preprocessor().preprocess(notebook, resources)
    return graded, notebook


def stale_releases(course: Course, assignments: Iterable[Assignment]) -> list[Path]:
    """The files of ``notebooks/`` that are not what the sources give."""
    wanted = {course.notebooks / f"{a.name}.ipynb": notebook_bytes(a.release) for a in assignments}
    return [path for path, content in wanted.items() if not path.is_file() or path.read_bytes() != content]


def orphaned_releases(course: Course) -> list[Path]:
    """The files of ``notebooks/`` that have no source."""
    sources = {path.stem for path in course.lectures()}
    return [path for path in sorted(course.notebooks.glob("*.ipynb")) if path.stem not in sources]


def write_releases(course: Course, assignments: Iterable[Assignment]) -> list[Path]:
    """Write each lecture's release into ``notebooks/``. Returns the files that have changed."""
    assignments = list(assignments)
    stale = stale_releases(course, assignments)
    for assignment in assignments:
        path = course.notebooks / f"{assignment.name}.ipynb"
        if path in stale:
            write_atomically(path, notebook_bytes(assignment.release))
    return stale


def _notebook_cell(course: Course, script: Script, cell: Cell, cell_id: str) -> NotebookNode:
    markdown = partial(nbformat.v4.new_markdown_cell, id=cell_id)
    code = partial(nbformat.v4.new_code_cell, id=cell_id)
    if cell.kind is Kind.PROSE:
        return markdown(cell.source)
    if cell.kind is Kind.SETUP:
        metadata = {**new_metadata(cell_id, locked=True), **copy.deepcopy(FOLDED)}
        return code(folded(cell.code, SETUP_TITLE), metadata=metadata)
    if cell.kind is Kind.DEMO:
        title = title_of(cell.source, cell.title)
        if title is None:
            return code(cell.source, metadata={"tags": ["demo"]})
        return code(folded(cell.source, title), metadata={**copy.deepcopy(FOLDED), "tags": ["demo"]})
    if cell.kind is Kind.PLAYGROUND:
        metadata = {**copy.deepcopy(FOLDED), "tags": ["demo"]}
        return code(_playground_code(course, script, cell), metadata=metadata)
    if cell.kind is Kind.WRITTEN:
        return markdown(
            cell.source, metadata=new_metadata(cell.grade_id, grade=True, solution=True, points=cell.points)
        )
    if cell.kind is Kind.EXERCISE:
        return code(cell.source, metadata=new_metadata(cell.grade_id, solution=True))
    if cell.kind is Kind.CHECK:
        return code(
            write_references(script, cell),
            metadata=new_metadata(cell.grade_id, grade=True, locked=True, points=cell.points),
        )
    return code(cell.source, metadata=new_metadata(cell_id, locked=True))


def _playground_code(course: Course, script: Script, cell: Cell) -> str:
    path = course.playgrounds / f"{cell.name}.html"
    if not path.is_file():
        raise AuthoringErrors(
            [
                script.error(
                    cell.line, f"there is no playground {path}.", "write the page, or fix the option `playground`."
                )
            ]
        )
    page = read_page(path)
    if "seed" not in names_of(cell.source).binds:
        raise AuthoringErrors(
            [
                script.error(
                    cell.line, "the cell of the playground sets no `seed`.", "set it to a dictionary: `seed = {}`."
                )
            ]
        )
    return PLAYGROUND_CODE.format(title=page.title, seed=cell.source, page=page.text.strip(), height=cell.height)
