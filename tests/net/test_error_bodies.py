"""Bodies of errors and of the venue's time, as they come."""

import pytest

from connector.core.faults import UnreadableFault
from connector.net.error_bodies import error_shape, refusals_within, server_time_ms

DEEP = b'{"code":' + b"[" * 200_000


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (b'{"code":-2019,"msg":"Margin is insufficient."}', (-2019, "Margin is insufficient.")),
        (b"<html>", (0, "<html>")),
        (b'{"239999":"system under maintenance"}', (0, '{"239999":"system under maintenance"}')),
        (b"\xff", (0, "\ufffd")),
        (b"[]", (0, "[]")),
        (b'{"code":1e400,"msg":"x"}', (0, '{"code":1e400,"msg":"x"}')),
        (b'{"code":NaN,"msg":"x"}', (0, '{"code":NaN,"msg":"x"}')),
        (b'{"code":-1000,"msg":["x"]}', (-1000, "list")),
        (b'{"code":-1000,"msg":"\\ud800"}', (-1000, "?")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_error_bodies_of_any_shape_are_read(body: bytes, shape: tuple[int, str]) -> None:
    assert error_shape(body) == shape


@pytest.mark.parametrize(
    "body", [DEEP, b"[" * 100_000, b'{"code":' * 100_000, b'{"code":-1003,"msg":"' + b"x" * 10_000_000 + b'"}'],
    ids=lambda body: str(body[:20]),
)  # fmt: skip
def test_an_error_as_deep_or_as_long_as_it_likes_is_a_line(body: bytes) -> None:
    assert len(error_shape(body)[1]) < 300


def test_the_venues_time_is_a_whole_number_of_our_days() -> None:
    assert server_time_ms(b'{"serverTime":1800000000000}') == 1_800_000_000_000


@pytest.mark.parametrize(
    "text", ["-1800000000000", "0", "1e400", "NaN", "1.8e12", '"x"', "null", "true", "9" * 30, "[]"]
)
def test_a_time_that_is_none_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableFault, match="server time"):
        server_time_ms(b'{"serverTime":' + text.encode() + b"}")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", DEEP], ids=lambda body: str(body[:20]))
def test_a_body_without_a_time_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault, match="server time"):
        server_time_ms(body)


@pytest.mark.parametrize(
    ("body", "refusals"),
    [
        (b'[{"orderId":1},{"code":-1015,"msg":"slow"},{"code":-2011,"msg":"x"}]', [(-1015, "slow"), (-2011, "x")]),
        (b'[{"orderId":1}]', []),
        (b'[1,["code"],{"code":"x"}]', []),
        (b'[{"code":', []),
        (b'[{"code":' + b"[" * 200_000, []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_refusals_among_several_are_read(body: bytes, refusals: list[tuple[int, str]]) -> None:
    assert refusals_within(body) == refusals
