"""Each event of the user stream in its situation, over a real socket: keys, their order, types and spelling.

The fixtures stand in `payloads/wire_shapes`: a field, its place, or its spelling that changes is seen here.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from connector.simulator.payloads.algo_payloads import CONDITIONAL
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import SocketClient
from tests.companions.simulator.wire_shapes import mismatches

BTC, ORDER = "BTCUSDT", "/fapi/v1/order"
WITHIN_S = 5.0
STOP = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "clientAlgoId": "mine"}


class Owner:
    """An account, what its user stream says, and a counterparty."""

    def __init__(self, client: SocketClient, other: SocketClient, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.client, self.other, self._socket = client, other, socket

    async def hears(self, fixture: str, *situations: str) -> None:
        """The next events are of these situations' shapes; `-` lets one pass unseen."""
        events = [await self.next() for _ in situations]
        found = [(name, event) for name, event in zip(situations, events, strict=True) if name != "-"]
        assert mismatches(found, fixture) == []

    async def next(self) -> Any:
        return json.loads((await asyncio.wait_for(self._socket.receive(), WITHIN_S)).data)

    async def until(self, kind: str) -> Any:
        """The next event of a kind; those before it pass."""
        while (event := await self.next())["e"] != kind:
            pass
        return event

    async def local(self, path: str, **params: object) -> None:
        async with self.client.session.post(f"{self.client.venue.rest}/local/v1/{path}", params=params) as reply:
            assert reply.status == 200, await reply.text()

    async def long(self, quantity: str = "0.02", events: int = 4) -> None:
        """Buys at 60,000 and lets the fill's events pass."""
        await self.other.order("SELL", quantity, "60000")
        await self.client.order("BUY", quantity)
        for _ in range(events):
            await self.next()


@pytest.fixture
async def owner(client: SocketClient, venue: LocalExchange) -> AsyncIterator[Owner]:
    other = SocketClient(client.session, venue, venue.admit(Decimal(1_000_000)))
    yield Owner(client, other, await client.user_stream())
    await other.close()


async def test_an_order_placed_changed_and_cancelled(owner: Owner) -> None:
    await owner.client.order("BUY", "0.02", "59000", newClientOrderId="mine")
    change = {"symbol": BTC, "side": "BUY", "origClientOrderId": "mine", "quantity": "0.03"}
    await owner.client("PUT", ORDER, **change, price="59001")
    await owner.client("PUT", ORDER, **change, price="59002.5", modifyId=71)
    await owner.client("DELETE", ORDER, symbol=BTC, origClientOrderId="mine")
    await owner.hears("order_events", "limit_new", "amended", "amended_by_number", "canceled")
    await owner.client.order("SELL", "0.02", "61000")
    await owner.hears("order_events", "limit_sell_new")


async def test_an_order_filled_in_two_parts_as_maker(owner: Owner) -> None:
    await owner.client.order("BUY", "0.02", "60000")
    await owner.other.order("SELL", "0.01", "60000")
    await owner.hears("order_events", "limit_new", "limit_trade_lite", "-", "maker_partially_filled")
    await owner.other.order("SELL", "0.01", "60000")
    await owner.hears("order_events", "limit_trade_lite", "-", "maker_filled")


async def test_an_order_cancelled_after_a_part_was_filled(owner: Owner) -> None:
    await owner.client.order("BUY", "0.02", "60000", newClientOrderId="mine")
    await owner.other.order("SELL", "0.01", "60000")
    await owner.client("DELETE", ORDER, symbol=BTC, origClientOrderId="mine")
    await owner.hears("order_events", "limit_new", "-", "-", "maker_partially_filled", "canceled_with_a_fill")


async def test_an_immediate_order_that_meets_nobody_expires(owner: Owner) -> None:
    await owner.client.order("BUY", "0.02", "59000", timeInForce="IOC")
    await owner.hears("order_events", "immediate_new", "immediate_expired")


async def test_a_position_opened_and_closed_at_the_market(owner: Owner) -> None:
    await owner.other.order("SELL", "0.02", "60000.5")
    await owner.client.order("BUY", "0.02")
    await owner.next()
    await owner.next()
    await owner.hears("account_events", "order_opened", "-")
    await owner.other.order("BUY", "0.02", "60100")
    await owner.client.order("SELL", "0.02")
    await owner.hears("order_events", "market_new", "market_trade_lite", "-", "market_closes")


async def test_the_account_after_a_position_is_closed(owner: Owner) -> None:
    await owner.long()
    await owner.other.order("BUY", "0.02", "60100")
    await owner.client.order("SELL", "0.02")
    await owner.hears("account_events", "-", "-", "order_closed", "-")


