"""What the examiner's process does with a cell: its value, its error and its line, what it prints."""

from __future__ import annotations

import socket
import sys

import numpy as np
import pytest

from grader.exam.examiner_main import Examiner, Listener, run_code
from grader.exam.orders import TIMEOUT
from grader.exam.wire.limits import BoundaryError


@pytest.mark.parametrize(
    "code, value",
    [
        ("1 + 1", 2),
        ("x = 1", None),
        ("1 + 1;", None),
        ("'ä'; 3", 3),
        ("", None),
        ("# nothing", None),
        ("5  # five;", 5),
    ],
)
def test_the_value_of_a_cell_is_that_of_its_last_expression(code, value):
    assert run_code(code, "<cell>", {}) == value


@pytest.fixture
def examiner(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # an examiner replaces it
    ours, theirs = socket.socketpair()
    yield Examiner(ours, {"do": "start", "paths": None, "output_bytes": 20, "message_bytes": 1 << 20})
    ours.close()
    theirs.close()


def test_a_cell_s_error_has_its_name_its_text_and_its_line(examiner):
    assert examiner.run("x = 1\n1 / 0", "<c>")["error"] == ("ZeroDivisionError", "division by zero", 2)
    assert examiner.run("x = 1\n\nif", "<c>")["error"][::2] == ("SyntaxError", 3)
    assert examiner.run("def f():\n    raise KeyError('k')\n\nf()", "<c>")["error"] == ("KeyError", "'k'", 2)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("raise SystemExit(3)", ("SystemExit", "3", 1)),
        ("raise KeyboardInterrupt", (TIMEOUT, "", 0)),
        ("class Bad(Exception):\n    def __str__(self): raise ValueError\nraise Bad", ("Bad", "", 3)),
    ],
)
def test_whatever_a_cell_raises_is_reported(examiner, code, error):
    assert examiner.run(code, "<c>")["error"] == error


def test_what_a_cell_prints_is_cut_at_the_limit(examiner):
    assert examiner.run("import sys\nprint('one')\nprint('two', file=sys.stderr)", "<c>")["stdout"] == "one\ntwo\n"
    assert examiner.run("print('x' * 100)", "<c>")["stdout"] == "x" * 20 + "\n[the output is cut here]\n"
    assert examiner.run("display(3, 'four')", "<c>")["stdout"] == "3\nfour\n"


@pytest.mark.parametrize("value", [-1, float("nan"), -0.5, np.float64(-1)])
def test_a_value_that_is_no_number_of_points_is_an_error(examiner, value):
    examiner.namespace["value"] = value
    report = examiner.run("value", "<c>")
    assert report["value"] is None and report["error"][0] == "ValueError"


def test_a_number_of_numpy_s_reads_as_a_number(examiner):
    examiner.namespace["value"] = np.float64(0.5)
    assert examiner.run("value", "<c>")["value"] == "0.5"


def test_given_classes_belong_to_the_main_module(examiner):
    code = "import dataclasses, sys\n@dataclasses.dataclass\nclass P:\n    x: int\nsys.modules[P.__module__].P is P"
    assert examiner.run(code, "<c>")["value"] == "True"


def test_a_program_that_does_not_know_the_secret_is_no_student_kernel():
    listener = Listener()
    with socket.create_connection(("127.0.0.1", listener.port)) as other:
        other.sendall(b"x" * len(listener.secret))
        with pytest.raises(BoundaryError, match="Another program"):
            listener.answered(deadline=0)
    listener.sock.close()


def test_a_student_kernel_that_does_not_connect_is_a_timeout():
    listener = Listener()
    with pytest.raises(BoundaryError, match="in time"):
        listener.answered(deadline=0)
    listener.sock.close()
