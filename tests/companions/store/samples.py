"""Records of every kind, and text of every kind in them."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from connector.core.enums import OrderState, OrderType, PositionAction, PositionSide, TradeType
from connector.core.journal import OrderChanged, OrderFilled, OrderIntended, Record

#: What a field of text may hold: everything but what separates fields and lines, which is written as a blank.
TEXTS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**12), max_value=10**12)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    if kind is str:
        return TEXTS
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 2**63)
    if kind is Decimal:
        return NUMBERS
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return st.one_of(st.none(), *(_values(part) for part in get_args(kind) if part is not type(None)))


def of_kind(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any record of one kind."""
    hints: Mapping[str, Any] = get_type_hints(kind)
    return st.builds(kind, **{row.name: _values(hints[row.name]) for row in fields(kind)})


#: Any record.
RECORDS: st.SearchStrategy[Record] = st.one_of(*map(of_kind, get_args(Record)))


def intended(name: str = "desk-1", symbol: str = "BTCUSDT", options: str = "") -> OrderIntended:
    return OrderIntended(
        name, "BTC-USDT", symbol, TradeType.BUY, OrderType.LIMIT, Decimal(3), Decimal(100), PositionAction.OPEN, 5,
        1_000, "BTC", "USDT", options,
    )  # fmt: skip


def changed(name: str = "desk-1", state: OrderState = OrderState.OPEN, **facts: Any) -> OrderChanged:
    row: dict[str, Any] = {
        "exchange_order_id": "8001",
        "amount": Decimal(3),
        "price": Decimal(100),
        "reported_executed": Decimal(0),
        "reported_average_price": None,
        "venue_time_ms": 2_000,
        "cancel_requested_ms": None,
        "unknown_since_ms": None,
        "lost": False,
        "ghost": False,
        "creation_emitted": True,
        "completion_emitted": False,
    }
    return OrderChanged(name, state, **(row | facts))


def filled(trade_id: str = "1", name: str = "desk-1", amount: str = "1") -> OrderFilled:
    return OrderFilled(
        name, "BTCUSDT", trade_id, Decimal(100), Decimal(amount), "USDT", Decimal("0.02"), Decimal(0), True, 3_000,
        PositionSide.BOTH,
    )  # fmt: skip
