"""Warm kernels in a sandbox, for Jupyter: for nbclient, `jupyter nbconvert --execute` and stock `nbgrader autograde`.

In: what Jupyter asks of a provisioner. Out: a kernel that is forked from a zygote. These lines in `nbgrader_config.py`, or in
`jupyter_nbconvert_config.py`, are enough:

    c.NotebookClient.kernel_manager_class = "grader.kernel.provisioner.WarmKernelManager"
    c.WarmProvisioner.modules = ["numpy", "matplotlib", "tensorflow"]  # what the notebooks import
    c.WarmProvisioner.data = {"mnist": "/path/to/mnist.npz"}           # if they load data of Keras

Without a configuration file, an environment variable does the same for every program that starts kernels:
`JUPYTER_DEFAULT_PROVISIONER_NAME=grader jupyter nbconvert --to notebook --execute …`. (Jupyter's own line for this,
`c.KernelProvisionerFactory.default_provisioner_name = "grader"`, is not read by nbclient.)
For one kernel alone, this goes into its `kernel.json`:

    {"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
     "display_name": "Python 3 (warm)", "language": "python",
     "metadata": {"kernel_provisioner": {"provisioner_name": "grader", "config": {"modules": ["numpy"]}}}}

The first kernel of a process starts its zygote; the others are forked from it. `WarmProvisioner.sandbox` is "bubblewrap" unless
it is set to "none", "docker" or "spawn". A kernel finds copies of the files beside its notebook, but no notebook;
what it writes is gone when it ends. A kernel in a language other than Python is started as usual, and the log says so.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import shutil
import sys
import threading
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Dict, Enum, Integer, List, Unicode

from grader.core.model import Limits
from grader.kernel.sandbox import Sandbox, SandboxError, SandboxKind
from grader.kernel.warm import KernelFolder, Zygote, ZygoteAddress

KEPT_VARIABLES = ("NBGRADER_",)


class WarmProvisioner(LocalProvisioner):
    """Gives Jupyter a kernel forked from a zygote, over ipc sockets in the kernel's folder.

    ``start_kernel`` takes, beside what every kernel manager takes: ``fds``, a mapping of variables' names to open files
    that the kernel inherits; ``kernel_limits``, a `Limits`; ``kernel_env``, variables for the kernel (of ``env`` it
    gets only those of nbgrader); ``kernel_files``, the content of files for its working folder, by their names.
    """

    zygote_folder = Unicode(
        "", help="The folder of a running zygote (ZygoteAddress.folder). Empty: start one for this process."
    ).tag(config=True)
    sandbox = Enum([str(kind) for kind in SandboxKind], "bubblewrap", help="The sandbox around the kernels.").tag(
        config=True
    )
    modules = List(Unicode(), help="Modules to import before the first fork.").tag(config=True)
    data = Dict(help="Data sets of Keras: name to .npz file.").tag(config=True)
    limits = Dict(help="Fields of Limits that differ from its defaults, e.g. memory_bytes.").tag(config=True)
    seed = Integer(0, help="Seeds Python, NumPy and TensorFlow in each kernel.").tag(config=True)

    kernel_folder: KernelFolder | None = None
    zygote_address: ZygoteAddress | None = None

    def _warm(self) -> bool:
        if self.sandbox == SandboxKind.SPAWN:
            return False
        python = (self.kernel_spec.language or "").lower() == "python"
        if not python:
            self.log.warning(
                "The kernel %s does not run Python: it is started as usual, without a sandbox.",
                self.kernel_spec.display_name,
            )
        return python

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the kernel's folder, and let the manager put its sockets there."""
        extra = {name: kwargs.pop(name, None) for name in ("fds", "kernel_limits", "kernel_env", "kernel_files")}
        if not self._warm():
            return await self._pre_spawn(extra, **kwargs)
        if self.zygote_address is None:
            self.zygote_address = await asyncio.to_thread(self._find_zygote)
        if self.kernel_folder is None:  # a restarted kernel keeps its folder's name, which its clients know
            self.kernel_folder = self.zygote_address.new_folder(extra["kernel_files"])
            if self.parent is not None:
                self.parent.transport, self.parent.ip = "ipc", self.kernel_folder.ip
        copied = kwargs.get("cwd")
        if copied:
            limits = extra["kernel_limits"] or Limits(**self.limits)
            copy_files(Path(copied), self.kernel_folder.files, limits.disk_bytes)
        arguments = list(kwargs.get("extra_arguments") or ())
        kwargs = await super().pre_launch(**kwargs)
        return {**kwargs, **extra, "arguments": arguments}

    async def _pre_spawn(self, extra: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        kwargs = await super().pre_launch(**kwargs)
        fds = dict(extra["fds"] or {})
        kwargs["env"].update({name: str(number) for name, number in fds.items()})
        kwargs["env"].update(extra["kernel_env"] or {})
        if fds:
            if sys.platform == "win32":
                raise SandboxError("open files cannot be handed to a kernel on Windows.")
            kwargs["pass_fds"] = tuple(fds.values())
        return kwargs

    def _find_zygote(self) -> ZygoteAddress:
        sandbox = Sandbox(SandboxKind(self.sandbox))
        if self.zygote_folder:
            return ZygoteAddress(Path(self.zygote_folder), sandbox)
        return own_zygote(sandbox, tuple(self.modules), dict(self.data), self.log.warning).address

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if self.kernel_folder is None or self.zygote_address is None:
            return await super().launch_kernel(cmd, **kwargs)
        connection = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in self.connection_info.items()
        }
        env = {name: value for name, value in kwargs["env"].items() if name.startswith(KEPT_VARIABLES)}
        zygote_address, kernel_folder = self.zygote_address, self.kernel_folder
        self.process = await asyncio.to_thread(
            lambda: zygote_address.fork(
                kernel_folder,
                connection,
                limits=kwargs["kernel_limits"] or Limits(**self.limits),
                env={**env, **(kwargs["kernel_env"] or {})},
                fds=kwargs["fds"],
                arguments=kwargs["arguments"],
                seed=self.seed,
            )
        )
        self.pid, self.pgid, self.cwd = self.process.pid, None, kwargs.get("cwd")
        return self.connection_info

    @property
    def why_ended(self) -> str:
        """Why the kernel was ended: "memory" for passing its limit, "zygote" where the zygote died; else empty."""
        return getattr(self.last_process, "why", "")

    @property
    def cpu_seconds(self) -> float:
        """The CPU time of the kernel and its children, in seconds; known when it has ended."""
        return getattr(self.last_process, "cpu_seconds", 0.0)

    @property
    def peak_bytes(self) -> int:
        """The most memory that the kernel was seen to use; known when it has ended."""
        return getattr(self.last_process, "peak_bytes", 0)

    last_process: Any = None

    async def wait(self) -> int | None:
        self.last_process = self.process  # the base class forgets it
        return await super().wait()

    async def poll(self) -> int | None:
        if self.process is not None:
            self.last_process = self.process
        return await super().poll()

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if self.kernel_folder is not None:
            if restart:
                self.kernel_folder.empty()
            else:
                self.kernel_folder.remove()
                self.kernel_folder = None


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels always come from `WarmProvisioner`, for configuration that names a class."""

    kernel_id: Any
    provisioner: Any

    async def start_kernel(self, **kwargs: Any) -> None:
        if self.provisioner is None:  # it is kept for restarts
            self.kernel_id = self.kernel_id or kwargs.pop("kernel_id", None) or str(uuid.uuid4())
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**kwargs)


def copy_files(source: Path, target: Path, limit: int) -> None:
    """Copy the files beside a notebook, at any depth, but no notebook, no link and no hidden file.

    Raises:
        SandboxError: they are more than ``limit`` bytes.
    """
    size = 0
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        into = target / Path(folder).relative_to(source)
        into.mkdir(exist_ok=True)
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or file.suffix == ".ipynb" or file.is_symlink() or not file.is_file():
                continue
            size += file.stat().st_size
            if size > limit:
                raise SandboxError(
                    f"{source}: the files beside the notebook are more than {limit:,} bytes, which is what a kernel may "
                    "have. Move the files that the notebook does not read, or raise disk_bytes in the limits."
                )
            shutil.copyfile(file, into / name)


_zygotes: dict[str, Zygote] = {}
_lock = threading.Lock()


def own_zygote(
    sandbox: Sandbox, modules: Iterable[str], data: dict[str, str], warn: Callable[[str], object] = lambda text: None
) -> Zygote:
    """This process's zygote for these modules and data sets. One is started if there is none yet, or if it has died.

    ``warn`` receives what the sandbox cannot do here.

    Raises:
        SandboxError: see `Zygote`.
    """
    name = json.dumps([sandbox.kind, list(map(str, sandbox.read_only)), list(modules), data, os.getpid()])
    with _lock:
        zygote = _zygotes.get(name)
        if zygote is None or not zygote.alive:
            if zygote is not None:
                zygote.close()
            zygote = Zygote(sandbox, tuple(modules), {key: Path(path) for key, path in data.items()})
            _zygotes[name] = zygote
            for text in zygote.warnings:
                warn(text)
        return zygote


@atexit.register
def _close_zygotes() -> None:
    for name, zygote in _zygotes.items():
        if json.loads(name)[-1] == os.getpid():  # not in a fork of this process
            with contextlib.suppress(OSError):
                zygote.close()
