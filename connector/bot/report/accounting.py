"""The bot's own books: what it saw on the way, kept by events alone, and never by asking.

A line is kept until the exchange has shown the same one; what both have is summed and dropped, so that the books
stay small however long a run lasts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import ClassVar

from connector.core.amounts import NAN, ZERO, floor_to
from connector.core.enums import TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import (
    BuyOrderCreatedEvent,
    Event,
    FundingPaymentCompletedEvent,
    MarketOrderFailureEvent,
    OrderCancelledEvent,
    OrderFilledEvent,
    SellOrderCreatedEvent,
)

#: Fees that wait for a price; beyond them the oldest is given up.
MOST_UNVALUED = 4_096
#: To what wallets are booked; a worth is cut to it.
_UNIT = Decimal("1e-8")


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
    """One funding payment as one side has it."""

    income_id: str
    amount: Decimal
    asset: str
    time_ms: int
    is_special: bool = False


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
    #: Those that were paid in other assets, by asset.
    other_fees: dict[str, Decimal] = field(default_factory=dict)
    #: All fees, at what they were worth at their fills; None where there are none in other assets.
    fees_value: Decimal | None = None
    funding: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    wallet_start: Decimal = ZERO
    wallet_end: Decimal = ZERO
    position: Decimal = ZERO
    #: Of that position, at the mark price of the moment.
    unrealized_pnl: Decimal = ZERO
    open_at_end: int = 0
    #: Refused by the exchange.
    rejected: int | None = None
    #: Kept here (by a limit, a rule, a silence that the exchange asked for), or lost on the way.
    not_sent: int | None = None

    @property
    def equity(self) -> Decimal:
        """At the end."""
        return self.wallet_end + self.unrealized_pnl

    def own_change(self, asset: str, margin_asset: str) -> Decimal:
        """What the bot's own trades, fees and funding made of an asset's wallet."""
        if asset != margin_asset:
            return -self.other_fees.get(asset, ZERO)
        return self.realized_pnl - self.fees + self.funding

    def add_trade(self, trade: TradeLine, margin_asset: str) -> None:
        self.fills += 1
        self.buys += trade.trade_type is TradeType.BUY
        self.sells += trade.trade_type is TradeType.SELL
        self.notional += trade.price * trade.amount
        self.realized_pnl += trade.realized_pnl
        if trade.fee_asset in ("", margin_asset):
            self.fees += trade.fee
        else:
            self.other_fees[trade.fee_asset] = self.other_fees.get(trade.fee_asset, ZERO) + trade.fee


@dataclass(frozen=True, slots=True)
class PaidElsewhere:
    """A fee that was not paid in the margin asset."""

    asset: str
    amount: Decimal
    time_ms: int


def _no_price(asset: str, at_ms: int) -> Decimal:
    return NAN


def _every(order_id: str) -> bool:
    return True


@dataclass(slots=True)
class Accounting:
    """What the bot saw: totals, and the lines that the exchange has not confirmed yet."""

    trading_pair: str
    #: The margin asset, once the books are open.
    asset: str = ""
    #: What an asset was worth in the margin asset at a time of the exchange's clock (ms); NaN when unknown.
    price_of: Callable[[str, int], Decimal] = _no_price
    #: Whether an own order is one of the pair: where several are traded.
    is_here: Callable[[str], bool] = _every
    figures: Figures = field(default_factory=lambda: Figures(rejected=0, not_sent=0))
    unmatched_trades: dict[str, TradeLine] = field(default_factory=dict)
    unmatched_funding: dict[tuple[bool, str], FundingLine] = field(default_factory=dict)
    #: Payments that stood in the exchange's book when these were opened: by kind, as above, and number.
    paid_before: frozenset[tuple[bool, str]] = frozenset()
    #: Fees whose worth is not known yet, the oldest first.
    unvalued: list[PaidElsewhere] = field(default_factory=list)
    _worth: Decimal = ZERO
    #: Whether fees were given up: what all are worth is not known any more.
    _gave_up: bool = False

    TAGS: ClassVar[tuple[MarketEvent, ...]] = (
        MarketEvent.BuyOrderCreated,
        MarketEvent.SellOrderCreated,
        MarketEvent.OrderCancelled,
        MarketEvent.OrderFailure,
        MarketEvent.OrderFilled,
        MarketEvent.FundingPaymentCompleted,
    )

    def open(self, asset: str, wallet: Decimal, position: Decimal) -> None:
        """Opens the books on what the account holds of the margin asset when the run starts."""
        self.asset = asset
        self.figures.wallet_start = wallet
        self.figures.position = position

    def on_event(self, event: Event) -> None:
        """Books one event."""
        match event:
            case OrderFilledEvent() if event.trading_pair == self.trading_pair:
                self._book_trade(event)
            case FundingPaymentCompletedEvent() if event.trading_pair == self.trading_pair:
                self._book_payment(event)
            case BuyOrderCreatedEvent() | SellOrderCreatedEvent():
                self.figures.placed += event.trading_pair == self.trading_pair
            case OrderCancelledEvent() if self.is_here(event.order_id):
                self.figures.cancelled += 1
            case MarketOrderFailureEvent() if self.is_here(event.order_id):
                if event.fault is not None and event.fault.was_answered:
                    self.figures.rejected = (self.figures.rejected or 0) + 1
                else:
                    self.figures.not_sent = (self.figures.not_sent or 0) + 1
            case _:
                pass

    @property
    def wallet(self) -> Decimal:
        """What the wallet must be by these books."""
        return self.figures.wallet_start + self.figures.own_change(self.asset, self.asset)

    def value(self, prices: Mapping[PaidElsewhere, Decimal]) -> None:
        """Values fees by what their assets were worth when they were paid, cut to 1e-8; NaN is not known yet."""
        left = []
        for paid in self.unvalued:
            price = prices.get(paid, NAN)
            if price.is_nan():
                left.append(paid)
            else:
                self._worth += _worth(paid, price)
        self.unvalued = left

    def _value_fee(self, paid: PaidElsewhere) -> None:
        price = self.price_of(paid.asset, paid.time_ms)
        if not price.is_nan():
            self._worth += _worth(paid, price)
            return
        self.unvalued.append(paid)
        if len(self.unvalued) > MOST_UNVALUED:
            del self.unvalued[0]
            self._gave_up = True

    def close(self, open_orders: int, unrealized_pnl: Decimal = ZERO) -> Figures:
        """The column at the end."""
        figures = self.figures
        figures.wallet_end, figures.unrealized_pnl = self.wallet, unrealized_pnl
        is_valued = figures.other_fees and not (self.unvalued or self._gave_up)
        figures.fees_value = figures.fees + self._worth if is_valued else None
        self.figures.open_at_end = open_orders
        return self.figures

    def _book_payment(self, event: FundingPaymentCompletedEvent) -> None:
        key = event.is_special, event.income_id
        if key in self.paid_before:
            # It is told late, and is in the wallet that the books were opened on.
            return
        self.figures.funding += event.amount
        self.unmatched_funding[key] = FundingLine(
            event.income_id, event.amount, event.asset, round(event.timestamp * 1000), event.is_special
        )

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
        self.figures.add_trade(trade, self.asset)
        if asset not in ("", self.asset):
            time_ms = round(event.timestamp * 1000)
            self._value_fee(PaidElsewhere(asset, fee, time_ms))
        self.unmatched_trades[trade.trade_id] = trade
        self.figures.position += trade.amount * trade.trade_type.sign


def _worth(paid: PaidElsewhere, price: Decimal) -> Decimal:
    return floor_to(_UNIT, paid.amount * price)
