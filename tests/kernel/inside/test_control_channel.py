"""Messages between the host and a zygote: what is sent arrives, with its files, and nothing else is taken for a message."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from grader.kernel.inside.control_channel import LONGEST, MOST_FILES, receive, send


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def test_messages_arrive_one_by_one_and_in_order(ends):
    ours, theirs = ends
    send(ours, {"signal": 2})
    send(ours, {"text": "ü" * 1000, "list": [1, None, 0.5]})
    assert receive(theirs) == ({"signal": 2}, [])
    assert receive(theirs) == ({"text": "ü" * 1000, "list": [1, None, 0.5]}, [])


def test_a_message_larger_than_the_socket_s_buffer_arrives_whole(ends):
    ours, theirs = ends
    text = "x" * (LONGEST - 100)
    sender = threading.Thread(target=send, args=(ours, {"text": text}))
    sender.start()
    assert receive(theirs)[0] == {"text": text}
    sender.join()


def test_files_arrive_open_and_are_not_inherited_by_programs(ends):
    ours, theirs = ends
    pipes = [os.pipe() for _ in range(MOST_FILES)]
    send(ours, {"files": MOST_FILES}, [write for _, write in pipes])
    message, files = receive(theirs)
    assert message == {"files": MOST_FILES}
    for (read, write), file in zip(pipes, files, strict=True):
        assert not os.get_inheritable(file)
        os.write(file, b"hello")
        assert os.read(read, 10) == b"hello"
        for number in (read, write, file):
            os.close(number)


def test_a_closed_channel_is_the_end(ends):
    ours, theirs = ends
    ours.close()
    with pytest.raises(EOFError):
        receive(theirs)


@pytest.mark.parametrize("beginning", [b"\0\0", struct.pack("!I", 20), struct.pack("!I", 20) + b'{"sig'])
def test_a_channel_that_is_closed_within_a_message_is_the_end(ends, beginning):
    ours, theirs = ends
    ours.sendall(beginning)
    ours.close()
    with pytest.raises(EOFError, match="within a message"):
        receive(theirs)


def test_a_message_beyond_the_limit_is_refused_before_it_is_read(ends):
    ours, theirs = ends
    ours.sendall(struct.pack("!I", LONGEST + 1))  # and not one byte of it
    with pytest.raises(ValueError, match="too long"):
        receive(theirs)


@pytest.mark.parametrize("body", [b"[1, 2]", b"7", b"null", b"{no json", b"\xff\xfe"])
def test_anything_but_an_object_is_refused(ends, body):
    ours, theirs = ends
    ours.sendall(struct.pack("!I", len(body)) + body)
    with pytest.raises(ValueError):
        receive(theirs)
