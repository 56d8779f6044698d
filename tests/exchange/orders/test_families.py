"""Conditional orders: placed, triggered, filled, cancelled and refused, each followed as one order with its child."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import (
    OrderState,
    OrderType,
    PositionAction,
    PositionMode,
    TimeInForce,
    TriggerState,
    WorkingType,
)
from connector.core.event_tags import MarketEvent
from connector.core.order_ends import ExpiryReason, RejectionKind
from connector.core.order_options import OrderOptions
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import (
    AMOUNT,
    KINDS,
    STOP_BUY,
    STOP_SELL,
    Kind,
    arm,
    deepen,
    fix_mark,
    resting,
    waiting,
)
from tests.companions.local_trading import PAIR, EventLog, Trader, until
from tests.companions.orders.sent_requests import sent_requests

D = Decimal
STOP = KINDS["stop market, buy"]
#: Its child rests: its price is below the market.
RESTING_STOP = Kind(OrderType.STOP, STOP.side, STOP_BUY, D(59_000), STOP.fired_by)
LOST_WORDS = ["ALGO_UPDATE", "ORDER_TRADE_UPDATE"]


async def placed(connector: PerpetualDerivative, log: EventLog, kind: Kind) -> str:
    name = kind.place(connector)
    await until(lambda: connector.in_flight_orders[name].was_seen, "created")
    return name


async def hold(connector: PerpetualDerivative, log: EventLog) -> None:
    """A long position of the order's amount."""
    connector.buy(PAIR, AMOUNT, OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "held")
    log.events.clear()


def ends(log: EventLog) -> list[str]:
    return [tag for tag in log.tags() if tag.endswith(("Completed", "Cancelled", "Expired", "Failure"))]


@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_waits_fires_and_fills_as_one_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader, name: str
) -> None:
    kind = KINDS[name]
    deepen(trader)
    order_id = await placed(connector, log, kind)
    order = connector.in_flight_orders[order_id]
    assert (order.trigger, order.state, order.exchange_order_id) == (TriggerState.WAITING, OrderState.OPEN, "")
    assert waiting(venue) == [order_id]
    kind.fire(venue)
    await until(lambda: order.is_done, f"over; heard {log.tags()}")
    assert order.state is OrderState.FILLED
    assert order.executed_amount == AMOUNT
    tags = log.tags()
    assert (tags[0], tags[1], tags[-1]) == (
        f"{kind.side.name.title()}OrderCreated", "OrderTriggered", f"{kind.side.name.title()}OrderCompleted"
    )  # fmt: skip
    assert set(tags[2:-1]) == {"OrderFilled"}
    assert abs(connector.account_positions[PAIR].amount) == AMOUNT


@pytest.mark.parametrize("fault", ["child_fill_before_algo_update", "child_fill_after_algo_update"])
async def test_in_whichever_order_the_child_and_its_origin_are_told_amounts_count_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader, fault: str
) -> None:
    venue.faults.arm(fault)
    await placed(connector, log, STOP)
    STOP.fire(venue)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert not venue.faults.armed()
    assert log.tags() == ["BuyOrderCreated", "OrderTriggered", "OrderFilled", "BuyOrderCompleted"]
    assert connector.account_positions[PAIR].amount == AMOUNT


@pytest.mark.parametrize("lost", [["ALGO_UPDATE"] * 4, ["ORDER_TRADE_UPDATE"] * 2, [*LOST_WORDS * 4]])
async def test_whichever_words_are_lost_the_fill_is_found_and_counted_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader, lost: list[str]
) -> None:
    name = await placed(connector, log, STOP)
    order = connector.in_flight_orders[name]
    for event in sorted(set(lost)):
        venue.faults.arm("lost_user_event", times=lost.count(event), event=event)
    STOP.fire(venue)
    await until(lambda: order.is_done, "over", within_s=40)
    assert log.tags() == ["BuyOrderCreated", "OrderTriggered", "OrderFilled", "BuyOrderCompleted"]
    assert order.executed_amount == AMOUNT


