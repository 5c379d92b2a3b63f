"""The warm process: it imports what the assignments use, then forks a kernel for each control channel that is opened to it.

In: settings from `grader.kernel.warm.Zygote`, which starts it, in a sandbox or not; then connections. Out: on standard output
whether it is ready; on each channel how the fork ended. It has one thread, never runs a notebook's code, and never reads a
request, so that no fork finds another one's keys in the memory that they share. It waits for its children, watches their
memory and passes signals on. It ends, with all of them, when its standard input is closed, or when the process of bubblewrap
that holds it ends.
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

from grader.kernel.inside import call_filter, confinement, control_channel, data_sets, fork, memory, preload

WATCH_EVERY = 0.05


@dataclass
class Fork:
    """One kernel, or one that is being made: then ``kernel`` is 0, and ``helper`` is the process that makes it."""

    channel: socket.socket
    pipe: int  # the helper writes the kernel's process id and its limit of memory into it
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
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # Ctrl-C is for the process that started us, which then closes our input
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
                    self.open_channel()
                elif key.data in self.forks:  # an event before this one may have ended it
                    if key.fileobj == key.data.pipe:
                        self.note_kernel(key.data)
                    else:
                        self.obey(key.data)
            self.reap()
            self.watch()

    def open_channel(self) -> None:
        channel, _ = self.listener.accept()
        channel.settimeout(10)
        reports, report = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._be_fork(channel, report)
        os.close(report)
        entry = Fork(channel, reports, pid)
        self.forks.append(entry)
        self.selector.register(reports, selectors.EVENT_READ, entry)

    def _be_fork(self, channel: socket.socket, report: int) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            # The other channels belong to other forks. A copy held here would hide from their far ends that they closed.
            fork.close_files(keep={0, 1, 2, channel.fileno(), report})
            fork.live(channel, report, self.sandboxed, self.kept)
        except BaseException:  # a fork must never run the zygote's loop
            traceback.print_exc()
        finally:
            os._exit(70)

    def note_kernel(self, entry: Fork) -> None:
        """A helper reports the process id of its kernel. From now on the channel is ours to read."""
        text = os.read(entry.pipe, 100).decode()
        self.selector.unregister(entry.pipe)
        if text:
            entry.kernel, entry.memory_bytes = (int(part) for part in text.split())
            self.selector.register(entry.channel, selectors.EVENT_READ, entry)

    def obey(self, entry: Fork) -> None:
        """Read one message from a channel: a signal for its kernel. When the channel is closed, the kernel ends."""
        try:
            message, _ = control_channel.receive(entry.channel)
            number = int(message["signal"])
        except (OSError, EOFError, ValueError, KeyError):
            self.selector.unregister(entry.channel)
            entry.why = entry.why or "closed"
            number = signal.SIGKILL
        if entry.kernel:
            self.send_signal(entry.kernel, number)

    def send_signal(self, pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL and not self.sandboxed:
                os.killpg(pid, number)  # without a process namespace its children would be left
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
                # A helper reports the kernel's id before it ends, but perhaps we have not read it yet.
                if entry.pipe in self.selector.get_map() and pid in (entry.helper, entry.kernel):
                    self.note_kernel(entry)
                if pid == entry.kernel or (pid == entry.helper and not entry.kernel):
                    self.close(entry, code, used.ru_utime + used.ru_stime)

    def close(self, entry: Fork, code: int, cpu: float) -> None:
        """A kernel, or the helper that should have made one, has ended."""
        if not self.sandboxed and entry.kernel:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(entry.kernel, signal.SIGKILL)
        with contextlib.suppress(OSError):  # the process that opened the channel may be gone
            control_channel.send(entry.channel, {"exit": code, "why": entry.why, "peak": entry.peak, "cpu": cpu})
        for source in (entry.pipe, entry.channel):
            if source in self.selector.get_map():
                self.selector.unregister(source)
        os.close(entry.pipe)
        entry.channel.close()
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
    """Give up root for the user ``uid``, for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main(settings: dict[str, Any]) -> None:
    """Warm up, write on standard output that this process is ready or what is wrong, and serve.

    ``settings``: folder (the zygote's), modules, data (name to path), kernel (whether forks become Jupyter kernels),
    sandboxed, uid (or None), kept (folders below /tmp that forks must see), monitor (a pipe, see `Sandbox.command`).
    """
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a module prints when it is imported must not be taken for our answer
    try:
        if settings["uid"] is not None:
            become_user(settings["uid"])
        lifelines = [0]
        if settings["monitor"]:
            # Closed when bubblewrap's own process ends. A death signal does not reach another user's process.
            lifelines.append(settings["monitor"][0])
            with contextlib.suppress(OSError):  # most versions of bubblewrap close it themselves
                os.close(settings["monitor"][1])
        confinement.prctl(confinement.PR_SET_CHILD_SUBREAPER, 1)
        preload.import_modules(settings["modules"], kernel=settings["kernel"])
        data_sets.load_data({name: Path(path) for name, path in settings["data"].items()})
        preload.refuse_threads("a data set")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(Path(settings["folder"], control_channel.SOCKET)))
        listener.listen(64)
        if settings["sandboxed"]:
            confinement.prctl(confinement.PR_SET_DUMPABLE, 0)
        # What is here now stays. If the collector looked through it again, its pages would be copied in each fork.
        gc.collect()
        gc.freeze()
        zygote = Zygote(listener, settings["sandboxed"], settings["kept"], lifelines)
    except preload.PreloadError as error:
        print(json.dumps({"error": str(error), "module": error.module}), file=answer, flush=True)
        sys.exit(1)
    except Exception as error:  # reported to the process that waits for the answer
        traceback.print_exc()
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answer, flush=True)
        sys.exit(1)
    missing = call_filter.missing_protection() if settings["sandboxed"] else []
    print(json.dumps({"ready": os.getpid(), "warnings": missing}), file=answer, flush=True)
    answer.close()
    zygote.run()
    for entry in zygote.forks:
        if entry.kernel:
            zygote.send_signal(entry.kernel, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
