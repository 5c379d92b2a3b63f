"""NumPy's arrays, scalars and dtypes as bytes.

In: an array of one of the plain types, or its bytes, which are not trusted. Out: the other. An array that is read has memory
that belongs to nobody else, and never more of it than the bytes that came. NumPy is used only where it is loaded already.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader.exam.wire.limits import unreadable

if TYPE_CHECKING:
    from grader.exam.wire.codec import Decoder, Encoder

_LENGTH = struct.Struct("<Q")
_LONGEST_DIMENSION = 1 << 31
_PLAIN_DTYPE = re.compile(
    r"[<>|=]?(b1|[iu][1248]|f[248]|c8|c16|S[1-9]\d{0,5}|U[1-9]\d{0,5}|[mM]8(\[\d{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?)"
)


def is_array(value: Any) -> bool:
    """Whether a value is NumPy's own array. A name proves nothing: a proxy has the name of the student's class."""
    return type(value) is getattr(sys.modules.get("numpy"), "ndarray", None)


def is_plain_dtype(dtype: Any) -> bool:
    """Whether a NumPy dtype is numbers, texts or times: nothing that holds objects or names fields."""
    return _PLAIN_DTYPE.fullmatch(dtype.str) is not None


def write_numpy(to: Encoder, value: Any) -> bool:
    """Write an array, a scalar or a dtype of NumPy's. False where ``value`` is none of them."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    if type(value) is numpy.ndarray and is_plain_dtype(value.dtype):
        to.out += b"a" if value.flags.writeable else b"A"
        _write_array(to, value)
    elif isinstance(value, numpy.generic) and is_plain_dtype(value.dtype):
        to.out += b"g"
        _write_array(to, numpy.asarray(value))
    elif isinstance(value, numpy.dtype) and is_plain_dtype(value):
        to.out += b"y"
        to.text(value.str)
    else:
        return False
    return True


def _write_array(to: Encoder, value: Any) -> None:
    to.text(value.dtype.str)
    to.out += bytes([value.ndim]) + b"".join(_LENGTH.pack(n) for n in value.shape)
    to.out += value.tobytes()


def _read_array(of: Decoder) -> Any:
    import numpy

    dtype = _read_dtype(of)
    shape = tuple(int(_LENGTH.unpack(of.take(8))[0]) for _ in range(of.take(1)[0]))
    if len(shape) > 32:
        raise unreadable("an array has too many dimensions")
    size, room = 1, 1
    for length in shape:
        size, room = size * length, room * max(length, 1)
        if length > _LONGEST_DIMENSION:
            raise unreadable("an array announces more than there is")
    if size == 0 and room > 1 << 20:
        raise unreadable("an empty array has too large a shape")
    raw = of.take(size * dtype.itemsize)
    array = numpy.frombuffer(raw, dtype=dtype, count=size).reshape(shape).copy()
    if dtype.kind == "b":  # a byte of 200 would count as 200 times true
        return array.view("u1") != 0
    if dtype.kind == "U" and size:
        points = numpy.frombuffer(raw, dtype=numpy.dtype("u4").newbyteorder(dtype.byteorder))
        if points.max(initial=0) > sys.maxunicode:
            raise unreadable("a text has characters that do not exist")
    return array


def _read_dtype(of: Decoder) -> Any:
    import numpy

    text = of.text()
    if len(text) > 40 or not _PLAIN_DTYPE.fullmatch(text):
        raise unreadable("an array has a type that may not be sent")
    return numpy.dtype(text)


def _read_constant_array(of: Decoder) -> Any:
    array = _read_array(of)
    array.flags.writeable = False
    return array


def _read_scalar(of: Decoder) -> Any:
    array = _read_array(of)
    if array.ndim:
        raise unreadable("a number has a shape")
    return array[()]


READERS: dict[bytes, Callable[[Decoder], Any]] = {
    b"a": _read_array,
    b"A": _read_constant_array,
    b"g": _read_scalar,
    b"y": _read_dtype,
}
