import pytest

from connector.simulator.rest.dispatch import Ask, answer
from tests.companions.simulator.callers import START_MS, Caller

BTC = "BTCUSDT"


def trade(call: Caller, *prices: str) -> None:
    other = call.other()
    for price in prices:
        other.order("SELL", "0.01", price)
        call.order("BUY", "0.01")
        call.clock.advance(1_000)


def test_time_and_ping_answer(call: Caller) -> None:
    assert call("GET", "/fapi/v1/ping") == {}
    assert call("GET", "/fapi/v1/time") == {"serverTime": START_MS}


@pytest.mark.parametrize("symbol", [{}, {"symbol": "ETHUSDT"}, {"symbol": "NOTAREALSYM"}])
def test_information_names_all_contracts_whatever_is_asked_for(call: Caller, symbol: dict[str, str]) -> None:
    rows = call("GET", "/fapi/v1/exchangeInfo", **symbol)["symbols"]
    assert [row["baseAsset"] for row in rows] == ["BTC", "ETH"]


@pytest.mark.parametrize(("params", "code"), [({}, -1102), ({"symbol": "XYZ"}, -1121), ({"symbol": "btcusdt"}, -1121)])
def test_an_unknown_contract_is_refused(call: Caller, params: dict[str, str], code: int) -> None:
    for path in ("depth", "trades", "aggTrades"):
        assert call.code("GET", f"/fapi/v1/{path}", **params) == code


def test_depth_takes_the_venues_limits_alone(call: Caller) -> None:
    for number in range(8):
        call.order("BUY", "0.01", str(59_000 + number))
    assert len(call("GET", "/fapi/v1/depth", symbol=BTC, limit=5)["bids"]) == 5
    assert len(call("GET", "/fapi/v1/depth", symbol=BTC)["bids"]) == 8
    assert call.code("GET", "/fapi/v1/depth", symbol=BTC, limit=7) == -4021
    assert call.code("GET", "/fapi/v1/depth", symbol=BTC, limit="x") == -1102


def test_trades_are_the_latest_with_the_oldest_first(call: Caller) -> None:
    trade(call, "60000", "60001", "60002")
    assert [row["price"] for row in call("GET", "/fapi/v1/trades", symbol=BTC, limit=2)] == ["60001.00", "60002.00"]


def test_aggregates_are_found_by_id_or_time_but_not_both(call: Caller) -> None:
    trade(call, "60000", "60001", "60002")
    rows = call("GET", "/fapi/v1/aggTrades", symbol=BTC)
    second = rows[1]["a"]
    assert [row["a"] for row in call("GET", "/fapi/v1/aggTrades", symbol=BTC, fromId=second, limit=1)] == [second]
    late = call("GET", "/fapi/v1/aggTrades", symbol=BTC, startTime=rows[1]["T"], endTime=rows[2]["T"])
    assert [row["p"] for row in late] == ["60001.00", "60002.00"]
    assert call.code("GET", "/fapi/v1/aggTrades", symbol=BTC, fromId=second, startTime=1) == -1128


@pytest.mark.parametrize(
    "path", ["/fapi/v1/ticker/bookTicker", "/fapi/v1/ticker/price", "/fapi/v1/ticker/24hr", "/fapi/v1/premiumIndex"]
)
def test_one_symbol_is_an_object_and_all_are_a_list(call: Caller, path: str) -> None:
    assert call("GET", path, symbol=BTC)["symbol"] == BTC
    assert [row["symbol"] for row in call("GET", path)] == ["BTCUSDT", "ETHUSDT"]


def test_the_newer_price_path_answers_alike(call: Caller) -> None:
    assert call("GET", "/fapi/v2/ticker/price", symbol=BTC) == call("GET", "/fapi/v1/ticker/price", symbol=BTC)


def test_the_funding_history_is_of_a_window_or_the_latest(call: Caller) -> None:
    for _ in range(3):
        call.local("POST", "/local/v1/funding")
        call.clock.advance(60_000)
    rows = call("GET", "/fapi/v1/fundingRate", symbol=BTC)
    assert [row["fundingTime"] - START_MS for row in rows] == [0, 60_000, 120_000]
    assert call("GET", "/fapi/v1/fundingRate", symbol=BTC, limit=1) == rows[-1:]
    assert call("GET", "/fapi/v1/fundingRate", symbol=BTC, startTime=START_MS + 1, limit=1) == rows[1:2]
    assert len(call("GET", "/fapi/v1/fundingInfo")) == 2


def test_aggregates_are_of_the_last_48_hours_and_an_hour_at_a_time(call: Caller) -> None:
    trade(call, "60000")
    (row,) = call("GET", "/fapi/v1/aggTrades", symbol=BTC)
    hour = {"startTime": row["T"], "endTime": row["T"] + 3_600_000}
    assert call.code("GET", "/fapi/v1/aggTrades", symbol=BTC, **hour) == -1127
    assert call("GET", "/fapi/v1/aggTrades", symbol=BTC, startTime=row["T"], endTime=hour["endTime"] - 1) == [row]
    call.clock.advance(48 * 3_600_000)
    assert call("GET", "/fapi/v1/aggTrades", symbol=BTC) == []


def test_older_trades_are_looked_up_from_an_id_with_a_key(call: Caller) -> None:
    trade(call, "60000", "60001", "60002")
    rows = call("GET", "/fapi/v1/trades", symbol=BTC)
    path = "/fapi/v1/historicalTrades"
    assert call("GET", path, symbol=BTC, fromId=rows[1]["id"], limit=1) == rows[1:2]
    assert call("GET", path, symbol=BTC) == rows
    anonymous = answer(call.runtime, Ask("GET", path, "symbol=BTCUSDT", "", None))
    assert anonymous.status == 401
    call.clock.advance(31 * 86_400_000)
    assert call("GET", path, symbol=BTC) == []


def test_the_open_interest_is_what_all_longs_hold(call: Caller) -> None:
    trade(call, "60000", "60001")
    found = call("GET", "/fapi/v1/openInterest", symbol=BTC)
    assert found == {"openInterest": "0.020", "symbol": BTC, "time": START_MS + 2_000}


def test_the_book_with_hidden_orders_has_a_thousand_levels_or_none(call: Caller) -> None:
    call.order("BUY", "0.01", "59000")
    assert call("GET", "/fapi/v1/rpiDepth", symbol=BTC)["bids"] == [["59000.00", "0.010"]]
    assert call("GET", "/fapi/v1/rpiDepth", symbol=BTC, limit=1000)["asks"] == []
    assert call.code("GET", "/fapi/v1/rpiDepth", symbol=BTC, limit=500) == -4021
