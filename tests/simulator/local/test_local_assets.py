"""What a margin asset is worth is changed over the exchange's own path, and seen wherever it counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.simulator.persistence.journal import replay_journal
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller

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
    assert answer["code"] == -1130 and answer["msg"].startswith(named)
    assert call("GET", "/fapi/v1/assetIndex") == before


async def test_a_coin_that_loses_its_peg_is_heard_on_the_stream(venue: LocalExchange, client: SocketClient) -> None:
    stream = await client.open("/market/ws/!assetIndex@arr")
    await client.raw("PUT", PATH, "asset=USDC&index=0.9&bid_buffer=0.02&ask_buffer=0.01")
    row: dict[str, str] = {}
    while row.get("i") != "0.90000000":
        rows = await stream.receive_json(timeout=5)
        row = next(one for one in rows if one["s"] == "USDCUSD")
    assert [row[name] for name in "baBA"] == ["0.02000000", "0.01000000", "0.88200000", "0.90900000"]


def test_what_an_asset_is_worth_outlives_a_restart(tmp_path: Path) -> None:
    settings = replace(QUIET, state=tmp_path / "state")
    before = caller(settings)
    row = before.local("PUT", PATH, asset="USDC", index="0.97", ask_buffer="0.02")
    before.runtime.close()
    assert caller(settings)("GET", "/fapi/v1/assetIndex", symbol="USDCUSD") == row


def test_what_an_asset_is_worth_and_how_fees_are_paid_stand_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    me = caller(replace(QUIET, journal=path))
    me.local("PUT", PATH, asset="BNB", index="500")
    me.local("POST", "/local/v1/transfer", api_key=me.sender.api_key, asset="BNB", amount="1")
    me("POST", "/fapi/v1/feeBurn", feeBurn="true")
    me.other().order("SELL", "0.1", "60000")
    me.order("BUY", "0.1")
    (trade,) = me("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert (trade["commissionAsset"], trade["commission"]) == ("BNB", "0.00540000")
    me.runtime.close()
    assert replay_journal(path).agrees
