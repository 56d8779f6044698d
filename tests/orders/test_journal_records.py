"""An order goes into the journal and comes back the same."""

from decimal import Decimal as D

import pytest

from connector.core.order_ends import ExpiryReason, Rejection, RejectionKind
from connector.core.reports import OrderStatus
from connector.orders.journal_records import restated
from connector.orders.journal_replay import replayed
from connector.store.record_lines import line_of, record_at
from tests.companions.orders.scenes import ORDER_ID, fill, report, tracked, tracker


@pytest.mark.parametrize(
    "reports",
    [
        (),
        (report(OrderStatus.NEW),),
        (report(OrderStatus.NEW), report(OrderStatus.PARTIALLY_FILLED, fill("1"), executed="1")),
        (report(OrderStatus.FILLED, fill("1", "2"), fill("2", "1"), executed="3"),),
        (report(OrderStatus.NEW), report(OrderStatus.CANCEL_REQUESTED), report(OrderStatus.CANCELED, executed="1")),
        (report(OrderStatus.OUTCOME_UNKNOWN),),
        (report(OrderStatus.NEW), report(OrderStatus.NOT_FOUND)),
        (report(OrderStatus.NEW), report(OrderStatus.CANCEL_WANTED)),
        (report(OrderStatus.NEW, amount=D(2)),),
        (report(OrderStatus.NEW), report(OrderStatus.MODIFY_REQUESTED, time_ms=0, price=D(101), amount=D(4))),
        (report(OrderStatus.NEW), report(OrderStatus.MODIFIED, time_ms=4_000, price=D(101), amount=D(4))),
        (report(OrderStatus.NEW), report(OrderStatus.EXPIRED, expiry=ExpiryReason.SELF_TRADE_PREVENTION)),
        (report(OrderStatus.REJECTED, rejection=Rejection(RejectionKind.FILTER, -4014, "PRICE_FILTER", "tick 0.1")),),
    ],
    ids=[
        "sent",
        "open",
        "partly filled",
        "filled",
        "cancelled with a fill to find",
        "unknown",
        "lost",
        "wanted gone",
        "cut",
        "being changed",
        "changed",
        "expired",
        "rejected",
    ],
)
def test_an_order_is_restated_and_read_back_as_it_was(reports: tuple[object, ...]) -> None:
    desk = tracker()
    order = tracked(desk)
    for each in reports:
        desk.apply(each, now_ms=5_000)  # type: ignore[arg-type]
    lines = b"".join(line_of(record) for record in restated(order))
    records, at = [], 0
    while at < len(lines):
        record, at = record_at(lines, at)
        records.append(record)
    back = replayed(records).orders[ORDER_ID]
    back.last_update_ms = order.last_update_ms
    assert back == order
