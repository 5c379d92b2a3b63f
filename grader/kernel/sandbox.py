"""The walls around the process that all kernels are forked from.

In: which sandbox, what it must be able to read. Out: the command that runs Python in it.
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
from grader.kernel.inside import preload
from grader.kernel.inside import sandbox_paths as places

NOBODY = 65534
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts", "mime.types")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")


class SandboxError(GraderError):
    """A sandbox, or a kernel in it, cannot be had. The message says why, and how to get it.

    ``module`` is the one that could not be taken in, where that is the reason.
    """

    def __init__(self, text: str, module: str = "") -> None:
        super().__init__(text)
        self.module = module


class ZygoteLost(SandboxError):
    """The warm process, which kernels are forked from, is gone. Another one can be started."""


class SandboxKind(enum.StrEnum):
    """What stands between a submission and the machine."""

    BUBBLEWRAP = "bubblewrap"  # Linux: everything that grader.kernel.inside.confinement describes
    NONE = "none"  # Linux: warm forks that can read and write whatever the user can
    SPAWN = "spawn"  # any system: an ordinary kernel process, as unprotected as NONE and slower
    DOCKER = "docker"  # the whole command runs in a container: see grader.kernel.container


@dataclass(frozen=True)
class Sandbox:
    """Which walls, and what is to be read behind them beside the system and Python: ``read_only`` lists files and folders."""

    walls: SandboxKind = SandboxKind.BUBBLEWRAP
    read_only: tuple[Path, ...] = ()

    @property
    def protects(self) -> bool:
        return self.walls is SandboxKind.BUBBLEWRAP

    @property
    def uid(self) -> int | None:
        """The user that a zygote becomes: root grades as nobody, since some limits do not hold for root."""
        return NOBODY if self.protects and os.geteuid() == 0 else None

    def check(self) -> str:
        """See that the walls can be raised here. Returns the path of the bubblewrap that works, or "" if none is needed.

        Raises:
            SandboxError: there is no bubblewrap, or the system does not let it work. The message says how to fix it.
        """
        if self.walls is SandboxKind.DOCKER:
            raise SandboxError(
                "docker is no sandbox for one kernel: the whole command runs in a container. "
                "Use `grader grade --sandbox docker …`, or `docker run` as the Dockerfile says."
            )
        if self.walls is SandboxKind.NONE and sys.platform != "linux":
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
        room: Path,
        settings: Mapping[str, Any],
        data: Mapping[str, Path],
        monitor: tuple[int, int],
    ) -> list[str]:
        """The command that runs a zygote with ``settings``. It reads the data sets from where the command puts them.

        ``bwrap`` is what `check` returned.
        ``monitor`` is a pipe, both ends to be inherited: the zygote ends when bubblewrap's own process, which holds it, does.
        """
        if not self.protects:
            inside: dict[str, Any] = {
                **settings,
                "room": str(room),
                "data": {name: str(path.resolve()) for name, path in data.items()},
                "sandboxed": False,
                "uid": None,
                "kept": [],
                "monitor": [],
            }
            return _python(str(Path(grader.__file__).parent.parent), inside)
        shown = {name: f"{places.DATA}/{name}.npz" for name in data}
        kept = [str(path) for path in self._folders() if path.is_relative_to("/tmp")]
        inside = {
            **settings,
            "room": places.ROOM,
            "data": shown,
            "sandboxed": True,
            "uid": self.uid,
            "kept": kept,
            "monitor": list(monitor),
        }
        walls = [bwrap, *self.walls_around(room, data), "--json-status-fd", str(monitor[1])]
        return [*walls, *_python(places.LIBRARY, inside)]

    def walls_around(self, room: Path, data: Mapping[str, Path]) -> list[str]:
        """The arguments of bubblewrap: only what is named here can be seen."""
        words = [*self._namespaces(), *self._system(), "--proc", "/proc", "--dev", "/dev"]
        words += ["--perms", "1777", "--tmpfs", "/tmp"]
        shown = {str(path): path for path in self._folders()}
        shown[f"{places.LIBRARY}/grader"] = Path(grader.__file__).parent
        shown |= {f"{places.DATA}/{name}.npz": path.resolve() for name, path in data.items()}
        needed = (places.SCRATCH, places.SOCKETS, places.HOME, places.DATA, places.ROOM, "/run/proc", "/dev/shm")
        # Folders on the way to a place must be open to another user than the one that starts bubblewrap.
        for folder in sorted(_above(needed) | _above([str(Path(place).parent) for place in shown])):
            words += ["--perms", "0755", "--dir", folder]
        for place, path in shown.items():
            words += ["--ro-bind", str(path), place]
        words += ["--bind", str(room), places.ROOM, "--chdir", "/"]
        # What bubblewrap makes itself lies in memory and could be written to: a way from one fork to the next.
        return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]

    def _folders(self) -> list[Path]:
        wanted = (*_python_folders(), *(path.resolve() for path in self.read_only))
        return [path for path in wanted if not any(path.is_relative_to(folder) for folder in SYSTEM)]

    def _namespaces(self) -> list[str]:
        words = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--new-session"]
        words += ["--as-pid-1", "--hostname", "sandbox", "--clearenv"]
        for name, value in {**preload.environment(), "HOME": "/tmp", "TMPDIR": "/tmp"}.items():
            words += ["--setenv", name, value]
        if os.geteuid() == 0:
            # Only to become another user, which takes them away again.
            return [*words, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        return [*words, "--unshare-user", "--cap-drop", "ALL"]

    def _system(self) -> Iterator[str]:
        for place in map(Path, SYSTEM):
            if place.is_symlink():  # /bin -> usr/bin, on most systems of today
                yield from ("--symlink", str(place.readlink()), str(place))
            elif place.exists():
                yield from ("--ro-bind", str(place), str(place))
        yield from ("--perms", "0755", "--dir", "/etc")
        for name in ETC:
            yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def _above(places: Sequence[str]) -> set[str]:
    """The places, and the folders that they lie in."""
    return {str(folder) for place in places for folder in (Path(place), *Path(place).parents[:-1])}


def _python(library: str, settings: Mapping[str, Any]) -> list[str]:
    # -P and -s: neither the working folder nor the user's own packages are looked at.
    start = (
        "import json, sys; sys.path += [path for path in sys.argv[2:] if path not in sys.path]; "
        "from grader.kernel.inside import zygote; zygote.main(json.loads(sys.argv[1]))"
    )
    return [sys.executable, "-P", "-s", "-c", start, json.dumps(settings), *_package_folders(), library]


def _package_folders() -> list[str]:
    """Where this process finds installed packages, wherever they were installed to."""
    return [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages") and Path(path).is_dir()]


def _python_folders() -> Sequence[Path]:
    """The folders that this Python runs from: its environment, the installation below, and links on the way."""
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
