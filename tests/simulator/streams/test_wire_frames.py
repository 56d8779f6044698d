import json

import pytest

from connector.simulator.streams.wire_frames import StreamFrame, text_frame


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, "8100"),
        (125, "817d"),
        (126, "817e007e"),
        (65_535, "817effff"),
        (65_536, "817f0000000000010000"),
    ],
)
def test_a_frame_begins_with_its_length_in_as_few_bytes_as_it_needs(length: int, header: str) -> None:
    payload = b"x" * length
    assert text_frame(payload) == bytes.fromhex(header) + payload


def test_a_frame_is_made_once_for_all_who_listen_alike() -> None:
    frame = StreamFrame("btcusdt@trade", b'{"e":"trade"}')
    assert frame.sent(combined=False) is frame.sent(combined=False)
    wrapped = frame.sent(combined=True)
    assert wrapped is frame.sent(combined=True)
    assert json.loads(wrapped[2:]) == {"stream": "btcusdt@trade", "data": {"e": "trade"}}


def test_a_streams_name_may_be_in_any_script() -> None:
    assert json.loads(StreamFrame("币安人生usdt@trade", b"1").wrapped_payload())["stream"] == "币安人生usdt@trade"
