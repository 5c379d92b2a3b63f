"""The two graders that are compared: stock `nbgrader autograde` and `grader grade`.

In: a `Work`. Out: a `Run` of each, and the scores that it gave. Each run starts in a fresh folder. Only the grading is timed:
nbgrader's course folder and gradebook are made beforehand.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbgrader.api import Gradebook

from benchmarks.metering import Usage, measure
from benchmarks.results import Run
from benchmarks.work import Work, make_nbgrader_course
from grader.core.errors import GraderError

SCRIPTS = sysconfig.get_path("scripts")
Scores = dict[tuple[str, str], float]


def data_variables(work: Work) -> dict[str, str]:
    """Environment variables that name data sets for plain kernels: lecture 10 first tries the file named by MNIST_NPZ."""
    return {f"{name.upper()}_NPZ": str(path) for name, path in work.data.items()}


def run_stock(kind: str, work: Work) -> tuple[Run, Scores]:
    """Grade with stock nbgrader: one submission after the other, one command for each assignment."""
    course = _fresh(work.folder / "stock")
    make_nbgrader_course(work, course)
    env = {
        **data_variables(work),
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
    }  # nbgrader calls other programs
    for assignment in work.assignments:
        measure([_program("nbgrader"), "generate_assignment", assignment.name], cwd=course, env=env)
    usages = [
        measure([_program("nbgrader"), "autograde", assignment.name], cwd=course, env=env)
        for assignment in work.assignments
    ]
    firsts = [
        _first(course, assignment.name, usage) for assignment, usage in zip(work.assignments, usages, strict=True)
    ]
    return _run(kind, "nbgrader", 1, work, usages, firsts), _scores(course, work)


def run_ours(kind: str, work: Work, workers: int, more: Sequence[str] = ()) -> tuple[Run, Scores]:
    """Grade with `grader grade`: all assignments in one command, with the options in ``more``."""
    out = _fresh(work.folder / "ours")
    words = [_program("grader"), "grade", str(work.submitted), "--out", str(out), "--course", str(work.course.root)]
    for name, path in work.data.items():
        words += ["--data", f"{name}={path}"]
    usage = measure([*words, "--workers", str(workers), *more], cwd=work.folder)
    return _run(kind, "grader", workers, work, [usage], [_first(out, "*", usage)]), _scores(out, work)


def _run(kind: str, grader: str, workers: int, work: Work, usages: Sequence[Usage], firsts: Sequence[float]) -> Run:
    return Run(
        kind=kind,
        grader=grader,
        workers=workers,
        submissions=work.submissions,
        commands=len(usages),
        seconds=round(sum(usage.seconds for usage in usages), 3),
        starting=round(sum(firsts), 3),
        cpu=round(sum(usage.cpu for usage in usages), 3),
        peak_bytes=max(usage.peak_bytes for usage in usages),
        load=usages[0].load,
    )


def _first(course: Path, assignment: str, usage: Usage) -> float:
    """How long it took until the first submission was graded.

    Raises:
        GraderError: no submission was graded.
    """
    made = [path.stat().st_mtime for path in course.glob(f"autograded/*/{assignment}/*.ipynb")]
    if not made:
        raise GraderError(f"{course}: no submission was graded. Run the command yourself to see why.")
    return min(made) - usage.began


def _scores(course: Path, work: Work) -> Scores:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            (assignment.name, submission.student.id): submission.score
            for assignment in work.assignments
            for submission in gradebook.assignment_submissions(assignment.name)
        }


def equal_scores(ours: Mapping[tuple[str, str], float], stock: Mapping[tuple[str, str], float]) -> int:
    return sum(ours.get(submission) == score for submission, score in stock.items())


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _program(name: str) -> str:
    """The path of a command in this Python environment.

    Raises:
        GraderError: it is not installed there.
    """
    found = shutil.which(name, path=SCRIPTS)
    if found is None:
        raise GraderError(f"the command {name} is not installed next to {sys.executable}. Run `make setup`.")
    return found
