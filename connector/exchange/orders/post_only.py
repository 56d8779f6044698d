"""A post-only order that would have taken, priced anew by the touch of now."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from connector.core.enums import OrderType, TimeInForce, TradeType
from connector.core.intents import OrderIntent

#: The venue's refusal of an order that would take.
WOULD_TAKE = -5022

#: Best bid and best ask, None for a side that is empty.
Touch = tuple[Decimal | None, Decimal | None]
_POST_ONLY_FORCES: Final = frozenset({TimeInForce.GTX, TimeInForce.RPI})


def repriced(intent: OrderIntent, wanted: Decimal, touch: Touch, tick: Decimal, most_ticks: int) -> OrderIntent | None:
    """The intent at a price further from the market; None where that is more than `most_ticks` from `wanted`.

    It moves by a tick at least: the venue has just said that the touch which is known here is an old one.
    """
    if not _is_post_only(intent) or intent.price is None or not tick:
        return None
    bid, ask = touch
    if intent.trade_type is TradeType.BUY:
        price = intent.price - tick if ask is None else min(intent.price - tick, ask - tick)
    else:
        price = intent.price + tick if bid is None else max(intent.price + tick, bid + tick)
    if abs(price - wanted) > most_ticks * tick or price <= 0:
        return None
    return replace(intent, price=price)


def _is_post_only(intent: OrderIntent) -> bool:
    """By its type, or by its time in force. One that waits for a trigger is refused when nobody waits for it."""
    if intent.order_type is OrderType.LIMIT:
        return intent.options.time_in_force in _POST_ONLY_FORCES
    return intent.order_type is OrderType.LIMIT_MAKER
