"""A lecture run across a real wall, by two plain Python processes: ``python across.py COURSE LECTURE RESULT.json``.

This process is the examiner; it starts the student's. The result lists what each check said: with the lecture's solutions
while stand-ins may do everything, and then, held to the paths of that run, with every wrong answer and the solutions.
"""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
STUDENT = """
import contextlib, io, json, socket, sys
from grader.examiner.agent import serve
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


def hold(notebook, plan_of, folder: Path, paths=None):
    """Run a notebook across the wall. Returns what each check said (empty: passed), the errors of cells, the paths seen."""
    from grader.examiner.dataflow import Role
    from grader.examiner.standins import Wall

    student = Student(folder)
    wall = Wall(student.wall, paths=paths)
    namespace = {"__name__": "__main__"}
    said, errors = {}, []
    for cell in notebook.cells:
        plan = plan_of(cell)
        if plan.role in (Role.STUDENT, Role.BOTH) and (error := student.execute(cell.source)):
            errors.append(f"{cell.id} [student]: {error}")
        if plan.role is Role.BOTH and (error := run(cell.source, namespace)):
            errors.append(f"{cell.id} [examiner]: {error}")
        if plan.role is Role.CHECK:
            code = wall.begin(namespace)
            student.tell(nonce=code.split("'")[-2])
            wall.deadline = time.monotonic() + 120
            try:
                wall.bind(plan)
                result = run(cell.source, namespace)
                if wall.broken is not None:
                    result = f"BoundaryError: {wall.broken}"
                wall.end()
            except Exception as error:
                result = f"{type(error).__name__}: {error}"
            said[cell.metadata.nbgrader.grade_id] = result
            student.answer()
    student.close()
    return said, errors, wall.seen


def run(code: str, namespace) -> str:
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            exec(compile(code, "<check>", "exec"), namespace)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return ""


def main(course: str, name: str, result: str) -> None:
    from grader.authoring import build_assignment
    from grader.course import Course
    from grader.examiner.dataflow import students_names
    from grader.script import read_script
    from grader.validation import _with_wrong_answers

    home = Course(Path(course))
    script = read_script(home.solutions / f"{name}.py")
    assignment = build_assignment(home, script)
    plan = students_names(assignment.source)
    by_source = {cell.source: plan.of(cell.id) for cell in assignment.source.cells}
    student = plan.of("")
    with tempfile.TemporaryDirectory() as folder:
        for file, content in assignment.files.items():
            (Path(folder) / file).write_bytes(content)
        os.chdir(folder)
        began = time.monotonic()
        said, errors, seen = hold(assignment.source, lambda cell: plan.of(cell.id), Path(folder))
        middle = time.monotonic()
        wrong, trials = _with_wrong_answers(script, assignment)
        again, _, _ = hold(wrong, lambda cell: by_source.get(cell.source, student), Path(folder), seen)
        os.chdir("/")
    report = {
        "calibration": said,
        "errors": errors,
        "paths": sorted(seen),
        "again": again,
        "trials": {trial: {"name": cell.name, "says": cell.says, "line": cell.line} for trial, cell in trials.items()},
        "seconds": [middle - began, time.monotonic() - middle],
    }
    Path(result).write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
