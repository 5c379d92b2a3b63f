"""`grader lint`: what a careful editor would change, as ``file:line: [rule] what. Fix.``"""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli.options import CourseOption, Lectures, find_course
from grader.core.errors import GraderError

LIBRARIES = {"codespell_lib": "codespell", "markdown_it": "markdown-it-py", "mdit_py_plugins": "mdit-py-plugins"}
LIBRARIES |= {"pygments": "pygments"}  # the extra `authoring` of pyproject.toml


def lint(lectures: Lectures = None, course: CourseOption = None) -> None:
    """List what a careful editor would change in lectures, quizzes, playgrounds and pages. Nothing is run."""
    home = find_course(course)
    import grader.core.fast_nbformat  # noqa: F401 - first of all

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
