"""What may cross the wall between the student kernel and the examiner, as bytes.

In: values, or bytes from the other side. Out: bytes, or values. The decoder builds plain values only and calls nothing of
the sender's: it knows a fixed list of tags, and what is not one of them is a `BoundaryError`. Every length is compared with
what is really there before anything is made of it, so that time and memory stay within the message's own size.

Both sides use this module. What each side does with the rest (handles, callbacks, models) it says by ``default`` and
``tagged``. A side that does not say so refuses it.
"""

from __future__ import annotations

import contextlib
import decimal
import fractions
import re
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.core.errors import GraderError

_HEADER = struct.Struct("<QI")  # bytes of the message, number of the session
_COUNT = struct.Struct("<I")
_LONG = struct.Struct("<Q")
_FLOAT = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")
_CHUNK = 1 << 20
_LONGEST_DIMENSION = 1 << 31
_MANY_KEYS = 256
_DTYPE = re.compile(
    r"[<>|=]?(b1|[iu][1248]|f[248]|c8|c16|S[1-9]\d{0,5}|U[1-9]\d{0,5}|[mM]8(\[\d{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?)"
)


class BoundaryError(GraderError):
    """What the student kernel answered could not be read, or did not come. A check that meets it fails."""


class BoundaryTimeout(BoundaryError):
    """No answer came in time."""


class BoundaryClosed(BoundaryError):
    """The other side is gone."""


@dataclass(frozen=True)
class WireLimits:
    """What may cross. The examiner holds what it receives to this; sizes in bytes."""

    message_bytes: int = 512 << 20
    exam_bytes: int = 4 << 30  # all that is received in one exam
    nodes: int = 5_000_000  # values within values of one message
    depth: int = 100
    integer_bytes: int = 64 << 10
    callbacks: int = 1_000_000  # calls of the examiner's functions by the student's, in one exam
    callback_depth: int = 50
    items: int = 1_000_000  # that one loop over a stand-in may take


def unreadable(why: str) -> BoundaryError:
    return BoundaryError(f"The answer could not be read: {why}.")


# --- messages ---------------------------------------------------------------------------------------------------------


def send(sock: socket.socket, session: int, body: bytes | bytearray, deadline: float | None = None) -> None:
    """Send one message. ``deadline`` is a time of ``time.monotonic()``.

    Raises:
        BoundaryError: the other side is gone, or does not take the message in time.
    """
    data = memoryview(_HEADER.pack(len(body), session) + bytes(body))
    while data:
        with waiting(sock, deadline):
            sent = sock.send(data[:_CHUNK])
        data = data[sent:]


def receive(sock: socket.socket, limits: WireLimits, deadline: float | None = None) -> tuple[int, bytearray]:
    """The next message, as its session and its bytes. Memory grows with what has come, not with what was announced.

    Raises:
        BoundaryError: the message is too long, breaks off, or does not come in time.
    """
    length, session = _HEADER.unpack(_read(sock, _HEADER.size, deadline))
    if length > limits.message_bytes:
        raise unreadable(f"it has {length:,} bytes, and {limits.message_bytes:,} are allowed")
    return session, _read(sock, length, deadline)


def _read(sock: socket.socket, length: int, deadline: float | None) -> bytearray:
    data = bytearray()
    while len(data) < length:
        with waiting(sock, deadline):
            part = sock.recv(min(_CHUNK, length - len(data)))
        if not part:
            raise BoundaryClosed("The other side of the wall is gone.")
        data += part
    return data


@contextlib.contextmanager
def waiting(sock: socket.socket, deadline: float | None) -> Iterator[None]:
    """Let the socket wait until the deadline, and no longer; its errors are told as ours."""
    left = None if deadline is None else deadline - time.monotonic()
    try:
        if left is not None and left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        yield
    except TimeoutError as error:
        raise BoundaryTimeout("No answer came in time.") from error
    except OSError as error:
        raise BoundaryClosed("The other side of the wall is gone.") from error


# --- values to bytes --------------------------------------------------------------------------------------------------


def is_array(value: Any) -> bool:
    """Whether a value is NumPy's own array. A name proves nothing: a stand-in has that of the student's class."""
    return type(value) is getattr(sys.modules.get("numpy"), "ndarray", None)


class Unsendable(Exception):
    """A value has no plain form. The sender's own matter; it becomes a handle, or an error with a sentence."""


Default = Callable[["Encoder", Any, int], None]


