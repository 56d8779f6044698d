"""The bot's own books: what it saw on the way, kept by events alone, and never by asking.

A line is kept until the exchange has shown the same one; what both have is summed and dropped, so that the books
stay small however long a run lasts.
"""

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import ClassVar

from connector.core.amounts import ZERO
from connector.core.enums import TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, FundingPaymentCompletedEvent, MarketOrderFailureEvent, OrderFilledEvent


@dataclass(frozen=True, slots=True)
class TradeLine:
    """One trade as one side has it."""

    trade_id: str
    trade_type: TradeType
    price: Decimal
    #: In the base asset.
    amount: Decimal
    fee: Decimal
    fee_asset: str
    #: In the margin asset.
    realized_pnl: Decimal

    def differences(self, other: "TradeLine") -> list[str]:
        """The names of the figures in which two lines of one trade differ."""
        return [item.name for item in fields(self) if getattr(self, item.name) != getattr(other, item.name)]


@dataclass(frozen=True, slots=True)
class FundingLine:
    """One funding payment as one side has it. The bot's line has no id: the push does not carry one."""

    amount: Decimal
    asset: str
    time_ms: int
    income_id: str = ""


@dataclass(slots=True)
class Figures:
    """One column of the summary. Amounts of money are in the margin asset."""

    placed: int = 0
    cancelled: int = 0
    fills: int = 0
    buys: int = 0
    sells: int = 0
    #: In the quote asset.
    notional: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    wallet_start: Decimal = ZERO
    wallet_end: Decimal = ZERO
    position: Decimal = ZERO
    open_at_end: int = 0
    #: Refused by the exchange.
    rejected: int | None = None
    #: Kept here (by a limit, a rule, a silence that the exchange asked for), or lost on the way.
    not_sent: int | None = None

    def add_trade(self, trade: TradeLine) -> None:
        self.fills += 1
        self.buys += trade.trade_type is TradeType.BUY
        self.sells += trade.trade_type is TradeType.SELL
        self.notional += trade.price * trade.amount
        self.fees += trade.fee
        self.realized_pnl += trade.realized_pnl


@dataclass(slots=True)
class Accounting:
    """What the bot saw: totals, and the lines that the exchange has not confirmed yet."""

    trading_pair: str
    figures: Figures = field(default_factory=lambda: Figures(rejected=0, not_sent=0))
    unmatched_trades: dict[str, TradeLine] = field(default_factory=dict)
    unmatched_funding: list[FundingLine] = field(default_factory=list)

    TAGS: ClassVar[tuple[MarketEvent, ...]] = (
        MarketEvent.BuyOrderCreated,
        MarketEvent.SellOrderCreated,
        MarketEvent.OrderCancelled,
        MarketEvent.OrderFailure,
        MarketEvent.OrderFilled,
        MarketEvent.FundingPaymentCompleted,
    )

    def open(self, wallet: Decimal, position: Decimal) -> None:
        """Opens the books on what the account holds when the run starts."""
        self.figures.wallet_start = wallet
        self.figures.position = position

    def on_event(self, event: Event) -> None:
        """Books one event."""
        match event:
            case OrderFilledEvent() if event.trading_pair == self.trading_pair:
                self._book_trade(event)
            case FundingPaymentCompletedEvent() if event.trading_pair == self.trading_pair:
                self.figures.funding += event.amount
                line = FundingLine(event.amount, event.asset, round(event.timestamp * 1000))
                self.unmatched_funding.append(line)
            case _ if event.tag in (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated):
                self.figures.placed += 1
            case _ if event.tag is MarketEvent.OrderCancelled:
                self.figures.cancelled += 1
            case MarketOrderFailureEvent() if event.fault is not None and event.fault.was_answered:
                self.figures.rejected = (self.figures.rejected or 0) + 1
            case MarketOrderFailureEvent():
                self.figures.not_sent = (self.figures.not_sent or 0) + 1
            case _:
                pass

    @property
    def wallet(self) -> Decimal:
        """What the wallet must be by these books."""
        figures = self.figures
        return figures.wallet_start + figures.realized_pnl - figures.fees + figures.funding

    def close(self, open_orders: int) -> Figures:
        """The column at the end."""
        self.figures.wallet_end = self.wallet
        self.figures.open_at_end = open_orders
        return self.figures

    def _book_trade(self, event: OrderFilledEvent) -> None:
        fee = sum((flat.amount for flat in event.trade_fee.flat_fees), ZERO)
        asset = next((flat.token for flat in event.trade_fee.flat_fees), "")
        trade = TradeLine(
            event.exchange_trade_id,
            event.trade_type,
            event.price,
            event.amount,
            fee,
            asset,
            event.realized_pnl,
        )
        self.figures.add_trade(trade)
        self.unmatched_trades[trade.trade_id] = trade
        self.figures.position += trade.amount * trade.trade_type.sign
