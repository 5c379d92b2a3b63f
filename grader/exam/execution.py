"""Run a notebook's cells in a fresh kernel, within limits.

In: a notebook, the files that it reads, limits, a backend. Out: the notebook with its outputs, and what went wrong with the
kernel. A cell that fails does not stop the ones below it. Each kernel is reached over ipc sockets in a separate folder, so
that many kernels never race for a port. Only public parts of nbclient are used.
"""

from __future__ import annotations

import functools
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from grader.core.cells import grade_id_of
from grader.core.errors import GraderError
from grader.core.model import Limits, Stopped, StopReason
from grader.core.record import clear_record
from grader.exam.backend import BackendAddress
from grader.exam.orders import TIMEOUT
from grader.exam.stopped import add_error, mark_stopped, sentence_for_teacher
from grader.kernel.client import UNREADABLE, TolerantChannel, TolerantKernelClient, WarmKernelClient
from grader.kernel.provisioner import WarmKernelManager
from grader.kernel.sandbox import ZygoteLost

LONGEST_ERROR = 5_000  # characters of an error's text, and of each line of its traceback
FOREVER = 10_000_000  # seconds
ORDINARY = BackendAddress()
_INTERRUPTED = object()  # marks the reply that nbclient makes up for an interrupted cell; no kernel can send an object


@dataclass(frozen=True)
class Executed:
    """How a run went. ``lines`` are sentences for the teacher: a cell that was stopped, a kernel that died.

    ``cell_seconds`` is the time of the slowest cell. Memory and CPU time of the kernel are 0 where they are not known.
    """

    lines: tuple[str, ...]
    cell_seconds: float
    peak_bytes: int = 0
    cpu_seconds: float = 0.0


def execute(
    notebook: NotebookNode,
    limits: Limits,
    *,
    files: Mapping[str, bytes] | None = None,
    skip: Collection[int] = (),
    backend: BackendAddress = ORDINARY,
) -> Executed:
    """Run the code cells of ``notebook`` in order and write their outputs into it.

    ``skip`` holds positions of cells that are left out. A cell that was stopped, or that could not run, has an error output
    and a `Stopped` record that say why.

    Raises:
        GraderError: no kernel can be started. The notebook's code is not at fault.
    """
    return Client(notebook, limits, set(skip), backend).run(files or {})


