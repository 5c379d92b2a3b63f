"""The student's side of the wall: answers the examiner's requests from within the student kernel.

In: the kernel's namespace, requests from a socket. Out: plain values, and handles for everything else. It runs beside the
student's code and can be spoilt by it; no safety rests on it. It imports nothing heavy: NumPy, pandas and Keras are used
where the kernel has loaded them already.
"""

from __future__ import annotations

import importlib
import inspect
import io
import operator
import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

from grader.exam.wire.codec import (
    FRAME,
    MODEL,
    RANDOM,
    SERIES,
    TENSOR,
    BoundaryError,
    Decoder,
    Encoder,
    Unsendable,
    WireLimits,
    read_frame,
    read_random,
    read_series,
    read_tensor,
    receive,
    send,
    unreadable,
    write_library_object,
)
from grader.exam.wire.models import rebuild, write_model
from grader.exam.wire.remote_errors import LONGEST_TEXT, error_of, told

FD = "GRADER_BOUNDARY_FD"
AT = "GRADER_BOUNDARY_AT"  # port:secret, where sockets cannot be inherited
_ANY_SIZE = WireLimits(message_bytes=1 << 40, nodes=1 << 40)
_agents: dict[int, Agent] = {}


def serve(
    namespace: dict[str, Any], nonce: str, message_bytes: int = WireLimits.message_bytes, fd: int | None = None
) -> None:
    """Answer requests until the examiner says that it is done.

    ``nonce`` is the number that the conversation begins with, ``message_bytes`` the longest answer that the examiner reads,
    ``fd`` the socket's number, by default from the environment's FD.
    """
    number = int(os.environ.get(FD, "-1")) if fd is None else fd
    if number not in _agents:
        _agents[number] = Agent(socket.socket(fileno=number) if number >= 0 else connected(os.environ[AT]))
    _agents[number].limits = WireLimits(message_bytes=message_bytes)
    _agents[number].serve(namespace, nonce)


def connected(address: str) -> socket.socket:
    """A socket on the loopback, by ``port:secret``."""
    port, secret = address.split(":")
    sock = socket.create_connection(("127.0.0.1", int(port)), timeout=30)
    sock.sendall(secret.encode())
    sock.settimeout(None)
    return sock


class _Done(Exception):
    """The examiner has ended the conversation."""


