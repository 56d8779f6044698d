"""The tables of the history: orders, fills, payments and lines of the account, of every instance that writes there.

Amounts are exact: numbers in PostgreSQL, text in SQLite, which has no exact number. Times are the venue's, in ms.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Index, Integer, MetaData, Numeric, String, Table
from sqlalchemy.types import TypeDecorator, TypeEngine


class Exact(TypeDecorator[Decimal]):
    """A Decimal that comes back to the last digit."""

    impl = String(64)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = Numeric() if dialect.name == "postgresql" else String(64)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


METADATA = MetaData()
#: Beside SQLite's own `INTEGER PRIMARY KEY`, which alone counts by itself there.
_COUNTED = BigInteger().with_variant(Integer, "sqlite")
_NAME = String(64)


def _asked() -> tuple[Column[Any], ...]:
    """What an order asked for beside side, amount, type and price; null: not asked for."""
    return (
        Column("time_in_force", _NAME), Column("good_till_ms", BigInteger), Column("price_match", _NAME),
        Column("self_trade_prevention", _NAME), Column("trigger_price", Exact), Column("working_type", _NAME),
        Column("price_protect", Boolean), Column("close_position", Boolean), Column("activation_price", Exact),
        Column("callback_rate", Exact),
    )  # fmt: skip


ORDERS = Table(
    "orders", METADATA,
    Column("instance", String(128), primary_key=True), Column("client_order_id", _NAME, primary_key=True),
    Column("exchange_order_id", _NAME), Column("symbol", _NAME), Column("trading_pair", _NAME),
    Column("trade_type", _NAME), Column("order_type", _NAME), Column("position_action", _NAME),
    Column("leverage", Integer), Column("amount", Exact), Column("price", Exact), Column("state", _NAME),
    Column("executed", Exact), Column("reason", String), Column("created_ms", BigInteger),
    Column("venue_time_ms", BigInteger), *_asked(), Column("average_price", Exact), Column("algo_id", _NAME),
    Column("trigger_state", _NAME), Column("cancel_requested_ms", BigInteger), Column("expiry", _NAME),
    Column("rejection_kind", _NAME), Column("rejection_code", Integer), Column("rejection_filter", String),
    Column("rejection_limit", String), Column("rejection_value", String),
)  # fmt: skip
FILLS = Table(
    "fills", METADATA,
    Column("instance", String(128), primary_key=True), Column("client_order_id", _NAME, primary_key=True),
    Column("symbol", _NAME, primary_key=True), Column("trade_id", _NAME, primary_key=True),
    Column("price", Exact), Column("amount", Exact), Column("fee_asset", _NAME), Column("fee_amount", Exact),
    Column("realized_pnl", Exact), Column("is_maker", Boolean), Column("position_side", _NAME),
    Column("time_ms", BigInteger),
)  # fmt: skip
PAYMENTS = Table(
    "funding_payments", METADATA,
    Column("instance", String(128), primary_key=True), Column("is_special", Boolean, primary_key=True),
    Column("income_id", _NAME, primary_key=True), Column("symbol", _NAME), Column("asset", _NAME),
    Column("time_ms", BigInteger), Column("amount", Exact), Column("rate", Exact), Column("interval_ms", BigInteger),
)  # fmt: skip
ACCOUNT_LINES = Table(
    "account_lines", METADATA,
    Column("number", _COUNTED, primary_key=True, autoincrement=True), Column("instance", String(128)),
    Column("reason", _NAME), Column("asset", _NAME), Column("wallet", Exact), Column("change", Exact),
    Column("time_ms", BigInteger),
)  # fmt: skip
#: How far an instance's log was carried: its segment, and the byte in it.
CARRIED = Table(
    "carried", METADATA,
    Column("instance", String(128), primary_key=True), Column("segment", Integer), Column("bytes", BigInteger),
)  # fmt: skip

Index("fills_by_time", FILLS.c.time_ms)
Index("orders_by_time", ORDERS.c.created_ms)
