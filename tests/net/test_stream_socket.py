"""One socket of a stream: what it heard before it may speak."""

import logging

import pytest
from picows import WSMsgType
from picows.picows import _make_test_ws_frame

from connector.core.clock import ManualClock
from connector.net.stream_socket import StreamSocket


def line_into(heard: list[bytes], clock: ManualClock) -> StreamSocket:
    return StreamSocket("test", lambda frame, received_ms: heard.append(frame + f"@{received_ms}".encode()), clock)


def test_frames_are_held_until_the_release_and_keep_their_order_and_time() -> None:
    heard, clock = list[bytes](), ManualClock(5)
    line = line_into(heard, clock)
    line.take(b'{"stream":"a"}')
    clock.advance(2)
    line.take(b'{"stream":"b"}')
    assert heard == []
    line.release()
    line.take(b'{"stream":"c"}')
    assert heard == [b'{"stream":"a"}@5', b'{"stream":"b"}@7', b'{"stream":"c"}@7']


def test_answers_to_messages_are_no_frames() -> None:
    heard = list[bytes]()
    line = line_into(heard, ManualClock())
    line.subscribe(["a@depth"])
    line.subscriptions.next_message(0)
    line.release()
    line.take(b'{"result":null,"id":1}')
    assert heard == []
    assert line.subscriptions.is_settled


def test_a_line_that_ended_says_nothing_any_more() -> None:
    heard = list[bytes]()
    line = line_into(heard, ManualClock())
    line.take(b'{"stream":"a"}')
    line.end()
    line.take(b'{"stream":"b"}')
    line.release()
    assert heard == []


def test_a_held_frame_that_cannot_be_handled_is_told_and_the_next_is_read(caplog: pytest.LogCaptureFixture) -> None:
    heard = list[bytes]()

    def deliver(frame: bytes, received_ms: int) -> None:
        if frame == b"bad":
            raise ValueError("cannot be handled")
        heard.append(frame)

    line = StreamSocket("test", deliver, ManualClock())
    line.take(b"bad")
    line.take(b"good")
    with caplog.at_level(logging.ERROR):
        line.release()
    assert heard == [b"good"]
    assert "could not be handled" in caplog.text


class Reader:
    """Remembers what it was handed directly."""

    def __init__(self) -> None:
        self.read: list[tuple[bytes, int]] = []

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.read.append((frame, received_ms))


def comes(line: StreamSocket, text: bytes) -> None:
    line.listener.on_ws_frame(None, _make_test_ws_frame(WSMsgType.TEXT, text, True, True))


def test_a_reader_gets_market_frames_from_the_release_on_and_none_after_the_end() -> None:
    heard, clock, reader = list[bytes](), ManualClock(5), Reader()
    line = line_into(heard, clock)
    line.subscribe(["a@depth"])
    line.subscriptions.next_message(0)
    line.read_by(reader)
    comes(line, b'{"stream":"a"}')
    assert reader.read == [] and list(line.held) == [(b'{"stream":"a"}', 5)]
    line.release()
    comes(line, b'{"stream":"b"}')
    comes(line, b'{"result":null,"id":1}')
    assert (heard, reader.read) == ([b'{"stream":"a"}@5'], [(b'{"stream":"b"}', 5)])
    assert line.subscriptions.is_settled
    line.end()
    comes(line, b'{"stream":"c"}')
    assert (len(heard), len(reader.read)) == (1, 1)


def test_a_reader_that_leaves_gives_the_frames_back() -> None:
    heard, reader = list[bytes](), Reader()
    line = line_into(heard, ManualClock(5))
    line.release()
    line.read_by(reader)
    comes(line, b'{"stream":"a"}')
    line.read_by(None)
    comes(line, b'{"stream":"b"}')
    assert (heard, reader.read) == ([b'{"stream":"b"}@5'], [(b'{"stream":"a"}', 5)])
