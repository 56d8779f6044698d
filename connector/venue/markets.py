"""A venue is a market row and an account row: what one needs beyond its addresses, as columns.

A difference between products is a column here, never a subclass and never a name compared elsewhere.
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.venue.contracts import LINEAR, ContractMath


@dataclass(frozen=True, slots=True)
class MarketRow:
    """How a product's market data is told: contract arithmetic, its family number, its stream routes.

    `snapshot_limits` are the depths that a snapshot can be asked for, the deepest first.
    """

    contract: ContractMath
    family: int
    depth_route: str
    trade_route: str
    mark_price_route: str
    depth_stream: str = "depth@100ms"
    book_ticker_stream: str = "bookTicker"
    trade_stream: str = "aggTrade"
    mark_price_stream: str = "markPrice@1s"
    snapshot_limits: tuple[int, ...] = (1000, 500, 100, 50)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """How a product's account is told: the route of its user stream, how far back trades are listed, and the taker's
    rate of an account without a discount ("Futures fee structure", as of 2026-11)."""

    user_route: str
    trade_history_window_ms: int = 7 * 24 * 3600 * 1000
    regular_taker_rate: Decimal = Decimal("0.0005")


USDM_MARKET = MarketRow(
    contract=LINEAR,
    family=1,
    depth_route="public",
    trade_route="market",
    mark_price_route="market",
)
USDM_ACCOUNT = AccountRow(user_route="private")
