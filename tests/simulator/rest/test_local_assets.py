"""What a margin asset is worth is changed over the exchange's own path, and seen wherever it counts."""

import pytest

from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient

PATH = "/local/v1/asset"


def test_an_index_is_nailed_and_buffers_are_changed_one_by_one(call: Caller) -> None:
    row = call.local("PUT", PATH, asset="USDT", index="0.99", bid_buffer="0.01", ask_buffer="0.005")
    assert row == call("GET", "/fapi/v1/assetIndex", symbol="USDTUSD")
    assert (row["index"], row["bidRate"], row["askRate"]) == ("0.99000000", "0.98010000", "0.99495000")
    row = call.local("PUT", PATH, asset="USDT", exchange_bid_buffer="0.02", exchange_ask_buffer="0.01")
    assert (row["bidRate"], row["autoExchangeBidRate"], row["autoExchangeAskRate"]) == (
        "0.98010000",
        "0.97020000",
        "0.99990000",
    )


def test_a_nailed_index_no_longer_follows_its_contract(call: Caller) -> None:
    assert call.local("PUT", PATH, asset="BTC", bid_buffer="0.06")["index"] == "60000.00000000"
    call.runtime.engine.move_prices({"BTCUSDT": 50_000 * 10**8}, call.runtime.now_ms())
    assert call("GET", "/fapi/v1/assetIndex", symbol="BTCUSD")["index"] == "50000.00000000"
    call.local("PUT", PATH, asset="BTC", index="61000")
    call.runtime.engine.move_prices({"BTCUSDT": 40_000 * 10**8}, call.runtime.now_ms())
    assert call("GET", "/fapi/v1/assetIndex", symbol="BTCUSD")["index"] == "61000.00000000"


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"asset": "EUR", "index": "1"}, "asset"),
        ({"asset": "USDT", "index": "0"}, "index"),
        ({"asset": "USDT", "index": "1000000001"}, "index"),
        ({"asset": "USDT", "bid_buffer": "1"}, "bid_buffer"),
        ({"asset": "USDT", "ask_buffer": "-0.1"}, "ask_buffer"),
    ],
)
def test_impossible_figures_are_refused_by_name_and_change_nothing(
    call: Caller, params: dict[str, str], named: str
) -> None:
    before = call("GET", "/fapi/v1/assetIndex")
    answer = call.local("PUT", PATH, **params)
    assert answer["code"] == -1130 and f"'{named}'" in answer["msg"]
    assert call("GET", "/fapi/v1/assetIndex") == before


async def test_a_coin_that_loses_its_peg_is_heard_on_the_stream(venue: LocalExchange, client: SocketClient) -> None:
    stream = await client.open("/market/ws/!assetIndex@arr")
    await client.raw("PUT", PATH, "asset=USDC&index=0.9&bid_buffer=0.02&ask_buffer=0.01")
    row: dict[str, str] = {}
    while row.get("i") != "0.90000000":
        rows = await stream.receive_json(timeout=5)
        row = next(one for one in rows if one["s"] == "USDCUSD")
    assert [row[name] for name in "baBA"] == ["0.02000000", "0.01000000", "0.88200000", "0.90900000"]
