"""Orders in another's words, and the end of everyone's."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, OrderWay, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault, ConfigFault
from connector.core.intents import OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.ember import EmberOrder
from connector.simulator.accounts.algo_orders import AlgoRequest
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import KINDS, resting, waiting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready
from tests.companions.orders.written_names import written_names

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


async def test_of_an_order_that_takes_anothers_place_the_others_cancel_leaves_first(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    old = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_600))
    with written_names() as written:
        new = connector.replace_at_once(intent, old)
        assert written == [("order.cancel", old), ("order.place", new)]
    await log.waits_for(MarketEvent.OrderCancelled)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    assert list(connector.in_flight_orders) == [new]


async def test_over_rest_too_the_other_is_wanted_gone_before_the_new_one_is_asked_for(venue: LocalExchange) -> None:
    derivative = connect(venue, way=OrderWay.REST)
    await ready(derivative)
    heard = EventLog(derivative)
    old = derivative.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    await heard.waits_for(MarketEvent.BuyOrderCreated)
    intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_600))
    new = derivative.replace_at_once(intent, old)
    assert derivative.in_flight_orders[old].cancel_wanted
    await heard.waits_for(MarketEvent.OrderCancelled)
    await heard.waits_for(MarketEvent.BuyOrderCreated, 2)
    assert resting(venue) == [new]
    await derivative.stop_network()


async def test_what_is_no_order_leaves_the_other_wanted_gone_and_an_unknown_id_is_refused(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    old = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_600))
    with pytest.raises(ArgumentFault, match="web_1"):
        connector.replace_at_once(intent, "web_1")
    with pytest.raises(ArgumentFault, match="trading_pair"):
        connector.replace_at_once(replace(intent, trading_pair="ETH-USDT"), old)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert connector.in_flight_orders == {}
