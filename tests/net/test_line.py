"""One socket of a stream: what it heard before it may speak."""

import logging

import pytest

from connector.core.clock import ManualClock
from connector.net.line import Line


def line_into(heard: list[bytes], clock: ManualClock) -> Line:
    return Line("test", lambda frame, received_ms: heard.append(frame + f"@{received_ms}".encode()), clock)


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

    line = Line("test", deliver, ManualClock())
    line.take(b"bad")
    line.take(b"good")
    with caplog.at_level(logging.ERROR):
        line.release()
    assert heard == [b"good"]
    assert "could not be handled" in caplog.text
