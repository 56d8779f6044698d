"""What drills make the engine do."""

import pytest

from connector.simulator.errors import VenueError
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import START_MS, Caller, SocketClient

BTC = "BTCUSDT"


def test_ids_fall_below_all_before_and_are_new_all_the_same(call: Caller) -> None:
    call.other().order("SELL", "0.1", "60000")
    before = [call.order("BUY", "0.01", newOrderRespType="RESULT")["orderId"] for _ in range(3)]
    depth = call("GET", "/fapi/v1/depth", symbol=BTC)["lastUpdateId"]
    trades = [row["id"] for row in call("GET", "/fapi/v1/userTrades", symbol=BTC)]
    call.runtime.faults.arm("ids_fall")
    assert call("GET", "/fapi/v1/depth", symbol=BTC)["lastUpdateId"] < depth
    after = [call.order("BUY", "0.01", newOrderRespType="RESULT")["orderId"] for _ in range(3)]
    assert max(after) < min(before) and len({*before, *after}) == 6 and after == sorted(after)
    fresh = [row["id"] for row in call("GET", "/fapi/v1/userTrades", symbol=BTC)][3:]
    assert max(fresh) < min(trades) and len({*trades, *fresh}) == 6
    for order_id in (*before, *after):
        assert call("GET", "/fapi/v1/order", symbol=BTC, orderId=order_id)["orderId"] == order_id


def test_a_page_from_an_id_on_holds_that_id_and_all_above_however_they_fell(call: Caller) -> None:
    call.other().order("SELL", "0.1", "60000")
    call.order("BUY", "0.01")
    call.runtime.faults.arm("ids_fall")
    call.order("BUY", "0.01")
    old, new = (row["id"] for row in call("GET", "/fapi/v1/userTrades", symbol=BTC))
    assert [row["id"] for row in call("GET", "/fapi/v1/userTrades", symbol=BTC, fromId=new)] == [old, new]
    assert [row["id"] for row in call("GET", "/fapi/v1/userTrades", symbol=BTC, fromId=old)] == [old]


def test_a_house_order_fills_what_rests_and_nothing_else(call: Caller) -> None:
    engine = call.runtime.engine
    order = call.order("BUY", "0.01", "59000")
    account_id = call.sender.account_id
    for order_id, trades in ((order["orderId"] + 1, 1), (order["orderId"], 0)):
        with pytest.raises(VenueError, match="-2011"):
            engine.fill_order(account_id, BTC, order_id, trades, START_MS)
    engine.fill_order(account_id, BTC, order["orderId"], 1, START_MS)
    with pytest.raises(VenueError, match="-2011"):
        engine.fill_order(account_id, BTC, order["orderId"], 1, START_MS)


def test_a_step_back_of_the_clock_makes_no_countdown_and_no_funding_wait_the_longer(call: Caller) -> None:
    engine = call.runtime.engine
    engine.set_countdown(call.sender.account_id, BTC, 5_000, START_MS + 100_000)
    call.order("BUY", "0.01", "59000")
    funding_ms = engine.listings[BTC].mark_price.next_funding_ms
    interval_ms = engine.listings[BTC].mark_price.funding.interval_ms
    engine.step_back(2 * interval_ms + 100_000)
    assert engine.listings[BTC].mark_price.next_funding_ms == funding_ms - 2 * interval_ms
    engine.countdowns.bring_forward(-2 * interval_ms)
    engine.advance(START_MS + 4_999)
    assert len(call("GET", "/fapi/v1/openOrders", symbol=BTC)) == 1
    engine.advance(START_MS + 5_000)
    assert call("GET", "/fapi/v1/openOrders", symbol=BTC) == []


async def test_the_depth_stream_goes_on_with_lower_ids(venue: LocalExchange, client: SocketClient) -> None:
    depth = await client.open("/public/ws/btcusdt@depth@100ms")
    first = await client.order("BUY", "0.01", "59000")
    before = await depth.receive_json(timeout=5)
    await client.raw("POST", "/local/v1/faults", "name=ids_fall")
    second = await client.order("BUY", "0.01", "59001")
    after = await depth.receive_json(timeout=5)
    assert after["U"] <= after["u"] < before["U"] and after["pu"] == before["u"]
    assert second["orderId"] < first["orderId"]
    snapshot = (await client.raw("GET", "/fapi/v1/depth", "symbol=BTCUSDT"))[2]
    assert snapshot["lastUpdateId"] == after["u"]


def test_prices_that_are_told_stand_whatever_the_book_says(call: Caller) -> None:
    engine = call.runtime.engine
    engine.tell_prices(BTC, 61_000 * 10**8, 12_345, START_MS + 7_000)
    engine.move_prices({BTC: 59_000 * 10**8}, START_MS)
    row = call("GET", "/fapi/v1/premiumIndex", symbol=BTC)
    told = row["markPrice"], row["indexPrice"], row["lastFundingRate"], row["nextFundingTime"]
    assert told == ("61000.00000000", "59000.00000000", "0.00012345", START_MS + 7_000)
    engine.tell_prices(BTC, 61_000 * 10**8, None, START_MS + 7_000)
    assert engine.listings[BTC].mark_price.funding.fixed_e8 is None
