"""Plain values as tagged bytes, and back.

In: values, or the bytes of a message. Out: bytes, or values. The decoder builds plain values only and calls nothing of the
sender's: it knows a fixed list of tags, and anything else is a `BoundaryError`. Every length is compared with what is really
there before anything is made of it, so that time and memory stay within the message's own size.

Both processes use this module. What else each of them sends and reads (handles, callbacks, models), it adds with ``default``
and ``tagged``; without them, everything else is refused.
"""

from __future__ import annotations

import decimal
import fractions
import struct
from collections.abc import Callable, Iterable
from typing import Any

from grader.exam.wire import arrays
from grader.exam.wire.limits import BoundaryError, WireLimits, unreadable

_COUNT = struct.Struct("<I")
_FLOAT = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")
_MANY_KEYS = 256


class Unsendable(Exception):
    """A value has no plain form. The sender handles this itself: it sends a handle instead, or an error."""


# --- values to bytes --------------------------------------------------------------------------------------------------


class Encoder:
    """Writes values.

    ``default`` writes what has no plain form. ``known_number`` gives the number of an object that the other process already
    knows, ``new_number`` a number for one that it should know from now on; both give None for all other objects.
    """

    def __init__(
        self,
        limits: WireLimits,
        default: Callable[[Encoder, Any, int], None] | None = None,
        *,
        known_number: Callable[[Any], int | None] | None = None,
        new_number: Callable[[Any], int | None] | None = None,
    ) -> None:
        self.limits, self.default = limits, default
        self.known_number, self.new_number = known_number, new_number
        self.out = bytearray()
        self.nodes = 0

    def encode(self, value: Any, depth: int = 0) -> None:
        """Write one value.

        Raises:
            Unsendable: it is too deep, too large, or has no plain form, and ``default`` cannot write it either.
        """
        self.nodes += 1
        if depth > self.limits.depth:
            raise Unsendable("it is nested too deeply, or contains itself")
        if self.nodes > self.limits.nodes or len(self.out) + _size(value) > self.limits.message_bytes:
            raise Unsendable("it is too large")
        known = self.known_number(value) if self.known_number is not None else None
        if known is not None:
            self.tag(b"m", known)
            return
        if self.new_number is not None and (number := self.new_number(value)) is not None:
            self.tag(b"u", number)
        self.content(value, depth)

    def content(self, value: Any, depth: int = 0) -> None:
        """Write one value as it is now, whether the other process knows the object or not."""
        write = _WRITERS.get(type(value))
        if write is not None:
            write(self, value, depth)
        elif not arrays.write_numpy(self, value):
            if self.default is None:
                raise Unsendable(f"a {type(value).__name__} has no plain form")
            self.default(self, value, depth)

    def copy(self, value: Any, depth: int) -> None:
        """Write one value as a copy through and through, even where the other process knows an object in it."""
        known, new, self.known_number, self.new_number = self.known_number, self.new_number, None, None
        try:
            self.encode(value, depth)
        finally:
            self.known_number, self.new_number = known, new

    def tag(self, tag: bytes, number: int) -> None:
        self.out += tag + _COUNT.pack(number)

    def raw(self, raw: bytes | bytearray) -> None:
        """Bytes with their length, without a tag."""
        self.out += _COUNT.pack(len(raw)) + raw

    def text(self, text: str) -> None:
        """A text with its length, without a tag."""
        self.raw(text.encode("utf-8", "surrogatepass"))

    def many(self, tag: bytes, values: Iterable[Any], count: int, depth: int) -> None:
        self.tag(tag, count)
        for value in values:
            self.encode(value, depth + 1)


def _size(value: Any) -> int:
    """About how many bytes a value takes by itself, before they are made."""
    if isinstance(value, (str, bytes, bytearray)):
        return len(value)
    return int(value.nbytes) if arrays.is_array(value) else 0


def _write_int(to: Encoder, value: int, depth: int) -> None:
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    if len(raw) > to.limits.integer_bytes:
        raise Unsendable("it is a whole number with too many digits")
    to.out += b"i"
    to.raw(raw)


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
    """Reads one message. Nothing in it is trusted.

    ``tagged`` reads what is not a plain value: it gets the tag, the decoder and the depth. ``numbered`` gets the objects that
    the sender has numbered; only the student's process passes it, because its sender is the examiner.
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
        read_numpy = arrays.READERS.get(tag)
        if read_numpy is not None:
            return read_numpy(self)
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


def _refuse_collisions(keys: list[Any]) -> None:
    """Refuse keys that were made to have the same hash: building a dictionary of them takes for ever."""
    if len(keys) > _MANY_KEYS and len({hash(key) for key in keys}) < len(keys) // 2:
        raise unreadable("its keys collide")


def _read_keys(of: Decoder, depth: int) -> list[Any]:
    keys = of.many(depth)
    _refuse_collisions(keys)
    return keys


def _read_dict(of: Decoder, depth: int) -> dict[Any, Any]:
    parts = of.many(depth, each=2)
    _refuse_collisions(parts[::2])
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
}
