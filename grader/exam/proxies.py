"""The examiner's side of the wall: fetch the student's names, and stand in for what cannot be copied.

In: a socket whose other end is the kernel's `agent`, the plan of a check, its namespace. Out: the namespace with the
student's names bound, to copies of plain values and to stand-ins, which ask the student kernel when they are called.

A lying object must not answer for a number. So a stand-in is only called, or asked for attributes, where the reference
solution has a stand-in, too: the `paths` of the calibration run say where. Elsewhere it can be looped over, indexed and
printed, as a generator in place of a list, and nothing else. Comparisons are the examiner's own, but where the reference's
class defines them.
"""

from __future__ import annotations

import importlib
import inspect
import io
import pickle
import secrets
import socket
import sys
import time
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.exam.ownership.dataflow import CellPlan
from grader.exam.student_agent import BINARY, COMPARE
from grader.exam.wire.codec import (
    BIT_GENERATORS,
    FRAME,
    MODEL,
    RANDOM,
    SERIES,
    TENSOR,
    BoundaryClosed,
    BoundaryError,
    BoundaryTimeout,
    Decoder,
    Encoder,
    Unsendable,
    WireLimits,
    is_array,
    read_frame,
    read_random,
    read_series,
    read_tensor,
    receive,
    send,
    unreadable,
    waiting,
    write_library_object,
)
from grader.exam.wire.models import measure_by, metrics_of, rebuild, write_model
from grader.exam.wire.remote_errors import LONGEST_TEXT, error_of, told

_LONGEST_PATH = 200
_MOST_CLASSES = 500  # of stand-ins, by the names of the student's classes
_LOOSE_TYPES = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)


