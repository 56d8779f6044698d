"""Every kind of regular order that the venue takes, over the wire, and orders that are only tried."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import (
    OrderState,
    OrderType,
    PositionAction,
    PositionMode,
    PriceMatch,
    SelfTradePrevention,
    TimeInForce,
    TradeType,
)
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault, Fault
from connector.core.intents import OrderIntent
from connector.core.order_ends import ExpiryReason
from connector.core.order_options import OrderOptions
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import Order
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import resting, waiting
from tests.companions.local_trading import PAIR, EventLog, connect, ready, until

D = Decimal
AMOUNT = D("0.010")
LIMIT = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, AMOUNT, D(59_500))


def at_venue(venue: LocalExchange, name: str) -> Order:
    orders = venue.engine.accounts[venue.account_id].by_client_id.values()
    return next(order for order in orders if order.client_order_id == name)


async def placed(connector: PerpetualDerivative, log: EventLog, options: OrderOptions) -> str:
    name = connector.buy(PAIR, AMOUNT, OrderType.LIMIT, D(59_500), options=options)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    return name


@pytest.mark.parametrize("force", [TimeInForce.GTC, TimeInForce.GTX, TimeInForce.RPI])
async def test_a_limit_order_rests_by_its_time_in_force(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, force: TimeInForce
) -> None:
    name = await placed(connector, log, OrderOptions(time_in_force=force))
    assert at_venue(venue, name).time_in_force == force
    assert resting(venue) == [name]


async def test_what_an_immediate_order_does_not_get_expires_with_that_reason(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    name = connector.buy(
        PAIR, D("1.5"), OrderType.LIMIT, D(60_010), options=OrderOptions(time_in_force=TimeInForce.IOC)
    )
    order = connector.in_flight_orders[name]
    await log.waits_for(MarketEvent.OrderExpired)
    assert order.end is not None
    assert (order.executed_amount, order.end.expiry) == (D(1), ExpiryReason.IMMEDIATE_REMAINDER)


async def test_a_fill_or_kill_order_that_can_not_fill_is_refused(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("1.5"), OrderType.LIMIT, D(60_010), options=OrderOptions(time_in_force=TimeInForce.FOK))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert "fill-or-kill" in str(getattr(failure, "fault", ""))
    connector.buy(PAIR, D("0.5"), OrderType.LIMIT, D(60_010), options=OrderOptions(time_in_force=TimeInForce.FOK))
    await log.waits_for(MarketEvent.BuyOrderCompleted)


async def test_an_order_with_a_date_expires_when_it_comes(connector: PerpetualDerivative, log: EventLog) -> None:
    name = await placed(connector, log, OrderOptions(good_till_ms=connector.venue_time_ms() + 700_000))
    order = connector.in_flight_orders[name]
    await until(lambda: order.is_done, "over", within_s=800)
    assert order.end is not None
    assert (order.state, order.end.expiry) == (OrderState.EXPIRED, ExpiryReason.GOOD_TILL_DATE)
    (told,) = log.of(MarketEvent.OrderExpired)
    assert getattr(told, "expiry", None) is ExpiryReason.GOOD_TILL_DATE


@pytest.mark.parametrize(
    ("match", "price"),
    [(PriceMatch.QUEUE, "59990"), (PriceMatch.OPPONENT, "60010"), (PriceMatch.OPPONENT_5, None)],
)
async def test_a_price_that_the_venue_finds_is_learned_from_its_answer(
    connector: PerpetualDerivative, log: EventLog, match: PriceMatch, price: str | None
) -> None:
    name = connector.buy(PAIR, AMOUNT, OrderType.LIMIT, options=OrderOptions(price_match=match))
    order = connector.in_flight_orders[name]
    if price is None:
        await log.waits_for(MarketEvent.OrderFailure)  # the book is less deep
        return
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert order.price == D(price)


async def test_a_post_only_order_may_be_matched_to_the_own_queue(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, AMOUNT, OrderType.LIMIT_MAKER, options=OrderOptions(price_match=PriceMatch.QUEUE))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert at_venue(venue, name).time_in_force == "GTX"


async def test_self_trade_prevention_is_sent_with_every_order_and_may_be_asked_for(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    usual = await placed(connector, log, OrderOptions())
    assert at_venue(venue, usual).self_trade_prevention == "EXPIRE_MAKER"
    other = connector.buy(
        PAIR, AMOUNT, OrderType.LIMIT, D(59_400),
        options=OrderOptions(self_trade_prevention=SelfTradePrevention.EXPIRE_BOTH),
    )  # fmt: skip
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    assert at_venue(venue, other).self_trade_prevention == "EXPIRE_BOTH"


async def test_an_own_order_that_would_be_hit_expires_with_that_reason(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, AMOUNT, OrderType.LIMIT, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.in_flight_orders[name]
    connector.sell(PAIR, AMOUNT, OrderType.LIMIT, D(60_000))
    await log.waits_for(MarketEvent.OrderExpired)
    assert order.end is not None
    assert order.end.expiry is ExpiryReason.SELF_TRADE_PREVENTION


async def test_what_is_sent_by_default_is_a_setting(venue: LocalExchange, connector: PerpetualDerivative) -> None:
    other = connect(venue, "test02", self_trade_prevention_mode="EXPIRE_TAKER")
    await ready(other)
    try:
        name = other.buy(PAIR, AMOUNT, OrderType.LIMIT, D(59_500))
        stop = other.buy(PAIR, AMOUNT, OrderType.STOP_MARKET, options=OrderOptions(trigger_price=D(61_000)))
        await until(lambda: all(order.was_seen for order in other.in_flight_orders.values()), "placed")
        assert at_venue(venue, name).self_trade_prevention == "EXPIRE_TAKER"
        (waits,) = venue.engine.algos.book(venue.engine.accounts[venue.account_id]).open_of(None)
        assert (waits.client_algo_id, waits.request.self_trade_prevention) == (stop, "EXPIRE_TAKER")
    finally:
        await other.stop_network()


@pytest.mark.parametrize("mode", list(PositionMode))
@pytest.mark.parametrize(("order_type", "price"), [(OrderType.MARKET, "NaN"), (OrderType.LIMIT, "59990")])
async def test_a_closing_order_ends_up_cut_to_the_position_in_both_modes(
    connector: PerpetualDerivative, log: EventLog, mode: PositionMode, order_type: OrderType, price: str
) -> None:
    await connector.set_position_mode(mode)
    connector.buy(PAIR, AMOUNT, OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: bool(connector.account_positions), "held")
    name = connector.sell(PAIR, D("0.025"), order_type, D(price), position_action=PositionAction.CLOSE)
    order = connector.in_flight_orders[name]
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: not connector.account_positions, "flat")
    assert (order.amount, order.executed_amount) == (AMOUNT, AMOUNT)


@pytest.mark.parametrize("mode", list(PositionMode))
async def test_so_it_is_beside_closing_orders_that_rest(
    connector: PerpetualDerivative, log: EventLog, mode: PositionMode
) -> None:
    await connector.set_position_mode(mode)
    connector.buy(PAIR, AMOUNT, OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: bool(connector.account_positions), "held")
    connector.sell(PAIR, D("0.004"), OrderType.LIMIT, D(61_000), position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCreated)
    name = connector.sell(PAIR, D("0.025"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    order = connector.in_flight_orders[name]
    await log.waits_for(MarketEvent.SellOrderCompleted)
    assert order.amount == D("0.006")


async def test_a_tried_order_that_would_be_taken_leaves_no_trace(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    before = connector.get_available_balance("USDT")
    stop = replace(LIMIT, order_type=OrderType.STOP_MARKET, price=None, options=OrderOptions(trigger_price=D(61_000)))
    trail = replace(stop, order_type=OrderType.TRAILING_STOP_MARKET, options=OrderOptions(callback_rate=D(1)))
    for intent in (LIMIT, replace(LIMIT, order_type=OrderType.MARKET, price=None), stop, trail):
        assert await connector.test_order(intent) is None
    assert (connector.in_flight_orders, log.tags()) == ({}, [])
    assert (resting(venue), waiting(venue)) == ([], [])
    assert connector.get_available_balance("USDT") == before


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": D(100)}, -2019),
        ({"order_type": OrderType.LIMIT_MAKER, "price": D(60_500)}, -5022),
        ({"position_action": PositionAction.CLOSE}, -2022),
        ({"order_type": OrderType.STOP_MARKET, "price": None, "options": OrderOptions(trigger_price=D(59_000))}, -2021),
    ],
)
async def test_one_that_would_be_refused_tells_the_refusal(
    connector: PerpetualDerivative, log: EventLog, changes: dict[str, object], code: int
) -> None:
    refusal = await connector.test_order(replace(LIMIT, **changes))  # type: ignore[arg-type]
    assert refusal is not None
    assert refusal.code == code
    assert log.tags() == []


async def test_one_without_margin_is_told_with_the_figures(connector: PerpetualDerivative) -> None:
    refusal = await connector.test_order(replace(LIMIT, amount=D(100)))
    assert refusal is not None
    assert "would pass" in str(refusal)


async def test_a_rule_that_it_breaks_is_told_without_asking(connector: PerpetualDerivative) -> None:
    refusal = await connector.test_order(replace(LIMIT, amount=D("0.0001")))
    assert refusal is not None
    assert "LOT_SIZE" in str(refusal)
    with pytest.raises(ArgumentFault):
        await connector.test_order(replace(LIMIT, amount=D(-1)))


async def test_silence_is_no_verdict(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    venue.faults.arm("unknown_not_placed", times=9, path="/fapi/v1/order/test")
    with pytest.raises(Fault):
        await connector.test_order(LIMIT)