class Agent:
    """One kernel's end of the socket. What it has told as a handle is kept until the examiner lets it go."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.limits = sock, WireLimits()
        self.namespace: dict[str, Any] = {}
        self.handles: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # id of an object -> its handle
        self.next_handle = 1
        self.known: list[dict[int, Any]] = []  # what the examiner has numbered, for each request that is being answered

    def serve(self, namespace: dict[str, Any], nonce: str) -> None:
        self.namespace = namespace
        self.known = []
        self.sock.setblocking(False)
        try:
            while self.sock.recv(1 << 16):  # what an interrupted conversation has left
                pass
        except BlockingIOError:
            pass
        self.sock.setblocking(True)
        self.sock.sendall(bytes.fromhex(nonce))
        try:
            while True:
                self.answer(self.read())
        except _Done:
            return

    def read(self) -> bytearray:
        return receive(self.sock, _ANY_SIZE)[1]

    def answer(self, message: bytearray) -> None:
        """Do what one request asks, and reply."""
        known: dict[int, Any] = {}
        self.known.append(known)
        stopped: BaseException | None = None
        try:
            request = Decoder(message, _ANY_SIZE, self.tagged, numbered=known.__setitem__).whole()
            _, op, target, args, pairs, released = request
            for number in released:
                self.numbers.pop(id(self.handles.pop(number, None)), None)
            if op == "end":
                self.reply([("ok", None)], {})
                raise _Done
            before = {number: self.snapshot(value) for number, value in known.items()}
            try:
                value = _OPERATIONS[op](self, target, args, dict(pairs))
                reply: tuple[Any, ...] = ("ok", value)
            except _Done:
                raise
            except BaseException as error:
                stopped = error if isinstance(error, KeyboardInterrupt) else None
                reply = ("raise", *told(error))
            changed = {number: value for number, value in known.items() if self.snapshot(value) != before[number]}
            self.reply([reply], changed)
        finally:
            self.known.pop()
        if stopped is not None:
            raise stopped

    def reply(self, parts: list[tuple[Any, ...]], changed: dict[int, Any]) -> None:
        try:
            body = self.encoded(parts[0], changed)
        except Exception as error:  # an object of the student's may raise what it likes while it is looked at
            body = self.encoded(("raise", "ValueError", f"Your answer cannot be read: {told(error)[1]}."), {})
        send(self.sock, 0, body)

    def encoded(self, reply: tuple[Any, ...], changed: dict[int, Any]) -> bytearray:
        """A reply, and what has become of the examiner's objects that the student's code has changed."""
        to = Encoder(self.limits, self.default, tell_same=self.number_of)
        to.tag(b"t", 2)
        to.encode(reply)
        to.tag(b"l", len(changed))
        for number, value in changed.items():
            to.tag(b"t", 2)
            to.encode(number)
            to.content(value)
        return to.out

    def snapshot(self, value: Any) -> bytes:
        """What an object holds now, for comparing."""
        to = Encoder(_ANY_SIZE, self.default, tell_same=self.number_of)
        try:
            to.content(value)
        except (Unsendable, RecursionError):
            return b""
        return bytes(to.out)

    def number_of(self, value: Any) -> int | None:
        for known in self.known[-1:]:
            for number, object_ in known.items():
                if object_ is value:
                    return number
        return None

    # --- to the examiner ---

    def default(self, to: Encoder, value: Any, depth: int) -> None:
        """What has no plain form as it stands: plain in its nature, or else a handle."""
        if not isinstance(value, type):
            plain = _plain(value)
            if plain is not value:
                to.content(plain, depth)
                return
            if write_library_object(to, value, depth) or write_model(to, value, depth):
                return
        self.handle(to, value, depth)

    def handle(self, to: Encoder, value: Any, depth: int) -> None:
        number = self.numbers.get(id(value))
        if number is None or self.handles.get(number) is not value:
            number, self.next_handle = self.next_handle, self.next_handle + 1
            self.handles[number] = value
            self.numbers[id(value)] = number
        to.out += b"h"
        same, to.tell_same = to.tell_same, None
        to.encode([number, _traits(value), _word(type(value), "__name__") or "object", *_labels(value)], depth + 1)
        to.tell_same = same

    # --- from the examiner ---

    def tagged(self, tag: bytes, decoder: Decoder, depth: int) -> Any:
        match tag:
            case b"m":
                return self.known[-1][decoder.count()]
            case b"h":
                return self.handles[decoder.count()]
            case b"C":
                number = decoder.count()
                return self.callback(number, decoder.text(), decoder.text())
            case b"G":
                return _by_name(decoder.text(), decoder.text())
            case b"n":
                return self.namespace[decoder.text()]
            case b"p":
                return self.unpickle(bytes(decoder.raw()), decoder.value(depth + 1))
            case _ if tag in _READ_PARTS:
                return _READ_PARTS[tag](decoder.value(depth + 1))
        raise unreadable(f"its tag {tag!r} is unknown")

    def unpickle(self, data: bytes, references: list[Any]) -> Any:
        """An object of a library's class, or of a given class. The examiner is trusted, its data may be unpickled."""

        class Unpickler(pickle.Unpickler):
            def persistent_load(self, number: Any) -> Any:
                return references[number]

        return Unpickler(io.BytesIO(data)).load()

    def callback(self, number: int, name: str, text: str) -> Callable[..., Any]:
        """A function of the examiner's, which is called over the wall."""

        def function(*args: Any, **kwargs: Any) -> Any:
            return self.call_back(number, args, kwargs)

        function.__name__ = function.__qualname__ = name
        function.__doc__ = text or None
        return function

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        send(self.sock, 0, self.encoded(("callback", number, args, tuple(kwargs.items())), {}))
        while True:
            message = self.read()
            if bytes(message[5:12]) == _REQUEST_MARK:  # the function has called the student's code in turn
                self.answer(message)
                continue
            reply = Decoder(message, _ANY_SIZE, self.tagged).whole()
            if reply[0] == "raise":
                raise error_of(reply[1], reply[2])
            return reply[1]


# How a request begins: a tuple of six, and the text "do".
_REQUEST_MARK = b"s\x02\x00\x00\x00do"


def _get(agent: Agent, name: str, args: Any, pairs: Any) -> Any:
    try:
        return agent.namespace[name]
    except KeyError:
        raise NameError(f"name {name!r} is not defined") from None


def _next(agent: Agent, iterator: Iterator[Any], args: Any, pairs: Any) -> Any:
    for value in iterator:
        return (value,)
    return ()


def _text(agent: Agent, value: Any, args: Any, pairs: Any) -> str:
    return (repr(value) if args[0] == "repr" else str(value))[:LONGEST_TEXT]


def _signature(agent: Agent, function: Any, args: Any, pairs: Any) -> list[Any]:
    parts = []
    for parameter in inspect.signature(function).parameters.values():
        has_default = parameter.default is not inspect.Parameter.empty
        parts.append((parameter.name, int(parameter.kind), has_default, parameter.default if has_default else None))
    return parts


