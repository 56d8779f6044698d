"""The short way of a fill: it leaves the order, and tells the bot, what the whole way would; both twins alike."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import OrderState, PositionSide, TriggerState
from connector.core.order_ends import ExpiryReason, Rejection, RejectionKind
from connector.core.reports import Fill, OrderReport, OrderStatus, ReportSource
from connector.orders import journal_records, order_events
from connector.orders import tracker as whole_way
from connector.orders.changes import Change
from connector.orders.compiled import fill_way as compiled
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.plain import fill_way as plain
from tests.companions.orders.scenes import ORDER_ID, SYMBOL, VENUE_ID, fill, intent, report, tracked, tracker

TWINS = pytest.mark.parametrize("twin", [plain, compiled], ids=["plain", "compiled"])
D = Decimal
LOTS = ["0.0", "0.5", "1", "1.0", "1.50", "2", "3", "3.00", "4"]
AMOUNTS = st.sampled_from(LOTS).map(D)
PRICES = st.sampled_from(["100", "100.0", "101", "99.5", "0"]).map(D)
TIMES = st.integers(2_990, 3_010)


def working(**facts: Any) -> InFlightOrder:
    """An order in the book that the bot was told of."""
    order = tracked(tracker())
    order.state, order.exchange_order_id, order.creation_emitted, order.venue_time_ms = (
        OrderState.OPEN,
        VENUE_ID,
        True,
        2,
    )
    for name, value in facts.items():
        setattr(order, name, value)
    return order


@TWINS
def test_a_fill_moves_an_order_and_is_told(twin: Any) -> None:
    order, trade = working(), fill("7", "1", "99.5")
    told = report(OrderStatus.PARTIALLY_FILLED, trade, executed="1", amount=D("3"), price=D(100))
    assert twin.filled_shortly(order, told, 4_000) == (order_events.filled(order, trade),)
    assert (order.state, order.executed_amount, order.reported_executed) == (OrderState.PARTIALLY_FILLED, 1, 1)
    assert (order.executed_amount_quote, order.last_update_ms, order.fills) == (D("99.5"), 4_000, {"7": trade})


@TWINS
def test_the_last_fill_completes_an_order_once(twin: Any) -> None:
    order = working()
    order.add_fill(fill("6", "2"))
    told = report(OrderStatus.FILLED, fill("7", "1"), executed="3", amount=D(3), price=D(100))
    events = twin.filled_shortly(order, told, 4_000)
    assert events == (order_events.filled(order, told.fills[0]), order_events.completed(order, 3.0))
    assert twin.filled_shortly(order, told, 4_000) is None
    assert (order.state, order.completion_emitted, order.average_executed_price) == (OrderState.FILLED, True, 100)


@st.composite
def orders(draw: st.DrawFn) -> InFlightOrder:
    """Any that may be met: most of them plain ones."""
    is_odd = draw(st.integers(0, 2)) == 0
    order = tracked(tracker(), ORDER_ID, intent(amount=draw(st.sampled_from(["3", "3.00", "2"]))))
    order.state = draw(st.sampled_from([*OrderState] if is_odd else [OrderState.OPEN, OrderState.PARTIALLY_FILLED]))
    order.creation_emitted = not is_odd or draw(st.booleans())
    order.exchange_order_id = draw(st.sampled_from([VENUE_ID, ""]))
    order.largest_amount = draw(AMOUNTS)
    for number in range(draw(st.integers(0, 2))):
        order.add_fill(fill(str(number), draw(st.sampled_from(["0.5", "1"]))))
    order.reported_executed, order.reported_average_price = draw(AMOUNTS), draw(st.none() | PRICES)
    order.last_update_ms, order.venue_time_ms, order.changed_ms = draw(TIMES), draw(TIMES), draw(TIMES)
    order.unknown_since_ms = draw(st.none() | TIMES)
    order.expiry = draw(st.sampled_from([None, ExpiryReason.OTHER]))
    if is_odd:
        order.completion_emitted, order.ghost = draw(st.booleans()), draw(st.booleans())
        order.lost, order.cancel_wanted = draw(st.booleans()), draw(st.booleans())
        order.change = draw(st.sampled_from([None, Change(D(100), D(3)), Change(D(101), D(4))]))
        order.trigger = draw(st.sampled_from([None, TriggerState.TRIGGERED]))
    return order


@st.composite
def reports(draw: st.DrawFn) -> OrderReport:
    """Of any trade; most of them of the terms that most orders have."""
    is_odd = draw(st.integers(0, 2)) == 0
    fills = [
        Fill(
            draw(st.sampled_from(["0", "7", "8"])), draw(PRICES), draw(AMOUNTS), "USDT", D("0.02"), D("-1.5"),
            draw(st.booleans()), draw(TIMES), draw(st.sampled_from(PositionSide)),
        )
        for _ in range(draw(st.integers(1, 2)) if is_odd else 1)
    ]  # fmt: skip
    likely = [OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED]
    return OrderReport(
        ReportSource.STREAM,
        draw(st.sampled_from([*OrderStatus] if is_odd else likely)),
        SYMBOL,
        ORDER_ID,
        draw(st.sampled_from([VENUE_ID, "8002"])),
        draw(TIMES | st.just(0)),
        amount=draw(st.sampled_from([D(2), D(0), None] if is_odd else [D(3), D("3.0")])),
        price=draw(st.sampled_from([D(101), D(0), None] if is_odd else [D(100), D("100.0")])),
        executed_amount=draw(AMOUNTS | st.none() if is_odd else AMOUNTS),
        average_price=draw(PRICES | st.none()),
        fills=tuple(fills),
        expiry=draw(st.sampled_from([None, ExpiryReason.OTHER, ExpiryReason.TRIGGERED])) if is_odd else None,
        rejection=Rejection(RejectionKind.OTHER) if is_odd and draw(st.booleans()) else None,
    )


@settings(max_examples=800, deadline=None)
@given(orders(), reports(), TIMES)
def test_the_short_way_ends_where_the_whole_way_does(order: InFlightOrder, told: OrderReport, now_ms: int) -> None:
    desk, copies = tracker(), [deepcopy(order) for _ in range(2)]
    desk._active[ORDER_ID] = order
    before = repr(order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_way, "filled_shortly", lambda *_: None)
        events = desk.apply(told, now_ms)
    for twin, copy in zip((plain, compiled), copies, strict=True):
        short = twin.filled_shortly(copy, told, now_ms)
        if short is None:
            assert repr(copy) == before
        else:
            assert (repr(short), repr(copy)) == (repr(events), repr(order))
    assert repr(copies[0]) == repr(copies[1])


def test_plain_fills_take_the_short_way() -> None:
    """Else the comparison of both would compare nothing."""
    taken = []

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(orders(), reports())
    def look(order: InFlightOrder, told: OrderReport) -> None:
        taken.append(plain.filled_shortly(order, told, 3_000) is not None)

    look()
    assert sum(taken) > 30


@settings(max_examples=300)
@given(orders())
def test_both_twins_make_the_same_rows(order: InFlightOrder) -> None:
    order.rejection = Rejection(RejectionKind.FILTER, -1111, "PRECISION") if order.lost else None
    assert repr(compiled.changed_record(order, "why")) == repr(journal_records.changed(order, "why"))
    for trade in order.fills.values():
        assert repr(compiled.filled_record(order, trade)) == repr(journal_records.filled(order, trade))
        told = (order_events.created(order, 1.0), order_events.filled(order, trade))
        assert repr(compiled.telling(order, told, 7, "")) == repr(journal_records.telling(order, told, 7, ""))
        assert repr(compiled.filled_event(order, trade)) == repr(order_events.filled(order, trade))


def test_the_compiled_twin_takes_orders_and_fills_alone() -> None:
    for make in (compiled.filled_event, compiled.filled_record):
        with pytest.raises(TypeError, match="an order and a fill"):
            make(object(), fill("7"))
    assert compiled.filled_shortly(object(), report(OrderStatus.FILLED, fill("7")), 1) is None
