"""What the history holds, read: orders, fills and payments by time, pair and instance, exact to the last digit."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column, Select, and_, select
from sqlalchemy.engine import Engine

from connector.store.schema import bring_up_to_date
from connector.store.tables import FILLS, ORDERS, PAYMENTS

Row = dict[str, Any]


class HistoryKind(StrEnum):
    """What is asked for."""

    ORDERS = "orders"
    FILLS = "fills"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class HistoryRange:
    """Which rows; None: all."""

    since_ms: int | None = None
    until_ms: int | None = None
    pair: str | None = None
    #: The end of an instance's name, such as its tag.
    instance: str | None = None


#: By which time rows are chosen and ordered.
_TIME: Final[Mapping[HistoryKind, Column[Any]]] = {
    HistoryKind.ORDERS: ORDERS.c.created_ms,
    HistoryKind.FILLS: FILLS.c.time_ms,
    HistoryKind.PAYMENTS: PAYMENTS.c.time_ms,
}


def history_rows(engine: Engine, kind: HistoryKind, wanted: HistoryRange) -> list[Row]:
    """The rows in the order of their time. A fill has the pair and the side of its order, a payment the pair of its
    symbol, as far as an order of it is known. Raises what SQLAlchemy raises."""
    bring_up_to_date(engine)
    time = _TIME[kind]
    statement = _selected(kind)
    if wanted.since_ms is not None:
        statement = statement.where(time >= wanted.since_ms)
    if wanted.until_ms is not None:
        statement = statement.where(time < wanted.until_ms)
    with engine.connect() as connection:
        named = connection.execute(select(ORDERS.c.symbol, ORDERS.c.trading_pair).distinct())
        pairs = {row.symbol: row.trading_pair for row in named}
        rows = [dict(row) for row in connection.execute(statement.order_by(time)).mappings()]
    for row in rows:
        row["trading_pair"] = row.get("trading_pair") or pairs.get(row["symbol"])
    return [row for row in rows if _is_wanted(row, wanted)]


def _selected(kind: HistoryKind) -> Select[Any]:
    match kind:
        case HistoryKind.ORDERS:
            return select(ORDERS)
        case HistoryKind.PAYMENTS:
            return select(PAYMENTS)
        case HistoryKind.FILLS:
            same = and_(FILLS.c.instance == ORDERS.c.instance, FILLS.c.client_order_id == ORDERS.c.client_order_id)
            beside = (ORDERS.c.trading_pair, ORDERS.c.trade_type, ORDERS.c.position_action, ORDERS.c.order_type)
            return select(FILLS, *beside).select_from(FILLS.outerjoin(ORDERS, same))


def _is_wanted(row: Row, wanted: HistoryRange) -> bool:
    is_of_pair = wanted.pair is None or wanted.pair in (row["trading_pair"], row["symbol"])
    return is_of_pair and (wanted.instance is None or row["instance"].endswith(wanted.instance))
