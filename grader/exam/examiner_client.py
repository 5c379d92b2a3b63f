"""The host's handle on an examiner: start it, send it orders, see that it keeps within its time.

In: a backend, an assignment's files, limits. Out: what `examiner_main` reports of each cell. An examiner runs the author's
code, but on values that students hand over: a check may be led to hang, or to use up its memory. The examiner is then ended,
a new one takes its place, and the given cells are run in it again.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import grader
from grader.core.errors import GraderError
from grader.core.model import Limits
from grader.exam.backend import BackendAddress
from grader.exam.modules import EXAMINER_CODE, EXAMINER_TARGET
from grader.exam.orders import (
    LONGEST_ORDER,
    ORDERS,
    ORDERS_AT,
    TIMEOUT,
    CellReport,
    CheckOrder,
    EndOrder,
    Order,
    RunOrder,
    StartOrder,
)
from grader.exam.ownership.plan import CellPlan
from grader.exam.student_agent import AT, FD
from grader.kernel.inside.environment import environment
from grader.kernel.sandbox import ZygoteLost
from grader.kernel.warm import KernelFolder, WarmKernel, ZygoteAddress

GRACE_SECONDS = 2.0  # for an examiner to notice by itself that time is over
START_SECONDS = 60.0
ANSWER_BYTES = 256 << 20  # of one answer of the student kernel's, at most; the examiner's memory bounds it, too


class ExaminerGone(Exception):
    """The examiner has ended, or had to be ended."""


class ExaminerClient:
    """One examiner, as the host sees it. Use `start`, then `run` and `open` and `check`, and `close` it."""

    def __init__(
        self, backend: BackendAddress, files: Mapping[str, bytes], limits: Limits, paths: Sequence[str] | None
    ) -> None:
        self.backend, self.files, self.limits, self.paths = backend, files, limits, paths
        self.student_end: socket.socket | None = None  # of the socket; to be closed when the student kernel has it
        self.kernel_env: dict[str, str] = {}
        self.cpu_seconds = 0.0
        self._process: _Forked | _Spawned | None = None
        self._ours: socket.socket | None = None
        self._given: list[tuple[str, str]] = []  # what a new examiner must run again

    async def start(self) -> None:
        """Start the process, and make the socket between it and the student kernel.

        Raises:
            GraderError: it cannot be started.
        """
        if self.backend.zygote is not None:
            self._ours, self.student_end = socket.socketpair()
        await self._start()

    async def _start(self) -> None:
        zygote_address = self.backend.zygote
        if zygote_address is not None:
            assert self._ours is not None
            self._process = await asyncio.to_thread(_Forked, zygote_address, self.files, self.limits, self._ours)
        else:
            self._process = await asyncio.to_thread(_Spawned, self.files)
        await self._process.connect()
        order: StartOrder = {
            "do": "start",
            "paths": None if self.paths is None else list(self.paths),
            "output_bytes": self.limits.output_bytes,
            "message_bytes": ANSWER_BYTES,
        }
        try:
            await self._process.send(order)  # it may have ended even before this
            answer = await _received(self._process, START_SECONDS)
        except (*_LOST, ExaminerGone) as error:
            await self._end_process()
            raise GraderError("The examiner ended before it was ready. Run again, with fewer workers.") from error
        if "port" in answer:
            self.kernel_env = {AT: f"{answer['port']}:{answer['token']}"}

    async def run(self, code: str, name: str, seconds: float) -> CellReport:
        """Run a given cell. One that hangs here is reported as an error, and the examiner goes on without it."""
        order: RunOrder = {"do": "run", "code": code, "name": name}
        try:
            report = cast(CellReport, await self._ask(order, seconds))
        except ExaminerGone:
            return _stopped()
        if report["error"] is None or report["error"][0] != TIMEOUT:
            self._given.append((code, name))
        return report

    async def open(self, plan: CellPlan, code: str, name: str, seconds: float) -> str:
        """Begin a check. Returns the code that the student kernel must execute while the check lasts.

        Raises:
            ExaminerGone: the examiner does not answer.
        """
        imports = {key: (each.module, each.attribute) for key, each in plan.imports.items()}
        order: CheckOrder = {
            "do": "check",
            "code": code,
            "name": name,
            "seconds": seconds,
            "students": sorted(plan.students),
            "imports": imports,
        }
        answer = await self._ask(order, START_SECONDS)
        return str(answer["serve"])

    async def check(self, seconds: float) -> CellReport:
        """How the check ended that `open` began."""
        try:
            return cast(CellReport, await self._answer(seconds))
        except ExaminerGone:
            return _stopped()

    async def seen(self) -> list[str]:
        """The ways in which proxies were used."""
        order: EndOrder = {"do": "end"}
        try:
            return list((await self._ask(order, START_SECONDS))["seen"])
        except ExaminerGone:  # then the checks have failed, too
            return []

    async def _ask(self, order: Order, seconds: float) -> dict[str, Any]:
        if self._process is None:
            raise ExaminerGone
        await self._process.send(order)
        return await self._answer(seconds)

    async def _answer(self, seconds: float) -> dict[str, Any]:
        process = self._process
        if process is None:
            raise ExaminerGone
        try:
            return await _received(process, seconds)
        except _LOST as error:
            await self._replace()
            raise ExaminerGone from error

    async def _replace(self) -> None:
        """Start another examiner, and bring it to the point that this one had reached. Names of earlier checks are gone."""
        await self._end_process()
        await self._start()
        given, self._given = self._given, []  # a cell that hangs this time is left out for good
        for code, name in given:
            await self.run(code, name, self.limits.cell_seconds or START_SECONDS)

    async def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self.cpu_seconds += await asyncio.to_thread(process.close)

    def release_student_end(self) -> None:
        """Close our copy of the student kernel's end of the socket, so that the examiner notices when the kernel dies."""
        if self.student_end is not None:
            self.student_end.close()
            self.student_end = None

    async def close(self) -> None:
        self.release_student_end()
        await self._end_process()
        if self._ours is not None:
            self._ours.close()