class StudentConnection:
    """The examiner's end of the socket, for one exam.

    ``paths`` are those that the calibration run has `seen`; None lets stand-ins do everything and is for that run itself.
    ``deadline`` is a time of ``time.monotonic()``; set it before each check. After a check, ``broken`` tells whether the
    conversation broke off: the check has then failed, whatever its code made of the error.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        limits: WireLimits | None = None,
        paths: Iterable[str] | None = None,
        deadline: float | None = None,
    ) -> None:
        self.sock, self.deadline = sock, deadline
        self.limits = limits or WireLimits()
        self.paths = None if paths is None else frozenset(paths)
        self.seen: set[str] = set()
        self.broken: BoundaryError | None = BoundaryClosed("The student kernel is not serving.")
        self._namespace: dict[str, Any] = {}
        self._nonce = b""
        self._greeted = False
        self._received = 0
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._called, self._depth = 0, 0
        self._proxies: weakref.WeakValueDictionary[int, Proxy] = weakref.WeakValueDictionary()
        self._released: deque[int] = deque()
        self._classes: dict[tuple[str, frozenset[str]], type[Proxy]] = {}

    # --- a conversation ---

    def begin(self, namespace: dict[str, Any]) -> str:
        """Begin a conversation. Returns the code that the student kernel must execute as a cell while it lasts.

        ``namespace`` is the examiner's own, in which the check will run.
        """
        nonce = secrets.token_bytes(32)
        self._namespace, self._nonce, self._greeted, self.broken = namespace, nonce, False, None
        self._depth = 0
        return (
            "__import__('grader.exam.student_agent', fromlist=['serve'])"
            f".serve(get_ipython().user_ns, {nonce.hex()!r}, {self.limits.message_bytes})"
        )

    def end(self) -> None:
        """End the conversation, so that the cell of `begin` ends, too."""
        if self.broken is None:
            self.ask("end", None)
            self.broken = BoundaryClosed("The student kernel is not serving.")

    def bind(self, plan: CellPlan) -> None:
        """Bind what a check uses of the student's in the namespace of `begin`. What the student has not is unbound.

        Raises:
            BoundaryError: the student kernel does not answer. What it answers for a name and cannot be read is bound to a
                stand-in that raises `BoundaryError` when it is used.
        """
        wanted = sorted(plan.students | set(plan.imports))
        if not wanted:
            return
        there = self.ask("has", tuple(wanted))
        if type(there) is not list or len(there) != len(wanted):
            raise unreadable("it does not say which names there are")
        for name, bound in zip(wanted, there, strict=True):
            self._namespace.pop(name, None)
            if bound is not True:
                continue
            if name in plan.imports:
                target = plan.imports[name]
                module = importlib.import_module(target.module)
                self._namespace[name] = getattr(module, target.attribute) if target.attribute else module
            else:
                self._namespace[name] = self.fetch(name)

    def fetch(self, name: str) -> Any:
        """The value of one of the student's names.

        Raises:
            NameError: the student has no such name.
            BoundaryError: the value cannot be read.
        """
        return self.ask("get", name, path=name)

    def allows(self, path: str) -> bool:
        """Whether a stand-in may answer at ``path``: the reference has one there."""
        return self.paths is None or path in self.paths

    def measured(self, model: Any, path: str) -> Any:
        """A model of the student's, to be measured by the same metrics as the reference's at this place.

        What `evaluate` returns is taken for an accuracy by its place: a mean error would pass for one.
        """
        told_ = f"{path} measures "
        if self.paths is None:
            if (metrics := metrics_of(model)) is not None:
                self.seen.add(told_ + metrics)
            return model
        wanted = next((known.removeprefix(told_) for known in self.paths if known.startswith(told_)), None)
        if wanted is not None:
            measure_by(model, wanted)
        return model

    def ask(
        self, op: str, target: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None, *, path: str = ""
    ) -> Any:
        """Send one request and return its answer. Errors of the student's code are raised as builtin ones."""
        if self.broken is not None:
            raise self.broken
        numbers = _Numbers()
        released = tuple(self._released.popleft() for _ in range(len(self._released)))
        body = self._encoded(
            ("do", op, target, args, tuple((kwargs or {}).items()), released), numbers.same, numbers.number
        )
        try:
            if not self._greeted:
                self._await_greeting()
            send(self.sock, 0, body, self.deadline)
            while True:
                reply, changes = self._reply(numbers, path)
                if reply[0] != "callback":
                    break
                self._call_back(reply, numbers)
        except (BoundaryClosed, BoundaryTimeout) as error:
            self.broken = error
            raise
        except _Misread as error:
            self.broken = error
            raise
        _apply(changes, numbers)
        if reply[0] == "raise":
            raised = error_of(reply[1], reply[2])
            if isinstance(raised, KeyboardInterrupt):
                self.broken = BoundaryTimeout("The student's code was interrupted.")
            if isinstance(raised, (StopIteration, StopAsyncIteration, GeneratorExit)):
                # The check's own loop would take it for its end, and pass what it has not looked at.
                raised = RuntimeError(f"{reply[1]} was raised: {raised}" if str(raised) else f"{reply[1]} was raised")
            raise raised
        return reply[1]

    def _await_greeting(self) -> None:
        """Throw away what an earlier conversation may have left, up to the number that this one begins with."""
        while True:
            with waiting(self.sock, self.deadline):
                there = self.sock.recv(1 << 16, socket.MSG_PEEK)
                if not there:
                    raise BoundaryClosed("The other side of the wall is gone.")
                place = there.find(self._nonce)
                useless = len(there) - len(self._nonce) + 1 if place < 0 else place + len(self._nonce)
                if useless > 0:
                    self._count(len(self.sock.recv(useless)))
                else:
                    time.sleep(0.002)  # a part of the number is there
            if place >= 0:
                self._greeted = True
                return

    def _reply(self, numbers: _Numbers, path: str) -> tuple[tuple[Any, ...], list[Any]]:
        try:
            _, data = receive(self.sock, self.limits, self.deadline)
            self._count(len(data))
        except (BoundaryClosed, BoundaryTimeout):
            raise
        except BoundaryError as error:  # what is on the wire can no longer be told apart
            raise _Misread(str(error)) from error
        whole = Decoder(data, self.limits, _Tags(self, numbers, path)).whole()
        if type(whole) is not tuple or len(whole) != 2 or type(whole[0]) is not tuple or type(whole[1]) is not list:
            raise unreadable("it is no reply")
        reply, changes = whole
        if not reply or _REPLIES.get(reply[0] if type(reply[0]) is str else "") != len(reply):
            raise unreadable("it is no reply")
        return reply, changes

    def _count(self, length: int) -> None:
        self._received += length
        if self._received > self.limits.exam_bytes:
            raise _Misread("The student kernel has sent more than one exam may.")

    # --- to the student ---

    def _encoded(
        self,
        value: Any,
        same: Callable[[Any], int | None] | None = None,
        number: Callable[[Any], int | None] | None = None,
    ) -> bytearray:
        to = Encoder(self.limits, self._default, tell_same=same, number=number)
        try:
            to.encode(value)
        except (Unsendable, RecursionError, pickle.PicklingError, TypeError, AttributeError, ValueError) as error:
            raise BoundaryError(
                f"The check passes something that cannot be sent to the student kernel: {error}."
            ) from error
        return to.out

    def _default(self, to: Encoder, value: Any, depth: int) -> None:
        if isinstance(value, Proxy):
            to.tag(b"h", _state(value).number)
        elif (place := _place(value)) is not None:
            to.out += b"G"
            to.text(place[0])
            to.text(place[1])
        elif (given := _given_class(self._namespace, value)) is not None:
            to.out += b"n"  # the student kernel has it, too
            to.text(given)
        elif isinstance(value, _LOOSE_TYPES):
            self._callback(to, value)
        elif not (write_library_object(to, value, depth) or write_model(to, value, depth)):
            self._pickled(to, value, depth)

    def _callback(self, to: Encoder, function: Callable[..., Any]) -> None:
        number = next((n for n, known in self._callbacks.items() if known is function), len(self._callbacks))
        self._callbacks[number] = function
        to.tag(b"C", number)
        to.text(str(getattr(function, "__name__", "function")))
        to.text(str(getattr(function, "__doc__", None) or ""))

    def _pickled(self, to: Encoder, value: Any, depth: int) -> None:
        """An object of a library. Given classes and the examiner's functions in it are told apart: code never goes over."""
        references: list[Any] = []
        namespace = self._namespace

        class Pickler(pickle.Pickler):
            def persistent_id(self, part: Any) -> int | None:
                own = _given_class(namespace, part) is not None
                if isinstance(part, Proxy) or own or (isinstance(part, _LOOSE_TYPES) and _place(part) is None):
                    references.append(part)
                    return len(references) - 1
                return None

        stream = io.BytesIO()
        Pickler(stream).dump(value)
        raw = stream.getvalue()
        to.out += b"p" + len(raw).to_bytes(4, "little") + raw
        same, number, to.tell_same, to.number = to.tell_same, to.number, None, None
        to.encode(references, depth + 1)
        to.tell_same, to.number = same, number

    def _call_back(self, reply: tuple[Any, ...], numbers: _Numbers) -> None:
        """The student's code calls a function that a check has passed to it."""
        _, number, args, pairs = reply
        function = self._callbacks.get(number) if type(number) is int else None
        self._called += 1
        try:
            if function is None or type(args) is not tuple or type(pairs) is not tuple:
                raise unreadable("it calls what it has not been given")
            if self._called > self.limits.callbacks or self._depth >= self.limits.callback_depth:
                raise unreadable("it calls back too often")
            self._depth += 1
            try:
                answer: tuple[Any, ...] = ("ok", function(*args, **_keywords(pairs)))
            finally:
                self._depth -= 1
            body = self._encoded(answer, numbers.same)
        except Exception as error:  # whatever the check's function raises is told to the student's code
            if self.broken is not None:
                raise self.broken from error
            body = self._encoded(("raise", *told(error)))
        send(self.sock, 0, body, self.deadline)

    # --- from the student ---

    def _proxy(self, told_: Any, path: str) -> Proxy:
        match told_:
            case [int(number), list(traits), str(kind), str() | None as name, str() | None as text]:
                pass
            case _:
                raise unreadable("a handle is not told as it should be")
        self.seen.add(path)
        known = self._proxies.get(number)
        if known is not None:
            _state(known).path = path  # where it came from last, whether it was still here or not
            return known
        if number in self._released:
            self._released.remove(number)
        class_ = self._class(kind, frozenset(trait for trait in traits if type(trait) is str and trait in _MIXINS))
        standin = object.__new__(class_)
        object.__setattr__(standin, "_StandIn__state", _State(self, number, path, kind[:80], name))
        object.__setattr__(standin, "__doc__", text)
        self._proxies[number] = standin
        weakref.finalize(standin, self._released.append, number)
        return standin

    def _class(self, kind: str, traits: frozenset[str]) -> type[Proxy]:
        """A class of stand-ins that can do what the student's class can, and has its name in sentences."""
        name = kind[:80] if kind.isidentifier() and len(self._classes) < _MOST_CLASSES else "object"
        key = (name, traits)
        if key not in self._classes:
            bases = (*(_MIXINS[trait] for trait in sorted(traits)), Proxy)
            self._classes[key] = type(name, bases, {"__module__": "student"})
        return self._classes[key]


