"""The examiner's end of the conversation: names, errors, replies that are forged, cut off or never come."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.cell_names import Import
from grader.exam.ownership.plan import CellPlan, Role
from grader.exam.proxies.connection import StudentConnection, _Tags
from grader.exam.proxies.handed_over import HandedOver
from grader.exam.wire.codec import Decoder
from grader.exam.wire.framing import session_of
from grader.exam.wire.libraries import BY_TAG
from grader.exam.wire.limits import BoundaryError, WireLimits
from tests.exam.plain_student import end, nonce_in, serve
from tests.exam.wire.test_codec import encoded, values


def test_plain_values_are_copied(names):
    assert (names.number, names.text) == (42, "hello")
    assert names.table == {"a": [1, 2.5], "b": (None, True)}


def test_a_missing_name_is_a_name_error(names):
    with pytest.raises(NameError, match="name 'nothing' is not defined"):
        names.nothing  # noqa: B018


@pytest.mark.parametrize("error", [ValueError("v"), KeyError("k"), AssertionError("no"), ZeroDivisionError()])
def test_errors_come_as_builtin_ones_with_their_text(names, error):
    with pytest.raises(type(error)) as caught:
        names.fail(type(error), *error.args)
    assert str(caught.value) == str(error)


def test_a_student_s_own_error_comes_as_the_builtin_one_above_it(names):
    with pytest.raises(ValueError, match="odd"):
        names.odd()
    with pytest.raises(SystemExit):
        names.leave()


def test_unusual_clothes_are_taken_off(names):
    assert names.clothes()[:4] == ({"a": 1}, (1, 2), 1, "s")
    assert np.array_equal(names.clothes()[4], [[1, 2]]) and type(names.clothes()[4]) is np.ndarray
    assert [float(names.clothes()[5]), *names.clothes()[6:]] == [1 / 3, {"a": 2, "b": 1}, 2.0, {}]
    keys, texts, numbers, objects = names.views()
    assert (list(keys), list(texts), list(numbers), list(objects)) == (["x"], ["1", "2"], [0, 1, 2], [None, 1])


def test_an_answer_that_is_too_deep_or_too_large_is_an_error_and_the_next_one_is_read(names, connection, student):
    with pytest.raises(ValueError, match="nested too deeply"):
        names.deep()
    assert names.number == 42
    end(connection, student)
    connection.limits = WireLimits(message_bytes=1 << 20)
    code = connection.begin({})
    student.order(nonce=nonce_in(code))
    with pytest.raises(BoundaryError, match="allowed"):  # this agent does not know the limit
        names.big()
    connection.limits = WireLimits()
    student.answer() if connection.broken is None else None
    serve_again(connection, student)
    assert connection.fetch("number") == 42


def serve_again(connection, student):
    """End a conversation that broke off, as the worker does by an interrupt, and begin another."""
    os.kill(student.process.pid, 2)
    student.answer()
    serve(connection, student, {})


def test_imports_are_the_examiner_s_own(connection, student):
    plan = CellPlan(
        "c", Role.CHECK, frozenset({"number", "nothing"}), {"np": Import("numpy"), "sqrt": Import("math", "sqrt")}
    )
    namespace = {"nothing": "left over"}
    end(connection, student)
    serve(connection, student, namespace)
    connection.bind(plan)
    assert namespace == {"number": 42, "np": np}  # the student has no sqrt, and a check must notice


HOSTILE_SERVER = """
import os, socket, struct, sys
sock = socket.socket(fileno=int(sys.argv[1]))
sock.sendall(bytes.fromhex(sys.argv[2]))
while True:
    head = sock.recv(12, socket.MSG_WAITALL)
    if len(head) < 12: break
    sock.recv(struct.unpack("<QI", head)[0], socket.MSG_WAITALL)
    sock.sendall(bytes.fromhex(sys.argv[3]))
