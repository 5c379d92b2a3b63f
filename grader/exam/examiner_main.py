"""The examiner's process: it runs given cells and checks when it is ordered to, and reports how they ended.

In: orders over a socket from the process that holds the exam, and the student kernel's answers over another. Out: for each
check what it printed, its error or its value. It runs the author's code only. The verdict is made of what this process
reports, and of nothing that the student kernel reports.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import secrets
import socket
import sys
import time
import types
from collections.abc import Callable
from typing import Any, cast

from grader.core.cell_names import Import
from grader.exam.orders import (
    LONGEST_ORDER,
    ORDERS,
    ORDERS_AT,
    TIMEOUT,
    Answer,
    CellReport,
    CheckOrder,
    Order,
    StartOrder,
)
from grader.exam.ownership.plan import CellPlan, Role
from grader.exam.proxies.connection import StudentConnection
from grader.exam.proxies.proxy import Proxy, expect_proxy
from grader.exam.student_agent import FD, connected
from grader.exam.wire.limits import BoundaryError, BoundaryTimeout, WireLimits
from grader.exam.wire.models import ModelError
from grader.kernel.inside import control_channel

LONGEST_TEXT = 5_000  # characters of an error, and of a value


def main() -> None:
    """Serve until the socket of the orders is closed. The environment says where the sockets are."""
    sys.path.insert(0, "")  # modules beside the notebook, as in a kernel
    if ORDERS_AT in os.environ:
        serve(connected(os.environ.pop(ORDERS_AT)), None)
    else:
        serve(socket.socket(fileno=int(os.environ.pop(ORDERS))), socket.socket(fileno=int(os.environ.pop(FD))))


def serve(orders: socket.socket, student: socket.socket | None) -> None:
    """Obey one order after the other. ``student`` leads to the student kernel; without it, the kernel connects by itself."""

    def answer(message: Answer) -> None:
        control_channel.send(orders, message)

    examiner: Examiner | None = None
    while True:
        try:
            message, _ = control_channel.receive(orders, LONGEST_ORDER)
        except EOFError:
            return
        order = cast(Order, message)
        if order["do"] == "start":
            listener = Listener() if student is None else None
            examiner = Examiner(student or listener, order)
            answer({"ready": True} if listener is None else {"port": listener.port, "token": listener.secret})
            continue
        assert examiner is not None
        if order["do"] == "run":
            answer(examiner.run(order["code"], order["name"]))
        elif order["do"] == "check":
            answer({"serve": examiner.open(order)})
            answer(examiner.check(order))
        else:
            answer({"seen": sorted(examiner.connection.seen)})


class Listener:
    """Where the student kernel connects when the first check begins."""

    def __init__(self) -> None:
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.sock.getsockname()[1]
        self.secret = secrets.token_hex(16)

    def answered(self, deadline: float) -> socket.socket:
        """The kernel's connection.

        Raises:
            BoundaryError: nobody connects in time, or a program that does not know the secret.
        """
        self.sock.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            sock, _ = self.sock.accept()
            if sock.recv(len(self.secret), socket.MSG_WAITALL) == self.secret.encode():
                return sock
        except OSError as error:
            raise BoundaryTimeout("No answer came in time.") from error
        raise BoundaryError("Another program has connected instead of the student kernel.")


class Examiner:
    """A namespace like a notebook's, and the connection to the student kernel."""

    def __init__(self, student: socket.socket | Listener | None, order: StartOrder) -> None:
        limits = WireLimits(message_bytes=order["message_bytes"])
        self.listener = student if isinstance(student, Listener) else None
        sock = self.listener.sock if self.listener is not None else student
        assert isinstance(sock, socket.socket)
        self.connection = StudentConnection(sock, paths=order["paths"], limits=limits)
        self.output_bytes = order["output_bytes"]
        # Classes of given cells are looked up in the module that they name: dataclasses and pickle do so.
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.namespace = module.__dict__
        self.namespace.update(get_ipython=_shell_of(self.namespace), display=_display)

    def open(self, order: CheckOrder) -> str:
        """Begin the conversation for a check. Returns the code that the student kernel must execute meanwhile."""
        self.connection.deadline = time.monotonic() + order["seconds"]
        return self.connection.begin(self.namespace)

    def check(self, order: CheckOrder) -> CellReport:
        """Bind the student's names and run the check."""
        imports = {name: Import(module, attribute) for name, (module, attribute) in order["imports"].items()}
        plan = CellPlan("", Role.CHECK, students=frozenset(order["students"]), imports=imports)

        def bind() -> None:
            if self.listener is not None and self.connection.deadline is not None:
                self.connection.sock, self.listener = self.listener.answered(self.connection.deadline), None
            self.connection.bind(plan)

        report = self.run(order["code"], order["name"], before=bind)
        broken = self.connection.broken
        if broken is None:
            try:
                self.connection.end()
            except Exception as error:  # the check has ended already; the host interrupts the kernel
                report["broken"] = True
                report["error"] = report["error"] or _error_report(error, order["name"])
        else:
            report["broken"] = True
            report["value"] = None
            report["error"] = _error_report(broken, order["name"])
        if isinstance(broken, BoundaryTimeout):
            report["error"] = (TIMEOUT, "", 0)
        return report

    def run(self, code: str, name: str, before: Callable[[], None] | None = None) -> CellReport:
        """Run a cell as IPython would, without a shell. Whatever it raises is reported, never raised."""
        printed = _Printed(self.output_bytes)
        error, value = None, None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                if before is not None:
                    before()
                value = _text(run_code(code, name, self.namespace))
            except KeyboardInterrupt:
                error = (TIMEOUT, "", 0)
            except BaseException as caught:  # a student's SystemExit is an error like any other
                error = _error_report(caught, name)
        return {"stdout": printed.text, "error": error, "value": value, "broken": False}