class _Misread(BoundaryError):
    """Nothing more can be read in this conversation."""


_REPLIES = {"ok": 2, "raise": 3, "callback": 4}


class _Numbers:
    """The objects that a request hands over and that the student's code can change, by number."""

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.by_id: dict[int, int] = {}

    def same(self, value: Any) -> int | None:
        return self.by_id.get(id(value))

    def number(self, value: Any) -> int | None:
        if not _is_mutable(value):
            return None
        self.by_id[id(value)] = len(self.objects)
        self.objects.append(value)
        return len(self.objects) - 1

    def __getitem__(self, number: int) -> Any:
        if number >= len(self.objects):
            raise unreadable("it returns an object that it was not given")
        return self.objects[number]


def _is_mutable(value: Any) -> bool:
    if type(value) in (list, dict, set, bytearray):
        return True
    for module, names in (("numpy", ("ndarray",)), ("pandas", ("DataFrame", "Series")), ("keras", ("Model",))):
        loaded = sys.modules.get(module)
        if any(isinstance(value, getattr(loaded, name, ())) for name in names):
            return True
    return _is_random(value)


def _is_random(value: Any) -> bool:
    random = getattr(sys.modules.get("numpy"), "random", None)
    generator = getattr(random, "Generator", None)
    return generator is not None and type(value) is generator and type(value.bit_generator).__name__ in BIT_GENERATORS


