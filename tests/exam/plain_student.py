"""A plain Python process in a student kernel's place: it executes cells, and serves the wall when it is told to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
STUDENT = """
import contextlib, io, json, socket, sys
from grader.exam.student_agent import serve
orders, fd = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
stream, namespace = orders.makefile("rw"), {"__name__": "__main__"}
for line in stream:
    order, error = json.loads(line), ""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            if "nonce" in order:
                serve(namespace, order["nonce"], fd=fd)
            else:
                exec(compile(order["code"], "<cell>", "exec"), namespace)
        except BaseException as failed:
            error = f"{type(failed).__name__}: {failed}"
    stream.write(json.dumps(error) + "\\n")
    stream.flush()
"""


class Student:
    """The other process: it executes cells, and serves the wall when it is told to."""

    def __init__(self, folder: Path) -> None:
        orders, theirs = socket.socketpair()
        self.wall, wall = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-c", STUDENT, str(theirs.fileno()), str(wall.fileno())],
            pass_fds=(theirs.fileno(), wall.fileno()),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        theirs.close()
        wall.close()
        self.stream = orders.makefile("rw")

    def tell(self, **order: str) -> None:
        self.stream.write(json.dumps(order) + "\n")
        self.stream.flush()

    def answer(self) -> str:
        return json.loads(self.stream.readline())

    def execute(self, code: str) -> str:
        self.tell(code=code)
        return self.answer()

    def close(self) -> None:
        self.stream.close()
        self.process.kill()
        self.process.wait()
