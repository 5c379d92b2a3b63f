"""The command `grader`: its commands, and what all of them do with an error.

In: words from the command line. Out: an exit code: 0, 1 for what the user can put right, 2 for words that are not understood,
130 after Ctrl-C.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from grader import __version__
from grader.cli.build import build
from grader.cli.feedback import feedback
from grader.cli.grade import grade
from grader.cli.lint import lint
from grader.cli.sample import sample
from grader.cli.times import times
from grader.cli.validate import validate
from grader.core.errors import GraderError


class Commands(TyperGroup):
    """A mistake that the user can put right ends a command with its message and exit code 1, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except GraderError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            typer.echo("Stopped. What was done is kept; the same command goes on from there.", err=True)
            raise typer.Exit(130) from None

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)  # in the order below, not by the alphabet


app = typer.Typer(
    name="grader",
    cls=Commands,
    help="Build, prove and grade a course of nbgrader notebooks.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (build, validate, lint, times, sample, grade, feedback):
    app.command()(command)


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


if __name__ == "__main__":
    app()
