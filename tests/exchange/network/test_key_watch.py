"""A key that ends while it is traded with stops what opens at once, and the run a minute later."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import Http
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until
from tests.companions.orders.written_names import written_names

D = Decimal


async def permit(venue: LocalExchange, futures: str) -> None:
    """What somebody does in the exchange's API management meanwhile."""
    http = Http(through_proxy=False)
    asked = f"{venue.rest}/local/v1/key?api_key={venue.api_key}&futures={futures}"
    assert (await http.send("PUT", asked, {})).status == 200
    await http.close()


def buy(connector: PerpetualDerivative, price: int = 59_000) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(price))


@pytest.mark.parametrize("fault", ["key_expired", "key_unknown_2008", "key_format_2014", "address_not_listed"])
async def test_the_first_refusal_shuts_what_opens_and_a_minute_of_them_ends_the_run(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    watch, clock = connector.components.key_watch, connector.components.clock
    buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm(fault, ms=600_000)
    began_ms = clock.monotonic_ms()
    buy(connector)
    await log.waits_for(MarketEvent.OpeningsPaused)
    assert clock.monotonic_ms() - began_ms < 1_000
    assert "does not take the key" in connector.openings_stopped
    assert not watch.lost
    await until(lambda: bool(watch.lost), "it is lost", within_s=120)
    assert 60_000 <= clock.monotonic_ms() - began_ms <= 70_000
    assert "the exchange takes the key no more" in watch.lost
    assert len(log.of(MarketEvent.OpeningsPaused)) == 1, "told once"


async def test_a_key_whose_end_an_order_met_that_left_at_once_lets_no_further_one_leave(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    quote = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_000))
    resting = connector.place(quote)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("key_expired", ms=600_000)
    with written_names() as written:
        first = connector.place(quote)
        assert written == [("order.place", first)]
        await log.waits_for(MarketEvent.OpeningsPaused)
        connector.place(quote)
        connector.modify(PAIR, resting, price=D(59_100))
        await log.waits_for(MarketEvent.OrderFailure, 2)
        await log.waits_for(MarketEvent.OrderModifyFailed)
        assert written == [("order.place", first)]


async def test_a_key_that_is_taken_again_opens_the_gate_and_nothing_ends(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("key_expired", ms=8_000)
    buy(connector)
    await log.waits_for(MarketEvent.OpeningsPaused)
    await log.waits_for(MarketEvent.OpeningsResumed)
    assert connector.openings_stopped == ""
    await asyncio.sleep(120)
    assert connector.components.key_watch.lost == ""
    buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)


async def test_a_key_that_may_read_and_trades_no_more_has_ended_too(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await permit(venue, futures="false")
    buy(connector)
    await until(lambda: bool(connector.components.key_watch.lost), "it is lost", within_s=120)
    await permit(venue, futures="true")
    await log.waits_for(MarketEvent.OpeningsResumed)
    assert connector.components.key_watch.lost == "", "who stops looks at it first"


async def test_closing_orders_and_cancels_are_tried_while_the_key_is_refused(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    order_id = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("key_expired", ms=8_000)
    buy(connector)
    await log.waits_for(MarketEvent.OpeningsPaused)
    connector.cancel(PAIR, order_id)
    connector.sell(PAIR, D("0.010"), OrderType.LIMIT, D(61_000), position_action=PositionAction.CLOSE)
    failed = await log.waits_for(MarketEvent.OrderFailure, 2)
    assert "2015" in str(getattr(failed, "fault", "")), "it went, and the exchange refused it"
    await log.waits_for(MarketEvent.OrderCancelled)
    assert not venue.engine.accounts[venue.account_id].has_open_orders()


async def test_one_refusal_that_is_over_is_no_end(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("key_expired", ms=1)
    buy(connector)
    await asyncio.sleep(90)
    assert connector.components.key_watch.lost == ""
    assert connector.openings_stopped == ""
