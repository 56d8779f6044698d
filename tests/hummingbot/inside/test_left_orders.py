"""What an earlier run left: orders that nobody saved are cancelled, and of the others is told what became of them."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.event.event_listener import EventListener
from hummingbot.core.event.events import MarketEvent

from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import Heard, buy, hear, new_connector, open_there, running, trades_there

D = Decimal


class Noted(EventListener):
    """Notes each event."""

    def __init__(self, note: Callable[[], None]) -> None:
        super().__init__()
        self._note = note

    def __call__(self, event: Any) -> None:
        self._note()


async def test_an_order_that_a_killed_life_left_unsaved_is_cancelled_at_the_next_start(
    idle: Any, heard: Heard, venue: LocalExchange
) -> None:
    async with running(idle):
        buy(idle)
        await heard.waits_for("BuyOrderCreated")
        idle._link._tag.release()  # as a kill does
    assert len(open_there(venue)) == 1
    other = new_connector(venue, PAIR)
    async with running(other):
        assert open_there(venue) == set()


async def test_an_order_that_was_saved_between_its_last_trade_and_its_end_is_told_as_ended(
    idle: Any, heard: Heard, venue: LocalExchange, trader: Trader
) -> None:
    """As a kill leaves it: the recorder saves at each event, and the last trade comes before the end."""
    saved: list[str] = []
    noted = Noted(lambda: saved.append(json.dumps(idle.tracking_states)))
    async with running(idle):
        idle.add_listener(MarketEvent.OrderFilled, noted)
        order_id = idle.buy(PAIR, D("0.01"), price=D("59995"))
        await heard.waits_for("BuyOrderCreated")
        trader.take(SELL, "0.01")
        await heard.waits_for("BuyOrderCompleted")
    other = new_connector(venue, PAIR)
    told = hear(other)
    other.restore_tracking_states(json.loads(saved[0]))
    assert set(other.in_flight_orders) == {order_id}
    async with running(other):
        await until(lambda: not other.in_flight_orders, "its end")
    assert told.names(order_id) == ["BuyOrderCompleted"]


async def test_an_order_of_an_earlier_run_is_cancelled_whatever_pairs_are_traded_now(
    idle: Any, heard: Heard, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(idle):
        order_id = buy(idle)
        await heard.waits_for("BuyOrderCreated")
        idle._link._tag.release()  # as a kill does
    other = new_connector(venue, "ETH-USDT")
    async with running(other):
        assert open_there(venue) == set()
    assert f"orders of an earlier run are cancelled: {order_id}" in caplog.text


async def test_an_order_of_which_only_their_half_was_saved_is_told_with_its_trades(
    idle: Any, heard: Heard, venue: LocalExchange, trader: Trader
) -> None:
    async with running(idle):
        filled, resting = idle.buy(PAIR, D("0.01"), price=D("59995")), buy(idle)
        await heard.waits_for("BuyOrderCreated", times=2)
        saved = {name: {**row, "perpetual_connector": None} for name, row in idle.tracking_states.items()}
        idle._link._tag.release()  # as a kill does
    trader.take(SELL, "0.01")
    other = new_connector(venue, PAIR)
    told = hear(other)
    other.restore_tracking_states(saved)
    async with running(other):
        await until(lambda: not other.in_flight_orders, "their ends")
    assert told.names(filled) == ["OrderFilled", "BuyOrderCompleted"]
    (fee,) = told.of("OrderFilled")[0].trade_fee.flat_fees
    assert fee.amount == D(trades_there(venue)[0].commission_e8).scaleb(-8)
    assert (told.names(resting), open_there(venue)) == (["OrderCancelled"], set())


async def test_a_saved_order_that_the_exchange_never_had_fails(idle: Any, heard: Heard, venue: LocalExchange) -> None:
    async with running(idle):
        order_id = buy(idle)
        row = {**idle.tracking_states[order_id], "perpetual_connector": None, "client_order_id": "never-sent"}
        await heard.waits_for("BuyOrderCreated")
    other = new_connector(venue, PAIR)
    told = hear(other)
    other.restore_tracking_states({"never-sent": row})
    async with running(other):
        await told.waits_for("OrderFailure")
    assert (told.names("never-sent"), other.in_flight_orders) == (["OrderFailure"], {})
