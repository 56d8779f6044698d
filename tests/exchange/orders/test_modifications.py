"""Another price or amount of an open order, at the local exchange, in good weather and in bad."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, PositionAction, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderModifiedEvent, OrderModifyFailedEvent
from connector.core.faults import ArgumentFault
from connector.core.order_ends import RejectionKind
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal
PUT = "/fapi/v1/order"
#: The order stands behind the market, at 59,500, and is asked to 59,600.
OLD, NEW, AMOUNT = D(59_500), D(59_600), D("0.010")


async def resting(connector: PerpetualDerivative, log: EventLog, price: Decimal = OLD, **terms: object) -> str:
    """An order that the exchange has."""
    name = connector.buy(PAIR, AMOUNT, terms.pop("kind", OrderType.LIMIT_MAKER), price)  # type: ignore[arg-type]
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "open")
    return name


def there(venue: LocalExchange) -> list[tuple[Decimal, Decimal]]:
    """Price and amount of the account's open orders, as the exchange has them."""
    instrument = venue.engine.listing(SYMBOL).instrument
    orders = venue.engine.accounts[venue.account_id].open_orders.get(SYMBOL, {})
    return [
        (D(instrument.price_text(order.price_ticks)), D(instrument.quantity_text(order.lots)))
        for order in orders.values()
    ]


def order_of(connector: PerpetualDerivative, name: str) -> InFlightOrder:
    order = connector.components.tracker.order(name)
    assert order is not None
    return order


def failed(log: EventLog) -> OrderModifyFailedEvent:
    event = log.of(MarketEvent.OrderModifyFailed)[-1]
    assert isinstance(event, OrderModifyFailedEvent)
    return event


async def test_an_order_is_changed_under_its_ids_and_that_is_told_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    exchange_id = order_of(connector, name).exchange_order_id
    assert connector.modify(PAIR, name, price=NEW, amount=D("0.020")) == name
    assert order_of(connector, name).state is OrderState.PENDING_MODIFY
    event = await log.waits_for(MarketEvent.OrderModified)
    assert isinstance(event, OrderModifiedEvent)
    assert (event.order_id, event.price, event.amount) == (name, NEW, D("0.020"))
    await asyncio.sleep(1)
    order = order_of(connector, name)
    assert (order.state, order.price, order.amount, order.exchange_order_id) == (
        OrderState.OPEN, NEW, D("0.020"), exchange_id,
    )  # fmt: skip
    assert there(venue) == [(NEW, D("0.020"))]
    assert log.tags() == ["BuyOrderCreated", "OrderModified"]


