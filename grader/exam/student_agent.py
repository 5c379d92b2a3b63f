"""The student kernel's end of the conversation: it answers the examiner's requests.

In: the kernel's namespace, requests from a socket. Out: plain values, and handles for everything else. It runs beside the
student's code, which can break it, so no safety rests on it. It imports nothing heavy: NumPy, pandas and Keras are used only
where the kernel has loaded them already.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import socket
from collections.abc import Callable
from typing import Any

from grader.exam.operations import run_operation, traits_of
from grader.exam.student_values import plain_form, words_of
from grader.exam.wire.codec import Decoder, Encoder, Unsendable
from grader.exam.wire.framing import receive, send, session_of
from grader.exam.wire.libraries import BY_TAG, write_library_object
from grader.exam.wire.limits import WireLimits, unreadable
from grader.exam.wire.remote_errors import error_of, report_of

FD = "GRADER_BOUNDARY_FD"
AT = "GRADER_BOUNDARY_AT"  # port:secret, where sockets cannot be inherited
_ANY_SIZE = WireLimits(message_bytes=1 << 40, nodes=1 << 40)
_agents: dict[int, Agent] = {}


def serve(
    namespace: dict[str, Any], nonce: str, message_bytes: int = WireLimits.message_bytes, fd: int | None = None
) -> None:
    """Answer requests until the examiner ends the conversation.

    ``nonce`` is the number, in hexadecimal digits, that the conversation begins with; ``message_bytes`` the longest answer
    that the examiner reads; ``fd`` the number of the socket, by default the one in the environment's FD.
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
    """One kernel's end of the socket. An object that was sent as a handle is kept until the examiner releases it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.limits = sock, WireLimits()
        self.session: int | None = None  # the conversation that is going on
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
        self.session = session_of(bytes.fromhex(nonce))
        self.sock.sendall(bytes.fromhex(nonce))
        try:
            while True:
                self.answer(self.read())
        except _Done:
            return
        finally:
            self.session = None

    def read(self) -> bytearray:
        return receive(self.sock, self._session(), _ANY_SIZE)

    def send(self, body: bytearray) -> None:
        send(self.sock, self._session(), body)

    def _session(self) -> int:
        if self.session is None:
            raise RuntimeError("This function belongs to a check, and no check is running.")
        return self.session

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
                self.reply(("ok", None), {})
                raise _Done
            before = {number: self.snapshot(value) for number, value in known.items()}
            try:
                reply: tuple[Any, ...] = ("ok", run_operation(op, self.namespace, target, args, dict(pairs)))
            except _Done:
                raise
            except BaseException as error:
                stopped = error if isinstance(error, KeyboardInterrupt) else None
                reply = ("raise", *report_of(error))
            changed = {number: value for number, value in known.items() if self.snapshot(value) != before[number]}
            self.reply(reply, changed)
        finally:
            self.known.pop()
        if stopped is not None:
            raise stopped

    def reply(self, reply: tuple[Any, ...], changed: dict[int, Any]) -> None:
        try:
            body = self.encoded(reply, changed)
        except Exception as error:  # an object of the student's may raise anything while it is looked at
            body = self.encoded(("raise", "ValueError", f"Your answer cannot be read: {report_of(error)[1]}."), {})
        self.send(body)

    def encoded(self, reply: tuple[Any, ...], changed: dict[int, Any]) -> bytearray:
        """A reply, and the examiner's objects that the student's code has changed, as they are now."""
        to = Encoder(self.limits, self.default, known_number=self.number_of)
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
        to = Encoder(_ANY_SIZE, self.default, known_number=self.number_of)
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
        """Write what is of no plain type: as its plain form, as an object of a library, or else as a handle."""
        if not isinstance(value, type):
            plain = plain_form(value)
            if plain is not value:
                to.content(plain, depth)
                return
            if write_library_object(to, value, depth):
                return
        self.handle(to, value, depth)

    def handle(self, to: Encoder, value: Any, depth: int) -> None:
        number = self.numbers.get(id(value))
        if number is None or self.handles.get(number) is not value:
            number, self.next_handle = self.next_handle, self.next_handle + 1
            self.handles[number] = value
            self.numbers[id(value)] = number
        to.out += b"h"
        to.copy([number, traits_of(value), *words_of(value)], depth + 1)

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
                return _unpickled(bytes(decoder.raw()), decoder.value(depth + 1))
            case _ if tag in BY_TAG:
                row = BY_TAG[tag]
                return (row.build_trusted or row.build)(decoder.value(depth + 1))
        raise unreadable(f"its tag {tag!r} is unknown")

    def callback(self, number: int, name: str, text: str) -> Callable[..., Any]:
        """A function of a check's, which the examiner runs when it is called here."""

        def function(*args: Any, **kwargs: Any) -> Any:
            return self.call_back(number, args, kwargs)

        function.__name__ = function.__qualname__ = name
        function.__doc__ = text or None
        return function

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.send(self.encoded(("callback", number, args, tuple(kwargs.items())), {}))
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


def _unpickled(data: bytes, references: list[Any]) -> Any:
    """An object of a library's class, or of a given class. The examiner is trusted, so its data may be unpickled."""

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, number: Any) -> Any:
            return references[number]

    return Unpickler(io.BytesIO(data)).load()


def _by_name(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in filter(None, name.split(".")):
        found = getattr(found, part)
    return found


__all__ = ["AT", "FD", "Agent", "connected", "serve"]
