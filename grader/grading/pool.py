"""Many exams at once, on all cores, each worker a process of its own.

In: assignments, submissions, limits, an open backend. Out: pairs of (submission, result), in the order in which they end; on
the way, each assignment's own solution is put through the exam before its submissions. Whatever a submission does to its
worker, or to the warm process, the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver

import nbformat

from grader.core.errors import GraderError
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Problem, Submission
from grader.exam.backend import Backend, BackendAddress
from grader.exam.calibrate import calibrate
from grader.exam.exam import hold_exam
from grader.kernel.sandbox import ZygoteLost

_assignments: Mapping[str, Assignment] = {}
_limits = Limits()

Task = Submission | str  # an exam, or the name of an assignment whose own solution is to be examined
Outcome = ExamResult | Calibration
OnCalibration = Callable[[str, Calibration], None]


def hold_exams(
    assignments: Mapping[str, Assignment],
    submissions: Iterable[Submission],
    limits: Limits,
    backend: Backend,
    *,
    calibrations: Mapping[str, Calibration] | None = None,
    on_calibration: OnCalibration = lambda name, calibration: None,
    workers: int | None = None,
) -> Generator[tuple[Submission, ExamResult], None, None]:
    """Examine every submission. ``workers`` is the number of processes; without it, one for each core.

    ``calibrations`` are those of assignments whose own solution need not be examined again; ``on_calibration`` is told the new
    ones. A submission whose worker dies, or that was being examined when the warm process died, is tried once more, alone;
    if that happens again, its result says so.
    """
    batch = _Batch(assignments, submissions, limits, backend, dict(calibrations or {}), on_calibration)
    yield from batch.run(workers or os.cpu_count() or 1)


class _Batch:
    """What is still to be done. A submission waits until its assignment's own solution has been examined.

    Submissions are asked for when there is room for them: whoever prepares them can do so meanwhile.
    """

    def __init__(
        self,
        assignments: Mapping[str, Assignment],
        submissions: Iterable[Submission],
        limits: Limits,
        backend: Backend,
        calibrations: dict[str, Calibration],
        on_calibration: OnCalibration,
    ) -> None:
        self.assignments, self.limits, self.backend = assignments, limits, backend
        self.calibrations, self.on_calibration = calibrations, on_calibration
        self.coming = iter(submissions)
        self.ready: deque[Task] = deque()
        self.waiting: dict[str, list[Submission]] = {}
        self.suspects: list[Task] = []

    def take(self) -> Task | None:
        """What can be done next; None where nothing can, for now."""
        if self.ready:
            return self.ready.popleft()
        for submission in self.coming:
            name = submission.assignment or ""
            if name in self.calibrations:
                return submission
            self.waiting.setdefault(name, []).append(submission)
            if len(self.waiting[name]) == 1:
                return name
        return None

    def run(self, workers: int) -> Generator[tuple[Submission, ExamResult], None, None]:
        while True:
            yield from self.round(workers)
            if self.suspects:
                # One at a time: who is to blame for a death is known then.
                yield from self.trial(self.suspects.pop(0))
            elif not self.ready:
                return

    def round(self, workers: int) -> Generator[tuple[Submission, ExamResult], None, None]:
        """Do what can be done, until nothing is left or a worker dies."""
        running: dict[Future[Outcome], Task] = {}
        if (first := self.take()) is None:
            return
        self.ready.appendleft(first)
        with _Pool(self.assignments, self.limits, workers) as pool:
            while True:
                try:
                    # No more is handed over than can run, so that a dead worker leaves few suspects.
                    while len(running) < workers and (task := self.take()) is not None:
                        self.ready.appendleft(task)  # until a worker has it
                        running[self.submit(pool, task)] = task
                        self.ready.popleft()
                    if not running:
                        return
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        try:
                            outcome = future.result()
                        except ZygoteLost:
                            self.suspects.append(running.pop(future))
                            self.backend.revive()
                            continue
                        yield from self.settle(running.pop(future), outcome)
                except BrokenProcessPool:
                    self.suspects += running.values()
                    return

    def trial(self, task: Task) -> Generator[tuple[Submission, ExamResult], None, None]:
        """Try once more what may have killed its worker or the warm process."""
        self.backend.revive()  # who was tried before this one may have killed it unseen
        with _Pool(self.assignments, self.limits, 1) as pool:
            try:
                outcome = self.submit(pool, task).result()
            except (BrokenProcessPool, ZygoteLost):
                why = "the process that examined it died, twice."
                outcome = self.failed(task, why) if isinstance(task, Submission) else Calibration(failure=why)
        yield from self.settle(task, outcome)

    def submit(self, pool: ProcessPoolExecutor, task: Task) -> Future[Outcome]:
        if isinstance(task, str):
            return pool.submit(_calibrate, task, self.backend.address)
        return pool.submit(_exam, task, self.backend.address, self.calibrations[task.assignment or ""])

    def settle(self, task: Task, outcome: Outcome) -> Generator[tuple[Submission, ExamResult], None, None]:
        if isinstance(outcome, ExamResult):
            assert isinstance(task, Submission)
            yield task, outcome
            return
        assert isinstance(task, str)
        self.calibrations[task] = outcome
        self.on_calibration(task, outcome)
        submissions = self.waiting.pop(task)
        if outcome.failure:
            why = f"the assignment's own solution could not be examined: {outcome.failure}"
            yield from ((submission, self.failed(submission, why)) for submission in submissions)
        else:
            self.ready += submissions

    def failed(self, submission: Submission, why: str) -> ExamResult:
        return _ungraded(submission, self.assignments, why)


def warm_up() -> None:
    """Let the process that workers are forked from import what they need, while the caller does something else."""
    if sys.platform == "linux":
        multiprocessing.get_context("forkserver").set_forkserver_preload(["grader.core.fast_nbformat", __name__])
        forkserver.ensure_running()


class _Pool(ProcessPoolExecutor):
    """Workers that get the assignments once, and that end at once when the batch is broken off."""

    def __init__(self, assignments: Mapping[str, Assignment], limits: Limits, workers: int) -> None:
        warm_up()
        context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
        super().__init__(workers, context, initializer=_prepare, initargs=(dict(assignments), limits))

    def __exit__(self, *error: object) -> None:
        if error[0] is not None:
            for process in list((self._processes or {}).values()):
                process.kill()  # nbclient takes SIGTERM for a word to the kernel; a kernel ends when its parent does
        if error[0] is not None or self._broken:  # type: ignore[attr-defined]
            # Older Pythons wait for ever for the thread that hands a large task to a worker that is gone.
            self._call_queue._reader.close()  # type: ignore[attr-defined]
        self.shutdown(wait=True, cancel_futures=True)


def _prepare(assignments: Mapping[str, Assignment], limits: Limits) -> None:
    global _assignments, _limits
    _assignments, _limits = assignments, limits
    if hasattr(os, "setsid"):
        os.setsid()  # so that Ctrl-C reaches the batch alone, which then ends its workers in order
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for its next task on a pipe that it holds open itself: it would never see the batch's end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _calibrate(name: str, backend: BackendAddress) -> Calibration:
    try:
        return calibrate(_assignments[name], _limits, backend)
    except ZygoteLost:
        raise
    except Exception as error:  # the assignment's submissions are not graded; those of others are
        _refuse_the_lost(backend, error)
        return Calibration(failure=_told(error))


def _exam(submission: Submission, backend: BackendAddress, calibration: Calibration) -> ExamResult:
    try:
        return hold_exam(_assignments[submission.assignment or ""], submission, _limits, backend, calibration)
    except ZygoteLost:
        raise
    except Exception as error:  # one submission never stops a batch; the report names it
        _refuse_the_lost(backend, error)
        result = _ungraded(submission, _assignments, f"the grader failed on it: {_told(error)}")
        result.log = traceback.format_exc().splitlines()
        return result


def _refuse_the_lost(backend: BackendAddress, error: Exception) -> None:
    """Whatever fails when the folder of the warm process is gone, fails for that: another one has taken its place."""
    if backend.zygote is not None and not backend.zygote.folder.exists():
        raise ZygoteLost("the warm process that kernels are forked from is gone. Run again.") from error


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"


def _ungraded(submission: Submission, assignments: Mapping[str, Assignment], why: str) -> ExamResult:
    notebook = nbformat.from_dict(assignments[submission.assignment or ""].with_stubs)
    return ExamResult(notebook, (), 0.0, (Problem(why),), log=[why])
