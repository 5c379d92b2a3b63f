"""Run a notebook's cells in a kernel of its own, within limits.

In: a notebook, the files that it reads, limits, a backend. Out: the notebook with its outputs, and what went wrong with the
kernel. A cell that fails does not stop the ones below it. The kernel is reached over ipc sockets in a folder of its own, so
that many kernels never race for a port.
"""

from __future__ import annotations

import contextlib
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
from grader.core.model import Limits
from grader.exam.backend import BackendAddress
from grader.kernel.provisioner import WarmKernelManager
from grader.kernel.sandbox import ZygoteLost

TIMEOUT, DEAD = "CellTimeoutError", "DeadKernelError"
LONGEST_ERROR = 5_000  # characters of an error's text, and of each line of its traceback
FOREVER = 10_000_000  # seconds
NO_MESSAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError)  # what reading nonsense raises
ORDINARY = BackendAddress()


@dataclass(frozen=True)
class Executed:
    """How a run went. ``lines`` are for the teacher: a cell that was stopped, a kernel that died.

    ``cell_seconds`` is what the slowest cell took. Memory and CPU time of the kernel are 0 where they are not known.
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

    ``skip`` holds positions of cells that are left out. The cells that could not run have an error output that says so.

    Raises:
        GraderError: no kernel can be started; that is no fault of the notebook's code.
    """
    return Client(notebook, limits, set(skip), backend).run(files or {})


