"""A venue is a market row and an account row: what one needs beyond its addresses, as columns.

A difference between products is a column here, never a subclass and never a name compared elsewhere.
"""

from dataclasses import dataclass

from connector.venue.contracts import LINEAR, ContractMath


@dataclass(frozen=True, slots=True)
class MarketRow:
    """How a product's market data is told: contract arithmetic, its family number, its stream routes."""

    contract: ContractMath
    family: int
    depth_route: str
    trade_route: str
    mark_price_route: str
    depth_stream: str = "depth@100ms"
    book_ticker_stream: str = "bookTicker"
    trade_stream: str = "aggTrade"
    mark_price_stream: str = "markPrice@1s"
    snapshot_limit: int = 1000


@dataclass(frozen=True, slots=True)
class AccountRow:
    """How a product's account is told: the route of its user stream and the asset that fees default to."""

    user_route: str
    trade_history_window_ms: int = 7 * 24 * 3600 * 1000


USDM_MARKET = MarketRow(
    contract=LINEAR,
    family=1,
    depth_route="public",
    trade_route="market",
    mark_price_route="market",
)
USDM_ACCOUNT = AccountRow(user_route="private")
