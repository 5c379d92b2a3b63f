"""The examiner's end of the conversation: fetch the student's names, send requests, read the replies.

In: a socket whose other end is the kernel's `student_agent`, the plan of a check, its namespace. Out: the namespace with the
student's names bound, to copies of plain values and to proxies, which ask the student kernel when they are used.

A lying object must not answer for a number. So a proxy can only be called, or asked for attributes, where the reference
solution has a proxy, too: the `paths` of the calibration say where. Elsewhere it can be looped over, indexed and printed, as a
generator in place of a list, and nothing else. Comparisons are the examiner's own, unless the reference's class defines them.
"""

from __future__ import annotations

import importlib
import secrets
import socket
import time
import weakref
from collections import deque
from collections.abc import Iterable
from typing import Any

from grader.exam.modules import serving_code
from grader.exam.ownership.plan import CellPlan
from grader.exam.proxies.arguments import Arguments
from grader.exam.proxies.handed_over import HandedOver
from grader.exam.proxies.proxy import Proxy, State, make_proxy
from grader.exam.proxies.traits import TRAITS
from grader.exam.wire.codec import Decoder
from grader.exam.wire.framing import NONCE_BYTES, receive, send, session_of, waiting
from grader.exam.wire.libraries import BY_TAG, MODEL
from grader.exam.wire.limits import BoundaryClosed, BoundaryError, BoundaryTimeout, WireLimits, unreadable
from grader.exam.wire.models import measure_by, metrics_of
from grader.exam.wire.remote_errors import error_of, report_of

_MOST_CLASSES = 500  # of proxies, by the names of the student's classes
_REPLIES = {"ok": 2, "raise": 3, "callback": 4}  # the first word of a reply, and how many parts it has


class _Misread(BoundaryError):
    """Nothing more can be read in this conversation."""


