"""What a proxy can do, by what the class of the student's object can do: one small class for each trait.

In: the use that a check makes of a proxy. Out: an answer of the student kernel's, or an error where the reference has a plain
value in that place. `TRAITS` maps the names that the student kernel gives (`operations.traits_of`) to the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from grader.exam.operations import BINARY, COMPARE, UNARY
from grader.exam.proxies.proxy import Proxy, State, allowed, ask, ask_once, items_of, members_of
from grader.exam.wire.limits import unreadable


class _Call:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        allowed(self, TypeError, "a call")
        return ask(self, "call", *args, kwargs=kwargs, path="()")


class _Class:
    def __instancecheck__(self: Any, value: Any) -> bool:
        return (
            isinstance(value, Proxy)
            and allowed(self, TypeError, "instances")
            and ask(self, "isinstance", value) is True
        )

    __hash__ = object.__hash__


class _Len:
    def __len__(self: Any) -> int:
        if State.of(self).is_plain and (hasattr(self, "__iter__") or hasattr(self, "__getitem__")):
            return len(members_of(self).whole())
        length = ask(self, "len")
        if type(length) is not int or not 0 <= length < 1 << 60:
            raise unreadable("a length is no number")
        return length


class _Item:
    def __getitem__(self: Any, key: Any) -> Any:
        if State.of(self).is_plain and type(key) in (int, slice):
            return members_of(self).whole()[key]
        return ask(self, "item", key, path="[]")


class _SetItem:
    def __setitem__(self: Any, key: Any, value: Any) -> None:
        allowed(self, TypeError, "a change")
        ask(self, "setitem", key, value)

    def __delitem__(self: Any, key: Any) -> None:
        allowed(self, TypeError, "a change")
        ask(self, "delitem", key)


class _Iter:
    def __iter__(self: Any) -> Iterator[Any]:
        if State.of(self).is_plain:
            return iter(members_of(self))
        iterator = ask(self, "iter", path="[]")
        if not isinstance(iterator, Proxy):
            return iter(iterator)
        return items_of(iterator)


class _Next:
    def __next__(self: Any) -> Any:
        state = State.of(self)
        if state.is_plain:
            state.cursor = state.cursor or iter(members_of(self))
        for value in state.cursor or items_of(self):
            return value
        raise StopIteration


class _Contains:
    def __contains__(self: Any, value: Any) -> bool:
        if State.of(self).is_plain and hasattr(self, "__iter__"):
            return any(item is value or item == value for item in self)
        allowed(self, TypeError, "its members")
        return ask(self, "contains", value) is True


class _Bool:
    def __bool__(self: Any) -> bool:
        return ask_once(self, "bool") is True


class _Float:
    def __float__(self: Any) -> float:
        value = ask_once(self, "float")
        if type(value) is not float:
            raise unreadable("it is no number")
        return value


class _Int:
    def __int__(self: Any) -> int:
        value = ask_once(self, "int")
        if type(value) is not int:
            raise unreadable("it is no whole number")
        return value


class _With:
    def __enter__(self: Any) -> Any:
        allowed(self, TypeError, "a with statement")
        return ask(self, "enter", path=".with")

    def __exit__(self: Any, *error: object) -> None:
        ask(self, "exit")


def _operator(name: str) -> Callable[..., Any]:
    def operate(self: Any, *others: Any) -> Any:
        allowed(self, TypeError, "arithmetic")
        return ask(self, "operator", name, *others, path="()")

    return operate


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    own = getattr(object, f"__{name}__")

    def compare(self: Any, other: Any) -> Any:
        connection, path = State.of(self).connection, State.of(self).path + "=="
        if not connection.allows(path):
            return own(self, other)
        connection.seen.add(path)
        return ask(self, "operator", name, other)

    return compare


_Arithmetic = type(
    "_Arithmetic",
    (),
    {f"__{name}__": _operator(name) for binary in BINARY for name in (binary, f"r{binary}")}
    | {f"__{name}__": _operator(name) for name in UNARY},
)
_Compare = type("_Compare", (), {f"__{name}__": _comparison(name) for name in COMPARE} | {"__hash__": object.__hash__})

TRAITS: dict[str, type] = {
    "call": _Call, "class": _Class, "len": _Len, "item": _Item, "setitem": _SetItem, "iter": _Iter, "next": _Next,
    "contains": _Contains, "bool": _Bool, "float": _Float, "int": _Int, "with": _With,
    "arithmetic": _Arithmetic, "compare": _Compare,
}  # fmt: skip
