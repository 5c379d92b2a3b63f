"""`grader grade`: turns submissions into scores, feedback pages, a report and a CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import CourseOption, Sandboxes, data_sets, find_course
from grader.core.errors import GraderError
from grader.core.model import MB, Limits

# A container gets these options with paths of its own, or not at all. Every other option is passed on as it was given.
NOT_PASSED_ON = {"paths", "out", "course", "data", "sandbox"}


def grade(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SUBMISSIONS",
            help="Folders, zips or notebooks that students handed in. Leave out for an nbgrader course, which has its own.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to grade into, created if needed. Leave out for an nbgrader course.")
    ] = None,
    course: CourseOption = None,
    assignment: Annotated[
        list[str] | None, typer.Option(help="Grade only this assignment of an nbgrader course. Repeatable.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Grade only this student of an nbgrader course. Repeatable.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions graded in parallel.", show_default="one per core")
    ] = None,
    sandbox: Annotated[
        Sandboxes,
        typer.Option(
            help="What protects this machine from the students' code. See docs/exam.md. Complete on x86-64 and AArch64."
        ),
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
    force: Annotated[bool, typer.Option("--force", help="Grade again even what has not changed.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Show how the CPU time was spent.")] = False,
) -> None:
    """Grade submissions.

    The scores go into a gradebook. Each student gets a feedback page; you get a class report and a CSV.
    """
    named = data_sets(data or [])
    own = paths is not None and out is not None
    if not own and (paths is not None or out is not None):
        raise GraderError(
            "SUBMISSIONS and --out go together. Give both; or, for an nbgrader course, neither: grader grade --course DIR."
        )
    if own and (assignment or student):
        raise GraderError("--assignment and --student need an nbgrader course. Leave out SUBMISSIONS and --out.")
    # Find the course before importing anything large, so that a missing one is reported at once.
    lectures = find_course(course) if own else None
    root = lectures.root if lectures else _find_nbgrader_course(course)
    if sandbox is Sandboxes.docker:
        from grader.kernel.container import grade_in_container

        raise typer.Exit(grade_in_container(_options_given(context), paths or [], out, root, named))
    import grader.core.fast_nbformat  # noqa: F401 - before anything imports nbformat
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
        if lectures is not None and paths is not None and out is not None:
            from grader.grading.loop import grade as grade_batch

            batch = grade_batch(
                lectures,
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
            from grader.gradebook.nbgrader_course import REPORT
            from grader.grading.loop import grade_course

            batch = grade_course(
                root,
                limits,
                sandbox=SandboxKind(sandbox.value),
                data=named,
                assignments=assignment or (),
                students=student or (),
                workers=workers,
                force=force,
                progress=progress,
            )
            pages = root / REPORT
    console.show_batch(batch, pages)
    if profile:
        console.show_profile(batch)


def _find_nbgrader_course(named: Path | None) -> Path:
    from grader.gradebook.course_kind import is_nbgrader_course

    folder = named or Path()
    if not is_nbgrader_course(folder):
        raise GraderError(
            f"{folder.resolve()}: this is not an nbgrader course, so there is nothing to grade. Name one with --course DIR. "
            "To grade a folder of submissions, use `grader grade SUBMISSIONS --out DIR`; there, --course names the course that "
            "they belong to."
        )
    return folder


def _options_given(context: typer.Context) -> list[str]:
    """The options that were given, as words, for the same command in a container."""
    words: list[str] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if parameter.name in NOT_PASSED_ON or value in (None, parameter.get_default(context)):
            continue
        option = parameter.opts[0]
        if value is True:
            words.append(option)
        else:
            values = value if isinstance(value, (list, tuple)) else [value]
            words += [word for each in values for word in (option, str(each))]
    return words