def _stopped() -> CellReport:
    return {"stdout": "", "error": (TIMEOUT, "", 0), "value": None, "broken": True}


class _Process:
    """What a forked and a spawned examiner have in common: the socket for orders."""

    def __init__(self, orders: socket.socket) -> None:
        self.orders = orders
        self._receiving: asyncio.Task[dict[str, Any]] | None = None

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(sock=self.orders, limit=1 << 20)

    async def send(self, order: Order) -> None:
        body = json.dumps(order).encode()
        self.writer.write(struct.pack("!I", len(body)) + body)
        try:
            await self.writer.drain()
        except OSError as error:
            raise ExaminerGone from error

    def receiving(self) -> asyncio.Task[dict[str, Any]]:
        """The answer that is on its way. If you stop waiting for it, you can ask for it again."""
        if self._receiving is None:
            self._receiving = asyncio.ensure_future(self._receive())
            self._receiving.add_done_callback(self._received)
        return self._receiving

    def _received(self, task: asyncio.Task[dict[str, Any]]) -> None:
        self._receiving = None

    async def _receive(self) -> dict[str, Any]:
        (length,) = struct.unpack("!I", await self.reader.readexactly(4))
        if length > LONGEST_ORDER:
            raise OSError("an answer of the examiner is too long")
        answer: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        return answer

    def disconnect(self) -> None:
        if self._receiving is not None:
            self._receiving.cancel()
        self.writer.close()


_LOST = (TimeoutError, asyncio.IncompleteReadError, OSError)


async def _received(process: _Forked | _Spawned, seconds: float) -> dict[str, Any]:
    """The examiner's next answer. If time runs out, it is interrupted, and gets a moment to report that.

    Raises:
        _LOST: it does not answer, or has ended.
    """
    try:
        return await asyncio.wait_for(asyncio.shield(process.receiving()), seconds + GRACE_SECONDS)
    except TimeoutError:
        process.interrupt()
        return await asyncio.wait_for(process.receiving(), 2 * GRACE_SECONDS)


class _Forked(_Process):
    """An examiner forked from the zygote, in a sandbox that it shares with nobody."""

    def __init__(
        self, zygote_address: ZygoteAddress, files: Mapping[str, bytes], limits: Limits, student: socket.socket
    ) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        self.folder: KernelFolder = zygote_address.new_folder(files)
        try:
            self.kernel: WarmKernel = zygote_address.fork(
                self.folder,
                limits=limits if zygote_address.sandbox.protects else None,
                env={"MPLBACKEND": "agg"},
                fds={ORDERS: theirs.fileno(), FD: student.fileno()},
                target=EXAMINER_TARGET,
            )
        except BaseException:
            self.folder.remove()
            ours.close()
            raise
        finally:
            theirs.close()

    def interrupt(self) -> None:
        self.kernel.send_signal(signal.SIGINT)

    def close(self) -> float:
        """End it. Returns the CPU time that it has used."""
        self.disconnect()
        self.kernel.kill()
        try:
            self.kernel.wait(timeout=10)
        except subprocess.TimeoutExpired as error:
            raise ZygoteLost("the warm process does not end an examiner. Run again.") from error
        self.folder.remove()
        return self.kernel.cpu_seconds


class _Spawned(_Process):
    """An examiner that is an ordinary process, for systems where a warm one cannot be forked.

    Sockets on the loopback take the place of inherited ones, which not every system has. Each of them asks for a secret.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.folder = tempfile.mkdtemp(prefix="examiner-")
        for name, content in files.items():
            file = Path(self.folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        secret = secrets.token_hex(16)
        library = str(Path(grader.__file__).parent.parent)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_SECONDS)
            known = {**os.environ, **environment(), "MPLBACKEND": "agg", "PATH": os.environ.get("PATH", os.defpath)}
            known["PYTHONPATH"] = os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH")]))
            known[ORDERS_AT] = f"{listener.getsockname()[1]}:{secret}"
            self.process = subprocess.Popen(
                [sys.executable, "-c", EXAMINER_CODE],
                cwd=self.folder,
                env=known,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                orders, _ = listener.accept()
            except TimeoutError as error:
                self.process.kill()
                raise GraderError("The examiner did not start in a minute. Run with fewer workers.") from error
        if orders.recv(len(secret), socket.MSG_WAITALL) != secret.encode():
            raise GraderError("Another program has connected instead of the examiner. Run again.")
        super().__init__(orders)

    def interrupt(self) -> None:
        if sys.platform != "win32":  # there it is ended after the grace
            self.process.send_signal(signal.SIGINT)

    def close(self) -> float:
        self.disconnect()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return 0.0
