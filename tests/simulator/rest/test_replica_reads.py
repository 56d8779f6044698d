"""What is read late is what was true then."""

import asyncio
from typing import Any

import pytest

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.replicas import LAGS
from connector.simulator.rest.replica_reads import READS
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient

BTC = "BTCUSDT"
#: What each read is asked with.
ASKED: dict[str, dict[str, object]] = {
    "/fapi/v1/openOrders": {"symbol": BTC},
    "/fapi/v1/allOrders": {"symbol": BTC},
    "/fapi/v1/openAlgoOrders": {},
    "/fapi/v1/allAlgoOrders": {"symbol": BTC},
    "/fapi/v2/balance": {},
    "/fapi/v3/balance": {},
    "/fapi/v2/account": {},
    "/fapi/v3/account": {},
    "/fapi/v1/userTrades": {"symbol": BTC},
    "/fapi/v1/income": {},
    "/fapi/v2/positionRisk": {"symbol": BTC},
    "/fapi/v3/positionRisk": {},
}


def reads(call: Caller) -> dict[str, Any]:
    return {path: call("GET", path, **params) for path, params in ASKED.items()}


def trade(call: Caller, number: int) -> None:
    """Something of everything: a fill, an order that rests, a conditional one."""
    call.order("BUY", "0.01")
    call.order("BUY", "0.01", str(59_000 - number), newClientOrderId=f"mine-{number}")
    terms = {"algoType": "CONDITIONAL", "symbol": BTC, "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01"}
    call("POST", "/fapi/v1/algoOrder", **terms, triggerPrice=str(50_000 - number))


def test_the_four_kinds_are_armed_apart() -> None:
    assert set(READS) == set(LAGS) <= set(FAULTS)


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {path for path in ASKED if one[path] != other[path]}


@pytest.mark.parametrize("fault", LAGS)
def test_reads_of_a_kind_are_exactly_as_they_were_and_the_others_are_true(call: Caller, fault: str) -> None:
    call.other().order("SELL", "1", "60000")
    trade(call, 0)
    before = reads(call)
    call.runtime.faults.arm(fault, ms=300)
    trade(call, 1)
    call.clock.advance(200)
    call.runtime.pulse()
    trade(call, 2)
    late = reads(call)
    assert differing(before, late) == set(ASKED) - set(READS[fault])
    call.clock.advance(100)
    between = reads(call)
    assert differing(between, late) == set(READS[fault]) & set(ASKED), "the first trade is seen, the second is not"
    call.clock.advance(200)
    caught_up = reads(call)
    assert differing(caught_up, between) == set(READS[fault]) & set(ASKED)
    call.runtime.faults.arm(fault, 0)
    assert differing(caught_up, reads(call)) == set()


@pytest.mark.parametrize("path", ["/fapi/v1/order", "/fapi/v1/openOrder"])
def test_an_order_is_not_found_by_a_query_that_lags(call: Caller, path: str) -> None:
    call.runtime.faults.arm("lagging_orders", ms=1_000)
    order = call.order("BUY", "0.01", "59000")
    assert call.code("GET", path, symbol=BTC, orderId=order["orderId"]) == -2013
    call.clock.advance(1_000)
    assert call("GET", path, symbol=BTC, orderId=order["orderId"])["status"] == "NEW"
    call("DELETE", "/fapi/v1/order", symbol=BTC, orderId=order["orderId"])
    assert call("GET", path, symbol=BTC, orderId=order["orderId"])["status"] == "NEW", "cancelled, and told open"


def test_an_account_that_is_newer_than_the_copy_reads_the_truth(call: Caller) -> None:
    call.runtime.faults.arm("lagging_balances", ms=60_000)
    assert call.other()("GET", "/fapi/v3/balance")[0]["balance"] == "10000.00000000"


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ("lagging_orders", "/fapi/v1/openOrders"),
        ("lagging_balances", "/fapi/v3/balance"),
        ("lagging_trades", "/fapi/v1/userTrades"),
        ("lagging_positions", "/fapi/v3/positionRisk"),
    ],
)
async def test_a_read_lags_over_the_socket_and_catches_up(
    venue: LocalExchange, client: SocketClient, fault: str, path: str
) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    before = await client("GET", path, symbol=BTC)
    await client.raw("POST", "/local/v1/faults", f"name={fault}&ms=400")
    asked_ms = venue.runtime.steady_ms()
    await client.order("BUY", "0.05")
    await client.order("BUY", "0.01", "59000")
    async with asyncio.timeout(5):
        while (told := await client("GET", path, symbol=BTC)) == before:
            await asyncio.sleep(0.01)
    assert venue.runtime.steady_ms() - asked_ms >= 400, "not before its time"
    await client.raw("POST", "/local/v1/faults", f"name={fault}&times=0")
    true = await client("GET", path, symbol=BTC)
    assert len(told) <= len(true) and true != before


async def test_a_position_is_told_late_over_the_socket_and_the_orders_in_time(
    venue: LocalExchange, client: SocketClient
) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    await client.raw("POST", "/local/v1/faults", "name=lagging_positions&ms=60000")
    await client.order("BUY", "0.1")
    await client.order("BUY", "0.1", "59000")
    assert await client("GET", "/fapi/v3/positionRisk") == [], "neither position nor open order"
    assert len(await client("GET", "/fapi/v1/openOrders", symbol=BTC)) == 1
    assert len(await client("GET", "/fapi/v1/userTrades", symbol=BTC)) == 1
    await client.raw("POST", "/local/v1/faults", "name=lagging_positions&times=0")
    assert len(await client("GET", "/fapi/v3/positionRisk")) == 1
