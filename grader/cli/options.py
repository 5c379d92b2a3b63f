"""What several commands take: the course, names of lectures, data sets, and the course that they mean.

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
        help="The folder of the course, which holds its checks and points.",
        show_default="this folder's course, or the one that came with the grader",
        file_okay=False,
    ),
]
Lectures = Annotated[
    list[str] | None, typer.Argument(help="Names of lectures, such as 03_neuron. All, if none is named.")
]


class Sandboxes(enum.StrEnum):
    """The values of --sandbox. Those of `grader.kernel.sandbox.SandboxKind`, whose module is not loaded for --help."""

    bubblewrap = "bubblewrap"
    none = "none"
    spawn = "spawn"
    docker = "docker"


def find_course(named: Path | None) -> Course:
    """The course to work with. A line on standard error names it if the user did not, and is not in its folder.

    Raises:
        CourseError: there is none.
    """
    course = Course.find(named)
    if named is None and not course.is_here:
        typer.echo(f"There is no course in this folder, so this one is used: {course.root}", err=True)
    return course


def data_sets(words: Sequence[str]) -> dict[str, Path]:
    """The files that ``--data NAME=FILE`` names, by the names of their data sets.

    Raises:
        GraderError: a word is not NAME=FILE.
    """
    named = {}
    for word in words:
        name, equals, file = word.partition("=")
        if not (name and equals and file):
            raise GraderError(f"--data {word}: that is not NAME=FILE. Write it like mnist=path/to/mnist.npz.")
        named[name] = Path(file)
    return named
