"""The teacher's side of a notebook of any nbgrader course, as the exam needs it.

In: nbgrader's converter, with its course folder and configuration, and the gradebook. Out: an `Assignment` for a notebook,
and why its checks cannot be protected, where they cannot.

The gradebook says what nbgrader's own cells hold, as it does when nbgrader autogrades. ``source/`` gives the solutions, the
cells that nbgrader does not know, and the order. Where ``source/`` does not fit, ``release/`` gives the order.
"""

from __future__ import annotations

import copy
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SourceCell
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, InstantiateTests, SaveCells
from nbgrader.utils import find_all_files, is_grade, is_solution
from traitlets.utils.importstring import import_item

from grader.core.cells import grade_id_of, set_metadata
from grader.core.model import Assignment

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class NotebookSource:
    """One notebook of one assignment. In the gradebook it is ``name`` of ``assignment``; to the exam it is ``key``.

    ``exam`` is None where neither ``source/`` nor ``release/`` fits the gradebook; then it cannot be repaired, either.
    ``unprotected`` says why all its checks must run in the student kernel, ``stock`` why nbgrader's own execution must run
    it. Both are empty where all is well.
    """

    assignment: str
    name: str
    exam: Assignment | None
    unprotected: str = ""
    stock: str = ""

    @property
    def key(self) -> str:
        return f"{self.assignment}/{self.name}"


def read_notebook(converter: Autograde, gradebook: Gradebook, assignment: str, name: str) -> NotebookSource:
    """Read one notebook of the course.

    Raises:
        MissingEntry: the gradebook has no such notebook.
    """
    row = gradebook.find_notebook(name, assignment)
    kept = {cell.name: cell for cell in row.source_cells}
    files = _files(converter, assignment)
    stock = _foreign_kernel(json.loads(row.kernelspec or "{}") or {})
    folders = converter.coursedir
    path = Path(folders.format_path(folders.source_directory, ".", assignment), f"{name}.ipynb")
    again = f"Put it right, then `nbgrader generate_assignment {assignment} --force`."
    try:
        source, graded = _versions(converter, path, assignment)
    except (OSError, ValueError, RuntimeError) as error:  # not there, no notebook, or one that nbgrader refuses
        why = f"{path} cannot be read ({_first_line(error)}), so its checks are not protected. {again}"
    else:
        different = _difference(graded, kept)
        if not different:
            source, graded = _as_kept(source, kept, all_cells=False), _as_kept(graded, kept)
            return NotebookSource(assignment, name, _exam(assignment, name, source, graded, files), stock=stock)
        why = f"{path} is not what the gradebook has: {different}. So its checks are not protected. {again}"
    released = Path(folders.format_path(folders.release_directory, ".", assignment), path.name)
    exam = None
    if released.is_file():
        graded = with_ids(_read(released))
        if not _difference(graded, kept):
            graded = _as_kept(graded, kept)
            exam = _exam(assignment, name, graded, graded, files)
    return NotebookSource(assignment, name, exam, why, stock)


def with_ids(notebook: NotebookNode) -> NotebookNode:
    """The notebook with an id for each cell, as nbformat 4.5 has them. An older one gets the same ids each time."""
    counts = Counter(cell.get("id") for cell in notebook.cells)
    taken = {own for own, count in counts.items() if own and count == 1}
    for position, cell in enumerate(notebook.cells):
        if cell.get("id") in taken:
            continue
        wanted = grade_id_of(cell)
        if not _ID.fullmatch(wanted) or wanted in taken:
            wanted = f"cell-{position}"
        while wanted in taken:
            wanted += "-"
        cell["id"] = wanted
        taken.add(wanted)
    notebook.nbformat_minor = max(5, notebook.nbformat_minor)
    return notebook


