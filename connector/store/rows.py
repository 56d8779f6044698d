"""Records as rows of the history: of one batch the newest word on an order, each fill and payment once."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Final

from connector.core.journal import FundingPaid, OrderChanged, OrderFilled, OrderIntended, Record, WalletChanged
from connector.core.order_options import OrderOptions, options_of

Row = dict[str, Any]
#: What an order asked for: an order that was carried by a version without these columns gets them when it is restated.
ASKED: Final = tuple(row.name for row in fields(OrderOptions))
#: What changes in the life of an order.
CHANGED: Final = (
    "exchange_order_id", "amount", "price", "state", "executed", "reason", "venue_time_ms", "average_price", "algo_id",
    "trigger_state", "cancel_requested_ms", "expiry", "rejection_kind", "rejection_code", "rejection_filter",
    "rejection_limit", "rejection_value",
)  # fmt: skip


@dataclass(slots=True)
class Batch:
    """Rows by table; where a table has a key, by key."""

    intended: dict[str, Row] = field(default_factory=dict)
    changed: dict[str, Row] = field(default_factory=dict)
    fills: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    payments: dict[tuple[bool, str], Row] = field(default_factory=dict)
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
                batch.payments[record.is_special, record.income_id] = _paid(instance, record)
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
        "created_ms": record.created_ms, **_asked(record),
    }  # fmt: skip


def _asked(record: OrderIntended) -> Row:
    """None of what can't be read: another version's words keep no order out of the history."""
    try:
        options = options_of(record.options)
    except (LookupError, ValueError, ArithmeticError):
        return dict.fromkeys(ASKED)
    asked = {name: getattr(options, name) for name in ASKED}
    if not record.order_type.is_conditional:
        asked["working_type"] = None
    return {name: _word(value) for name, value in asked.items()}


def _changed(instance: str, record: OrderChanged) -> Row:
    return {
        "instance": instance, "client_order_id": record.client_order_id,
        "exchange_order_id": record.exchange_order_id, "amount": record.amount, "price": record.price,
        "state": record.state.name, "executed": record.reported_executed, "reason": record.reason,
        "venue_time_ms": record.venue_time_ms, "average_price": record.reported_average_price,
        "algo_id": record.algo_id or None, "trigger_state": record.trigger.name if record.trigger else None,
        "cancel_requested_ms": record.cancel_requested_ms, "expiry": _word(record.expiry), **_rejected(record),
    }  # fmt: skip


def _rejected(record: OrderChanged) -> Row:
    """Why it was not taken; nulls where it was."""
    parts = ("code", "filter", "limit", "value")
    told = {f"rejection_{part}": getattr(record, f"rejection_{part}") or None for part in parts}
    return {"rejection_kind": _word(record.rejection_kind), **told}


def _word(value: object) -> object:
    """A database's driver would spell the name of a word, or refuse it."""
    return value.value if isinstance(value, Enum) else value


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
        "amount": record.amount, "income_id": record.income_id, "is_special": record.is_special, "rate": record.rate,
        "interval_ms": record.interval_ms,
    }  # fmt: skip


def _line(instance: str, record: WalletChanged) -> Row:
    return {
        "instance": instance, "reason": record.reason, "asset": record.asset, "wallet": record.wallet,
        "change": record.change, "time_ms": record.time_ms,
    }  # fmt: skip
