"""How an intent is spelt at the venue: order types, times in force, and the close semantics of each mode.

Source: "New Order", "Change Position Mode", as of 2026-11. One-way: a close is reduce-only on BOTH. Hedge: a close
names the position it reduces and must not carry `reduceOnly` (the venue refuses the field there).
"""

from dataclasses import dataclass

from connector.core.enums import OrderType, PositionAction, PositionMode, PositionSide, TradeType


@dataclass(frozen=True, slots=True)
class TypeFields:
    """How an order's type is spelt."""

    type: str
    #: None for a market order.
    time_in_force: str | None


ORDER_TYPES: dict[OrderType, TypeFields] = {
    OrderType.LIMIT: TypeFields("LIMIT", "GTC"),
    OrderType.LIMIT_MAKER: TypeFields("LIMIT", "GTX"),
    OrderType.MARKET: TypeFields("MARKET", None),
}


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
SELF_TRADE_PREVENTION = "EXPIRE_MAKER"

#: How the client ids of orders begin that the venue itself places, and whether each means auto-deleveraging: a
#: liquidation, a deleveraging, the settlement of a delisted contract, a delivery ("ORDER_TRADE_UPDATE", 2026-11).
SYSTEM_ORDER_PREFIXES: dict[str, bool] = {
    "autoclose-": False,
    "adl_autoclose": True,
    "settlement_autoclose-": False,
    "delivery_autoclose-": False,
}
