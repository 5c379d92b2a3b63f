"""`grader validate`: proves by running them that lectures are sound."""

from __future__ import annotations

import typer

from grader.cli.options import CourseOption, Lectures, find_course


def validate(lectures: Lectures = None, course: CourseOption = None) -> None:
    """Prove that lectures are sound by running them.

    The solutions must get full marks; the release and every listed wrong answer must get none.
    """
    home = find_course(course)
    from grader.authoring.validate import validate_lecture

    failed = []
    for path in home.lectures(lectures or ()):
        report = validate_lecture(home, path)
        typer.echo(report.summary)
        for warning in report.warnings:
            typer.echo(f"  warning: {warning}")
        failed += report.errors
    if failed:
        typer.echo("", err=True)
        for error in failed:
            typer.echo(str(error), err=True)
        raise typer.Exit(1)
