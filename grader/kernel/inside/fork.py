"""What a fork of the zygote does: it reads its request, confines itself, and becomes a Jupyter kernel or another program.

In: a control channel on which a request waits. Out: a process that is ready, then its end. In the sandbox the fork is a helper
with capabilities in its new namespaces. It forks the kernel, which has none, mounts and unmounts for it, and ends as soon as
the kernel is ready. The kernel is pid 1 of its namespace, so every process that it leaves behind ends with it.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, TypedDict, cast

from grader.kernel.inside import call_filter, confinement, control_channel, resource_limits, sandbox_paths, seeds
from grader.kernel.inside.environment import environment
from grader.kernel.inside.ipykernel_private import bound_kernel


class Request(TypedDict):
    """What `grader.kernel.warm.ZygoteAddress.fork` asks for."""

    kernel: str  # the name of the kernel's folder in the zygote's folder
    zygote_folder: str
    target: str  # "module:function", or "" for a Jupyter kernel
    connection: dict[str, Any]  # Jupyter's connection file
    arguments: list[Any]
    env: dict[str, str]
    files: list[str]  # variables that will hold the numbers of the files that came with the request
    limits: dict[str, Any]  # fields of Limits; empty for none
    seed: int


def close_files(keep: Collection[int]) -> None:
    """Close all open files but these."""
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:  # noqa: PTH208 - numbers, not paths
        if number not in keep:
            try:
                os.close(number)
            except OSError:  # the one that listed the others
                continue


def live(channel: socket.socket, report: int, sandboxed: bool, kept: Sequence[str] = ()) -> None:
    """The whole life of a fork. Never returns.

    ``report`` is the pipe that tells the zygote which process is the kernel; ``kept`` are folders below /tmp that it must see.
    """
    message, files = control_channel.receive(channel)
    request = cast(Request, message)
    os.setsid()
    # Otherwise the files of this process in /proc belong to root.
    confinement.prctl(confinement.PR_SET_DUMPABLE, 1)
    Path("/proc/self/oom_score_adj").write_text("1000")  # if the machine runs out of memory, end this process first
    if not sandboxed:
        _report_kernel(report, os.getpid(), request)
        _live_unprotected(channel, request, files)
    try:
        confinement.enter_namespaces()
        confinement.furnish(request["kernel"], request["limits"]["disk_bytes"], kept)
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            channel.close()
            os.close(report)
            ours.close()
            _live_protected(theirs, request, files)
        theirs.close()
        confinement.show_own_process(pid)
        _report_kernel(report, pid, request)
        control_channel.send(ours, {"enter": True})
        answer, _ = control_channel.receive(ours)
        if "error" not in answer:
            # The sockets are bound and can still be reached from outside; the folder, which is on the host's disk, goes.
            confinement.unmount(sandbox_paths.SOCKETS)
        control_channel.send(channel, answer)
        control_channel.send(ours, {"go": True})
    except EOFError:
        control_channel.send(channel, {"error": "the kernel died before it was ready"})
    except OSError as error:
        control_channel.send(channel, {"error": f"the kernel could not be confined: {error.strerror or error}"})
    os._exit(0)


def _report_kernel(report: int, pid: int, request: Request) -> None:
    os.write(report, f"{pid} {request['limits'].get('memory_bytes', 0)}".encode())
    os.close(report)


def _live_protected(helper: socket.socket, request: Request, files: list[int]) -> None:
    try:
        control_channel.receive(helper)
        os.setsid()
        resource_limits.set_limits(request["limits"])
        confinement.drop_capabilities()
        call_filter.forbid_calls()
    except Exception as error:
        control_channel.send(helper, {"error": f"the kernel could not be confined: {error}"})
        os._exit(1)

    def announce(answer: dict[str, Any]) -> None:
        control_channel.send(helper, answer)
        control_channel.receive(helper)
        helper.close()

    home = Path(sandbox_paths.HOME)
    _become(request, files, home, Path("/tmp"), f"{sandbox_paths.SOCKETS}/s", announce)


def _live_unprotected(channel: socket.socket, request: Request, files: list[int]) -> None:
    def announce(answer: dict[str, Any]) -> None:
        control_channel.send(channel, answer)
        channel.close()

    own = Path(request["zygote_folder"], request["kernel"])
    home, temporary = own / "home", own / "tmp"
    home.mkdir()
    temporary.mkdir()
    (own / "files").rename(home / "work")
    limits = {**request["limits"], "processes": 1 << 30}  # counted for the whole user here
    try:
        if request["limits"]:
            resource_limits.set_limits(limits)
    except OSError as error:
        announce({"error": f"the limits could not be set: {error}"})
        os._exit(1)
    _become(request, files, home, temporary, str(own / "sockets" / "s"), announce)


def _become(
    request: Request,
    files: list[int],
    home: Path,
    temporary: Path,
    sockets: str,
    announce: Callable[[dict[str, Any]], None],
) -> None:
    """Set the fork's environment and run its program, to the end of the process."""
    code = 1
    try:
        numbers = {name: str(number) for name, number in zip(request["files"], files, strict=True)}
        os.environ.clear()
        os.environ.update(environment())
        os.environ.update({"HOME": str(home), "TMPDIR": str(temporary), "IPYTHONDIR": str(temporary / ".ipython")})
        os.environ.update({**request["env"], **numbers})
        os.chdir(home / "work")
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2) if not request["target"] else (0,):
            os.dup2(null, stream)
        os.close(null)
        seeds.seed_everything(request["seed"])
        if request["target"]:
            module, _, function = request["target"].partition(":")
            program = getattr(importlib.import_module(module), function)
            if request["limits"]:
                resource_limits.limit_memory(request["limits"]["memory_bytes"])
            announce({"ready": True})
            program(*request["arguments"])
        else:
            start = _kernel(request, temporary / "connection.json", sockets)
            if request["limits"]:  # not before: the stacks of the kernel's own threads count, too
                resource_limits.limit_memory(request["limits"]["memory_bytes"])
            announce({"ready": True})
            start()
        atexit._run_exitfuncs()  # Python offers no public way to run them and then end without returning to the zygote
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        try:
            announce({"error": f"the kernel could not start: {type(error).__name__}: {error}"})
        except OSError:  # it had started; the error has been shown as output
            code = 1
    finally:
        os._exit(code)


def _kernel(request: Request, connection_file: Path, sockets: str) -> Callable[[], None]:
    """Make this process a Jupyter kernel with its sockets bound. The function that is returned runs it."""
    connection_file.write_text(json.dumps({**request["connection"], "transport": "ipc", "ip": sockets}))
    connection_file.chmod(0o600)
    sys.argv = ["ipykernel_launcher.py"]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Modules beside the notebook come after the standard library. IPython omits them where Python was started with -P.
    sys.path.insert(next((at for at, path in enumerate(sys.path) if path.endswith("-packages")), 0), "")
    start = bound_kernel(connection_file, request["arguments"])
    connection_file.unlink()
    return start
