"""A post-only order that would have taken, priced anew by the touch of now."""

from dataclasses import replace
from decimal import Decimal

from connector.core.enums import OrderType, TradeType
from connector.core.intents import OrderIntent

#: The venue's refusal of an order that would take.
WOULD_TAKE = -5022

#: Best bid and best ask, None for a side that is empty.
Touch = tuple[Decimal | None, Decimal | None]


def repriced(intent: OrderIntent, wanted: Decimal, touch: Touch, tick: Decimal, most_ticks: int) -> OrderIntent | None:
    """The intent at a price further from the market; None where that is more than `most_ticks` from `wanted`.

    It moves by a tick at least: the venue has just said that the touch which is known here is an old one.
    """
    if intent.order_type is not OrderType.LIMIT_MAKER or intent.price is None or not tick:
        return None
    bid, ask = touch
    if intent.trade_type is TradeType.BUY:
        price = intent.price - tick if ask is None else min(intent.price - tick, ask - tick)
    else:
        price = intent.price + tick if bid is None else max(intent.price + tick, bid + tick)
    if abs(price - wanted) > most_ticks * tick or price <= 0:
        return None
    return replace(intent, price=price)
