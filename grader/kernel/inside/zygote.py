"""The warm process: it imports what the assignments use, then forks a kernel for each line that is opened to it.

Started by `grader.kernel.warm.Zygote`, in a sandbox or not. It has one thread, never runs a notebook's code, and never reads
a request, so that no fork finds another one's keys in the memory that they share. It waits for its children, watches their
memory, passes signals on, and tells each line how its fork ended. It ends, with all of them, when its standard input is
closed, or when the process of bubblewrap that holds it ends.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.kernel.inside import confinement as walls
from grader.kernel.inside import control_channel as lines
from grader.kernel.inside import fork, memory, preload

WATCH_EVERY = 0.05


@dataclass
class Fork:
    """One kernel, or one in the making: then ``kernel`` is 0, and ``helper`` is the process that makes it."""

    line: socket.socket
    pipe: int  # tells the kernel's process id and its limit of memory
    helper: int
    kernel: int = 0
    memory_bytes: int = 0
    why: str = ""
    peak: int = 0


class Zygote:
    """The loop of the warm process."""

    def __init__(self, listener: socket.socket, sandboxed: bool, kept: Sequence[str], lifelines: Sequence[int]) -> None:
        self.lifelines = lifelines
        self.listener, self.sandboxed, self.kept = listener, sandboxed, kept
        self.forks: list[Fork] = []
        self.selector = selectors.DefaultSelector()
        self.own_memory = memory.private_bytes(os.getpid())
        self.next_watch = 0.0
        # A signal of a child's end wakes the loop.
        self.wake, wake_up = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_up, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us, who then closes our input
        for number in (*lifelines, self.wake, listener.fileno()):
            self.selector.register(number, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve until the standard input is closed."""
        while True:
            for key, _ in self.selector.select(WATCH_EVERY if self.forks else None):
                if key.fd in self.lifelines:
                    if not os.read(key.fd, 1024):
                        return
                elif key.fd == self.wake:
                    os.read(self.wake, 4096)
                elif key.fd == self.listener.fileno():
                    self.open_line()
                elif key.data in self.forks:  # an event before this one may have ended it
                    if key.fileobj == key.data.pipe:
                        self.note_kernel(key.data)
                    else:
                        self.obey(key.data)
            self.reap()
            self.watch()

    def open_line(self) -> None:
        line, _ = self.listener.accept()
        line.settimeout(10)
        news, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._be_fork(line, tell)
        os.close(tell)
        entry = Fork(line, news, pid)
        self.forks.append(entry)
        self.selector.register(news, selectors.EVENT_READ, entry)

    def _be_fork(self, line: socket.socket, tell: int) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            # Other lines are other people's: who holds one keeps its far end from seeing its end.
            fork.close_files(keep={0, 1, 2, line.fileno(), tell})
            fork.live(line, tell, self.sandboxed, self.kept)
        except BaseException:  # nothing of a fork may run the zygote's loop
            traceback.print_exc()
        finally:
            os._exit(70)

    def note_kernel(self, entry: Fork) -> None:
        """A helper tells the process id of its kernel. From now on the line is ours to read."""
        text = os.read(entry.pipe, 100).decode()
        self.selector.unregister(entry.pipe)
        if text:
            entry.kernel, entry.memory_bytes = (int(part) for part in text.split())
            self.selector.register(entry.line, selectors.EVENT_READ, entry)

    def obey(self, entry: Fork) -> None:
        """Read one message from a line: a signal for its kernel; when the line is closed, the kernel ends."""
        try:
            message, _ = lines.receive(entry.line)
            number = int(message["signal"])
        except (OSError, EOFError, ValueError, KeyError):
            self.selector.unregister(entry.line)
            entry.why = entry.why or "closed"
            number = signal.SIGKILL
        if entry.kernel:
            self.send_signal(entry.kernel, number)

    def send_signal(self, pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL and not self.sandboxed:
                os.killpg(pid, number)  # without a process namespace its children would stay
            else:
                os.kill(pid, number)

    def reap(self) -> None:
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            for entry in list(self.forks):
                # A helper tells the kernel's id before it ends, but perhaps we have not read it yet.
                if entry.pipe in self.selector.get_map() and pid in (entry.helper, entry.kernel):
                    self.note_kernel(entry)
                if pid == entry.kernel or (pid == entry.helper and not entry.kernel):
                    self.close(entry, code, used.ru_utime + used.ru_stime)

    def close(self, entry: Fork, code: int, cpu: float) -> None:
        """A kernel, or the helper that should have made one, has ended."""
        if not self.sandboxed and entry.kernel:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(entry.kernel, signal.SIGKILL)
        with contextlib.suppress(OSError):  # whoever opened the line may be gone
            lines.send(entry.line, {"exit": code, "why": entry.why, "peak": entry.peak, "cpu": cpu})
        for source in (entry.pipe, entry.line):
            if source in self.selector.get_map():
                self.selector.unregister(source)
        os.close(entry.pipe)
        entry.line.close()
        self.forks.remove(entry)

    def watch(self) -> None:
        """End each kernel that, with its children, uses more memory than it may."""
        began = time.monotonic()
        if began < self.next_watch:
            return
        for entry in self.forks:
            if entry.kernel and entry.memory_bytes and not entry.why:
                used = memory.used_bytes(entry.kernel, self.own_memory, entry.memory_bytes)
                entry.peak = max(entry.peak, used)
                if used > entry.memory_bytes:
                    entry.why = "memory"
                    self.send_signal(entry.kernel, signal.SIGKILL)
        ended = time.monotonic()
        self.next_watch = ended + max(WATCH_EVERY * 0.9, 10 * (ended - began))


def become_user(uid: int) -> None:
    """Give up root for the user ``uid``, for ever."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main(settings: dict[str, Any]) -> None:
    """Warm up, say on standard output that it is done or what is wrong, and serve.

    ``settings``: room, modules, data (name to path), kernel (whether forks become Jupyter kernels), sandboxed, uid (or None),
    kept (folders below /tmp that forks must see), monitor (a pipe, see
    `Sandbox.command`).
    """
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a module that prints when it is imported must not speak for us
    try:
        if settings["uid"] is not None:
            become_user(settings["uid"])
        lifelines = [0]
        if settings["monitor"]:
            # Closed when bubblewrap's own process ends. A death signal does not reach another user's process.
            lifelines.append(settings["monitor"][0])
            with contextlib.suppress(OSError):  # most versions of bubblewrap close it themselves
                os.close(settings["monitor"][1])
        walls.prctl(walls.PR_SET_CHILD_SUBREAPER, 1)
        preload.import_modules(settings["modules"], kernel=settings["kernel"])
        preload.load_data({name: Path(path) for name, path in settings["data"].items()})
        preload.refuse_threads("a data set")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(Path(settings["room"], "line")))
        listener.listen(64)
        if settings["sandboxed"]:
            walls.prctl(walls.PR_SET_DUMPABLE, 0)
        # What is here now stays: looking through it again would copy its pages into each fork.
        gc.collect()
        gc.freeze()
        zygote = Zygote(listener, settings["sandboxed"], settings["kept"], lifelines)
    except preload.PreloadError as error:
        print(json.dumps({"error": str(error), "module": error.module}), file=answer, flush=True)
        sys.exit(1)
    except Exception as error:  # told to whoever waits for the answer
        traceback.print_exc()
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answer, flush=True)
        sys.exit(1)
    print(json.dumps({"ready": os.getpid()}), file=answer, flush=True)
    answer.close()
    zygote.run()
    for entry in zygote.forks:
        if entry.kernel:
            zygote.send_signal(entry.kernel, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
