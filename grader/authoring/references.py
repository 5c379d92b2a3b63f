"""Reference solutions, written into hidden tests from the one place where they stand.

A line ``# reference: NAME`` in a hidden test becomes the code that binds NAME in an exercise cell, with NAME renamed to
``reference_NAME``, and with it every other solution that this code uses. So a student's wrong helper never
spoils the reference, and the generated notebook needs nothing of the grader.
"""

from __future__ import annotations

import ast
import re

from grader.authoring.markers import BEGIN_HIDDEN, BEGIN_SOLUTION, END_HIDDEN, END_SOLUTION, marked_regions
from grader.authoring.script import Cell, Kind, Script
from grader.core.cell_names import names_of
from grader.core.errors import AuthoringError, AuthoringErrors

PREFIX = "reference_"
REQUEST = re.compile(r"^(?P<indent>\s*)#+ reference:\s*(?P<names>.*?)\s*$")


def write_references(script: Script, check: Cell) -> str:
    """The source of a check with each ``# reference: NAME`` replaced by the reference solution's code.

    Raises:
        AuthoringErrors: a name is bound by no exercise, or the request stands outside the hidden tests.
    """
    solutions = _solutions(script)
    hidden = {n for first, last in marked_regions(check.source, BEGIN_HIDDEN, END_HIDDEN) for n in range(first, last)}
    lines: list[str] = []
    written: set[str] = set()
    errors: list[AuthoringError] = []
    for number, line in enumerate(check.source.splitlines()):
        request = REQUEST.match(line)
        if request is None:
            lines.append(line)
            continue
        at = check.line + 1 + number
        if number not in hidden or request["indent"]:
            errors.append(
                script.error(
                    at,
                    "a reference is asked for outside the hidden tests, or indented.",
                    f"put the line unindented between `{BEGIN_HIDDEN}` and `{END_HIDDEN}`.",
                )
            )
            continue
        for name in re.split(r"[,\s]+", request["names"]):
            if name not in solutions:
                errors.append(
                    script.error(
                        at,
                        f"no exercise binds `{name}` at its top level.",
                        f"use one of: {', '.join(sorted(solutions))}.",
                    )
                )
                continue
            try:
                lines += _reference(name, solutions, written)
            except _LocalName as local:
                errors.append(
                    script.error(
                        at,
                        f"the solution `{local.owner}` has a local variable `{local.name}`, "
                        "which is also the name of a solution.",
                        "rename the local variable.",
                    )
                )
    if errors:
        raise AuthoringErrors(errors)
    return "\n".join(lines)


class _LocalName(Exception):
    def __init__(self, owner: str, name: str) -> None:
        super().__init__(owner, name)
        self.owner, self.name = owner, name


def _solutions(script: Script) -> dict[str, tuple[ast.stmt, str]]:
    """For each name that an exercise cell binds at its top level: the statement that does, and the cell's source."""
    found: dict[str, tuple[ast.stmt, str]] = {}
    for cell in script.of_kind(Kind.EXERCISE):
        for statement in ast.parse(cell.source).body:
            for name in _bound(statement):
                found[name] = (statement, cell.source)
    return found


def _bound(statement: ast.stmt) -> set[str]:
    """What a definition or an assignment binds. Other statements, as imports and loops, make no solution that can be quoted."""
    quotable = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return names_of(statement).binds if isinstance(statement, quotable) else set()


def _reference(name: str, solutions: dict[str, tuple[ast.stmt, str]], written: set[str]) -> list[str]:
    if name in written:
        return []
    statement, source = solutions[name]
    written.update(_bound(statement))
    lines: list[str] = []
    for needed in sorted(names_of(statement).reads & set(solutions)):
        lines += _reference(needed, solutions, written)
    return lines + _renamed(name, statement, source, set(solutions))


def _renamed(owner: str, statement: ast.stmt, source: str, names: set[str]) -> list[str]:
    """The statement's own lines, comments and all, with every name of a solution renamed."""
    bound_here = _bound(statement)
    lines = source.splitlines()
    places: list[tuple[int, int, int]] = []  # line, first and last column in UTF-8 bytes, as ast counts
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id in names:
            if isinstance(node.ctx, ast.Store) and node.id not in bound_here:
                raise _LocalName(owner, node.id)
            places.append((node.lineno - 1, node.col_offset, node.col_offset + len(node.id.encode())))
        elif isinstance(node, ast.arg) and node.arg in names:
            raise _LocalName(owner, node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node is statement:
            start = lines[node.lineno - 1].index(node.name, node.col_offset + len("def"))
            places.append((node.lineno - 1, start, start + len(node.name.encode())))
    for line, start, end in sorted(places, reverse=True):
        raw = lines[line].encode()
        lines[line] = (raw[:start] + PREFIX.encode() + raw[start:end] + raw[end:]).decode()
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(node.lineno for node in decorators)]) - 1
    kept = lines[first : statement.end_lineno]
    markers = (BEGIN_SOLUTION.removeprefix("### "), END_SOLUTION.removeprefix("### "))
    return [line for line in kept if not any(marker in line for marker in markers)]
