"""The codec: plain values come back as they went; anything else is refused, in little time and memory."""

from __future__ import annotations

import contextlib
import fractions
import math
import socket
import struct
import sys
import threading
import time
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.exam.wire.codec import (
    FRAME,
    SERIES,
    BoundaryClosed,
    BoundaryError,
    BoundaryTimeout,
    Decoder,
    Encoder,
    Unsendable,
    WireLimits,
    read_frame,
    read_series,
    receive,
    send,
    write_library_object,
)

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
def test_plain_values_come_back_as_they_went(value):
    assert same(decoded(encoded(value)), value)


plain_dtypes = st.one_of(
    npst.boolean_dtypes(), npst.integer_dtypes(), npst.unsigned_integer_dtypes(), npst.floating_dtypes(sizes=(16, 32, 64)),
    npst.complex_number_dtypes(sizes=(64, 128)), npst.datetime64_dtypes(), npst.unicode_string_dtypes(),
    npst.byte_string_dtypes(),
)  # fmt: skip


@given(npst.arrays(plain_dtypes, npst.array_shapes(min_dims=0, min_side=0)))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_arrays_come_back_as_they_went(array):
    back = decoded(encoded(array))
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
    assert back.flags.owndata or back.base.flags.owndata


@pytest.mark.parametrize(
    "value", [np.float32(1.5), np.int8(-3), np.bool_(True), np.str_("é"), np.datetime64("2026-01-01")]
)
def test_numpy_scalars_keep_their_type(value):
    back = decoded(encoded(value))
    assert type(back) is type(value) and back == value


def test_a_constant_array_stays_constant():
    array = np.arange(3)
    array.flags.writeable = False
    assert not decoded(encoded(array)).flags.writeable


def test_views_and_fortran_arrays_keep_their_values():
    array = np.asfortranarray(np.arange(12).reshape(3, 4))[::2, ::-1]
    assert np.array_equal(decoded(encoded(array)), array)


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
def test_a_hostile_message_is_refused_in_little_time_and_memory(data):
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(BoundaryError):
        decoded(data)
    assert time.monotonic() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_keys_made_to_collide_are_refused_quickly():
    prime = 2**61 - 1
    body = b"".join(encoded(k * prime) + b"N" for k in range(1, 9000))
    began = time.monotonic()
    with pytest.raises(BoundaryError, match="collide"):
        decoded(b"d" + n(8999) + body)
    assert time.monotonic() - began < 2


def test_a_true_of_another_byte_counts_once():
    """NumPy would count a boolean of the byte 200 as 200."""
    array = decoded(a(b"|b1", 3, data=bytes([200, 1, 0])))
    assert array.dtype == bool and array.mean() == pytest.approx(2 / 3)


@given(st.binary(max_size=300))
@settings(max_examples=500)
def test_random_bytes_give_a_plain_value_or_a_boundary_error(data):
    try:
        value = decoded(data)
    except BoundaryError:
        return
    assert type(value).__module__ in ("builtins", "numpy", "fractions", "decimal")


@given(values, st.data())
@settings(max_examples=300)
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


sys.addaudithook(_hook)  # it cannot be taken away again, so it is told when to listen


@contextlib.contextmanager
def heard():
    """What Python's own audit hears meanwhile."""
    global _heard
    _heard = []
    try:
        yield _heard
    finally:
        _heard = None


# --- pandas -----------------------------------------------------------------------------------------------------------


def through_parts(value):
    to = Encoder(WireLimits())
    assert write_library_object(to, value, 0)
    read = {FRAME: read_frame, SERIES: read_series}
    return Decoder(to.out, WireLimits(), lambda tag, of, depth: read[tag](of.value(depth + 1))).whole()


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, math.nan]}),
        pd.DataFrame({"t": pd.to_datetime(["2026-01-01", "2026-02-01"])}, index=["p", "q"]),
        pd.DataFrame(np.eye(2), index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])),
        pd.DataFrame([[1, 2], [3, 4]], columns=["same", "same"]),
        pd.DataFrame(),
    ],
)
def test_frames_come_back_by_columns(frame):
    back = through_parts(frame)
    pd.testing.assert_frame_equal(back, frame, check_index_type=False, check_column_type=False)


def test_series_and_indices_come_back():
    series = pd.Series([1.5, 2.5], index=["a", "b"], name="s")
    pd.testing.assert_series_equal(through_parts(series), series)
    index = pd.Index(["a", "b"], name="i")
    pd.testing.assert_index_equal(through_parts(index), index)


@pytest.mark.parametrize(
    "parts",
    [
        None, [], [1, 2, 3], [["a"], range(2), []], [["a"], range(2), [[1, 2, 3]]], [["a"], range(10**12), [[1]]],
        [["a"], [1], [np.zeros((1, 1))]], [{}, {}, {}],
    ],
)  # fmt: skip
def test_a_frame_whose_parts_do_not_fit_is_refused(parts):
    with pytest.raises((BoundaryError, TypeError)):
        read_frame(parts)


# --- messages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    yield left, right
    left.close()
    right.close()


def test_a_message_larger_than_the_socket_s_room_arrives_whole(pair):
    body = bytes(range(256)) * 20_000
    thread = threading.Thread(target=send, args=(pair[0], 7, body))
    thread.start()
    assert receive(pair[1], WireLimits(), time.monotonic() + 10) == (7, body)
    thread.join()


def test_a_huge_length_is_refused_before_anything_is_made_of_it(pair):
    pair[0].sendall(struct.pack("<QI", 1 << 60, 0))
    with pytest.raises(BoundaryError, match="allowed"):
        receive(pair[1], LIMITS, time.monotonic() + 5)


def test_memory_grows_with_what_has_come_only(pair):
    pair[0].sendall(struct.pack("<QI", LIMITS.message_bytes, 0) + b"x")
    tracemalloc.start()
    with pytest.raises(BoundaryTimeout):
        receive(pair[1], LIMITS, time.monotonic() + 0.1)
    assert tracemalloc.get_traced_memory()[1] < LIMITS.message_bytes / 2 + (2 << 20)
    tracemalloc.stop()


def test_silence_ends_at_the_deadline(pair):
    began = time.monotonic()
    with pytest.raises(BoundaryTimeout):
        receive(pair[1], LIMITS, began + 0.1)
    assert time.monotonic() - began < 2


def test_a_reader_that_never_reads_ends_at_the_deadline(pair):
    with pytest.raises(BoundaryTimeout):
        send(pair[0], 0, bytes(50 << 20), time.monotonic() + 0.2)


def test_the_other_side_s_end_is_told(pair):
    pair[0].sendall(b"abc")
    pair[0].close()
    with pytest.raises(BoundaryClosed):
        receive(pair[1], LIMITS, time.monotonic() + 5)
