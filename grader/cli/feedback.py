"""`grader feedback`: pages, report and CSV written again from the gradebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def feedback(
    out: Annotated[Path, typer.Argument(help="The folder that was given to `grader grade` as --out.")],
) -> None:
    """Write feedback pages, report and CSV again from the gradebook, after grading by hand."""
    import grader.core.fast_nbformat  # noqa: F401 - before anything imports nbformat
    from grader.gradebook.folder import CourseFolder
    from grader.grading.loop import write_pages

    with CourseFolder.existing(out) as folder:
        grades = write_pages(folder)
    waiting = sum(notebook.waiting > 0 for notebook in grades.notebooks)
    typer.echo(
        f"{len(grades.notebooks)} feedback pages in {out / 'feedback'}; {waiting} of them have points still to be given."
    )
