"""A proxy: an object of the student's, as a check sees it.

In: what the student kernel says of an object, and the path by which the check came to it. Out: a `Proxy`, which asks the
student kernel when it is used. What it can do beyond attributes and printing comes from the classes of `traits`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from grader.exam.wire.limits import unreadable
from grader.exam.wire.remote_errors import LONGEST_TEXT

if TYPE_CHECKING:
    from grader.exam.proxies.connection import StudentConnection

_LONGEST_PATH = 200
_PARAMETER_KINDS = {
    int(kind): kind
    for kind in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.KEYWORD_ONLY,
        inspect.Parameter.VAR_KEYWORD,
    )
}


class State:
    """What a proxy knows of the student's object."""

    def __init__(self, connection: StudentConnection, number: int, path: str, kind: str, name: str | None) -> None:
        self.connection, self.number, self.path, self.kind, self.name = connection, number, path, kind, name
        self.members: Members | None = None
        self.cursor: Iterator[Any] | None = None
        self.answers: dict[str, Any] = {}

    @staticmethod
    def of(proxy: Proxy) -> State:
        state: State = object.__getattribute__(proxy, "_Proxy__state")
        return state

    @property
    def is_plain(self) -> bool:
        """Whether the reference has a plain value in this place, or none at all."""
        return not self.connection.allows(self.path)


class Members:
    """What a proxy holds where the reference has a plain value: the same members each time that it is looked at, and
    in each way. A list that is sorted when its neighbours are compared, and complete when it is counted, is no list."""

    def __init__(self, source: Iterator[Any]) -> None:
        self.source, self.found = source, list[Any]()

    def __iter__(self) -> Iterator[Any]:
        at = 0
        while at < len(self.found) or self._one_more():
            yield self.found[at]
            at += 1

    def _one_more(self) -> bool:
        for item in self.source:
            self.found.append(item)
            return True
        return False

    def whole(self) -> list[Any]:
        while self._one_more():
            pass
        return self.found


class Proxy:
    """An object of the student's. Its class is made of this one and of those traits that the object's class has."""

    __slots__ = ("_Proxy__state", "__dict__", "__weakref__")
    __array_ufunc__ = None  # NumPy must not take it for a number

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            if State.of(self).name is not None:
                return State.of(self).name
        elif name == "__signature__":
            return _signature(self)
        elif not (name.startswith("__") and name.endswith("__")) and allowed(self, AttributeError, f"its `{name}`"):
            return ask(self, "attr", name, path=f".{name[:80]}")
        raise AttributeError(f"{State.of(self).kind!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        allowed(self, AttributeError, f"its `{name}`")
        ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        allowed(self, AttributeError, f"its `{name}`")
        ask(self, "delattr", name)

    def __repr__(self) -> str:
        return _text(self, "repr")

    def __str__(self) -> str:
        return _text(self, "str")

    def __dir__(self) -> list[str]:
        names = ask(self, "dir")
        return [name for name in names if type(name) is str] if type(names) is list else []

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a proxy for a student's object cannot be copied")


def make_proxy(class_: type[Proxy], state: State, documentation: str | None) -> Proxy:
    proxy = object.__new__(class_)
    object.__setattr__(proxy, "_Proxy__state", state)
    object.__setattr__(proxy, "__doc__", documentation)
    return proxy


def number_of(proxy: Proxy) -> int:
    """The number of the handle by which the student kernel knows the object."""
    return State.of(proxy).number


def expect_proxy(proxy: Proxy) -> None:
    """See that the reference has a proxy here, too.

    Raises:
        TypeError: it has not.
    """
    allowed(proxy, TypeError, "a number of points")


# --- what the traits are made of --------------------------------------------------------------------------------------


def ask(proxy: Proxy, op: str, *args: Any, path: str = "", kwargs: dict[str, Any] | None = None) -> Any:
    """Ask the student kernel to do something with the object. ``path`` is how the answer is come by."""
    state = State.of(proxy)
    # A node's next node, or one of its nodes, has the path of the node itself: the order in which a check walks is free.
    if path and state.path.removesuffix("[]").endswith(path):
        longer = state.path.removesuffix("[]")
    else:
        longer = (state.path + path)[:_LONGEST_PATH]
    return state.connection.ask(op, proxy, args, kwargs, path=longer)


def allowed(proxy: Proxy, error: type[Exception], what: str) -> bool:
    """See that the reference has a proxy here, too.

    Raises:
        Exception: of the class ``error``; it has not.
    """
    state = State.of(proxy)
    if state.is_plain:
        raise error(
            f"your answer is a {state.kind!r} object, which is not asked for {what}: an answer of another kind is wanted"
        )
    return True


def members_of(proxy: Any) -> Members:
    """What the proxy holds. It is asked for each member once."""
    state = State.of(proxy)
    if state.members is None:
        if hasattr(proxy, "__iter__"):
            iterator = ask(proxy, "iter", path="[]")
            source = items_of(iterator) if isinstance(iterator, Proxy) else iter(iterator)
        else:
            source = items_of(proxy) if hasattr(proxy, "__next__") else _items_by_number(proxy)
        state.members = Members(source)
    return state.members


def items_of(iterator: Any) -> Iterator[Any]:
    """The items of a student's iterator, up to the limit."""
    for _ in range(State.of(iterator).connection.limits.items):
        match ask(iterator, "next"):
            case (value,):
                yield value
            case _:
                return
    raise unreadable("it never ends")


def _items_by_number(proxy: Proxy) -> Iterator[Any]:
    """The items of an object that can only be asked for them by their number."""
    for number in range(State.of(proxy).connection.limits.items):
        try:
            yield ask(proxy, "item", number, path="[]")
        except IndexError:
            return
    raise unreadable("it never ends")


def ask_once(proxy: Proxy, op: str) -> Any:
    """The object's value as a plain type. In place of a plain value, it is asked once and must keep to its answer."""
    state = State.of(proxy)
    if op not in state.answers or not state.is_plain:
        state.answers[op] = ask(proxy, op)
    return state.answers[op]


def _text(proxy: Proxy, which: str) -> str:
    text = ask(proxy, "text", which)
    return text[:LONGEST_TEXT] if type(text) is str else f"<{State.of(proxy).kind} object>"


def _signature(proxy: Proxy) -> inspect.Signature:
    parameters = []
    for part in ask(proxy, "signature"):
        match part:
            case (str(name), int(kind), bool(has_default), default) if kind in _PARAMETER_KINDS:
                value = default if has_default else inspect.Parameter.empty
                parameters.append(inspect.Parameter(name, _PARAMETER_KINDS[kind], default=value))
            case _:
                raise unreadable("it is no signature")
    return inspect.Signature(parameters)
