"""Several orders in one request: a fate for each, whatever befalls the request."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent, OrderModifyFailedEvent
from connector.core.faults import ArgumentFault
from connector.core.intents import ModifyIntent, OrderIntent
from connector.core.order_ends import RejectionKind
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.errors import VenueError
from connector.simulator.rest import batches, order_routes
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal
BATCH = "/fapi/v1/batchOrders"
LOST_ANSWERS = ["unknown_but_placed", "reset_after_execution", "timeout_1007", "executed_late"]
NEVER_ARRIVED = ["unknown_not_placed", "reset_before_execution", "overloaded_1008"]


def bid(price: object, amount: str = "0.010", kind: OrderType = OrderType.LIMIT_MAKER) -> OrderIntent:
    return OrderIntent(PAIR, TradeType.BUY, kind, D(amount), D(str(price)))


def bids(count: int) -> list[OrderIntent]:
    return [bid(59_500 + number) for number in range(count)]


def counts_there(venue: LocalExchange) -> Counter[str]:
    """How often each client id was placed."""
    placed = venue.engine.accounts[venue.account_id].placed.get(SYMBOL, ())
    return Counter(order.client_order_id for order in placed)


async def open_there(connector: PerpetualDerivative) -> dict[str, Decimal | None]:
    """Prices of the open orders by client id."""
    return {row.client_order_id: row.price for row in await connector.venue_api.open_orders(SYMBOL)}


async def are_open(connector: PerpetualDerivative, log: EventLog, count: int) -> list[str]:
    names = connector.batch_order_create(bids(count))
    await log.waits_for(MarketEvent.BuyOrderCreated, count)
    await until(lambda: all(row.state is OrderState.OPEN for row in connector.in_flight_orders.values()), "open")
    return names


async def test_new_orders_go_five_to_a_request_and_one_that_is_left_by_itself(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with counted_requests(connector) as sent:
        names = connector.batch_order_create(bids(11))
        await log.waits_for(MarketEvent.BuyOrderCreated, 11)
        assert (sent[f"POST {BATCH}"], sent["POST /fapi/v1/order"]) == (2, 1)
    assert set(await open_there(connector)) == set(names)


async def test_a_request_counts_and_weighs_as_the_exchange_counts_it(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    before = {(row.kind, row.window_ms): row.used for row in connector.limit_use()}
    connector.batch_order_create(bids(5))
    await log.waits_for(MarketEvent.BuyOrderCreated, 5)
    cost = {(row.kind, row.window_ms): row.used - before[row.kind, row.window_ms] for row in connector.limit_use()}
    assert cost == {("ORDERS", 10_000): 5, ("ORDERS", 60_000): 1, ("REQUEST_WEIGHT", 60_000): 5}


async def test_each_order_has_its_own_answer(connector: PerpetualDerivative, log: EventLog) -> None:
    wanted = [bid(59_500), bid(90_000, kind=OrderType.LIMIT), bid(59_501), bid(59_502, "9000")]
    names = connector.batch_order_create(wanted)
    await log.waits_for(MarketEvent.OrderFailure, 2)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    failures = {event.order_id: event for event in log.events if isinstance(event, MarketOrderFailureEvent)}
    assert set(failures) == {names[1], names[3]}
    rejections = [failures[name].rejection for name in (names[1], names[3])]
    assert [row.kind for row in rejections if row] == [RejectionKind.FILTER, RejectionKind.FILTER]
    assert set(await open_there(connector)) == {names[0], names[2]}


async def test_a_post_only_order_of_several_that_would_take_is_priced_anew_by_itself(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    names = connector.batch_order_create([bid(59_500), bid(60_010), bid(60_012.5)])
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    await log.waits_for(MarketEvent.OrderFailure)
    prices = await open_there(connector)
    assert prices == {names[0]: D(59_500), names[1]: D("60009.9")}


async def test_what_closes_goes_apart_from_what_opens(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.020"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    closing = replace(
        bid(61_000, "0.005", OrderType.LIMIT), trade_type=TradeType.SELL, position_action=PositionAction.CLOSE
    )
    with counted_requests(connector) as sent:
        connector.batch_order_create([bid(59_500), closing, bid(59_501), replace(closing, price=D(61_100))])
        await log.waits_for(MarketEvent.SellOrderCreated, 2)
        await log.waits_for(MarketEvent.BuyOrderCreated, 3)
        assert sent[f"POST {BATCH}"] == 2


async def test_one_whose_cancel_is_wished_for_before_the_request_leaves_is_taken_out_of_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    components = connector.components
    components.gateway.throttle.account.pause.begin(components.clock.monotonic_ms() + 700)
    names = connector.batch_order_create(bids(3))
    await asyncio.sleep(0.1)
    connector.cancel(PAIR, names[1])
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    await log.waits_for(MarketEvent.OrderFailure)
    assert counts_there(venue) == {names[0]: 1, names[2]: 1}


@pytest.mark.parametrize("fault", LOST_ANSWERS)
@pytest.mark.parametrize("lost", [0, 3])
async def test_orders_whose_answer_is_lost_are_found_side_by_side_and_none_is_doubled(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str, lost: int
) -> None:
    venue.faults.arm("lost_user_event", times=lost)
    venue.faults.arm(fault, method="POST", path=BATCH)
    names = connector.batch_order_create(bids(3))
    await log.waits_for(MarketEvent.BuyOrderCreated, 3)
    await asyncio.sleep(15)
    assert counts_there(venue) == dict.fromkeys(names, 1)
    assert set(log.tags()) <= {"OrderOutcomeUnknown", "BuyOrderCreated"}
    assert [row.state for row in connector.in_flight_orders.values()] == [OrderState.OPEN] * 3


@pytest.mark.parametrize("fault", NEVER_ARRIVED)
async def test_orders_that_never_arrived_fail_when_they_no_longer_can(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    venue.faults.arm(fault, method="POST", path=BATCH)
    before = connector.get_available_balance("USDT")
    connector.batch_order_create(bids(3))
    await log.waits_for(MarketEvent.OrderOutcomeUnknown, 3)
    assert connector.get_available_balance("USDT") < before
    await log.waits_for(MarketEvent.OrderFailure, 3)
    assert connector.get_available_balance("USDT") == before
    assert counts_there(venue) == {}


async def test_a_request_that_is_refused_fails_each_order_at_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("service_unavailable", method="POST", path=BATCH)
    with counted_requests(connector) as sent:
        connector.batch_order_create(bids(3))
        await log.waits_for(MarketEvent.OrderFailure, 3)
        assert sent[f"POST {BATCH}"] == 1
    assert "OrderOutcomeUnknown" not in log.tags()


@pytest.mark.parametrize(
    ("field", "value"), [("clientOrderId", '"strange"'), ("symbol", '"ETHUSDT"'), ("price", "NaN"), ("orderId", "1.5")]
)
async def test_an_answer_that_lies_leaves_each_order_unknown_until_it_is_found(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, field: str, value: str
) -> None:
    venue.faults.arm("delay_user_event", ms=400)
    venue.faults.arm("altered_answer", method="POST", path=BATCH, field=field, value=value)
    names = connector.batch_order_create(bids(3))
    await log.waits_for(MarketEvent.OrderOutcomeUnknown, 3)
    await log.waits_for(MarketEvent.BuyOrderCreated, 3)
    await asyncio.sleep(15)
    assert counts_there(venue) == dict.fromkeys(names, 1)
    assert log.tags() == ["OrderOutcomeUnknown"] * 3 + ["BuyOrderCreated"] * 3


async def test_orders_are_changed_five_to_a_request(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    names = await are_open(connector, log, 6)
    with counted_requests(connector) as sent:
        connector.batch_order_modify(
            [ModifyIntent(PAIR, name, price=D(59_000 + number)) for number, name in enumerate(names)]
        )
        await log.waits_for(MarketEvent.OrderModified, 6)
        assert (sent[f"PUT {BATCH}"], sent["PUT /fapi/v1/order"]) == (1, 1)
    assert await open_there(connector) == {name: D(59_000 + number) for number, name in enumerate(names)}


async def test_each_change_has_its_own_answer(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    names = await are_open(connector, log, 4)
    venue.faults.arm("lost_user_event")
    venue.act(lambda engine, now_ms: engine.cancel(venue.account_id, SYMBOL, None, names[2], now_ms))
    prices = 59_000, 90_000, 59_002, 60_010
    connector.batch_order_modify(
        [ModifyIntent(PAIR, name, price=D(price)) for name, price in zip(names, prices, strict=True)]
    )
    await log.waits_for(MarketEvent.OrderModified)
    await log.waits_for(MarketEvent.OrderModifyFailed)
    await log.waits_for(MarketEvent.OrderCancelled, 2)
    (failure,) = [event for event in log.events if isinstance(event, OrderModifyFailedEvent)]
    assert (failure.order_id, failure.rejection.filter) == (names[1], "PERCENT_PRICE")
    assert {getattr(event, "order_id", "") for event in log.of(MarketEvent.OrderCancelled)} == {names[2], names[3]}
    assert await open_there(connector) == {names[0]: D(59_000), names[1]: D(59_501)}


@pytest.mark.parametrize("fault", LOST_ANSWERS)
@pytest.mark.parametrize("lost", [0, 3])
async def test_changes_whose_answer_is_lost_are_found_out_and_sent_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str, lost: int
) -> None:
    names = await are_open(connector, log, 3)
    venue.faults.arm("lost_user_event", times=lost)
    venue.faults.arm(fault, method="PUT", path=BATCH)
    with counted_requests(connector) as sent:
        connector.batch_order_modify([ModifyIntent(PAIR, name, amount=D("0.020")) for name in names])
        await log.waits_for(MarketEvent.OrderModified, 3)
        await asyncio.sleep(15)
        assert (sent[f"PUT {BATCH}"], sent["PUT /fapi/v1/order"]) == (1, 0)
    assert log.tags() == ["BuyOrderCreated"] * 3 + ["OrderModified"] * 3
    assert [row.amount for row in connector.in_flight_orders.values()] == [D("0.020")] * 3


@pytest.mark.parametrize("fault", NEVER_ARRIVED)
async def test_changes_that_never_arrived_fail_when_they_no_longer_can(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    names = await are_open(connector, log, 3)
    venue.faults.arm(fault, method="PUT", path=BATCH)
    connector.batch_order_modify([ModifyIntent(PAIR, name, amount=D("0.020")) for name in names])
    await log.waits_for(MarketEvent.OrderModifyFailed, 3)
    known = connector.in_flight_orders.values()
    assert [(row.state, row.amount) for row in known] == [(OrderState.OPEN, D("0.010"))] * 3


async def test_what_can_be_no_change_is_an_error_once_all_others_are_asked_for(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    names = await are_open(connector, log, 2)
    with pytest.raises(ArgumentFault, match="'strange'"):
        connector.batch_order_modify(
            [ModifyIntent(PAIR, name, price=D(59_000)) for name in (names[0], "strange", names[1])]
        )
    await log.waits_for(MarketEvent.OrderModified, 2)


@pytest.mark.parametrize("fault", LOST_ANSWERS + NEVER_ARRIVED[:2])
async def test_cancels_whose_answer_is_lost_are_asked_for_until_the_orders_are_gone(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    names = await are_open(connector, log, 3)
    venue.faults.arm("lost_user_event", times=3)
    venue.faults.arm(fault, method="DELETE", path=BATCH)
    connector.batch_order_cancel([(PAIR, name) for name in names])
    await log.waits_for(MarketEvent.OrderCancelled, 3)
    await asyncio.sleep(15)
    told = [tag for tag in log.tags() if not tag.startswith("Feed")]
    assert told == ["BuyOrderCreated"] * 3 + ["OrderCancelled"] * 3
    assert await open_there(connector) == {}


@pytest.mark.parametrize("code", [-1015, -1003])
@pytest.mark.parametrize("deed", ["place", "amend"])
async def test_a_limit_that_the_answer_to_one_of_several_names_is_kept_as_if_it_were_asked_alone(
    connector: PerpetualDerivative, log: EventLog, monkeypatch: pytest.MonkeyPatch, deed: str, code: int
) -> None:
    names = await are_open(connector, log, 3) if deed == "amend" else []
    at_the_venue = f"{deed}_once"
    monkeypatch.setattr(batches, at_the_venue, refusing_the_second(getattr(order_routes, at_the_venue), code))
    throttle = connector.components.gateway.throttle
    pause = throttle.account.pause if code == -1015 else throttle.address.pause
    assert not pause.is_on
    if deed == "amend":
        rows = [ModifyIntent(PAIR, name, price=D(59_100 + number)) for number, name in enumerate(names)]
        connector.batch_order_modify(rows)
        await log.waits_for(MarketEvent.OrderModifyFailed)
    else:
        connector.batch_order_create(bids(3))
        await log.waits_for(MarketEvent.OrderFailure)
    assert pause.is_on
    assert "the words of the venue" in pause.reason
    assert connector.components.gateway.silent_until_ms() is not None or code == -1015
    monkeypatch.undo()
    with counted_requests(connector) as sent:
        connector.batch_order_create(bids(2))
        await log.waits_for(MarketEvent.OrderFailure, 2)
        assert sent == {}, "nothing leaves while the silence lasts"


async def test_an_order_of_several_that_met_an_overload_is_looked_up_and_pauses_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "place_once", refusing_the_second(order_routes.place_once, -1008))
    names = connector.batch_order_create(bids(3))
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    await log.waits_for(MarketEvent.OrderFailure)
    throttle = connector.components.gateway.throttle
    assert not throttle.account.pause.is_on
    assert not throttle.address.pause.is_on
    assert counts_there(venue) == {names[0]: 1, names[2]: 1}


async def test_a_clock_that_one_of_several_is_refused_for_is_measured_again(
    connector: PerpetualDerivative, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "place_once", refusing_the_second(order_routes.place_once, -5028))
    measured = connector.components.gateway.clock_meter.measured
    connector.batch_order_create(bids(3))
    await log.waits_for(MarketEvent.OrderFailure)
    await until(lambda: connector.components.gateway.clock_meter.measured > measured, "measured again")


async def test_a_silence_that_the_answer_to_one_of_several_cancels_asks_for_is_kept_and_then_it_goes(
    connector: PerpetualDerivative, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = await are_open(connector, log, 3)
    monkeypatch.setattr(batches, "cancel_once", refusing_the_second(order_routes.cancel_once, -1003))
    connector.batch_order_cancel([(PAIR, name) for name in names])
    pause = connector.components.gateway.throttle.address.pause
    await until(lambda: pause.is_on, "the silence is kept")
    await log.waits_for(MarketEvent.OrderCancelled, 2)
    await asyncio.sleep(70)
    await log.waits_for(MarketEvent.OrderCancelled, 3)
    assert await open_there(connector) == {}


def refusing_the_second(deed: Callable[..., object], code: int) -> Callable[..., object]:
    """What the exchange does for each of several; the second is refused."""
    asked = count(1)

    def each(*request: object) -> object:
        if next(asked) == 2:
            raise VenueError(code, text="the words of the venue")
        return deed(*request)

    return each
