"""The one module that uses private parts of ipykernel. tests/kernel/inside/test_ipykernel_private.py says what breaks.

In: a connection file, arguments. Out: a function that runs this process as a Jupyter kernel whose sockets are bound already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MESSAGES_KEPT = 50_000  # for a client that is slower than the kernel


def bound_kernel(connection_file: Path, arguments: Sequence[str]) -> Callable[[], None]:
    """Bind the sockets that the file names. The function that is returned serves them until the kernel is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    class App(IPKernelApp):
        def init_iopub(self, context: Any) -> None:
            # By default ZeroMQ keeps 1000 messages for a client that is slower than the kernel, and silently drops the rest:
            # outputs, and even the message that a cell has ended.
            context.sndhwm = MESSAGES_KEPT
            super().init_iopub(context)  # type: ignore[no-untyped-call]

    app = App.instance(parent_handle=0)
    initialize: Callable[[list[str]], None] = app.initialize  # ipykernel has no annotations for these two
    start: Callable[[], None] = app.start
    # nbclient passes this argument too, and twice would be an error.
    no_history = "--HistoryManager.hist_file=:memory:"
    initialize(["-f", str(connection_file), *dict.fromkeys([no_history, *arguments])])
    forget_children(app.kernel)

    def run() -> None:
        start()
        # The thread that received the request to shut down still waits for the one that sends output. ipykernel ends that
        # one first, and then hangs now and then.
        if app.control_thread and app.control_thread.is_alive():
            app.control_thread.stop()
            app.control_thread.join()

    return run


def forget_children(kernel: Any) -> None:
    """Let a kernel end without looking for its child processes.

    In the /proc of a fork it would take itself for one of them and wait for its own end. What is left over ends with the
    kernel anyway, by its namespace or by the zygote.
    """
    kernel._process_children = list
