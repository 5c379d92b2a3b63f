"""Start a zygote and ask it for kernels: the host's side.

    with Zygote(modules=["numpy", "tensorflow"]) as zygote:
        folder = zygote.address.new_folder()
        kernel = zygote.address.fork(folder, connection)

A `ZygoteAddress` can be sent to other processes of the same machine, which then fork from the same zygote.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.core.model import Limits
from grader.kernel.inside import control_channel
from grader.kernel.inside.environment import environment
from grader.kernel.sandbox import NOBODY, Sandbox, SandboxError, SandboxKind, ZygoteLost

START_SECONDS = 120
FORK_SECONDS = 30


@dataclass(frozen=True)
class KernelFolder:
    """The folder of one kernel. What is in ``files`` when it starts, the kernel finds in its working folder."""

    folder: Path

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def ip(self) -> str:
        """What Jupyter calls the ip of an ipc connection: the beginning of its sockets' paths."""
        return str(self.folder / "sockets" / "s")

    def empty(self) -> None:
        """Make it as it was at first, for a kernel that is restarted."""
        for folder in self.folder.iterdir():
            shutil.rmtree(folder)
        for folder in (self.files, self.folder / "sockets"):
            folder.mkdir(mode=0o755 if folder == self.files else 0o700)
            owner = self.folder.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class WarmKernel:
    """A forked process, with the methods of `subprocess.Popen` that Jupyter needs.

    It lives as long as its control channel: when this object goes, or the process that holds it dies, the kernel ends.
    """

    stdin = stdout = stderr = None

    def __init__(self, channel: socket.socket, pid: int) -> None:
        self.channel = channel
        self.pid = pid  # of this process: a kernel's own number has a meaning only in its namespace
        self.returncode: int | None = None
        self.why = ""
        """Why it was ended: "memory" for passing its limit; "zygote" where the zygote died; else empty."""
        self.peak_bytes = 0
        self.cpu_seconds = 0.0
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """None while it lives; then its exit code, negative for a signal."""
        with self._lock:
            if self.returncode is None and select.select([self.channel], [], [], 0)[0]:
                try:
                    message, _ = control_channel.receive(self.channel)
                    self.returncode, self.why = int(message["exit"]), str(message["why"])
                    self.peak_bytes = int(message["peak"])
                    self.cpu_seconds = float(message["cpu"])
                except (EOFError, OSError, ValueError, KeyError):
                    self.returncode, self.why = -signal.SIGKILL, "zygote"
                self.channel.close()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it is still alive.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if ends is None else ends - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            select.select([self.channel], [], [], left)
        return code

    def send_signal(self, number: int) -> None:
        # As pid 1 of its namespace a kernel does not hear SIGTERM: it has no handler for it.
        number = signal.SIGKILL if number == signal.SIGTERM else number
        if self.poll() is None:
            with contextlib.suppress(OSError):  # it ended just now; the next poll reports it
                control_channel.send(self.channel, {"signal": int(number)})

    def terminate(self) -> None:
        self.send_signal(signal.SIGKILL)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@dataclass(frozen=True)
