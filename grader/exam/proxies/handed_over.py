"""The objects that a check hands over with one request, and that the student's code can change.

In: the values of a request while they are encoded, then what the student kernel has made of its copies. Out: a number for each
object, by which the reply names it; and the check's own objects, changed in the same way.
"""

from __future__ import annotations

import sys
from typing import Any

from grader.exam.wire.arrays import is_array
from grader.exam.wire.libraries import became_another, type_of
from grader.exam.wire.limits import unreadable

_MUTABLE = frozenset({list, dict, set, bytearray})
_CONSTANT = frozenset({type(None), bool, int, float, complex, str, bytes, tuple, frozenset, range, slice})


class HandedOver:
    """The objects of one request, by number."""

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.by_id: dict[int, int] = {}

    def known_number(self, value: Any) -> int | None:
        return self.by_id.get(id(value))

    def new_number(self, value: Any) -> int | None:
        if not _is_mutable(value):
            return None
        self.by_id[id(value)] = len(self.objects)
        self.objects.append(value)
        return len(self.objects) - 1

    def __getitem__(self, number: int) -> Any:
        if number >= len(self.objects):
            raise unreadable("it returns an object that it was not given")
        return self.objects[number]

    def update(self, changes: list[Any]) -> None:
        """Let the check's own objects change as the student's code has changed its copies.

        Raises:
            BoundaryError: the changes are none, or make another object of one.
        """
        for change in changes:
            match change:
                case (int(number), new) if number >= 0:
                    _update(self[number], new)
                case _:
                    raise unreadable("it does not say what it has changed")


def _is_mutable(value: Any) -> bool:
    kind = type(value)
    if kind in _MUTABLE or kind in _CONSTANT:
        return kind in _MUTABLE
    row = type_of(value)
    return _is_any_array(value) or (row is not None and row.update is not None)


def _is_any_array(value: Any) -> bool:
    return isinstance(value, getattr(sys.modules.get("numpy"), "ndarray", ()))


def _update(old: Any, new: Any) -> None:
    kind = type(old)
    if kind in (list, bytearray) and type(new) is kind:
        old[:] = new
    elif kind in (dict, set) and type(new) is kind:
        old.clear()
        old.update(new)
    elif is_array(old) and is_array(new):
        if old.dtype != new.dtype or old.size != new.size or not old.flags.writeable:
            raise unreadable("an array that was passed has become another")
        if old.shape != new.shape:
            old.shape = new.shape
        old[...] = new
    elif (row := type_of(old)) is not None and row.update is not None:
        row.update(old, new)
    else:
        raise became_another()
