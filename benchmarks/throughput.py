"""Grades the same submissions with stock nbgrader and with `grader grade`, and shows how fast each is.

    python -m benchmarks.throughput --submissions 12 --kinds a,b,c --workers 1,2,4
    python -m benchmarks.throughput --kinds d --data mnist=mnist.npz

README.md in this folder explains what is measured and how.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.cells import cells_cpu
from benchmarks.graders import Scores, data_variables, equal_scores, run_ours, run_stock
from benchmarks.results import COLUMNS, LEGEND, TARGET_COLUMNS, Results, Run, machine, markdown, middle
from benchmarks.work import KINDS, Work, idle_script, make_work, read_data, scripts_of
from grader.authoring.script import read_script
from grader.core.atomic import write_atomically
from grader.core.errors import GraderError

OWN, START = "own", "start"
progress = Console(stderr=True, highlight=False)


def compare(
    results: Results, letter: str, work: Work, workers: Sequence[int], repeat: int, more: Sequence[str]
) -> None:
    """Grade one kind of work with both graders, and add the measurements to ``results``."""
    progress.print(f"({letter}) {KINDS[letter].title}: {work.submissions} submissions; running the cells alone …")
    results.cells[letter] = cells_cpu(work, data_variables(work))
    stock, scores = _repeated(repeat, partial(run_stock, letter, work))
    results.runs.append(_reported(stock))
    for number in workers:
        ours, given = _repeated(repeat, partial(run_ours, letter, work, number, more))
        results.runs.append(_reported(replace(ours, equal=equal_scores(given, scores))))


def run_idle(folder: Path, students: int, more: Sequence[str]) -> list[Run]:
    """Two runs, the second with twice as many submissions, on a lecture that has as many cells as 03 but does nothing."""
    script = idle_script(read_script(KINDS["a"].scripts[0]))
    return [
        _reported(run_ours(OWN, make_work(folder / str(number), {"idle": script}, number), 1, more)[0])
        for number in (students, 2 * students)
    ]


def run_start(folder: Path, first: str, repeat: int, more: Sequence[str]) -> list[Run]:
    """Runs with a single student and a lecture with one exercise. ``first`` is the code of the lecture's first cell."""
    work = make_work(folder, {"idle": idle_script(first=first)}, 1)
    return [_reported(run_ours(START, work, 1, more)[0]) for _ in range(repeat)]


def _repeated(repeat: int, run: Callable[[], tuple[Run, Scores]]) -> tuple[Run, Scores]:
    tried = [run() for _ in range(repeat)]
    chosen = middle([each for each, _ in tried])
    return chosen, next(scores for each, scores in tried if each is chosen)


def _reported(run: Run) -> Run:
    progress.print(
        f"  {run.grader}, {run.workers}: {run.seconds:.1f} s, {run.cpu:.1f} CPU s, load before {run.load:.2f}"
    )
    return run


def main(
    submissions: Annotated[
        int, typer.Option(min=1, help="Number of students. Each hands in every lecture of a kind.")
    ] = 12,
    kinds: Annotated[str, typer.Option(help="Any of a, b, c, d, own, start, separated by commas.")] = "a,b,c,own,start",
    workers: Annotated[str, typer.Option(help="Numbers of workers to try `grader grade` with.")] = "1,2,4",
    repeat: Annotated[
        int, typer.Option(min=1, help="How often to repeat each run. The one with the median time counts.")
    ] = 1,
    data: Annotated[list[str] | None, typer.Option(metavar="NAME=FILE", help="mnist=FILE, for kind d.")] = None,
    sandbox: Annotated[str, typer.Option(help="Passed on to `grader grade`.")] = "bubblewrap",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything to this file.")] = None,
    markdown_file: Annotated[Path | None, typer.Option("--markdown", help="Write the tables to this file.")] = None,
) -> None:
    """Compare `grader grade` with stock `nbgrader autograde` on the same submissions."""
    try:
        results = _run(submissions, kinds.split(","), workers.split(","), repeat, data or [], ["--sandbox", sandbox])
    except GraderError as error:
        progress.print(str(error), markup=False)
        raise typer.Exit(1) from error
    if json_file:
        write_atomically(json_file, f"{json.dumps(results.as_dict(), indent=2)}\n".encode())
    if markdown_file:
        tables = (markdown(COLUMNS, results.rows()), markdown(TARGET_COLUMNS, results.target_rows()))
        write_atomically(markdown_file, "\n".join([machine_line(), tables[0], f"{LEGEND}\n", tables[1]]).encode())
    console = Console() if sys.stdout.isatty() else Console(width=120)
    for columns, rows in ((COLUMNS, results.rows()), (TARGET_COLUMNS, results.target_rows())):
        table = Table(*columns, caption=LEGEND if columns is COLUMNS else None)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def machine_line() -> str:
    here = machine()
    versions = ", ".join(f"{name} {number}" for name, number in here["versions"].items())
    return f"{here['cpu']}, {here['cores']} cores; Python {here['python']}, {versions}.\n"


def _run(
    students: int, kinds: Sequence[str], workers: Sequence[str], repeat: int, data: Sequence[str], more: Sequence[str]
) -> Results:
    unknown = [kind for kind in kinds if kind not in (*KINDS, OWN, START)]
    if unknown or not all(number.isdigit() and int(number) for number in workers):
        raise GraderError(
            f"--kinds {','.join(kinds)} --workers {','.join(workers)}: not understood. See --help for the choices."
        )
    files = read_data(data)
    if "d" in kinds and "mnist" not in files:
        raise GraderError("kind d needs the MNIST digits. Add --data mnist=FILE.")
    results = Results(
        ratios={kind.letter: kind.ratio for kind in KINDS.values() if kind.ratio},
        titles={kind.letter: kind.title for kind in KINDS.values()},
        cores=os.cpu_count() or 1,
    )
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for kind in kinds:
            place = Path(folder, kind)
            if kind == OWN:
                results.own = run_idle(place, students, more)
            elif kind == START:
                for name, first in (("plain", "import numpy"), ("tensorflow", "import tensorflow")):
                    results.start[name] = run_start(place / name, first, repeat, more)
            else:
                given = files if kind == "d" else {}
                work = make_work(place, scripts_of(KINDS[kind]), students, given)
                compare(results, kind, work, [int(number) for number in workers], repeat, more)
    return results


if __name__ == "__main__":
    typer.run(main)
