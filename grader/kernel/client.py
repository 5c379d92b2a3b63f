"""Kernel clients that a student's code cannot upset, and that lose no time.

In: the sockets of a kernel. Out: its messages. A student's code has its kernel's sockets and key, and can send what no kernel
would send: such messages are left out, and reported. Only public parts of jupyter_client are used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

from grader.kernel.warm import START_SECONDS

UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError)  # what reading a malformed message raises


class TolerantChannel(AsyncZMQSocketChannel):
    """A channel that leaves out malformed messages, and calls ``on_unreadable`` for each."""

    on_unreadable: Callable[[], None] | None = None

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message that can be read.

        Raises:
            Empty: no message came within ``timeout`` seconds.
        """
        while True:
            try:
                message: dict[str, Any] = await super().get_msg(timeout)
                if isinstance(message["parent_header"], dict):
                    return message
            except UNREADABLE:
                pass  # it is left out, and reported like one without a header
            if self.on_unreadable is not None:
                self.on_unreadable()


class TolerantKernelClient(AsyncKernelClient):
    """A client whose outputs come over a `TolerantChannel`."""

    iopub_channel_class = Type(TolerantChannel)


class WarmKernelClient(TolerantKernelClient):
    """A client that waits no longer than necessary: a forked kernel answers at once."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered, and its outputs arrive here.

        Raises:
            RuntimeError: the kernel is dead, or does not answer in time.
        """
        ends = time.monotonic() + (timeout or START_SECONDS)
        while time.monotonic() < ends:
            self.kernel_info()
            try:
                await self.shell_channel.get_msg(timeout=1)
                # The first outputs are lost until the socket for them is connected.
                await self.iopub_channel.get_msg(timeout=0.02)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                continue
            return
        raise RuntimeError(f"Kernel didn't respond in {timeout or START_SECONDS:g} seconds")
