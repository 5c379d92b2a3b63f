"""The codec: plain values come back as they went; anything else is refused, in little time and memory."""

from __future__ import annotations

import contextlib
import fractions
import struct
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.exam.wire.codec import Decoder, Encoder, Unsendable
from grader.exam.wire.limits import BoundaryError, WireLimits
from tests.exam.wire.work import counted

LIMITS = WireLimits(message_bytes=1 << 20, nodes=20_000, depth=30)


def encoded(value) -> bytes:
    to = Encoder(LIMITS)
    to.encode(value)
    return bytes(to.out)


def decoded(data: bytes):
    return Decoder(data, LIMITS).whole()


def same(a, b) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    return a == b


keys = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary(), st.floats(allow_nan=False))
leaves = (
    keys
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.just(...)
    | st.fractions()
    | st.binary().map(bytearray)
)
leaves |= st.builds(range, st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9))
leaves |= st.builds(slice, st.none() | st.integers(), st.integers()) | st.decimals(allow_nan=False, places=3)
leaves |= st.frozensets(keys, max_size=4) | st.sets(keys, max_size=4)
values = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner), max_leaves=20
)


@given(values)
@settings(deadline=None)
def test_plain_values_come_back_as_they_went(value):
    assert same(decoded(encoded(value)), value)


@pytest.mark.parametrize(
    "value",
    [np.array([None, 1]), np.zeros(2, dtype="i4,f8"), object(), len, type, lambda: 0, 1 << 8 * (65 << 10)],
    ids=["objects", "records", "object", "builtin", "type", "function", "huge"],
)
def test_what_is_not_plain_is_not_written(value):
    with pytest.raises(Unsendable):
        encoded(value)


def test_a_list_that_contains_itself_is_not_written():
    loop = []
    loop.append(loop)
    with pytest.raises(Unsendable, match="contains itself"):
        encoded(loop)


def test_a_value_that_is_too_large_is_not_written():
    with pytest.raises(Unsendable, match="too large"):
        encoded(np.zeros(1 << 20))
    with pytest.raises(Unsendable, match="too large"):
        encoded([0] * 20_001)


def a(dtype: bytes, *shape: int, data: bytes = b"") -> bytes:
    return b"a" + n(len(dtype)) + dtype + bytes([len(shape)]) + b"".join(struct.pack("<Q", k) for k in shape) + data


def n(count: int) -> bytes:
    return struct.pack("<I", count)


