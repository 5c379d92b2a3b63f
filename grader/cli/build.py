"""`grader build`: from the scripts in solutions/ to the notebooks in notebooks/."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import CourseOption, Lectures, find_course
from grader.core.errors import GraderError


def build(
    lectures: Lectures = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if a notebook or a playground is stale.")
    ] = False,
    solutions: Annotated[
        Path | None, typer.Option(help="Write the solution notebooks, executed, into this folder instead.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Make notebooks/ from the scripts in solutions/, and bring the shared parts of the playgrounds up to date."""
    if check and solutions is not None:
        raise GraderError("--check and --solutions do not go together. Give one of them.")
    home = find_course(course)
    from grader.authoring import build as authoring
    from grader.authoring import playgrounds

    assignments = authoring.read_course(home, lectures or ())
    if solutions is not None:
        from grader.authoring.validate import write_solutions

        for path in write_solutions(assignments, solutions):
            typer.echo(path)
        return
    if check:
        stale = playgrounds.stale_pages(home) + authoring.stale_releases(home, assignments)
        orphans = [] if lectures else authoring.orphaned_releases(home)
        for path in stale:
            typer.echo(f"stale: {path.relative_to(home.root)}. Run `grader build`.", err=True)
        for path in orphans:
            typer.echo(f"no source: {path.relative_to(home.root)}. Delete it.", err=True)
        if stale or orphans:
            raise typer.Exit(1)
        typer.echo(f"{len(assignments)} notebooks are up to date with their sources.")
        return
    changed = playgrounds.write_pages(home) + authoring.write_releases(home, assignments)
    for path in changed:
        typer.echo(f"built {path.relative_to(home.root)}")
    typer.echo(f"{len(assignments)} lectures, {len(changed)} files changed.")