async def test_what_is_not_named_stays_as_it_is_and_the_rest_goes_on_the_grid(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    connector.modify(PAIR, name, price=D("59600.19"))
    await log.waits_for(MarketEvent.OrderModified)
    connector.modify(PAIR, name, amount=D("0.0159"))
    await log.waits_for(MarketEvent.OrderModified, 2)
    assert there(venue) == [(D("59600.1"), D("0.015"))]


async def test_what_the_order_is_already_needs_no_request(connector: PerpetualDerivative, log: EventLog) -> None:
    name = await resting(connector, log)
    with counted_requests(connector) as sent:
        connector.modify(PAIR, name, price=OLD, amount=AMOUNT)
        await log.waits_for(MarketEvent.OrderModified)
        assert sent["PUT /fapi/v1/order"] == 0


async def test_what_needs_no_request_takes_the_place_of_no_other_change(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    connector.modify(PAIR, name, price=OLD)
    connector.modify(PAIR, name, price=NEW)
    connector.modify(PAIR, name, price=D(59_700))
    await log.waits_for(MarketEvent.OrderModified, 2)
    assert log.tags() == ["BuyOrderCreated", "OrderModified", "OrderModifyFailed", "OrderModified"]
    assert there(venue) == [(NEW, AMOUNT)]


async def test_no_need_to_modify_is_done(connector: PerpetualDerivative, venue: LocalExchange, log: EventLog) -> None:
    """Somebody else made the very change, and its event is lost."""
    name = await resting(connector, log)
    venue.faults.arm("lost_user_event")
    await changed_by_another(connector, venue, name, NEW)
    connector.modify(PAIR, name, price=NEW)
    await log.waits_for(MarketEvent.OrderModified)
    assert (order_of(connector, name).price, order_of(connector, name).state) == (NEW, OrderState.OPEN)
    assert "OrderModifyFailed" not in log.tags()


async def changed_by_another(connector: PerpetualDerivative, venue: LocalExchange, name: str, price: Decimal) -> None:
    from connector.simulator.market.orders import BUY, AmendRequest

    ask = AmendRequest(SYMBOL, None, name, side=BUY, quantity=AMOUNT, price=price)
    venue.act(lambda engine, now_ms: engine.amend(venue.account_id, ask, now_ms))


async def test_what_another_program_changes_is_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    await changed_by_another(connector, venue, name, NEW)
    await log.waits_for(MarketEvent.OrderModified)
    assert order_of(connector, name).price == NEW


async def test_a_post_only_order_that_would_take_is_cancelled_by_its_change(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    connector.modify(PAIR, name, price=D(60_010))
    await log.waits_for(MarketEvent.OrderCancelled)
    await asyncio.sleep(1)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]
    assert there(venue) == [] == list(connector.in_flight_orders)


async def test_a_total_that_is_filled_already_cancels_the_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log, D(60_000))
    Trader(venue).take(-1, "0.004")
    await log.waits_for(MarketEvent.OrderFilled)
    connector.modify(PAIR, name, amount=D("0.004"))
    await log.waits_for(MarketEvent.OrderCancelled)
    await asyncio.sleep(1)
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "OrderCancelled"]
    assert order_of(connector, name).executed_amount == D("0.004")


async def test_a_limit_order_that_is_moved_into_the_market_trades(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log, kind=OrderType.LIMIT)
    connector.modify(PAIR, name, price=D(60_010), amount=D("0.020"))
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert log.tags() == ["BuyOrderCreated", "OrderModified", "OrderFilled", "BuyOrderCompleted"]
    assert order_of(connector, name).executed_amount == D("0.020")


async def test_a_fill_that_comes_before_the_change_arrives_is_counted_and_the_change_made(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log, D(60_000))
    venue.faults.arm("executed_late", ms=500, method="PUT", path=PUT)
    connector.modify(PAIR, name, price=D(60_000), amount=D("0.020"))
    await asyncio.sleep(0.1)
    Trader(venue).take(-1, "0.004")
    await log.waits_for(MarketEvent.OrderModified)
    order = order_of(connector, name)
    assert (order.state, order.amount, order.executed_amount) == (
        OrderState.PARTIALLY_FILLED, D("0.020"), D("0.004"),
    )  # fmt: skip
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "OrderModified"]


async def test_an_order_that_is_filled_before_its_change_arrives_is_completed(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log, D(60_000))
    venue.faults.arm("executed_late", ms=500, method="PUT", path=PUT)
    connector.modify(PAIR, name, amount=D("0.020"))
    await asyncio.sleep(0.1)
    Trader(venue).take(-1, "0.010")
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await asyncio.sleep(15)
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


LOST_ANSWERS = [
    "unknown_but_placed", "reset_after_execution", "timeout_1006", "timeout_1007", "timeout_408", "executed_late",
    "executed_late_reset",
]  # fmt: skip


@pytest.mark.parametrize("fault", LOST_ANSWERS)
@pytest.mark.parametrize("lost", [0, 1])
async def test_a_change_whose_answer_is_lost_is_found_out_and_sent_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str, lost: int
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("lost_user_event", times=lost)
    venue.faults.arm(fault, method="PUT", path=PUT)
    await is_changed_and_sent_once(connector, log, name)


