"""What a check passes to the student's code, as bytes.

In: a request or an answer of the examiner's. Out: its bytes. The examiner is trusted, so that nearly everything can be sent:
proxies by their number, functions as calls back, what any Python can import by its name, objects of other libraries as pickles.
Code is never sent.
"""

from __future__ import annotations

import io
import pickle
import sys
import types
from collections.abc import Callable
from typing import Any

from grader.exam.proxies.handed_over import HandedOver
from grader.exam.proxies.proxy import Proxy, number_of
from grader.exam.wire.codec import Encoder, Unsendable
from grader.exam.wire.libraries import write_library_object
from grader.exam.wire.limits import BoundaryError, WireLimits

_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)


class Arguments:
    """Writes what one exam's checks pass on. ``functions`` are those that the student's code may call, by number."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}  # in which the check runs; given classes are known by their names there
        self.functions: dict[int, Callable[..., Any]] = {}

    def encoded(self, value: Any, limits: WireLimits, handed_over: HandedOver, *, new: bool) -> bytearray:
        """The bytes of a request or an answer. With ``new``, its objects become known to the student kernel.

        Raises:
            BoundaryError: something in it cannot be sent.
        """
        numbers = handed_over.new_number if new else None
        to = Encoder(limits, self._default, known_number=handed_over.known_number, new_number=numbers)
        try:
            to.encode(value)
        except (Unsendable, RecursionError, pickle.PicklingError, TypeError, AttributeError, ValueError) as error:
            raise BoundaryError(
                f"The check passes something that cannot be sent to the student kernel: {error}."
            ) from error
        return to.out

    def _default(self, to: Encoder, value: Any, depth: int) -> None:
        if isinstance(value, Proxy):
            to.tag(b"h", number_of(value))
        elif (place := _place(value)) is not None:
            to.out += b"G"
            to.text(place[0])
            to.text(place[1])
        elif (given := self._given_class(value)) is not None:
            to.out += b"n"  # the student kernel has it, too
            to.text(given)
        elif isinstance(value, _FUNCTIONS):
            self._function(to, value)
        elif not write_library_object(to, value, depth):
            self._pickled(to, value, depth)

    def _function(self, to: Encoder, function: Callable[..., Any]) -> None:
        number = next((n for n, known in self.functions.items() if known is function), len(self.functions))
        self.functions[number] = function
        to.tag(b"C", number)
        to.text(str(getattr(function, "__name__", "function")))
        to.text(str(getattr(function, "__doc__", None) or ""))

    def _pickled(self, to: Encoder, value: Any, depth: int) -> None:
        """An object of a library. Given classes, proxies and the check's functions in it are sent beside the pickle."""
        references: list[Any] = []
        given_class = self._given_class

        class Pickler(pickle.Pickler):
            def persistent_id(self, part: Any) -> int | None:
                own = given_class(part) is not None
                if isinstance(part, Proxy) or own or (isinstance(part, _FUNCTIONS) and _place(part) is None):
                    references.append(part)
                    return len(references) - 1
                return None

        stream = io.BytesIO()
        Pickler(stream).dump(value)
        to.out += b"p"
        to.raw(stream.getvalue())
        to.copy(references, depth + 1)

    def _given_class(self, value: Any) -> str | None:
        """The name of a class that a given cell has defined: its objects are sent by that name."""
        name = value.__name__ if isinstance(value, type) else ""
        return name if name and self.namespace.get(name) is value else None


def _place(value: Any) -> tuple[str, str] | None:
    """Module and name of what any Python can import: a module, a library's class or function, a ufunc."""
    if isinstance(value, types.ModuleType):
        return value.__name__, ""
    ufunc = getattr(sys.modules.get("numpy"), "ufunc", None)
    if not isinstance(value, (type, *_FUNCTIONS)) and not (ufunc and isinstance(value, ufunc)):
        return None
    name = str(getattr(value, "__qualname__", None) or getattr(value, "__name__", ""))
    for module in (getattr(value, "__module__", None), "numpy"):
        loaded = sys.modules.get(module) if isinstance(module, str) and module != "__main__" else None
        if loaded is not None and getattr(loaded, "__spec__", None) is not None and _found(loaded, name) is value:
            return str(module), name
    return None


def _found(module: types.ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
