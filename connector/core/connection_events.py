"""Events of the way to the exchange: feeds, limits and silences, and what keeps orders back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from connector.core.enums import OrderWay, TradeType
from connector.core.event_tags import MarketEvent


@dataclass(frozen=True, slots=True)
class FeedLostEvent:
    """A gate of `ready` fell: nothing may be quoted until it is restored."""

    tag: ClassVar[MarketEvent] = MarketEvent.FeedLost

    timestamp: float
    gate: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeedRestoredEvent:
    """The gate holds again."""

    tag: ClassVar[MarketEvent] = MarketEvent.FeedRestored

    timestamp: float
    gate: str


@dataclass(frozen=True, slots=True)
class RateLimitNearEvent:
    """A rate limit fills up; told once a threshold, and again after a window that stayed below it."""

    tag: ClassVar[MarketEvent] = MarketEvent.RateLimitNear

    timestamp: float
    #: What is limited, in words.
    name: str
    window_s: float
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class OrdersPausedEvent:
    """The exchange wants no new orders for a while; cancels and look-ups go on."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrdersPaused

    timestamp: float
    #: By the exchange's clock, in seconds.
    until_timestamp: float
    reason: str


@dataclass(frozen=True, slots=True)
class OrderWayChangedEvent:
    """Orders go by another interface of the exchange: by REST while the WS-API is not up, or over it again."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderWayChanged

    timestamp: float
    way: OrderWay
    #: What is wrong with the WS-API; empty where it is up again.
    reason: str


@dataclass(frozen=True, slots=True)
class RateLimitWaitEvent:
    """A request waits for more than a second, since a limit is used up; told once a window."""

    tag: ClassVar[MarketEvent] = MarketEvent.RateLimitWait

    timestamp: float
    #: Which limit, in words.
    name: str
    #: When it goes on, by the exchange's clock, in seconds.
    until_timestamp: float


@dataclass(frozen=True, slots=True)
class OpeningsPausedEvent:
    """Opening orders are kept back, since the exchange refused so many alike, or since somebody shut the gate
    `openings`; closing ones go on."""

    tag: ClassVar[MarketEvent] = MarketEvent.OpeningsPaused

    timestamp: float
    #: Whose: a pair, a side of it, the account, or all pairs.
    of: str
    #: The exchange's number; 0 where the gate is shut.
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class OpeningsResumedEvent:
    """The exchange took an opening order again, or the gate was opened: nothing is kept back any more."""

    tag: ClassVar[MarketEvent] = MarketEvent.OpeningsResumed

    timestamp: float
    of: str
    code: int
    #: How many were kept back.
    kept: int


@dataclass(frozen=True, slots=True)
class RiskLimitEvent:
    """A limit on losses struck: no order leaves any more that opens."""

    tag: ClassVar[MarketEvent] = MarketEvent.RiskLimit

    timestamp: float
    #: Its setting.
    name: str
    use: Decimal
    bound: Decimal
    unit: str
    #: By how much the use is past the bound.
    overrun: Decimal
    #: Whether the position is to be closed, and the run to end.
    closes: bool
    #: The same in words.
    reason: str


@dataclass(frozen=True, slots=True)
class CancelOnDisconnectEvent:
    """What becomes of the exchange's own timer that cancels every regular order of a symbol."""

    tag: ClassVar[MarketEvent] = MarketEvent.CancelOnDisconnect

    timestamp: float
    trading_pairs: tuple[str, ...]
    #: armed, late (it can't be called in), fired, off (orders of others rest there) or left (at a stop).
    state: str
    #: The same in words, with the time at which it runs out.
    reason: str


@dataclass(frozen=True, slots=True)
class TradingStatusEvent:
    """What the exchange lets a pair do changed: whether it trades, or which sides may only reduce a position."""

    tag: ClassVar[MarketEvent] = MarketEvent.TradingStatus

    timestamp: float
    trading_pair: str
    is_trading: bool
    #: The exchange's word; NOT_LISTED where the pair vanished from its list.
    status: str
    #: It will not trade again: the exchange closes what is held.
    is_being_settled: bool
    #: Sides whose orders may only reduce (POSITION_RISK_CONTROL).
    reduce_only_sides: tuple[TradeType, ...]
    #: The same in words.
    reason: str
