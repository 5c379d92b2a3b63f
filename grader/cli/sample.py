"""`grader sample`: a class to try the grader on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import CourseOption, find_course


def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")],
    course: CourseOption = None,
) -> None:
    """Write a sample class: submissions of every kind, made from the lectures' solutions and wrong answers."""
    home = find_course(course)
    from grader.authoring.sample import write_sample

    written = write_sample(home, folder)
    students = len({submission.student for submission in written})
    typer.echo(f"{len(written)} submissions of {students} students in {folder}")
