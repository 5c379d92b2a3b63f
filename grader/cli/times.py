"""`grader times`: run each notebook from top to bottom, and list how long it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import CourseOption, Lectures, find_course
from grader.core.errors import GraderError


def times(
    lectures: Lectures = None,
    out: Annotated[
        Path | None, typer.Option(help="The page to write.", show_default="docs/times.md, if no lecture is named")
    ] = None,
    limit: Annotated[
        float | None, typer.Option(min=1, help="Seconds that no notebook may reach.", show_default="90")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Run each notebook from top to bottom, as student release and as solution, and list how long it takes."""
    home = find_course(course)
    from grader.authoring import timing
    from grader.cli import console
    from grader.core.atomic import write_atomically

    most, load = limit or timing.LIMIT, timing.load_now()
    if load is not None and load > 1:
        typer.echo(f"This machine is busy (load {load:.1f}): the times will be longer than on an idle one.", err=True)
    measured = []
    for each in timing.time_lectures(home, lectures or (), most):
        typer.echo(f"{each.name}: release {each.release.seconds:.1f} s, solution {each.solution.seconds:.1f} s")
        measured.append(each)
    console.show_times(measured, most)
    page = out or (None if lectures else home.root / "docs" / "times.md")
    if page is not None:
        write_atomically(page, timing.times_page(measured, most, load).encode())
        typer.echo(f"written: {page}")
    problems = [problem for each in measured for problem in each.problems(most)]
    if problems:
        raise GraderError("\n".join(problems))
