"""What a fork of the zygote becomes: its request's program, in its own folder, with its own environment, to its own end.

Here it is forked without a sandbox, by a process that plays the zygote. What the sandbox adds is tried in test_confinement.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.conftest import needs_linux

pytestmark = needs_linux

ZYGOTE = """
import json, os, socket, sys
from grader.kernel.inside import control_channel, fork
request, files = json.loads(sys.argv[1])
ours, theirs = socket.socketpair()
reports, report = os.pipe()
pid = os.fork()
if pid == 0:
    ours.close()
    fork.live(theirs, report, sandboxed=False)
theirs.close()
os.close(report)
numbers = [os.open(path, os.O_RDONLY) for path in files]
control_channel.send(ours, request, numbers)
answer, _ = control_channel.receive(ours)
reported = os.read(reports, 100).decode().split()
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps([answer, int(reported[0]) == pid, int(reported[1]), code]))
"""
LIMITS = {"open_files": 256, "processes": 64, "file_bytes": 1000, "cpu_seconds": 60, "memory_bytes": 300 << 20}


class Forked:
    """What came of a fork: its answer, whether it reported its own number, the memory it asked for, its exit code."""

    def __init__(self, answer: dict[str, Any], reported_itself: bool, memory: int, code: int) -> None:
        self.answer, self.reported_itself, self.memory, self.code = answer, reported_itself, memory, code


@pytest.fixture
def fork(tmp_path):
    """A function that forks Python code, or a target: ``fork(code, target=…, arguments=…, …)``."""
    for name in ("files", "sockets"):
        (tmp_path / "k1" / name).mkdir(parents=True)

    def make(code: str = "", files: dict[str, Path] | None = None, **changes: Any) -> Forked:
        request = {
            "kernel": "k1",
            "zygote_folder": str(tmp_path),
            "target": "builtins:exec",
            "connection": {},
            "arguments": [code],
            "env": {},
            "files": list(files or {}),
            "limits": {},
            "seed": 0,
            **changes,
        }
        words = json.dumps([request, [str(path) for path in (files or {}).values()]])
        environment = {**os.environ, "SECRET": "of the zygote"}
        done = subprocess.run(
            [sys.executable, "-c", ZYGOTE, words], env=environment, stdout=subprocess.PIPE, check=True
        )
        return Forked(*json.loads(done.stdout.splitlines()[-1]))

    return make


def test_it_answers_that_it_is_ready_reports_itself_and_ends_with_its_program(fork):
    forked = fork("pass")
    assert (forked.answer, forked.reported_itself, forked.memory, forked.code) == ({"ready": True}, True, 0, 0)


def test_its_working_folder_holds_the_kernel_s_files(fork, tmp_path):
    (tmp_path / "k1" / "files" / "a.txt").write_text("hello")
    fork(f"import os, pathlib; pathlib.Path({str(tmp_path)!r}, 'out').write_text(open('a.txt').read() + os.getcwd())")
    assert (tmp_path / "out").read_text() == "hello" + str(tmp_path / "k1" / "home" / "work")


def test_its_environment_is_clean_but_for_what_the_request_adds(fork, tmp_path):
    fork(f"import json, os; json.dump(dict(os.environ), open({str(tmp_path / 'out')!r}, 'w'))", env={"A": "b"})
    environment = json.loads((tmp_path / "out").read_text())
    assert environment["A"] == "b"
    assert environment["HOME"] == str(tmp_path / "k1" / "home")
    assert environment["PYTHONHASHSEED"] == "0" and environment["OMP_NUM_THREADS"] == "1"
    assert "SECRET" not in environment


def test_files_that_came_with_the_request_are_found_by_the_names_of_their_variables(fork, tmp_path):
    (tmp_path / "given").write_text("from the host")
    code = (
        f"import os; text = os.read(int(os.environ['GIVEN']), 100); open({str(tmp_path / 'out')!r}, 'wb').write(text)"
    )
    fork(code, {"GIVEN": tmp_path / "given"})
    assert (tmp_path / "out").read_text() == "from the host"


def test_the_seed_decides_its_random_numbers(fork, tmp_path):
    numbers = []
    for seed in (1, 1, 2):
        for name in ("home", "tmp"):
            subprocess.run(["rm", "-r", str(tmp_path / "k1" / name)], capture_output=True)
        (tmp_path / "k1" / "files").mkdir(exist_ok=True)
        fork(f"import random; open({str(tmp_path / 'out')!r}, 'w').write(str(random.random()))", seed=seed)
        numbers.append((tmp_path / "out").read_text())
    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("raise SystemExit(3)", 3), ("raise SystemExit('why')", 1), ("raise SystemExit", 0), ("1 / 0", 1)],
)
def test_its_exit_code_is_that_of_its_program(fork, code, expected):
    assert fork(code).code == expected


def test_functions_that_are_registered_for_the_end_run(fork, tmp_path):
    fork(f"import atexit, pathlib; atexit.register(pathlib.Path({str(tmp_path)!r}, 'out').touch)")
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize("target", ["no_such_module:main", "json:no_such_function"])
def test_a_program_that_is_not_there_is_the_answer(fork, target):
    forked = fork(target=target, arguments=[])
    assert "no_such" in forked.answer["error"] and "the kernel could not start" in forked.answer["error"]
    assert forked.code == 1


def test_limits_hold_from_the_beginning_of_its_program(fork, tmp_path):
    code = (
        "import pathlib, resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nseen = []\n"
        "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    seen.append('memory')\n"
        "written = open('x', 'wb', 0).write(bytes(2000))\nseen.append(written)\n"
        "seen.append(resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
        f"pathlib.Path({str(tmp_path)!r}, 'out').write_text(str(seen))"
    )
    assert fork(code, limits=LIMITS).memory == LIMITS["memory_bytes"]
    assert (tmp_path / "out").read_text() == "['memory', 1000, 256]"


def test_closing_files_leaves_those_that_are_kept():
    code = (
        "import os\nfrom grader.kernel.inside.fork import close_files\nread, write = os.pipe()\nclose_files({1, 2, write})\n"
        "for number in (read, 0):\n    try:\n        os.fstat(number)\n    except OSError:\n        print('closed')\n"
        "os.fstat(write)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"closed\nclosed\n"