def _apply(changes: list[Any], numbers: _Numbers) -> None:
    """Let the examiner's own objects change as the student's code has changed its copies."""
    for change in changes:
        match change:
            case (int(number), new) if number >= 0:
                _change(numbers[number], new)
            case _:
                raise unreadable("it does not say what it has changed")


def _change(old: Any, new: Any) -> None:
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
    elif _is_random(old) and type(new) is kind:
        old.bit_generator.state = new.bit_generator.state
    elif _of(old, "pandas", "DataFrame", "Series") and type(new) is kind:
        old._update_inplace(new)
    elif _of(old, "keras", "Model") and _of(new, "keras", "Model"):
        if [array.shape for array in old.get_weights()] != [array.shape for array in new.get_weights()]:
            raise unreadable("a model that was passed has become another")
        old.set_weights(new.get_weights())
        if new.compiled and not old.compiled:
            old.compile_from_config(new.get_compile_config())
    else:
        raise unreadable("an object that was passed has become another")


def _of(value: Any, module: str, *names: str) -> bool:
    return any(isinstance(value, getattr(sys.modules.get(module), name, ())) for name in names)


def _keywords(pairs: tuple[Any, ...]) -> dict[str, Any]:
    if any(type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not str for pair in pairs):
        raise unreadable("it calls with arguments that have no names")
    return dict(pairs)


