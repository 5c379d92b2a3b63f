"""The student kernel's end of the conversation, in a thread; the test is the examiner."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.exam import student_agent
from grader.exam.proxies.connection import StudentConnection
from grader.exam.student_agent import AT, FD, Agent, connected, serve
from grader.exam.wire.framing import send
from grader.exam.wire.limits import BoundaryError
from tests.exam.plain_student import nonce_in


class Kernel:
    """An agent that serves in a thread, and how its conversations ended."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.sock, theirs = socket.socketpair()
        self.agent, self.namespace = Agent(theirs), namespace
        self.connection = StudentConnection(self.sock)
        self.ended: BaseException | None = None

    def begin(self, own: dict[str, Any] | None = None) -> StudentConnection:
        self.connection.deadline = time.monotonic() + 30
        nonce = nonce_in(self.connection.begin(own if own is not None else {}))
        self.thread = threading.Thread(target=self._serve, args=(nonce,), daemon=True)
        self.thread.start()
        return self.connection

    def _serve(self, nonce: str) -> None:
        try:
            self.agent.serve(self.namespace, nonce)
        except BaseException as error:
            self.ended = error

    def end(self) -> None:
        self.connection.end()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def kernel_of():
    kernels = []

    def make(**namespace: Any) -> Kernel:
        kernels.append(Kernel(namespace))
        return kernels[-1]

    yield make
    for kernel in kernels:
        kernel.sock.close()
        kernel.agent.sock.close()


def test_a_conversation_ends_when_the_examiner_says_so_and_another_one_can_begin(kernel_of):
    kernel = kernel_of(number=3)
    for _ in range(2):
        assert kernel.begin().fetch("number") == 3
        kernel.end()
        assert kernel.ended is None and kernel.agent.session is None


def test_what_an_interrupted_conversation_has_left_is_thrown_away(kernel_of):
    kernel = kernel_of(number=3)
    kernel.sock.sendall(b"half of a request")
    kernel.agent.sock.sendall(b"half of an answer")
    assert kernel.begin().fetch("number") == 3
    kernel.end()


def test_a_request_of_another_session_is_not_answered(kernel_of):
    kernel = kernel_of(number=3)
    connection = kernel.begin()
    assert connection.fetch("number") == 3
    send(kernel.sock, kernel.agent.session ^ 1, b"N")
    kernel.thread.join(10)
    assert isinstance(kernel.ended, BoundaryError) and "another conversation" in str(kernel.ended)
    kernel.sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        kernel.sock.recv(1)


def test_an_object_keeps_its_handle_until_the_examiner_lets_it_go(kernel_of):
    thing = object()
    kernel = kernel_of(thing=thing, number=3)
    connection = kernel.begin()
    first, second = connection.fetch("thing"), connection.fetch("thing")
    assert first is second
    assert list(kernel.agent.handles.values()) == [thing]
    del first, second
    connection.fetch("number")  # the next request takes the news along
    assert kernel.agent.handles == {} and kernel.agent.numbers == {}
    kernel.end()


def test_plain_answers_leave_no_handles(kernel_of):
    kernel = kernel_of(make=lambda: [1, {"a": 2.0}])
    connection = kernel.begin()
    make = connection.fetch("make")
    for _ in range(5):
        make()
    assert len(kernel.agent.handles) == 1  # the function itself
    kernel.end()


class Shy:
    @property
    def __class__(self):
        raise RuntimeError("do not look")


def test_an_answer_that_raises_when_it_is_looked_at_is_an_error_and_the_next_one_is_read(kernel_of):
    kernel = kernel_of(shy=Shy(), number=3)
    connection = kernel.begin()
    with pytest.raises(ValueError, match="Your answer cannot be read: do not look"):
        connection.fetch("shy")
    assert connection.fetch("number") == 3
    kernel.end()


def test_an_interrupt_in_the_student_s_code_ends_the_conversation(kernel_of):
    def interrupted() -> None:
        raise KeyboardInterrupt

    kernel = kernel_of(f=interrupted)
    connection = kernel.begin()
    with pytest.raises(KeyboardInterrupt):
        connection.fetch("f")()
    kernel.thread.join(10)
    assert isinstance(kernel.ended, KeyboardInterrupt)
    assert connection.broken is not None and kernel.agent.session is None


class Keeper:
    """Keeps a function that a check has passed to it."""

    function: Callable[[int], int]

    def keep(self, function: Callable[[int], int]) -> None:
        self.function = function

    def use(self, x: int) -> int:
        return self.function(x)


def test_a_check_s_function_can_be_called_in_a_later_conversation(kernel_of):
    keeper = Keeper()
    kernel = kernel_of(keep=keeper.keep, use=keeper.use)
    kernel.begin().fetch("keep")(lambda x: 2 * x)
    kernel.end()
    assert kernel.begin().fetch("use")(21) == 42
    kernel.end()


def test_a_check_s_function_cannot_be_called_while_no_check_runs(kernel_of):
    keeper = Keeper()
    kernel = kernel_of(keep=keeper.keep)
    kernel.begin().fetch("keep")(lambda x: 2 * x)
    kernel.end()
    with pytest.raises(RuntimeError, match="no check is running"):
        keeper.use(1)
    kernel.sock.setblocking(False)
    with pytest.raises(BlockingIOError):  # nothing was sent
        kernel.sock.recv(1)


def test_a_check_s_function_has_its_name_and_documentation(kernel_of):
    keeper = Keeper()

    def twice(x: int) -> int:
        """Return twice x."""
        return 2 * x

    kernel = kernel_of(keep=keeper.keep)
    kernel.begin().fetch("keep")(twice)
    assert (keeper.function.__name__, keeper.function.__doc__) == ("twice", "Return twice x.")
    kernel.end()


def test_code_finds_its_socket_by_the_number_in_the_environment(monkeypatch):
    ours, theirs = socket.socketpair()
    number = theirs.detach()
    monkeypatch.setattr(student_agent, "_agents", {})
    monkeypatch.setenv(FD, str(number))
    connection = StudentConnection(ours, deadline=time.monotonic() + 30)
    thread = threading.Thread(target=serve, args=({"number": 3}, nonce_in(connection.begin({}))), daemon=True)
    thread.start()
    assert connection.fetch("number") == 3
    connection.end()
    thread.join(10)
    (agent,) = student_agent._agents.values()
    assert agent.sock.fileno() == number
    agent.sock.close()
    ours.close()


def test_code_that_inherits_no_socket_connects_with_its_secret(monkeypatch):
    monkeypatch.setattr(student_agent, "_agents", {})
    monkeypatch.delenv(FD, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv(AT, f"{listener.getsockname()[1]}:secret")
        connection = StudentConnection(listener, deadline=time.monotonic() + 30)
        nonce = nonce_in(connection.begin({}))
        thread = threading.Thread(target=serve, args=({"number": 3}, nonce), daemon=True)
        thread.start()
        connection.sock, _ = listener.accept()
        assert connection.sock.recv(6, socket.MSG_WAITALL) == b"secret"
        assert connection.fetch("number") == 3
        connection.end()
        thread.join(10)
        connection.sock.close()
    student_agent._agents[-1].sock.close()


def test_a_socket_on_the_loopback_waits_for_ever_once_it_is_connected():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sock = connected(f"{listener.getsockname()[1]}:s")
        assert sock.gettimeout() is None
        sock.close()