async def test_nothing_is_held_for_an_order_that_waits_and_all_of_it_once_it_is_in_the_book(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    before = connector.get_available_balance("USDT")
    name = await placed(connector, log, RESTING_STOP)
    order = connector.in_flight_orders[name]
    assert connector.get_available_balance("USDT") == before
    RESTING_STOP.fire(venue)
    await until(lambda: order.trigger is TriggerState.TRIGGERED, "triggered")
    await until(lambda: connector.get_available_balance("USDT") < before, "held")
    assert resting(venue) == [order.client_order_id]
    assert order.exchange_order_id


async def test_what_waits_is_cancelled_where_it_waits(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await placed(connector, log, STOP)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert waiting(venue) == []
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_what_was_triggered_is_cancelled_in_the_book(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    name = await placed(connector, log, RESTING_STOP)
    RESTING_STOP.fire(venue)
    await log.waits_for(MarketEvent.OrderTriggered)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert resting(venue) == []


async def test_a_cancel_that_finds_it_just_triggered_reaches_its_child(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    """The venue triggered it, and nothing of that was heard."""
    name = await placed(connector, log, RESTING_STOP)
    for event in LOST_WORDS:
        venue.faults.arm("lost_user_event", times=2, event=event)
    RESTING_STOP.fire(venue)
    await until(lambda: resting(venue) == [name], "its child rests")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert (waiting(venue), resting(venue)) == ([], [])


async def test_a_cancel_between_trigger_and_child_ends_the_child(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    venue.faults.arm("algo_triggering", ms=3_000)
    await until(lambda: venue.engine.algos.triggering_ms == 3_000, "the fault stands")
    name = await placed(connector, log, RESTING_STOP)
    RESTING_STOP.fire(venue)
    order = connector.in_flight_orders[name]
    await until(lambda: order.trigger is TriggerState.TRIGGERING, "triggering")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert (waiting(venue), resting(venue)) == ([], [])
    assert ends(log) == ["OrderCancelled"]


async def test_cancel_all_ends_orders_of_both_families(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await placed(connector, log, STOP)
    connector.buy(PAIR, AMOUNT, OrderType.LIMIT_MAKER, D(59_500))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    results = await connector.cancel_all(10)
    assert [result.success for result in results] == [True, True]
    assert (waiting(venue), resting(venue)) == ([], [])


@pytest.mark.parametrize("fault", ["unknown_but_placed", "reset_after_execution", "timeout_1007"])
async def test_a_conditional_order_whose_answer_is_lost_is_found_and_lives_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    venue.faults.arm("lost_user_event", event="ALGO_UPDATE")
    arm(venue, fault)
    name = STOP.place(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert waiting(venue) == [name]
    assert ends(log) == []


async def test_one_whose_answer_is_lost_and_that_fired_at_once_is_found_with_its_fill(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    venue.faults.arm("not_found_lag", times=50, ms=3_000)
    for event in LOST_WORDS:
        venue.faults.arm("lost_user_event", times=6, event=event)
    arm(venue, "unknown_but_placed")
    name = STOP.place(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    STOP.fire(venue)
    order = connector.in_flight_orders[name]
    await until(lambda: order.is_done, "over", within_s=40)
    assert log.tags() == [
        "OrderOutcomeUnknown", "BuyOrderCreated", "OrderTriggered", "OrderFilled", "BuyOrderCompleted"
    ]  # fmt: skip


@pytest.mark.parametrize("fault", ["unknown_not_placed", "reset_before_execution"])
async def test_one_that_never_arrived_fails_only_when_it_no_longer_can(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    arm(venue, fault)
    STOP.place(connector)
    await log.waits_for(MarketEvent.OrderFailure)
    assert log.tags() == ["OrderOutcomeUnknown", "OrderFailure"]
    assert waiting(venue) == []


@pytest.mark.parametrize("fault", ["unknown_but_placed", "unknown_not_placed", "reset_after_execution"])
async def test_a_cancel_of_unknown_outcome_goes_on_until_the_order_is_over(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    name = await placed(connector, log, STOP)
    venue.faults.arm("lost_user_event", event="ALGO_UPDATE")
    arm(venue, fault, method="DELETE")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert waiting(venue) == []
    assert ends(log) == ["OrderCancelled"]


async def test_a_wrong_side_trigger_is_refused_by_the_venue(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, AMOUNT, OrderType.STOP_MARKET, options=OrderOptions(trigger_price=D(59_000)))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert getattr(failure, "fault").code == -2021  # noqa: B009


async def test_a_child_that_its_margin_does_not_cover_ends_with_that_reason(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    name = connector.buy(PAIR, D(100), OrderType.STOP_MARKET, options=STOP_BUY)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.in_flight_orders[name]
    STOP.fire(venue)
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert order.end is not None and order.end.rejection is not None
    assert (order.end.rejection.kind, order.end.rejection.code) == (RejectionKind.MARGIN, -2019)
    assert "Margin is insufficient" in str(getattr(failure, "fault", ""))
    assert log.tags() == ["BuyOrderCreated", "OrderFailure"]


@pytest.mark.parametrize("lost", [0, 3])
async def test_a_reduce_only_child_with_nothing_to_reduce_ends_with_that_reason(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader, lost: int
) -> None:
    """Where the event that has the reason is lost, the end is found all the same, and no reason."""
    name = STOP.place(connector, PositionAction.CLOSE)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.in_flight_orders[name]
    if lost:
        venue.faults.arm("lost_user_event", times=lost, event="ALGO_UPDATE")
    STOP.fire(venue)
    await log.waits_for(MarketEvent.OrderFailure)
    assert order.end is not None and order.end.rejection is not None
    assert order.end.rejection.kind is (RejectionKind.OTHER if lost else RejectionKind.REDUCE_ONLY)


async def test_an_order_that_closes_the_position_has_its_amount_from_what_is_held_then(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    await hold(connector, log)
    options = OrderOptions(trigger_price=D(59_985), close_position=True)
    name = connector.sell(PAIR, D(0), OrderType.STOP_MARKET, options=options)
    await log.waits_for(MarketEvent.SellOrderCreated)
    order = connector.in_flight_orders[name]
    assert (order.amount, order.position_action) == (0, PositionAction.CLOSE)
    Trader(venue).take(SELL, "1.1")
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: not connector.account_positions, "flat")
    assert (order.amount, order.executed_amount) == (AMOUNT, AMOUNT)


@pytest.mark.parametrize("mode", list(PositionMode))
async def test_a_stop_loss_closes_in_both_modes(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, mode: PositionMode
) -> None:
    await connector.set_position_mode(mode)
    connector.buy(PAIR, AMOUNT, OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    connector.sell(PAIR, AMOUNT, OrderType.STOP_MARKET, position_action=PositionAction.CLOSE, options=STOP_SELL)
    await log.waits_for(MarketEvent.SellOrderCreated)
    Trader(venue).take(SELL, "1.1")
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: not connector.account_positions, "flat")


async def test_a_stop_by_the_mark_price_waits_while_trades_alone_pass_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    fix_mark(venue, 60_000)
    options = OrderOptions(trigger_price=D(60_015), working_type=WorkingType.MARK_PRICE, price_protect=True)
    name = connector.buy(PAIR, AMOUNT, OrderType.STOP_MARKET, options=options)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    Trader(venue).take(BUY, "1.1")
    await until(lambda: connector.get_price(PAIR, True) == 60_020, "the trade was told")
    assert waiting(venue) == [name]
    (order,) = venue.engine.algos.book(venue.engine.accounts[venue.account_id]).open_of(None)
    assert (order.request.working_type, order.request.price_protect) == ("MARK_PRICE", True)
    fix_mark(venue, 60_016)
    await log.waits_for(MarketEvent.BuyOrderCompleted)


async def test_one_with_a_date_expires_when_it_comes(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    options = OrderOptions(trigger_price=D(60_015), good_till_ms=connector.venue_time_ms() + 700_000)
    name = connector.buy(PAIR, AMOUNT, OrderType.STOP, D(60_030), options=options)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.in_flight_orders[name]
    await until(lambda: order.is_done, "expired", within_s=800)
    assert order.end is not None
    assert (order.state, order.end.expiry) == (OrderState.EXPIRED, ExpiryReason.GOOD_TILL_DATE)


@pytest.mark.parametrize("lie", ["CANCELED", "EXPIRED", "REJECTED"])
async def test_one_that_was_falsely_told_as_over_is_ended_where_it_waits(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, lie: str
) -> None:
    await until(lambda: connector.ready, "ready")
    venue.faults.arm("altered_frame", event="ALGO_UPDATE", field="o.X", value=f'"{lie}"')
    name = STOP.place(connector)
    await until(lambda: name not in connector.in_flight_orders, "it is believed")
    assert waiting(venue) == [name]
    await until(lambda: waiting(venue) == [], "it is cancelled once the list has shown it", within_s=60)
    assert connector.components.tracker.ghosts() == ()
    assert len(ends(log)) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("clientAlgoId", '"another"'), ("symbol", '"ETHUSDT"'), ("algoId", "1.5")]
)
async def test_an_answer_that_speaks_of_another_leaves_the_outcome_to_be_found_out(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, field: str, value: str
) -> None:
    venue.faults.arm("lost_user_event", event="ALGO_UPDATE")
    arm(venue, "altered_answer", field=field, value=value)
    name = STOP.place(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert connector.in_flight_orders[name].trigger is TriggerState.WAITING


async def test_one_that_was_falsely_told_as_triggered_is_still_cancelled_where_it_waits(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("altered_frame", event="ALGO_UPDATE", field="o.X", value='"TRIGGERED"')
    name = STOP.place(connector)
    await log.waits_for(MarketEvent.OrderTriggered)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert waiting(venue) == []


@pytest.mark.parametrize("time_in_force", [None, *TimeInForce])
async def test_a_time_in_force_that_the_ws_api_does_not_list_goes_by_rest(
    connector: PerpetualDerivative, log: EventLog, time_in_force: TimeInForce | None
) -> None:
    until_ms = connector.venue_time_ms() + 3_600_000 if time_in_force is TimeInForce.GTD else None
    options = replace(STOP_BUY, time_in_force=time_in_force, good_till_ms=until_ms)
    with sent_requests(connector) as by_rest:
        name = Kind(OrderType.STOP, STOP.side, options, D(60_030), STOP.fired_by).place(connector)
        await until(lambda: name not in connector.in_flight_orders or connector.in_flight_orders[name].was_seen, "told")
    asked = [row for row in by_rest if row.what == "POST /fapi/v1/algoOrder"]
    assert len(asked) == (time_in_force in (TimeInForce.GTX, TimeInForce.GTD, TimeInForce.RPI))
