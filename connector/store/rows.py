"""Records as rows of the history: of one batch the newest word on an order, each fill and payment once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connector.core.journal import FundingPaid, OrderChanged, OrderFilled, OrderIntended, Record, WalletChanged

Row = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """Rows by table; where a table has a key, by key."""

    intended: dict[str, Row] = field(default_factory=dict)
    changed: dict[str, Row] = field(default_factory=dict)
    fills: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    payments: dict[tuple[str, str, int], Row] = field(default_factory=dict)
    lines: list[Row] = field(default_factory=list)


def batch_of(instance: str, records: Iterable[Record]) -> Batch:
    """The rows of an instance's records."""
    batch = Batch()
    for record in records:
        match record:
            case OrderIntended():
                batch.intended[record.client_order_id] = _intended(instance, record)
            case OrderChanged():
                batch.changed[record.client_order_id] = _changed(instance, record)
            case OrderFilled():
                batch.fills[record.client_order_id, record.symbol, record.trade_id] = _filled(instance, record)
            case FundingPaid():
                batch.payments[record.symbol, record.asset, record.time_ms] = _paid(instance, record)
            case WalletChanged():
                batch.lines.append(_line(instance, record))
            case _:
                pass
    return batch


def _intended(instance: str, record: OrderIntended) -> Row:
    return {
        "instance": instance, "client_order_id": record.client_order_id, "symbol": record.symbol,
        "trading_pair": record.trading_pair, "trade_type": record.trade_type.name,
        "order_type": record.order_type.name, "position_action": record.position_action.name,
        "leverage": record.leverage, "amount": record.amount, "price": record.price, "state": "PENDING_CREATE",
        "created_ms": record.created_ms,
    }  # fmt: skip


def _changed(instance: str, record: OrderChanged) -> Row:
    return {
        "instance": instance, "client_order_id": record.client_order_id,
        "exchange_order_id": record.exchange_order_id, "amount": record.amount, "price": record.price,
        "state": record.state.name, "executed": record.reported_executed, "reason": record.reason,
        "venue_time_ms": record.venue_time_ms,
    }  # fmt: skip


def _filled(instance: str, record: OrderFilled) -> Row:
    return {
        "instance": instance, "client_order_id": record.client_order_id, "symbol": record.symbol,
        "trade_id": record.trade_id, "price": record.price, "amount": record.amount, "fee_asset": record.fee_asset,
        "fee_amount": record.fee_amount, "realized_pnl": record.realized_pnl, "is_maker": record.is_maker,
        "position_side": record.position_side.name, "time_ms": record.time_ms,
    }  # fmt: skip


def _paid(instance: str, record: FundingPaid) -> Row:
    return {
        "instance": instance, "symbol": record.symbol, "asset": record.asset, "time_ms": record.time_ms,
        "amount": record.amount, "income_id": record.income_id,
    }  # fmt: skip


def _line(instance: str, record: WalletChanged) -> Row:
    return {
        "instance": instance, "reason": record.reason, "asset": record.asset, "wallet": record.wallet,
        "change": record.change, "time_ms": record.time_ms,
    }  # fmt: skip
