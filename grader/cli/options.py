"""Options that several commands share: the course, names of lectures, data sets.

In: words from the command line. Out: the types of arguments, and the objects that they name. Nothing heavy is imported here.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from grader.authoring.course import Course
from grader.core.errors import GraderError

CourseOption = Annotated[
    Path | None,
    typer.Option(
        "--course",
        metavar="DIR",
        help="The course's folder, which holds its checks and points.",
        show_default="the course of this folder, or the one that came with the grader",
        file_okay=False,
    ),
]
Lectures = Annotated[
    list[str] | None, typer.Argument(help="Names of lectures, such as 03_neuron. Without names: all lectures.")
]


class Sandboxes(enum.StrEnum):
    """The values of --sandbox: those of `grader.kernel.sandbox.SandboxKind`, which is too slow to import for --help."""

    bubblewrap = "bubblewrap"
    none = "none"
    spawn = "spawn"
    docker = "docker"


def find_course(named: Path | None) -> Course:
    """The course to work with. If the user neither names it nor is in its folder, a line on standard error names it.

    Raises:
        CourseError: there is none.
    """
    course = Course.find(named)
    if named is None and not course.is_here:
        typer.echo(f"There is no course in this folder. Using the one in {course.root}", err=True)
    return course


def data_sets(words: Sequence[str]) -> dict[str, Path]:
    """The data sets given with ``--data NAME=FILE``: their files by their names.

    Raises:
        GraderError: a word is not NAME=FILE.
    """
    named = {}
    for word in words:
        name, equals, file = word.partition("=")
        if not (name and equals and file):
            raise GraderError(f"--data {word}: this is not NAME=FILE. Write, for example, mnist=path/to/mnist.npz.")
        named[name] = Path(file)
    return named
