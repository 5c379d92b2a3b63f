"""The set-up cell of a lecture, written from the parts in ``solutions/setup/``: one source for all lectures.

In: what the options say, ``setup="figures keras" seed=3``. Out: the code that the build puts above the lecture's own.
A part is plain Python; it may use ``SEED``, which the cell binds first.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from grader.authoring.markers import NBGRADER_MARKERS
from grader.core.errors import AuthoringError, AuthoringErrors

PART = re.compile(r"[a-z][a-z0-9_]*")


def setup_code(script: Path, line: int, parts: str, seed: int, folder: Path) -> str:
    """The code of the parts, in the order in which they are named. ``line`` is that of the cell in ``script``.

    Raises:
        AuthoringErrors: a part is unknown, named twice or not fit for a notebook, or the seed is negative.
    """
    errors: list[AuthoringError] = []
    known = sorted(path.stem for path in folder.glob("*.py"))
    names = parts.split()
    if not names:
        what = "the set-up cell names no part."
        errors.append(AuthoringError(script, line, what, f"name one or more of: {_listed(known)}."))
    for name, count in Counter(names).items():
        if count > 1:
            errors.append(AuthoringError(script, line, f"the set-up part `{name}` is named twice.", "name it once."))
    if seed < 0:
        errors.append(AuthoringError(script, line, f"seed={seed} is negative.", "use 0 or a larger whole number."))
    code = [f"SEED = {seed}"]
    for name in dict.fromkeys(names):
        if name not in known or not PART.fullmatch(name):
            what = f"there is no set-up part `{name}` in {folder}."
            fix = f"use one of: {_listed(known)}; or write {name}.py there."
            errors.append(AuthoringError(script, line, what, fix))
            continue
        try:
            code.append(_read_part(folder / f"{name}.py"))
        except AuthoringError as error:
            errors.append(error)
    if errors:
        raise AuthoringErrors(errors)
    return "\n\n".join(code)


def _read_part(path: Path) -> str:
    """The text of a part.

    Raises:
        AuthoringError: it cannot be read, or is nothing that may go into a release.
    """
    try:
        text = path.read_text(encoding="utf-8").strip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AuthoringError(path, 1, f"the set-up part cannot be read: {error}.", "save it as UTF-8.") from error
    try:
        ast.parse(text)
    except SyntaxError as error:
        what = f"Python cannot read this set-up part: {error.msg}."
        raise AuthoringError(path, error.lineno or 1, what, "fix the syntax.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if any(marker in line for marker in NBGRADER_MARKERS):
            what = "a set-up part holds a marker that nbgrader cuts out."
            raise AuthoringError(path, number, what, "remove it: a set-up cell has no solution and no hidden tests.")
    return text


def _listed(known: list[str]) -> str:
    return ", ".join(known) or "none, the folder is empty"
