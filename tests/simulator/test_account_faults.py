"""Fills at a moment of choice, and more of one time than a page holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.simulator.persistence.journal import replay_journal
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller
from tests.companions.simulator.conservation import conserved

BTC = "BTCUSDT"


def paged(call: Caller, path: str, **params: object) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = call("GET", path, limit=1000, **params)
    return rows


def test_an_order_is_filled_in_more_trades_of_one_time_than_a_page_holds(call: Caller) -> None:
    order = call.order("BUY", "1.500", "50000", newOrderRespType="RESULT")
    call.local("POST", "/local/v1/faults", name="burst_of_trades", symbol=BTC)
    first = paged(call, "/fapi/v1/userTrades", symbol=BTC, startTime=call.clock.ms)
    assert len(first) == 1_000 and {row["time"] for row in first} == {call.clock.ms}
    assert paged(call, "/fapi/v1/userTrades", symbol=BTC, startTime=call.clock.ms + 1) == [], "time leads no further"
    beyond = paged(call, "/fapi/v1/userTrades", symbol=BTC, fromId=int(str(first[0]["id"])) + 1_000)
    assert len(beyond) == 1, "the ids do"
    quantities = [round(float(str(row["qty"])) * 1_000) for row in [*first, *beyond]]
    assert sum(quantities) == 1_500 and set(quantities) == {1, 2}
    fees = paged(call, "/fapi/v1/income", incomeType="COMMISSION", startTime=first[0]["time"])
    assert len(fees) == 1_000 and {row["time"] for row in fees} == {first[0]["time"]}
    assert call("GET", "/fapi/v1/order", symbol=BTC, orderId=order["orderId"])["status"] == "FILLED"
    assert conserved(call.runtime.engine)


def test_an_order_of_few_lots_has_a_trade_for_each(call: Caller) -> None:
    call.order("BUY", "0.003", "59000")
    call.runtime.faults.arm("burst_of_trades", count=50)
    assert [row["qty"] for row in paged(call, "/fapi/v1/userTrades", symbol=BTC)] == ["0.001"] * 3


def test_an_order_that_closes_is_filled_to_its_end_and_the_position_is_gone(call: Caller) -> None:
    call.other().order("SELL", "0.2", "60000")
    call.order("BUY", "0.2")
    call.order("SELL", "0.2", "61000", reduceOnly="true")
    call.runtime.faults.arm("burst_of_trades", count=150)
    assert call("GET", "/fapi/v3/positionRisk") == []
    trades = paged(call, "/fapi/v1/userTrades", symbol=BTC)
    assert len(trades) == 151 and sum(float(str(row["realizedPnl"])) for row in trades) == pytest.approx(200)
    assert conserved(call.runtime.engine)


def test_income_of_one_time_is_more_than_a_page_holds(call: Caller) -> None:
    call.clock.advance(1_000)
    call.local("POST", "/local/v1/faults", name="burst_of_income")
    rows = paged(call, "/fapi/v1/income", incomeType="TRANSFER", startTime=call.clock.ms)
    assert len(rows) == 1_000 and {row["time"] for row in rows} == {call.clock.ms}
    assert call("GET", "/fapi/v3/balance")[0]["balance"] == "10000.00001001"
    assert conserved(call.runtime.engine)


def test_bursts_are_in_the_journal_and_come_again(tmp_path: Path) -> None:
    call = caller(replace(QUIET, journal=tmp_path / "journal"))
    call.order("BUY", "0.100", "59000")
    call.order("BUY", "0.010", "58000", symbol=BTC)
    call.runtime.faults.arm("burst_of_trades", count=70)
    call.runtime.faults.arm("burst_of_income", count=5)
    call.runtime.faults.arm("ids_fall")
    call.runtime.faults.arm("na_trades", count=2)
    call.order("BUY", "0.010", "57000")
    call.runtime.close()
    again = replay_journal(tmp_path / "journal")
    assert again.agrees and again.recorded


def test_amid_a_lively_market_no_money_is_made_or_lost() -> None:
    call = caller(replace(QUIET, background=True))
    for round_number in range(30):
        call.clock.advance(50)
        call.runtime.pulse()
        call.order("BUY" if round_number % 2 else "SELL", "0.02", "59000" if round_number % 2 else "61000")
        call.runtime.faults.arm("burst_of_trades", count=7)
        call.runtime.faults.arm("burst_of_income", count=3)
        assert conserved(call.runtime.engine)
    assert len(paged(call, "/fapi/v1/userTrades", symbol=BTC)) == 30 * 7


async def test_an_order_is_filled_between_two_reads(venue: LocalExchange, client: SocketClient) -> None:
    for price in ("59000", "58000"):
        await client.order("BUY", "0.01", price, newClientOrderId=f"at-{price}")
    await client.raw("POST", "/local/v1/faults", "name=trade_between_reads&symbol=BTCUSDT")
    (position,) = await client("GET", "/fapi/v3/positionRisk")
    assert position["positionAmt"] == "0.000", "as it was before the fill"
    left = await client("GET", "/fapi/v1/openOrders", symbol=BTC)
    assert [row["clientOrderId"] for row in left] == ["at-58000"], "the oldest one is filled"
    (trade,) = await client("GET", "/fapi/v1/userTrades", symbol=BTC)
    assert (trade["price"], trade["qty"], trade["maker"]) == ("59000.00", "0.010", True)
    (position,) = await client("GET", "/fapi/v3/positionRisk")
    assert position["positionAmt"] == "0.010" and venue.faults.armed() == []
    assert conserved(venue.engine)


async def test_it_may_follow_another_read_and_fill_an_order_of_any_contract(
    venue: LocalExchange, client: SocketClient
) -> None:
    await client.order("BUY", "0.1", "2900", symbol="ETHUSDT")
    query = "name=trade_between_reads&path=/fapi/v3/account"
    assert (await client.raw("POST", "/local/v1/faults", query))[2]["state"] == "armed"
    (before,) = await client("GET", "/fapi/v3/positionRisk")
    (told,) = (await client("GET", "/fapi/v3/account"))["positions"]
    (after,) = await client("GET", "/fapi/v3/positionRisk")
    amounts = [(row["symbol"], row["positionAmt"]) for row in (before, told, after)]
    assert amounts == [("ETHUSDT", "0.000"), ("ETHUSDT", "0.000"), ("ETHUSDT", "0.100")]


async def test_bursts_are_met_over_the_socket(venue: LocalExchange, client: SocketClient) -> None:
    await client.order("BUY", "1.001", "50000")
    user = await client.user_stream()
    told = (await client.raw("POST", "/local/v1/faults", "name=burst_of_trades&symbol=BTCUSDT"))[2]
    assert (told["state"], told["count"]) == ("done", 1_001)
    trades = [event for event in [await user.receive_json(timeout=5) for _ in range(3 * 1_001)] if event["e"][0] == "O"]
    assert len(trades) == 1_001 and len({event["T"] for event in trades}) == 1
    assert [trades[at]["o"]["X"] for at in (0, 999, 1_000)] == ["PARTIALLY_FILLED", "PARTIALLY_FILLED", "FILLED"]
    rows = await client("GET", "/fapi/v1/userTrades", symbol=BTC, startTime=trades[0]["T"], limit=1_000)
    assert len(rows) == 1_000 and {row["time"] for row in rows} == {trades[0]["T"]}
    await client.raw("POST", "/local/v1/faults", "name=burst_of_income&count=1001")
    rows = await client("GET", "/fapi/v1/income", incomeType="TRANSFER", limit=1_000)
    assert len(rows) == 1_000 and len({row["time"] for row in rows}) == 1
    assert conserved(venue.engine)
