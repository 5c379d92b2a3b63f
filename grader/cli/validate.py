"""`grader validate`: proves by running them that lectures are sound."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.cli.options import CourseOption, Lectures, Sandboxes, find_course
from grader.core.errors import GraderError


def validate(
    lectures: Lectures = None,
    sandbox: Annotated[
        Sandboxes, typer.Option(help="Where the exam of the solutions and the wrong answers runs. See docs/exam.md.")
    ] = Sandboxes.bubblewrap,
    course: CourseOption = None,
) -> None:
    """Prove that lectures are sound by running them.

    The solutions must get full marks; the release and every listed wrong answer must get none.
    """
    if sandbox is Sandboxes.docker:
        raise GraderError("`grader validate` does not start a container. Use --sandbox bubblewrap, none or spawn.")
    home = find_course(course)
    from grader.authoring.validate import validate_lecture
    from grader.kernel.sandbox import SandboxKind

    failed = []
    for path in home.lectures(lectures or ()):
        report = validate_lecture(home, path, SandboxKind(sandbox.value))
        typer.echo(report.summary)
        for warning in report.warnings:
            typer.echo(f"  warning: {warning}")
        failed += report.errors
    if failed:
        typer.echo("", err=True)
        for error in failed:
            typer.echo(str(error), err=True)
        raise typer.Exit(1)