def files_beside(folder: Path, ignore: Sequence[str], most: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """What lies in a submission's folder, at any depth, but no notebook; and for what was left out, why.

    ``ignore`` is nbgrader's; ``most`` is how many bytes there may be in all.
    """
    files: dict[str, bytes] = {}
    left_out: dict[str, str] = {}
    size = 0
    for path in map(Path, sorted(find_all_files(str(folder), [*ignore, "*.ipynb"]))):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb":  # nbgrader's patterns fail where the folder's own name looks like one
            continue
        if not is_ordinary(path):
            left_out[name] = "is a link or no file at all, so it was left out."
        elif size + path.stat().st_size > most:
            left_out[name] = f"was left out: what lies beside the notebooks is more than {most >> 20} MB."
        else:
            files[name] = path.read_bytes()
            size += len(files[name])
    return files, left_out


def is_ordinary(path: Path) -> bool:
    """Whether a path is a file, and no link to one: a student's link may point to anything of the teacher's."""
    return path.is_file() and not path.is_symlink()


def checks_of(notebook: NotebookNode) -> list[str]:
    """The grade_ids of a notebook's checks."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)]
    return [grade_id_of(cell) for cell in cells]


def _versions(converter: Autograde, path: Path, assignment: str) -> tuple[NotebookNode, NotebookNode]:
    """The source and the graded version, made as ``nbgrader generate_assignment`` makes them, but without a database."""
    maker = GenerateAssignment(coursedir=converter.coursedir, parent=converter)
    steps = [import_item(step) if isinstance(step, str) else step for step in maker.preprocessors]
    steps = [step for step in steps if not _is(step, InstantiateTests)]  # the gradebook has what came out of it
    cut = next((at for at, step in enumerate(steps) if _is(step, ClearSolutions)), 0)
    end = next((at for at, step in enumerate(steps) if _is(step, SaveCells)), len(steps))
    names = {"assignment": assignment, "notebook": path.stem, "student": ".", "db_url": converter.coursedir.db_url}
    resources = {"metadata": {"name": path.stem, "path": str(path.parent)}, "nbgrader": names, "unique_key": path.stem}
    with chdir(converter.coursedir.root):  # the paths of headers and footers begin there
        source = with_ids(_converted(maker, steps[:cut], _read(path), resources))
        graded = with_ids(_converted(maker, steps[cut:end], source, resources))
    return source, graded


def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def _converted(
    maker: GenerateAssignment, steps: Sequence[Any], notebook: NotebookNode, resources: dict[str, Any]
) -> NotebookNode:
    exporter = maker.exporter_class(parent=maker, config=maker.config)
    for step in steps:
        exporter.register_preprocessor(step)
    text, _ = exporter.from_notebook_node(notebook, copy.deepcopy(resources))
    return nbformat.reads(text, as_version=4)


def _is(step: Any, kind: type) -> bool:
    return isinstance(step, kind) or (isinstance(step, type) and issubclass(step, kind))


def _difference(notebook: NotebookNode, kept: Mapping[str, SourceCell]) -> str:
    """How a notebook differs from the one whose cells the gradebook has; empty if it does not."""
    found = Counter(grade_id_of(cell) for cell in notebook.cells if grade_id_of(cell))
    for grade_id, count in found.items():
        if count > 1:
            return f"its cell '{grade_id}' is there {count} times"
        if grade_id not in kept:
            return f"its cell '{grade_id}' is new"
    missing = [grade_id for grade_id in kept if grade_id not in found]
    return f"the cell '{missing[0]}' is missing" if missing else ""


def _as_kept(notebook: NotebookNode, kept: Mapping[str, SourceCell], *, all_cells: bool = True) -> NotebookNode:
    """The notebook with the gradebook's text in nbgrader's cells, or in the locked ones of them only."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        row = kept.get(grade_id_of(cell))
        if row is not None and (all_cells or row.locked):
            cell.source = row.source or ""
            if row.checksum is not None:
                set_metadata(cell, checksum=row.checksum)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _exam(
    assignment: str,
    name: str,
    source: NotebookNode,
    graded: NotebookNode,
    files: tuple[dict[str, bytes], dict[str, bytes]],
) -> Assignment:
    # The release is for students; no exam looks at it.
    return Assignment(f"{assignment}/{name}", name, source, graded, graded, *files)


def _files(converter: Autograde, assignment: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What lies beside the source: what nbgrader puts over a student's files, and what it leaves to the student."""
    folders = converter.coursedir
    folder = folders.format_path(folders.source_directory, ".", assignment)
    # Joined as nbgrader joins them, since it compares them as text.
    students = {os.path.join(folder, name) for name in converter.exclude_overwriting.get(assignment, [])}  # noqa: PTH118
    files: tuple[dict[str, bytes], dict[str, bytes]] = ({}, {})
    for name in sorted(find_all_files(folder, [*folders.ignore, "*.ipynb"])):
        files[name in students][Path(name).relative_to(folder).as_posix()] = Path(name).read_bytes()
    return files


def _foreign_kernel(kernelspec: Mapping[str, Any]) -> str:
    """Why a notebook cannot have a kernel of ours; empty if its kernel is this Python's."""
    name, language = str(kernelspec.get("name", "python3")), str(kernelspec.get("language", "python"))
    ours = True
    try:
        spec = KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        pass  # nbgrader could not run it; if it is Python, the kernel of this one can
    else:
        language = spec.language or language
        python, *words = spec.argv
        ours = Path(python).parent in (Path(), Path(sys.executable).parent) and any(
            "ipykernel" in word for word in words
        )
    if language.lower() == "python" and ours:
        return ""
    result = "so nbgrader runs it: without a sandbox, its checks not protected, one submission after another."
    if language.lower() != "python":
        return f"Its kernel '{name}' is written in {language}, {result}"
    return (
        f"Its kernel '{name}' belongs to another Python, {result} Install the grader there, and run it from there; or see "
        "`jupyter kernelspec list`."
    )


def _first_line(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0][:200]
