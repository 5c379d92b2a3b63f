"""What a fork of the zygote does: it reads its request, goes behind its walls, and becomes a kernel or another program.

In the sandbox the fork is a helper with capabilities in its new namespaces. It forks the kernel, which has none, opens
and closes doors for it, and ends as soon as the kernel is ready. The kernel is pid 1 of its namespace, so that whatever it
leaves behind ends with it.
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

from grader.kernel.inside import confinement as walls
from grader.kernel.inside import control_channel as lines
from grader.kernel.inside import preload
from grader.kernel.inside import sandbox_paths as places


class Request(TypedDict):
    """What a fork is asked for. ``ZygoteAddress.fork`` writes it.

    ``kernel`` is the name of its folder in ``room``; ``target`` a "module:function" that is run with ``arguments``, or "" for
    a Jupyter kernel with this ``connection``; ``files`` the names of the variables that hold the numbers of the files that
    came with the request; ``limits`` are those of `Limits`, and empty where there are none.
    """

    kernel: str
    room: str
    target: str
    connection: dict[str, Any]
    arguments: list[Any]
    env: dict[str, str]
    files: list[str]
    limits: dict[str, int]
    seed: int


def close_files(keep: Collection[int]) -> None:
    """Close all open files but these."""
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:  # noqa: PTH208 - numbers, not paths
        if number not in keep:
            try:
                os.close(number)
            except OSError:  # the one that listed the others
                continue


def live(line: socket.socket, tell: int, sandboxed: bool, kept: Sequence[str] = ()) -> None:
    """The whole life of a fork. ``kept`` are folders below /tmp that it must see. Never returns."""
    message, files = lines.receive(line)
    request = cast(Request, message)
    os.setsid()
    walls.prctl(walls.PR_SET_DUMPABLE, 1)  # the files of one's own in /proc belong to root otherwise
    Path("/proc/self/oom_score_adj").write_text("1000")  # if the machine runs out of memory, let it be this one's turn
    if not sandboxed:
        _tell(tell, os.getpid(), request)
        _live_unprotected(line, request, files)
    try:
        walls.enter_namespaces()
        walls.furnish(request["kernel"], request["limits"]["disk_bytes"], kept)
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            line.close()
            os.close(tell)
            ours.close()
            _live_protected(theirs, request, files)
        theirs.close()
        walls.show_own_process(pid)
        _tell(tell, pid, request)
        lines.send(ours, {"enter": True})
        answer, _ = lines.receive(ours)
        if "error" not in answer:
            # The sockets are bound and stay reachable from outside; the folder, which lies on the host's disk, goes.
            walls.unmount(places.SOCKETS)
        lines.send(line, answer)
        lines.send(ours, {"go": True})
    except EOFError:
        lines.send(line, {"error": "the kernel died before it was ready"})
    except OSError as error:
        lines.send(line, {"error": f"the walls around the kernel could not be raised: {error.strerror or error}"})
    os._exit(0)


def _tell(tell: int, pid: int, request: Request) -> None:
    os.write(tell, f"{pid} {request['limits'].get('memory_bytes', 0)}".encode())
    os.close(tell)


def _live_protected(door: socket.socket, request: Request, files: list[int]) -> None:
    try:
        lines.receive(door)
        os.setsid()
        walls.set_limits(request["limits"])
        walls.drop_capabilities()
        walls.forbid_calls()
    except Exception as error:
        lines.send(door, {"error": f"the walls around the kernel could not be raised: {error}"})
        os._exit(1)

    def announce(answer: dict[str, Any]) -> None:
        lines.send(door, answer)
        lines.receive(door)
        door.close()

    home = Path(places.HOME)
    _become(request, files, home, Path("/tmp"), f"{places.SOCKETS}/s", announce)


def _live_unprotected(line: socket.socket, request: Request, files: list[int]) -> None:
    def announce(answer: dict[str, Any]) -> None:
        lines.send(line, answer)
        line.close()

    own = Path(request["room"], request["kernel"])
    home, temporary = own / "home", own / "tmp"
    home.mkdir()
    temporary.mkdir()
    (own / "files").rename(home / "work")
    limits = {**request["limits"], "processes": 1 << 30}  # counted for the whole user here
    try:
        if request["limits"]:
            walls.set_limits(limits)
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
    """Put on the fork's own environment and run its program, to the end of the process."""
    code = 1
    try:
        numbers = {name: str(number) for name, number in zip(request["files"], files, strict=True)}
        os.environ.clear()
        os.environ.update(preload.environment())
        os.environ.update({"HOME": str(home), "TMPDIR": str(temporary), "IPYTHONDIR": str(temporary / ".ipython")})
        os.environ.update({**request["env"], **numbers})
        os.chdir(home / "work")
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2) if not request["target"] else (0,):
            os.dup2(null, stream)
        os.close(null)
        preload.seed_everything(request["seed"])
        if request["target"]:
            module, _, function = request["target"].partition(":")
            program = getattr(importlib.import_module(module), function)
            if request["limits"]:
                walls.limit_memory(request["limits"]["memory_bytes"])
            announce({"ready": True})
            program(*request["arguments"])
        else:
            start = _kernel(request, temporary / "connection.json", sockets)
            if request["limits"]:  # not before: the stacks of the kernel's own threads count, too
                walls.limit_memory(request["limits"]["memory_bytes"])
            announce({"ready": True})
            start()
        atexit._run_exitfuncs()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        try:
            announce({"error": f"the kernel could not start: {type(error).__name__}: {error}"})
        except OSError:  # it had started; what is wrong was told as output
            code = 1
    finally:
        os._exit(code)


def _kernel(request: Request, file: Path, sockets: str) -> Callable[[], None]:
    """Make this process a Jupyter kernel with its sockets bound; what is returned runs it."""
    from ipykernel.kernelapp import IPKernelApp

    file.write_text(json.dumps({**request["connection"], "transport": "ipc", "ip": sockets}))
    file.chmod(0o600)
    sys.argv = ["ipykernel_launcher.py"]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Modules beside the notebook, behind the standard library: IPython leaves them out where Python was started with -P.
    sys.path.insert(next((at for at, path in enumerate(sys.path) if path.endswith("-packages")), 0), "")
    app = IPKernelApp.instance(parent_handle=0)
    # No history on the disk. nbclient says so itself, and twice would be an error.
    initialize: Callable[[list[str]], None] = app.initialize  # they have no annotations
    start: Callable[[], None] = app.start
    initialize(["-f", str(file), *dict.fromkeys(["--HistoryManager.hist_file=:memory:", *request["arguments"]])])
    file.unlink()
    # On shutdown ipykernel would look for children, take itself for one in our /proc, and wait for its own end. Whatever is
    # left ends with the kernel: by its namespace, or by the zygote.
    app.kernel._process_children = list

    def run() -> None:
        start()
        # The thread that was asked to shut down still waits for the one that sends output. ipykernel ends that one first,
        # and then hangs, now and then.
        if app.control_thread and app.control_thread.is_alive():
            app.control_thread.stop()
            app.control_thread.join()

    return run