class Client(NotebookClient):
    """nbclient's client with limits on a whole notebook's time and on each cell's output."""

    def __init__(self, notebook: NotebookNode, limits: Limits, skip: set[int], backend: BackendAddress) -> None:
        name = notebook.metadata.get("kernelspec", {}).get("name", "python3")
        self.zygote = backend.zygote if backend.zygote is not None and _is_python(name) else None
        quiet = logging.Logger("grader.nbclient", logging.CRITICAL)  # our own log has what it would report
        super().__init__(
            notebook,
            log=quiet,
            kernel_manager_class=AsyncKernelManager if self.zygote is None else WarmKernelManager,
            kernel_name=name,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMEOUT, "evalue": "", "traceback": [], "by": _INTERRUPTED},
            raise_on_iopub_timeout=True,
            iopub_timeout=10,
            shutdown_kernel="immediate",
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=False,  # its search for carriage returns takes minutes for one long line
        )
        self.limits, self.skip = limits, skip
        self.ends = time.monotonic() + (limits.notebook_seconds or FOREVER)
        self.limit = Stopped(StopReason.NOTEBOOK_TIME, limits.notebook_seconds)  # that the current cell meets first
        self.position = 0
        self.written = 0
        self.slowest = 0.0
        self.log_lines: list[str] = []
        self.on_cell_executed = self._note_reply

    def run(self, files: Mapping[str, bytes]) -> Executed:
        """Run the notebook, with these files beside it.

        Raises:
            GraderError: no kernel can be started.
        """
        for cell in self.nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                clear_record(cell)  # nobody but this run says why a cell was stopped
        try:
            if self.zygote is None:
                self._run_ordinary(files)
            else:
                traits = {"zygote_folder": str(self.zygote.folder), "sandbox": str(self.zygote.sandbox.kind)}
                self.config = Config({"WarmProvisioner": traits})
                limits = self.limits if self.zygote.sandbox.protects else None
                self.execute(kernel_limits=limits, kernel_files=files, env={"NBGRADER_EXECUTION": "autograde"})
        except CellTimeoutError:
            killed = Stopped(StopReason.KILLED)
            self.log_lines.append(sentence_for_teacher(self.cell_name(), killed))
            self.close_from(self.position, self.limit, killed)
        except DeadKernelError:
            self._note_death()
        except (NoSuchKernel, RuntimeError) as error:  # not installed, or it did not come up in time
            raise GraderError(
                f"the kernel `{self.kernel_name}` did not start: {error}. Install it, or see `jupyter kernelspec list`."
            ) from error
        provisioner = self._provisioner
        return Executed(
            tuple(self.log_lines),
            self.slowest,
            getattr(provisioner, "peak_bytes", 0),
            getattr(provisioner, "cpu_seconds", 0.0),
        )

    def _run_ordinary(self, files: Mapping[str, bytes]) -> None:
        with tempfile.TemporaryDirectory(prefix="exam-", ignore_cleanup_errors=True) as folder:
            root = Path(folder)
            work = root / "work"
            work.mkdir()
            for name, content in files.items():
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).write_bytes(content)
            config = Config()
            config.KernelManager.connection_file = str(root / "kernel.json")
            # A socket's path may have about a hundred characters, and the folder for temporary files can be deeper than that.
            if sys.platform != "win32" and len(str(root)) < 80:
                config.KernelManager.transport = "ipc"
                config.KernelManager.ip = str(root / "kernel")
            self.config = config
            # Nobody here needs what a library writes past Python's own streams, such as TensorFlow's log.
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            env = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
            self.execute(env=env, cwd=str(work), **silent)

    def create_kernel_manager(self) -> Any:
        manager = super().create_kernel_manager()
        manager.client_factory = TolerantKernelClient if self.zygote is None else WarmKernelClient
        return manager

    _provisioner: Any = None

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        await super().async_start_new_kernel(**kwargs)
        self._provisioner = getattr(self.km, "provisioner", None)

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        channel = client.iopub_channel
        assert isinstance(channel, TolerantChannel)
        channel.on_unreadable = self._note_unreadable
        return client

    def _note_death(self) -> None:
        why = getattr(self._provisioner, "why_ended", "")
        if why == "zygote":
            raise ZygoteLost("the warm process that kernels are forked from is gone. Run again.")
        stopped = Stopped(StopReason.DIED)
        if why == "memory":
            stopped = Stopped(StopReason.MEMORY, memory_bytes=self.limits.memory_bytes)
        self.log_lines.append(sentence_for_teacher(self.cell_name(), stopped))
        self.close_from(self.position, stopped, stopped)

    def cell_name(self) -> str:
        """The current cell in words."""
        grade_id = grade_id_of(self.nb.cells[self.position])
        return f"cell {self.position + 1}" + (f" ({grade_id})" if grade_id else "")

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        if cell.cell_type != "code" or cell_index in self.skip:
            return cell
        self.position, self.written = cell_index, 0
        if self.ends <= time.monotonic():
            mark_stopped(cell, Stopped(StopReason.NOTEBOOK_TIME, self.limits.notebook_seconds))
            return cell
        self.begin_cell()
        began = time.monotonic()
        await self.run_cell(cell, cell_index, **kwargs)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return cell

    def begin_cell(self) -> None:
        """Give nbclient the time that is left, and note which limit ends it: the cell's or the whole notebook's."""
        seconds, cell_seconds = self.seconds_left(), self.limits.cell_seconds
        # nbclient's trait is an integer, and 0 would mean "no limit".
        self.timeout = max(1, round(seconds))
        if seconds == cell_seconds:
            self.limit = Stopped(StopReason.CELL_TIME, cell_seconds)
        else:
            self.limit = Stopped(StopReason.NOTEBOOK_TIME, self.limits.notebook_seconds)

    def seconds_left(self) -> float:
        """How long a cell that begins now may take."""
        return min(self.limits.cell_seconds or FOREVER, self.ends - time.monotonic())

    async def run_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        """Run one cell. Subclasses run some cells elsewhere."""
        try:
            await super().async_execute_cell(cell, cell_index, **kwargs)
        except UNREADABLE as error:  # a malformed reply: nothing else that this kernel sends can be relied on
            self.log_lines.append(f"{self.cell_name()} sent a reply that cannot be read ({type(error).__name__}).")
            raise DeadKernelError("The kernel cannot be understood.") from error

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Read one message from the kernel. A student's code can send what no kernel would send: that is left out.

        Raises:
            CellExecutionComplete: the cell has ended.
        """
        try:
            if self._is_too_much(msg):
                return None
            return super().process_message(msg, cell, cell_index)
        except nbformat.ValidationError:
            self._note_invalid()
        except UNREADABLE:
            self._note_unreadable()
        return None

    def _is_too_much(self, msg: dict[str, Any]) -> bool:
        """Whether a message would change an earlier output beyond the limit of this cell's output."""
        content, kind = msg["content"], msg["msg_type"]
        if kind == "update_display_data":  # it counts as output of this cell
            self.written += _size(content)
            return self.written > self.limits.output_bytes
        if kind in ("display_data", "execute_result") and self.written + _size(content) > self.limits.output_bytes:
            content["transient"] = {}  # nbclient would also update the earlier outputs that have the same display id
        return False

    def _note_unreadable(self) -> None:
        line = f"{self.cell_name()} sent an output that cannot be read; it was left out."
        if self.log_lines[-1:] != [line]:
            self.log_lines.append(line)

    def _note_invalid(self) -> None:
        self.log_lines.append(f"{self.cell_name()} sent an output that no notebook may hold; it was left out.")

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep a cell's output up to the limit, and cut the rest.

        Errors and the cell's value decide the verdict, so they are always kept; long ones are shortened.
        """
        content, kind = msg["content"], msg["msg_type"]
        before, limit = self.written, self.limits.output_bytes
        self.written += _size(content)
        if kind == "error":
            content["evalue"] = str(content.get("evalue", ""))[:LONGEST_ERROR]
            content["traceback"] = [str(line)[:LONGEST_ERROR] for line in content.get("traceback", [])[-50:]]
        elif self.written > limit:
            if before <= limit:
                kept = str(content.get("text", ""))[: limit - before]
                note = f"\n[the output is cut here: a cell may write {limit:,} bytes]\n"
                outs.append(nbformat.v4.new_output("stream", name="stdout", text=kept + note))
                self.log_lines.append(f"{self.cell_name()} wrote more than {limit:,} bytes; the rest was cut.")
            if kind != "execute_result":
                return None
            content["data"] = {"text/plain": str(content.get("data", {}).get("text/plain", ""))[:LONGEST_ERROR]}
        elif kind == "stream" and outs and outs[-1].get("name") == content.get("name"):
            outs[-1]["text"] += content["text"]
            return None
        return super().output(outs, msg, display_id, cell_index)

    def close_from(self, position: int, here: Stopped, below: Stopped) -> None:
        """Note in this cell, and in those below it, why they have no result."""
        for index, cell in enumerate(self.nb.cells[position:], start=position):
            if cell.cell_type == "code" and index not in self.skip:
                mark_stopped(cell, here if index == position else below)

    def note_timeout(self) -> None:
        """Report that the current cell passed a limit of time. If that was the notebook's, no other cell runs."""
        self.log_lines.append(sentence_for_teacher(self.cell_name(), self.limit))
        if self.limit.reason is StopReason.NOTEBOOK_TIME:
            self.ends = min(self.ends, time.monotonic())

    def _note_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        reply = execute_reply["content"]
        if reply.get("by") is _INTERRUPTED:
            mark_stopped(cell, self.limit)
            self.note_timeout()
        elif reply.get("status") != "ok" and not any(out.output_type == "error" for out in cell.outputs):
            # The kernel's reply counts, even if its report of the error was lost or held back.
            add_error(cell, str(reply.get("ename", "Error")), str(reply.get("evalue", ""))[:LONGEST_ERROR])


def _size(content: dict[str, Any]) -> int:
    return len(str(content.get("text") or content.get("data") or "").encode("utf-8", "replace"))


@functools.cache
def _is_python(kernel: str) -> bool:
    try:
        language = KernelSpecManager().get_kernel_spec(kernel).language
    except NoSuchKernel:
        return False
    return str(language).lower() == "python"
