"""Messages over the socket between the student kernel and the examiner.

In: bytes to send, or a socket to read from. Out: messages sent, or the bytes of the next one. A message is its length, the
number of its session, and its bytes. A session is one conversation, that is, one check: a message of another one is refused.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator

from grader.exam.wire.limits import BoundaryClosed, BoundaryTimeout, WireLimits, unreadable

HEADER = struct.Struct("<QI")  # bytes of the message, number of the session
NONCE_BYTES = 32
_CHUNK = 1 << 20


def session_of(nonce: bytes) -> int:
    """The number of the session that begins with this nonce."""
    return int.from_bytes(nonce[:4], "little")


def send(sock: socket.socket, session: int, body: bytes | bytearray, deadline: float | None = None) -> None:
    """Send one message. ``deadline`` is a time of ``time.monotonic()``.

    Raises:
        BoundaryError: the other process is gone, or does not take the message in time.
    """
    data = memoryview(HEADER.pack(len(body), session) + bytes(body))
    while data:
        with waiting(sock, deadline):
            sent = sock.send(data[:_CHUNK])
        data = data[sent:]


def receive(sock: socket.socket, session: int, limits: WireLimits, deadline: float | None = None) -> bytearray:
    """The bytes of the next message. Memory grows with what has come, not with what was announced.

    Raises:
        BoundaryError: the message belongs to another session, is too long, breaks off, or does not come in time.
    """
    length, theirs = HEADER.unpack(_read(sock, HEADER.size, deadline))
    if theirs != session:
        raise unreadable("it belongs to another conversation")
    if length > limits.message_bytes:
        raise unreadable(f"it has {length:,} bytes, and {limits.message_bytes:,} are allowed")
    return _read(sock, length, deadline)


def _read(sock: socket.socket, length: int, deadline: float | None) -> bytearray:
    data = bytearray()
    while len(data) < length:
        with waiting(sock, deadline):
            part = sock.recv(min(_CHUNK, length - len(data)))
        if not part:
            raise BoundaryClosed("The other process is gone.")
        data += part
    return data


@contextlib.contextmanager
def waiting(sock: socket.socket, deadline: float | None) -> Iterator[None]:
    """Let the socket wait until the deadline and no longer. Its errors are raised as a `BoundaryError`."""
    left = None if deadline is None else deadline - time.monotonic()
    try:
        if left is not None and left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        yield
    except TimeoutError as error:
        raise BoundaryTimeout("No answer came in time.") from error
    except OSError as error:
        raise BoundaryClosed("The other process is gone.") from error
