"""The sandbox around the process that all kernels are forked from.

In: which kind, what it must be able to read. Out: the command that runs a zygote in it.
"""

from __future__ import annotations

import enum
import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grader
from grader.core.errors import GraderError
from grader.kernel import bubblewrap
from grader.kernel.inside import sandbox_paths
from grader.kernel.inside.environment import environment

NOBODY = 65534
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts", "mime.types")
ZYGOTE_MODULE = "grader.kernel.inside.zygote"  # run by another Python; it cannot be imported on Windows
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")


class SandboxError(GraderError):
    """A sandbox, or a kernel in it, cannot be started. The message says why, and how to fix it.

    ``module`` is the one that could not be loaded, where that is the reason.
    """

    def __init__(self, text: str, module: str = "") -> None:
        super().__init__(text)
        self.module = module


class ZygoteLost(SandboxError):
    """The warm process that kernels are forked from is gone. Another one can be started."""


class SandboxKind(enum.StrEnum):
    """What separates a submission from the machine."""

    BUBBLEWRAP = "bubblewrap"  # Linux: everything that grader.kernel.inside.confinement describes
    NONE = "none"  # Linux: warm forks that can read and write whatever the user can
    SPAWN = "spawn"  # any system: an ordinary kernel process, as unprotected as NONE and slower
    DOCKER = "docker"  # the whole command runs in a container: see grader.kernel.container