class ZygoteAddress:
    """Where a zygote can be reached: its folder, and the sandbox that it runs in. Plain data: send it to workers."""

    folder: Path
    sandbox: Sandbox = field(default_factory=Sandbox)

    @property
    def answers(self) -> bool:
        """Whether the zygote still takes requests. A fork that fails may be the first sign that it does not."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.settimeout(FORK_SECONDS)
            try:
                channel.connect(str(self.folder / control_channel.SOCKET))
            except OSError:
                return False
        return True

    def new_folder(self, files: Mapping[str, bytes] | None = None) -> KernelFolder:
        """A new folder for a kernel, with these files. The caller removes it."""
        created = KernelFolder(self.folder / uuid.uuid4().hex[:8])
        created.folder.mkdir(mode=0o700)
        if self.sandbox.uid is not None:
            os.chown(created.folder, self.sandbox.uid, self.sandbox.uid)
        created.empty()
        for name, content in (files or {}).items():
            file = created.files / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o644)
        return created

    def fork(
        self,
        kernel_folder: KernelFolder,
        connection: Mapping[str, Any] | None = None,
        *,
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        fds: Mapping[str, int] | None = None,
        target: str = "",
        arguments: Sequence[Any] = (),
        seed: int = 0,
    ) -> WarmKernel:
        """Fork a kernel that is ready to answer when this returns.

        ``connection`` is the content of Jupyter's connection file; its sockets are bound at ``kernel_folder.ip``. ``env``
        is added to a clean environment. Without ``limits``, a kernel in the sandbox gets the default ones, and one outside
        none. ``fds`` maps names of variables to open files: the fork inherits them and finds their numbers under these names.
        ``target``, "module:function", is run with ``arguments`` instead of a Jupyter kernel.

        Raises:
            SandboxError: the zygote is gone, or the fork could not be made.
        """
        if limits is None and self.sandbox.protects:
            limits = Limits()
        fds = dict(fds or {})
        request = {
            "kernel": kernel_folder.folder.name,
            "zygote_folder": str(self.folder),
            "target": target,
            "connection": dict(connection or {}),
            "arguments": list(arguments),
            "env": dict(env or {}),
            "files": list(fds),
            "limits": asdict(limits) if limits else {},
            "seed": seed,
        }
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            channel.settimeout(FORK_SECONDS)
            channel.connect(str(self.folder / control_channel.SOCKET))
            control_channel.send(channel, request, list(fds.values()))
            answer, _ = control_channel.receive(channel)
            channel.settimeout(None)
        except (OSError, EOFError, ValueError) as error:
            channel.close()
            raise ZygoteLost(
                f"the warm process that kernels are forked from does not answer ({type(error).__name__}: {error}). "
                "It may have been killed because the machine ran out of memory. Run again, with fewer workers."
            ) from error
        if "ready" not in answer:
            channel.close()
            raise SandboxError(f"no kernel: {answer.get('error', answer)}")
        return WarmKernel(channel, os.getpid())


class Zygote:
    """A running warm process. It ends when this object is closed, or when this process ends.

    ``modules`` are imported before the first fork; ``data`` maps names of Keras' data sets to .npz files; without ``kernel``
    nothing of Jupyter is imported: for forks with a target. ``warnings`` are sentences for the teacher about what the sandbox
    cannot do on this machine.

    Raises:
        SandboxError: the sandbox does not work here, or a module or a data set cannot be loaded.
    """

    def __init__(
        self,
        sandbox: Sandbox | None = None,
        modules: Sequence[str] = (),
        data: Mapping[str, Path] | None = None,
        *,
        kernel: bool = True,
    ) -> None:
        sandbox = sandbox or Sandbox()
        data = data or {}
        for name, path in data.items():
            if not path.is_file():
                raise SandboxError(f"the data set {name}: there is no file {path}. Give its path as name=FILE.")
        if sandbox.kind is SandboxKind.SPAWN:
            raise SandboxError("there is nothing to fork from in spawn mode. Let the provisioner start the kernels.")
        bwrap = sandbox.check()
        # The path of a socket may have 107 characters.
        folder = Path(tempfile.mkdtemp(prefix="grader-", dir=None if len(tempfile.gettempdir()) < 60 else "/tmp"))
        if sandbox.uid is not None:
            os.chown(folder, NOBODY, NOBODY)
        self.address = ZygoteAddress(folder, sandbox)
        self.warnings: tuple[str, ...] = ()
        settings = {"modules": list(modules), "kernel": kernel}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        monitor = os.pipe()
        self.process = subprocess.Popen(
            sandbox.command(bwrap, folder, settings, data, monitor),
            pass_fds=monitor if sandbox.protects else (),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={
                **environment(),
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "PATH": os.environ.get("PATH", os.defpath),
            },
            start_new_session=True,
        )
        for end in monitor:
            os.close(end)
        try:
            self._await_start()
        except BaseException:
            self.close()
            raise

    def _await_start(self) -> None:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        answer = self.process.stdout.readline() if ready else b""
        if not answer:
            what = "ended" if ready else f"was not ready after {START_SECONDS} s"
            raise SandboxError(f"the warm process {what}; it wrote: {self.log() or 'nothing'}")
        message = json.loads(answer)
        if "error" in message:
            raise SandboxError(message["error"], message.get("module", ""))
        self.warnings = tuple(message["warnings"])

    def log(self) -> str:
        """The end of what the warm process wrote to its standard error."""
        self._log.seek(0)
        return self._log.read()[-2000:].decode(errors="replace").strip()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """End it and all its kernels, and remove its folder."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._log.close()
        shutil.rmtree(self.address.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
