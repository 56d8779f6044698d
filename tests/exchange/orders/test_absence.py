"""A way out for an order that a look-up does not find."""

import asyncio
from decimal import Decimal

from connector.core.enums import OrderState, OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import Fate
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.absence import searched
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import KINDS
from tests.companions.local_trading import PAIR, EventLog, connect, ready, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal
#: An order that this exchange never had, as an exchange that was reset leaves it with us.
GONE = {
    "client_order_id": "test01-000000000000000000000aB", "exchange_order_id": "17958417530339", "trading_pair": PAIR,
    "symbol": "BTCUSDT", "trade_type": "BUY", "order_type": "LIMIT", "amount": "0.01", "price": "59500",
    "position_action": "OPEN", "leverage": "5", "created_ms": "1", "base_asset": "BTC", "quote_asset": "USDT",
    "state": "OPEN", "reported_executed": "0", "reported_average_price": "", "last_update_ms": "1",
    "venue_time_ms": "1", "cancel_requested_ms": "", "unknown_since_ms": "", "lost": "False", "ghost": "False",
    "creation_told": "True", "completion_told": "False", "fills": [],
}  # fmt: skip


async def test_a_restored_order_that_the_exchange_does_not_know_fails_and_gives_its_margin_back(
    venue: LocalExchange, trader: object
) -> None:
    connector = connect(venue)
    connector.restore_tracking_states({GONE["client_order_id"]: GONE})  # type: ignore[dict-item]
    log = EventLog(connector)
    await ready(connector)
    held = connector.get_available_balance("USDT")
    await until(lambda: bool(log.of(MarketEvent.OrderFailure)), "it is given up", 60)
    (failure,) = log.of(MarketEvent.OrderFailure)
    fault = failure.fault  # type: ignore[union-attr]
    assert fault is not None and fault.rule.fate is Fate.GONE
    assert "neither among open orders nor in its history nor among its trades" in str(fault)
    assert connector.in_flight_orders == {}
    assert connector.get_available_balance("USDT") > held
    assert all(result.success for result in await connector.cancel_all(1))
    await connector.stop_network()


async def test_a_ghost_that_the_exchange_does_not_have_any_more_is_let_go(venue: LocalExchange, trader: object) -> None:
    """Its cancel finds nothing, nor do look-ups: without an end it would be asked for, and hold margin, for ever."""
    connector = connect(venue)
    ghost = GONE | {"state": "FAILED", "ghost": "True"}
    connector.restore_tracking_states({str(GONE["client_order_id"]): ghost})
    await ready(connector)
    held = connector.get_available_balance("USDT")
    assert connector.components.tracker.ghosts()
    await until(lambda: not connector.components.tracker.ghosts(), "let go", 60)
    assert connector.get_available_balance("USDT") > held
    with counted_requests(connector) as sent:
        await asyncio.sleep(60)
        assert sent["DELETE /fapi/v1/order"] == sent["GET /fapi/v1/order"] == 0
    await connector.stop_network()


async def test_a_ghost_that_ended_without_a_word_is_found_among_what_is_over(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    # An old list that says what is true no more.
    connector.components.dispatcher.dispatch(
        OrderReport(ReportSource.OPEN_ORDERS, OrderStatus.STILL_LISTED, "BTCUSDT", client_order_id=name)
    )
    assert connector.components.tracker.ghosts()
    await until(lambda: not connector.components.tracker.ghosts(), "found over", 5)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_a_restored_conditional_order_that_neither_family_knows_fails(
    venue: LocalExchange, trader: object
) -> None:
    connector = connect(venue)
    gone = GONE | {"order_type": "STOP_MARKET", "exchange_order_id": "", "algo_id": "1000000731", "trigger": "WAITING"}
    connector.restore_tracking_states({GONE["client_order_id"]: gone | {"options": "trigger_price=61000"}})  # type: ignore[dict-item]
    log = EventLog(connector)
    await ready(connector)
    await until(lambda: bool(log.of(MarketEvent.OrderFailure)), "it is given up", 60)
    assert connector.in_flight_orders == {}
    await connector.stop_network()


async def test_a_conditional_order_is_searched_for_in_both_families(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    kind = KINDS["stop market, buy"]
    name = kind.place(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    waits = await searched(connector.components.api, order, order.created_ms - 1_000)
    assert {report.status.value for report in waits} == {"NEW"}
    assert all(report.conditional is not None for report in waits)
    kind.fire(venue)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    *_, child = await searched(connector.components.api, order, order.created_ms - 1_000)
    assert (child.status.value, child.conditional, child.exchange_order_id) == ("FILLED", None, order.exchange_order_id)


async def test_an_order_that_lives_is_never_absent(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    (found,) = await searched(connector.components.api, order, order.created_ms)
    assert (found.client_order_id, found.status.value) == (name, "NEW")


async def test_look_ups_that_lag_for_a_while_prove_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("not_found_lag", times=30, ms=3_000)
    order = connector.components.tracker.order(name)
    assert order is not None
    await connector.components.entry.look_up(order)
    assert order.lost
    await until(lambda: not order.lost, "it is seen again")
    assert order.state is OrderState.OPEN
    assert "OrderFailure" not in log.tags()
