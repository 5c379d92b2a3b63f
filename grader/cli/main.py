"""The command line: words and wiring. Every heavy import stands in the command that needs it."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from grader import __version__
from grader.core.errors import GraderError
from grader.core.model import MB, Limits


class Sandboxes(enum.StrEnum):
    """The values of --sandbox. Those of `grader.kernel.sandbox.SandboxKind`, whose module is not loaded for --help."""

    bubblewrap = "bubblewrap"
    none = "none"
    spawn = "spawn"
    docker = "docker"


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
def _reported_plainly() -> Iterator[None]:
    """A mistake that the user can put right ends the command with its message and exit code 1, without a traceback."""
    try:
        yield
    except GraderError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("Stopped. What was done is kept; the same command goes on from there.", err=True)
        raise typer.Exit(130) from None


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
    course: CourseOption = Path(),
) -> None:
    """Make notebooks/ from the scripts in solutions/."""
    with _reported_plainly():
        from grader.authoring import build as authoring
        from grader.authoring.course import Course

        home = Course.find(course)
        assignments = authoring.read_course(home, lectures or ())
        if check and solutions is not None:
            raise GraderError("--check and --solutions do not go together. Give one of them.")
        if solutions is not None:
            from grader.authoring.validate import write_solutions

            for path in write_solutions(assignments, solutions):
                typer.echo(path)
            return
        if check:
            stale = authoring.stale_releases(home, assignments)
            orphans = [] if lectures else authoring.orphaned_releases(home)
            for path in stale:
                typer.echo(f"stale: {path.relative_to(home.root)}. Run `grader build`.", err=True)
            for path in orphans:
                typer.echo(f"no source: {path.relative_to(home.root)}. Delete it.", err=True)
            if stale or orphans:
                raise typer.Exit(1)
            typer.echo(f"{len(assignments)} notebooks are what their sources give.")
            return
        changed = authoring.write_releases(home, assignments)
        for path in changed:
            typer.echo(f"built {path.relative_to(home.root)}")
        typer.echo(f"{len(assignments)} lectures, {len(changed)} changed.")


@app.command()
def validate(lectures: Lectures = None, course: CourseOption = Path()) -> None:
    """Prove each lecture: its solutions score full marks, its release and every listed wrong answer score nothing."""
    with _reported_plainly():
        from grader.authoring.course import Course
        from grader.authoring.validate import validate_lecture

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


@app.command()
def times(
    lectures: Lectures = None,
    out: Annotated[
        Path | None, typer.Option(help="The page to write.", show_default="docs/times.md, if no lecture is named")
    ] = None,
    limit: Annotated[
        float | None, typer.Option(min=1, help="Seconds that no notebook may reach.", show_default="90")
    ] = None,
    course: CourseOption = Path(),
) -> None:
    """Run each notebook from top to bottom, as student release and as solution, and list how long it takes."""
    with _reported_plainly():
        from grader.authoring import timing
        from grader.authoring.course import Course
        from grader.cli import console
        from grader.core.atomic import write_atomically

        home, most, load = Course.find(course), limit or timing.LIMIT, timing.load_now()
        if load is not None and load > 1:
            typer.echo(
                f"This machine is busy (load {load:.1f}): the times will be longer than on an idle one.", err=True
            )
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


@app.command()
def grade(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders, zips or notebooks with what students handed in. None for an nbgrader course: it has its own.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to grade into; made if need be. None for an nbgrader course.")
    ] = None,
    course: CourseOption = Path(),
    assignment: Annotated[
        list[str] | None, typer.Option(help="Of an nbgrader course, grade only this. Repeatable.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Of an nbgrader course, grade only theirs. Repeatable.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes at once.", show_default="the cores")] = None,
    sandbox: Annotated[
        Sandboxes, typer.Option(help="What stands around the students' code: see docs/exam.md.")
    ] = Sandboxes.bubblewrap,
    data: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="A data set for keras.datasets, such as mnist=mnist.npz. Repeatable."),
    ] = None,
    cell_time: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds that one cell may take.", show_default="10 × the solution's, at least 30"),
    ] = None,
    notebook_time: Annotated[
        float | None,
        typer.Option(
            min=1, help="Seconds that one notebook may take.", show_default="10 × the solution's, at least 60"
        ),
    ] = None,
    memory: Annotated[int, typer.Option(min=64, help="MB that one submission may use.")] = Limits.memory_bytes // MB,
    disk: Annotated[int, typer.Option(min=1, help="MB that one submission may write.")] = Limits.disk_bytes // MB,
    processes: Annotated[int, typer.Option(min=16, help="Processes and threads of one submission.")] = Limits.processes,
    output_limit: Annotated[int, typer.Option(min=1000, help="Bytes that one cell may print.")] = Limits.output_bytes,
    force: Annotated[bool, typer.Option("--force", help="Grade again what has been graded and not changed.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Show where CPU time went.")] = False,
) -> None:
    """Grade submissions: scores into a gradebook, a feedback page for each student, a report, a CSV."""
    with _reported_plainly():
        named = _data_sets(data or [])
        import grader.core.fast_nbformat  # noqa: F401 - first of all
        from grader.authoring.course import Course

        own = paths is not None and out is not None
        if not own and (paths is not None or out is not None):
            raise GraderError(
                "PATHS and --out go together. Give both, or for an nbgrader course neither: grader grade --course DIR."
            )
        if own and (assignment or student):
            raise GraderError("--assignment and --student choose from an nbgrader course. Leave out PATHS and --out.")
        if sandbox is Sandboxes.docker:
            from grader.kernel.container import grade_in_container

            numbers = {
                "--memory": memory,
                "--disk": disk,
                "--processes": processes,
                "--output-limit": output_limit,
                "--workers": workers,
                "--cell-time": cell_time,
                "--notebook-time": notebook_time,
            }
            words = [text for name, value in numbers.items() if value is not None for text in (name, str(value))]
            words += [text for name in assignment or () for text in ("--assignment", name)]
            words += [text for name in student or () for text in ("--student", name)]
            words += ["--force"] * force + ["--profile"] * profile
            home = Course.find(course).root if own else course
            raise typer.Exit(grade_in_container(words, paths or [], out, home, named))
        from grader.cli import console
        from grader.kernel.sandbox import SandboxKind

        limits = Limits(
            cell_time,
            notebook_time,
            output_limit,
            memory_bytes=memory * MB,
            disk_bytes=disk * MB,
            file_bytes=disk * MB,
            processes=processes,
        )
        with console.progress() as progress:
            if paths is not None and out is not None:
                from grader.grading.loop import grade as grade_batch

                batch = grade_batch(
                    Course.find(course),
                    paths,
                    out,
                    limits,
                    sandbox=SandboxKind(sandbox.value),
                    data=named,
                    workers=workers,
                    force=force,
                    progress=progress,
                )
                pages = out
            else:
                from grader.gradebook.nbgrader_course import REPORT, is_nbgrader_course
                from grader.grading.loop import grade_course

                if not is_nbgrader_course(course):
                    raise GraderError(
                        f"{course.resolve()}: this is no nbgrader course. Name one with --course; or name what is to be "
                        "graded, and a folder for the grades with --out."
                    )
                batch = grade_course(
                    course,
                    limits,
                    sandbox=SandboxKind(sandbox.value),
                    data=named,
                    assignments=assignment or (),
                    students=student or (),
                    workers=workers,
                    force=force,
                    progress=progress,
                )
                pages = course / REPORT
        console.show_batch(batch, pages)
        if profile:
            console.show_profile(batch)


def _data_sets(words: list[str]) -> dict[str, Path]:
    named = {}
    for word in words:
        name, equals, file = word.partition("=")
        if not (name and equals and file):
            raise GraderError(f"--data {word}: that is not NAME=FILE. Write it like mnist=path/to/mnist.npz.")
        named[name] = Path(file)
    return named


@app.command()
def feedback(
    out: Annotated[Path, typer.Argument(help="The folder that was given to `grader grade` as --out.")],
) -> None:
    """Write feedback pages, report and CSV anew from the gradebook, after grading by hand."""
    with _reported_plainly():
        from grader.gradebook.folder import CourseFolder
        from grader.grading.loop import write_pages

        with CourseFolder.existing(out) as folder:
            grades = write_pages(folder)
        waiting = sum(notebook.waiting > 0 for notebook in grades.notebooks)
        typer.echo(
            f"{len(grades.notebooks)} feedback pages in {out / 'feedback'}, {waiting} of them with points that wait."
        )


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")],
    course: CourseOption = Path(),
) -> None:
    """Write a sample class: submissions of every kind, made from the lectures' solutions and wrong answers."""
    with _reported_plainly():
        from grader.authoring.course import Course
        from grader.authoring.sample import write_sample

        written = write_sample(Course.find(course), folder)
        students = len({submission.student for submission in written})
        typer.echo(f"{len(written)} submissions of {students} students in {folder}")


if __name__ == "__main__":
    app()
