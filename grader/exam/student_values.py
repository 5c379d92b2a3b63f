"""What the student kernel sends of a student's object: its plain form where it has one, else the words that describe it.

In: any object of the student's. Out: a value of a plain type, or its name and documentation. The object's own methods are
avoided where they could answer for it: a subclass of a number is read as that number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from grader.exam.wire.remote_errors import LONGEST_TEXT

_ARRAY_LIBRARIES = ("torch", "jax", "jaxlib", "xarray", "PIL")


def plain_form(value: Any) -> Any:
    """A value of a subclass of a plain type as that type; an array-like of another library as an array; else itself."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if isinstance(value, numpy.longdouble | numpy.clongdouble):
            return complex(value) if isinstance(value, numpy.clongdouble) else float(value)
        if isinstance(value, numpy.ndarray):
            if value.dtype.char in "gG":
                return numpy.asarray(value, dtype="c16" if value.dtype.char == "G" else "f8")
            if type(value) is not numpy.ndarray:
                return numpy.asarray(value)
            return value
    for base, plain in _PLAIN_TYPES.items():
        if issubclass(type(value), base) and type(value) is not base:  # isinstance would believe its __class__
            return plain(value)
    kind = type(value)
    module = (_word(kind, "__module__") or "").split(".")[0]
    if numpy is not None and module in _ARRAY_LIBRARIES and hasattr(kind, "__array__"):
        return numpy.asarray(value)
    return value


# How to read a value of a subclass as the plain type, past whatever the subclass overrides.
_PLAIN_TYPES: dict[type, Callable[[Any], Any]] = {
    int: lambda value: int.__add__(value, 0),
    float: lambda value: float.__add__(value, -0.0),
    complex: lambda value: complex.__add__(value, complex(-0.0, -0.0)),
    str: lambda value: str.__str__(value),
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    bytearray: lambda value: bytearray.__getitem__(value, slice(None)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    list: lambda value: list(list.__iter__(value)),
    dict: lambda value: dict(dict.items(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
}


def words_of(value: Any) -> tuple[str, str | None, str | None]:
    """The name of an object's class, the object's own name, and its documentation."""
    return _word(type(value), "__name__") or "object", _word(value, "__name__"), _word(value, "__doc__")


def _word(value: Any, name: str) -> str | None:
    try:
        word = getattr(value, name, None)
    except Exception:  # a property of the student's may do anything
        return None
    return str.__str__(word)[:LONGEST_TEXT] if isinstance(word, str) else None
