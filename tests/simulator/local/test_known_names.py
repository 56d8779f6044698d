"""What can be named: contracts, streams and requests."""

from connector.simulator.local.known_names import known_names
from connector.simulator.streams.stream_names import stream_named


def test_streams_are_those_that_are_served_for_these_contracts() -> None:
    known = known_names(("BTCUSDT",))
    assert {"btcusdt@depth@100ms", "btcusdt_perpetual@continuousKline_1m", "!contractInfo"} <= set(known.streams)
    assert "ethusdt@depth" not in known.streams
    assert all(stream_named(name) for name in known.streams)


def test_requests_are_the_rows_of_rest() -> None:
    requests = known_names(("BTCUSDT",)).requests
    assert ("DELETE", "/fapi/v1/order") in requests and ("GET", "/fapi/v1/oder") not in requests
