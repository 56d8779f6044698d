"""Whether one more order keeps the bounds on positions and open orders: all that rests is taken to be filled.

In whole numbers of 1e-8. What only brings a position nearer to 0 is never too much, whatever else is.
"""

from decimal import Decimal
from typing import NamedTuple

from connector.core.amounts import from_e8, to_e8
from connector.risk.bounds import MAX_OPEN_ORDERS_NOTIONAL, MAX_POSITION, MAX_POSITION_NOTIONAL, RiskBounds
from connector.risk.limit_row import LimitRow


class Standing(NamedTuple):
    """A position side of a pair, and the orders on it that open."""

    #: Signed.
    held: int
    #: What its orders may buy, and may sell, yet.
    buys: int
    sells: int
    #: What these come to at their own prices.
    buys_value: int
    sells_value: int


class Asked(NamedTuple):
    """What an order, or its change, adds."""

    is_buy: bool
    sized: int
    #: At its own price, or at mark where it has none, or sells below it.
    value: int


class PairBounds(NamedTuple):
    """The bounds of one pair in whole numbers; None: off."""

    base_asset: str
    quote_asset: str
    position: int | None
    notional: int | None
    open_orders: int | None


def pair_bounds(bounds: RiskBounds, base_asset: str, quote_asset: str) -> PairBounds:
    """What holds for a pair."""
    position, notional = _e8(bounds.most_of(base_asset)), _e8(bounds.max_position_notional)
    return PairBounds(base_asset, quote_asset, position, notional, _e8(bounds.max_open_orders_notional))


def only_reduces(asked: Asked, standing: Standing) -> bool:
    """Whether the position can't grow by it, though all that rests on its side is filled."""
    if asked.is_buy:
        return standing.held + standing.buys + asked.sized <= 0
    return standing.held - standing.sells - asked.sized >= 0


def too_much(bounds: PairBounds, asked: Asked, standing: Standing, held_value: int, orders_e8: int) -> LimitRow | None:
    """The bound that would be passed, with the use that it would come to; None where all are kept.

    `held_value`: of the position at mark, signed; `orders_e8`: what all open orders of all pairs come to.
    """
    if only_reduces(asked, standing):
        return None
    held, waiting = (standing.held, standing.buys) if asked.is_buy else (-standing.held, standing.sells)
    if bounds.position is not None and asked.sized > 0:
        after = held + waiting + asked.sized
        if after > bounds.position:
            return _row(MAX_POSITION, after, bounds.position, bounds.base_asset)
    if asked.value <= 0:
        return None
    if bounds.notional is not None:
        waiting_value = standing.buys_value if asked.is_buy else standing.sells_value
        after = (held_value if asked.is_buy else -held_value) + waiting_value + asked.value
        if after > bounds.notional:
            return _row(MAX_POSITION_NOTIONAL, after, bounds.notional, bounds.quote_asset)
    if bounds.open_orders is not None and orders_e8 + asked.value > bounds.open_orders:
        return _row(MAX_OPEN_ORDERS_NOTIONAL, orders_e8 + asked.value, bounds.open_orders, bounds.quote_asset)
    return None


def _row(name: str, use: int, bound: int, unit: str) -> LimitRow:
    return LimitRow(name, from_e8(use), from_e8(bound), unit)


def _e8(bound: Decimal | None) -> int | None:
    return None if bound is None else to_e8(bound)