"""


def t(*parts: bytes) -> bytes:
    return b"t" + struct.pack("<I", len(parts)) + b"".join(parts)


def s(text: bytes) -> bytes:
    return b"s" + struct.pack("<I", len(text)) + text


NO_CHANGES = b"l" + struct.pack("<I", 0)


FORGED = {
    "no tuple": b"N",
    "unknown word": t(t(s(b"passed"), b"T"), NO_CHANGES),
    "no changes": t(t(s(b"ok"), b"N")),
    "an object that was not passed": t(t(s(b"ok"), b"m" + struct.pack("<I", 99)), NO_CHANGES),
    "a change of what was not passed": t(t(s(b"ok"), b"N"), b"l" + struct.pack("<I", 1) + t(b"i\x01\0\0\0\x05", b"N")),
    "a handle of nothing": t(t(s(b"ok"), b"hN"), NO_CHANGES),
    "a pickle": t(t(s(b"ok"), b"p" + struct.pack("<I", 2) + b"N."), NO_CHANGES),
    "a generator with a state beyond its memory": t(
        t(s(b"ok"), b"Rl" + struct.pack("<I", 2) + s(b"MT19937") + b"d" + struct.pack("<I", 0)), NO_CHANGES
    ),
    "a model of nothing": t(t(s(b"ok"), b"Ml" + struct.pack("<I", 0)), NO_CHANGES),
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_a_forged_reply_is_a_boundary_error(body):
    with forged(body) as connection:
        with pytest.raises((BoundaryError, RuntimeError)) as caught:
            connection.fetch("x")
        assert "another conversation" not in str(caught.value)
        assert connection.broken is None  # the reply was read to its end, so that the next one can be read, too


@pytest.mark.parametrize("tag", BY_TAG, ids=lambda tag: tag.decode())
@given(parts=values | st.lists(values, min_size=2, max_size=3))
@settings(deadline=None)
def test_random_parts_of_a_library_s_object_give_an_object_or_a_boundary_error(tag, parts):
    ours, _theirs = socket.socketpair()
    read = _Tags(StudentConnection(ours), HandedOver(), "x")
    with ours, contextlib.suppress(BoundaryError):
        Decoder(tag + encoded(parts), WireLimits(), read).whole()


def test_an_object_of_a_library_is_made_of_plain_values_only():
    handle = b"h" + encoded([1, [], "object", None, None])
    body = t(t(s(b"ok"), b"S" + b"l" + struct.pack("<I", 3) + b"N" + b"N" + handle), NO_CHANGES)
    with forged(body) as connection, pytest.raises(BoundaryError, match="more than plain values"):
        connection.fetch("x")


def test_a_message_of_another_session_breaks_the_conversation():
    good = t(t(s(b"ok"), b"T"), NO_CHANGES)
    with forged(good) as connection:
        assert connection.fetch("x") is True
    with forged(good, session=lambda ours: ours ^ 1) as connection:
        with pytest.raises(BoundaryError, match="another conversation"):
            connection.fetch("x")
        assert connection.broken is not None


def test_each_conversation_has_a_session_that_cannot_be_guessed():
    ours, _theirs = socket.socketpair()
    connection = StudentConnection(ours)
    nonces = {nonce_in(connection.begin({})) for _ in range(20)}
    assert len({session_of(bytes.fromhex(nonce)) for nonce in nonces}) == 20


def test_calls_back_without_end_are_ended():
    with forged(t(t(s(b"callback"), b"i\x01\0\0\0\x00", t(), t()), NO_CHANGES)) as connection:
        connection.limits = WireLimits(callbacks=20)
        connection.deadline = time.monotonic() + 2
        with pytest.raises(BoundaryError):
            connection.fetch("x")
        assert connection.broken is not None


def test_an_announced_terabyte_breaks_the_conversation():
    with forged(b"", announced=1 << 40) as connection:
        with pytest.raises(BoundaryError, match="allowed"):
            connection.fetch("x")
        assert connection.broken is not None
        with pytest.raises(BoundaryError):
            connection.fetch("x")


def test_silence_is_a_boundary_error_at_the_deadline():
    with forged(None) as connection:
        connection.deadline = time.monotonic() + 0.3
        with pytest.raises(BoundaryError, match="in time"):
            connection.fetch("x")
        assert connection.broken is not None


class forged:  # noqa: N801
    """A connection to a process that gives the same reply to every request; None is no reply at all."""

    def __init__(
        self, body: bytes | None, announced: int | None = None, session: Callable[[int], int] = lambda ours: ours
    ) -> None:
        self.body, self.announced, self.session = body, announced, session

    def __enter__(self):
        ours, theirs = socket.socketpair()
        connection = StudentConnection(ours, deadline=time.monotonic() + 10)
        nonce = nonce_in(connection.begin({}))
        reply = b""
        if self.body is not None:
            length = len(self.body) if self.announced is None else self.announced
            reply = struct.pack("<QI", length, self.session(session_of(bytes.fromhex(nonce)))) + self.body
        command = [sys.executable, "-c", HOSTILE_SERVER, str(theirs.fileno()), nonce, reply.hex()]
        self.process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stderr=subprocess.DEVNULL)
        theirs.close()
        self.sock = ours
        return connection

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.sock.close()