@dataclass(frozen=True)
class Sandbox:
    """A kind of sandbox. ``read_only`` lists files and folders that can be read in it beside the system and Python."""

    kind: SandboxKind = SandboxKind.BUBBLEWRAP
    read_only: tuple[Path, ...] = ()

    @property
    def protects(self) -> bool:
        return self.kind is SandboxKind.BUBBLEWRAP

    @property
    def uid(self) -> int | None:
        """The user that a zygote becomes. Root grades as nobody, since some limits do not hold for root."""
        return NOBODY if self.protects and os.geteuid() == 0 else None

    def check(self) -> str:
        """Make sure that the sandbox works here. Returns the path of the bubblewrap that works, or "" if none is needed.

        Raises:
            SandboxError: there is no bubblewrap, or the system does not let it work. The message says how to fix it.
        """
        if self.kind is SandboxKind.DOCKER:
            raise SandboxError(
                "docker is not a sandbox for a single kernel: the whole command runs in a container. "
                "Use `grader grade --sandbox docker …`, or `docker run` as the Dockerfile says."
            )
        if self.kind is SandboxKind.NONE and sys.platform != "linux":
            raise SandboxError(f"warm kernels need Linux, this is {sys.platform}. Use --sandbox spawn or docker.")
        if not self.protects:
            return ""
        if sys.platform != "linux":
            raise SandboxError(
                f"the sandbox needs Linux, and this is {sys.platform}. Use --sandbox docker; or --sandbox spawn: then "
                "submissions can read and change whatever you can."
            )
        # The second unshare is what each fork does within the first.
        trial = [*self._namespaces(), *self._system(), "--proc", "/proc", "--dev", "/dev", "unshare", "-U", "true"]
        choice = bubblewrap.choose(trial)
        if choice.problem:
            raise SandboxError(choice.problem)
        return choice.program

    def command(
        self,
        bwrap: str,
        folder: Path,
        settings: Mapping[str, Any],
        data: Mapping[str, Path],
        monitor: tuple[int, int],
    ) -> list[str]:
        """The command that runs a zygote with ``settings``. It reads the data sets from where the command puts them.

        ``bwrap`` is what `check` returned. ``folder`` is the zygote's: its control socket and the folders of its kernels.
        ``monitor`` is a pipe, both ends to be inherited: the zygote ends when bubblewrap's own process, which holds it, does.
        """
        if not self.protects:
            inside: dict[str, Any] = {
                **settings,
                "folder": str(folder),
                "data": {name: str(path.resolve()) for name, path in data.items()},
                "sandboxed": False,
                "uid": None,
                "kept": [],
                "monitor": [],
            }
            return _python(str(Path(grader.__file__).parent.parent), inside)
        shown = {name: f"{sandbox_paths.DATA}/{name}.npz" for name in data}
        kept = [str(path) for path in self._folders() if path.is_relative_to("/tmp")]
        inside = {
            **settings,
            "folder": sandbox_paths.ZYGOTE_FOLDER,
            "data": shown,
            "sandboxed": True,
            "uid": self.uid,
            "kept": kept,
            "monitor": list(monitor),
        }
        around = [bwrap, *self.bubblewrap_arguments(folder, data), "--json-status-fd", str(monitor[1])]
        return [*around, *_python(sandbox_paths.LIBRARY, inside)]

    def bubblewrap_arguments(self, folder: Path, data: Mapping[str, Path]) -> list[str]:
        """The arguments of bubblewrap: only what they name can be seen inside."""
        words = [*self._namespaces(), *self._system(), "--proc", "/proc", "--dev", "/dev"]
        words += ["--perms", "1777", "--tmpfs", "/tmp"]
        shown = {str(path): path for path in self._folders()}
        shown[f"{sandbox_paths.LIBRARY}/grader"] = Path(grader.__file__).parent
        shown |= {f"{sandbox_paths.DATA}/{name}.npz": path.resolve() for name, path in data.items()}
        needed = [sandbox_paths.SCRATCH, sandbox_paths.SOCKETS, sandbox_paths.HOME, sandbox_paths.DATA]
        needed += [sandbox_paths.ZYGOTE_FOLDER, "/run/proc", "/dev/shm"]
        # A user other than the one that starts bubblewrap must be able to enter the folders above each target.
        for above in sorted(_with_parents(needed) | _with_parents([str(Path(target).parent) for target in shown])):
            words += ["--perms", "0755", "--dir", above]
        for target, path in shown.items():
            words += ["--ro-bind", str(path), target]
        words += ["--bind", str(folder), sandbox_paths.ZYGOTE_FOLDER, "--chdir", "/"]
        # The folders that bubblewrap makes itself are in memory and writable: one fork could leave something for the next.
        return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]

    def _folders(self) -> list[Path]:
        wanted = (*_python_folders(), *(path.resolve() for path in self.read_only))
        return [path for path in wanted if not any(path.is_relative_to(folder) for folder in SYSTEM)]

    def _namespaces(self) -> list[str]:
        words = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--new-session"]
        words += ["--as-pid-1", "--hostname", "sandbox", "--clearenv"]
        for name, value in {**environment(), "HOME": "/tmp", "TMPDIR": "/tmp"}.items():
            words += ["--setenv", name, value]
        if os.geteuid() == 0:
            # They serve to become another user, and are lost by that.
            return [*words, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        return [*words, "--unshare-user", "--cap-drop", "ALL"]

    def _system(self) -> Iterator[str]:
        for path in map(Path, SYSTEM):
            if path.is_symlink():  # /bin -> usr/bin, on most systems today
                yield from ("--symlink", str(path.readlink()), str(path))
            elif path.exists():
                yield from ("--ro-bind", str(path), str(path))
        yield from ("--perms", "0755", "--dir", "/etc")
        for name in ETC:
            yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def _with_parents(paths: Sequence[str]) -> set[str]:
    """The paths, and the folders above them."""
    return {str(folder) for path in paths for folder in (Path(path), *Path(path).parents[:-1])}


def _python(library: str, settings: Mapping[str, Any]) -> list[str]:
    # -P and -s: Python looks neither into the working folder nor for the user's own packages.
    start = (
        "import importlib, json, sys; sys.path += [path for path in sys.argv[2:] if path not in sys.path]; "
        f"importlib.import_module({ZYGOTE_MODULE!r}).main(json.loads(sys.argv[1]))"
    )
    return [sys.executable, "-P", "-s", "-c", start, json.dumps(settings), *_package_folders(), library]


def _package_folders() -> list[str]:
    """Where this process finds installed packages, wherever they were installed to."""
    return [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages") and Path(path).is_dir()]


def _python_folders() -> Sequence[Path]:
    """The folders that this Python runs from: its environment, the installation below it, and the links between them."""
    paths = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix), Path(sys.executable).parent]
    paths += [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    paths += map(Path, _package_folders())
    link = Path(sys.executable)
    while link.is_symlink():
        link = link.parent / link.readlink()
        paths.append(link.parent)
    found: list[Path] = []
    for path in sorted({*paths, *(path.resolve() for path in paths)}, key=lambda path: len(path.parts)):
        if path.exists() and not any(path.is_relative_to(above) for above in found):
            found.append(path)
    return found
