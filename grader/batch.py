"""Many exams at once, on all cores, each worker a process of its own.

In: assignments, submissions, limits. Out: pairs of (submission, result), in the order in which they end. Whatever a
submission does to its worker, the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

import nbformat

from grader.course import Assignment
from grader.errors import GraderError
from grader.examiner.exam import hold_exam
from grader.results import ExamResult, Limits, Problem, Submission

_assignments: Mapping[str, Assignment] = {}
_limits = Limits()


def hold_exams(
    assignments: Mapping[str, Assignment],
    submissions: Iterable[Submission],
    limits: Limits,
    workers: int | None = None,
) -> Generator[tuple[Submission, ExamResult], None, None]:
    """Examine every submission. ``workers`` is the number of processes; without it, one for each core.

    A submission whose worker dies is tried once more alone; if it dies again, its result says so.
    """
    workers = workers or os.cpu_count() or 1
    waiting = list(submissions)[::-1]
    suspects: list[Submission] = []
    while waiting:
        with _Pool(assignments, limits, min(workers, len(waiting))) as pool:
            running: dict[Future[ExamResult], Submission] = {}
            # No more is handed over than can run, so that a dead worker leaves few suspects.
            while waiting or running:
                try:
                    while waiting and len(running) < workers:
                        running[pool.submit(_exam, waiting[-1])] = waiting[-1]
                        waiting.pop()
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        result = future.result()
                        yield running.pop(future), result
                except BrokenProcessPool:
                    suspects += running.values()
                    break
    for submission in suspects:
        with _Pool(assignments, limits, 1) as pool:
            try:
                result = pool.submit(_exam, submission).result()
            except BrokenProcessPool:
                result = _ungraded(submission, assignments, "the process that examined it died, twice.")
        yield submission, result


class _Pool(ProcessPoolExecutor):
    """Workers that get the assignments once, and that end at once when the batch is broken off."""

    def __init__(self, assignments: Mapping[str, Assignment], limits: Limits, workers: int) -> None:
        method = "forkserver" if sys.platform == "linux" else "spawn"
        super().__init__(
            workers, multiprocessing.get_context(method), initializer=_prepare, initargs=(dict(assignments), limits)
        )

    def __exit__(self, *error: object) -> None:
        if error[0] is not None:
            for process in list((self._processes or {}).values()):
                process.terminate()  # a kernel ends when its parent does
        self.shutdown(wait=True, cancel_futures=True)


def _prepare(assignments: Mapping[str, Assignment], limits: Limits) -> None:
    global _assignments, _limits
    _assignments, _limits = assignments, limits
    if hasattr(os, "setsid"):
        os.setsid()  # so that Ctrl-C reaches the batch alone, which then ends its workers in order


def _exam(submission: Submission) -> ExamResult:
    try:
        return hold_exam(_assignments[submission.assignment or ""], submission, _limits)
    except Exception as error:  # one submission never stops a batch; the report names it
        said = str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
        result = _ungraded(submission, _assignments, f"the grader failed on it: {said}")
        result.log = traceback.format_exc().splitlines()
        return result


def _ungraded(submission: Submission, assignments: Mapping[str, Assignment], why: str) -> ExamResult:
    notebook = nbformat.from_dict(assignments[submission.assignment or ""].graded)
    return ExamResult(notebook, (), 0.0, (Problem(why),))
