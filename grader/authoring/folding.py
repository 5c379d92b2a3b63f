"""Which cells of a notebook are folded, so that a student sees the text and the pictures first, and how they are titled.

In: the code of a demo cell. Out: its title if it shows a figure, and the metadata that folds a cell. Colab shows the line
``# @title`` in place of a folded cell's code, and JupyterLab shows the cell's first line.
"""

from __future__ import annotations

import ast
import re

FOLDED: dict[str, object] = {"cellView": "form", "jupyter": {"source_hidden": True}}
SETUP_TITLE = "Set-up: run this cell first"
SHORT, LONG = 30, 90  # characters: a longer title is cut, but never to fewer than SHORT


def folded(code: str, title: str) -> str:
    """The code below the line that is shown in its place."""
    return f"# @title {title}\n{code}"


def title_of(code: str, given: str) -> str | None:
    """The title of a demo cell that is to be folded, or None.

    A cell is folded if its author has ``given`` it a title, or if it ends by showing a figure; a `print` about the figure may
    follow. Without a title from the author, the beginning of the alternative text serves: the title in the figure itself
    would often give away what the student has just been asked to predict.
    """
    calls = [_call(statement) for statement in ast.parse(code).body]
    while calls and _name(calls[-1]) == "print":
        calls.pop()
    last = calls[-1] if calls else None
    if last is None or _name(last) != "show":
        return given or None
    alt = next((keyword.value for keyword in last.keywords if keyword.arg == "alt"), None)
    text, complete = _beginning(last.args[1] if len(last.args) > 1 else alt)
    title = given or _shortened(" ".join(text.split()), complete)
    return f"Figure: {title}" if title else "Figure"


def _call(statement: ast.stmt) -> ast.Call | None:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value if isinstance(value, ast.Call) else None


def _name(call: ast.Call | None) -> str:
    return call.func.id if call is not None and isinstance(call.func, ast.Name) else ""


def _beginning(node: ast.expr | None) -> tuple[str, bool]:
    """The text of a string up to the first value that is put into it, and whether that is all of it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value, True
    if isinstance(node, ast.JoinedStr):
        text = ""
        for part in node.values:
            if not isinstance(part, ast.Constant):
                return text, False
            text += str(part.value)
        return text, True
    return "", False


def _shortened(text: str, complete: bool) -> str:
    """The first sentence without its full stop; a long one, or one that breaks off, up to where it can best be cut."""
    first, *more = re.split(r"(?<=[.?!])\s+(?=[A-Z])", text)
    title = first.removesuffix(".")
    if len(title) <= LONG and (complete or more):
        return title
    for marks in (";:", ","):
        cuts = [found.start() for found in re.finditer(f"[{marks}] ", title[:LONG]) if found.start() >= SHORT]
        if cuts:
            return title[: cuts[-1]]
    return f"{title[:LONG].rpartition(' ')[0].rstrip(',;:')} …" if title else ""
