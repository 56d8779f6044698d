"""The events that a bot receives. Names, fields and order follow Hummingbot's; what they lack stands beside them.

`timestamp` is in seconds, as there. Every event has a `tag` in `MarketEvent`, by which listeners subscribe.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from connector.core.account_events import (
    BracketsChangedEvent,
    CreditModeChangedEvent,
    ForeignFillEvent,
    InsuranceClearedEvent,
    LeverageChangedEvent,
    MarginDriftEvent,
    MarginTypeChangedEvent,
    MultiAssetsModeChangedEvent,
    PositionModeChangedEvent,
    PositionSettledEvent,
    TransferEvent,
)
from connector.core.amounts import NAN, ZERO
from connector.core.connection_events import (
    CancelOnDisconnectEvent,
    FeedLostEvent,
    FeedRestoredEvent,
    OpeningsPausedEvent,
    OpeningsResumedEvent,
    OrdersPausedEvent,
    OrderWayChangedEvent,
    RateLimitNearEvent,
    RateLimitWaitEvent,
    RiskLimitEvent,
    TradingStatusEvent,
)
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.faults import Fault
from connector.core.funding_info import FundingChange
from connector.core.order_ends import ExpiryReason, Rejection
from connector.core.trade_fee import TradeFee


@dataclass(frozen=True, slots=True)
class OrderCreatedEvent:
    """The venue has the order."""

    timestamp: float
    type: OrderType
    trading_pair: str
    amount: Decimal
    price: Decimal
    order_id: str
    creation_timestamp: float
    exchange_order_id: str = ""
    leverage: int = 1
    position: PositionAction = PositionAction.NIL


@dataclass(frozen=True, slots=True)
class BuyOrderCreatedEvent(OrderCreatedEvent):
    """A buy was taken by the venue."""

    tag: ClassVar[MarketEvent] = MarketEvent.BuyOrderCreated


@dataclass(frozen=True, slots=True)
class SellOrderCreatedEvent(OrderCreatedEvent):
    """A sell was taken by the venue."""

    tag: ClassVar[MarketEvent] = MarketEvent.SellOrderCreated


@dataclass(frozen=True, slots=True)
class OrderFilledEvent:
    """One trade of an order of ours."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderFilled

    timestamp: float
    order_id: str
    trading_pair: str
    trade_type: TradeType
    order_type: OrderType
    price: Decimal
    amount: Decimal
    trade_fee: TradeFee
    exchange_trade_id: str = ""
    exchange_order_id: str = ""
    leverage: int = 1
    position: PositionAction = PositionAction.NIL
    #: The venue's figure, gross of the fee, in the margin asset.
    realized_pnl: Decimal = ZERO
    is_maker: bool = False


@dataclass(frozen=True, slots=True)
class OrderCompletedEvent:
    """The order is filled to the last unit."""

    timestamp: float
    order_id: str
    base_asset: str
    quote_asset: str
    base_asset_amount: Decimal
    quote_asset_amount: Decimal
    order_type: OrderType
    exchange_order_id: str = ""


@dataclass(frozen=True, slots=True)
class BuyOrderCompletedEvent(OrderCompletedEvent):
    """A buy was filled to its last unit."""

    tag: ClassVar[MarketEvent] = MarketEvent.BuyOrderCompleted


@dataclass(frozen=True, slots=True)
class SellOrderCompletedEvent(OrderCompletedEvent):
    """A sell was filled to its last unit."""

    tag: ClassVar[MarketEvent] = MarketEvent.SellOrderCompleted


@dataclass(frozen=True, slots=True)
class OrderCancelledEvent:
    """The venue took the order out of the book because we asked."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderCancelled

    timestamp: float
    order_id: str
    exchange_order_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderExpiredEvent:
    """The venue ended the order by a rule of its own."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderExpired

    timestamp: float
    order_id: str
    #: The venue's word or number.
    reason: str = ""
    expiry: ExpiryReason | None = None


