"""Answers about orders: acks of today's form (no average price, no quote sum) and queries, to order reports.

Source: "New Order", "Query Order", "Account Trade List", as of 2026-11. Optional fields are optional here: older
deployments still send them.
"""

from typing import Any

from connector.core.enums import PositionSide, TradeType
from connector.core.reports import Fill, OrderReport, OrderStatus, ReportSource
from connector.wire.json_text import Row, amount, amount_or_none, flag, read

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


def status_of(word: str) -> OrderStatus:
    return STATUSES.get(word, OrderStatus.UNCHANGED)


def expiry_of(word: str) -> str:
    """The venue's word where it says that the order expired, else nothing."""
    return word if word.startswith("EXPIRED") else ""


def order_row(row: Row, source: ReportSource) -> OrderReport:
    """One order object, as acks, queries and lists carry it."""
    word = str(row["status"])
    average = amount_or_none(row, "avgPrice")
    return OrderReport(
        source=source,
        status=status_of(word),
        symbol=str(row["symbol"]),
        client_order_id=str(row["clientOrderId"]),
        exchange_order_id=str(row["orderId"]),
        time_ms=int(row.get("updateTime") or row.get("time") or 0),
        amount=amount_or_none(row, "origQty"),
        price=amount_or_none(row, "price"),
        executed_amount=amount_or_none(row, "executedQty"),
        average_price=average or None,
        trade_type=TradeType[str(row["side"])],
        expiry_reason=expiry_of(word),
    )


def order(body: bytes, source: ReportSource) -> OrderReport:
    """The answer to placing, cancelling or querying one order."""
    return read(body, "order", lambda row: order_row(row, source))


def orders(body: bytes, source: ReportSource) -> tuple[OrderReport, ...]:
    """A list of orders: open ones, or the history."""
    return read(body, "order list", lambda rows: tuple(order_row(row, source) for row in rows))


def trade_row(row: Row) -> OrderReport:
    """One trade of the account: a report that carries a fill and says nothing of the order's status."""
    fill = Fill(
        trade_id=str(row["id"]),
        price=amount(row, "price"),
        amount=amount(row, "qty"),
        fee_asset=str(row["commissionAsset"]),
        fee_amount=amount(row, "commission"),
        realized_pnl=amount(row, "realizedPnl"),
        is_maker=flag(row["maker"]),
        time_ms=int(row["time"]),
        position_side=PositionSide(row.get("positionSide", "BOTH")),
    )
    return OrderReport(
        source=ReportSource.TRADES,
        status=OrderStatus.UNCHANGED,
        symbol=str(row["symbol"]),
        exchange_order_id=str(row["orderId"]),
        time_ms=fill.time_ms,
        fills=(fill,),
        trade_type=TradeType[str(row["side"])],
    )


def trades(body: bytes) -> tuple[OrderReport, ...]:
    """The account's trades of a symbol, oldest first."""

    def ordered(rows: Any) -> tuple[OrderReport, ...]:
        return tuple(trade_row(row) for row in sorted(rows, key=lambda row: int(row["id"])))

    return read(body, "trade list", ordered)