def _operator(agent: Agent, value: Any, args: Any, pairs: Any) -> Any:
    name, *rest = args
    if name.startswith("r") and name[1:] in BINARY:
        return getattr(operator, BINARY[name[1:]])(rest[0], value)
    return getattr(operator, BINARY.get(name) or UNARY[name])(value, *rest)


def _enter(agent: Agent, value: Any, args: Any, pairs: Any) -> Any:
    return type(value).__enter__(value)


def _exit(agent: Agent, value: Any, args: Any, pairs: Any) -> Any:
    return type(value).__exit__(value, None, None, None)


# The examiner's word for an operator, and the function of the module `operator`.
BINARY = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "truediv", "floordiv": "floordiv", "mod": "mod", "pow": "pow",
    "matmul": "matmul", "and": "and_", "or": "or_", "xor": "xor", "lshift": "lshift", "rshift": "rshift",
}  # fmt: skip
COMPARE = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge"}
UNARY = {"neg": "neg", "pos": "pos", "abs": "abs", "invert": "invert"} | COMPARE

_OPERATIONS: dict[str, Callable[[Agent, Any, Any, Any], Any]] = {
    "has": lambda agent, names, args, pairs: [name in agent.namespace for name in names],
    "get": _get,
    "call": lambda agent, value, args, pairs: value(*args, **pairs),
    "attr": lambda agent, value, args, pairs: getattr(value, args[0]),
    "setattr": lambda agent, value, args, pairs: setattr(value, *args),
    "delattr": lambda agent, value, args, pairs: delattr(value, *args),
    "item": lambda agent, value, args, pairs: value[args[0]],
    "setitem": lambda agent, value, args, pairs: operator.setitem(value, *args),
    "delitem": lambda agent, value, args, pairs: operator.delitem(value, *args),
    "contains": lambda agent, value, args, pairs: args[0] in value,
    "len": lambda agent, value, args, pairs: len(value),
    "iter": lambda agent, value, args, pairs: iter(value),
    "next": _next,
    "text": _text,
    "bool": lambda agent, value, args, pairs: bool(value),
    "float": lambda agent, value, args, pairs: float(value),
    "int": lambda agent, value, args, pairs: int(value),
    "operator": _operator,
    "isinstance": lambda agent, value, args, pairs: isinstance(args[0], value),
    "dir": lambda agent, value, args, pairs: [name for name in dir(value) if type(name) is str],
    "signature": _signature,
    "enter": _enter,
    "exit": _exit,
}


_READ_PARTS: dict[bytes, Callable[[Any], Any]] = {
    FRAME: read_frame,
    SERIES: read_series,
    TENSOR: read_tensor,
    RANDOM: read_random,
    MODEL: rebuild,
}


def _by_name(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in filter(None, name.split(".")):
        found = getattr(found, part)
    return found


def _plain(value: Any) -> Any:
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
    for base in (bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset):
        if issubclass(type(value), base) and type(value) is not base:  # isinstance would believe its __class__
            return _BASES[base](value)
    kind = type(value)
    module = (_word(kind, "__module__") or "").split(".")[0]
    if numpy is not None and module in ("torch", "jax", "jaxlib", "xarray", "PIL") and hasattr(kind, "__array__"):
        return numpy.asarray(value)
    return value


_BASES: dict[type, Callable[[Any], Any]] = {
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


def _traits(value: Any) -> list[str]:
    """What can be done with an object: its stand-in can do the same."""
    kind = type(value)
    found = [trait for trait, method in _METHODS.items() if _has(kind, method)]
    if any(_has(kind, f"__{name}__") for name in (*BINARY, "neg")):
        found.append("arithmetic")
    if any(getattr(kind, f"__{name}__", None) is not getattr(object, f"__{name}__") for name in COMPARE):
        found.append("compare")
    if isinstance(value, type):
        return ["call", "class"]
    return found


_METHODS = {
    "call": "__call__", "len": "__len__", "item": "__getitem__", "setitem": "__setitem__", "iter": "__iter__",
    "next": "__next__", "contains": "__contains__", "bool": "__bool__", "float": "__float__", "int": "__int__",
    "with": "__enter__",
}  # fmt: skip


def _has(kind: type, method: str) -> bool:
    """Whether objects of a class have a method. Asking the class itself would find those of its own class, too."""
    return next((vars(base)[method] for base in kind.__mro__ if method in vars(base)), None) is not None


def _labels(value: Any) -> tuple[str | None, str | None]:
    return _word(value, "__name__"), _word(value, "__doc__")


def _word(value: Any, name: str) -> str | None:
    try:
        word = getattr(value, name, None)
    except Exception:  # a property of the student's may do anything
        return None
    return str.__str__(word)[:LONGEST_TEXT] if isinstance(word, str) else None


__all__ = ["FD", "BoundaryError", "serve"]
