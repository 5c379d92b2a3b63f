"""Which demo cells a submission can do without.

A demo draws or trains for the reader. No check needs it (``grader validate`` proves that), but a student's own code may:
so a demo cell that the student has changed runs, and one that binds a name which the student's code uses runs, too.
"""

from __future__ import annotations

from nbformat import NotebookNode

from grader.core.cell_names import names_of
from grader.core.cells import is_demo, is_locked


def idle_demos(notebook: NotebookNode, source: NotebookNode) -> set[int]:
    """The positions in ``notebook`` of the demo cells that need not run. ``source`` is the author's version."""
    authored = {cell.id: cell.source for cell in source.cells if is_demo(cell)}
    locked = {cell.id for cell in source.cells if is_locked(cell)}
    untouched, students = [], []
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if authored.get(cell.id) == cell.source:
            untouched.append(position)
        elif cell.id not in locked:
            students.append(cell.source)
    wanted = {name for text in students for name in names_of(text).reads}
    return {position for position in untouched if not wanted & names_of(notebook.cells[position].source).binds}


def demos_of(notebook: NotebookNode) -> set[int]:
    """The positions of all demo cells."""
    return {position for position, cell in enumerate(notebook.cells) if is_demo(cell)}
