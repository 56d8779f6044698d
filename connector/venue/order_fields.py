"""How an intent is spelt at the venue: order types, times in force, and the close semantics of each mode.

Source: "New Order", "Change Position Mode", as of 2026-11. One-way: a close is reduce-only on BOTH. Hedge: a close
names the position it reduces and must not carry `reduceOnly` (the venue refuses the field there).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector.core.enums import (
    OrderType,
    PositionAction,
    PositionMode,
    PositionSide,
    SelfTradePrevention,
    TimeInForce,
    TradeType,
)
from connector.core.order_ends import VenueAct

_GTC, _GTX, _RPI = TimeInForce.GTC, TimeInForce.GTX, TimeInForce.RPI
_ANY_FORCE = frozenset(TimeInForce)
_POST_ONLY = frozenset({_GTX, _RPI})


@dataclass(frozen=True, slots=True)
class TypeFields:
    """How an order's type is spelt, and which options it takes."""

    type: str
    #: None for what takes at any price.
    time_in_force: TimeInForce | None = None
    times_in_force: frozenset[TimeInForce] = frozenset()
    takes_price_match: bool = False
    takes_trigger_price: bool = False
    takes_callback: bool = False
    takes_close_position: bool = False

    @property
    def is_conditional(self) -> bool:
        return self.takes_trigger_price or self.takes_callback


#: RPI is post-only, too. Conditional orders: "Algo orders", as of 2026-08.
ORDER_TYPES: Final[dict[OrderType, TypeFields]] = {
    OrderType.LIMIT: TypeFields("LIMIT", _GTC, _ANY_FORCE, takes_price_match=True),
    OrderType.LIMIT_MAKER: TypeFields("LIMIT", _GTX, _POST_ONLY, takes_price_match=True),
    OrderType.MARKET: TypeFields("MARKET"),
    OrderType.STOP: TypeFields("STOP", _GTC, _ANY_FORCE, takes_price_match=True, takes_trigger_price=True),
    OrderType.TAKE_PROFIT: TypeFields(
        "TAKE_PROFIT", _GTC, _ANY_FORCE, takes_price_match=True, takes_trigger_price=True
    ),
    OrderType.STOP_MARKET: TypeFields("STOP_MARKET", takes_trigger_price=True, takes_close_position=True),
    OrderType.TAKE_PROFIT_MARKET: TypeFields("TAKE_PROFIT_MARKET", takes_trigger_price=True, takes_close_position=True),
    OrderType.TRAILING_STOP_MARKET: TypeFields("TRAILING_STOP_MARKET", takes_callback=True),
}
#: The venue's word for every conditional order.
ALGO_TYPE: Final = "CONDITIONAL"
#: "callbackRate": percent, the upper end as of 2026-10-23.
LEAST_CALLBACK, MOST_CALLBACK = Decimal("0.1"), Decimal(20)
#: A date lies further ahead than this, and before that time ("goodTillDate": -5040 otherwise), in ms.
GOOD_TILL_LEAST_MS: Final = 600_000
GOOD_TILL_BEFORE_MS: Final = 253_402_300_799_000


@dataclass(frozen=True, slots=True)
class CloseFields:
    """How it is spelt what an order means for the position."""

    #: Sent as `positionSide`.
    position_side: PositionSide
    #: Whether `reduceOnly=true` is sent.
    reduce_only: bool


_ONEWAY, _HEDGE = PositionMode.ONEWAY, PositionMode.HEDGE
_BUY, _SELL = TradeType.BUY, TradeType.SELL
_OPEN, _CLOSE, _NIL = PositionAction.OPEN, PositionAction.CLOSE, PositionAction.NIL
_NET = CloseFields(PositionSide.BOTH, reduce_only=False)
_NET_CLOSE = CloseFields(PositionSide.BOTH, reduce_only=True)
_LONG = CloseFields(PositionSide.LONG, reduce_only=False)
_SHORT = CloseFields(PositionSide.SHORT, reduce_only=False)

#: An order without an action (NIL) is an opening one in hedge mode, where the venue demands a side.
CLOSE_SEMANTICS: dict[tuple[PositionMode, PositionAction, TradeType], CloseFields] = {
    (_ONEWAY, _OPEN, _BUY): _NET,
    (_ONEWAY, _OPEN, _SELL): _NET,
    (_ONEWAY, _NIL, _BUY): _NET,
    (_ONEWAY, _NIL, _SELL): _NET,
    (_ONEWAY, _CLOSE, _BUY): _NET_CLOSE,
    (_ONEWAY, _CLOSE, _SELL): _NET_CLOSE,
    (_HEDGE, _OPEN, _BUY): _LONG,
    (_HEDGE, _OPEN, _SELL): _SHORT,
    (_HEDGE, _NIL, _BUY): _LONG,
    (_HEDGE, _NIL, _SELL): _SHORT,
    (_HEDGE, _CLOSE, _BUY): _SHORT,
    (_HEDGE, _CLOSE, _SELL): _LONG,
}

#: Sent with every order: pages differ on the venue's default ("Self-trade prevention", as of 2026-11).
SELF_TRADE_PREVENTION: Final = SelfTradePrevention.EXPIRE_MAKER

#: How the client ids of orders begin that the venue itself places, and what each means: a
#: liquidation, a deleveraging, the settlement of a delisted contract, a delivery ("ORDER_TRADE_UPDATE", 2026-11).
SYSTEM_ORDER_PREFIXES: dict[str, VenueAct] = {
    "autoclose-": VenueAct.LIQUIDATION,
    "adl_autoclose": VenueAct.AUTO_DELEVERAGING,
    "settlement_autoclose-": VenueAct.SETTLEMENT,
    "delivery_autoclose-": VenueAct.SETTLEMENT,
}
