"""One socket of a stream: what it received before it may deliver."""

import logging

import pytest
from picows import WSMsgType
from picows.picows import _make_test_ws_frame

from connector.core.clock import ManualClock
from connector.net.stream_socket import StreamSocket


def socket_into(delivered: list[bytes], clock: ManualClock) -> StreamSocket:
    return StreamSocket("test", lambda frame, received_ms: delivered.append(frame + f"@{received_ms}".encode()), clock)


def test_frames_are_held_until_the_release_and_keep_their_order_and_time() -> None:
    delivered, clock = list[bytes](), ManualClock(5)
    socket = socket_into(delivered, clock)
    socket.take(b'{"stream":"a"}')
    clock.advance(2)
    socket.take(b'{"stream":"b"}')
    assert delivered == []
    socket.release()
    socket.take(b'{"stream":"c"}')
    assert delivered == [b'{"stream":"a"}@5', b'{"stream":"b"}@7', b'{"stream":"c"}@7']


def test_answers_to_messages_are_no_frames() -> None:
    delivered = list[bytes]()
    socket = socket_into(delivered, ManualClock())
    socket.subscribe(["a@depth"])
    socket.subscriptions.next_message(0)
    socket.release()
    socket.take(b'{"result":null,"id":1}')
    assert delivered == []
    assert socket.subscriptions.is_settled


def test_a_socket_that_ended_delivers_nothing_any_more() -> None:
    delivered = list[bytes]()
    socket = socket_into(delivered, ManualClock())
    socket.take(b'{"stream":"a"}')
    socket.end()
    socket.take(b'{"stream":"b"}')
    socket.release()
    assert delivered == []


def test_a_held_frame_that_cannot_be_handled_is_logged_and_the_next_is_read(caplog: pytest.LogCaptureFixture) -> None:
    delivered = list[bytes]()

    def deliver(frame: bytes, received_ms: int) -> None:
        if frame == b"bad":
            raise ValueError("cannot be handled")
        delivered.append(frame)

    socket = StreamSocket("test", deliver, ManualClock())
    socket.take(b"bad")
    socket.take(b"good")
    with caplog.at_level(logging.ERROR):
        socket.release()
    assert delivered == [b"good"]
    assert "could not be handled" in caplog.text


class Reader:
    """Remembers what it was handed directly."""

    def __init__(self) -> None:
        self.read: list[tuple[bytes, int]] = []

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.read.append((frame, received_ms))


def comes(socket: StreamSocket, text: bytes) -> None:
    socket.listener.on_ws_frame(None, _make_test_ws_frame(WSMsgType.TEXT, text, True, True))


def test_a_reader_gets_market_frames_from_the_release_on_and_none_after_the_end() -> None:
    delivered, clock, reader = list[bytes](), ManualClock(5), Reader()
    socket = socket_into(delivered, clock)
    socket.subscribe(["a@depth"])
    socket.subscriptions.next_message(0)
    socket.read_by(reader)
    comes(socket, b'{"stream":"a"}')
    assert reader.read == [] and list(socket.held) == [(b'{"stream":"a"}', 5)]
    socket.release()
    comes(socket, b'{"stream":"b"}')
    comes(socket, b'{"result":null,"id":1}')
    assert (delivered, reader.read) == ([b'{"stream":"a"}@5'], [(b'{"stream":"b"}', 5)])
    assert socket.subscriptions.is_settled
    socket.end()
    comes(socket, b'{"stream":"c"}')
    assert (len(delivered), len(reader.read)) == (1, 1)


def test_a_reader_that_leaves_gives_the_frames_back() -> None:
    delivered, reader = list[bytes](), Reader()
    socket = socket_into(delivered, ManualClock(5))
    socket.release()
    socket.read_by(reader)
    comes(socket, b'{"stream":"a"}')
    socket.read_by(None)
    comes(socket, b'{"stream":"b"}')
    assert (delivered, reader.read) == ([b'{"stream":"b"}@5'], [(b'{"stream":"a"}', 5)])


def test_frames_that_wait_for_a_release_take_no_memory_without_an_end() -> None:
    delivered = list[bytes]()
    socket = socket_into(delivered, ManualClock())
    for _ in range(100):
        socket.take(bytes(2**20))
    assert sum(len(frame) for frame, _ in socket.held) <= 32 * 2**20
