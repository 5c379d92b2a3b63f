"""The command line: words and wiring. Every heavy import stands in the command that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from grader import __version__
from grader.errors import GraderError

app = typer.Typer(
    name="grader",
    help="Build, prove and grade a course of nbgrader notebooks.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

CourseOption = Annotated[
    Path, typer.Option("--course", help="The course's folder, or one inside it.", show_default="here", file_okay=False)
]
Lectures = Annotated[
    list[str] | None, typer.Argument(help="Names of lectures, such as 03_neuron. All, if none is named.")
]


@contextmanager
def _told_plainly() -> Iterator[None]:
    """A mistake that the user can put right ends the command with its message and exit code 1, without a traceback."""
    try:
        yield
    except GraderError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Build, prove and grade a course of nbgrader notebooks."""


@app.command()
def build(
    lectures: Lectures = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if a notebook is stale.")] = False,
    solutions: Annotated[
        Path | None, typer.Option(help="Write the solution notebooks, executed, into this folder instead.")
    ] = None,
    course: CourseOption = Path("."),
) -> None:
    """Make notebooks/ from the scripts in solutions/."""
    with _told_plainly():
        from grader import authoring
        from grader.course import Course

        home = Course.find(course)
        assignments = authoring.read_course(home, lectures or ())
        if solutions is not None:
            from grader.validation import write_solutions

            for path in write_solutions(assignments, solutions):
                typer.echo(path)
            return
        if check:
            stale = authoring.stale_releases(home, assignments, every=not lectures)
            for path in stale:
                typer.echo(f"stale: {path.relative_to(home.root)}", err=True)
            if stale:
                raise GraderError("Mend: run `grader build` and commit what it writes.")
            typer.echo(f"{len(assignments)} notebooks are what their sources give.")
            return
        changed = authoring.write_releases(home, assignments)
        for path in changed:
            typer.echo(f"built {path.relative_to(home.root)}")
        typer.echo(f"{len(assignments)} lectures, {len(changed)} changed.")


@app.command()
def validate(lectures: Lectures = None, course: CourseOption = Path(".")) -> None:
    """Prove each lecture: its solutions score full marks, its release and every listed wrong answer score nothing."""
    with _told_plainly():
        from grader.course import Course
        from grader.validation import validate_lecture

        home = Course.find(course)
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
