"""Messages over a UNIX stream socket: a length, then JSON, with open files beside the first byte.

In: a socket and a message. Out: the message that the other side sent. A *control channel* is a connection to a
zygote, and belongs to one fork: it carries the request, the answer, signals, and the report of how the fork ended. Closing it
ends the fork.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

SOCKET = "control"  # the name of a zygote's socket in its folder
MOST_FILES = 8
LONGEST = 1 << 20


def send(channel: socket.socket, message: Mapping[str, Any], files: Sequence[int] = ()) -> None:
    """Send one message. ``files`` are file descriptors for the other side."""
    body = json.dumps(message).encode()
    head = struct.pack("!I", len(body))
    if files:
        socket.send_fds(channel, [head], list(files))
        channel.sendall(body)
    else:
        channel.sendall(head + body)


def receive(channel: socket.socket, longest: int = LONGEST) -> tuple[dict[str, Any], list[int]]:
    """The next message and the files that came with it. Programs that this process starts do not inherit these files.

    Raises:
        EOFError: the other side has closed the channel.
        ValueError: what came is not a message.
    """
    head, files, _, _ = socket.recv_fds(channel, 4, MOST_FILES)
    for descriptor in files:
        os.set_inheritable(descriptor, False)
    head += _exactly(channel, 4 - len(head)) if head else b""
    if not head:
        raise EOFError("the channel was closed")
    (length,) = struct.unpack("!I", head)
    if length > longest:
        raise ValueError(f"a message of {length} bytes is too long")
    message = json.loads(_exactly(channel, length))
    if not isinstance(message, dict):
        raise ValueError("a message must be an object")
    return message, files


def _exactly(channel: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = channel.recv(length)
        if not part:
            raise EOFError("the channel was closed within a message")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
