"""Orders in another's words, and the end of everyone's."""

from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault, ConfigFault
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.ember import EmberOrder
from connector.simulator.accounts.algo_orders import AlgoRequest
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import KINDS, resting, waiting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready

D = Decimal
STOP = EmberOrder(PAIR, "BUY", "STOP", D("0.010"), stop_price=D(61_000))


async def test_embers_words_are_heard_where_the_setting_says_so(venue: LocalExchange, trader: Trader) -> None:
    derivative = connect(venue, ember_orders=True)
    await ready(derivative)
    heard = EventLog(derivative)
    name = derivative.place_ember(STOP)
    await heard.waits_for(MarketEvent.BuyOrderCreated)
    assert waiting(venue) == [name]
    assert derivative.in_flight_orders[name].order_type is OrderType.STOP_MARKET
    await derivative.stop_network()


async def test_they_are_refused_where_it_does_not(connector: PerpetualDerivative) -> None:
    with pytest.raises(ConfigFault, match="ember_orders"):
        connector.place_ember(STOP)
    assert connector.in_flight_orders == {}


async def orders_of_two(connector: PerpetualDerivative, venue: LocalExchange, log: EventLog) -> None:
    """One of each family of ours, and of someone else on the account."""
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    KINDS["stop market, buy"].place(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    rest = OrderRequest(SYMBOL, BUY, LIMIT, D("0.010"), D(59_000), client_order_id="web_1")
    stop = AlgoRequest(SYMBOL, BUY, "STOP_MARKET", D("0.010"), trigger_price=D(61_000), client_algo_id="web_stop")
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, rest, now_ms))
    venue.act(lambda engine, now_ms: engine.place_algo(venue.account_id, stop, now_ms))


async def test_what_would_go_is_named_and_then_all_of_it_goes(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await orders_of_two(connector, venue, log)
    would_go = await connector.orders_of_everyone(PAIR)
    assert {"web_1", "web_stop"} < {report.client_order_id for report in would_go}
    assert len(would_go) == 4
    assert await connector.cancel_everyones(PAIR, would_go) == ()
    assert (waiting(venue), resting(venue)) == ([], [])
    await log.waits_for(MarketEvent.OrderCancelled, 2)


async def test_an_order_that_was_not_named_keeps_all_of_them(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await orders_of_two(connector, venue, log)
    would_go = [report for report in await connector.orders_of_everyone(PAIR) if report.client_order_id != "web_stop"]
    with pytest.raises(ArgumentFault, match="web_stop"):
        await connector.cancel_everyones(PAIR, would_go)
    assert (len(waiting(venue)), len(resting(venue))) == (2, 2)
