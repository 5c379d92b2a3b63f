"""What a proxy can ask of a student's object.

In: the name of an operation, the object, the arguments. Out: the result. The examiner's proxies send the names, and the
student kernel runs the functions; this module is the list that both go by.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.exam.wire.remote_errors import LONGEST_TEXT

# The name of an operator in a request, and the function of the module `operator`.
BINARY = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "truediv", "floordiv": "floordiv", "mod": "mod", "pow": "pow",
    "matmul": "matmul", "and": "and_", "or": "or_", "xor": "xor", "lshift": "lshift", "rshift": "rshift",
}  # fmt: skip
COMPARE = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge"}
UNARY = {"neg": "neg", "pos": "pos", "abs": "abs", "invert": "invert"}

# The method that a class must have for its objects to have a trait. Two more traits are found in other ways (`traits_of`).
_METHODS = {
    "call": "__call__", "len": "__len__", "item": "__getitem__", "setitem": "__setitem__", "iter": "__iter__",
    "next": "__next__", "contains": "__contains__", "bool": "__bool__", "float": "__float__", "int": "__int__",
    "with": "__enter__",
}  # fmt: skip


def traits_of(value: Any) -> list[str]:
    """What can be done with an object. Its proxy can do the same."""
    if isinstance(value, type):
        return ["call", "class"]
    kind = type(value)
    found = [trait for trait, method in _METHODS.items() if _has(kind, method)]
    if any(_has(kind, f"__{name}__") for name in (*BINARY, "neg")):
        found.append("arithmetic")
    if any(getattr(kind, f"__{name}__", None) is not getattr(object, f"__{name}__") for name in COMPARE):
        found.append("compare")
    return found


def _has(kind: type, method: str) -> bool:
    """Whether objects of a class have a method. Asking the class itself would find its metaclass's methods, too."""
    return next((vars(base)[method] for base in kind.__mro__ if method in vars(base)), None) is not None


def run_operation(
    op: str, namespace: Mapping[str, Any], target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run one operation. ``target`` is the object, or for ``has`` and ``get`` names of the ``namespace``.

    Raises:
        BaseException: whatever the student's code raises.
    """
    match op:
        case "has":
            return [name in namespace for name in target]
        case "get":
            if target not in namespace:
                raise NameError(f"name {target!r} is not defined")
            return namespace[target]
        case "call":
            return target(*args, **kwargs)
        case _:
            return _OPERATIONS[op](target, *args)


def _next(iterator: Iterator[Any]) -> Any:
    for value in iterator:
        return (value,)
    return ()


def _text(value: Any, which: str) -> str:
    return (repr(value) if which == "repr" else str(value))[:LONGEST_TEXT]


def _signature(function: Any) -> list[Any]:
    parts = []
    for parameter in inspect.signature(function).parameters.values():
        has_default = parameter.default is not inspect.Parameter.empty
        parts.append((parameter.name, int(parameter.kind), has_default, parameter.default if has_default else None))
    return parts


def _operator(value: Any, name: str, *others: Any) -> Any:
    if name.startswith("r") and name[1:] in BINARY:
        return getattr(operator, BINARY[name[1:]])(others[0], value)
    return getattr(operator, (BINARY | UNARY | COMPARE)[name])(value, *others)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "attr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "item": lambda value, key: value[key],
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "contains": operator.contains,
    "len": len,
    "iter": iter,
    "next": _next,
    "text": _text,
    "bool": bool,
    "float": float,
    "int": int,
    "operator": _operator,
    "isinstance": lambda kind, value: isinstance(value, kind),
    "dir": lambda value: [name for name in dir(value) if type(name) is str],
    "signature": _signature,
    "enter": lambda value: type(value).__enter__(value),
    "exit": lambda value: type(value).__exit__(value, None, None, None),
}
