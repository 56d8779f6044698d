"""The words of the trade that have a fixed set of values.

Names and values follow Hummingbot's types where it has them, so that a bot written for it needs no renaming.
"""

from enum import Enum, StrEnum


class _Named(Enum):
    """Its members are found in tables with every order: by what they are, not by a hash of their names."""

    __hash__ = object.__hash__


class OrderType(_Named):
    """How an order meets the book. LIMIT_MAKER is post-only: it rests or is refused, it never takes.

    The last five are conditional: they wait at the venue for a price, and then become a market order or, STOP and
    TAKE_PROFIT, a limit order.
    """

    MARKET = 1
    LIMIT = 2
    LIMIT_MAKER = 3
    STOP = 11
    STOP_MARKET = 12
    TAKE_PROFIT = 13
    TAKE_PROFIT_MARKET = 14
    TRAILING_STOP_MARKET = 15

    def is_limit_type(self) -> bool:
        return self in _LIMIT_TYPES

    @property
    def is_conditional(self) -> bool:
        return self in _CONDITIONAL_TYPES


_LIMIT_TYPES = frozenset({OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.STOP, OrderType.TAKE_PROFIT})
_CONDITIONAL_TYPES = frozenset(OrderType) - {OrderType.MARKET, OrderType.LIMIT, OrderType.LIMIT_MAKER}


class TimeInForce(StrEnum):
    """How long a limit order works. GTX is post-only; so is RPI, which only orders of the venue's own apps fill."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTX = "GTX"
    GTD = "GTD"
    RPI = "RPI"


class PriceMatch(StrEnum):
    """A price that the venue takes from its book: the n-th of the other side, or of the own one."""

    OPPONENT = "OPPONENT"
    OPPONENT_5 = "OPPONENT_5"
    OPPONENT_10 = "OPPONENT_10"
    OPPONENT_20 = "OPPONENT_20"
    QUEUE = "QUEUE"
    QUEUE_5 = "QUEUE_5"
    QUEUE_10 = "QUEUE_10"
    QUEUE_20 = "QUEUE_20"


class SelfTradePrevention(StrEnum):
    """Which order expires where two of one owner would trade: the one that comes, the one that rests, or both."""

    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_MAKER = "EXPIRE_MAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"


class WorkingType(StrEnum):
    """Which price triggers a conditional order: that of the last trade, or the mark price."""

    CONTRACT_PRICE = "CONTRACT_PRICE"
    MARK_PRICE = "MARK_PRICE"


class TriggerState(_Named):
    """Where a conditional order stands on its way into the book; `orders/trigger.py` holds the moves."""

    WAITING = "WAITING"
    #: Its price was reached, and its child is not placed yet.
    TRIGGERING = "TRIGGERING"
    #: A child is, or was, in the book: from here on it is an order like any other.
    TRIGGERED = "TRIGGERED"
    #: The venue did not take the child.
    REFUSED = "REFUSED"


class TradeType(_Named):
    """Direction of an order or a trade, seen from its owner."""

    BUY = 1
    SELL = 2

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self is TradeType.BUY else -1

    @property
    def opposite(self) -> "TradeType":
        return TradeType.SELL if self is TradeType.BUY else TradeType.BUY


class PositionAction(_Named):
    """What an order is meant to do to the position."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"
    NIL = "NIL"


class PositionMode(_Named):
    """One net position a pair, or a long and a short one side by side."""

    HEDGE = "HEDGE"
    ONEWAY = "ONEWAY"


class PositionSide(_Named):
    """The position that a row or an order speaks of. BOTH is the net position of one-way mode."""

    LONG = "LONG"
    SHORT = "SHORT"
    BOTH = "BOTH"


class PriceType(_Named):
    """Which price of a pair is asked for."""

    MidPrice = 1
    BestBid = 2
    BestAsk = 3
    LastTrade = 4
    LastOwnTrade = 5
    InventoryCost = 6
    Custom = 7


class MarginType(StrEnum):
    """Whether a position is backed by the whole wallet or by collateral of its own."""

    CROSSED = "CROSSED"
    ISOLATED = "ISOLATED"


class OrderState(_Named):
    """Where an order of ours stands; `orders/life_cycle.py` holds the moves between these."""

    PENDING_CREATE = "PENDING_CREATE"
    PENDING_UNKNOWN = "PENDING_UNKNOWN"
    OPEN = "OPEN"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    PENDING_MODIFY = "PENDING_MODIFY"
    PENDING_CANCEL = "PENDING_CANCEL"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"

    @property
    def is_final(self) -> bool:
        return self in FINAL_STATES


FINAL_STATES = frozenset({OrderState.FILLED, OrderState.CANCELED, OrderState.EXPIRED, OrderState.FAILED})


class OrderWay(StrEnum):
    """By which of the exchange's interfaces orders are sent."""

    WS_API = "ws_api"
    REST = "rest"


class StreamKind(StrEnum):
    """The kinds of data a connector listens to; each has an age limit of its own."""

    DEPTH = "depth"
    BOOK_TICKER = "book_ticker"
    TRADE = "trade"
    MARK_PRICE = "mark_price"
    USER = "user"


class BookState(StrEnum):
    """Whether an order book may be believed."""

    AWAITING_SNAPSHOT = "awaiting_snapshot"
    VALID = "valid"
    INVALID = "invalid"
