"""All that a strategy may know: one moment of the market and of our account, filled in by whoever runs it.

Prices are in the quote asset, amounts in base units (or contracts). What the market does not say is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import PositionAction, TradeType
from connector.core.intents import CancelIntent, Intent, ModifyIntent
from connector.core.trading_rule import TradingRule


@dataclass(frozen=True, slots=True)
class DepthLevel:
    """One price level of the public book, our own orders in it included."""

    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order of ours that is not final: asked for, unknown, resting, or being cancelled.

    It must stand here from the moment it is asked for until the venue says that it is gone: a strategy places
    what it does not see.
    """

    client_order_id: str
    trade_type: TradeType
    price: Decimal
    #: The part that is not filled.
    remaining: Decimal
    #: On the clock of the view.
    created_ms: int
    position_action: PositionAction = PositionAction.OPEN
    is_pending_cancel: bool = False
    #: Whether the venue is known to have it as it stands here: no change of it is under way.
    is_settled: bool = True

    @property
    def is_exit(self) -> bool:
        return self.position_action is PositionAction.CLOSE


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """A position as the venue has it."""

    #: Signed: negative is short.
    amount: Decimal
    entry_price: Decimal

    @property
    def sign(self) -> int:
        """+1 for a long position, -1 for a short one."""
        return 1 if self.amount > 0 else -1

    @property
    def opening_side(self) -> TradeType:
        """The side whose orders make the position larger."""
        return TradeType.BUY if self.amount > 0 else TradeType.SELL

    @property
    def closing_side(self) -> TradeType:
        return self.opening_side.opposite


@dataclass(frozen=True, slots=True)
class MarketView:
    """One moment of one pair."""

    now_ms: int
    #: False when anything in the view may be stale or the connection is not whole: the strategy then asks for
    #: nothing, and whoever runs it pulls the quotes.
    ready: bool
    rule: TradingRule
    best_bid: Decimal | None = None
    best_ask: Decimal | None = None
    last_price: Decimal | None = None
    last_own_price: Decimal | None = None
    mark_price: Decimal | None = None
    #: Of another market or an address, where the settings name one; None while it is too old, or was never told.
    source_price: Decimal | None = None
    #: One row in one-way mode and up to two in hedge mode; rows of amount 0 count as none.
    positions: tuple[HeldPosition, ...] = ()
    orders: tuple[OwnOrder, ...] = ()
    #: When an order of ours was last filled to the end, on the clock of `now_ms`.
    last_complete_fill_ms: int | None = None
    #: Best first, as are the asks; looked at by order optimisation alone, and empty without it.
    bids: tuple[DepthLevel, ...] = ()
    asks: tuple[DepthLevel, ...] = ()
    seconds_to_funding: float | None = None
    #: A fraction per interval: positive means that longs pay.
    funding_rate: Decimal = ZERO
    #: The other pairs that a strategy names, in its order.
    others: tuple["MarketView", ...] = ()

    @property
    def trading_pair(self) -> str:
        return self.rule.trading_pair

    @property
    def mid_price(self) -> Decimal | None:
        """Halfway between best bid and best ask, unrounded; None while a side of the book is empty."""
        if self.best_bid is None or self.best_ask is None:
            return None
        return (self.best_bid + self.best_ask) / 2

    @property
    def open_positions(self) -> tuple[HeldPosition, ...]:
        return tuple(position for position in self.positions if position.amount)

    @property
    def net_amount(self) -> Decimal:
        """Signed: what is held long less what is held short."""
        return sum((position.amount for position in self.positions), ZERO)

    def own(self, side: TradeType) -> tuple[OwnOrder, ...]:
        """Our orders of a side, those being cancelled included."""
        return tuple(order for order in self.orders if order.trade_type is side)

    def facing(self, side: TradeType, price: Decimal) -> tuple[OwnOrder, ...]:
        """Our orders of the other side that an order of this side and price would trade with."""
        return tuple(order for order in self.own(side.opposite) if side.sign * (price - order.price) >= 0)

    def after(self, intents: Iterable[Intent]) -> "MarketView":
        """This view once those intents are handed on: what they ask to go, or to change, is on its way."""
        going = {intent.client_order_id for intent in intents if isinstance(intent, CancelIntent)}
        changing = {intent.client_order_id for intent in intents if isinstance(intent, ModifyIntent)}
        if not going and not changing:
            return self
        orders = (
            replace(
                order,
                is_pending_cancel=order.is_pending_cancel or order.client_order_id in going,
                is_settled=order.is_settled and order.client_order_id not in changing,
            )
            for order in self.orders
        )
        return replace(self, orders=tuple(orders))

    def quotes(self, side: TradeType) -> tuple[OwnOrder, ...]:
        """Our orders of a side that may open a position."""
        return tuple(order for order in self.own(side) if not order.is_exit)

    def exits(self, side: TradeType) -> tuple[OwnOrder, ...]:
        """Our orders of a side that may only reduce a position."""
        return tuple(order for order in self.own(side) if order.is_exit)