HOSTILE = {
    "nothing": b"",
    "unknown tag": b"?",
    "pickle": b"p" + n(4) + b"cos\n",
    "numbered": b"u" + n(0) + b"N",
    "handle, where none may be": b"h" + n(1),
    "callback": b"C" + n(0) + n(0) + n(0),
    "name": b"G" + n(2) + b"os" + n(6) + b"system",
    "two values": b"NN",
    "long text announced": b"s" + n(2**32 - 1) + b"x",
    "long list announced": b"l" + n(2**32 - 1) + b"N",
    "long dict announced": b"d" + n(2**31) + b"NN",
    "half a number": b"f\x00",
    "number without bytes": b"i" + n(9) + b"\x00",
    "huge number": b"i" + n(70_000) + bytes(70_000),
    "deep": (b"l" + n(1)) * 5000 + b"N",
    "list as key": b"d" + n(1) + b"l" + n(0) + b"N",
    "dict in set": b"e" + n(1) + b"d" + n(0),
    "array as key": b"d" + n(1) + a(b"<f8", 0) + b"N",
    "bad text": b"s" + n(2) + b"\xff\xff",
    "range of texts": b"r" + n(3) + (b"s" + n(0)) * 3,
    "range without step": b"r" + n(2) + b"TT",
    "range with step 0": b"r" + n(3) + (b"i" + n(1) + b"\x00") * 3,
    "fraction by 0": b"q" + n(2) + (b"i" + n(1) + b"\x00") * 2,
    "huge decimal": b"D" + n(1) + b"s" + n(6) + b"1E9999" * 1 + b"9",
    "decimal of words": b"D" + n(1) + b"s" + n(4) + b"spam",
    "object array": a(b"|O", 1, data=bytes(8)),
    "record array": a(b"i4,f8", 1, data=bytes(12)),
    "void array": a(b"|V8", 1, data=bytes(8)),
    "array of no type": a(b"zz", 1),
    "huge array": a(b"<f8", 1 << 40),
    "negative shape": a(b"<f8", 2**64 - 1),
    "overflowing shape": a(b"|u1", 1 << 31, 1 << 31, 1 << 31),
    "huge empty array": a(b"<f8", 0, 1 << 30),
    "many dimensions": a(b"|u1", *([1] * 64), data=b"x"),
    "short array": a(b"<f8", 2, data=bytes(15)),
    "impossible letters": a(b"<U1", 1, data=b"\xff\xff\xff\x7f"),
    "texts of no length": a(b"<U0", 1 << 30),
    "scalar with a shape": b"g" + a(b"<f8", 1, data=bytes(8))[1:],
    "long dtype": a(b"<f8" + b" " * 100, 0),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_message_is_refused_with_little_work_and_memory(data):
    tracemalloc.start()
    try:
        with counted() as work, pytest.raises(BoundaryError):
            decoded(data)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert work.calls < 1000


def test_work_grows_with_the_message_and_no_faster():
    """A message is read once: ten times as many values take ten times as many calls."""
    calls = []
    for size in (100, 1000):
        data = encoded([[k, "x", {k: None}] for k in range(size)])
        with counted() as work:
            decoded(data)
        calls.append(work.calls)
    assert 9 < calls[1] / calls[0] < 11


class Counted(int):
    """A whole number that counts how often it is compared with another one."""

    compared = 0

    def __eq__(self, other):
        Counted.compared += 1
        return int(self) == other

    __hash__ = int.__hash__


def test_keys_made_to_collide_are_refused_before_they_are_compared(monkeypatch):
    integer = Decoder.integer
    monkeypatch.setattr(Decoder, "integer", lambda self: Counted(integer(self)))
    prime = 2**61 - 1
    body = b"".join(encoded(k * prime) + b"N" for k in range(1, 9000))
    with pytest.raises(BoundaryError, match="collide"):
        decoded(b"d" + n(8999) + body)
    assert Counted.compared == 0


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_random_bytes_give_a_plain_value_or_a_boundary_error(data):
    try:
        value = decoded(data)
    except BoundaryError:
        return
    assert type(value).__module__ in ("builtins", "numpy", "fractions", "decimal")


@given(values, st.data())
@settings(max_examples=300, deadline=None)
def test_spoilt_messages_give_a_plain_value_or_a_boundary_error(value, draw):
    data = bytearray(encoded(value))
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(BoundaryError):
        decoded(bytes(data[: draw.draw(st.integers(0, len(data)))]))


@pytest.mark.parametrize(
    "data", [encoded([1, "x", {2: (3.5, None)}, np.eye(2), fractions.Fraction(1, 3)]), *HOSTILE.values()]
)
def test_decoding_opens_imports_and_runs_nothing(data):
    with heard() as events, contextlib.suppress(BoundaryError):
        decoded(data)
    assert not events


_heard: list[str] | None = None


def _hook(event: str, args: object) -> None:
    if _heard is not None and event.split(".")[0] in (
        "exec",
        "compile",
        "import",
        "open",
        "pickle",
        "os",
        "subprocess",
    ):
        _heard.append(event)


sys.addaudithook(_hook)  # it cannot be taken away again, so `_heard` says when it listens


@contextlib.contextmanager
def heard():
    """What Python's own audit hears meanwhile."""
    global _heard
    _heard = []
    try:
        yield _heard
    finally:
        _heard = None