@pytest.mark.parametrize(
    ("field", "value"),
    [("symbol", '"ETHUSDT"'), ("clientOrderId", '"x"'), ("price", '"1.0"'), ("origQty", "1e400"), ("orderId", "{")],
)
async def test_an_answer_that_lies_is_none(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, field: str, value: str
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("delay_user_event", ms=700)
    venue.faults.arm("altered_answer", method="PUT", path=PUT, field=field, value=value)
    await is_changed_and_sent_once(connector, log, name)


async def is_changed_and_sent_once(connector: PerpetualDerivative, log: EventLog, name: str) -> None:
    with counted_requests(connector) as sent:
        connector.modify(PAIR, name, price=NEW)
        await until(lambda: order_of(connector, name).terms == (NEW, AMOUNT), "changed")
        await asyncio.sleep(20)
        assert sent["PUT /fapi/v1/order"] == 1
    assert (order_of(connector, name).terms, order_of(connector, name).state) == ((NEW, AMOUNT), OrderState.OPEN)
    event = log.of(MarketEvent.OrderModified)[-1]
    assert isinstance(event, OrderModifiedEvent)
    assert (event.price, event.amount) == (NEW, AMOUNT)
    assert "OrderModifyFailed" not in log.tags()


@pytest.mark.parametrize("fault", ["unknown_not_placed", "reset_before_execution", "overloaded_1008"])
async def test_a_change_that_never_arrived_fails_only_when_it_no_longer_can(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    name = await resting(connector, log)
    venue.faults.arm(fault, method="PUT", path=PUT)
    began = asyncio.get_running_loop().time()
    with counted_requests(connector) as sent:
        connector.modify(PAIR, name, price=NEW)
        await asyncio.sleep(5)
        order = order_of(connector, name)
        assert (order.state, order.price) == (OrderState.PENDING_MODIFY, OLD)
        connector.modify(PAIR, name, price=D(59_700))
        await asyncio.sleep(0)
        assert "not answered yet" in str((await failing(log, 1)).fault)
        await log.waits_for(MarketEvent.OrderModifyFailed, 2)
        assert sent["PUT /fapi/v1/order"] == 1
    assert 10 <= asyncio.get_running_loop().time() - began < 14
    assert failed(log).price == NEW
    assert (order.state, order.price, there(venue)) == (OrderState.OPEN, OLD, [(OLD, AMOUNT)])


async def failing(log: EventLog, times: int) -> OrderModifyFailedEvent:
    event = await log.waits_for(MarketEvent.OrderModifyFailed, times)
    assert isinstance(event, OrderModifyFailedEvent)
    return event


async def test_a_stale_replica_does_not_undo_a_change_nor_refuse_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("lagging_orders", ms=4_000)
    venue.faults.arm("lost_user_event")
    venue.faults.arm("unknown_but_placed", method="PUT", path=PUT)
    connector.modify(PAIR, name, price=NEW)
    await log.waits_for(MarketEvent.OrderModified)
    await asyncio.sleep(20)
    assert log.tags() == ["BuyOrderCreated", "OrderModified"]
    assert order_of(connector, name).price == NEW


async def test_service_unavailable_is_a_failure_at_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("service_unavailable", method="PUT", path=PUT)
    with counted_requests(connector) as sent:
        connector.modify(PAIR, name, price=NEW)
        await log.waits_for(MarketEvent.OrderModifyFailed)
        await asyncio.sleep(5)
        assert sent["PUT /fapi/v1/order"] == 1
    assert (order_of(connector, name).state, there(venue)) == (OrderState.OPEN, [(OLD, AMOUNT)])


async def test_a_refusal_is_told_by_its_filter_and_the_order_stands(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    known = connector.trading_rules[PAIR]
    connector.components.pair_rules.put(replace(known, price_band_up=D(2)))
    connector.modify(PAIR, name, price=D(90_000))
    await log.waits_for(MarketEvent.OrderModifyFailed)
    event = failed(log)
    assert (event.rejection.kind, event.rejection.code, event.rejection.filter, event.rejection.value) == (
        RejectionKind.FILTER, -4016, "PERCENT_PRICE", "price 90000",
    )  # fmt: skip
    assert (order_of(connector, name).state, there(venue)) == (OrderState.OPEN, [(OLD, AMOUNT)])
    await until(lambda: connector.trading_rules[PAIR] == known, "the rules that it proved old are read again")


@pytest.mark.parametrize("change", [{"amount": D("0.001"), "price": D(100)}, {"price": D(90_000)}])
async def test_a_change_that_breaks_a_rule_does_not_leave(
    connector: PerpetualDerivative, log: EventLog, change: dict[str, Decimal]
) -> None:
    name = await resting(connector, log)
    with counted_requests(connector) as sent:
        connector.modify(PAIR, name, **change)
        await log.waits_for(MarketEvent.OrderModifyFailed)
        assert not [request for request in sent if request.startswith("PUT")]
    assert (failed(log).rejection.kind, failed(log).rejection.code) == (RejectionKind.FILTER, 0)


async def test_an_order_that_is_gone_is_looked_up_and_its_end_is_told_alone(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log, D(60_000))
    venue.faults.arm("lost_user_event")
    Trader(venue).take(-1, "0.010")
    connector.modify(PAIR, name, price=NEW)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_while_its_cancel_is_wished_for_no_change_leaves(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("slow_answer", ms=500, method="DELETE", path=PUT)
    with counted_requests(connector) as sent:
        connector.cancel(PAIR, name)
        connector.modify(PAIR, name, price=NEW)
        await log.waits_for(MarketEvent.OrderCancelled)
        assert sent["PUT /fapi/v1/order"] == 0
    assert "wanted gone" in str(failed(log).fault)


async def test_a_change_that_waits_for_room_does_not_leave_once_its_cancel_is_wished_for(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    components = connector.components
    components.gateway.throttle.account.pause.begin(components.clock.monotonic_ms() + 700)
    with counted_requests(connector) as sent:
        connector.modify(PAIR, name, price=NEW)
        await asyncio.sleep(0.1)
        connector.cancel(PAIR, name)
        await log.waits_for(MarketEvent.OrderCancelled)
        await asyncio.sleep(1)
        assert sent["PUT /fapi/v1/order"] == 0
    assert [tag for tag in log.tags() if tag != "OrdersPaused"] == ["BuyOrderCreated", "OrderCancelled"]


@pytest.mark.parametrize("fault", ["slow_answer", "executed_late", "unknown_not_placed"])
async def test_a_cancel_goes_past_a_change_that_is_not_answered(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    name = await resting(connector, log)
    venue.faults.arm(fault, ms=3_000, method="PUT", path=PUT)
    began = asyncio.get_running_loop().time()
    connector.modify(PAIR, name, price=NEW)
    await asyncio.sleep(0.1)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert asyncio.get_running_loop().time() - began < 1
    await asyncio.sleep(15)
    assert set(log.tags()) <= {"BuyOrderCreated", "OrderModified", "OrderCancelled"}
    assert log.tags()[-1] == "OrderCancelled"
    assert there(venue) == []


async def test_nothing_is_changed_while_a_gate_is_shut(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("silent_stream", ms=60_000)
    venue.faults.arm("cut_sockets")
    await log.waits_for(MarketEvent.FeedLost)
    connector.modify(PAIR, name, price=NEW)
    await log.waits_for(MarketEvent.OrderModifyFailed)
    assert "not ready" in str(failed(log).fault)


async def test_three_refusals_alike_keep_further_changes_back(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    with counted_requests(connector) as sent:
        for number in range(1, 6):
            connector.modify(PAIR, name, amount=D(90 + number))
            await log.waits_for(MarketEvent.OrderModifyFailed, number)
        assert sent["PUT /fapi/v1/order"] == 3
    assert "are paused" in str(failed(log).fault)
    assert connector.refusals[-2019] == 3


async def test_a_rule_that_speaks_of_openings_keeps_no_change_back_and_no_change_ends_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("reduce_only_4400", ms=600_000)
    connector.buy(PAIR, AMOUNT, OrderType.LIMIT_MAKER, OLD)
    await log.waits_for(MarketEvent.OpeningsPaused)
    connector.modify(PAIR, name, price=NEW)
    await log.waits_for(MarketEvent.OrderModified)
    assert list(connector.paused_openings) == [PAIR]


async def test_what_a_refused_change_says_is_read_again_is_read_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    venue.faults.arm("altered_answer", method="PUT", path=PUT, field="code", value="-1111")
    with counted_requests(connector) as sent:
        for number in range(1, 4):
            connector.modify(PAIR, name, amount=D(100))
            await log.waits_for(MarketEvent.OrderModifyFailed, number)
        await until(lambda: sent["GET /fapi/v1/exchangeInfo"] + sent["GET /fapi/v3/positionRisk"] > 0, "read again")


async def test_while_a_change_is_not_answered_its_margin_is_held(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    before = connector.get_available_balance("USDT")
    venue.faults.arm("slow_answer", ms=500, method="PUT", path=PUT)
    connector.modify(PAIR, name, amount=D("0.030"))
    held = before - connector.get_available_balance("USDT")
    margin = OLD * D("0.020") / connector.get_leverage(PAIR)
    assert held == margin
    await log.waits_for(MarketEvent.OrderModified)
    assert before - connector.get_available_balance("USDT") == margin
    venue.faults.arm("service_unavailable", method="PUT", path=PUT)
    connector.modify(PAIR, name, amount=D("0.050"))
    assert before - connector.get_available_balance("USDT") == 2 * margin
    await log.waits_for(MarketEvent.OrderModifyFailed)
    assert before - connector.get_available_balance("USDT") == margin


async def test_an_order_that_was_changed_too_often_is_not_asked_for_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    (order,) = venue.engine.accounts[venue.account_id].open_orders[SYMBOL].values()
    order.amendments = 10_000
    with counted_requests(connector) as sent:
        for number in range(1, 4):
            connector.modify(PAIR, name, price=NEW + number)
            await log.waits_for(MarketEvent.OrderModifyFailed, number)
        assert sent["PUT /fapi/v1/order"] == 1
    assert "changed too often" in str(failed(log).fault)
    assert not connector.paused_openings


async def test_a_closing_order_of_hedge_mode_is_cut_to_its_position_when_it_is_changed(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.set_position_mode(PositionMode.HEDGE)
    connector.buy(PAIR, AMOUNT, OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: f"{PAIR}LONG" in connector.account_positions, "held")
    name = connector.sell(PAIR, D("0.005"), OrderType.LIMIT, D(61_000), position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCreated)
    connector.modify(PAIR, name, amount=D("0.030"))
    await log.waits_for(MarketEvent.OrderModified)
    assert there(venue) == [(D(61_000), AMOUNT)]


async def test_a_reduce_only_order_may_be_changed_below_the_least_notional(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.sell(PAIR, AMOUNT, OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    name = connector.buy(PAIR, D("0.005"), OrderType.LIMIT, D(49_000), position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.modify(PAIR, name, amount=D("0.001"))
    await log.waits_for(MarketEvent.OrderModified)
    assert there(venue) == [(D(49_000), D("0.001"))]


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda connector, name: connector.modify(PAIR, "strange", price=NEW), "'strange': is no order"),
        (lambda connector, name: connector.modify("ETH-USDT", name, price=NEW), "is an order of BTC-USDT"),
        (lambda connector, name: connector.modify(PAIR, name, price=59_600.5), "price: 59600.5: is a float"),
        (lambda connector, name: connector.modify(PAIR, name, amount=D(0)), "amount: Decimal('0'): must be above zero"),
    ],
)
async def test_what_can_be_no_change_is_an_error_at_the_call(
    connector: PerpetualDerivative,
    log: EventLog,
    ask: Callable[[PerpetualDerivative, str], str],
    says: str,
) -> None:
    name = await resting(connector, log)
    with pytest.raises(ArgumentFault) as fault:
        ask(connector, name)
    assert says in str(fault.value)
    assert order_of(connector, name).change is None


async def test_a_stream_that_does_not_speak_of_a_change_is_suspect(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = await resting(connector, log)
    watch, clock = connector.components.user.ack_watch, connector.components.clock
    await asyncio.sleep(2)
    connector.modify(PAIR, name, price=NEW)
    await log.waits_for(MarketEvent.OrderModified)
    await asyncio.sleep(0.1)
    assert watch.overdue_ms(clock.monotonic_ms()) == 0
    venue.faults.arm("lost_user_event")
    await asyncio.sleep(2)
    connector.modify(PAIR, name, price=OLD)
    await log.waits_for(MarketEvent.OrderModified, 2)
    assert watch.overdue_ms(clock.monotonic_ms() + 3_000) >= 3_000