class StudentConnection:
    """The examiner's end of the socket, for one exam.

    ``paths`` are those that the calibration run has `seen`; None lets proxies do everything and is for that run itself.
    ``deadline`` is a time of ``time.monotonic()``; set it before each check. After a check, ``broken`` says whether the
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
        self._nonce = b""
        self._session = 0
        self._greeted = False
        self._received = 0
        self._arguments = Arguments()
        self._called, self._depth = 0, 0
        self._proxies: weakref.WeakValueDictionary[int, Proxy] = weakref.WeakValueDictionary()
        self._released: deque[int] = deque()
        self._classes: dict[tuple[str, frozenset[str]], type[Proxy]] = {}

    # --- a conversation ---

    def begin(self, namespace: dict[str, Any]) -> str:
        """Begin a conversation. Returns the code that the student kernel must execute as a cell while it lasts.

        ``namespace`` is the examiner's own, in which the check will run.
        """
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._session, self._greeted, self.broken = session_of(self._nonce), False, None
        self._arguments.namespace = namespace
        self._depth = 0
        return serving_code(self._nonce, self.limits.message_bytes)

    def end(self) -> None:
        """End the conversation, so that the cell of `begin` ends, too."""
        if self.broken is None:
            self.ask("end", None)
            self.broken = BoundaryClosed("The student kernel is not serving.")

    def bind(self, plan: CellPlan) -> None:
        """Bind the student's names that a check uses in the namespace of `begin`. Names that the student lacks are unbound.

        Raises:
            BoundaryError: the student kernel does not answer, or one of its values cannot be read.
        """
        wanted = sorted(plan.students | set(plan.imports))
        if not wanted:
            return
        there = self.ask("has", tuple(wanted))
        if type(there) is not list or len(there) != len(wanted):
            raise unreadable("it does not say which names there are")
        namespace = self._arguments.namespace
        for name, bound in zip(wanted, there, strict=True):
            namespace.pop(name, None)
            if bound is not True:
                continue
            if name in plan.imports:
                target = plan.imports[name]
                module = importlib.import_module(target.module)
                namespace[name] = getattr(module, target.attribute) if target.attribute else module
            else:
                namespace[name] = self.fetch(name)

    def fetch(self, name: str) -> Any:
        """The value of one of the student's names.

        Raises:
            NameError: the student has no such name.
            BoundaryError: the value cannot be read.
        """
        return self.ask("get", name, path=name)

    def allows(self, path: str) -> bool:
        """Whether a proxy may answer at ``path``: the reference has one there."""
        return self.paths is None or path in self.paths

    def measured(self, model: Any, path: str) -> Any:
        """A model of the student's, to be measured by the same metrics as the reference's model in this place.

        A check takes a number that `evaluate` returns for the accuracy by its position: a mean error would pass for one.
        """
        measures = f"{path} measures "
        if self.paths is None:
            if (metrics := metrics_of(model)) is not None:
                self.seen.add(measures + metrics)
            return model
        wanted = next((known.removeprefix(measures) for known in self.paths if known.startswith(measures)), None)
        if wanted is not None:
            measure_by(model, wanted)
        return model

    # --- requests and replies ---

    def ask(
        self, op: str, target: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None, *, path: str = ""
    ) -> Any:
        """Send one request and return its answer. Errors of the student's code are raised as builtin ones."""
        if self.broken is not None:
            raise self.broken
        handed_over = HandedOver()
        released = tuple(self._released.popleft() for _ in range(len(self._released)))
        request = ("do", op, target, args, tuple((kwargs or {}).items()), released)
        body = self._arguments.encoded(request, self.limits, handed_over, new=True)
        try:
            if not self._greeted:
                self._await_greeting()
            send(self.sock, self._session, body, self.deadline)
            while True:
                reply, changes = self._reply(handed_over, path)
                if reply[0] != "callback":
                    break
                self._call_back(reply, handed_over)
        except (BoundaryClosed, BoundaryTimeout, _Misread) as error:
            self.broken = error
            raise
        handed_over.update(changes)
        if reply[0] == "raise":
            raise self._remote_error(reply)
        return reply[1]

    def _remote_error(self, reply: tuple[Any, ...]) -> BaseException:
        error = error_of(reply[1], reply[2])
        if isinstance(error, KeyboardInterrupt):
            self.broken = BoundaryTimeout("The student's code was interrupted.")
        if isinstance(error, (StopIteration, StopAsyncIteration, GeneratorExit)):
            # The check's own loop would take it for its end, and pass what it has not looked at.
            error = RuntimeError(f"{reply[1]} was raised: {error}" if str(error) else f"{reply[1]} was raised")
        return error

    def _await_greeting(self) -> None:
        """Throw away what an earlier conversation may have left, up to the number that this one begins with."""
        while True:
            with waiting(self.sock, self.deadline):
                there = self.sock.recv(1 << 16, socket.MSG_PEEK)
                if not there:
                    raise BoundaryClosed("The other process is gone.")
                place = there.find(self._nonce)
                useless = len(there) - len(self._nonce) + 1 if place < 0 else place + len(self._nonce)
                if useless > 0:
                    self._count(len(self.sock.recv(useless)))
                else:
                    time.sleep(0.002)  # a part of the number is there
            if place >= 0:
                self._greeted = True
                return

    def _reply(self, handed_over: HandedOver, path: str) -> tuple[tuple[Any, ...], list[Any]]:
        try:
            data = receive(self.sock, self._session, self.limits, self.deadline)
            self._count(len(data))
        except (BoundaryClosed, BoundaryTimeout):
            raise
        except BoundaryError as error:  # where the next message begins is no longer known
            raise _Misread(str(error)) from error
        whole = Decoder(data, self.limits, _Tags(self, handed_over, path)).whole()
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

    def _call_back(self, reply: tuple[Any, ...], handed_over: HandedOver) -> None:
        """The student's code calls a function that a check has passed to it."""
        _, number, args, pairs = reply
        function = self._arguments.functions.get(number) if type(number) is int else None
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
            body = self._arguments.encoded(answer, self.limits, handed_over, new=False)
        except Exception as error:  # whatever the check's function raises is raised in the student's code
            if self.broken is not None:
                raise self.broken from error
            body = self._arguments.encoded(("raise", *report_of(error)), self.limits, handed_over, new=False)
        send(self.sock, self._session, body, self.deadline)

    # --- proxies ---

    def proxy(self, parts: Any, path: str) -> Proxy:
        """The proxy for a handle that the student kernel has sent. One object has one proxy as long as the check keeps it."""
        match parts:
            case [int(number), list(traits), str(kind), str() | None as name, str() | None as text]:
                pass
            case _:
                raise unreadable("a handle is not described as it should be")
        self.seen.add(path)
        known = self._proxies.get(number)
        if known is not None:
            State.of(known).path = path  # where it came from last
            return known
        if number in self._released:
            self._released.remove(number)
        class_ = self._class(kind, frozenset(trait for trait in traits if type(trait) is str and trait in TRAITS))
        proxy = make_proxy(class_, State(self, number, path, kind[:80], name), text)
        self._proxies[number] = proxy
        weakref.finalize(proxy, self._released.append, number)
        return proxy

    def _class(self, kind: str, traits: frozenset[str]) -> type[Proxy]:
        """A class of proxies that can do what the student's class can, and that has its name in messages."""
        name = kind[:80] if kind.isidentifier() and len(self._classes) < _MOST_CLASSES else "object"
        key = (name, traits)
        if key not in self._classes:
            bases = (*(TRAITS[trait] for trait in sorted(traits)), Proxy)
            self._classes[key] = type(name, bases, {"__module__": "student"})
        return self._classes[key]


def _keywords(pairs: tuple[Any, ...]) -> dict[str, Any]:
    if any(type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not str for pair in pairs):
        raise unreadable("it calls with arguments that have no names")
    return dict(pairs)


class _Tags:
    """Reads the tags of one reply that are not plain values."""

    def __init__(self, connection: StudentConnection, handed_over: HandedOver, path: str) -> None:
        self.connection, self.handed_over, self.path = connection, handed_over, path
        self.within = 0  # objects of a library, which are made of plain values only

    def __call__(self, tag: bytes, decoder: Decoder, depth: int) -> Any:
        if self.within:
            raise unreadable("an object is made of more than plain values")
        # The reply is a pair of a pair: the value itself is at depth 2, and what it contains is deeper.
        path = self.path + "[]" * (depth > 2)
        if tag == b"m":
            return self.handed_over[decoder.count()]
        if tag == b"h":
            return self.connection.proxy(decoder.value(depth + 1), path)
        if tag not in BY_TAG:
            raise unreadable(f"its tag {tag!r} is unknown")
        self.within += 1
        parts = decoder.value(depth + 1)
        self.within -= 1
        try:
            built = BY_TAG[tag].build(parts)
            return self.connection.measured(built, path) if tag == MODEL.tag else built
        except BoundaryError:
            raise
        except Exception as error:  # pandas and Keras raise many kinds of error about parts that make no sense
            raise unreadable(f"an object cannot be built: {str(error)[:200] or type(error).__name__}") from error
