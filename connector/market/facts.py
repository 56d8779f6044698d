"""What a market frame carries, decoded: facts that a book, a trade list or a funding rate is handed.

Numbers of the book are `ScaledNumber`s, exact and without a `Decimal` a level. Of every fact, `family` is the venue's
product number of the frame (`st`), 0 where the frame has none (recordings older than the field).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal, NamedTuple

from connector.core.enums import StreamKind, TradeType

#: Numbers of a book stay below 10^18 in size and within 18 decimal places, so that int64 holds them.
MOST_DIGITS = 18


class MalformedFrameError(ValueError):
    """The bytes are not what the venue's pages promise: broken JSON, a missing field, a wrong type."""


class ScaledNumber(NamedTuple):
    """`digits` x 10^-`decimals`: the number as it was written, `7.6110` is (76110, 4)."""

    digits: int
    decimals: int

    @property
    def exact(self) -> Decimal:
        return Decimal(self.digits).scaleb(-self.decimals)


class Level(NamedTuple):
    """One price level with its absolute amount; an amount of 0 takes the level out."""

    price: ScaledNumber
    amount: ScaledNumber


@dataclass(frozen=True, slots=True)
class DepthDiff:
    """One `depthUpdate`: ids U, u, pu and the levels that changed.

    A decoder may fill the same object anew with its next frame: what is kept is copied out.
    """

    kind: ClassVar[Literal[StreamKind.DEPTH]] = StreamKind.DEPTH

    symbol: str
    family: int
    first_id: int
    last_id: int
    previous_id: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class DepthSnapshot:
    """The body of a depth request: the whole book, as far as it was asked for, at `last_id`."""

    last_id: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class BookTicker:
    """The touch at `update_id`, ahead of the depth stream."""

    kind: ClassVar[Literal[StreamKind.BOOK_TICKER]] = StreamKind.BOOK_TICKER

    symbol: str
    family: int
    update_id: int
    #: A price of 0 says that the side is empty; so of the ask.
    bid: Level
    ask: Level

    @property
    def best_bid(self) -> tuple[Decimal, Decimal] | None:
        return _exact(self.bid)

    @property
    def best_ask(self) -> tuple[Decimal, Decimal] | None:
        return _exact(self.ask)


@dataclass(frozen=True, slots=True)
class MarketTrade:
    """A trade of the market, or an aggregate of trades."""

    price: Decimal
    amount: Decimal
    #: The taker's side.
    trade_type: TradeType
    #: The venue's, of the aggregate where it is one.
    trade_id: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class TradeFact:
    """One `aggTrade` or `trade`."""

    kind: ClassVar[Literal[StreamKind.TRADE]] = StreamKind.TRADE

    symbol: str
    family: int
    trade: MarketTrade


@dataclass(frozen=True, slots=True)
class MarkPrice:
    """One `markPriceUpdate`."""

    symbol: str
    family: int
    time_ms: int
    mark_price: Decimal
    index_price: Decimal
    #: The forecast for `next_funding_ms`; None for a contract without funding.
    rate: Decimal | None
    next_funding_ms: int


@dataclass(frozen=True, slots=True)
class MarkPrices:
    """The rows of a mark price frame: one, or those of all symbols (`!markPrice@arr`)."""

    kind: ClassVar[Literal[StreamKind.MARK_PRICE]] = StreamKind.MARK_PRICE

    rows: tuple[MarkPrice, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A sound frame of a kind that is not followed (klines, tickers, answers); `symbol` where it names one."""

    kind: ClassVar[None] = None

    symbol: str = ""


Fact = DepthDiff | BookTicker | TradeFact | MarkPrices | Ignored


def _exact(level: Level) -> tuple[Decimal, Decimal] | None:
    return (level.price.exact, level.amount.exact) if level.price.digits else None
