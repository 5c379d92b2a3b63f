"""What the examiner's process does: it runs given cells and checks when it is told to, and says how they ended.

In: orders over a socket from whoever holds the exam, and the student kernel's answers over another. Out: for each check what
it printed, its error or its value. It runs the author's code only. The verdict is made of what this process says, and of
nothing that the student kernel says.
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
from typing import Any

from grader.core.cell_names import Import
from grader.exam.ownership.dataflow import CellPlan, Role
from grader.exam.proxies import Proxy, StudentConnection, expect_proxy
from grader.exam.student_agent import FD, connected
from grader.exam.wire.codec import BoundaryError, BoundaryTimeout, WireLimits
from grader.exam.wire.models import ModelError
from grader.kernel.inside import control_channel as lines

ORDERS = "GRADER_ORDERS_FD"
ORDERS_AT = "GRADER_ORDERS_AT"  # port:secret, where sockets cannot be inherited
LONGEST_ORDER = 64 << 20
LONGEST_TEXT = 5_000  # characters of an error, and of a value
TIMEOUT = "CellTimeoutError"  # as nbclient calls it

Said = dict[str, Any]
"""How a cell ended. stdout: what it printed; error: name, text and line in the cell, or None; value: the text of its last
expression, or None; broken: whether the conversation with the student kernel broke off; seconds."""


def main() -> None:
    """Serve until the socket of the orders is closed. Where the sockets are stands in the environment."""
    sys.path.insert(0, "")  # modules beside the notebook, as in a kernel
    if ORDERS_AT in os.environ:
        serve(connected(os.environ.pop(ORDERS_AT)), None)
    else:
        serve(socket.socket(fileno=int(os.environ.pop(ORDERS))), socket.socket(fileno=int(os.environ.pop(FD))))


def serve(orders: socket.socket, wall: socket.socket | None) -> None:
    """Obey one order after the other. Without a ``wall``, the student kernel connects to a door that is opened here."""
    examiner: Examiner | None = None
    while True:
        try:
            order, _ = lines.receive(orders, LONGEST_ORDER)
        except EOFError:
            return
        match order["do"]:
            case "start":
                door = Door() if wall is None else None
                examiner = Examiner(wall or door, order)
                lines.send(orders, {"ready": True} if door is None else {"port": door.port, "token": door.secret})
            case "run":
                assert examiner is not None
                lines.send(orders, examiner.run(order["code"], order["name"]))
            case "check":
                assert examiner is not None
                lines.send(orders, {"serve": examiner.open(order)})
                lines.send(orders, examiner.check(order))
            case "end":
                assert examiner is not None
                lines.send(orders, {"seen": sorted(examiner.wall.seen)})


class Door:
    """Where the student kernel connects, when the first check begins."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.secret = secrets.token_hex(16)

    def answered(self, deadline: float) -> socket.socket:
        """The kernel's connection.

        Raises:
            BoundaryError: nobody comes in time, or one who does not know the secret.
        """
        self.listener.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            sock, _ = self.listener.accept()
            if sock.recv(len(self.secret), socket.MSG_WAITALL) == self.secret.encode():
                return sock
        except OSError as error:
            raise BoundaryTimeout("No answer came in time.") from error
        raise BoundaryError("Another program has connected in the place of the student kernel.")


class Examiner:
    """A namespace like a notebook's, and the wall."""

    def __init__(self, wall: socket.socket | Door | None, order: dict[str, Any]) -> None:
        limits = WireLimits(message_bytes=order["message_bytes"])
        self.door = wall if isinstance(wall, Door) else None
        sock = self.door.listener if self.door is not None else wall
        assert isinstance(sock, socket.socket)
        self.wall = StudentConnection(sock, paths=order["paths"], limits=limits)
        self.output_bytes: int = order["output_bytes"]
        # Classes of given cells are looked up in the module that they name: dataclasses and pickle do so.
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.namespace = module.__dict__
        self.namespace.update(get_ipython=_shell_of(self.namespace), display=_display)

    def open(self, order: dict[str, Any]) -> str:
        """Begin the conversation for a check; the code that the student kernel must execute meanwhile."""
        self.wall.deadline = time.monotonic() + order["seconds"]
        return self.wall.begin(self.namespace)

    def check(self, order: dict[str, Any]) -> Said:
        """Bind the student's names and run the check."""
        imports = {name: Import(module, attribute) for name, (module, attribute) in order["imports"].items()}
        plan = CellPlan("", Role.CHECK, students=frozenset(order["students"]), imports=imports)

        def bind() -> None:
            if self.door is not None and self.wall.deadline is not None:
                self.wall.sock, self.door = self.door.answered(self.wall.deadline), None
            self.wall.bind(plan)

        said = self.run(order["code"], order["name"], before=bind)
        broken = self.wall.broken
        if broken is None:
            try:
                self.wall.end()
            except Exception as error:  # the check has ended already; whoever holds the exam interrupts the kernel
                said["broken"] = True
                said["error"] = said["error"] or _told(error, order["name"])
        else:
            said["broken"] = True
            said["value"] = None
            said["error"] = _told(broken, order["name"])
        if isinstance(broken, BoundaryTimeout):
            said["error"] = [TIMEOUT, f"stopped after {order['seconds']:g} s", 0]
        return said

    def run(self, code: str, name: str, before: Callable[[], None] | None = None) -> Said:
        """Run a cell as IPython would, without a shell. Whatever it raises is told, never raised."""
        printed = _Printed(self.output_bytes)
        error, value = None, None
        began = time.monotonic()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                if before is not None:
                    before()
                value = _text(execute(code, name, self.namespace))
            except KeyboardInterrupt:
                error = [TIMEOUT, "stopped", 0]
            except BaseException as raised:  # a student's SystemExit is an error like any other
                error = _told(raised, name)
        seconds = time.monotonic() - began
        return {"stdout": printed.text, "error": error, "value": value, "broken": False, "seconds": seconds}


def execute(code: str, name: str, namespace: dict[str, Any]) -> Any:
    """Run a cell; the value of its last expression, or None where it ends with none, or with a semicolon.

    IPython's magics are run by a shell, which is made when the first one is met.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        tree = ast.parse(TransformerManager().transform_cell(code))  # type: ignore[no-untyped-call]
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
    """A value as nbgrader reads it from a cell's output: a number is one of points.

    Raises:
        TypeError: it is a student's object, where the reference has none.
        ValueError: it is no possible number of points, which nbgrader would take for full ones.
    """
    if value is None:
        return None
    if isinstance(value, Proxy):
        expect_proxy(value)
        return f"<{type(value).__name__} object>"
    generic = getattr(sys.modules.get("numpy"), "generic", ())
    value = value.item() if isinstance(value, generic) else value  # np.float64(0.5) reads as no number
    if isinstance(value, int | float) and not value >= 0:
        raise ValueError(f"{value} is no number of points")
    return repr(value)[:LONGEST_TEXT]


def _told(error: BaseException, name: str) -> list[Any]:
    """Name, text, and the line of the cell."""
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
    return [kind.__name__[:200], text[:LONGEST_TEXT], line]


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