def run_code(code: str, name: str, namespace: dict[str, Any]) -> Any:
    """Run a cell. Returns the value of its last expression; None if it ends with no expression, or with a semicolon.

    IPython's magics are run by a shell, which is made when the first magic is met.
    """
    try:
        tree = ast.parse(code, name)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        tree = ast.parse(TransformerManager().transform_cell(code), name)  # type: ignore[no-untyped-call]
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or _is_quiet(code, last):
        exec(compile(tree, name, "exec"), namespace)
        return None
    exec(compile(ast.Module(tree.body[:-1], tree.type_ignores), name, "exec"), namespace)
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def _is_quiet(code: str, last: ast.Expr) -> bool:
    after = code.splitlines()[(last.end_lineno or 1) - 1 :]
    return bool(after) and after[0].encode()[last.end_col_offset or 0 :].lstrip().startswith(b";")


def _text(value: Any) -> str | None:
    """A value as nbgrader reads it from a cell's output: a number is a number of points.

    Raises:
        TypeError: it is a student's object, and the reference has none here.
        ValueError: it is not a possible number of points. nbgrader would give full points for it.
    """
    if value is None:
        return None
    if isinstance(value, Proxy):
        expect_proxy(value)
        return f"<{type(value).__name__} object>"
    generic = getattr(sys.modules.get("numpy"), "generic", ())
    value = value.item() if isinstance(value, generic) else value  # np.float64(0.5) reads as no number
    if isinstance(value, int | float) and not value >= 0:
        raise ValueError(f"{value} is not a number of points")
    return repr(value)[:LONGEST_TEXT]


def _error_report(error: BaseException, name: str) -> tuple[str, str, int]:
    """An error's name and text, and the line in the cell."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == name:
        line = error.lineno or 0
    try:
        text = str(error)
    except Exception:
        text = ""
    kind = BoundaryError if isinstance(error, BoundaryError | ModelError) else type(error)
    return kind.__name__[:200], text[:LONGEST_TEXT], line


class _Printed(io.TextIOBase):
    """What a cell writes, up to a limit."""

    def __init__(self, most: int) -> None:
        self.left, self.parts, self.cut = most, list[str](), False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.parts.append(text[: self.left])
        self.cut = self.cut or len(text) > self.left
        self.left -= min(self.left, len(text))
        return len(text)

    @property
    def text(self) -> str:
        whole = "".join(self.parts).encode("utf-8", "replace").decode()
        return whole + ("\n[the output is cut here]\n" if self.cut else "")


def _shell_of(namespace: dict[str, Any]) -> Callable[[], Any]:
    def get_ipython() -> Any:
        from IPython.core.interactiveshell import InteractiveShell

        return InteractiveShell.instance(user_ns=namespace)

    return get_ipython


def _display(*values: Any, **settings: Any) -> None:
    for value in values:
        print(value)