async def test_a_fill_in_hedge_mode_names_every_side(owner: Owner) -> None:
    await owner.client("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    await owner.other.order("SELL", "0.02", "60000")
    await owner.client.order("BUY", "0.02", positionSide="LONG")
    await owner.next()
    await owner.next()
    await owner.hears("account_events", "order_opened_hedged")
    await owner.hears("order_events", "hedged_fill")


async def test_a_fee_paid_in_bnb_names_both_wallets(owner: Owner) -> None:
    await owner.local("transfer", api_key=owner.client.sender.api_key, asset="BNB", amount="3")
    await owner.client("POST", "/fapi/v1/feeBurn", feeBurn="true")
    await owner.next()
    await owner.other.order("SELL", "0.02", "60000")
    await owner.client.order("BUY", "0.02")
    await owner.next()
    await owner.next()
    await owner.hears("account_events", "order_paid_in_bnb")
    await owner.hears("order_events", "fee_in_bnb")


async def test_an_isolated_position_is_opened_given_margin_and_charged(owner: Owner) -> None:
    await owner.client("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    await owner.hears("account_events", "margin_type_changed")
    await owner.other.order("SELL", "0.02", "60000")
    await owner.client.order("BUY", "0.02")
    await owner.hears("account_events", "-", "-", "order_opened_isolated", "-")
    await owner.client("POST", "/fapi/v1/positionMargin", symbol=BTC, amount="10", type=1)
    await owner.local("funding", symbol=BTC)
    await owner.hears("account_events", "margin_moved", "funding_of_an_isolated_position")


async def test_funding_of_a_crossed_position(owner: Owner) -> None:
    await owner.long()
    await owner.local("funding", symbol=BTC)
    await owner.hears("account_events", "funding_of_a_crossed_position")


async def test_money_in_and_out(owner: Owner) -> None:
    for amount in ("12.5", "-12.5"):
        await owner.local("transfer", api_key=owner.client.sender.api_key, asset="USDC", amount=amount)
    await owner.hears("account_events", "deposited", "withdrawn_to_nothing")


async def test_settings_that_change(owner: Owner) -> None:
    await owner.client("POST", "/fapi/v1/leverage", symbol=BTC, leverage=7)
    await owner.client("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    await owner.hears("account_events", "leverage_changed", "asset_mode_changed")


@pytest.mark.parametrize(
    ("margin_type", "mark", "situation"),
    [("CROSSED", "57180", "margin_called_across"), ("ISOLATED", "57275", "margin_called_isolated")],
)
async def test_a_margin_call(owner: Owner, margin_type: str, mark: str, situation: str) -> None:
    if margin_type == "ISOLATED":
        await owner.client("POST", "/fapi/v1/marginType", symbol=BTC, marginType=margin_type)
    await owner.other.order("SELL", "3.2", "60000")
    await owner.client.order("BUY", "3.2")
    await owner.local("mark", symbol=BTC, price=mark)
    assert mismatches([(situation, await owner.until("MARGIN_CALL"))], "account_events") == []


async def test_a_liquidation(owner: Owner) -> None:
    await owner.long("3.2")
    await owner.other.order("BUY", "1", "56900")
    await owner.local("mark", symbol=BTC, price="57000")
    events = [await owner.until("ORDER_TRADE_UPDATE") for _ in range(2)]
    situations = ("liquidation_new", "liquidation_calculated")
    assert mismatches(list(zip(situations, events, strict=True)), "order_events") == []
    assert events[0]["o"]["c"].startswith("autoclose-")


async def test_a_deleveraging(owner: Owner) -> None:
    await owner.long()
    await owner.local("adl", api_key=owner.client.sender.api_key, symbol=BTC)
    events = [await owner.until("ORDER_TRADE_UPDATE") for _ in range(2)]
    situations = ("liquidation_new", "liquidation_calculated")
    assert mismatches(list(zip(situations, events, strict=True)), "order_events") == []
    assert {event["o"]["c"] for event in events} == {"adl_autoclose"}


async def test_a_stop_from_its_placing_to_its_childs_fill(owner: Owner) -> None:
    await owner.long("0.01")
    await owner.other.order("BUY", "0.05", "58900")
    stop = {**STOP, "type": "STOP_MARKET", "quantity": "0.01", "triggerPrice": "59000", "reduceOnly": "true"}
    await owner.client("POST", "/fapi/v1/algoOrder", **stop)
    await third_sells(owner)
    await owner.hears("algo_events", "stop_new", "stop_triggering", "stop_triggered", "-", "-", "-")
    await owner.hears("order_events", "stop_child_filled")
    await owner.hears("algo_events", "stop_finished")


async def third_sells(owner: Owner) -> None:
    """A third trader sells into the bids, so that the last price falls to them."""
    venue = owner.client.venue
    third = SocketClient(owner.client.session, venue, venue.admit(Decimal(1_000_000)))
    await third.order("SELL", "0.01")


async def test_a_trailing_stop_and_its_child(owner: Owner) -> None:
    await owner.long("0.01")
    await owner.other.order("BUY", "0.05", "59300")
    trail = {**STOP, "type": "TRAILING_STOP_MARKET", "quantity": "0.01", "callbackRate": "1"}
    await owner.client("POST", "/fapi/v1/algoOrder", **trail)
    await owner.hears("algo_events", "trailing_new")
    await third_sells(owner)
    while (event := await owner.until("ORDER_TRADE_UPDATE"))["o"]["x"] != "TRADE":
        pass
    assert mismatches([("trailing_child_filled", event)], "order_events") == []


async def test_a_limit_stop_that_is_cancelled(owner: Owner) -> None:
    stop = {**STOP, "type": "STOP", "quantity": "0.01", "price": "58900", "triggerPrice": "59000"}
    await owner.client("POST", "/fapi/v1/algoOrder", **stop)
    await owner.client("DELETE", "/fapi/v1/algoOrder", clientAlgoId="mine")
    await owner.hears("algo_events", "limit_stop_new", "limit_stop_canceled")


async def test_a_closing_stop_without_a_position_is_rejected(owner: Owner) -> None:
    await owner.other.order("BUY", "0.05", "58900")
    await owner.client(
        "POST", "/fapi/v1/algoOrder", **STOP, type="STOP_MARKET", closePosition="true", triggerPrice="59000"
    )
    await third_sells(owner)
    await owner.hears("algo_events", "closing_new", "closing_triggering", "closing_rejected")


async def test_a_listen_key_that_ends(owner: Owner) -> None:
    await owner.client.raw("DELETE", "/fapi/v1/listenKey")
    await owner.hears("account_events", "listen_key_expired")
