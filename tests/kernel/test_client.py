"""Clients of kernels whose students can send anything: malformed messages are left out, and counted."""

from __future__ import annotations

import asyncio
import json
from queue import Empty
from typing import Any

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from grader.kernel.client import TolerantChannel

KEY = b"a-key"
HEADER = json.dumps({"msg_id": "1", "msg_type": "stream"}).encode()


@pytest.fixture
def received():
    """A function that sends frames over a socket: ``received(*messages)`` gives what came and how often nothing readable did.

    A message is a list of frames, or a function of a session that returns them.
    """

    async def over_a_socket(*messages: Any) -> tuple[list[dict[str, Any]], int]:
        context = zmq.asyncio.Context()
        sender, receiver = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        port = sender.bind_to_random_port("tcp://127.0.0.1")
        receiver.connect(f"tcp://127.0.0.1:{port}")
        session, unreadable = Session(key=KEY), []
        channel = TolerantChannel(receiver, Session(key=KEY))
        channel.on_unreadable = lambda: unreadable.append(1)
        for message in messages:
            await sender.send_multipart(message(session) if callable(message) else message)
        came = []
        try:
            while True:
                came.append(await channel.get_msg(timeout=0.5))
        except Empty:
            return came, len(unreadable)
        finally:
            for socket in (sender, receiver):
                socket.close(linger=0)
            context.term()

    return lambda *messages: asyncio.run(over_a_socket(*messages))


def genuine(text: str, **changes: Any):
    def frames(session: Session) -> list[bytes]:
        message = session.msg("stream", content={"name": "stdout", "text": text}, parent=session.msg("execute_request"))
        return session.serialize(message | changes)

    return frames


def test_messages_come_in_order(received):
    came, unreadable = received(genuine("one"), genuine("two"))
    assert [message["content"]["text"] for message in came] == ["one", "two"]
    assert unreadable == 0


@pytest.mark.parametrize(
    "malformed",
    [
        [b"hello"],
        [b"<IDS|MSG>"],
        [b"<IDS|MSG>", b"not the signature", b"{}", b"{}", b"{}", b"{}"],
        lambda session: [b"<IDS|MSG>", *_signed(session, b"[]", b"{}", b"{}", b"{}")],
        lambda session: [b"<IDS|MSG>", *_signed(session, b"no json", b"{}", b"{}", b"{}")],
        lambda session: [b"<IDS|MSG>", *_signed(session, HEADER, b"[1]", b"{}", b"7")],
    ],
)
def test_a_malformed_message_is_left_out_and_counted(received, malformed):
    came, unreadable = received(genuine("one"), malformed, genuine("two"))
    assert [message["content"]["text"] for message in came] == ["one", "two"]
    assert unreadable == 1


def _signed(session: Session, *parts: bytes) -> list[bytes]:
    return [session.sign(list(parts)), *parts]