class Encoder:
    """Writes values. ``default`` is asked for what has no plain form; ``tell_same`` gives the number of an object that the
    other side already knows, and ``number`` a number for one that it should know from now on."""

    def __init__(
        self,
        limits: WireLimits,
        default: Default | None = None,
        *,
        tell_same: Callable[[Any], int | None] | None = None,
        number: Callable[[Any], int | None] | None = None,
    ) -> None:
        self.limits, self.default = limits, default
        self.tell_same, self.number = tell_same, number
        self.out = bytearray()
        self.nodes = 0

    def encode(self, value: Any, depth: int = 0) -> None:
        """Write one value.

        Raises:
            Unsendable: it is too deep, too large, or has no plain form, and ``default`` does not know better.
        """
        self.nodes += 1
        if depth > self.limits.depth:
            raise Unsendable("it is nested too deeply, or contains itself")
        if self.nodes > self.limits.nodes or len(self.out) + _size(value) > self.limits.message_bytes:
            raise Unsendable("it is too large")
        known = self.tell_same(value) if self.tell_same is not None else None
        if known is not None:
            self.tag(b"m", known)
            return
        if self.number is not None and (number := self.number(value)) is not None:
            self.tag(b"u", number)
        self.content(value, depth)

    def content(self, value: Any, depth: int = 0) -> None:
        """Write one value as it is now, whether the other side knows the object or not."""
        kind = type(value)
        write = _WRITERS.get(kind)
        if write is not None:
            write(self, value, depth)
        elif not self._numpy(value, kind, depth):
            if self.default is None:
                raise Unsendable(f"a {kind.__name__} has no plain form")
            self.default(self, value, depth)

    def tag(self, tag: bytes, number: int) -> None:
        self.out += tag + _COUNT.pack(number)

    def text(self, text: str) -> None:
        """A piece of text within a tag, without a tag of its own."""
        raw = text.encode("utf-8", "surrogatepass")
        self.out += _COUNT.pack(len(raw)) + raw

    def _numpy(self, value: Any, kind: type, depth: int) -> bool:
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return False
        if kind is numpy.ndarray and _DTYPE.fullmatch(value.dtype.str):
            self.out += b"a" if value.flags.writeable else b"A"
            self.array(value)
        elif isinstance(value, numpy.generic) and _DTYPE.fullmatch(value.dtype.str):
            self.out += b"g"
            self.array(numpy.asarray(value))
        elif isinstance(value, numpy.dtype) and _DTYPE.fullmatch(value.str):
            self.out += b"y"
            self.text(value.str)
        else:
            return False
        return True

    def array(self, value: Any) -> None:
        self.text(value.dtype.str)
        self.out += bytes([value.ndim]) + b"".join(_LONG.pack(n) for n in value.shape)
        self.out += value.tobytes()

    def many(self, tag: bytes, values: Iterable[Any], count: int, depth: int) -> None:
        self.tag(tag, count)
        for value in values:
            self.encode(value, depth + 1)


def _size(value: Any) -> int:
    """About how many bytes a value takes by itself, before they are made."""
    if isinstance(value, (str, bytes, bytearray)):
        return len(value)
    return int(value.nbytes) if is_array(value) else 0


def _write_int(to: Encoder, value: int, depth: int) -> None:
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    if len(raw) > to.limits.integer_bytes:
        raise Unsendable("it is a whole number with too many digits")
    to.out += b"i" + _COUNT.pack(len(raw)) + raw


def _write_text(to: Encoder, value: str, depth: int) -> None:
    to.out += b"s"
    to.text(value)


def _write_dict(to: Encoder, value: dict[Any, Any], depth: int) -> None:
    to.many(b"d", (part for pair in list(value.items()) for part in pair), len(value), depth)


_WRITERS: dict[type, Callable[[Encoder, Any, int], None]] = {
    type(None): lambda to, value, depth: to.out.extend(b"N"),
    type(...): lambda to, value, depth: to.out.extend(b"E"),
    bool: lambda to, value, depth: to.out.extend(b"T" if value else b"F"),
    int: _write_int,
    float: lambda to, value, depth: to.out.extend(b"f" + _FLOAT.pack(value)),
    complex: lambda to, value, depth: to.out.extend(b"c" + _COMPLEX.pack(value.real, value.imag)),
    str: _write_text,
    bytes: lambda to, value, depth: to.out.extend(b"b" + _COUNT.pack(len(value)) + value),
    bytearray: lambda to, value, depth: to.out.extend(b"B" + _COUNT.pack(len(value)) + value),
    tuple: lambda to, value, depth: to.many(b"t", value, len(value), depth),
    list: lambda to, value, depth: to.many(b"l", list(value), len(value), depth),
    set: lambda to, value, depth: to.many(b"e", list(value), len(value), depth),
    frozenset: lambda to, value, depth: to.many(b"z", value, len(value), depth),
    dict: _write_dict,
    range: lambda to, value, depth: to.many(b"r", (value.start, value.stop, value.step), 3, depth),
    slice: lambda to, value, depth: to.many(b"x", (value.start, value.stop, value.step), 3, depth),
    fractions.Fraction: lambda to, value, depth: to.many(b"q", (value.numerator, value.denominator), 2, depth),
    decimal.Decimal: lambda to, value, depth: to.many(b"D", (str(value),), 1, depth),
}