class _Tags:
    """Reads the tags of one reply that are not plain values."""

    def __init__(self, wall: StudentConnection, numbers: _Numbers, path: str) -> None:
        self.wall, self.numbers, self.path = wall, numbers, path
        self.within = 0  # an object of a library, which is made of plain values

    def __call__(self, tag: bytes, decoder: Decoder, depth: int) -> Any:
        if self.within:
            raise unreadable("an object is made of more than plain values")
        if tag == b"m":
            return self.numbers[decoder.count()]
        if tag == b"h":
            # The reply is a pair of a pair: at depth 2 stands the value itself, below it what it contains.
            return self.wall._proxy(decoder.value(depth + 1), self.path + "[]" * (depth > 2))
        if tag not in _READ_PARTS:
            raise unreadable(f"its tag {tag!r} is unknown")
        self.within += 1
        parts = decoder.value(depth + 1)
        self.within -= 1
        try:
            read = _READ_PARTS[tag](parts)
            return self.wall.measured(read, self.path + "[]" * (depth > 2)) if tag == MODEL else read
        except BoundaryError:
            raise
        except Exception as error:  # pandas and Keras raise what they like about parts that make no sense
            raise unreadable(f"an object cannot be built: {str(error)[:200] or type(error).__name__}") from error


def _read_own_random(parts: Any) -> Any:
    """A generator whose state has been looked at: NumPy itself believes what it is told, and reads beyond its memory."""
    match parts:
        case [
            "PCG64",
            {"state": {"state": int(state), "inc": int(step)}, "has_uint32": int(has), "uinteger": int(half)},
        ]:
            if 0 <= state < 1 << 128 and 0 <= step < 1 << 128 and has in (0, 1) and 0 <= half < 1 << 32:
                told_ = {"state": {"state": state, "inc": step}, "has_uint32": has, "uinteger": half}
                return read_random(["PCG64", {"bit_generator": "PCG64", **told_}])
    raise unreadable("a random generator of an unknown kind")


_READ_PARTS: dict[bytes, Callable[[Any], Any]] = {
    FRAME: read_frame,
    SERIES: read_series,
    TENSOR: read_tensor,
    RANDOM: _read_own_random,
    MODEL: rebuild,
}


def _place(value: Any) -> tuple[str, str] | None:
    """Module and name of what any Python can import: a module, a library's class or function, a ufunc."""
    if isinstance(value, types.ModuleType):
        return value.__name__, ""
    ufunc = getattr(sys.modules.get("numpy"), "ufunc", None)
    if not isinstance(value, (type, *_LOOSE_TYPES)) and not (ufunc and isinstance(value, ufunc)):
        return None
    name = str(getattr(value, "__qualname__", None) or getattr(value, "__name__", ""))
    for module in (getattr(value, "__module__", None), "numpy"):
        loaded = sys.modules.get(module) if isinstance(module, str) and module != "__main__" else None
        if loaded is not None and getattr(loaded, "__spec__", None) is not None and _found(loaded, name) is value:
            return str(module), name
    return None


def _given_class(namespace: dict[str, Any], value: Any) -> str | None:
    """The name of a class that a given cell has defined: its objects go over by that name."""
    name = value.__name__ if isinstance(value, type) else ""
    return name if name and namespace.get(name) is value else None


