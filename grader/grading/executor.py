"""Who holds the exams of a batch: the protocol, and a pool of worker processes on this machine.

In: assignments, sent to each worker once; then submissions. Out: their results, in the order in which they end. Whatever a
submission does to its worker, or to the warm process, the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from pebble import ProcessExpired, ProcessPool

from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.exam.backend import Backend, BackendAddress, modules_of
from grader.grading.schedule import Entry, K, OnCalibration, Schedule
from grader.grading.tasks import Outcome, Task, perform
from grader.kernel.sandbox import SandboxKind, ZygoteLost

DIED_TWICE = "the process that examined it died, twice."
LOOK_SECONDS = 1.0  # how often a pool is looked at that gives no result
LOST = (ProcessExpired, BrokenProcessPool, ZygoteLost)

_CONTEXT: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")


class Executor(Protocol):
    """Holds exams somewhere. It owns the backend: opens it when it is entered, closes it when it is left.

    It knows the assignments from the start. What travels with a submission is plain data (see `tasks.Task`): no path and no
    process of one machine.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def hold_exams(
        self,
        submissions: Iterable[tuple[K, Submission]],
        calibrations: Mapping[str, Calibration],
        on_calibration: OnCalibration,
    ) -> Generator[tuple[K, ExamResult], None, None]:
        """Examine submissions, each with a key by which the caller knows its result. They are asked for as there is room.

        ``calibrations`` are those of assignments whose own solution need not be examined again; the others are examined
        before the submissions, and ``on_calibration`` gets what they showed. A submission whose worker dies, or that was
        being examined when the warm process died, is tried once more, alone; if that happens again, its result says so.
        """
        ...


class LocalPool:
    """Worker processes on this machine, which all fork kernels from one warm process.

    ``workers`` is their number; without it, one for each core.

    Raises:
        SandboxError: on entering: the sandbox does not work here, or a data set cannot be loaded.
    """

    def __init__(
        self,
        assignments: Mapping[str, Assignment],
        limits: Limits,
        sandbox: SandboxKind,
        data: Mapping[str, Path],
        workers: int | None = None,
    ) -> None:
        self.assignments, self.limits, self.sandbox, self.data = dict(assignments), limits, sandbox, data
        self.workers = workers or os.cpu_count() or 1
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        warm_up()
        modules = modules_of(each.source for each in self.assignments.values())
        self._backend = self._closing.enter_context(Backend(self.sandbox, modules, self.data))
        self._pool = self._new_pool()
        self._closing.callback(lambda: _end(self._pool))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def hold_exams(
        self,
        submissions: Iterable[tuple[K, Submission]],
        calibrations: Mapping[str, Calibration],
        on_calibration: OnCalibration,
    ) -> Generator[tuple[K, ExamResult], None, None]:
        """See `Executor`."""
        schedule = Schedule(self.assignments, self.limits, submissions, calibrations, on_calibration)
        running: dict[Future[Outcome], Entry[K]] = {}
        suspects: deque[Entry[K]] = deque()
        while True:
            # No more is handed over than can run, and nothing new while there are suspects.
            while not suspects and len(running) < self.workers and (entry := schedule.take()) is not None:
                if entry.outcome is None:
                    running[self._send(entry.task)] = entry
                else:
                    yield from schedule.settle(entry, entry.outcome)
            if running:
                for future in self._ended(running):
                    entry = running.pop(future)
                    try:
                        outcome = future.result()
                    except LOST:
                        suspects.append(entry)
                        self._backend.revive()
                    else:
                        yield from schedule.settle(entry, outcome)
            elif suspects:
                # One at a time, so that a death shows which of them is to blame.
                entry = suspects.popleft()
                yield from schedule.settle(entry, self._tried_alone(entry, schedule))
            else:
                return

    def _tried_alone(self, entry: Entry[K], schedule: Schedule[K]) -> Outcome:
        """Do once more what may have killed its worker or the warm process."""
        self._backend.revive()  # the one that was tried before may have killed it unseen
        running = {self._send(entry.task): entry}
        while not (ended := self._ended(running)):
            pass
        try:
            return ended.pop().result()
        except LOST:
            self._backend.revive()
            return schedule.failed(entry, DIED_TWICE)

    def _send(self, task: Task) -> Future[Outcome]:
        try:
            return self._pool.schedule(_perform, args=(task, self._backend.address))
        except RuntimeError as error:  # the pool broke just now
            return _failed(BrokenProcessPool(str(error)))

    def _ended(self, running: dict[Future[Outcome], Entry[K]]) -> set[Future[Outcome]]:
        """Wait for tasks to end, but not for long. If the pool is broken, all of them have ended."""
        wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        if not self._pool.active:
            _end(self._pool)
            self._pool = self._new_pool()
            for future in [future for future in running if not future.done()]:
                running[_failed(BrokenProcessPool("the pool of workers broke"))] = running.pop(future)
        return {future for future in running if future.done()}

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            self.workers,
            initializer=_prepare,
            initargs=(self.assignments,),
            context=_Context(),  # type: ignore[arg-type]
        )


def warm_up() -> None:
    """Let the process that workers are forked from import what they need, while the caller does something else."""
    if sys.platform == "linux":
        _CONTEXT.set_forkserver_preload(["grader.core.fast_nbformat", __name__])
        forkserver.ensure_running()


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _failed(error: Exception) -> Future[Outcome]:
    future: Future[Outcome] = Future()
    future.set_exception(error)
    return future


class _Worker(_CONTEXT.Process):  # type: ignore[misc]
    """A worker that ends at once. nbclient takes SIGTERM for a message to the kernel; a kernel ends when its parent does."""

    def terminate(self) -> None:
        self.kill()


class _Context:
    """The context of multiprocessing, with workers of our kind."""

    Process = _Worker

    def __getattr__(self, name: str) -> Any:
        return getattr(_CONTEXT, name)


# In a worker ---------------------------------------------------------------------------------------------------------

_assignments: Mapping[str, Assignment] = {}


def _prepare(assignments: Mapping[str, Assignment]) -> None:
    global _assignments
    _assignments = assignments
    if hasattr(os, "setsid"):
        os.setsid()  # so that Ctrl-C reaches the batch alone, which then ends its workers in order
    # Pebble has the workers ignore it, and the kernels that they start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the process that the worker belongs to; it may be killed without a word."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _perform(task: Task, backend: BackendAddress) -> Outcome:
    return perform(task, _assignments[task.assignment], backend)