# --- bytes to values --------------------------------------------------------------------------------------------------


class Decoder:
    """Reads one message. Nothing of it is trusted.

    ``tagged`` reads what is not a plain value: it gets the tag, the decoder and the depth. ``numbered`` is told the objects
    that the sender has numbered; only the student's side gives it, for the sender is then the examiner.
    """

    def __init__(
        self,
        data: bytes | bytearray,
        limits: WireLimits,
        tagged: Callable[[bytes, Decoder, int], Any] | None = None,
        *,
        numbered: Callable[[int, Any], None] | None = None,
    ) -> None:
        self.data = memoryview(data).toreadonly()
        self.limits, self.tagged, self.numbered = limits, tagged, numbered
        self.at = 0
        self.nodes = 0

    def whole(self) -> Any:
        """The one value of a message.

        Raises:
            BoundaryError: it is not one plain value.
        """
        try:
            value = self.value(0)
        except BoundaryError:
            raise
        except (
            ValueError,
            TypeError,
            OverflowError,
            MemoryError,
            RecursionError,
            ArithmeticError,
            struct.error,
        ) as error:
            raise unreadable(f"{type(error).__name__} in decoding") from error
        if self.at != len(self.data):
            raise unreadable("something follows its end")
        return value

    def value(self, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise unreadable("it has too many parts")
        if depth > self.limits.depth:
            raise unreadable("it is nested too deeply")
        tag = bytes(self.take(1))
        read = _READERS.get(tag)
        if read is not None:
            return read(self, depth)
        if tag == b"u" and self.numbered is not None:
            number = self.count()
            value = self.value(depth)
            self.numbered(number, value)
            return value
        if self.tagged is not None:
            return self.tagged(tag, self, depth)
        raise unreadable(f"its tag {tag!r} is unknown")

    def take(self, length: int) -> memoryview:
        if length > len(self.data) - self.at:
            raise unreadable("it breaks off")
        part = self.data[self.at : self.at + length]
        self.at += length
        return part

    def count(self) -> int:
        return int(_COUNT.unpack(self.take(4))[0])

    def raw(self) -> memoryview:
        return self.take(self.count())

    def text(self) -> str:
        return bytes(self.raw()).decode("utf-8", "surrogatepass")

    def many(self, depth: int, each: int = 1) -> list[Any]:
        count = self.count() * each
        if count > len(self.data) - self.at:  # every part has at least one byte
            raise unreadable("it announces more parts than it has")
        return [self.value(depth + 1) for _ in range(count)]

    def fixed(self, depth: int, count: int) -> list[Any]:
        parts = self.many(depth)
        if len(parts) != count:
            raise unreadable("a value has too few or too many parts")
        return parts

    def integer(self) -> int:
        raw = self.raw()
        if len(raw) > self.limits.integer_bytes:
            raise unreadable("a whole number has too many digits")
        return int.from_bytes(raw, "little", signed=True)

    def array(self) -> Any:
        """An array of its own memory, of one of the plain types."""
        import numpy

        dtype = self.dtype()
        shape = tuple(int(_LONG.unpack(self.take(8))[0]) for _ in range(self.take(1)[0]))
        if len(shape) > 32:
            raise unreadable("an array has too many dimensions")
        size, room = 1, 1
        for length in shape:
            size, room = size * length, room * max(length, 1)
            if length > _LONGEST_DIMENSION:
                raise unreadable("an array announces more than there is")
        if size == 0 and room > 1 << 20:
            raise unreadable("an empty array has too large a shape")
        raw = self.take(size * dtype.itemsize)
        array = numpy.frombuffer(raw, dtype=dtype, count=size).reshape(shape).copy()
        if dtype.kind == "b":  # a byte of 200 would count as 200 times true
            return array.view("u1") != 0
        if dtype.kind == "U" and size:
            points = numpy.frombuffer(raw, dtype=numpy.dtype("u4").newbyteorder(dtype.byteorder))
            if points.max(initial=0) > sys.maxunicode:
                raise unreadable("a text has characters that do not exist")
        return array

    def dtype(self) -> Any:
        import numpy

        text = self.text()
        if len(text) > 40 or not _DTYPE.fullmatch(text):
            raise unreadable("an array has a type that may not cross")
        return numpy.dtype(text)

    def hashed(self, keys: list[Any]) -> None:
        """Refuse keys that were made to have the same hash: a dictionary of them takes for ever."""
        if len(keys) > _MANY_KEYS and len({hash(key) for key in keys}) < len(keys) // 2:
            raise unreadable("its keys collide")


def _read_keys(of: Decoder, depth: int) -> list[Any]:
    keys = of.many(depth)
    of.hashed(keys)
    return keys


def _read_dict(of: Decoder, depth: int) -> dict[Any, Any]:
    parts = of.many(depth, each=2)
    of.hashed(parts[::2])
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _read_range(of: Decoder, depth: int) -> range:
    parts = of.fixed(depth, 3)
    if any(type(part) is not int for part in parts):
        raise unreadable("a range is not made of whole numbers")
    return range(*parts)


def _read_slice(of: Decoder, depth: int) -> slice:
    return slice(*of.fixed(depth, 3))


def _read_fraction(of: Decoder, depth: int) -> fractions.Fraction:
    parts = of.fixed(depth, 2)
    if any(type(part) is not int for part in parts):
        raise unreadable("a fraction is not made of whole numbers")
    return fractions.Fraction(*parts)


def _read_decimal(of: Decoder, depth: int) -> decimal.Decimal:
    (text,) = of.fixed(depth, 1)
    if type(text) is not str or len(text) > 1000:
        raise unreadable("a decimal number is too long")
    value = decimal.Decimal(text)
    if value.is_finite() and abs(value.adjusted()) > 10_000:
        raise unreadable("a decimal number is too large")
    return value


def _read_array(of: Decoder, depth: int) -> Any:
    return of.array()


def _read_constant_array(of: Decoder, depth: int) -> Any:
    array = of.array()
    array.flags.writeable = False
    return array


def _read_scalar(of: Decoder, depth: int) -> Any:
    array = of.array()
    if array.ndim:
        raise unreadable("a number has a shape")
    return array[()]


_READERS: dict[bytes, Callable[[Decoder, int], Any]] = {
    b"N": lambda of, depth: None,
    b"E": lambda of, depth: ...,
    b"T": lambda of, depth: True,
    b"F": lambda of, depth: False,
    b"i": lambda of, depth: of.integer(),
    b"f": lambda of, depth: _FLOAT.unpack(of.take(8))[0],
    b"c": lambda of, depth: complex(*_COMPLEX.unpack(of.take(16))),
    b"s": lambda of, depth: of.text(),
    b"b": lambda of, depth: bytes(of.raw()),
    b"B": lambda of, depth: bytearray(of.raw()),
    b"t": lambda of, depth: tuple(of.many(depth)),
    b"l": lambda of, depth: of.many(depth),
    b"e": lambda of, depth: set(_read_keys(of, depth)),
    b"z": lambda of, depth: frozenset(_read_keys(of, depth)),
    b"d": _read_dict,
    b"r": _read_range,
    b"x": _read_slice,
    b"q": _read_fraction,
    b"D": _read_decimal,
    b"a": _read_array,
    b"A": _read_constant_array,
    b"g": _read_scalar,
    b"y": lambda of, depth: of.dtype(),
}


# --- objects with parts: frames, models, generators -------------------------------------------------------------------

# A tag, then one plain value that describes the object.
FRAME, SERIES, TENSOR, MODEL, RANDOM = b"P", b"S", b"k", b"M", b"R"


def write_parts(to: Encoder, tag: bytes, parts: Any, depth: int) -> None:
    """An object with parts. Its parts are copies: they are never told as objects that the other side knows."""
    to.out += tag
    same, number, to.tell_same, to.number = to.tell_same, to.number, None, None
    try:
        to.encode(parts, depth + 1)
    finally:
        to.tell_same, to.number = same, number


def write_library_object(to: Encoder, value: Any, depth: int) -> bool:
    """Write a frame, a tensor or a random generator. False where ``value`` is none of them."""
    for module, write in (("pandas", _write_pandas), ("numpy", _write_random)):
        if module in sys.modules and write(to, value, depth):
            return True
    return _write_tensor(to, value, depth)


def _write_pandas(to: Encoder, value: Any, depth: int) -> bool:
    pandas = sys.modules["pandas"]
    if isinstance(value, pandas.DataFrame):
        columns = [_column(value.iloc[:, n]) for n in range(value.shape[1])]
        parts = [_column(value.columns), _column(value.index), columns]
        write_parts(to, FRAME, parts, depth)
    elif isinstance(value, (pandas.Series, pandas.Index)):
        is_index = isinstance(value, pandas.Index)
        index = None if is_index else _column(value.index)
        write_parts(to, SERIES, [value.name, index, _column(value)], depth)
    else:
        return False
    return True


def _column(column: Any) -> Any:
    """A column or an index as an array, a range or a list of plain values; what is missing becomes None."""
    numpy, pandas = sys.modules["numpy"], sys.modules["pandas"]
    if isinstance(column, pandas.RangeIndex):
        return range(column.start, column.stop, column.step)
    dtype = column.dtype
    if isinstance(dtype, numpy.dtype) and _DTYPE.fullmatch(dtype.str):
        return numpy.asarray(column)
    return [None if item is pandas.NA or item is pandas.NaT else item for item in column.tolist()]


def _write_random(to: Encoder, value: Any, depth: int) -> bool:
    numpy = sys.modules["numpy"]
    random = getattr(numpy, "random", None)
    if random is None or type(value) is not random.Generator:
        return False
    bits = value.bit_generator
    if type(bits).__name__ not in BIT_GENERATORS:
        return False
    write_parts(to, RANDOM, [type(bits).__name__, bits.state], depth)
    return True


BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def _write_tensor(to: Encoder, value: Any, depth: int) -> bool:
    loaded = [sys.modules[name] for name in ("tensorflow", "keras") if name in sys.modules]
    kinds = tuple(kind for module in loaded for name in ("Tensor", "Variable") if (kind := getattr(module, name, None)))
    if not isinstance(value, kinds) or not hasattr(value, "numpy"):
        return False
    return _write_as_tensor(to, value, depth)


def _write_as_tensor(to: Encoder, value: Any, depth: int) -> bool:
    numpy = sys.modules["numpy"]
    array = numpy.asarray(value)
    if array.dtype.name == "bfloat16":
        array = array.astype("f4")
    if not _DTYPE.fullmatch(array.dtype.str):
        return False
    write_parts(to, TENSOR, array, depth)
    return True


def read_frame(parts: Any) -> Any:
    """A pandas frame of its columns.

    Raises:
        BoundaryError: the parts do not fit together.
    """
    import pandas  # type: ignore[import-untyped]

    columns, index, data = _listed(parts, 3)
    if type(data) is not list or len(columns) != len(data):
        raise unreadable("a table has not one name for each column")
    if any(not _is_column(column) or len(column) != len(index) for column in (*data, index)):
        raise unreadable("the columns of a table differ in length")
    frame = pandas.DataFrame(dict(enumerate(data)), index=_index(index))
    frame.columns = _index(columns)
    return frame


def read_series(parts: Any) -> Any:
    """A pandas series, or an index, of its values."""
    import pandas  # type: ignore[import-untyped]

    name, index, values = _listed(parts, 3)
    if not _is_column(values) or (index is not None and len(index) != len(values)):
        raise unreadable("a series has not one index for each value")
    if index is None:
        return _index(values).rename(name)
    return pandas.Series(values, index=_index(index), name=name)


def _listed(parts: Any, count: int) -> list[Any]:
    if type(parts) is not list or len(parts) != count:
        raise unreadable("an object has too few or too many parts")
    return parts


def _is_column(column: Any) -> bool:
    return type(column) in (list, range) or (is_array(column) and column.ndim == 1)


def _index(values: Any) -> Any:
    import pandas  # type: ignore[import-untyped]

    if type(values) is range:
        return pandas.RangeIndex(values.start, values.stop, values.step)
    if not _is_column(values):
        raise unreadable("an index is no list")
    if type(values) is list and values and all(type(item) is tuple and len(item) == len(values[0]) for item in values):
        return pandas.MultiIndex.from_tuples(values)
    return pandas.Index(values)


def read_random(parts: Any) -> Any:
    """A NumPy generator in the state that is told. For the student's side only."""
    import numpy

    name, state = _listed(parts, 2)
    if name not in BIT_GENERATORS:
        raise unreadable("a random generator of an unknown kind")
    bits = getattr(numpy.random, name)()
    bits.state = state
    return numpy.random.Generator(bits)


def read_tensor(parts: Any) -> Any:
    """A tensor where this process uses TensorFlow, else its array."""
    if not is_array(parts):
        raise unreadable("a tensor is no array")
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "convert_to_tensor"):
        return parts
    return tensorflow.convert_to_tensor(parts)
