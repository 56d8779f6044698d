"""Answers about orders: acks of today's form (no average price, no quote sum) and queries, to order reports.

Source: "New Order", "Query Order", "Account Trade List", as of 2026-11. Optional fields are optional here: older
deployments still send them.
"""

from collections.abc import Sequence
from decimal import Decimal

from connector.core import figures
from connector.core.enums import PositionSide, TradeType
from connector.core.faults import ConnectorFault, Fault, UnreadableFault, failure_text
from connector.core.figures import FigureError, cut
from connector.core.reports import Fill, OrderReport, OrderStatus, ReportSource
from connector.venue.error_codes import rule_for_answer
from connector.venue.order_ends import expiry_reason
from connector.wire.json_text import (
    NOT_AS_PROMISED,
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

#: An element that is refused comes in an answer of 200: this is what it would have been answered with by itself.
_REFUSED = 400
#: The venue's codes have four or five digits.
_MOST_CODE = 999_999


def status_of(name: str) -> OrderStatus:
    return STATUSES.get(name, OrderStatus.UNCHANGED)


def change_of(status: OrderStatus) -> OrderStatus:
    """What the status of an order says that was just changed: one that lives on has its new terms."""
    return OrderStatus.MODIFIED if status in (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED) else status


def expiry_of(name: str) -> str:
    """The venue's word where it says that the order expired, else nothing."""
    return name if name.startswith("EXPIRED") else ""


def total_of(name: str, status: str, total: Decimal | None, executed: Decimal | None) -> Decimal | None:
    """An order's total, None where it says nothing. `FigureError`, by the name of what was executed, for an order that
    executed more than it asked for, or is filled by less.

    A change to less than what is filled ends an order; no page says which total its end is told with.
    """
    if not total or executed is None:
        return total
    if status == "FILLED" and executed < total:
        raise FigureError(f"{name}: an order of {total} is not filled by {executed}")
    if executed <= total:
        return total
    if status == "CANCELED":
        return None
    raise FigureError(f"{name}: {executed} is above the order's {total}")


def order_row(row: Row, source: ReportSource) -> OrderReport:
    """One order object, as acks, queries and lists carry it."""
    status = word(row, "status")
    total, executed = unsigned_or_none(row, "origQty"), unsigned_or_none(row, "executedQty")
    return OrderReport(
        source=source,
        status=status_of(status),
        symbol=word(row, "symbol"),
        client_order_id=word(row, "clientOrderId"),
        exchange_order_id=id_text(row, "orderId"),
        time_ms=figures.time_ms(row.get("updateTime") or row.get("time") or 0, "updateTime"),
        created_ms=figures.time_ms(row.get("time") or 0, "time"),
        amount=total_of("executedQty", status, total, executed),
        price=unsigned_or_none(row, "price"),
        executed_amount=executed,
        average_price=unsigned_or_none(row, "avgPrice") or None,
        trade_type=TradeType[word(row, "side")],
        expiry_reason=expiry_of(status),
        expiry=expiry_reason(status, "") if expiry_of(status) else None,
        position_side=PositionSide(row.get("positionSide", "BOTH")),
        reduces_only=flag(row.get("reduceOnly", False)) or flag(row.get("closePosition", False)),
    )


def order(body: bytes, source: ReportSource, symbol: str, client_order_id: str) -> OrderReport:
    """The answer to placing, cancelling or querying one order: an answer that speaks of another is unreadable."""
    report = read(body, "order", lambda row: order_row(row, source))
    if (report.symbol, report.client_order_id) != (symbol, client_order_id):
        told = cut(f"{report.symbol} {report.client_order_id}")
        raise UnreadableFault("order", f"the answer is of {told}, asked was {symbol} {client_order_id}")
    return report


def order_of_number(body: bytes, source: ReportSource, symbol: str, exchange_order_id: str) -> OrderReport:
    """The answer to querying one order, whoever's, by the venue's number: another's is unreadable."""
    report = read(body, "order", lambda row: order_row(row, source))
    if (report.symbol, report.exchange_order_id) != (symbol, exchange_order_id):
        told = cut(f"{report.symbol} {report.exchange_order_id}")
        raise UnreadableFault("order", f"the answer is of {told}, asked was {symbol} {exchange_order_id}")
    return report


def several(body: bytes, asked: Sequence[tuple[str, str]], request: str) -> tuple[OrderReport | ConnectorFault, ...]:
    """The answer to several orders, `asked` by symbol and client id: of each what became of it, in the order asked.

    A refusal names no order, its place in the list does. So a list of another length, or with an order elsewhere than
    it was asked for, tells nothing of any of them and is unreadable; a row that can't be read tells nothing of its own.
    """
    rows = read(body, request, rows_of)
    if len(rows) != len(asked):
        raise UnreadableFault(request, f"asked were {len(asked)} orders, told are {len(rows)}")
    return tuple(_told(row, *names, request) for row, names in zip(rows, asked, strict=True))


def _told(row: Row, symbol: str, client_order_id: str, request: str) -> OrderReport | ConnectorFault:
    if "clientOrderId" in row and row["clientOrderId"] != client_order_id:
        raise UnreadableFault(request, f"the answer at its place is not of {client_order_id}")
    try:
        if "clientOrderId" not in row:
            code, text = figures.whole(row["code"], "code", -_MOST_CODE, -1), row.get("msg")
            rule = rule_for_answer(_REFUSED, code, "", is_write=True)
            return Fault(rule, request, code=code, http_status=_REFUSED, text=text if type(text) is str else "")
        report = order_row(row, ReportSource.ACK)
    except NOT_AS_PROMISED as error:
        return UnreadableFault("order", failure_text(error))
    if report.symbol != symbol:
        return UnreadableFault("order", f"the answer is of {cut(report.symbol)}, asked was {symbol}")
    return report


def orders(body: bytes, source: ReportSource) -> tuple[OrderReport, ...]:
    """A list of orders: open ones, or the history."""
    return read(body, "order list", lambda rows: tuple(order_row(row, source) for row in rows_of(rows)))


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
