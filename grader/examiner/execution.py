"""Run a notebook's cells in a kernel of its own, within limits.

In: a notebook, the files that it reads, limits. Out: the notebook with its outputs, and what went wrong with the kernel.
A cell that fails does not stop the ones below it. The kernel is reached over ipc sockets in a folder of its own, so that
many kernels never race for a port.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from grader.errors import GraderError
from grader.results import Limits

TIMEOUT, DEAD = "CellTimeoutError", "DeadKernelError"
LONGEST_ERROR = 5_000  # characters of an error's text, and of each line of its traceback


def execute(
    notebook: NotebookNode,
    limits: Limits,
    *,
    files: Mapping[str, bytes] | None = None,
    skip: Collection[int] = (),
) -> list[str]:
    """Run the code cells of ``notebook`` in order and write their outputs into it.

    ``skip`` holds positions of cells that are left out. Returns a line for each thing that a teacher should know:
    a cell that was stopped, a kernel that died. The cells that could not run have an error output that says so.

    Raises:
        GraderError: no kernel can be started; that is no fault of the notebook's code.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory(prefix="exam-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        work = room / "work"
        work.mkdir()
        for name, content in (files or {}).items():
            (work / name).write_bytes(content)
        client = _Client(notebook, limits, set(skip), room)
        try:
            # What a library writes past Python's own streams (TensorFlow's log, say) is for nobody here.
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            client.execute(env={**os.environ, "NBGRADER_EXECUTION": "autograde"}, **silent)
        except CellTimeoutError:
            client.log_lines.append(f"{client.place()} could not be interrupted; the kernel was killed.")
            client.close_from(client.position, TIMEOUT, f"stopped after {limits.cell_seconds:g} s")
        except DeadKernelError:
            client.log_lines.append(f"the kernel died in {client.place()}.")
            client.close_from(client.position, DEAD, "the kernel died")
        except (NoSuchKernel, RuntimeError) as error:  # not installed, or it did not come up in time
            raise GraderError(
                f"the kernel `{client.kernel_name}` did not start: {error}. Mend: install it, or see `jupyter kernelspec list`."
            ) from error
    return client.log_lines


class _Client(NotebookClient):
    """nbclient's client with limits on a whole notebook's time and on each cell's output."""

    def __init__(
        self,
        notebook: NotebookNode,
        limits: Limits,
        skip: set[int],
        room: Path,
    ) -> None:
        config = Config()
        config.KernelManager.connection_file = str(room / "kernel.json")
        # A socket's path may have about a hundred characters; a folder for temporary files may lie deeper than that.
        if sys.platform != "win32" and len(str(room)) < 80:
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(room / "kernel")
        quiet = logging.Logger("grader.nbclient", logging.CRITICAL)  # what it would say is in our own log
        super().__init__(
            notebook,
            config=config,
            log=quiet,
            resources={"metadata": {"path": str(room / "work")}},
            kernel_manager_class=AsyncKernelManager,
            kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TIMEOUT, "evalue": "", "traceback": []},
            raise_on_iopub_timeout=True,
            iopub_timeout=5,
            shutdown_kernel="immediate",
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=False,  # its search for carriage returns takes minutes for one long line,
        )
        self.limits, self.skip = limits, skip
        self.ends = time.monotonic() + limits.notebook_seconds
        self.position = 0
        self.written = 0
        self.log_lines: list[str] = []
        self.on_cell_executed = self._note_reply

    def place(self) -> str:
        """The current cell in words."""
        cell = self.nb.cells[self.position]
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        return f"cell {self.position + 1}" + (f" ({grade_id})" if grade_id else "")

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        if cell.cell_type != "code" or cell_index in self.skip:
            return cell
        self.position, self.written = cell_index, 0
        left = self.ends - time.monotonic()
        if left <= 0:
            _add_error(cell, TIMEOUT, f"the whole notebook was stopped after {self.limits.notebook_seconds:g} s")
            return cell
        # nbclient's trait is an integer; below one second it would mean "no limit".
        self.timeout = max(1, round(min(self.limits.cell_seconds, left)))
        return await super().async_execute_cell(cell, cell_index, **kwargs)

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
                _add_error(cell, name if index == position else DEAD, text)

    def _note_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        reply = execute_reply["content"]
        if reply.get("ename") == TIMEOUT:
            text = f"stopped after {self.timeout:g} s"
            _add_error(cell, TIMEOUT, text)
            self.log_lines.append(f"{self.place()} was {text}.")
        elif reply.get("status") != "ok" and not any(out.output_type == "error" for out in cell.outputs):
            # The kernel's word counts, even where its report of the error was lost or held back.
            _add_error(cell, str(reply.get("ename", "Error")), str(reply.get("evalue", ""))[:LONGEST_ERROR])


def _size(content: dict[str, Any]) -> int:
    return len(str(content.get("text") or content.get("data") or "").encode("utf-8", "replace"))


def _add_error(cell: NotebookNode, name: str, text: str) -> None:
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))