class Client(NotebookClient):
    """nbclient's client with limits on a whole notebook's time and on each cell's output."""

    def __init__(self, notebook: NotebookNode, limits: Limits, skip: set[int], backend: BackendAddress) -> None:
        name = notebook.metadata.get("kernelspec", {}).get("name", "python3")
        self.zygote = backend.zygote if backend.zygote is not None and _is_python(name) else None
        quiet = logging.Logger("grader.nbclient", logging.CRITICAL)  # what it would say is in our own log
        super().__init__(
            notebook,
            log=quiet,
            kernel_manager_class=AsyncKernelManager if self.zygote is None else WarmKernelManager,
            kernel_name=name,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMEOUT, "evalue": "", "traceback": []},
            raise_on_iopub_timeout=True,
            iopub_timeout=10,
            shutdown_kernel="immediate",
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=False,  # its search for carriage returns takes minutes for one long line
        )
        self.limits, self.skip = limits, skip
        self.ends = time.monotonic() + (limits.notebook_seconds or FOREVER)
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
        try:
            if self.zygote is None:
                self._run_ordinary(files)
            else:
                self.config = Config(
                    {"WarmProvisioner": {"room": str(self.zygote.room), "sandbox": str(self.zygote.sandbox.walls)}}
                )
                limits = self.limits if self.zygote.sandbox.protects else None
                self.execute(kernel_limits=limits, kernel_files=files, env={"NBGRADER_EXECUTION": "autograde"})
        except CellTimeoutError:
            self.log_lines.append(f"{self.place()} could not be interrupted; the kernel was killed.")
            self.close_from(self.position, TIMEOUT, f"stopped after {self._seconds():g} s")
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
            room = Path(folder)
            work = room / "work"
            work.mkdir()
            for name, content in files.items():
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).write_bytes(content)
            config = Config()
            config.KernelManager.connection_file = str(room / "kernel.json")
            # A socket's path may have about a hundred characters; a folder for temporary files may lie deeper than that.
            if sys.platform != "win32" and len(str(room)) < 80:
                config.KernelManager.transport = "ipc"
                config.KernelManager.ip = str(room / "kernel")
            self.config = config
            # What a library writes past Python's own streams (TensorFlow's log, say) is for nobody here.
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            env = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
            self.execute(env=env, cwd=str(work), **silent)

    def create_kernel_manager(self) -> Any:
        manager = super().create_kernel_manager()
        if self.zygote is not None:
            manager.client_class = "grader.kernel.provisioner.WarmKernelClient"
        return manager

    _provisioner: Any = None

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        await super().async_start_new_kernel(**kwargs)
        self._provisioner = getattr(self.km, "provisioner", None)

    def _note_death(self) -> None:
        why = getattr(self._provisioner, "why_ended", "")
        if why == "zygote":
            raise ZygoteLost("the warm process that kernels are forked from is gone. Run again.")
        told = (
            f"it used more than {self.limits.memory_bytes >> 20} MB of memory" if why == "memory" else "the kernel died"
        )
        self.log_lines.append(f"the kernel died in {self.place()}{': ' + told if why == 'memory' else ''}.")
        self.close_from(self.position, DEAD, told)

    def place(self) -> str:
        """The current cell in words."""
        cell = self.nb.cells[self.position]
        grade_id = grade_id_of(cell)
        return f"cell {self.position + 1}" + (f" ({grade_id})" if grade_id else "")

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        if cell.cell_type != "code" or cell_index in self.skip:
            return cell
        self.position, self.written = cell_index, 0
        if self.ends <= time.monotonic():
            text = f"the whole notebook was stopped after {self.limits.notebook_seconds:g} s"
            add_error(cell, TIMEOUT, text)
            return cell
        # nbclient's trait is an integer; below one second it would mean "no limit".
        self.timeout = max(1, round(self._seconds()))
        began = time.monotonic()
        await self.run_cell(cell, cell_index, **kwargs)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return cell

    async def run_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> None:
        """Run one cell; what else is to be done with it, a subclass says."""
        try:
            await super().async_execute_cell(cell, cell_index, **kwargs)
        except (
            NO_MESSAGE
        ) as error:  # a reply that is none: nothing that comes from this kernel can be understood any more
            self.log_lines.append(f"{self.place()} sent a reply that cannot be read ({type(error).__name__}).")
            raise DeadKernelError("The kernel cannot be understood.") from error

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        """Read the cell's outputs. A student's code has its kernel's sockets and keys, and can send what is no output."""
        while True:
            try:
                return await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
            except NO_MESSAGE:
                line = f"{self.place()} sent an output that cannot be read; it was left out."
                if self.log_lines[-1:] != [line]:
                    self.log_lines.append(line)

    def _seconds(self) -> float:
        return min(self.limits.cell_seconds or FOREVER, self.ends - time.monotonic())

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep a cell's output up to the limit and cut what goes beyond.

        Errors and the cell's value decide the verdict, so they always stay, shortened where they are long.
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
                self.log_lines.append(f"{self.place()} wrote more than {limit:,} bytes; the rest was cut.")
            if kind != "execute_result":
                return None
            content["data"] = {"text/plain": str(content.get("data", {}).get("text/plain", ""))[:LONGEST_ERROR]}
        elif kind == "stream" and outs and outs[-1].get("name") == content.get("name"):
            outs[-1]["text"] += content["text"]
            return None
        try:
            return super().output(outs, msg, display_id, cell_index)
        except nbformat.ValidationError:
            self.log_lines.append(f"{self.place()} sent an output that no notebook may hold; it was left out.")
            return None

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        # An update of an earlier output counts as output of this cell.
        self.written += _size(msg["content"]) if msg["msg_type"] == "update_display_data" else 0
        if self.written <= self.limits.output_bytes:
            with contextlib.suppress(nbformat.ValidationError):  # the earlier output then stays as it was
                super()._update_display_id(display_id, msg)

    def close_from(self, position: int, name: str, text: str) -> None:
        """Say in this cell and in those below it why they have no result."""
        for index, cell in enumerate(self.nb.cells[position:], start=position):
            if cell.cell_type == "code" and index not in self.skip:
                add_error(cell, name if index == position else DEAD, text)

    def _note_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        reply = execute_reply["content"]
        if reply.get("ename") == TIMEOUT:
            text = f"stopped after {self.timeout:g} s"
            add_error(cell, TIMEOUT, text)
            self.log_lines.append(f"{self.place()} was {text}.")
        elif reply.get("status") != "ok" and not any(out.output_type == "error" for out in cell.outputs):
            # The kernel's word counts, even where its report of the error was lost or held back.
            add_error(cell, str(reply.get("ename", "Error")), str(reply.get("evalue", ""))[:LONGEST_ERROR])


def _size(content: dict[str, Any]) -> int:
    return len(str(content.get("text") or content.get("data") or "").encode("utf-8", "replace"))


def add_error(cell: NotebookNode, name: str, text: str) -> None:
    """Say in a cell's outputs why it has no result."""
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))


@functools.cache
def _is_python(kernel: str) -> bool:
    try:
        language = KernelSpecManager().get_kernel_spec(kernel).language
    except NoSuchKernel:
        return False
    return str(language).lower() == "python"
