"""The host's handle on an examiner: orders and reports, limits on time, an examiner that is lost and replaced."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from grader.core.cell_names import Import
from grader.core.errors import GraderError
from grader.core.model import Limits
from grader.exam import examiner_client
from grader.exam.backend import BackendAddress
from grader.exam.examiner_client import ExaminerClient, ExaminerGone
from grader.exam.orders import TIMEOUT
from grader.exam.ownership.plan import CellPlan, Role
from grader.exam.student_agent import AT, Agent, connected
from grader.exam.wire.limits import BoundaryClosed
from tests.exam.plain_student import nonce_in

SECONDS = 30.0
SPAWNED = BackendAddress()


class Student:
    """A student kernel in a thread: it answers while a check lasts, as its cell would."""

    def __init__(self, client: ExaminerClient, namespace: dict[str, Any]) -> None:
        self.client, self.namespace = client, namespace
        self.agent: Agent | None = None

    def serve(self, code: str) -> None:
        if self.agent is None:
            end = self.client.student_end
            sock = socket.socket(fileno=end.detach()) if end is not None else connected(self.client.kernel_env[AT])
            self.agent = Agent(sock)
        threading.Thread(target=self._answer, args=(self.agent, nonce_in(code)), daemon=True).start()

    def _answer(self, agent: Agent, nonce: str) -> None:
        with contextlib.suppress(BoundaryClosed):  # an examiner that was ended asks no more
            agent.serve(self.namespace, nonce)


def held(
    use: Callable[[ExaminerClient, Student], Awaitable[None]],
    backend: BackendAddress,
    namespace: dict[str, Any] | None = None,
    limits: Limits | None = None,
    paths: list[str] | None = None,
    files: dict[str, bytes] | None = None,
) -> ExaminerClient:
    """Start an examiner, use it, close it."""

    async def hold() -> ExaminerClient:
        client = ExaminerClient(backend, files or {}, limits or Limits(cell_seconds=30), paths)
        student = Student(client, namespace or {})
        try:
            await client.start()
            await use(client, student)
        finally:
            await client.close()
            if student.agent is not None:
                student.agent.sock.close()
        return client

    return asyncio.run(hold())


async def check(client, student, code, students=(), imports=None, seconds=SECONDS):
    plan = CellPlan("c", Role.CHECK, frozenset(students), imports or {})
    student.serve(await client.open(plan, code, "<c>", seconds))
    return await client.check(seconds)


@pytest.fixture(params=["warm", "spawned"])
def any_backend(request, backend):
    return backend if request.param == "warm" else SPAWNED


def test_cells_share_a_namespace_and_report_what_they_print_raise_and_end_with(any_backend):
    async def use(client, student):
        assert await client.run("x = 3\nprint('three')\nx", "<a>", SECONDS) == {
            "stdout": "three\n", "error": None, "value": "3", "broken": False,
        }  # fmt: skip
        report = await client.run("y = x + 1\n1 / 0", "<b>", SECONDS)
        assert report["error"] == ["ZeroDivisionError", "division by zero", 2] and report["value"] is None
        assert (await client.run("y", "<c>", SECONDS))["value"] == "4"

    held(use, any_backend)


def test_a_check_runs_on_the_student_s_names_and_on_the_examiner_s_imports(any_backend):
    async def use(client, student):
        await client.run("start = 3", "<given>", SECONDS)
        code = "assert double(start) == 6\nprint('right')\nsqrt(16)"
        report = await check(client, student, code, {"double"}, {"sqrt": Import("math", "sqrt")})
        assert report == {"stdout": "right\n", "error": None, "value": "4.0", "broken": False}
        report = await check(client, student, "assert double(1) == 3, 'Not three.'", {"double"})
        assert report["error"] == ["AssertionError", "Not three.", 1] and not report["broken"]

    held(use, any_backend, {"double": lambda x: 2 * x, "sqrt": "the student's own"})


def test_the_ways_in_which_proxies_were_used_are_reported(backend):
    async def use(client, student):
        await check(client, student, "point.x", {"point"})
        assert await client.seen() == ["point"]

    class Point:
        x = 1

    held(use, backend, {"point": Point()})


def test_paths_hold_for_every_check(backend):
    async def use(client, student):
        report = await check(client, student, "answer.x", {"answer"})
        assert report["error"][0] == "AttributeError" and "is not asked for its `x`" in report["error"][1]

    held(use, backend, {"answer": object()}, paths=[])


def test_the_examiner_has_the_assignment_s_files(any_backend):
    async def use(client, student):
        assert (await client.run("open('data/start.txt').read()", "<a>", SECONDS))["value"] == "'3'"

    held(use, any_backend, files={"data/start.txt": b"3"})


def test_output_is_cut_at_the_limit(backend):
    async def use(client, student):
        report = await client.run("print('x' * 1000)", "<a>", SECONDS)
        assert report["stdout"] == "x" * 100 + "\n[the output is cut here]\n"

    held(use, backend, limits=Limits(cell_seconds=30, output_bytes=100))


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(examiner_client, "GRACE_SECONDS", 0.3)


BUSY = "sum(range(10**13))"  # one call of C, which no interrupt reaches


@pytest.fixture
def starts(monkeypatch):
    """How many processes have been started."""
    started = []
    for name in ("_Forked", "_Spawned"):
        original = getattr(examiner_client, name)

        def start(*args, original=original):
            started.append(original)
            return original(*args)

        monkeypatch.setattr(examiner_client, name, start)
    return started


def test_a_check_that_can_be_interrupted_is_stopped_and_its_examiner_goes_on(backend, impatient, starts):
    async def use(client, student):
        await client.run("kept = 5", "<given>", SECONDS)
        report = await check(client, student, "while True: pass", seconds=0.5)
        assert report["error"][0] == TIMEOUT
        assert (await client.run("kept", "<a>", SECONDS))["value"] == "5"
        assert len(starts) == 1

    held(use, backend)


def test_a_check_that_cannot_be_interrupted_is_ended_and_the_given_cells_run_again(any_backend, impatient, starts):
    async def use(client, student):
        await client.run("kept = 5\nprint('given')", "<given>", SECONDS)
        await check(client, student, "_own = 1")
        report = await check(client, student, BUSY, seconds=0.5)
        assert report == {"stdout": "", "error": (TIMEOUT, "", 0), "value": None, "broken": True}
        assert len(starts) == 2
        assert (await client.run("kept", "<a>", SECONDS))["value"] == "5"
        assert (await client.run("'_own' in globals()", "<b>", SECONDS))["value"] == "False"

    held(use, any_backend)


def test_a_given_cell_that_hangs_is_reported_and_not_run_again(backend, impatient, starts):
    async def use(client, student):
        await client.run("kept = 5", "<given>", SECONDS)
        report = await client.run(BUSY, "<slow>", 0.5)
        assert report["error"] == (TIMEOUT, "", 0) and report["broken"]
        assert (await client.run("kept", "<a>", SECONDS))["value"] == "5"
        assert len(starts) == 2

    held(use, backend)


# --- an examiner that is lost -----------------------------------------------------------------------------------------


def test_an_examiner_that_dies_in_a_check_costs_that_check_only(any_backend, starts):
    async def use(client, student):
        await client.run("kept = 5", "<given>", SECONDS)
        report = await check(client, student, "import os\nos._exit(3)")
        assert report["broken"] and report["error"][0] == TIMEOUT and report["value"] is None
        assert (await client.run("kept", "<a>", SECONDS))["value"] == "5"
        assert len(starts) == 2

    held(use, any_backend)


def test_a_given_cell_that_hangs_in_the_new_examiner_is_left_out(backend, impatient, starts):
    async def use(client, student):
        await client.run("first = 1", "<a>", SECONDS)
        await client.run("second = 2", "<b>", SECONDS)
        await client.run("third = 3", "<c>", SECONDS)
        client._given[1] = (BUSY, "<b>")
        client.limits = Limits(cell_seconds=0.5)
        await check(client, student, "import os\nos._exit(3)")
        names = "[name in globals() for name in ('first', 'second', 'third')]"
        assert (await client.run(names, "<d>", SECONDS))["value"] == "[True, False, True]"
        assert len(starts) == 3  # at first, after the check, after the cell that hung

    held(use, backend)


def test_an_examiner_that_does_not_start_is_an_error_at_once(backend, monkeypatch, starts):
    if backend.zygote is None:
        monkeypatch.setattr(examiner_client, "EXAMINER_CODE", "pass")
        monkeypatch.setattr(examiner_client, "START_SECONDS", 1.0)
    else:
        monkeypatch.setattr(examiner_client, "EXAMINER_TARGET", "os:getpid")  # it ends before it takes an order

    async def use(client, student):
        raise AssertionError("not reached")

    with pytest.raises(GraderError, match="with fewer workers"):
        held(use, backend)
    assert len(starts) == 1


def test_an_answer_that_is_too_long_is_not_read(backend, monkeypatch, starts):
    monkeypatch.setattr(examiner_client, "LONGEST_ORDER", 2000)

    async def use(client, student):
        report = await client.run("print('x' * 5000)", "<a>", SECONDS)
        assert report["broken"] and report["stdout"] == ""
        assert (await client.run("5", "<b>", SECONDS))["value"] == "5"
        assert len(starts) == 2

    held(use, backend)


def test_a_closed_examiner_takes_no_orders(backend):
    async def use(client, student):
        await client.close()
        await client.close()
        with pytest.raises(ExaminerGone):
            await client.open(CellPlan("c", Role.CHECK), "1", "<c>", SECONDS)
        assert (await client.run("1", "<a>", SECONDS))["error"][0] == TIMEOUT
        assert await client.seen() == []

    held(use, backend)


def test_the_student_kernel_s_end_is_let_go_when_the_kernel_has_it(backend):
    async def use(client, student):
        if backend.zygote is None:
            assert client.student_end is None and AT in client.kernel_env
            return
        end = client.student_end
        client.release_student_end()
        client.release_student_end()
        assert end.fileno() == -1 and client.student_end is None

    held(use, backend)


def test_the_time_of_all_examiners_is_added_up(backend):
    seen = []

    async def use(client, student):
        await client.run("sum(range(10**6))", "<a>", SECONDS)
        await check(client, student, "import os\nos._exit(3)")
        seen.append(client.cpu_seconds)
        await client.run("sum(range(10**6))", "<b>", SECONDS)

    client = held(use, backend)
    assert client._process is None
    assert backend.zygote is None or client.cpu_seconds > seen[0] > 0
