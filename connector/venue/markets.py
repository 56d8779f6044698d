"""A venue is a market row and an account row: what one needs beyond its addresses, as columns.

A difference between products is a column here, never a subclass and never a name compared elsewhere.
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.venue.contracts import LINEAR, ContractMath

#: The stream of a book's changes, by how often it speaks: 250 ms is the name without a speed, and silent when spelled
#: out; 0 ms is as they happen ("Diff. Book Depth Streams", change log of 2020-01-06).
DEPTH_STREAMS = {"0ms": "depth@0ms", "100ms": "depth@100ms", "250ms": "depth", "500ms": "depth@500ms"}


@dataclass(frozen=True, slots=True)
class MarketRow:
    """How a product's market data is published: contract arithmetic, its family number, its stream routes."""

    contract: ContractMath
    #: `st` of the market frames: the product family that they are of.
    family: int
    #: Of the order book and its ticker.
    depth_route: str
    #: Of mark prices and trades.
    mark_price_route: str
    depth_stream: str = "depth@100ms"
    #: Empty: not listened to.
    book_ticker_stream: str = "bookTicker"
    trade_stream: str = "aggTrade"
    mark_price_stream: str = "markPrice@1s"
    #: The depths that a snapshot can be asked for, the deepest first.
    snapshot_limits: tuple[int, ...] = (1000, 500, 100, 50)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """How a product's account is published, and what it is charged until the venue names a rate."""

    #: Of the user stream.
    user_route: str
    #: The taker's rate of an account without a discount ("Futures fee structure", as of 2026-11).
    regular_taker_rate: Decimal = Decimal("0.0005")
    #: In which fees can be paid at a discount instead of the margin asset ("BNB fee discount").
    discount_asset: str = "BNB"


USDM_MARKET = MarketRow(
    contract=LINEAR,
    family=1,
    depth_route="public",
    mark_price_route="market",
)
USDM_ACCOUNT = AccountRow(user_route="private")
