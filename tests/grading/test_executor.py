"""The pool of workers: what its processes do to each other, and what is left of them."""

from __future__ import annotations

import copy
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import PurePath

import pytest

from grader.core.model import Assignment, Calibration, Limits, Submission
from grader.exam.backend import Backend
from grader.grading.executor import LocalPool
from grader.grading.tasks import Task, perform
from grader.kernel.inside.memory import family
from grader.kernel.sandbox import SandboxError, SandboxKind, ZygoteLost
from tests.kernel.conftest import needs_sandbox

LIMITS = Limits(cell_seconds=20, notebook_seconds=60)
RIGHT = {"double": "def double(x):\n    return 2 * x", "quadruple": "def quadruple(x):\n    return 4 * x"}


@pytest.fixture
def pool(doubling: Assignment) -> Iterator[LocalPool]:
    with LocalPool({doubling.name: doubling}, LIMITS, SandboxKind.NONE, {}, workers=2) as opened:
        yield opened


def submissions_of(assignment: Assignment, count: int) -> list[tuple[str, Submission]]:
    notebook = copy.deepcopy(assignment.with_stubs)
    for cell in notebook.cells:
        cell.source = RIGHT.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    names = [f"student-{number}" for number in range(count)]
    return [(name, Submission(name, assignment.name, PurePath(name), b"", notebook)) for name in names]


def scores(pool: LocalPool, assignment: Assignment, count: int, known: dict[str, Calibration]) -> dict[str, float]:
    results = pool.hold_exams(submissions_of(assignment, count), dict(known), known.__setitem__)
    return {key: sum(verdict.points for verdict in result.verdicts) for key, result in results}


def workers() -> set[int]:
    return {process.pid for process in multiprocessing.active_children() if process.pid is not None}


def test_workers_that_die_while_nothing_is_done_are_replaced(pool, doubling):
    known: dict[str, Calibration] = {}
    assert scores(pool, doubling, 1, known) == {"student-0": 5.0}
    before = workers()
    assert before
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    assert scores(pool, doubling, 2, known) == {"student-0": 5.0, "student-1": 5.0}
    assert not before & workers()


def test_a_batch_that_is_broken_off_ends_its_workers_at_once(doubling, tmp_path):
    # It would run to the limit of a cell, and then leave its mark.
    slow = {**RIGHT, "double": f"import time\ntime.sleep(10)\nopen({str(tmp_path / 'waited')!r}, 'w')"}
    [(_, submission)] = submissions_of(doubling, 1)
    for cell in submission.notebook.cells:
        cell.source = slow.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    before = workers()
    with pytest.raises(KeyboardInterrupt), LocalPool({doubling.name: doubling}, LIMITS, SandboxKind.NONE, {}) as pool:
        other = ("other", submissions_of(doubling, 1)[0][1])
        results = pool.hold_exams(
            [("slow", submission), other], {doubling.name: Calibration()}, lambda name, calibration: None
        )
        key, _ = next(results)
        assert key == "other"
        raise KeyboardInterrupt
    assert workers() <= before
    assert not (tmp_path / "waited").exists()  # an exam under way is not waited for


def test_an_exam_that_fails_because_the_warm_process_is_gone_is_not_the_submission_s_fault(doubling, monkeypatch):
    def no_kernel(*_: object) -> None:
        raise SandboxError("no kernel: it died before it answered")

    monkeypatch.setattr("grader.grading.tasks.hold_exam", no_kernel)
    [(_, submission)] = submissions_of(doubling, 1)
    task = Task(doubling.name, LIMITS, submission, Calibration())
    with Backend(SandboxKind.NONE) as backend:
        result = perform(task, doubling, backend.address)
        assert "the grader failed on it: no kernel" in result.problems[0].text and result.log
        backend.zygote.process.kill()
        backend.zygote.process.wait()
        with pytest.raises(ZygoteLost):
            perform(task, doubling, backend.address)


@needs_sandbox
def test_a_warm_process_that_is_gone_is_replaced_before_bubblewrap_notices():
    with Backend(SandboxKind.BUBBLEWRAP) as backend:
        assert not backend.revive()
        before = backend.address
        [*around, inside] = sorted(family(backend.zygote.process.pid))
        for process in around:
            os.kill(process, signal.SIGSTOP)
        os.kill(inside, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while before.zygote.answers and time.monotonic() < deadline:
            time.sleep(0.01)
        assert backend.zygote.alive  # bubblewrap is
        assert backend.revive()
        assert backend.address != before and backend.address.zygote.answers
