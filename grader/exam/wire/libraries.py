"""Objects of libraries that are sent as copies: frames, series, generators of random numbers, tensors, models.

In: an object, or the plain values that describe it. Out: the other. `LIBRARY_TYPES` has one row for each type; a new one is
added there and nowhere else. No library is imported to write an object: where a library is not loaded, nothing is of its types.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.exam.wire import models
from grader.exam.wire.arrays import is_array, is_plain_dtype
from grader.exam.wire.codec import Encoder
from grader.exam.wire.limits import unreadable
from grader.exam.wire.pandas_private import replace_contents

BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


@dataclass(frozen=True)
class LibraryType:
    """How the objects of one type are sent.

    ``tag`` stands before them in a message. ``matches`` says whether an object is of the type. ``describe`` gives the plain
    values that describe it, or None where they cannot. ``build`` makes an object from such values **and trusts none of them**.
    ``build_trusted`` is for what the examiner has sent, where that may be more. ``update`` lets an object that a check has
    handed over take on what the student's code has made of its copy; without it, such changes are not sent back.
    """

    tag: bytes
    matches: Callable[[Any], bool]
    describe: Callable[[Any], Any]
    build: Callable[[Any], Any]
    build_trusted: Callable[[Any], Any] | None = None
    update: Callable[[Any, Any], None] | None = None


def type_of(value: Any) -> LibraryType | None:
    """The row of a value; None where it is of none of the types."""
    return next((row for row in LIBRARY_TYPES if row.matches(value)), None)


def write_library_object(to: Encoder, value: Any, depth: int) -> bool:
    """Write an object of one of the types. False where ``value`` is none, or where plain values cannot describe it."""
    row = type_of(value)
    parts = row.describe(value) if row is not None else None
    if row is None or parts is None:
        return False
    to.out += row.tag
    to.copy(parts, depth + 1)
    return True


def _is_of(value: Any, module: str, *names: str) -> bool:
    loaded = sys.modules.get(module)
    return any(isinstance(value, getattr(loaded, name, ())) for name in names)


def _listed(parts: Any, count: int) -> list[Any]:
    if type(parts) is not list or len(parts) != count:
        raise unreadable("an object has too few or too many parts")
    return parts


def became_another() -> Exception:
    return unreadable("an object that was passed has become another")


# --- pandas -----------------------------------------------------------------------------------------------------------


def _describe_frame(frame: Any) -> list[Any]:
    columns = [_column(frame.iloc[:, n]) for n in range(frame.shape[1])]
    return [_column(frame.columns), _column(frame.index), columns]


def _build_frame(parts: Any) -> Any:
    import pandas  # type: ignore[import-untyped]

    columns, index, data = _listed(parts, 3)
    if type(data) is not list or len(columns) != len(data):
        raise unreadable("a table has not one name for each column")
    if any(not _is_column(column) or len(column) != len(index) for column in (*data, index)):
        raise unreadable("the columns of a table differ in length")
    frame = pandas.DataFrame(dict(enumerate(data)), index=_index(index))
    frame.columns = _index(columns)
    return frame


def _describe_series(series: Any) -> list[Any]:
    return [series.name, _column(series.index), _column(series)]


def _build_series(parts: Any) -> Any:
    import pandas  # type: ignore[import-untyped]

    name, index, values = _listed(parts, 3)
    if not _is_column(values) or not _is_column(index) or len(index) != len(values):
        raise unreadable("a series has not one index for each value")
    return pandas.Series(values, index=_index(index), name=name)


def _describe_index(index: Any) -> list[Any]:
    return [index.name, _column(index)]


def _build_index(parts: Any) -> Any:
    name, values = _listed(parts, 2)
    return _index(values).rename(name)


def _column(column: Any) -> Any:
    """A column or an index as an array, a range or a list of plain values; what is missing becomes None."""
    numpy, pandas = sys.modules["numpy"], sys.modules["pandas"]
    if isinstance(column, pandas.RangeIndex):
        return range(column.start, column.stop, column.step)
    if isinstance(column.dtype, numpy.dtype) and is_plain_dtype(column.dtype):
        return numpy.asarray(column)
    return [None if item is pandas.NA or item is pandas.NaT else item for item in column.tolist()]


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


def _update_pandas(old: Any, new: Any) -> None:
    if type(new) is not type(old):
        raise became_another()
    replace_contents(old, new)


# --- generators of random numbers -------------------------------------------------------------------------------------


def _is_generator(value: Any) -> bool:
    kind = getattr(getattr(sys.modules.get("numpy"), "random", None), "Generator", None)
    return kind is not None and type(value) is kind and type(value.bit_generator).__name__ in BIT_GENERATORS


def _describe_generator(generator: Any) -> list[Any]:
    bits = generator.bit_generator
    return [type(bits).__name__, bits.state]


def _build_generator(parts: Any) -> Any:
    """A generator whose state has been looked at: NumPy itself believes any state, and then reads beyond its memory."""
    match parts:
        case [
            "PCG64",
            {"state": {"state": int(state), "inc": int(step)}, "has_uint32": int(has), "uinteger": int(half)},
        ]:
            if 0 <= state < 1 << 128 and 0 <= step < 1 << 128 and has in (0, 1) and 0 <= half < 1 << 32:
                checked = {"state": {"state": state, "inc": step}, "has_uint32": has, "uinteger": half}
                return _build_trusted_generator(["PCG64", {"bit_generator": "PCG64", **checked}])
    raise unreadable("a random generator of an unknown kind")


def _build_trusted_generator(parts: Any) -> Any:
    import numpy

    name, state = _listed(parts, 2)
    if name not in BIT_GENERATORS:
        raise unreadable("a random generator of an unknown kind")
    bits = getattr(numpy.random, name)()
    bits.state = state
    return numpy.random.Generator(bits)


def _update_generator(old: Any, new: Any) -> None:
    if type(new) is not type(old):
        raise became_another()
    old.bit_generator.state = new.bit_generator.state


# --- TensorFlow and Keras ---------------------------------------------------------------------------------------------


def _is_tensor(value: Any) -> bool:
    kinds = ("Tensor", "Variable")
    return (_is_of(value, "tensorflow", *kinds) or _is_of(value, "keras", *kinds)) and hasattr(value, "numpy")


def _describe_tensor(tensor: Any) -> Any:
    array = sys.modules["numpy"].asarray(tensor)
    if array.dtype.name == "bfloat16":
        array = array.astype("f4")
    return array if is_plain_dtype(array.dtype) else None


def _build_tensor(parts: Any) -> Any:
    """A tensor where this process uses TensorFlow, else its array."""
    if not is_array(parts):
        raise unreadable("a tensor is no array")
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "convert_to_tensor"):
        return parts
    return tensorflow.convert_to_tensor(parts)


def _update_model(old: Any, new: Any) -> None:
    if not _is_of(new, "keras", "Model"):
        raise became_another()
    if [array.shape for array in old.get_weights()] != [array.shape for array in new.get_weights()]:
        raise unreadable("a model that was passed has become another")
    old.set_weights(new.get_weights())
    if new.compiled and not old.compiled:
        old.compile_from_config(new.get_compile_config())


# --- the table --------------------------------------------------------------------------------------------------------

MODEL = LibraryType(
    b"M", lambda value: _is_of(value, "keras", "Model"), models.describe, models.rebuild, update=_update_model
)
LIBRARY_TYPES = (
    LibraryType(
        b"P", lambda value: _is_of(value, "pandas", "DataFrame"), _describe_frame, _build_frame, update=_update_pandas
    ),
    LibraryType(
        b"S", lambda value: _is_of(value, "pandas", "Series"), _describe_series, _build_series, update=_update_pandas
    ),
    LibraryType(b"I", lambda value: _is_of(value, "pandas", "Index"), _describe_index, _build_index),
    LibraryType(
        b"R", _is_generator, _describe_generator, _build_generator, _build_trusted_generator, update=_update_generator
    ),
    LibraryType(b"k", _is_tensor, _describe_tensor, _build_tensor),
    MODEL,
)
BY_TAG = {row.tag: row for row in LIBRARY_TYPES}
