"""Which demo cells a submission can do without.

A demo draws or trains for the reader. No check needs it (``grader validate`` proves that), but a student's own code may:
so a demo cell that the student has changed runs, and one that binds a name which the student's code uses runs, too.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator

from nbformat import NotebookNode

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
    wanted = {name for text in students for name in names_used(text)}
    return {position for position in untouched if not wanted & set(_names_bound(notebook.cells[position].source))}


def demos_of(notebook: NotebookNode) -> set[int]:
    """The positions of all demo cells."""
    return {position for position, cell in enumerate(notebook.cells) if is_demo(cell)}


def names_used(code: str) -> set[str]:
    """The names that a cell takes from the notebook: what it reads and does not make itself, at any depth.

    Code that Python cannot read uses nothing: it fails before it can.
    """
    try:
        table, tree = symtable.symtable(code, "<cell>", "exec"), ast.parse(code)
    except (SyntaxError, ValueError):
        return set()
    # `x += 1` reads x, though symtable counts it as a binding only.
    changed = (node.target for node in ast.walk(tree) if isinstance(node, ast.AugAssign))
    return {*_globals_of(table), *(target.id for target in changed if isinstance(target, ast.Name))}


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals_of(child)


def _names_bound(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