@dataclass(frozen=True, slots=True)
class OrderTriggeredEvent:
    """A conditional order met its price: from here on it is in the book, or on its way through it."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderTriggered

    timestamp: float
    order_id: str
    trading_pair: str
    #: Of the order that it became.
    exchange_order_id: str = ""


@dataclass(frozen=True, slots=True)
class MarketOrderFailureEvent:
    """The order never lived."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderFailure

    timestamp: float
    order_id: str
    order_type: OrderType
    #: Why; None only where a look-up proved the absence.
    fault: Fault | None = None
    #: The same as a type, with filter, limit and value where a filter is the matter.
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class OrderOutcomeUnknownEvent:
    """The venue did not answer whether it took the order. Its margin stays held until it is known."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderOutcomeUnknown

    timestamp: float
    order_id: str
    trading_pair: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class OrderModifiedEvent:
    """An open order has another price or amount at the venue. It keeps its ids and what it has filled."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderModified

    timestamp: float
    order_id: str
    trading_pair: str
    #: As the venue has them now; the amount is the total, what is filled included.
    price: Decimal
    amount: Decimal
    exchange_order_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderModifyFailedEvent:
    """A change was not made: the order stands as it stood, unless its end is told too."""

    tag: ClassVar[MarketEvent] = MarketEvent.OrderModifyFailed

    timestamp: float
    order_id: str
    trading_pair: str
    #: What was asked for.
    price: Decimal
    amount: Decimal
    fault: Fault
    #: The same as a type, with filter, limit and value where a filter is the matter.
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class FundingPaymentCompletedEvent:
    """A funding settlement."""

    tag: ClassVar[MarketEvent] = MarketEvent.FundingPaymentCompleted

    timestamp: float
    market: str
    trading_pair: str
    #: In `asset`: above 0 it was received, below 0 it was paid.
    amount: Decimal
    #: What was settled, never the forecast of now; NaN when the venue did not tell it.
    funding_rate: Decimal
    asset: str = ""
    #: Of the venue's account book.
    income_id: str = ""
    #: The time that was settled, from the settlement before it on; 0: not known.
    interval_s: float = 0.0
    #: Beside the regular settlements (stock dividends).
    is_special: bool = False


@dataclass(frozen=True, slots=True)
class FundingRateChangedEvent:
    """Rate, interval or next time of a pair's funding changed."""

    tag: ClassVar[MarketEvent] = MarketEvent.FundingRateChanged

    timestamp: float
    trading_pair: str
    #: Which of them.
    change: FundingChange
    rate: Decimal | None
    #: 0: not known.
    interval_s: float
    next_funding_utc_timestamp: float


@dataclass(frozen=True, slots=True)
class LeverageConfirmedEvent:
    """The venue confirmed the leverage in force."""

    tag: ClassVar[MarketEvent] = MarketEvent.LeverageConfirmed

    timestamp: float
    trading_pair: str
    leverage: int


@dataclass(frozen=True, slots=True)
class MarginCallEvent:
    """The venue warns that a position is near liquidation."""

    tag: ClassVar[MarketEvent] = MarketEvent.MarginCall

    timestamp: float
    trading_pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiquidationEvent:
    """The venue closed a position of ours by itself: by liquidation or by auto-deleveraging."""

    tag: ClassVar[MarketEvent] = MarketEvent.Liquidation

    timestamp: float
    trading_pair: str
    order_id: str
    auto_deleveraged: bool = False
    #: What its order closed, at which price on average, and what it brought and cost (NaN each when unknown); told when
    #: that order is over, and its trades are known. A liquidation in steps has an order, and an event, a step.
    amount: Decimal = ZERO
    price: Decimal = NAN
    realized_pnl: Decimal = ZERO
    fee: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PositionDriftEvent:
    """The venue's position is not the one our trades explain; the venue's is taken."""

    tag: ClassVar[MarketEvent] = MarketEvent.PositionDrift

    timestamp: float
    trading_pair: str
    ours: Decimal
    venue: Decimal


Event = (
    BuyOrderCreatedEvent
    | SellOrderCreatedEvent
    | OrderFilledEvent
    | BuyOrderCompletedEvent
    | SellOrderCompletedEvent
    | OrderCancelledEvent
    | OrderExpiredEvent
    | MarketOrderFailureEvent
    | OrderOutcomeUnknownEvent
    | OrderModifiedEvent
    | OrderModifyFailedEvent
    | OrderTriggeredEvent
    | FundingPaymentCompletedEvent
    | FeedLostEvent
    | FeedRestoredEvent
    | FundingRateChangedEvent
    | RateLimitNearEvent
    | OrdersPausedEvent
    | OrderWayChangedEvent
    | RateLimitWaitEvent
    | LeverageConfirmedEvent
    | MarginCallEvent
    | LiquidationEvent
    | PositionDriftEvent
    | LeverageChangedEvent
    | MarginTypeChangedEvent
    | PositionModeChangedEvent
    | MultiAssetsModeChangedEvent
    | BracketsChangedEvent
    | CreditModeChangedEvent
    | InsuranceClearedEvent
    | PositionSettledEvent
    | TransferEvent
    | ForeignFillEvent
    | MarginDriftEvent
    | OpeningsPausedEvent
    | OpeningsResumedEvent
    | CancelOnDisconnectEvent
    | RiskLimitEvent
    | TradingStatusEvent
)
