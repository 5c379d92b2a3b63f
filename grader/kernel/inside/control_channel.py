"""Messages over a UNIX stream socket: a length, then JSON, and open files beside the first one.

A *line* is one connection to a zygote. It stands for one fork: it carries the request, the answer, signals, and the news of
the fork's end. Who closes it ends the fork.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

MOST_FILES = 8
LONGEST = 1 << 20


def send(line: socket.socket, message: Mapping[str, Any], files: Sequence[int] = ()) -> None:
    """Send one message. ``files`` are file descriptors for the other side."""
    body = json.dumps(message).encode()
    head = struct.pack("!I", len(body))
    if files:
        socket.send_fds(line, [head], list(files))
        line.sendall(body)
    else:
        line.sendall(head + body)


def receive(line: socket.socket, longest: int = LONGEST) -> tuple[dict[str, Any], list[int]]:
    """The next message and the files that came with it, which programs that are run do not inherit.

    Raises:
        EOFError: the other side has closed the line.
        ValueError: what came is no message.
    """
    head, files, _, _ = socket.recv_fds(line, 4, MOST_FILES)
    for descriptor in files:
        os.set_inheritable(descriptor, False)
    head += _exactly(line, 4 - len(head)) if head else b""
    if not head:
        raise EOFError("the line was closed")
    (length,) = struct.unpack("!I", head)
    if length > longest:
        raise ValueError(f"a message of {length} bytes is too long")
    message = json.loads(_exactly(line, length))
    if not isinstance(message, dict):
        raise ValueError("a message must be an object")
    return message, files


def _exactly(line: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = line.recv(length)
        if not part:
            raise EOFError("the line was closed within a message")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
