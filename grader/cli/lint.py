"""`grader lint`: what a careful editor would change. Each finding reads ``file:line: [rule] what is wrong. How to fix it.``"""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli.options import CourseOption, Lectures, find_course
from grader.core.errors import GraderError

LIBRARIES = {"codespell_lib": "codespell", "markdown_it": "markdown-it-py", "mdit_py_plugins": "mdit-py-plugins"}
LIBRARIES |= {"pygments": "pygments"}  # the extra `authoring` of pyproject.toml


def lint(lectures: Lectures = None, course: CourseOption = None) -> None:
    """List what a careful editor would change.

    This reads lectures, quizzes, playgrounds and pages, and runs none of their code.
    """
    home = find_course(course)
    import grader.core.fast_nbformat  # noqa: F401 - before anything imports nbformat

    try:
        from grader.authoring.lint import lint as findings_of
    except ModuleNotFoundError as missing:
        library = LIBRARIES.get((missing.name or "").partition(".")[0])
        if library is None:
            raise
        raise GraderError(
            f"`grader lint` needs {library}, which is not installed. "
            f"Run `pip install --editable '.[authoring]'` in the folder of the grader, or `pip install {library}`."
        ) from missing
    findings = findings_of(home, lectures or ())
    for finding in findings:
        typer.echo(str(finding).removeprefix(f"{Path.cwd()}/"))
    if findings:
        raise typer.Exit(1)
