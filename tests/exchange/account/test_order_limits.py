"""The user's limits at the real local exchange: every way by which an order or a change can leave asks them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent, OrderModifyFailedEvent
from connector.core.intents import ModifyIntent, OrderIntent
from connector.core.order_ends import RejectionKind
from connector.core.order_options import OrderOptions
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.ember import EmberOrder
from connector.risk.order_rate import WINDOW_MS
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until

D = Decimal
BUY, SELL = TradeType.BUY, TradeType.SELL
BID = OrderIntent(PAIR, BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_500))
STOP = replace(BID, order_type=OrderType.STOP_MARKET, price=None, options=OrderOptions(trigger_price=D(61_000)))
Way = Callable[[PerpetualDerivative, OrderIntent], object]


def _bought(connector: PerpetualDerivative, intent: OrderIntent) -> str:
    send = connector.buy if intent.trade_type is BUY else connector.sell
    return send(PAIR, intent.amount, intent.order_type, intent.price or D("NaN"), options=intent.options)


def _by_ember(connector: PerpetualDerivative, intent: OrderIntent) -> str:
    word = {OrderType.MARKET: "MARKET", OrderType.STOP_MARKET: "STOP"}.get(intent.order_type, "LIMIT")
    terms = {"limit_price": intent.price, "stop_price": intent.options.trigger_price}
    return connector.place_ember(EmberOrder(PAIR, intent.trade_type.name, word, intent.amount, **terms))


def _in_anothers_place(connector: PerpetualDerivative, intent: OrderIntent) -> str:
    other = connector.place(replace(BID, amount=D("0.001"), price=D(59_000)))
    return connector.replace_at_once(intent, other)


WAYS: dict[str, Way] = {
    "place": lambda connector, intent: connector.place(intent),
    "buy or sell": _bought,
    "batch": lambda connector, intent: connector.batch_order_create([intent]),
    "batch of two": lambda connector, intent: connector.batch_order_create([intent, replace(intent, amount=D(3))]),
    "replace_at_once": _in_anothers_place,
    "ember": _by_ember,
}


@asynccontextmanager
async def limited(venue: LocalExchange, **limits: object) -> AsyncIterator[tuple[PerpetualDerivative, EventLog]]:
    """A connector with these limits, in a market around 60,000 where leverage leaves room for far more."""
    Trader(venue).make_market()
    connector = connect(venue, ember_orders=True, **limits)
    log = EventLog(connector)
    await ready(connector)
    try:
        await connector.set_leverage(PAIR, 50)
        yield connector, log
    finally:
        await connector.stop_network()


def told(log: EventLog) -> list[tuple[RejectionKind, str]]:
    """Of each order that failed: by which kind of reason, and why."""
    failed = [event for event in log.of(MarketEvent.OrderFailure) if isinstance(event, MarketOrderFailureEvent)]
    return [(event.rejection.kind, str(event.fault)) for event in failed if event.rejection]


async def resting(connector: PerpetualDerivative, intent: OrderIntent = BID) -> str:
    name = connector.place(intent)
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "it rests")
    return name


def placed(venue: LocalExchange) -> int:
    return len(venue.engine.accounts[venue.account_id].placed.get(SYMBOL, ()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("limit", "over"),
    [
        ({"max_position": "0.05 BTC"}, replace(BID, amount=D("0.051"))),
        ({"max_position": "0.05"}, replace(BID, order_type=OrderType.MARKET, price=None, amount=D("0.051"))),
        ({"max_position": "0.05"}, replace(STOP, amount=D("0.051"))),
        ({"max_position_notional": 3_000}, replace(BID, trade_type=SELL, price=D(60_500), amount=D("0.050"))),
        ({"max_open_orders_notional": 3_000}, replace(BID, amount=D("0.051"))),
        ({"max_open_orders_notional": 3_000}, replace(STOP, amount=D("0.051"))),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value.order_type.name,
)
async def test_no_way_lets_an_order_pass_a_limit(
    venue: LocalExchange, way: str, limit: dict[str, object], over: OrderIntent
) -> None:
    async with limited(venue, **limit) as (connector, log):
        before = placed(venue)
        WAYS[way](connector, over)
        await log.waits_for(MarketEvent.OrderFailure, 2 if way == "batch of two" else 1)
        await until(lambda: not any(order.amount > D("0.05") for order in connector.in_flight_orders.values()))
        assert {kind for kind, _ in told(log)} == {RejectionKind.RISK_LIMIT}
        assert all(next(iter(limit)) in why for _, why in told(log)), told(log)
        assert placed(venue) - before == (way == "replace_at_once")


async def test_what_rests_counts_as_filled_and_the_other_side_apart(venue: LocalExchange) -> None:
    async with limited(venue, max_position="0.03") as (connector, log):
        for price in (59_500, 59_400, 59_300):
            await resting(connector, replace(BID, price=D(price)))
        await resting(connector, replace(BID, trade_type=SELL, price=D(60_500), amount=D("0.03")))
        connector.place(replace(BID, price=D(59_200), amount=D("0.001")))
        await log.waits_for(MarketEvent.OrderFailure)
        (why,) = [why for _, why in told(log)]
        assert "max_position: it would come to 0.031 BTC, at most 0.03" in why


async def test_of_a_batch_the_first_go_as_far_as_there_is_room(venue: LocalExchange) -> None:
    async with limited(venue, max_position="0.03") as (connector, log):
        names = connector.batch_order_create([replace(BID, price=D(59_500 - row)) for row in range(5)])
        await log.waits_for(MarketEvent.OrderFailure, 2)
        await log.waits_for(MarketEvent.BuyOrderCreated, 3)
        assert set(connector.in_flight_orders) == set(names[:3])


@pytest.mark.parametrize("many", [False, True], ids=["modify", "batch_order_modify"])
@pytest.mark.parametrize(
    ("limit", "change"),
    [
        ({"max_position": "0.015"}, {"amount": D("0.016")}),
        ({"max_position_notional": 700}, {"amount": D("0.012")}),
        ({"max_open_orders_notional": 700}, {"amount": D("0.012")}),
        ({"max_open_orders_notional": 595}, {"price": D(59_600)}),
        ({"max_order_rate": 1}, {"price": D(59_600)}),
    ],
    ids=["position", "notional", "open orders", "open orders by price", "rate"],
)
async def test_no_change_passes_a_limit(
    venue: LocalExchange, many: bool, limit: dict[str, object], change: dict[str, Decimal]
) -> None:
    async with limited(venue, **limit) as (connector, log):
        name = await resting(connector)
        if many:
            connector.batch_order_modify([ModifyIntent(PAIR, name, **change)])
        else:
            connector.modify(PAIR, name, **change)
        failed = await log.waits_for(MarketEvent.OrderModifyFailed)
        assert isinstance(failed, OrderModifyFailedEvent)
        assert failed.rejection is not None and failed.rejection.kind is RejectionKind.RISK_LIMIT
        assert next(iter(limit)) in str(failed.fault)
        (there,) = await connector.venue_api.open_orders(SYMBOL)
        assert (there.price, there.amount) == (BID.price, BID.amount)


async def test_a_change_that_lessens_goes_whatever_the_limit(venue: LocalExchange) -> None:
    async with limited(venue, max_position="0.015", max_open_orders_notional=600) as (connector, log):
        name = await resting(connector)
        connector.modify(PAIR, name, price=D(59_400), amount=D("0.009"))
        await log.waits_for(MarketEvent.OrderModified)


async def test_what_reduces_a_position_always_goes(venue: LocalExchange) -> None:
    """Closing orders, and in one-way mode opening ones that only bring it nearer to 0."""
    async with limited(
        venue, max_position="0.1", max_position_notional=6_100, max_open_orders_notional=6_100, max_order_rate=1
    ) as (connector, log):
        market = replace(BID, order_type=OrderType.MARKET, price=None, amount=D("0.1"))
        connector.place(market)
        await log.waits_for(MarketEvent.BuyOrderCompleted)
        await until(lambda: bool(connector.account_positions), "the position")
        connector.place(replace(market, trade_type=SELL, amount=D("0.04"), position_action=PositionAction.CLOSE))
        await log.waits_for(MarketEvent.SellOrderCompleted)
        limits = connector.components.entry.limits
        assert limits.over(replace(BID, trade_type=SELL, price=D(61_000), amount=D("0.06"))) == ""
        assert limits.over(replace(BID, trade_type=SELL, price=D(61_000), amount=D("0.17"))) != ""
        assert [kind for kind, _ in told(log)] == []


async def test_no_more_orders_leave_in_a_minute_than_are_allowed(venue: LocalExchange) -> None:
    async with limited(venue, max_order_rate=3) as (connector, log):
        for row in range(5):
            connector.place(replace(BID, price=D(59_500 - row)))
        await log.waits_for(MarketEvent.OrderFailure, 2)
        assert all("max_order_rate: 3 left within a minute" in why for _, why in told(log))
        assert placed(venue) == 3
        began_ms = connector.components.clock.monotonic_ms()
        rate = connector.components.entry.limits.rate
        assert rate is not None
        await until(lambda: not rate.is_used_up(connector.components.clock.monotonic_ms()), within_s=61)
        assert connector.components.clock.monotonic_ms() - began_ms >= WINDOW_MS - 1_000
        await resting(connector, replace(BID, price=D(59_000)))


async def test_a_trial_says_what_the_limit_would(venue: LocalExchange) -> None:
    async with limited(venue, max_position="0.005") as (connector, _):
        fault = await connector.test_order(BID)
        assert fault is not None and "max_position" in str(fault)


async def test_each_limit_is_shown_with_use_and_bound(venue: LocalExchange) -> None:
    async with limited(
        venue, max_position="0.1 BTC", max_position_notional=7_000, max_open_orders_notional=900, max_order_rate=9
    ) as (connector, _):
        await resting(connector)
        rows = {row.name: (row.use, row.bound, row.unit) for row in connector.components.entry.limits.rows()}
        assert rows == {
            "max_position BTC-USDT": (D(0), D("0.1"), "BTC"),
            "max_position_notional BTC-USDT": (D(0), D(7_000), "USDT"),
            "max_open_orders_notional": (D(595), D(900), "USDT"),
            "max_order_rate": (D(1), D(9), "a minute"),
        }


async def test_a_position_that_a_resting_exit_may_close_makes_no_room(venue: LocalExchange) -> None:
    async with limited(venue, max_position="0.05", max_position_notional=3_200) as (connector, log):
        connector.place(replace(BID, order_type=OrderType.MARKET, price=None, amount=D("0.05")))
        await until(lambda: bool(connector.account_positions), "the position")
        limits = connector.components.entry.limits
        ask = replace(BID, trade_type=SELL, price=D(61_500), amount=D("0.09"))
        assert limits.over(ask) == ""
        leave = replace(ask, price=D(60_600), amount=D("0.02"), position_action=PositionAction.CLOSE)
        exits = [await resting(connector, leave)]
        assert limits.over(replace(ask, amount=D("0.08"))) == ""
        assert "max_position: it would come to 0.06 BTC, at most 0.05" in limits.over(ask)
        exits.append(await resting(connector, replace(leave, amount=D("0.03"))))
        connector.place(replace(ask, amount=D("0.051")))
        await log.waits_for(MarketEvent.OrderFailure)
        assert "max_position: it would come to 0.051 BTC, at most 0.05" in told(log)[0][1]
        await resting(connector, replace(ask, amount=D("0.05")))


async def test_a_stop_that_closes_takes_the_room_of_its_position_too(venue: LocalExchange) -> None:
    async with limited(venue, max_position="0.05") as (connector, _):
        connector.place(replace(BID, order_type=OrderType.MARKET, price=None, amount=D("0.05")))
        await until(lambda: bool(connector.account_positions), "the position")
        stop = replace(
            STOP, trade_type=SELL, amount=D("0.05"), options=OrderOptions(trigger_price=D(58_000)),
            position_action=PositionAction.CLOSE,
        )  # fmt: skip
        await resting(connector, stop)
        limits = connector.components.entry.limits
        ask = replace(BID, trade_type=SELL, price=D(61_500))
        assert limits.over(replace(ask, amount=D("0.05"))) == ""
        assert "max_position" in limits.over(replace(ask, amount=D("0.06")))
