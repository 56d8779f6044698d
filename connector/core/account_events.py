"""Events of the account that nobody here asked for: settings that another hand changed, what the venue closed, money
that came or went, trades of others."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from connector.core.enums import MarginType, PositionMode, TradeType
from connector.core.event_tags import MarketEvent


@dataclass(frozen=True, slots=True)
class LeverageChangedEvent:
    """Another hand changed a pair's leverage; it is followed."""

    tag: ClassVar[MarketEvent] = MarketEvent.LeverageChanged

    timestamp: float
    trading_pair: str
    before: int
    leverage: int
    #: The most that position and orders of one side may be worth at it.
    max_notional: Decimal


@dataclass(frozen=True, slots=True)
class MarginTypeChangedEvent:
    """Another hand changed what backs a pair's positions; it is followed."""

    tag: ClassVar[MarketEvent] = MarketEvent.MarginTypeChanged

    timestamp: float
    trading_pair: str
    before: MarginType
    margin_type: MarginType


@dataclass(frozen=True, slots=True)
class PositionModeChangedEvent:
    """Another hand changed the account's position mode: orders are spelled by it from here on."""

    tag: ClassVar[MarketEvent] = MarketEvent.PositionModeChanged

    timestamp: float
    before: PositionMode
    mode: PositionMode


@dataclass(frozen=True, slots=True)
class MultiAssetsModeChangedEvent:
    """Another hand changed whether all assets back all positions."""

    tag: ClassVar[MarketEvent] = MarketEvent.MultiAssetsModeChanged

    timestamp: float
    is_on: bool


@dataclass(frozen=True, slots=True)
class BracketsChangedEvent:
    """The venue changed a pair's brackets: another notional is allowed at the leverage in force."""

    tag: ClassVar[MarketEvent] = MarketEvent.BracketsChanged

    timestamp: float
    trading_pair: str
    #: In the quote asset.
    before: Decimal
    max_notional: Decimal


@dataclass(frozen=True, slots=True)
class CreditModeChangedEvent:
    """The account began, or ceased, to hold the credit asset that stands for margin in credits trading mode."""

    tag: ClassVar[MarketEvent] = MarketEvent.CreditModeChanged

    timestamp: float
    is_on: bool


@dataclass(frozen=True, slots=True)
class InsuranceClearedEvent:
    """What a liquidation paid to the insurance fund, or what the fund paid for it."""

    tag: ClassVar[MarketEvent] = MarketEvent.InsuranceCleared

    timestamp: float
    #: The venue's symbol where the pair is not traded here.
    trading_pair: str
    asset: str
    #: Of the wallet: below 0 the account paid a clearance fee, above 0 the fund paid what the account owed.
    amount: Decimal
    #: Of the venue's account book.
    income_id: str


@dataclass(frozen=True, slots=True)
class PositionSettledEvent:
    """The venue closed a position since its contract ended: by delisting, or by delivery."""

    tag: ClassVar[MarketEvent] = MarketEvent.PositionSettled

    timestamp: float
    trading_pair: str
    order_id: str
    amount: Decimal
    #: On average; NaN when unknown, and so are the next two.
    price: Decimal
    realized_pnl: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class MarginDriftEvent:
    """What is free differs from what the venue says is free, by one and the same figure at several looks in a row:
    others hold margin where nothing is traded here, or the reckoning is wrong. The lesser of both is used."""

    tag: ClassVar[MarketEvent] = MarketEvent.MarginDrift

    timestamp: float
    asset: str
    #: Reckoned at the marks that the venue told beside its own figure.
    ours: Decimal
    venue: Decimal


@dataclass(frozen=True, slots=True)
class TransferEvent:
    """A wallet moved by no trade and no funding: a deposit, a withdrawal, a transfer, an exchange of assets."""

    tag: ClassVar[MarketEvent] = MarketEvent.Transfer

    timestamp: float
    asset: str
    #: Above 0 it came.
    amount: Decimal
    #: The venue's word.
    reason: str


@dataclass(frozen=True, slots=True)
class ForeignFillEvent:
    """A trade of an order on this account that is not of this connector; once a trade."""

    tag: ClassVar[MarketEvent] = MarketEvent.ForeignFill

    timestamp: float
    trading_pair: str
    #: Whoever placed it chose the first; empty where only its trade is known.
    order_id: str
    exchange_order_id: str
    trade_type: TradeType
    price: Decimal
    amount: Decimal
    exchange_trade_id: str
    realized_pnl: Decimal
