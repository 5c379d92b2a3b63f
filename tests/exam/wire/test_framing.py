"""Messages on a socket: whole, in time, of this session, and no larger than what has come."""

from __future__ import annotations

import socket
import struct
import threading
import time
import tracemalloc

import pytest

from grader.exam.wire.framing import receive, send, session_of, waiting
from grader.exam.wire.limits import BoundaryClosed, BoundaryError, BoundaryTimeout, WireLimits

LIMITS = WireLimits(message_bytes=1 << 20)


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    yield left, right
    left.close()
    right.close()


def announced(length: int, session: int = 7) -> bytes:
    return struct.pack("<QI", length, session)


def test_a_message_larger_than_the_socket_s_room_arrives_whole(pair):
    body = bytes(range(256)) * 20_000
    thread = threading.Thread(target=send, args=(pair[0], 7, body))
    thread.start()
    assert receive(pair[1], 7, WireLimits(), time.monotonic() + 10) == body
    thread.join()


def test_messages_follow_one_another(pair):
    for body in (b"first", b"", b"third"):
        send(pair[0], 7, body)
    assert [receive(pair[1], 7, LIMITS) for _ in range(3)] == [b"first", b"", b"third"]


def test_a_message_of_another_session_is_refused_before_it_is_read(pair):
    send(pair[0], 8, b"left over")
    with pytest.raises(BoundaryError, match="another conversation"):
        receive(pair[1], 7, LIMITS, time.monotonic() + 5)
    assert pair[1].recv(100) == b"left over"


def test_a_session_s_number_comes_from_its_nonce():
    assert session_of(bytes(32)) == 0
    assert session_of(bytes([1]) + bytes(31)) == 1
    assert session_of(b"\xff" * 32) == 2**32 - 1


def test_a_huge_length_is_refused_before_anything_is_made_of_it(pair):
    pair[0].sendall(announced(1 << 60))
    with pytest.raises(BoundaryError, match="allowed"):
        receive(pair[1], 7, LIMITS, time.monotonic() + 5)


def test_memory_grows_with_what_has_come_only(pair):
    large = WireLimits(message_bytes=64 << 20)
    pair[0].sendall(announced(large.message_bytes) + b"x")
    tracemalloc.start()
    try:
        with pytest.raises(BoundaryTimeout):
            receive(pair[1], 7, large, time.monotonic() + 0.1)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


class Waits:
    """A socket that notes how long it would wait, and on which nothing ever happens."""

    def __init__(self) -> None:
        self.seconds: list[float | None] = []

    def settimeout(self, seconds: float | None) -> None:
        self.seconds.append(seconds)

    def recv(self, size: int) -> bytes:
        raise TimeoutError


def test_silence_ends_at_the_deadline():
    sock = Waits()
    with pytest.raises(BoundaryTimeout):
        receive(sock, 7, LIMITS, time.monotonic() + 100)
    (seconds,) = sock.seconds
    assert 0 < seconds <= 100


def test_after_the_deadline_nothing_is_waited_for():
    sock = Waits()
    with pytest.raises(BoundaryTimeout), waiting(sock, time.monotonic() - 1):
        raise AssertionError("not reached")
    assert sock.seconds == []


def test_without_a_deadline_a_socket_waits_for_ever():
    sock = Waits()
    with waiting(sock, None):
        assert sock.seconds == [None]


def test_a_reader_that_never_reads_ends_at_the_deadline(pair):
    with pytest.raises(BoundaryTimeout):
        send(pair[0], 0, bytes(50 << 20), time.monotonic() + 0.2)


def test_the_end_of_the_other_process_is_reported(pair):
    pair[0].sendall(b"abc")
    pair[0].close()
    with pytest.raises(BoundaryClosed):
        receive(pair[1], 7, LIMITS, time.monotonic() + 5)
