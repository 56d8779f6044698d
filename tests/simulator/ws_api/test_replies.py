import asyncio

import pytest

from connector.simulator.streams.wire_frames import text_frame
from connector.simulator.ws_api.replies import Replies


class Wire(asyncio.WriteTransport):
    """Keeps what is written, as long as it is open."""

    def __init__(self) -> None:
        super().__init__()
        self.writes, self.closing = list[bytes](), False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.writes))


async def test_the_first_answer_leaves_at_once_and_the_others_together() -> None:
    wire, cuts = Wire(), list[None]()
    replies = Replies(wire, lambda: cuts.append(None))
    for number in range(4):
        replies.send(str(number).encode())
    assert wire.writes == [text_frame(b"0")]
    await asyncio.sleep(0)
    assert wire.writes[1:] == [b"".join(text_frame(word) for word in (b"1", b"2", b"3"))]
    replies.send(b"4")
    assert wire.writes[-1] == text_frame(b"4") and not cuts


async def test_to_a_transport_that_is_gone_nothing_is_written() -> None:
    wire = Wire()
    wire.closing = True
    Replies(wire, lambda: None).send(b"x")
    assert wire.writes == []


async def test_who_never_reads_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.simulator.ws_api.replies.MOST_UNREAD", 10)
    cuts = list[None]()
    Replies(Wire(), lambda: cuts.append(None)).send(b"x" * 10)
    assert len(cuts) == 1
