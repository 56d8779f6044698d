from typing import Any

import pytest

from tests.companions.simulator.callers import Caller

PATHS = {
    "klines": {"symbol": "BTCUSDT"},
    "continuousKlines": {"pair": "BTCUSDT", "contractType": "PERPETUAL"},
    "indexPriceKlines": {"pair": "BTCUSDT"},
    "markPriceKlines": {"symbol": "BTCUSDT"},
    "premiumIndexKlines": {"symbol": "BTCUSDT"},
}


def candles(call: Caller, path: str, **params: object) -> Any:
    return call("GET", f"/fapi/v1/{path}", **PATHS[path], **params)


@pytest.fixture
def traded(call: Caller) -> Caller:
    """Five minutes, with a trade at the beginning of each: 60000, 60001, ..."""
    other = call.other()
    for minute in range(5):
        other.order("SELL", "0.01", str(60_000 + minute))
        call.order("BUY", "0.01")
        call.runtime.pulse()
        call.clock.advance(60_000)
    return call


@pytest.mark.parametrize("path", PATHS)
def test_candles_are_asked_by_interval_limit_and_window(traded: Caller, path: str) -> None:
    rows = candles(traded, path, interval="1m")
    assert len(rows) >= 5 and all(len(row) == 12 for row in rows)
    assert [row[0] for row in candles(traded, path, interval="1m", limit=2)] == [row[0] for row in rows[-2:]]
    from_second = candles(traded, path, interval="1m", startTime=rows[1][0], endTime=rows[2][0])
    assert from_second == rows[1:3]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, -1102),
        ({"interval": "7m"}, -1120),
        ({"interval": "1m", "limit": 0}, -1130),
        ({"interval": "1m", "startTime": 5, "endTime": 4}, -1023),
    ],
)
def test_an_ill_question_is_refused(call: Caller, path: str, params: dict[str, object], code: int) -> None:
    assert call.code("GET", f"/fapi/v1/{path}", **PATHS[path], **params) == code


def test_trades_make_the_candles(traded: Caller) -> None:
    rows = candles(traded, "klines", interval="1h")
    assert [row[1:6] for row in rows][-1] == ["60000.00", "60004.00", "60000.00", "60004.00", "0.050"]
    assert candles(traded, "continuousKlines", interval="1h") == rows


def test_continuous_candles_alone_have_seconds(traded: Caller) -> None:
    assert len(candles(traded, "continuousKlines", interval="1s")) > 200
    for path in PATHS.keys() - {"continuousKlines"}:
        assert candles(traded, path, interval="1s")["code"] == -1120


def test_a_contract_type_that_the_pair_lacks_has_no_candles(traded: Caller) -> None:
    ask = {"pair": "BTCUSDT", "interval": "1m"}
    assert traded("GET", "/fapi/v1/continuousKlines", **ask, contractType="CURRENT_QUARTER") == []
    assert traded.code("GET", "/fapi/v1/continuousKlines", **ask, contractType="WEEKLY") == -4104


def test_an_unknown_pair_is_refused(call: Caller) -> None:
    ask = {"pair": "XYZUSDT", "interval": "1m"}
    assert call.code("GET", "/fapi/v1/indexPriceKlines", **ask) == -4144
    assert call.code("GET", "/fapi/v1/continuousKlines", **ask, contractType="PERPETUAL") == -4144


def test_prices_that_nobody_trades_are_sampled(traded: Caller) -> None:
    mark, premium = (candles(traded, path, interval="1m")[-1] for path in ("markPriceKlines", "premiumIndexKlines"))
    assert float(mark[4]) == pytest.approx(60_000, rel=0.01)
    assert abs(float(premium[4])) < 0.01
