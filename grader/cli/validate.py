"""`grader validate`: prove that lectures are sound, by running them."""

from __future__ import annotations

import typer

from grader.cli.options import CourseOption, Lectures, find_course


def validate(lectures: Lectures = None, course: CourseOption = None) -> None:
    """Prove each lecture: its solutions score full marks, its release and every listed wrong answer score nothing."""
    home = find_course(course)
    from grader.authoring.validate import validate_lecture

    failed = []
    for path in home.lectures(lectures or ()):
        report = validate_lecture(home, path)
        typer.echo(report.summary)
        failed += report.errors
    if failed:
        typer.echo("", err=True)
        for error in failed:
            typer.echo(str(error), err=True)
        raise typer.Exit(1)
