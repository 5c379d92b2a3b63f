"""`grader lint`: what a careful editor would change, as ``file:line: [rule] what. Fix.``

In: the folder of the course and the names of lectures. Out: the findings, printed a line each, and how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from grader.core.errors import GraderError

LIBRARIES = {"codespell_lib": "codespell", "markdown_it": "markdown-it-py", "mdit_py_plugins": "mdit-py-plugins"}
LIBRARIES |= {"pygments": "pygments"}  # the extra `authoring` of pyproject.toml


def print_findings(course: Path, lectures: Sequence[str]) -> int:
    import grader.core.fast_nbformat  # noqa: F401 - first of all
    from grader.authoring.course import Course

    try:
        from grader.authoring.lint import lint
    except ModuleNotFoundError as missing:
        library = LIBRARIES.get((missing.name or "").partition(".")[0])
        if library is None:
            raise
        raise GraderError(
            f"`grader lint` needs {library}, which is not installed. "
            f"Run `pip install --editable '.[authoring]'` in the folder of the grader, or `pip install {library}`."
        ) from missing
    findings = lint(Course.find(course), lectures)
    for finding in findings:
        typer.echo(str(finding).removeprefix(f"{Path.cwd()}/"))
    return len(findings)
