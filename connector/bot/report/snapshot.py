"""One moment of a running bot as one value: the source of table, lines, status command, metrics and page.

Money is in the margin asset, prices in the quote asset, NaN where nobody knows a figure; in the JSON form amounts are
text, and what is not known is null.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from connector.bot.report.result_split import ResultSplit
from connector.bot.report.states import BotState
from connector.core.amounts import plain
from connector.core.enums import TradeType
from connector.exchange.network.entry_report import KeptBack, RefusedCode


@dataclass(frozen=True, slots=True)
class MarketStatus:
    """One pair's market."""

    trading_pair: str
    bid: Decimal
    ask: Decimal
    mark_price: Decimal
    #: Of the next settlement, as a fraction.
    funding_rate: Decimal
    #: None: not known.
    seconds_to_funding: float | None
    #: Whether its orders may go, as far as data and account are concerned, and what they wait for, in words.
    ready: bool
    waits_for: str


@dataclass(frozen=True, slots=True)
class PositionStatus:
    """One position that is held."""

    trading_pair: str
    #: BOTH, or the side in hedge mode.
    position_side: str
    #: In base units or contracts, below 0 is short.
    amount: Decimal
    entry_price: Decimal
    mark_price: Decimal
    unrealized_pnl: Decimal
    #: 0: no price liquidates it.
    liquidation_price: Decimal
    #: How far the mark may go before, in percent of the mark; NaN where no price does it.
    liquidation_distance: Decimal
    leverage: int
    margin_type: str
    #: Maintenance margin as a fraction of what backs it; at 1 it is liquidated.
    margin_ratio: Decimal
    #: 0 (last in the queue of auto-deleveraging) to 4 (first); None: not read yet.
    adl_rank: int | None


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """One own order that may be at the exchange."""

    client_order_id: str
    trading_pair: str
    side: TradeType
    #: None of a market order.
    price: Decimal | None
    amount: Decimal
    remaining: Decimal
    #: Its state in the tracker's words.
    state: str
    #: OPEN, CLOSE or NIL.
    position_action: str
    created_ms: int
    #: Whether the exchange is known to have it.
    is_seen: bool


@dataclass(frozen=True, slots=True)
class LimitStatus:
    """One limit, with its use and its bound in words of its own unit."""

    name: str
    used: Decimal
    bound: Decimal
    unit: str
    #: Since it was struck, in words what follows; empty while it holds.
    struck: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Since the run began."""

    placed: int
    cancelled: int
    fills: int
    buys: int
    sells: int
    #: Traded, in the quote asset.
    volume: Decimal
    rejected: int
    not_sent: int
    #: Fees by asset: those in other assets than the margin asset.
    other_fees: Mapping[str, Decimal]
    realized_pnl: Decimal


@dataclass(frozen=True, slots=True)
class StrategyStatus:
    """One of several strategies of a run."""

    #: What the run calls it.
    name: str
    #: What it quotes by.
    strategy: str
    pairs: tuple[str, ...]
    #: How it stands, by the words that a bot's state has, or `ended` with what it raised.
    state: str
    #: Own orders of its that may be at the exchange.
    orders: int
    #: Whether each of its pairs is, and what the first that is not waits for, in words.
    ready: bool
    waits_for: str
    is_paused: bool


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """How a bot stands."""

    time_ms: int
    domain: str
    #: In a dry run the domain whose market is played; else empty.
    data_of: str
    state: BotState
    run_time_s: float
    asset: str
    wallet: Decimal
    unrealized_pnl: Decimal
    #: What new orders may be paid with.
    available: Decimal
    #: Of the account's cross positions; at 1 they are liquidated.
    margin_ratio: Decimal
    markets: tuple[MarketStatus, ...]
    positions: tuple[PositionStatus, ...]
    #: Of the asset above; None before the first order may go.
    result: ResultSplit | None
    #: Of all pairs; volume and result of those that are told in the first one's assets.
    counts: Counts
    refusals: tuple[RefusedCode, ...]
    pauses: tuple[KeptBack, ...]
    #: Opening orders that were kept back.
    kept_back: int
    orders: tuple[OpenOrder, ...]
    limits: tuple[LimitStatus, ...] = ()
    #: Of the other assets that back a pair.
    results_beside: tuple[ResultSplit, ...] = ()
    counts_by_pair: Mapping[str, Counts] = field(default_factory=dict)
    #: Where a run has several.
    strategies: tuple[StrategyStatus, ...] = ()

    @property
    def equity(self) -> Decimal:
        return self.wallet + self.unrealized_pnl

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {item.name: as_json(getattr(self, item.name)) for item in fields(self)}
        row["state"] = {
            "name": self.state.state.value, "reason": self.state.reason, "until_ms": self.state.until_ms,
            "text": str(self.state),
        }  # fmt: skip
        row["equity"] = as_json(self.equity)
        row["result"] = None if self.result is None else self.result.to_json()
        row["results_beside"] = {split.asset: split.to_json() for split in self.results_beside}
        return row


def as_json(value: Any) -> Any:
    """Amounts as text, enums by their names, rows and parts likewise; what is not known as None."""
    if isinstance(value, Decimal):
        return plain(value) if value.is_finite() else None
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Mapping):
        return {name: as_json(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [as_json(part) for part in value]
    if is_dataclass(value):
        return {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    return value