def _found(module: types.ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


# --- stand-ins --------------------------------------------------------------------------------------------------------


class _State:
    """What a stand-in knows of the object that it stands for."""

    def __init__(self, wall: StudentConnection, number: int, path: str, kind: str, name: str | None) -> None:
        self.wall, self.number, self.path, self.kind, self.name = wall, number, path, kind, name
        self.members: _Members | None = None
        self.cursor: Iterator[Any] | None = None
        self.answers: dict[str, Any] = {}


class _Members:
    """What a stand-in holds that stands where the reference has a plain value: the same each time, and each way, that it is
    looked at. A list that is sorted when its neighbours are compared, and complete when it is counted, is no list."""

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
    """An object of the student's. What it can do beyond this comes from the mixins below, by what its class can do."""

    __slots__ = ("_StandIn__state", "__dict__", "__weakref__")
    __array_ufunc__ = None  # NumPy must not take it for a number

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            if _state(self).name is not None:
                return _state(self).name
        elif name == "__signature__":
            return _signature(self)
        elif not (name.startswith("__") and name.endswith("__")) and _allowed(self, AttributeError, f"its `{name}`"):
            return _ask(self, "attr", name, path=f".{name[:80]}")
        raise AttributeError(f"{_state(self).kind!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        _allowed(self, AttributeError, f"its `{name}`")
        _ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        _allowed(self, AttributeError, f"its `{name}`")
        _ask(self, "delattr", name)

    def __repr__(self) -> str:
        return _words(self, "repr")

    def __str__(self) -> str:
        return _words(self, "str")

    def __dir__(self) -> list[str]:
        names = _ask(self, "dir")
        return [name for name in names if type(name) is str] if type(names) is list else []

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("what stands for a student's object cannot be copied")


def _state(standin: Proxy) -> _State:
    state: _State = object.__getattribute__(standin, "_StandIn__state")
    return state


def _ask(standin: Proxy, op: str, *args: Any, path: str = "", kwargs: dict[str, Any] | None = None) -> Any:
    state = _state(standin)
    # A node's next node, or one of its nodes, stands where the node itself does: the order in which a check walks is no matter.
    if path and state.path.removesuffix("[]").endswith(path):
        longer = state.path.removesuffix("[]")
    else:
        longer = (state.path + path)[:_LONGEST_PATH]
    return state.wall.ask(op, standin, args, kwargs, path=longer)


def _allowed(standin: Proxy, error: type[Exception], what: str) -> bool:
    state = _state(standin)
    if not state.wall.allows(state.path):
        raise error(
            f"your answer is a {state.kind!r} object, which is not asked for {what}: an answer of another kind is wanted"
        )
    return True


def expect_proxy(standin: Proxy) -> None:
    """See that the reference has a stand-in here, too.

    Raises:
        TypeError: it has not.
    """
    _allowed(standin, TypeError, "a number of points")


def _is_plain(standin: Proxy) -> bool:
    """Whether it stands where the reference has a plain value, or none at all."""
    return not _state(standin).wall.allows(_state(standin).path)


def _members(standin: Any) -> _Members:
    state = _state(standin)
    if state.members is None:
        if hasattr(standin, "__iter__"):
            iterator = _ask(standin, "iter", path="[]")
            source = _items(iterator) if isinstance(iterator, Proxy) else iter(iterator)
        else:
            source = _items(standin) if hasattr(standin, "__next__") else _numbered(standin)
        state.members = _Members(source)
    return state.members


def _numbered(standin: Proxy) -> Iterator[Any]:
    """The items of an object that can only be asked for them by their number."""
    for number in range(_state(standin).wall.limits.items):
        try:
            yield _ask(standin, "item", number, path="[]")
        except IndexError:
            return
    raise unreadable("it never ends")


def _once(standin: Proxy, op: str) -> Any:
    """What an object says that it is; in place of a plain value, it is asked once."""
    answers = _state(standin).answers
    if op not in answers or not _is_plain(standin):
        answers[op] = _ask(standin, op)
    return answers[op]


def _words(standin: Proxy, which: str) -> str:
    text = _ask(standin, "text", which)
    return text[:LONGEST_TEXT] if type(text) is str else f"<{_state(standin).kind} object>"


def _signature(standin: Proxy) -> inspect.Signature:
    kinds = {int(kind): kind for kind in inspect._ParameterKind}
    parameters = []
    for part in _ask(standin, "signature"):
        match part:
            case (str(name), int(kind), bool(has_default), default) if kind in kinds:
                value = default if has_default else inspect.Parameter.empty
                parameters.append(inspect.Parameter(name, kinds[kind], default=value))
            case _:
                raise unreadable("it is no signature")
    return inspect.Signature(parameters)


class _Call:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        _allowed(self, TypeError, "a call")
        return _ask(self, "call", *args, kwargs=kwargs, path="()")


class _Class:
    def __instancecheck__(self: Any, value: Any) -> bool:
        return (
            isinstance(value, Proxy)
            and _allowed(self, TypeError, "instances")
            and _ask(self, "isinstance", value) is True
        )

    __hash__ = object.__hash__


class _Len:
    def __len__(self: Any) -> int:
        if _is_plain(self) and (hasattr(self, "__iter__") or hasattr(self, "__getitem__")):
            return len(_members(self).whole())
        length = _ask(self, "len")
        if type(length) is not int or not 0 <= length < 1 << 60:
            raise unreadable("a length is no number")
        return length


class _Item:
    def __getitem__(self: Any, key: Any) -> Any:
        if _is_plain(self) and type(key) in (int, slice):
            return _members(self).whole()[key]
        return _ask(self, "item", key, path="[]")


class _SetItem:
    def __setitem__(self: Any, key: Any, value: Any) -> None:
        _allowed(self, TypeError, "a change")
        _ask(self, "setitem", key, value)

    def __delitem__(self: Any, key: Any) -> None:
        _allowed(self, TypeError, "a change")
        _ask(self, "delitem", key)


class _Iter:
    def __iter__(self: Any) -> Iterator[Any]:
        if _is_plain(self):
            return iter(_members(self))
        iterator = _ask(self, "iter", path="[]")
        if not isinstance(iterator, Proxy):
            return iter(iterator)
        return _items(iterator)


class _Next:
    def __next__(self: Any) -> Any:
        state = _state(self)
        if _is_plain(self):
            state.cursor = state.cursor or iter(_members(self))
        for value in state.cursor or _items(self):
            return value
        raise StopIteration


class _Contains:
    def __contains__(self: Any, value: Any) -> bool:
        if not _state(self).wall.allows(_state(self).path) and hasattr(self, "__iter__"):
            return any(item is value or item == value for item in self)
        _allowed(self, TypeError, "its members")
        return _ask(self, "contains", value) is True


class _Bool:
    def __bool__(self: Any) -> bool:
        return _once(self, "bool") is True


class _Float:
    def __float__(self: Any) -> float:
        value = _once(self, "float")
        if type(value) is not float:
            raise unreadable("it is no number")
        return value


class _Int:
    def __int__(self: Any) -> int:
        value = _once(self, "int")
        if type(value) is not int:
            raise unreadable("it is no whole number")
        return value


class _With:
    def __enter__(self: Any) -> Any:
        _allowed(self, TypeError, "a with statement")
        return _ask(self, "enter", path=".with")

    def __exit__(self: Any, *error: object) -> None:
        _ask(self, "exit")


def _items(iterator: Any) -> Iterator[Any]:
    state = _state(iterator)
    for _ in range(state.wall.limits.items):
        match _ask(iterator, "next"):
            case (value,):
                yield value
            case _:
                return
    raise unreadable("it never ends")


def _operator(name: str) -> Callable[..., Any]:
    def operate(self: Any, *others: Any) -> Any:
        _allowed(self, TypeError, "arithmetic")
        return _ask(self, "operator", name, *others, path="()")

    return operate


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    own = getattr(object, f"__{name}__")

    def compare(self: Any, other: Any) -> Any:
        wall, path = _state(self).wall, _state(self).path + "=="
        if not wall.allows(path):
            return own(self, other)
        wall.seen.add(path)
        return _ask(self, "operator", name, other)

    return compare


_Arithmetic = type(
    "_Arithmetic",
    (),
    {f"__{name}__": _operator(name) for binary in BINARY for name in (binary, f"r{binary}")}
    | {f"__{name}__": _operator(name) for name in ("neg", "pos", "abs", "invert")},
)
_Compare = type("_Compare", (), {f"__{name}__": _comparison(name) for name in COMPARE} | {"__hash__": object.__hash__})

_MIXINS: dict[str, type] = {
    "call": _Call, "class": _Class, "len": _Len, "item": _Item, "setitem": _SetItem, "iter": _Iter, "next": _Next,
    "contains": _Contains, "bool": _Bool, "float": _Float, "int": _Int, "with": _With,
    "arithmetic": _Arithmetic, "compare": _Compare,
}  # fmt: skip
