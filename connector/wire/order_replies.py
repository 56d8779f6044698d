"""Answers about orders: acks of today's form (no average price, no quote sum) and queries, to order reports.

Source: "New Order", "Query Order", "Account Trade List", as of 2026-11. Optional fields are optional here: older
deployments still send them.
"""

from connector.core import figures
from connector.core.enums import PositionSide, TradeType
from connector.core.faults import UnreadableFault
from connector.core.figures import FigureError, cut
from connector.core.reports import Fill, OrderReport, OrderStatus, ReportSource
from connector.venue.order_ends import expiry_reason
from connector.wire.json_text import (
    Row,
    amount,
    flag,
    id_text,
    positive,
    read,
    rows_of,
    time_ms,
    unsigned_or_none,
    whole,
    word,
)

#: The venue's status words. A word that is not here says nothing about the order, and breaks nothing.
STATUSES: dict[str, OrderStatus] = {
    "NEW": OrderStatus.NEW,
    "NEW_INSURANCE": OrderStatus.NEW,
    "NEW_ADL": OrderStatus.NEW,
    "PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
    "FILLED": OrderStatus.FILLED,
    "CANCELED": OrderStatus.CANCELED,
    "EXPIRED": OrderStatus.EXPIRED,
    "EXPIRED_IN_MATCH": OrderStatus.EXPIRED,
    "REJECTED": OrderStatus.REJECTED,
}


def status_of(name: str) -> OrderStatus:
    return STATUSES.get(name, OrderStatus.UNCHANGED)


def expiry_of(name: str) -> str:
    """The venue's word where it says that the order expired, else nothing."""
    return name if name.startswith("EXPIRED") else ""


def order_row(row: Row, source: ReportSource) -> OrderReport:
    """One order object, as acks, queries and lists carry it."""
    status = word(row, "status")
    total, executed = unsigned_or_none(row, "origQty"), unsigned_or_none(row, "executedQty")
    if total and executed and executed > total:
        raise FigureError(f"executedQty: {executed} is above the order's {total}")
    return OrderReport(
        source=source,
        status=status_of(status),
        symbol=word(row, "symbol"),
        client_order_id=word(row, "clientOrderId"),
        exchange_order_id=id_text(row, "orderId"),
        time_ms=figures.time_ms(row.get("updateTime") or row.get("time") or 0, "updateTime"),
        amount=total,
        price=unsigned_or_none(row, "price"),
        executed_amount=executed,
        average_price=unsigned_or_none(row, "avgPrice") or None,
        trade_type=TradeType[word(row, "side")],
        expiry_reason=expiry_of(status),
        expiry=expiry_reason(status, "") if expiry_of(status) else None,
    )


def order(body: bytes, source: ReportSource, symbol: str, client_order_id: str) -> OrderReport:
    """The answer to placing, cancelling or querying one order: an answer that speaks of another is unreadable."""
    report = read(body, "order", lambda row: order_row(row, source))
    if (report.symbol, report.client_order_id) != (symbol, client_order_id):
        told = cut(f"{report.symbol} {report.client_order_id}")
        raise UnreadableFault("order", f"the answer is of {told}, asked was {symbol} {client_order_id}")
    return report


def orders(body: bytes, source: ReportSource) -> tuple[OrderReport, ...]:
    """A list of orders: open ones, or the history."""
    return read(body, "order list", lambda rows: tuple(order_row(row, source) for row in rows_of(rows)))


def algo_order_row(row: Row) -> OrderReport:
    """One conditional order that waits, as the list of open ones carries it; its exchange id is the algo id."""
    return OrderReport(
        source=ReportSource.OPEN_ORDERS,
        status=OrderStatus.NEW,
        symbol=word(row, "symbol"),
        client_order_id=word(row, "clientAlgoId"),
        exchange_order_id=id_text(row, "algoId"),
        time_ms=figures.time_ms(row.get("updateTime") or row.get("createTime") or 0, "updateTime"),
        amount=unsigned_or_none(row, "quantity"),
        price=unsigned_or_none(row, "triggerPrice"),
        trade_type=TradeType[word(row, "side")],
    )


def algo_orders(body: bytes) -> tuple[OrderReport, ...]:
    """Conditional orders that wait for their trigger."""
    return read(body, "list of conditional orders", lambda rows: tuple(map(algo_order_row, rows_of(rows))))


def trade_row(row: Row) -> OrderReport:
    """One trade of the account: a report that carries a fill and says nothing of the order's status."""
    fill = Fill(
        trade_id=id_text(row, "id"),
        price=positive(row, "price"),
        amount=positive(row, "qty"),
        fee_asset=word(row, "commissionAsset"),
        fee_amount=amount(row, "commission"),
        realized_pnl=amount(row, "realizedPnl"),
        is_maker=flag(row["maker"]),
        time_ms=time_ms(row, "time"),
        position_side=PositionSide(row.get("positionSide", "BOTH")),
    )
    return OrderReport(
        source=ReportSource.TRADES,
        status=OrderStatus.UNCHANGED,
        symbol=word(row, "symbol"),
        exchange_order_id=id_text(row, "orderId"),
        time_ms=fill.time_ms,
        fills=(fill,),
        trade_type=TradeType[word(row, "side")],
    )


def trades(body: bytes) -> tuple[OrderReport, ...]:
    """The account's trades of a symbol, oldest first."""

    def ordered(rows: object) -> tuple[OrderReport, ...]:
        return tuple(trade_row(row) for row in sorted(rows_of(rows), key=lambda row: whole(row, "id")))

    return read(body, "trade list", ordered)
