"""What an account can look up later: its trades and its income."""

from dataclasses import dataclass

TRANSFER, REALIZED_PNL, COMMISSION, FUNDING_FEE = "TRANSFER", "REALIZED_PNL", "COMMISSION", "FUNDING_FEE"


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """One side of one trade. `commission_e8` is positive when paid; `realised_e8` is gross of it."""

    trade_id: int
    order_id: int
    symbol: str
    side: int
    position_side: str
    ticks: int
    lots: int
    realised_e8: int
    commission_e8: int
    is_maker: bool
    time_ms: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of an order, the `count`-th. `ticks` and `lots` are before and after; `modify_id` is its owner's."""

    amendment_id: int
    symbol: str
    order_id: int
    client_order_id: str
    time_ms: int
    ticks: tuple[int, int]
    lots: tuple[int, int]
    count: int
    modify_id: int | None


@dataclass(frozen=True, slots=True)
class IncomeRecord:
    """One booked item: the sum of all of them is the wallet."""

    income_id: int
    kind: str
    symbol: str
    asset: str
    amount_e8: int
    time_ms: int
    trade_id: int | None = None
