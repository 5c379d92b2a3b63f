"""A plain Python process in a student kernel's place: it executes cells, and answers the examiner when it is asked to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from grader.exam.proxies.connection import StudentConnection

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
    """The other process."""

    def __init__(self, folder: Path) -> None:
        orders, theirs = socket.socketpair()
        self.sock, end = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-c", STUDENT, str(theirs.fileno()), str(end.fileno())],
            pass_fds=(theirs.fileno(), end.fileno()),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        theirs.close()
        end.close()
        self.stream = orders.makefile("rw")

    def order(self, **order: str) -> None:
        self.stream.write(json.dumps(order) + "\n")
        self.stream.flush()

    def answer(self) -> str:
        return json.loads(self.stream.readline())

    def execute(self, code: str) -> str:
        self.order(code=code)
        return self.answer()

    def close(self) -> None:
        self.stream.close()
        self.process.kill()
        self.process.wait()


def nonce_in(code: str) -> str:
    """The nonce in the code that the student kernel executes while a check lasts."""
    return code.split("'")[-2]


def serve(connection: StudentConnection, student: Student, namespace: dict[str, Any]) -> None:
    """Begin a conversation, and let the student answer in it."""
    student.order(nonce=nonce_in(connection.begin(namespace)))


def end(connection: StudentConnection, student: Student) -> None:
    if connection.broken is None:
        connection.deadline = time.monotonic() + 30
        connection.end()
        student.answer()
