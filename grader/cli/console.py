"""What commands print on the terminal.

In: a graded batch, or the times of notebooks. Out: a progress bar, tables of scores and times, and notes for the teacher.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from grader.authoring.timing import Timing
from grader.core.grades import AssignmentInfo, ClassGrades, NotebookGrades, Status
from grader.grading.loop import Batch, Progress
from grader.pages.render import feedback_address


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar for a batch. If the output is not a terminal, only its final state is written.

    Meanwhile the grader's warnings are shown as well, such as one about a sandbox that lacks a part of its protection.
    """
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn())
    times = (TextColumn("·"), TimeElapsedColumn(), TextColumn("· left"), TimeRemainingColumn(compact=True))
    console = Console(stderr=True)
    bar = Bar(*columns, *times, console=console)
    warnings = _Warnings(console)
    logging.getLogger("grader").addHandler(warnings)
    task = bar.add_task("grading", total=None)

    def follow(done: int, total: int) -> None:
        bar.start()  # only now, so that an error before the first submission appears without a bar
        bar.update(task, completed=done, total=total)

    try:
        yield follow
    finally:
        bar.stop()
        logging.getLogger("grader").removeHandler(warnings)


class _Warnings(logging.Handler):
    """Shows warnings that the grader logs, above a bar if there is one."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        self.console.print(f"Warning: {_plain(record.getMessage())}", highlight=False, soft_wrap=True)


def show_batch(batch: Batch, out: Path) -> None:
    """Print the scores, then what was repaired or could not be graded, then where all files are."""
    console, grades = Console(), batch.grades
    for table in _score_tables(grades, console.width):
        console.print(table)
    console.print("[i]+ points still to be graded manually; * see the notes below[/i]")
    for assignment in grades.assignments:
        for line in _notes_on(assignment, grades.notebooks):
            console.print(f"* [bold]{_plain(assignment.name)}[/bold]: {_plain(line)}", highlight=False)
    for notebook in grades.notebooks:
        for problem in notebook.problems:
            fixed = " (fixed)" if problem.fixed else ""
            where = f"{notebook.student}, {notebook.assignment}"
            console.print(f"* [bold]{_plain(where)}[/bold]: {_plain(problem.text)}{fixed}", highlight=False)
    for stray in batch.strays:
        console.print(f"* [bold]{_plain(str(stray.path))}[/bold]: {_plain(stray.text)}", highlight=False)
    kept = f", {batch.kept} unchanged since the last run" if batch.kept else ""
    console.print(f"\n{batch.graded} submissions graded{kept}.", highlight=False)
    for what, path in (
        ("scores", out / "grades.csv"),
        ("class report", out / "report.html"),
        ("feedback", _one_page(batch, out)),
        ("gradebook", batch.gradebook),
    ):
        console.print(f"{what + ':':14}{_plain(str(path))}", highlight=False, soft_wrap=True)


def _score_tables(grades: ClassGrades, width: int) -> Iterator[Table]:
    """The students' scores: as many assignments side by side as the terminal has room for, the others in tables below."""
    columns = [
        [
            f"{assignment.name} /{assignment.max_score:g}",
            *(_cell(grades.of(each, assignment)) for each in grades.students),
        ]
        for assignment in grades.assignments
    ]
    names = ["student", *map(_plain, grades.students)]
    room = width - _width(names) - 1
    while columns:
        fits = sum(total <= room for total in accumulate(map(_width, columns))) or 1
        table = Table()
        table.add_column(names[0], no_wrap=True)
        for heading, *_ in columns[:fits]:
            table.add_column(_plain(heading), justify="right", no_wrap=True)
        for row in zip(names[1:], *(cells for _, *cells in columns[:fits]), strict=True):
            table.add_row(*row)
        yield table
        columns = columns[fits:]


def _width(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts)) + 3  # a space on either side, and a border


def _notes_on(assignment: AssignmentInfo, notebooks: Sequence[NotebookGrades]) -> Iterator[str]:
    """What the teacher should know about an assignment as a whole."""
    yield from assignment.problems
    graded = [notebook for notebook in notebooks if notebook.assignment == assignment.name]
    unprotected = {grade.grade_id for notebook in graded for grade in notebook.unprotected} | set(
        assignment.unprotected
    )
    if unprotected:
        yield (
            f"not protected: {', '.join(sorted(unprotected))} (ran in the same process as the student's code, so could be "
            "tampered with; the report says why)"
        )


def _one_page(batch: Batch, out: Path) -> Path:
    """The feedback page to look at first: one with points and a message, if there is one."""
    notebooks = batch.grades.notebooks
    instructive = [each for each in notebooks if each.score and any(grade.message for grade in each.grades)]
    graded = instructive or notebooks
    return out / unquote(feedback_address(graded[0].student, graded[0].assignment)) if graded else out / "feedback"


def _plain(text: str) -> str:
    """Text from a student's files without Rich markup and control characters."""
    return escape("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text))


def _cell(notebook: NotebookGrades) -> str:
    if notebook.status is Status.MISSING:
        return "–"
    star = "*" if notebook.problems else ""
    if notebook.status is Status.UNGRADABLE:
        return f"not graded{star}"
    waiting = f" +{notebook.waiting:g}" if notebook.waiting else ""
    return f"{notebook.score:g}{waiting}{star}"


def show_profile(batch: Batch) -> None:
    """Print the CPU time of each step, in total and per graded submission."""
    table = Table(title=f"CPU time in seconds ({batch.seconds:.1f} s elapsed)")
    for name in ("step", "total", "per submission"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for step, seconds in batch.profile.seconds.items():
        table.add_row(step, f"{seconds:.2f}", f"{seconds / max(1, batch.graded):.3f}")
    Console().print(table)


def show_times(timings: Sequence[Timing], limit: float) -> None:
    """Print how long each notebook took. Those that fail or reach the limit are marked."""
    table = Table(caption=f"elapsed seconds from top to bottom; ! takes {limit:g} s or more, or fails")
    for name in ("lecture", "release", "its slowest cell", "solution", "its slowest cell"):
        table.add_column(name, justify="right" if name in ("release", "solution") else "left")
    for timing in timings:
        cells = []
        for run in (timing.release, timing.solution):
            mark = "!" if run.failure or run.seconds >= limit else ""
            cells += [f"{run.seconds:.1f}{mark}", _plain(f"{run.slowest}, {run.slowest_seconds:.1f} s")]
        table.add_row(_plain(timing.name), *cells)
    Console().print(table)
