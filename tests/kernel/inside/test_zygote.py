"""The warm process itself, without a sandbox: what it answers, how it ends its forks, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.kernel.inside import control_channel
from grader.kernel.sandbox import ZYGOTE_MODULE
from tests.kernel.conftest import needs_linux

pytestmark = needs_linux
COMMAND = f"import importlib, json, sys; importlib.import_module({ZYGOTE_MODULE!r}).main(json.loads(sys.argv[1]))"


class Warm:
    """A zygote, started directly, and what it wrote when it was ready."""

    def __init__(self, folder: Path, modules: list[str]) -> None:
        self.folder = folder
        settings = {
            "folder": str(folder),
            "modules": modules,
            "data": {},
            "kernel": False,
            "sandboxed": False,
            "uid": None,
            "kept": [],
            "monitor": [],
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": f"{folder}:{os.environ.get('PYTHONPATH', '')}"},
        )
        self.answer = json.loads(self.process.stdout.readline())
        self.kernels = 0

    def fork(self, target: str, *arguments: Any, limits: dict[str, int] | None = None) -> socket.socket:
        """The control channel of a fork that is ready."""
        self.kernels += 1
        name = f"k{self.kernels}"
        for folder in ("files", "sockets"):
            (self.folder / name / folder).mkdir(parents=True)
        channel = socket.socket(socket.AF_UNIX)
        channel.settimeout(30)
        channel.connect(str(self.folder / control_channel.SOCKET))
        request = {"kernel": name, "zygote_folder": str(self.folder), "target": target, "arguments": arguments}
        request |= {"connection": {}, "env": {}, "files": [], "limits": limits or {}, "seed": 0}
        control_channel.send(channel, request)
        assert control_channel.receive(channel)[0] == {"ready": True}
        return channel

    def close(self) -> int:
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.process.wait(timeout=30)


@pytest.fixture
def start(tmp_path) -> Iterator[Any]:
    started: list[Warm] = []

    def make(modules: list[str] | None = None) -> Warm:
        started.append(Warm(tmp_path, modules or []))
        return started[-1]

    yield make
    for warm in started:  # asked to end, so that it ends its forks; killed, it would leave them behind
        if warm.process.poll() is None:
            warm.close()
        warm.process.stdout.close()


def report_of(channel: socket.socket) -> dict[str, Any]:
    return control_channel.receive(channel)[0]


def test_it_answers_that_it_is_ready_with_its_number_and_nothing_else(start):
    warm = start()
    assert warm.answer == {"ready": warm.process.pid, "warnings": []}
    assert warm.close() == 0
    assert warm.process.stdout.read() == b""


def test_what_a_module_prints_is_not_taken_for_the_answer(start, tmp_path):
    (tmp_path / "chatty.py").write_text("print('{\"ready\": 1}')\nimport os\nos.write(1, b'hello')\n")
    warm = start(["chatty"])
    assert warm.answer["ready"] == warm.process.pid


def test_a_module_that_cannot_be_loaded_is_the_answer_and_the_end(start):
    warm = start(["no_such_module"])
    assert warm.answer["module"] == "no_such_module" and "cannot be imported" in warm.answer["error"]
    assert warm.process.wait(timeout=30) == 1


def test_forks_share_what_was_imported_before(start, tmp_path):
    (tmp_path / "counted.py").write_text(f"open({str(tmp_path / 'imports')!r}, 'a').write('x')\n")
    warm = start(["counted"])
    for _ in range(3):
        assert report_of(warm.fork("builtins:exec", "import counted"))["exit"] == 0
    assert (tmp_path / "imports").read_text() == "x"


@pytest.mark.parametrize("code", [0, 7])
def test_each_channel_hears_how_its_own_fork_ended(start, code):
    warm = start()
    sleeper, ended = warm.fork("time:sleep", 600), warm.fork("os:_exit", code)
    report = report_of(ended)
    assert (report["exit"], report["why"]) == (code, "")
    sleeper.settimeout(0)
    with pytest.raises(BlockingIOError):
        sleeper.recv(1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_that_is_sent_over_the_channel_reaches_its_fork(start, number):
    channel = start().fork("time:sleep", 600)
    control_channel.send(channel, {"signal": int(number)})
    assert report_of(channel)["exit"] == -number


def test_a_closed_channel_ends_its_fork_and_no_other(start, tmp_path):
    warm = start()
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    closed = warm.fork("builtins:exec", f"import time; held = open({str(fifo)!r}, 'w'); time.sleep(600)")
    other = warm.fork("builtins:exec", "import sys; sys.exit(sys.stdin.read() != '')")
    with fifo.open() as alive:
        closed.close()
        assert alive.read() == ""  # the end of the file comes when the fork that holds it has ended
    assert report_of(other)["exit"] == 0


@pytest.mark.parametrize("body", [b"\0\0\0\x02{}", b"\0\0\0\x03[1]", b"\xff\xff\xff\xff"])
def test_nonsense_on_a_channel_ends_its_fork_and_not_the_zygote(start, body):
    warm = start()
    channel = warm.fork("time:sleep", 600)
    channel.sendall(body)
    assert report_of(channel)["exit"] == -signal.SIGKILL
    assert report_of(warm.fork("os:_exit", 0))["exit"] == 0


def test_a_fork_that_uses_more_memory_than_its_limit_is_ended_for_that(start):
    limits = {"open_files": 256, "processes": 64, "file_bytes": 1 << 30, "cpu_seconds": 60, "memory_bytes": 100 << 20}
    bomb = (
        "import os, time\nfor n in range(4):\n    if os.fork() == 0:\n        x = b'x' * 60_000_000\n        time.sleep(600)\n"
        "time.sleep(600)"
    )
    report = report_of(start().fork("builtins:exec", bomb, limits=limits))
    assert (report["exit"], report["why"]) == (-signal.SIGKILL, "memory")
    assert report["peak"] > limits["memory_bytes"]


def test_it_ends_with_all_its_forks_when_its_input_is_closed(start, tmp_path):
    warm = start()
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    channel = warm.fork("builtins:exec", f"import time; held = open({str(fifo)!r}, 'w'); time.sleep(600)")
    with fifo.open() as alive:
        assert warm.close() == 0
        assert alive.read() == ""
    channel.close()
